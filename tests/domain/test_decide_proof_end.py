"""Proofs sent back, acceptances and transfers taken back."""

import pytest

from tests.support.cars import CAR, LINE, SCAN, classified, proved, submitted
from tests.support.domain import (
    PAIR,
    acceptance_body,
    attachment,
    customs_body,
    line_id,
    proof_body,
    registered_body,
    transfer_body,
    vin,
)
from tests.support.vehicles import (
    customs_reversed_body,
    decide_case,
    revoked_body,
    sent_back_body,
    struck_body,
)


def test_a_proof_sent_back_may_be_handed_in_again_under_a_new_id() -> None:
    """Given a rejected submission, then it cannot be accepted any more, and a second one can."""
    history = submitted()
    assert history.flags("2025-03-12", "TransferProofRejected", sent_back_body()) == ()
    codes = history.codes("2025-03-13", "TransferProofAccepted", acceptance_body(CAR, LINE))
    assert codes == ("wrong-state",)
    again = proof_body(CAR, LINE, "2025-03-14T09:00:00+08:00", submission="second")
    assert history.flags("2025-03-14", "TransferProofSubmitted", again, SCAN) == ()
    accept = acceptance_body(CAR, LINE, 11, submission="second")
    assert history.flags("2025-03-15", "TransferProofAccepted", accept) == ()
    assert history.balances(PAIR)["T"] == 1


@pytest.mark.parametrize(("on", "flags"), [("2025-03-18", ()), ("2025-03-19", ("proof-overdue",))])
def test_a_pending_proof_holds_the_clock_until_it_is_rejected(on: str, flags: tuple[str, ...]) -> None:
    """Given a proof in time, due on 18 March, when rejected on that day or the next, then overdue only then."""
    assert submitted().flags(on, "TransferProofRejected", sent_back_body()) == flags


def test_another_proof_in_time_keeps_the_car_from_being_overdue() -> None:
    """Given two submissions in time, when one is rejected after the due date, then the other still holds."""
    history = submitted()
    second = proof_body(CAR, LINE, "2025-03-18T23:59:59+08:00", submission="second")
    history.flags("2025-03-18", "TransferProofSubmitted", second, SCAN)
    assert history.flags("2025-03-25", "TransferProofRejected", sent_back_body()) == ()
    rejected = sent_back_body(submission="second")
    assert history.flags("2025-03-25", "TransferProofRejected", rejected) == ("proof-overdue",)


def test_a_rejection_names_a_submission_of_its_car_that_waits() -> None:
    """Given an unknown id, another car's or line's, or an accepted one, then the rejection is refused."""
    history = proved()
    for body in (
        sent_back_body(submission="none"),
        sent_back_body(vin(2), None, f"S-{CAR}"),
        sent_back_body(line=line_id(2)),
    ):
        assert history.codes("2025-03-13", "TransferProofRejected", body) == ("unknown-submission",)
    assert history.codes("2025-03-13", "TransferProofRejected", sent_back_body()) == ("wrong-state",)


def test_a_revoked_proof_cannot_be_accepted_again() -> None:
    """Given a revoked acceptance, then the car is unproved and overdue, and that submission is spent."""
    history = proved()
    assert history.flags("2025-04-01", "TransferProofRevoked", revoked_body()) == ("proof-overdue",)
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "R": 1}
    assert history.codes("2025-04-01", "TransferProofRevoked", revoked_body()) == (
        "wrong-state",
        "wrong-state",
    )
    accept = acceptance_body(CAR, LINE)
    assert history.codes("2025-04-01", "TransferProofAccepted", accept) == ("wrong-state",)


def test_a_revocation_names_its_case_and_line() -> None:
    """Given a case that is not on record, or another line, when revoked, then it is refused; else accepted."""
    history = proved()
    assert history.codes("2025-04-01", "TransferProofRevoked", revoked_body(case_id="CASE-1")) == (
        "unknown-case",
    )
    codes = history.codes("2025-04-01", "TransferProofRevoked", revoked_body(line=line_id(2)))
    assert codes == ("unknown-submission", "not-registered")
    decide_case(history, CAR)
    assert "T" in history.balances(PAIR)
    history.flags("2025-04-05", "TransferProofRevoked", revoked_body(case_id="CASE-1"))
    assert history.balances(PAIR)["R"] == 1


def test_a_struck_transfer_takes_the_proof_with_it() -> None:
    """Given a proved car, when its transfer is struck, then it is in R and needs transfer and proof anew."""
    history = proved()
    assert history.flags("2025-03-13", "TransferReversed", struck_body()) == ("transfer-reversed",)
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "R": 1}
    scan = attachment("登记证书", "new")
    again = proof_body(CAR, LINE, "2025-03-14T09:00:00+08:00", submission="second")
    history.flags("2025-03-14", "TransferProofSubmitted", again, scan)
    accept = acceptance_body(CAR, LINE, 11, submission="second")
    assert history.codes("2025-03-15", "TransferProofAccepted", accept) == ("transfer-missing",)
    history.flags("2025-03-15", "PendingExportTransferRecorded", transfer_body(CAR, LINE, "2025-03-15"))
    assert history.flags("2025-03-16", "TransferProofAccepted", accept) == ()


@pytest.mark.parametrize("ended", ["TransferReversed", "TransferProofRevoked"])
def test_a_car_that_lost_its_proof_comes_back_from_customs_unproved(ended: str) -> None:
    """Given a proof taken back, when the car is then released and the release reversed, then it is in R."""
    history = proved()
    history.flags("2025-03-13", ended, struck_body() if ended == "TransferReversed" else revoked_body())
    assert history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(CAR)) == ("exported-unproved",)
    history.flags("2025-05-20", "CustomsExportReversed", customs_reversed_body())
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "R": 1}


def test_a_transfer_struck_off_the_road_is_flagged() -> None:
    """Given no registration, no transfer, another line or an earlier day, then striking is flagged."""
    history = classified()
    assert history.flags("2025-03-13", "TransferReversed", struck_body()) == ("out-of-order",)
    history.flags("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE))
    assert history.flags("2025-03-13", "TransferReversed", struck_body()) == ("out-of-order",)
    other = submitted()
    body = struck_body(on="2025-03-02", line_id=line_id(2))
    assert other.flags("2025-03-13", "TransferReversed", body) == (
        "transfer-reversed",
        "record-differs",
        "dates-disordered",
    )
    assert other.balances(PAIR)["R"] == 1
