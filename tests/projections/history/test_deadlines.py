"""Every clock: when it runs, when it is at risk, when it has run out."""

from collections.abc import Callable
from datetime import date

import pytest

from domain.state import State
from projections.history.deadlines import Deadline, deadlines
from tests.support.cars import CAR, LINE, SCAN, classified, proved, registered, submitted
from tests.support.domain import (
    EXPORTER,
    PAIR,
    Season,
    copied_body,
    line_id,
    proof_body,
    registered_body,
    transfer_body,
    vin,
)
from tests.support.history import History
from tests.support.quota import case_body, top_up_body
from tests.support.vehicles import exported, gone, road_use_body, sent_back_body, unbacked


def clocks(history: History, kind: str, on: str) -> list[tuple[str, str | None]]:
    """Return status and last day of each clock of a kind that runs on a day."""
    return [(one.status, one.due and one.due.isoformat()) for one in found(history, on) if one.kind == kind]


def found(history: History, on: str) -> list[Deadline]:
    """Return every clock that runs on a day."""
    recorded = [step.recorded_at.date() for step in history.steps]
    keys = list(history.stored.rows)
    return deadlines(State(history.stored), keys, date.fromisoformat(on), recorded.__getitem__)


def late() -> History:
    """A proof handed in the day after the last one."""
    history = registered()
    history.say("2025-03-10", "PendingExportTransferRecorded", transfer_body(CAR, LINE))
    history.say(
        "2025-03-19", "TransferProofSubmitted", proof_body(CAR, LINE, "2025-03-19T00:00:00+08:00"), SCAN
    )
    return history


def rejected() -> History:
    """A proof handed in in time and sent back."""
    history = submitted()
    history.say("2025-03-20", "TransferProofRejected", sent_back_body())
    return history


@pytest.mark.parametrize(
    ("history", "on", "status"),
    [
        (registered, "2025-03-18", "DUE"),
        (registered, "2025-03-19", "OVERDUE"),
        (submitted, "2025-03-18", "DUE"),
        (submitted, "2025-03-19", "PENDING"),
        (late, "2025-03-20", "OVERDUE"),
        (rejected, "2025-03-21", "OVERDUE"),
    ],
)
def test_the_export_term_runs_until_a_proof_is_accepted(
    history: Callable[[], History], on: str, status: str
) -> None:
    """Given a car due on 18 March, then its clock is due, overdue or waits for judgement on each day."""
    assert clocks(history(), "EXPORT_TERM", on) == [(status, "2025-03-18")]


def test_after_the_strict_day_a_term_is_at_risk_until_the_rolled_one() -> None:
    """Given a car whose last day is a Saturday, then it is at risk until Monday and overdue after."""
    history = registered("2025-03-07")  # 22 March is a Saturday
    assert clocks(history, "EXPORT_TERM", "2025-03-22") == [("DUE", "2025-03-24")]
    assert clocks(history, "EXPORT_TERM", "2025-03-24") == [("AT_RISK", "2025-03-24")]
    assert clocks(history, "EXPORT_TERM", "2025-03-25") == [("OVERDUE", "2025-03-24")]
    assert clocks(history, "CASE", "2025-03-25") == [("DUE", "2025-03-30")]


def test_without_a_holiday_table_a_term_past_its_strict_day_is_undetermined() -> None:
    """Given a car registered in a year whose table was not published, then it is due, and undetermined after."""
    history = classified()
    history.say("2031-03-07", "VehicleRegistered", registered_body(CAR, LINE, "2031-03-07"))
    assert clocks(history, "EXPORT_TERM", "2031-03-22") == [("DUE", "2031-03-22")]
    assert clocks(history, "EXPORT_TERM", "2031-03-23") == [("UNDETERMINED", "2031-03-22")]


