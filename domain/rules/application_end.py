"""Applications for total quota that end without a grant."""

from collections.abc import Iterator

from domain.bodies import QuotaApplicationRejected, QuotaApplicationWithdrawn
from domain.errors import Refusal
from domain.rules.draft import Draft


def guard_rejected(draft: Draft, body: QuotaApplicationRejected) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_rejected(draft: Draft, body: QuotaApplicationRejected) -> None:
    raise NotImplementedError


def fold_withdrawn(draft: Draft, body: QuotaApplicationWithdrawn) -> None:
    raise NotImplementedError
