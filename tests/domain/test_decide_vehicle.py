"""A car's facts are always accepted and flagged; the acceptance of its proof is a decision."""

from typing import Any

import pytest

from domain.decide import Refused
from domain.errors import FLAGS, REFUSAL_CODES, refuse
from tests.support.domain import (
    EXPORTER,
    OTHER,
    PAIR,
    UPSTREAM,
    Season,
    acceptance_body,
    attachment,
    calendar_body,
    cert_no,
    copied_body,
    customs_body,
    declaration,
    deregistered_body,
    line_id,
    proof_body,
    registered_body,
    suspended_body,
    transfer_body,
    vin,
    wrong_vin,
)
from tests.support.history import History

CAR = vin(1)
LINE = line_id(1)
SCAN = attachment("登记证书", CAR)
FOREIGN_LINE = f"{PAIR}-9-1"


def classified(cars: int = 1) -> History:
    """Cars approved and classified."""
    season = Season(cars)
    return History([*season.set_up(), *season.classified()])


def registered(on: str = "2025-03-03") -> History:
    """One car registered."""
    history = classified()
    assert history.flags(on, "VehicleRegistered", registered_body(CAR, LINE, on)) == ()
    return history


def submitted() -> History:
    """One car transferred, its proof handed in."""
    history = registered()
    assert history.flags("2025-03-10", "PendingExportTransferRecorded", transfer_body(CAR, LINE)) == ()
    assert history.flags("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE), SCAN) == ()
    return history


def proved() -> History:
    """One car with an accepted proof."""
    history = submitted()
    assert history.flags("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE)) == ()
    return history


@pytest.mark.parametrize(
    ("more", "flags"),
    [
        ({"physical_plate_issued": True}, ("plate-issued",)),
        ({"brand_model": "别的"}, ("brand-differs",)),
        ({"owner_uscc": OTHER}, ("owner-not-upstream",)),
        ({"owner_uscc": UPSTREAM[:17] + "0"}, ("bad-uscc", "owner-not-upstream")),
        ({"registered_on": "2029-10-19"}, ("outside-window",)),
        ({"registered_on": "2029-10-18"}, ()),
        ({"registered_on": "2024-10-31"}, ("no-policy",)),
    ],
)
def test_a_registration_is_flagged_for_each_rule_it_breaks(
    more: dict[str, Any], flags: tuple[str, ...]
) -> None:
    """Given a classified line, when its registration breaks a rule, then it posts C→R and is flagged."""
    history = classified()
    assert history.flags("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE, **more)) == flags
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "R": 1}


@pytest.mark.parametrize(("line", "pair_unb", "city_unb"), [(FOREIGN_LINE, 1, 0), (None, 0, 1), (LINE, 1, 0)])
def test_a_registration_without_its_line_is_unbacked(line: str | None, pair_unb: int, city_unb: int) -> None:
    """Given another car on the line, an unknown line or none, when registered, then UNB rises there."""
    history = classified()
    body = registered_body(vin(5), line)
    assert "unbacked" in history.flags("2025-03-03", "VehicleRegistered", body)
    assert history.balances(PAIR).get("UNB", 0) == pair_unb
    assert history.balances(PAIR)["C"] == 1
    assert history.replayed.city().unb == city_unb


def test_a_car_registered_twice_consumes_one_unit() -> None:
    """Given a registered car, when registered again, then UNB rises and the first registration stays."""
    history = registered()
    again = history.flags("2025-03-05", "VehicleRegistered", registered_body(CAR, LINE, "2025-03-05"))
    assert again == ("unbacked",)
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "R": 1, "UNB": 1}
    assert history.flags("2025-04-10", "VehicleDeregistered", deregistered_body(CAR, reason="OTHER")) == (
        "deregistered-other",
    )
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "N": 1, "UNB": 1}


def test_a_car_registered_off_its_live_line_is_flagged_as_repeated() -> None:
    """Given a car live on one line, when registered on another, then vin-repeated is flagged."""
    flags = classified(2).flags("2025-03-03", "VehicleRegistered", registered_body(CAR, line_id(2)))
    assert flags == ("vin-repeated", "unbacked")


@pytest.mark.parametrize(
    ("on", "flags"), [("2025-02-28", ()), ("2025-03-01", ("suspended",)), ("2025-03-05", ())]
)
def test_a_registration_is_judged_by_the_suspensions_of_its_own_day(on: str, flags: tuple[str, ...]) -> None:
    """Given a suspension from 1 to 4 March recorded first, then only a registration inside is flagged."""
    history = classified()
    start = suspended_body(effective_at="2025-03-01T00:00:00+08:00")
    history.flags("2025-03-06", "EnterpriseSuspended", start)
    end = {"effective_at": "2025-03-05T00:00:00+08:00", "suspension_id": "SUS-1", "uscc": EXPORTER}
    history.flags("2025-03-06", "EnterpriseReinstated", end)
    assert history.flags("2025-03-06", "VehicleRegistered", registered_body(CAR, LINE, on)) == flags
    assert history.balances(PAIR)["R"] == 1