@pytest.mark.parametrize("history", [classified, proved, gone])
def test_no_export_term_runs_before_registration_or_after_proof(history: Callable[[], History]) -> None:
    """Given a car not registered, proved or gone, then no term for proof runs."""
    assert clocks(history(), "EXPORT_TERM", "2025-06-01") == []


def test_a_released_car_is_deregistered_within_two_months() -> None:
    """Given a car released on 10 April, then it is due until 10 June, and nothing is once deregistered."""
    assert clocks(exported(), "DEREGISTRATION", "2025-06-10") == [("DUE", "2025-06-10")]
    assert clocks(exported(), "DEREGISTRATION", "2025-06-11") == [("OVERDUE", "2025-06-10")]
    assert clocks(gone(), "DEREGISTRATION", "2025-06-11") == []


def test_a_registration_that_was_not_copied_is_missing() -> None:
    """Given a registered car, then its copy is missing until the police send it."""
    history = registered()
    assert clocks(history, "COPY", "2025-03-04") == [("MISSING", None)]
    history.say("2025-03-04", "VehicleInfoCopied", copied_body(CAR, LINE))
    assert clocks(history, "COPY", "2025-03-04") == []


@pytest.mark.parametrize(("on", "status"), [("2025-03-24", "DUE"), ("2025-03-25", "OVERDUE")])
def test_a_case_is_due_five_days_after_its_ground(on: str, status: str) -> None:
    """Given a car overdue from 19 March on, then its case is due until the 24th, and not once one names it."""
    history = registered()
    assert clocks(history, "CASE", on) == [(status, "2025-03-24")]
    history.say(on, "ViolationCaseOpened", case_body(vins=[CAR]))
    assert clocks(history, "CASE", on) == []


def test_unbacked_cars_and_cars_on_the_road_want_a_case() -> None:
    """Given a car without a line, and one seen on 20 March, then each wants a case, the latter from that day."""
    assert clocks(unbacked(), "CASE", "2025-03-04") == [("DUE", "2025-03-08")]
    history = registered()
    history.say("2025-03-05", "RoadUseReported", road_use_body(at="2025-03-05T08:00:00+08:00"))
    assert clocks(history, "CASE", "2025-03-06") == [("DUE", "2025-03-10")]


def test_a_qualification_is_listed_a_month_before_it_ends() -> None:
    """Given an exporter qualified to 31 December 2025, then it is lapsing from 1 December, lapsed after."""
    history = classified()
    firm = State(history.stored).enterprise(EXPORTER)
    last = firm.filings[-1].last
    assert clocks(history, "QUALIFICATION", _day(last, -30)) == []
    assert clocks(history, "QUALIFICATION", _day(last, -29)) == [("LAPSING", last.isoformat())]
    assert clocks(history, "QUALIFICATION", last.isoformat()) == [("LAPSING", last.isoformat())]
    assert clocks(history, "QUALIFICATION", _day(last, 1)) == [("LAPSED", last.isoformat())]


def test_a_top_up_is_possible_above_80_percent_until_applied_for() -> None:
    """Given 4 and 5 of 5 units registered, then only the latter may ask for more, and not twice."""
    season = Season(5, 5)
    history = History([*season.set_up(), *season.classified()])
    for number in range(1, 6):
        assert clocks(history, "TOP_UP", "2025-03-04") == []
        history.flags("2025-03-03", "VehicleRegistered", registered_body(vin(number), line_id(number)))
    assert clocks(history, "TOP_UP", "2025-03-04") == [("POSSIBLE", None)]
    assert [one.detail for one in found(history, "2025-03-04") if one.kind == "TOP_UP"] == [
        "5 of 5 units used, more than 80 %"
    ]
    assert history.flags("2025-03-05", "TopUpApplicationReceived", top_up_body(used=5, total=5)) == ()
    assert clocks(history, "TOP_UP", "2025-03-06") == []
    assert State(history.stored).pair(PAIR).status == "ACTIVE"


def _day(last: date, days: int) -> str:
    return date.fromordinal(last.toordinal() + days).isoformat()
