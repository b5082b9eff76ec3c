"""Batches: taken back (see ``domain.rules.undo``).

Every entry that acted on a batch is one of its steps; the newest is taken back first. What it did to the
cars is taken back with it, unless a car has moved on since.
"""

from domain.batch import Batch
from domain.bodies import (
    ApprovedLineCancelled,
    QuotaAttributeClassified,
    QuotaAttributeWithdrawn,
    UsageNumberReturned,
    UsageNumberSent,
    UseApplicationApproved,
    UseApplicationReceived,
    UseApplicationRejected,
    UseApplicationWithdrawn,
)
from domain.errors import refuse
from domain.identifiers import batch_of
from domain.rules.draft import Draft, Moved
from domain.statements import Statement
from domain.values import replace


def _unstepped(draft: Draft, batch_id: str) -> Batch | None:
    """Return the batch without the entry's step, its newest; None where the entry did nothing to it."""
    batch = draft.batch(batch_id)
    if batch is None or all(step.index != draft.undoing for step in batch.steps):
        return None
    if (later := batch.steps[-1].index) != draft.undoing:
        raise Moved(refuse("moved-on", what=f"batch:{batch_id}", later=later))
    return replace(batch, steps=batch.steps[:-1])


def _take_back_cars(draft: Draft, batch: Batch, line_ids: tuple[str, ...]) -> None:
    draft.prefetch([f"vin:{batch.lines[line_id].vin}" for line_id in line_ids])
    for line_id in line_ids:
        draft.take_back(batch.lines[line_id].vin)


def undo_application(draft: Draft, body: UseApplicationReceived, statement: Statement) -> None:
    """The batch id is free again."""
    if _unstepped(draft, body.batch_id) is not None:
        draft.drop(f"batch:{body.batch_id}")


def undo_approved(draft: Draft, body: UseApplicationApproved, statement: Statement) -> None:
    """A→AV for each line."""
    batch = _unstepped(draft, body.batch_id)
    if batch is not None:
        _take_back_cars(draft, batch, batch.approved)
        draft.put(f"batch:{body.batch_id}", replace(batch, approved=()))


def undo_rejected(draft: Draft, body: UseApplicationRejected, statement: Statement) -> None:
    """The application is open again."""
    _restore(draft, body.batch_id)


def undo_withdrawn(draft: Draft, body: UseApplicationWithdrawn, statement: Statement) -> None:
    """The batch goes on, and the lines that went back are bound again."""
    _rebind(draft, body.batch_id)


def undo_cancelled(draft: Draft, body: ApprovedLineCancelled, statement: Statement) -> None:
    """The line is bound again."""
    _rebind(draft, batch_of(body.line_id))


def _rebind(draft: Draft, batch_id: str) -> None:
    """Bind the lines again that the entry freed; in the order of the application."""
    batch = _unstepped(draft, batch_id)
    if batch is None:
        return
    gone = tuple(line_id for line_id in batch.lines if line_id not in batch.approved)
    draft.prefetch([f"vin:{batch.lines[line_id].vin}" for line_id in gone])
    freed = tuple(
        line_id
        for line_id in gone
        if any(act.index == draft.undoing for act in draft.vehicle(batch.lines[line_id].vin).acts)
    )
    _take_back_cars(draft, batch, freed)
    approved = tuple(line_id for line_id in batch.lines if line_id in {*batch.approved, *freed})
    draft.put(f"batch:{batch_id}", replace(batch, approved=approved))


def undo_sent(draft: Draft, body: UsageNumberSent, statement: Statement) -> None:
    """The number before it is the last one sent."""
    batch = _unstepped(draft, body.batch_id)
    if batch is not None:
        draft.put(f"batch:{body.batch_id}", replace(batch, sent=batch.sent[:-1]))


def undo_returned(draft: Draft, body: UsageNumberReturned, statement: Statement) -> None:
    """The number is with transport again."""
    _restore(draft, body.batch_id)


def _restore(draft: Draft, batch_id: str) -> None:
    batch = _unstepped(draft, batch_id)
    if batch is not None:
        draft.put(f"batch:{batch_id}", batch)


def undo_classified(draft: Draft, body: QuotaAttributeClassified, statement: Statement) -> None:
    """C→A for each line; a registration that took its unit by this is without one again."""
    batch = _unstepped(draft, body.batch_id)
    if batch is not None:
        _take_back_cars(draft, batch, batch.approved)
        draft.put(f"batch:{body.batch_id}", batch)


def undo_attribute_withdrawn(draft: Draft, body: QuotaAttributeWithdrawn, statement: Statement) -> None:
    """The cars have their attribute again."""
    batch = _unstepped(draft, body.batch_id)
    if batch is not None:
        draft.put(f"batch:{body.batch_id}", replace(batch, unattributed=batch.unattributed[:-1]))
