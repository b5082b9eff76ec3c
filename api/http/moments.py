"""The moment that a reader asks about: the present record, or a replay of the chains."""

import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from api.http.problems import Problem
from domain.state import State
from ledger.records import RecordCache, StoredRecords
from ledger.store import Reader
from projections.replay import ReplayTooLong, replay, size_on

REPLAYS: Final = 2
"""Replays that one process does at once; further ones wait."""
WAIT_SECONDS: Final = 20.0
_RUNNING: Final = threading.BoundedSemaphore(REPLAYS)


@dataclass(frozen=True, slots=True)
class Moment:
    """A state and what it is of, as answers say it."""

    state: State
    size: int
    """Entries that it takes in; a present record may be newer by what came meanwhile."""
    as_of: date | None
    replayed: bool
    unplaced: tuple[int, ...] = ()

    def to_object(self) -> dict[str, Any]:
        """Return the members that every answer about a record begins with."""
        return {
            "size": self.size,
            "as_of": self.as_of and self.as_of.isoformat(),
            "source": "replay" if self.replayed else "record",
            "unplaced": list(self.unplaced),
        }


def known_size(reader: Reader, as_known_at: int | date | None) -> int:
    """Return how many entries ``as_known_at`` takes in, all where it is None.

    Raises:
        Problem: not-found: an entry that is not there yet, or a day before the first one.
    """
    size = reader.head().size
    if as_known_at is None:
        return size
    if isinstance(as_known_at, int):
        if as_known_at >= size:
            raise Problem("not-found", f"query.as_known_at: {as_known_at}, the ledger ends with {size - 1}")
        return as_known_at + 1
    if not (known := size_on(reader, as_known_at, size)):
        raise Problem("not-found", f"query.as_known_at: nothing was recorded by {as_known_at}")
    return known


def moment(
    reader: Reader, roots: Collection[str], as_known_at: int | date | None, as_of: date | None
) -> Moment:
    """Return the state that is asked about: the present records, or the chains of ``roots`` replayed.

    Raises:
        Problem: not-found: as :func:`known_size`; replay-too-long; queue-full: too many replays at once.
    """
    size = known_size(reader, as_known_at)
    if as_known_at is None and as_of is None:
        return Moment(State(StoredRecords(RecordCache(), reader)), size, None, replayed=False)
    if not _RUNNING.acquire(timeout=WAIT_SECONDS):
        raise Problem("queue-full", "too many replays at once", headers={"Retry-After": "5"})
    try:
        done = replay(reader, roots, size, as_of)
    except ReplayTooLong as error:
        raise Problem("replay-too-long", str(error)) from None
    finally:
        _RUNNING.release()
    return Moment(done.state, size, as_of, replayed=True, unplaced=done.unplaced)
