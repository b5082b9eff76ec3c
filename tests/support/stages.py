"""Histories at the brink of each decision: everything that it needs is recorded, it itself is not."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.support.domain import (
    APPLICATION,
    EXPORTER,
    Season,
    Step,
    acceptance_body,
    approval_body,
    attachment,
    classified_body,
    grant_body,
    line_id,
    proof_body,
    qualification_body,
    registered_body,
    sent_body,
    transfer_body,
    use_body,
    vin,
)
from tests.support.history import History
from tests.support.quota import (
    TOP_UP,
    cancelled_body,
    case_body,
    case_decided_body,
    case_step_body,
    closed_body,
    ended_body,
    reduced_body,
    returned_body,
    top_up_body,
    topped_up_body,
)

CAR = vin(1)
LINE = line_id(1)
CARS = [CAR]
FORM = attachment("申请表")
SCAN = attachment("登记证书", CAR)


def granted(units: int = 1, valid_to: str = "2029-12-31", *, grant: bool = True) -> History:
    """A pair with its total quota, or everything but the grant; the exporter is qualified up to a day."""
    season = Season(1, units)
    steps: list[Step] = []
    for step in season.set_up():
        name = step.statement.type
        if name == "ExportQualificationFiled":
            body = qualification_body(EXPORTER, valid_to=valid_to)
            steps.append(season.step("2024-12-01", name, body))
        elif grant or name != "QuotaGranted":
            steps.append(step)
    return History(steps)


def _after(history: History, *steps: tuple[str, str, dict[str, Any], dict[str, Any] | None]) -> History:
    for day, name, body, attached in steps:
        history.flags(day, name, body, *([attached] if attached else []))
    return history


RECEIVED = ("2025-02-10", "UseApplicationReceived", use_body(CARS), FORM)
APPROVED = ("2025-02-12", "UseApplicationApproved", approval_body(CARS), None)
SENT = ("2025-02-13", "UsageNumberSent", sent_body(CARS), None)
CLASSIFIED = ("2025-02-17", "QuotaAttributeClassified", classified_body(CARS), None)
REGISTERED = ("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE), None)
TRANSFERRED = ("2025-03-10", "PendingExportTransferRecorded", transfer_body(CAR, LINE), None)
SUBMITTED = ("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE), SCAN)
ROAD = (RECEIVED, APPROVED, SENT, CLASSIFIED, REGISTERED, TRANSFERRED, SUBMITTED)
MORE = ("2025-03-05", "TopUpApplicationReceived", top_up_body(TOP_UP, 20, 1, 1), None)
REDUCED = ("2025-02-10", "QuotaReduced", reduced_body(1), None)
OPENED = ("2025-03-05", "ViolationCaseOpened", case_body(), None)
HEARD = ("2025-03-06", "HearingHeld", case_step_body("2025-03-06"), None)


def until(
    *steps: tuple[str, str, dict[str, Any], dict[str, Any] | None], grant: bool = True
) -> Callable[[str], History]:
    """Return a maker of histories with these steps behind the set-up; its argument ends the qualification."""
    return lambda valid_to: _after(granted(1, valid_to, grant=grant), *steps)


READY: Mapping[str, tuple[Callable[[str], History], dict[str, Any]]] = {
    "QuotaGranted": (until(grant=False), grant_body(units=1)),
    "QuotaApplicationRejected": (until(grant=False), ended_body(APPLICATION)),
    "QuotaToppedUp": (until(*ROAD[:5], MORE), topped_up_body(TOP_UP, 20, 1, 1)),
    "TopUpRejected": (until(*ROAD[:5], MORE), ended_body(TOP_UP)),
    "QuotaReduced": (until(), reduced_body(1)),
    "PairClosed": (until(REDUCED), closed_body()),
    "UseApplicationApproved": (until(*ROAD[:1]), approval_body(CARS)),
    "UseApplicationRejected": (until(*ROAD[:1]), ended_body(use_body(CARS)["batch_id"])),
    "UsageNumberSent": (until(*ROAD[:2]), sent_body(CARS)),
    "UsageNumberReturned": (until(*ROAD[:3]), returned_body()),
    "QuotaAttributeClassified": (until(*ROAD[:3]), classified_body(CARS)),
    "ApprovedLineCancelled": (until(*ROAD[:4]), cancelled_body(LINE, CAR)),
    "TransferProofAccepted": (until(*ROAD), acceptance_body(CAR, LINE)),
    "ViolationCaseOpened": (until(), case_body()),
    "CaseDecided": (until(OPENED, HEARD), case_decided_body()),
}
"""For each decision of quota, use, proof and cases: a history that is ready for it, and its body."""
