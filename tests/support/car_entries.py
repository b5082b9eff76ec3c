"""Entries of one car, cut at each stage, for the checker."""

from projections.proof.types import Verdict
from tests.support.domain import (
    acceptance_body,
    copied_body,
    customs_body,
    proof_body,
    transfer_body,
)
from tests.support.proof import CAR, LINE, SCAN, Entries, registered

CAR_KEY = f"vin:{CAR}"


def transferred(on: str = "2025-03-10", **more: object) -> Entries:
    """One car registered on 2025-03-03, copied and transferred."""
    entries = registered()
    entries.say("2025-03-04", "VehicleInfoCopied", copied_body(CAR, LINE))
    entries.say(on, "PendingExportTransferRecorded", transfer_body(CAR, LINE, on, **more))
    return entries


def submitted(on: str = "2025-03-11", **more: object) -> Entries:
    """Its proof handed in."""
    entries = transferred()
    submit(entries, on, **more)
    return entries


def submit(entries: Entries, on: str, *, submission: str = "", **more: object) -> int:
    """Hand in a proof of the car on a day."""
    at = f"{on}T09:00:00+08:00"
    body = proof_body(CAR, LINE, at, submission=submission, **more)
    return entries.say(on, "TransferProofSubmitted", body, SCAN)


def accepted() -> Entries:
    """Its proof accepted."""
    entries = submitted()
    entries.say("2025-03-12", "TransferProofAccepted", acceptance_body(CAR, LINE))
    return entries


def released(on: str = "2025-04-10", **more: object) -> Entries:
    """Released by customs."""
    entries = accepted()
    entries.say(on, "CustomsExportConfirmed", customs_body(CAR, 1, on, **more))
    return entries


def holds(entries: Entries, code: str, as_of: str | None = None, as_known_at: int | None = None) -> bool:
    """Say whether a statement is PROVED."""
    return entries.answer(code, as_of, as_known_at).verdict is Verdict.PROVED


def is_open(entries: Entries, code: str, as_of: str | None = None) -> bool:
    """Say whether a statement is UNDETERMINED, and tells what is missing."""
    answer = entries.answer(code, as_of)
    return answer.verdict is Verdict.UNDETERMINED and bool(answer.missing) and not answer.entries
