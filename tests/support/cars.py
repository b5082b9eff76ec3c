"""Histories of one car, cut at each stage."""

from tests.support.domain import (
    PAIR,
    Season,
    acceptance_body,
    attachment,
    line_id,
    proof_body,
    registered_body,
    transfer_body,
    vin,
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
