"""追加: more quota for an active pair whose use is above the threshold."""

from collections.abc import Iterator

from domain.bodies import QuotaToppedUp, TopUpApplicationReceived, TopUpRejected
from domain.errors import Refusal
from domain.rules.draft import Draft


def fold_application(draft: Draft, body: TopUpApplicationReceived) -> None:
    raise NotImplementedError


def guard_topped_up(draft: Draft, body: QuotaToppedUp) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_topped_up(draft: Draft, body: QuotaToppedUp) -> None:
    raise NotImplementedError


def guard_rejected(draft: Draft, body: TopUpRejected) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_rejected(draft: Draft, body: TopUpRejected) -> None:
    raise NotImplementedError