def test_one_certificate_or_scan_for_two_cars_is_flagged() -> None:
    """Given a certificate, scan and invoice used before, when used for another car, then it is flagged."""
    history = classified(2)
    history.flags("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE))
    second = registered_body(vin(2), line_id(2), cert_no=cert_no(CAR))
    assert history.flags("2025-03-03", "VehicleRegistered", second) == ("document-reused",)
    history.flags("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE), SCAN)
    other = proof_body(vin(2), line_id(2), cert_no="310000000077")
    flags = history.flags("2025-03-11", "TransferProofSubmitted", other, SCAN)
    assert flags == ("document-reused", "out-of-order")


def test_a_copy_belongs_to_a_registration() -> None:
    """Given a copy before, of another line, or of an unknown certificate, then it is flagged."""
    history = registered()
    flags = history.flags("2025-03-04", "VehicleInfoCopied", copied_body(CAR, None, "2025-03-01"))
    assert flags == ("record-differs", "dates-disordered")
    assert history.flags("2025-03-04", "VehicleInfoCopied", copied_body(wrong_vin(7), LINE)) == (
        "bad-vin",
        "out-of-order",
    )


@pytest.mark.parametrize(
    ("more", "flags"),
    [
        ({"to_uscc": OTHER}, ("wrong-parties",)),
        ({"from_uscc": EXPORTER, "to_uscc": UPSTREAM}, ("wrong-parties",)),
        ({"transferred_on": "2025-03-02"}, ("dates-disordered",)),
        ({"transferred_on": "2025-03-18"}, ()),
        ({"transferred_on": "2025-03-19"}, ("late-transfer",)),
        ({"line_id": None}, ("record-differs",)),
        ({"cert_no": "310000000088"}, ("out-of-order",)),
    ],
)
def test_a_transfer_is_flagged_for_each_rule_it_breaks(more: dict[str, Any], flags: tuple[str, ...]) -> None:
    """Given a car registered on 3 March, due on Tuesday 18 March, then each breach has its flag."""
    body = {**transfer_body(CAR, LINE), **more}
    assert registered().flags("2025-03-20", "PendingExportTransferRecorded", body) == flags


def test_a_submission_is_flagged_for_each_rule_it_breaks() -> None:
    """Given a used id, a missing scan, or a submission after the last day, then each has its flag."""
    history = registered()
    bare = proof_body(CAR, LINE, "2025-03-18T23:59:59+08:00", submission="a")
    assert history.flags("2025-03-20", "TransferProofSubmitted", bare) == ("scan-missing",)
    late = proof_body(CAR, LINE, "2025-03-19T00:00:00+08:00", submission="b")
    assert history.flags("2025-03-20", "TransferProofSubmitted", late, SCAN) == ("late-submission",)
    assert history.flags("2025-03-20", "TransferProofSubmitted", late, SCAN) == ("duplicate-submission",)


def test_an_accepted_proof_moves_the_car_to_t_once() -> None:
    """Given an accepted proof, when accepted again, then it is refused."""
    history = proved()
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "T": 1}
    codes = history.codes("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE))
    assert codes == ("wrong-state", "wrong-state")


@pytest.mark.parametrize(
    ("body", "figures"),
    [
        (acceptance_body(CAR, LINE, days_used=9), {"what": "days_used", "wanted": 8, "stated": 9}),
        (acceptance_body(CAR, LINE, late=True), {"what": "late", "wanted": False, "stated": True}),
        (acceptance_body(CAR, LINE, late=None), {"what": "late", "wanted": False, "stated": None}),
    ],
)
def test_stated_numbers_are_those_of_the_replay(body: dict[str, Any], figures: dict[str, object]) -> None:
    """Given another number of days or verdict, when accepted, then it is refused with both."""
    answer = submitted().say("2025-03-12", "TransferProofAccepted", body)
    assert isinstance(answer, Refused)
    assert [(one.code, one.figures) for one in answer.refusals] == [("numbers-differ", figures)]


@pytest.mark.parametrize(
    ("registered_on", "transferred_on", "handed_in", "invoice_on", "days", "late"),
    [
        ("2025-09-20", "2025-10-09", "2025-10-09T23:59:59+08:00", "2025-10-09", 19, False),
        ("2025-09-20", "2025-10-09", "2025-10-10T00:00:00+08:00", "2025-10-09", 20, True),
        ("2025-09-20", "2025-10-10", "2025-10-09T10:00:00+08:00", "2025-10-09", 19, True),
        ("2025-09-20", "2025-10-09", "2025-10-09T10:00:00+08:00", "2025-10-10", 19, True),
        ("2025-09-20", "2025-10-09", "2025-10-09T10:00:00+08:00", None, 19, False),
        ("2025-12-20", "2025-12-22", "2025-12-23T10:00:00+08:00", None, 3, None),
    ],
)
def test_lateness_looks_at_all_three_acts(
    registered_on: str,
    transferred_on: str,
    handed_in: str,
    invoice_on: str | None,
    days: int,
    late: bool | None,
) -> None:
    """Given 5 October in a holiday, then 9 October is the last day; without next year's table, unknown."""
    history = registered(registered_on)
    day = "2025-12-31"
    history.say(day, "PendingExportTransferRecorded", transfer_body(CAR, LINE, transferred_on))
    history.say(day, "TransferProofSubmitted", proof_body(CAR, LINE, handed_in, invoice_on=invoice_on), SCAN)
    flags = history.flags(day, "TransferProofAccepted", acceptance_body(CAR, LINE, days, late))
    assert flags == (("late-proof",) if late else ())


def test_a_calendar_published_later_decides_lateness() -> None:
    """Given a due date in a year without a table, when its table comes, then late has to be stated."""
    history = registered("2025-12-20")
    history.say("2025-12-22", "PendingExportTransferRecorded", transfer_body(CAR, LINE, "2025-12-22"))
    proof = proof_body(CAR, LINE, "2025-12-22T10:00:00+08:00", invoice_on=None)
    history.say("2025-12-22", "TransferProofSubmitted", proof, SCAN)
    history.flags("2025-12-30", "HolidayCalendarPublished", calendar_body(2026, ["2026-01-01"]))
    codes = history.codes("2026-01-02", "TransferProofAccepted", acceptance_body(CAR, LINE, 2, None))
    assert codes == ("numbers-differ",)
    assert history.flags("2026-01-02", "TransferProofAccepted", acceptance_body(CAR, LINE, 2, False)) == ()


def test_a_proof_needs_submission_registration_and_transfer() -> None:
    """Given none, then one by one, when accepted, then each missing part is named."""
    history = classified()
    accept = acceptance_body(CAR, LINE)
    assert history.codes("2025-03-12", "TransferProofAccepted", accept) == ("unknown-submission",)
    history.flags("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE), SCAN)
    assert history.codes("2025-03-12", "TransferProofAccepted", accept) == ("not-registered",)
    history.flags("2025-03-12", "VehicleRegistered", registered_body(CAR, LINE))
    assert history.codes("2025-03-12", "TransferProofAccepted", accept) == ("transfer-missing",)
    wrong = transfer_body(CAR, LINE, to_uscc=OTHER)
    history.flags("2025-03-12", "PendingExportTransferRecorded", wrong)
    assert history.codes("2025-03-12", "TransferProofAccepted", accept) == ("transfer-mismatch",)
    history.flags("2025-03-12", "PendingExportTransferRecorded", transfer_body(CAR, LINE))
    assert history.flags("2025-03-12", "TransferProofAccepted", accept) == ()


def test_a_submission_serves_its_own_car_and_line() -> None:
    """Given a submission for one car, when accepted for another car or line, then it is refused."""
    history = submitted()
    other_line = {**acceptance_body(CAR, line_id(2))}
    assert history.codes("2025-03-12", "TransferProofAccepted", other_line) == ("unknown-submission",)
    other_car = acceptance_body(vin(2), LINE, submission=f"S-{CAR}")
    assert history.codes("2025-03-12", "TransferProofAccepted", other_car) == ("unknown-submission",)


def test_an_unbacked_car_cannot_be_proved() -> None:
    """Given a car registered without a valid line, when its proof is accepted, then it is refused."""
    history = classified()
    car = vin(5)
    history.flags("2025-03-03", "VehicleRegistered", registered_body(car, LINE))
    history.flags("2025-03-10", "PendingExportTransferRecorded", transfer_body(car, LINE))
    history.flags("2025-03-11", "TransferProofSubmitted", proof_body(car, LINE), SCAN)
    codes = history.codes("2025-03-12", "TransferProofAccepted", acceptance_body(car, LINE))
    assert codes == ("not-registered",)


def test_a_car_exported_before_its_proof_is_flagged_and_can_still_be_proved() -> None:
    """Given an unproved release, then it posts R→X and is flagged; a later proof leaves it in X, proved."""
    history = submitted()
    assert history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(CAR)) == ("exported-unproved",)
    assert history.flags("2025-04-11", "TransferProofAccepted", acceptance_body(CAR, LINE)) == ()
    assert history.balances(PAIR)["X"] == 1
    current = history.replayed.vehicle(CAR).current()
    assert current is not None
    assert current.proved


@pytest.mark.parametrize(
    ("more", "flags"),
    [
        ({"declaration_no": declaration(1, "1")}, ("bad-declaration",)),
        ({"declaration_no": "2225"}, ("bad-declaration",)),
        ({"exporter_uscc": OTHER}, ("wrong-exporter",)),
        ({"released_on": "2025-03-09"}, ("dates-disordered",)),
    ],
)
def test_a_release_is_flagged_for_each_rule_it_breaks(more: dict[str, Any], flags: tuple[str, ...]) -> None:
    """Given a proved car, when its release breaks a rule, then it posts T→X and is flagged."""
    history = proved()
    assert history.flags("2025-04-10", "CustomsExportConfirmed", {**customs_body(CAR), **more}) == flags
    assert history.balances(PAIR)["X"] == 1


def test_the_same_declaration_again_is_a_status_update() -> None:
    """Given a release, when its declaration is closed, then nothing is posted or flagged."""
    history = proved()
    history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(CAR))
    answer = history.say("2025-04-12", "CustomsExportConfirmed", customs_body(CAR, status="CLOSED"))
    assert (answer.outcome.flags, answer.outcome.postings) == ((), ())
    assert [one.status for one in history.replayed.vehicle(CAR).declarations] == ["CLOSED"]


def test_a_second_declaration_or_one_without_a_car_posts_nothing() -> None:
    """Given a car in X, one classified only and one unknown, when declared, then it is out of order."""
    history = proved()
    history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(CAR))
    flags = history.flags("2025-04-11", "CustomsExportConfirmed", customs_body(CAR, 2))
    assert flags == ("second-declaration", "out-of-order")
    unknown = customs_body(vin(8), 3)
    assert history.flags("2025-04-11", "CustomsExportConfirmed", unknown) == ("out-of-order",)
    waiting = classified()
    assert waiting.flags("2025-04-11", "CustomsExportConfirmed", customs_body(CAR)) == ("out-of-order",)
    assert waiting.balances(PAIR)["C"] == 1


