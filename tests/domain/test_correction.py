"""Corrections: a statement taken back, and stated anew, as though it had never been said."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from domain.catalogue import CATALOGUE
from domain.decide import Accepted, Refused
from domain.fold import fold
from domain.rules.undo import is_correctable
from domain.state import State
from tests.support.cars import CAR, LINE, SCAN, classified, proved, registered, submitted
from tests.support.domain import (
    OTHER,
    PAIR,
    acceptance_body,
    at,
    attachment,
    cert_no,
    copied_body,
    customs_body,
    deregistered_body,
    line_id,
    proof_body,
    registered_body,
    statement,
    transfer_body,
    vin,
)
from tests.support.history import History
from tests.support.vehicles import (
    annulled_body,
    car_evidence_body,
    customs_reversed_body,
    decide_case,
    exported,
    gone,
    home_use_body,
    in_case_body,
    licence_body,
    loaded_body,
    on_line_body,
    open_exporter,
    revoked_body,
    road_use_body,
    sent_back_body,
    struck_body,
    substitute_body,
    unbacked,
)


def codes(answer: Accepted | Refused) -> tuple[str, ...]:
    """Return the codes of a refusal."""
    assert isinstance(answer, Refused), answer
    return tuple(one.code for one in answer.refusals)


def in_case(history: Callable[[], History]) -> Callable[[], History]:
    """A history with a decided case about the car."""

    def made() -> History:
        one = history()
        decide_case(one, CAR)
        return one

    return made


def determined() -> History:
    """A car determined as not exported."""
    history = in_case(registered)()
    history.flags("2025-04-04", "NonExportDetermined", in_case_body())
    return history


def with_other_exporter() -> History:
    """A registered car and another exporter on file."""
    history = registered()
    open_exporter(history)
    return history


STATEMENTS: list[tuple[Callable[[], History], str, dict[str, Any]]] = [
    (classified, "VehicleRegistered", registered_body(CAR, LINE)),
    (classified, "VehicleRegistered", registered_body(CAR, None)),
    (classified, "VehicleRegistered", registered_body(vin(5), LINE)),
    (registered, "VehicleRegistered", registered_body(CAR, LINE)),
    (unbacked, "VehicleRegistered", registered_body(CAR, None)),
    (registered, "VehicleInfoCopied", copied_body(CAR, LINE)),
    (registered, "PendingExportTransferRecorded", transfer_body(CAR, LINE)),
    (proved, "TransferReversed", struck_body()),
    (exported, "TransferReversed", struck_body()),
    (registered, "TransferProofSubmitted", proof_body(CAR, LINE)),
    (proved, "TransferProofSubmitted", proof_body(CAR, LINE)),
    (submitted, "TransferProofAccepted", acceptance_body(CAR, LINE)),
    (submitted, "TransferProofRejected", sent_back_body()),
    (proved, "TransferProofRevoked", revoked_body()),
    (proved, "ExportLicenceIssued", licence_body((CAR, "2025-03-03", "2025-03-10"))),
    (proved, "CustomsExportConfirmed", customs_body(CAR)),
    (registered, "CustomsExportConfirmed", customs_body(CAR)),
    (exported, "CustomsExportConfirmed", customs_body(CAR, status="CLOSED", evidence="EXPORTER_COPY")),
    (exported, "CustomsExportReversed", customs_reversed_body()),
    (gone, "CustomsExportReversed", customs_reversed_body()),
    (exported, "PortLoadingConfirmed", loaded_body()),
    (exported, "VehicleDeregistered", deregistered_body(CAR)),
    (proved, "VehicleDeregistered", deregistered_body(CAR, reason="OTHER")),
    (proved, "RegistrationAnnulled", annulled_body()),
    (unbacked, "RegistrationAnnulled", annulled_body()),
    (proved, "RegistrationAnnulled", annulled_body("FRAUD")),
    (gone, "RegistrationAnnulled", annulled_body("FRAUD")),
    (unbacked, "RegistrationRegularised", on_line_body()),
    (proved, "DomesticUseRecorded", home_use_body()),
    (proved, "RoadUseReported", road_use_body()),
    (proved, "VehicleEvidenceFiled", car_evidence_body()),
    (with_other_exporter, "SubstituteExporterDesignated", substitute_body(CAR)),
    (in_case(proved), "NonExportDetermined", in_case_body()),
    (determined, "NonExportOverturned", in_case_body()),
]


@pytest.mark.parametrize(
    ("before", "type_name", "body"), STATEMENTS, ids=[f"{n}-{row[1]}" for n, row in enumerate(STATEMENTS)]
)
def test_a_car_statement_taken_back_leaves_no_trace(
    before: Callable[[], History], type_name: str, body: dict[str, Any]
) -> None:
    """Given any statement about a car, when taken back, then every record is as before it, with its postings."""
    history = before()
    records, index = history.records(), history.size
    said = history.say("2025-06-01", type_name, body, SCAN)
    assert isinstance(said, Accepted), said
    answer = history.correct(index)
    assert isinstance(answer, Accepted), answer
    assert history.records() == records
    moved = [(one.pair_id, one.source, one.target, one.units) for one in said.outcome.postings]
    back = [(one.pair_id, one.target, one.source, one.units) for one in answer.outcome.postings]
    assert sorted(moved, key=str) == sorted(back, key=str)


@pytest.mark.parametrize(
    ("before", "type_name", "body"), STATEMENTS, ids=[f"{n}-{row[1]}" for n, row in enumerate(STATEMENTS)]
)
def test_a_car_statement_replaced_by_itself_says_the_same(
    before: Callable[[], History], type_name: str, body: dict[str, Any]
) -> None:
    """Given any statement about a car, when replaced by its own body, then accounts and flags are the same."""
    history = before()
    index = history.size
    said = history.say("2025-06-01", type_name, body, SCAN)
    balances = history.balances(PAIR)
    answer = history.correct(index, body, "2025-06-01")
    assert isinstance(answer, Accepted), answer
    assert answer.outcome.flags == said.outcome.flags
    assert history.balances(PAIR) == balances


def test_a_replacement_posts_what_it_says_in_place_of_its_target() -> None:
    """Given a registration on no line, when corrected to name its line, then UNB falls and C→R is posted."""
    history = classified()
    index = history.size
    history.flags("2025-03-03", "VehicleRegistered", registered_body(CAR, None))
    answer = history.correct(index, registered_body(CAR, LINE, brand_model="别的"))
    assert isinstance(answer, Accepted)
    assert [(one.source, one.target) for one in answer.outcome.postings] == [("UNB", None), ("C", "R")]
    assert answer.outcome.flags == ("brand-differs",)
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "R": 1}
    assert history.replayed.city().unb == 0


def test_a_correction_may_move_a_statement_to_another_car() -> None:
    """Given a release of the wrong car, when corrected to the right VIN, then each car stands where it should."""
    history = exported()
    index = history.size - 1
    wrong = history.steps[index].statement.body.model_dump(mode="json")
    answer = history.correct(index, {**wrong, "vin": vin(5)})
    assert isinstance(answer, Accepted)
    assert answer.outcome.flags == ("out-of-order",)
    assert history.balances(PAIR)["T"] == 1


def test_a_replacement_is_judged_like_a_fresh_statement_of_its_type() -> None:
    """Given an acceptance, when its replacement states other numbers, then it is refused and nothing changes."""
    history = proved()
    index = history.size - 1
    records = history.records()
    answer = history.correct(index, acceptance_body(CAR, LINE, days_used=9), "2025-03-13")
    assert codes(answer) == ("numbers-differ",)
    assert history.records() == records


def test_a_replacement_frees_the_documents_of_its_target() -> None:
    """Given a certificate noted for the wrong car, when corrected, then its own car may use it unflagged."""
    history = classified(2)
    index = history.size
    wrong = registered_body(CAR, LINE, cert_no=cert_no(vin(2)))
    history.flags("2025-03-03", "VehicleRegistered", wrong)
    history.correct(index, registered_body(CAR, LINE))
    assert history.flags("2025-03-03", "VehicleRegistered", registered_body(vin(2), line_id(2))) == ()


def test_a_submission_taken_back_frees_certificate_scan_and_invoice() -> None:
    """Given a proof handed in with another car's documents, when taken back, then that car may use them."""
    history = classified(2)
    for number in (1, 2):
        body = registered_body(vin(number), line_id(number), cert_no=f"31000000009{number}")
        history.flags("2025-03-03", "VehicleRegistered", body)
    index = history.size
    documents = {"cert_no": "310000000077", "invoice_no": "INV-7"}
    history.say("2025-03-11", "TransferProofSubmitted", {**proof_body(vin(1), line_id(1)), **documents}, SCAN)
    again = {**proof_body(vin(2), line_id(2)), **documents}
    assert isinstance(history.correct(index), Accepted)
    flags = history.flags("2025-03-11", "TransferProofSubmitted", again, SCAN)
    assert flags == ("out-of-order",)  # the certificate is no registration's, and nobody else's


