"""The transfer pending export and its proof: facts are flagged, the acceptance is a decision."""

from typing import Any

import pytest

from domain.decide import Refused
from tests.support.cars import CAR, LINE, SCAN, classified, proved, registered, submitted
from tests.support.domain import (
    EXPORTER,
    OTHER,
    PAIR,
    UPSTREAM,
    acceptance_body,
    calendar_body,
    line_id,
    proof_body,
    registered_body,
    transfer_body,
    vin,
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
