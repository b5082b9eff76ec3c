"""更正: a statement taken back and, with a replacement, stated anew."""

from collections.abc import Iterator

from domain.bodies import EventCorrected
from domain.errors import Refusal
from domain.rules.draft import Draft


def guard_corrected(draft: Draft, body: EventCorrected) -> Iterator[Refusal]:
    raise NotImplementedError


def fold_corrected(draft: Draft, body: EventCorrected) -> None:
    raise NotImplementedError