def test_the_newest_statement_about_a_car_is_corrected_first() -> None:
    """Given a proved car, when its registration is corrected, then refused, until all above it is taken back."""
    history = proved()
    first = next(n for n, step in enumerate(history.steps) if step.statement.type == "VehicleRegistered")
    answer = history.correct(first)
    assert codes(answer) == ("moved-on",)
    assert isinstance(answer, Refused)
    assert answer.refusals[0].figures["later"] == history.size - 1
    for index in range(history.size - 1, first - 1, -1):
        assert isinstance(history.correct(index), Accepted), index
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "C": 1}


def test_what_was_seen_of_a_car_stands_in_the_way_of_no_correction() -> None:
    """Given a sighting after a registration, when the registration is corrected, then the sighting stays."""
    history = registered()
    index = history.size - 1
    history.flags("2025-03-20", "RoadUseReported", road_use_body())
    assert isinstance(history.correct(index, registered_body(CAR, LINE, "2025-03-02")), Accepted)
    assert len(history.replayed.vehicle(CAR).car.sightings) == 1
    assert isinstance(history.correct(history.size - 2), Accepted)
    assert history.replayed.vehicle(CAR).car.sightings == ()


def test_a_statement_is_corrected_once_and_a_correction_never() -> None:
    """Given a correction, when its target or itself is corrected, then it is refused."""
    history = registered()
    index = history.size - 1
    assert isinstance(history.correct(index, registered_body(CAR, LINE, "2025-03-02")), Accepted)
    assert codes(history.correct(index)) == ("already-corrected",)
    assert codes(history.correct(history.size - 1)) == ("not-correctable",)


