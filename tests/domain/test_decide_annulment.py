"""Registrations annulled, given a unit later, and determinations of non-export: the facts place the car."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.cars import CAR, LINE, SCAN, classified, proved, registered, submitted
from tests.support.domain import (
    PAIR,
    acceptance_body,
    classified_body,
    customs_body,
    deregistered_body,
    line_id,
    proof_body,
    registered_body,
    transfer_body,
    vin,
)
from tests.support.history import History
from tests.support.vehicles import (
    annulled_body,
    approved,
    customs_reversed_body,
    decide_case,
    exported,
    gone,
    in_case_body,
    on_line_body,
    unbacked,
)

Facts = Callable[[History], None]


def nothing(_: History) -> None:
    """No fact."""


def released(history: History) -> None:
    """Released by customs."""
    history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(CAR))


def reversed_again(history: History) -> None:
    """Released, and the release taken back."""
    released(history)
    history.flags("2025-05-20", "CustomsExportReversed", customs_reversed_body())


def left(history: History) -> None:
    """Released and deregistered after export."""
    released(history)
    history.flags("2025-05-10", "VehicleDeregistered", deregistered_body(CAR))


def scrapped(history: History) -> None:
    """Deregistered for another reason."""
    history.flags("2025-05-10", "VehicleDeregistered", deregistered_body(CAR, reason="OTHER"))


def exposed(history: History) -> None:
    """Annulled for fraud."""
    history.flags("2025-05-10", "RegistrationAnnulled", annulled_body("FRAUD"))


PLACED: list[tuple[Facts, str]] = [
    (nothing, "R"),
    (released, "X"),
    (reversed_again, "R"),
    (left, "D"),
    (scrapped, "N"),
    (exposed, "N"),
]


@pytest.mark.parametrize(("facts", "account"), PLACED)
def test_a_regularised_registration_goes_where_its_facts_place_it(facts: Facts, account: str) -> None:
    """Given an unbacked car and facts about it, when regularised, then C→ that account, and UNB falls."""
    history = unbacked()
    facts(history)
    assert history.flags("2025-06-01", "RegistrationRegularised", on_line_body()) == ()
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, account: 1}
    assert history.replayed.city().unb == 0


@pytest.mark.parametrize(("facts", "account"), PLACED)
def test_a_late_classification_finds_the_car_where_its_facts_place_it(facts: Facts, account: str) -> None:
    """Given a car registered on the day of a classification recorded later, then A→ where the facts say."""
    history = approved()
    registration = registered_body(CAR, LINE, "2025-06-01")
    assert "unbacked" in history.flags("2025-06-01", "VehicleRegistered", registration)
    facts(history)
    assert history.balances(PAIR)["UNB"] == 1
    history.flags("2025-06-01", "QuotaAttributeClassified", classified_body([CAR]))
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, account: 1}


def test_a_car_registered_before_its_classification_stays_unbacked() -> None:
    """Given a registration of the day before the classification, then A→C and the memo stays."""
    history = approved()
    history.flags("2025-06-01", "VehicleRegistered", registered_body(CAR, LINE, "2025-05-31"))
    history.flags("2025-06-01", "QuotaAttributeClassified", classified_body([CAR]))
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "C": 1, "UNB": 1}


def test_after_regularisation_the_car_goes_on_like_any_other() -> None:
    """Given a regularised car, when transferred and proved, then it is in T."""
    history = unbacked()
    history.flags("2025-03-04", "RegistrationRegularised", on_line_body())
    assert history.flags("2025-03-10", "PendingExportTransferRecorded", transfer_body(CAR, LINE)) == ()
    history.flags("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE), SCAN)
    assert history.flags("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE)) == ()
    assert history.balances(PAIR)["T"] == 1


@pytest.mark.parametrize(
    ("history", "body", "codes"),
    [
        (unbacked, on_line_body(line=line_id(2)), ("line-not-live",)),
        (classified, on_line_body(), ("not-unbacked",)),
        (registered, on_line_body(), ("wrong-state", "not-unbacked")),
        (unbacked, on_line_body(vin(2)), ("line-not-live", "not-unbacked")),
    ],
)
def test_a_regularisation_needs_a_classified_line_and_a_registration_without_unit(
    history: Callable[[], History], body: dict[str, Any], codes: tuple[str, ...]
) -> None:
    """Given another line, no unbacked registration or another car, when regularised, then it is refused."""
    assert history().codes("2025-06-01", "RegistrationRegularised", body) == codes


def test_a_clerical_annulment_voids_transfer_and_proof_and_starts_a_new_clock() -> None:
    """Given a proved car annulled as a clerical error, then its line is in C and everything begins anew."""
    history = proved()
    assert history.flags("2025-05-20", "RegistrationAnnulled", annulled_body()) == ()
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "C": 1}
    assert history.flags("2025-05-20", "VehicleRegistered", registered_body(CAR, LINE, "2025-05-20")) == ()
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "R": 1}
    second = proof_body(CAR, LINE, "2025-06-04T09:00:00+08:00", submission="second", invoice_on=None)
    assert history.flags("2025-06-04", "TransferProofSubmitted", second, SCAN) == ()
    fresh = acceptance_body(CAR, LINE, 15, submission="second")
    assert history.codes("2025-06-05", "TransferProofAccepted", fresh) == ("transfer-missing",)
    history.flags("2025-06-04", "PendingExportTransferRecorded", transfer_body(CAR, LINE, "2025-06-04"))
    assert history.flags("2025-06-05", "TransferProofAccepted", fresh) == ()
    assert history.balances(PAIR)["T"] == 1


def test_a_submission_of_an_annulled_registration_is_void() -> None:
    """Given a waiting proof, when its registration is annulled, then it can neither be accepted nor rejected."""
    history = submitted()
    history.flags("2025-05-20", "RegistrationAnnulled", annulled_body())
    history.flags("2025-05-20", "VehicleRegistered", registered_body(CAR, LINE, "2025-05-20"))
    codes = history.codes("2025-05-21", "TransferProofAccepted", acceptance_body(CAR, LINE))
    assert codes[0] == "wrong-state"
    body = {"line_id": LINE, "reason": None, "submission_id": f"S-{CAR}", "vin": CAR}
    assert history.codes("2025-05-21", "TransferProofRejected", body) == ("wrong-state",)


def test_an_unbacked_registration_annulled_may_be_registered_again() -> None:
    """Given an unbacked registration annulled, then the memo falls, and the car can take its line's unit."""
    history = unbacked()
    assert history.flags("2025-05-20", "RegistrationAnnulled", annulled_body()) == ()
    assert history.replayed.city().unb == 0
    assert history.flags("2025-05-20", "VehicleRegistered", registered_body(CAR, LINE, "2025-05-20")) == ()
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "R": 1}


