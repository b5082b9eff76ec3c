"""What takes lines out of a batch, or a number back to commerce."""

from collections.abc import Iterator
from typing import Final

from domain.acts import Freed
from domain.batch import Batch, Unattributed
from domain.bodies import (
    ApprovedLineCancelled,
    QuotaAttributeWithdrawn,
    UsageNumberReturned,
    UseApplicationRejected,
    UseApplicationWithdrawn,
)
from domain.errors import Refusal, refuse
from domain.identifiers import PairId, batch_of, pair_of
from domain.postings import CarAccount
from domain.rules.common import bad_codes, bad_pair_codes, no_policy
from domain.rules.draft import Draft, grounds
from domain.values import replace

UNREGISTERED: Final[frozenset[CarAccount]] = frozenset({"A", "C"})
"""The accounts of a line whose car was not registered on it; only from there a unit goes back."""


def in_state(draft: Draft, batch_id: str, *states: str) -> Iterator[Refusal]:
    """Refuse unless the batch is on record and in one of these states."""
    batch = draft.batch(batch_id)
    if batch is None:
        yield refuse("unknown-batch", batch_id=batch_id)
    elif batch.status not in states:
        yield refuse("wrong-state", what=batch_id, state=batch.status, wanted=" | ".join(states))


def free_line(draft: Draft, line_id: str) -> None:
    """Give the unit of a live line in A or C back to its pair: →AV; its car is live there no more."""
    batch_id = batch_of(line_id)
    batch = grounds(draft.batch(batch_id))
    vin = grounds(batch.lines.get(line_id)).vin
    draft.act(vin, Freed(draft.index, line_id))
    approved = tuple(one for one in batch.approved if one != line_id)
    draft.put(f"batch:{batch_id}", replace(batch, approved=approved))


def guard_rejected(draft: Draft, body: UseApplicationRejected) -> Iterator[Refusal]:
    """An application that was received and nothing more."""
    yield from bad_pair_codes(pair_of(body.batch_id))
    yield from no_policy(draft)
    yield from in_state(draft, body.batch_id, "RECEIVED")


def fold_rejected(draft: Draft, body: UseApplicationRejected) -> None:
    """Close the application."""
    batch = grounds(draft.batch(body.batch_id))
    draft.put(f"batch:{body.batch_id}", batch.stepped(draft.index, "REJECTED"))


def fold_withdrawn(draft: Draft, body: UseApplicationWithdrawn) -> None:
    """Before approval the application is closed; after it the unregistered lines go back: A→AV, C→AV."""
    parties = PairId.parse(pair_of(body.batch_id))
    draft.flag_codes(usccs=(parties.exporter, parties.upstream))
    batch = draft.batch(body.batch_id)
    if batch is None or batch.status in ("REJECTED", "WITHDRAWN", "ENDED"):
        draft.flag("nothing-to-end")
        return
    if batch.status == "RECEIVED":
        draft.put(f"batch:{body.batch_id}", batch.stepped(draft.index, "WITHDRAWN"))
        return
    draft.put(f"batch:{body.batch_id}", batch.stepped(draft.index, "ENDED"))
    draft.prefetch([f"vin:{batch.lines[line_id].vin}" for line_id in batch.approved])
    for line_id in batch.approved:
        if draft.vehicle(batch.lines[line_id].vin).lines.get(line_id) in UNREGISTERED:
            free_line(draft, line_id)


def guard_returned(draft: Draft, body: UsageNumberReturned) -> Iterator[Refusal]:
    """The latest number sent, not classified yet."""
    yield from bad_pair_codes(pair_of(body.batch_id))
    yield from no_policy(draft)
    yield from in_state(draft, body.batch_id, "SENT")
    batch = draft.batch(body.batch_id)
    if batch is not None and body.revision != batch.revision:
        yield refuse("wrong-revision", wanted=batch.revision, stated=body.revision)


def fold_returned(draft: Draft, body: UsageNumberReturned) -> None:
    """The batch waits for its next number, of the next revision."""
    batch = grounds(draft.batch(body.batch_id))
    draft.put(f"batch:{body.batch_id}", batch.stepped(draft.index, "APPROVED"))


def fold_attribute_withdrawn(draft: Draft, body: QuotaAttributeWithdrawn) -> None:
    """Note the cars; open until commerce cancels their lines. Others than classified ones are flagged."""
    parties = PairId.parse(pair_of(body.batch_id))
    draft.flag_codes(usccs=(parties.exporter, parties.upstream), vins=body.vins)
    batch = draft.batch(body.batch_id)
    if batch is None or batch.status not in ("CLASSIFIED", "ENDED"):
        draft.flag("nothing-to-end")
        return
    classified = _classified(draft, batch)
    if not classified.issuperset(body.vins):
        draft.flag("nothing-to-end")
    found = tuple(vin for vin in dict.fromkeys(body.vins) if vin in classified)
    if found:
        draft.flag("attribute-withdrawn")
        withdrawn = (*batch.unattributed, Unattributed(draft.index, found))
        noted = replace(batch.stepped(draft.index, batch.status), unattributed=withdrawn)
        draft.put(f"batch:{body.batch_id}", noted)


def _classified(draft: Draft, batch: Batch) -> set[str]:
    """Return the cars of the batch that stand in C."""
    cars = {line_id: batch.lines[line_id].vin for line_id in batch.approved}
    draft.prefetch([f"vin:{vin}" for vin in cars.values()])
    return {vin for line_id, vin in cars.items() if draft.vehicle(vin).lines.get(line_id) == "C"}


def guard_cancelled(draft: Draft, body: ApprovedLineCancelled) -> Iterator[Refusal]:
    """An approved line with this car that is not registered; a VIN is never edited, only cancelled."""
    batch_id = batch_of(body.line_id)
    yield from bad_pair_codes(pair_of(body.line_id))
    yield from bad_codes(vins=(body.vin,))
    yield from no_policy(draft)
    yield from in_state(draft, batch_id, "APPROVED", "SENT", "CLASSIFIED", "ENDED")
    batch = draft.batch(batch_id)
    if batch is None:
        return
    line = batch.lines.get(body.line_id)
    if line is None or line.vin != body.vin or body.line_id not in batch.approved:
        yield refuse("line-not-live", line_id=body.line_id, vin=body.vin)
        return
    account = draft.vehicle(body.vin).lines[body.line_id]
    if account not in UNREGISTERED:
        yield refuse("wrong-state", what=body.line_id, state=account, wanted="A | C")


def fold_cancelled(draft: Draft, body: ApprovedLineCancelled) -> None:
    """Give the unit back: A→AV or C→AV."""
    free_line(draft, body.line_id)
    batch_id = batch_of(body.line_id)
    batch = grounds(draft.batch(batch_id))
    draft.put(f"batch:{batch_id}", batch.stepped(draft.index, batch.status))
