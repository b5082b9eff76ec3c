"""What takes lines out of a batch, or a number back to commerce."""

from collections.abc import Iterator

from domain.bodies import (
    ApprovedLineCancelled,
    QuotaAttributeWithdrawn,
    UsageNumberReturned,
    UseApplicationRejected,
    UseApplicationWithdrawn,
)
from domain.errors import Refusal
from domain.rules.draft import Draft


def guard_rejected(draft: Draft, body: UseApplicationRejected) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_rejected(draft: Draft, body: UseApplicationRejected) -> None:
    raise NotImplementedError


def fold_withdrawn(draft: Draft, body: UseApplicationWithdrawn) -> None:
    raise NotImplementedError


def guard_returned(draft: Draft, body: UsageNumberReturned) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_returned(draft: Draft, body: UsageNumberReturned) -> None:
    raise NotImplementedError


def fold_attribute_withdrawn(draft: Draft, body: QuotaAttributeWithdrawn) -> None:
    raise NotImplementedError


def guard_cancelled(draft: Draft, body: ApprovedLineCancelled) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_cancelled(draft: Draft, body: ApprovedLineCancelled) -> None:
    raise NotImplementedError
