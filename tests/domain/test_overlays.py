"""What lies over a car's account: overdue, late, under case, seen, used at home, lost, fraudulent."""

from collections.abc import Callable
from datetime import date

import pytest

from domain.overlays import overlays
from domain.state import State
from tests.support.cars import CAR, LINE, SCAN, classified, proved, registered, submitted
from tests.support.domain import (
    acceptance_body,
    calendar_body,
    customs_body,
    proof_body,
    registered_body,
    transfer_body,
)
from tests.support.history import History
from tests.support.quota import case_body, case_decided_body, case_step_body
from tests.support.vehicles import (
    annulled_body,
    customs_reversed_body,
    exported,
    gone,
    home_use_body,
    road_use_body,
    sent_back_body,
)


def over(history: History, on: str = "2025-06-01") -> set[str]:
    """Return the overlays of the car on a day."""
    return set(overlays(State(history.stored), CAR, date.fromisoformat(on)))


@pytest.mark.parametrize(
    ("history", "on", "found"),
    [
        (classified, "2025-06-01", set()),
        (registered, "2025-03-18", set()),
        (registered, "2025-03-19", {"OVERDUE"}),
        (submitted, "2025-06-01", set()),
        (proved, "2025-06-01", set()),
        (exported, "2025-06-01", set()),
    ],
)
def test_a_car_is_overdue_the_day_after_its_due_date_unless_a_proof_waits(
    history: Callable[[], History], on: str, found: set[str]
) -> None:
    """Given a car due on 18 March, then it is overdue from 19 March on, unless proved, exported or pending."""
    assert over(history(), on) == found


def test_a_late_submission_does_not_stop_the_clock() -> None:
    """Given a proof handed in a day late, then the car is overdue until it is accepted, and late after."""
    history = registered()
    history.say("2025-03-10", "PendingExportTransferRecorded", transfer_body(CAR, LINE))
    proof = proof_body(CAR, LINE, "2025-03-19T00:00:00+08:00")
    history.say("2025-03-19", "TransferProofSubmitted", proof, SCAN)
    assert over(history, "2025-03-19") == {"OVERDUE"}
    history.flags("2025-03-20", "TransferProofAccepted", acceptance_body(CAR, LINE, 16, late=True))
    assert over(history, "2025-03-20") == {"LATE"}


def test_a_rejected_proof_leaves_the_car_overdue_since_its_due_date() -> None:
    """Given a proof in time, rejected in April, then the car is overdue on 19 March as seen from then on."""
    history = submitted()
    history.flags("2025-04-01", "TransferProofRejected", sent_back_body())
    assert over(history, "2025-03-18") == set()
    assert over(history, "2025-03-19") == {"OVERDUE"}


def test_without_a_calendar_nobody_is_called_overdue() -> None:
    """Given a due date in a year without a table, then nothing is said; once the table comes, it is."""
    history = registered("2025-12-25")
    assert over(history, "2026-03-01") == set()
    history.flags("2025-12-30", "HolidayCalendarPublished", calendar_body(2026))
    assert over(history, "2026-03-01") == {"OVERDUE"}


def test_an_open_case_lies_over_its_cars_until_it_is_decided() -> None:
    """Given a case about a car, then it is under case until the decision."""
    history = proved()
    history.flags("2025-04-01", "ViolationCaseOpened", case_body("OTHER", CAR))
    assert over(history) == {"UNDER_CASE"}
    history.flags("2025-04-02", "HearingHeld", case_step_body())
    history.flags("2025-04-03", "CaseDecided", case_decided_body("WARNING"))
    assert over(history) == set()


def test_sightings_and_domestic_use_are_judged_by_the_transfer() -> None:
    """Given a sighting and an insurance, then they lie over the car as its transfer and plate say."""
    history = registered()
    body = transfer_body(CAR, LINE, temp_plate_to="2025-05-09")
    history.flags("2025-03-10", "PendingExportTransferRecorded", body)
    history.flags("2025-03-20", "RoadUseReported", road_use_body())
    assert over(history, "2025-03-18") == set()
    history.flags("2025-05-20", "RoadUseReported", road_use_body(at="2025-05-10T08:00:00+08:00"))
    history.flags("2025-05-20", "DomesticUseRecorded", home_use_body())
    assert over(history, "2025-03-18") == {"ROAD_USE", "HOME_USE"}


def test_a_lost_export_and_a_fraud_lie_over_a_deregistered_car() -> None:
    """Given a car in D, when its release is reversed and its registration annulled for fraud, then both show."""
    history = gone()
    history.flags("2025-05-20", "CustomsExportReversed", customs_reversed_body())
    history.flags("2025-05-21", "RegistrationAnnulled", annulled_body("FRAUD"))
    assert over(history) == {"EXPORT_LOST", "FRAUD"}
    history.flags("2025-05-22", "CustomsExportConfirmed", customs_body(CAR, 2))
    assert over(history) == {"FRAUD"}


def test_an_unbacked_car_is_on_no_clock() -> None:
    """Given a registration without a unit, then it is not overdue: it is a finding of its own."""
    history = classified()
    history.flags("2025-03-03", "VehicleRegistered", registered_body(CAR, None))
    assert over(history) == set()