@pytest.mark.parametrize(
    ("more", "flags"),
    [
        ({"cert_no": "310000000099"}, ("out-of-order",)),
        ({"line_id": line_id(2)}, ("record-differs",)),
        ({"on": "2025-03-02"}, ("dates-disordered",)),
    ],
)
def test_an_annulment_that_does_not_fit_is_flagged(more: dict[str, Any], flags: tuple[str, ...]) -> None:
    """Given another certificate, line or an earlier day, when annulled, then it is flagged."""
    body = {**annulled_body(), **more}
    assert registered().flags("2025-05-20", "RegistrationAnnulled", body) == flags


def test_cert_no_picks_the_registration_that_is_annulled() -> None:
    """Given a backed and an unbacked registration, when the second is annulled, then the first stays."""
    history = registered()
    second = registered_body(CAR, LINE, "2025-03-05", cert_no="310000000077")
    history.flags("2025-03-05", "VehicleRegistered", second)
    assert history.balances(PAIR)["UNB"] == 1
    history.flags("2025-05-20", "RegistrationAnnulled", annulled_body(cert_no="310000000077"))
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "R": 1}


@pytest.mark.parametrize(
    ("before", "later", "account"),
    [
        (registered, nothing, "R"),
        (proved, nothing, "T"),
        (exported, nothing, "X"),
        (gone, nothing, "D"),
        (proved, released, "X"),
        (registered, left, "D"),
        (proved, scrapped, "N"),
    ],
)
def test_an_overturned_determination_leaves_the_car_where_its_facts_place_it(
    before: Callable[[], History], later: Facts, account: str
) -> None:
    """Given a determination and facts after it, when overturned, then N→ where the facts alone place it."""
    history = before()
    decide_case(history, CAR)
    assert history.flags("2025-04-04", "NonExportDetermined", in_case_body()) == ()
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "N": 1}
    later(history)
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "N": 1}
    assert history.flags("2025-06-01", "NonExportOverturned", in_case_body()) == ()
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, account: 1}


def test_a_clerical_annulment_of_a_determined_car_counts_once_the_determination_falls() -> None:
    """Given a determined car annulled as a clerical error, when overturned, then its line is free in C."""
    history = registered()
    decide_case(history, CAR)
    history.flags("2025-04-04", "NonExportDetermined", in_case_body())
    assert history.flags("2025-05-20", "RegistrationAnnulled", annulled_body()) == ("out-of-order",)
    history.flags("2025-06-01", "NonExportOverturned", in_case_body())
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "C": 1}
    assert history.flags("2025-06-02", "VehicleRegistered", registered_body(CAR, LINE, "2025-06-02")) == ()
    assert history.balances(PAIR)["R"] == 1
    car = history.replayed.vehicle(CAR).car
    assert [one.ended for one in car.registrations] == [True, False]
    assert car.holder(LINE) is car.registrations[1]


def test_a_determination_needs_a_decided_case_about_the_car() -> None:
    """Given no case, an undecided one, one about another car or without violation, then it is refused."""
    history = registered()
    determine = in_case_body()
    assert history.codes("2025-04-04", "NonExportDetermined", determine) == ("unknown-case",)
    case = {"case_id": "CASE-1", "ground": "NOT_EXPORTED", "usccs": [], "vins": [CAR]}
    history.flags("2025-04-01", "ViolationCaseOpened", case)
    assert history.codes("2025-04-04", "NonExportDetermined", determine) == ("wrong-state",)
    other = registered()
    decide_case(other, vin(2))
    assert other.codes("2025-04-04", "NonExportDetermined", determine) == ("car-of-another-case",)
    cleared = registered()
    decide_case(cleared, CAR, decision="NO_VIOLATION")
    assert cleared.codes("2025-04-04", "NonExportDetermined", determine) == ("case-cleared",)


def test_an_overturning_names_the_case_of_the_determination() -> None:
    """Given no determination, or one in another case, when overturned, then it is refused."""
    history = registered()
    assert history.codes("2025-06-01", "NonExportOverturned", in_case_body()) == ("not-determined",)
    decide_case(history, CAR)
    history.flags("2025-04-04", "NonExportDetermined", in_case_body())
    other = in_case_body(case_id="CASE-2")
    assert history.codes("2025-06-01", "NonExportOverturned", other) == ("not-determined",)