def test_only_the_agency_that_said_it_takes_it_back() -> None:
    """Given a registration by the police, when commerce corrects it, then it is refused."""
    history = registered()
    assert codes(history.correct(history.size - 1, agency="commerce")) == ("other-agency",)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"target_leaf": "ab" * 32}, "target-differs"),
        ({"target_index": 99}, "unknown-target"),
        ({"target_index": 0}, "target-differs"),
    ],
)
def test_a_correction_names_an_entry_and_its_leaf_hash(more: dict[str, Any], code: str) -> None:
    """Given another leaf hash, or no such entry, when corrected, then it is refused."""
    history = registered()
    assert codes(history.correct(history.size - 1, **more)) == (code,)


def test_a_policy_version_cannot_be_corrected() -> None:
    """Given the policy version at entry 0, when corrected, then it is refused."""
    assert codes(registered().correct(0)) == ("not-correctable",)


@pytest.mark.parametrize(
    ("replacement", "detail"),
    [
        ({}, "body.brand_model: missing"),
        (registered_body("LSVAB618OR2000001", LINE), "body.vin: 'LSVAB618OR2000001' is not 17 characters"),
        ({**registered_body(CAR, LINE), "colour": "红"}, "body.colour: unknown member"),
        (copied_body(CAR, LINE), "body.brand_model: missing"),
    ],
)
def test_a_replacement_is_a_whole_body_of_the_targets_type(replacement: dict[str, Any], detail: str) -> None:
    """Given a replacement of another form, when corrected, then it is refused with what is wrong."""
    history = registered()
    answer = history.correct(history.size - 1, replacement)
    assert codes(answer) == ("bad-replacement",)
    assert isinstance(answer, Refused)
    assert detail in answer.refusals[0].en


def test_a_correction_that_nobody_accepted_changes_nothing_when_folded() -> None:
    """Given corrections that ought to have been refused, when folded, then no record changes."""
    history = proved()
    for index, leaf in ((99, "ab" * 32), (0, "ab" * 32), (history.size - 4, "ab" * 32)):
        body = {
            "concerns": [],
            "reason": "x",
            "replacement": None,
            "target_index": index,
            "target_leaf": leaf,
        }
        one = statement("EventCorrected", body, agency="police")
        assert fold(State(history.stored), one, history.size, at("2026-01-01")).changes == {}


def test_every_type_but_keys_policy_operator_and_corrections_may_be_corrected() -> None:
    """Given the catalogue, then eight types may never be corrected."""
    kinds = cast(dict[str, Any], {name: spec.body for name, spec in CATALOGUE.items()})
    never = {name for name, kind in kinds.items() if not is_correctable(kind.model_construct())}
    assert never == {
        "LedgerOpened",
        "AgencyKeyRegistered",
        "AgencyKeyRevoked",
        "HeadsCommitted",
        "SubmissionRefused",
        "PolicyVersionPublished",
        "HolidayCalendarPublished",
        "EventCorrected",
    }


def test_a_resubmitted_id_that_said_nothing_is_taken_back_without_harm() -> None:
    """Given a repeated submission id, when the repetition is taken back, then the first submission stays."""
    history = submitted()
    index = history.size
    history.flags("2025-03-12", "TransferProofSubmitted", proof_body(CAR, LINE), attachment("登记证书", "x"))
    history.correct(index)
    assert history.flags("2025-03-13", "TransferProofAccepted", acceptance_body(CAR, LINE)) == ()


def test_a_statement_about_many_cars_is_taken_back_whole_or_not_at_all() -> None:
    """Given a substitute for two cars, one of which moved on, when taken back, then refused as a whole."""
    history = classified(2)
    open_exporter(history)
    for number in (1, 2):
        body = registered_body(vin(number), line_id(number))
        history.flags("2025-03-03", "VehicleRegistered", body)
    index = history.size
    history.flags(
        "2025-03-05", "SubstituteExporterDesignated", substitute_body(vin(1), vin(2), exporter=OTHER)
    )
    history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(vin(2)))
    records = history.records()
    assert codes(history.correct(index)) == ("moved-on",)
    assert history.records() == records
