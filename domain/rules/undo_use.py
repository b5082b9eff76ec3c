"""Batches: taken back (see ``domain.rules.undo``)."""

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
from domain.rules.draft import Draft
from domain.statements import Statement


def undo_application(draft: Draft, body: UseApplicationReceived, statement: Statement) -> None:
    raise NotImplementedError


def undo_approved(draft: Draft, body: UseApplicationApproved, statement: Statement) -> None:
    raise NotImplementedError


def undo_rejected(draft: Draft, body: UseApplicationRejected, statement: Statement) -> None:
    raise NotImplementedError


def undo_withdrawn(draft: Draft, body: UseApplicationWithdrawn, statement: Statement) -> None:
    raise NotImplementedError


def undo_sent(draft: Draft, body: UsageNumberSent, statement: Statement) -> None:
    raise NotImplementedError


def undo_returned(draft: Draft, body: UsageNumberReturned, statement: Statement) -> None:
    raise NotImplementedError


def undo_classified(draft: Draft, body: QuotaAttributeClassified, statement: Statement) -> None:
    raise NotImplementedError


def undo_attribute_withdrawn(draft: Draft, body: QuotaAttributeWithdrawn, statement: Statement) -> None:
    raise NotImplementedError


def undo_cancelled(draft: Draft, body: ApprovedLineCancelled, statement: Statement) -> None:
    raise NotImplementedError
