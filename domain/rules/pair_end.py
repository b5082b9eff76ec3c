"""核减 and 关闭: units taken back, and the end of a pair."""

from collections.abc import Iterator

from domain.bodies import PairClosed, QuotaReduced
from domain.errors import Refusal
from domain.rules.draft import Draft


def guard_reduced(draft: Draft, body: QuotaReduced) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_reduced(draft: Draft, body: QuotaReduced) -> None:
    raise NotImplementedError


def guard_closed(draft: Draft, body: PairClosed) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_closed(draft: Draft, body: PairClosed) -> None:
    raise NotImplementedError