@pytest.mark.parametrize(
    ("released", "on", "flags"),
    [
        ("2025-04-10", "2025-06-10", ()),
        ("2025-04-10", "2025-06-11", ("late-deregistration",)),
        ("2025-12-31", "2026-02-28", ()),
        ("2025-12-31", "2026-03-01", ("late-deregistration",)),
        ("2025-04-10", "2025-04-09", ("dates-disordered",)),
    ],
)
def test_deregistration_is_due_within_two_months(released: str, on: str, flags: tuple[str, ...]) -> None:
    """Given a release, when deregistered on the last day, the next, or before, then flagged accordingly."""
    history = proved()
    history.flags(released, "CustomsExportConfirmed", customs_body(CAR, on=released))
    assert history.flags(on, "VehicleDeregistered", deregistered_body(CAR, on)) == flags
    assert history.balances(PAIR)["D"] == 1


def test_a_deregistration_off_the_road_is_flagged() -> None:
    """Given no release, another reason, an unknown certificate or a second time, then it is flagged."""
    history = proved()
    unknown = deregistered_body(CAR, cert_no="310000000099")
    assert history.flags("2025-05-10", "VehicleDeregistered", unknown) == ("out-of-order",)
    body = deregistered_body(CAR)
    assert history.flags("2025-05-10", "VehicleDeregistered", body) == ("deregistered-unexported",)
    assert history.balances(PAIR)["D"] == 1
    assert "out-of-order" in history.flags("2025-05-11", "VehicleDeregistered", body)
    other = proved()
    scrapped = deregistered_body(CAR, reason="OTHER")
    assert other.flags("2025-05-10", "VehicleDeregistered", scrapped) == ("deregistered-other",)
    assert other.balances(PAIR)["N"] == 1


def test_an_unbacked_car_moves_no_unit() -> None:
    """Given an unbacked car, when exported and deregistered, then both are flagged and nothing is posted."""
    history = classified()
    history.flags("2025-03-03", "VehicleRegistered", registered_body(vin(5), None))
    assert history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(vin(5))) == ("unbacked",)
    assert history.flags("2025-05-10", "VehicleDeregistered", deregistered_body(vin(5))) == ("unbacked",)
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "C": 1}


def test_every_code_is_in_kebab_case_with_words_in_two_languages() -> None:
    """Given the catalogue, then codes have one form, flags a control, and refusals want their figures."""
    for code in (*FLAGS, *REFUSAL_CODES):
        assert code.replace("-", "").isalpha()
        assert code == code.lower()
    assert all(flag.zh and flag.en and flag.control[0] == "C" for flag in FLAGS.values())
    with pytest.raises(KeyError):
        refuse("over-available", units=1)
