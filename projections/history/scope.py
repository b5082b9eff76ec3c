"""What of a history its reader is shown: all of it, or what concerns one enterprise.

The whole file is folded in any case, or balances and accounts would be wrong; a scope chooses what of it is
told.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from domain.car import Car
from ledger.header import Header
from projections.history.deadlines import Deadline


@dataclass(frozen=True, slots=True)
class Scope:
    """Each member answers for one kind of thing.

    Attributes:
        entry: says whether an entry is shown.
        key: says whether what concerns a subject alone is shown.
        pair: says whether a pair, batch or line, by its id, is shown.
        car: what of a car is shown, None for nothing.
        cases: whether the cases are shown.
        overlays: which of them are shown, None for all.
        clocks: which kinds of clocks are shown, None for all; of cars, those whose quota is a shown pair's.
    """

    entry: Callable[[Header], bool]
    key: Callable[[str], bool]
    pair: Callable[[str], bool]
    car: Callable[[Car], Car | None]
    cases: bool
    overlays: Collection[str] | None
    clocks: Collection[str] | None

    def shows_overlay(self, overlay: str) -> bool:
        """Say whether an overlay is shown."""
        return self.overlays is None or overlay in self.overlays

    def shows_clock(self, clock: Deadline) -> bool:
        """Say whether a clock is shown."""
        if self.clocks is None:
            return True
        own = self.key(clock.subject) if clock.pair_id is None else self.pair(clock.pair_id)
        return own and clock.kind in self.clocks


WHOLE: Final = Scope(
    entry=lambda header: True,
    key=lambda key: True,
    pair=lambda identifier: True,
    car=lambda car: car,
    cases=True,
    overlays=None,
    clocks=None,
)
"""Everything."""
