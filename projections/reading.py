"""How the views are read: the live rows, and several queries of one moment."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, TypeVar

from domain.state import State
from ledger.records import RecordCache, StoredRecords
from ledger.store import StoreError
from ledger.stores import AnyStore
from projections.folding import ViewRecords

LIVE: Final = "generation = (SELECT generation FROM view_set WHERE live = 1)"
"""The condition on a view's table under which its rows are the live ones."""
_LIVE: Final = "SELECT generation, size, reason FROM view_set WHERE live = 1"
_ATTEMPTS: Final = 20
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Position:
    """Where the live views stand: after ``size`` entries.

    ``reason`` says why they cannot take in the next one, None while they can.
    """

    generation: int
    size: int
    reason: str | None


def position(store: AnyStore) -> Position | None:
    """Return where the live views stand; None where none were made."""
    row = next(iter(store.view_rows(_LIVE)), None) if store.has_table("view_set") else None
    return None if row is None else Position(*row)


def at_one_position(store: AnyStore, ask: Callable[[Position], _T]) -> _T:
    """Return what ``ask`` answers by any number of queries while the views stand still.

    Every page that is written moves them, so an answer between two equal positions is of one moment.

    Raises:
        StoreError: no views were made, or they never stood still.
    """
    for _ in range(_ATTEMPTS):
        here = position(store)
        if here is None:
            raise StoreError("no views are made yet; `quota-ledger rebuild` makes them")
        answer = ask(here)
        if position(store) == here:
            return answer
    raise StoreError(f"the views moved during each of {_ATTEMPTS} attempts to read them")


def state_of(store: AnyStore, here: Position, keys: Collection[str]) -> State:
    """Return the records at a position, those of ``keys`` read at once."""
    records = StoredRecords(RecordCache(len(keys) + 1_000), ViewRecords(store, here.generation))
    state = State(records)
    state.prefetch(keys)
    return state
