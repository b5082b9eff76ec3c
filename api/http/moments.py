"""The moment that a reader asks about: the present record, or a replay of the chains."""

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from api.http.problems import Problem
from domain.state import State
from ledger.records import RecordCache, StoredRecords
from ledger.store import Reader
from projections.history.chains import NoHistory
from projections.history.gathering import ChainBroken
from projections.replay import ReplayTooLong, replay, size_on

_log = logging.getLogger(__name__)

REPLAYS: Final = 2
"""Replays that one process does at once; further ones wait."""
WAIT_SECONDS: Final = 20.0
_RUNNING: Final = threading.BoundedSemaphore(REPLAYS)


@contextmanager
def replaying() -> Iterator[None]:
    """Replay, as one of the few at a time.

    Raises:
        Problem: queue-full: too many replays at once; replay-too-long, not-found, unavailable: as the replay
            says.
    """
    if not _RUNNING.acquire(timeout=WAIT_SECONDS):
        raise Problem("queue-full", "too many replays at once", headers={"Retry-After": "5"})
    try:
        yield
    except ReplayTooLong as error:
        raise Problem("replay-too-long", str(error)) from None
    except NoHistory as error:
        raise Problem("not-found", str(error)) from None
    except ChainBroken as error:
        _log.error("a replay found the ledger broken: %s", error)
        raise Problem(
            "unavailable", "what is recorded does not hang together; the operator has to act"
        ) from None
    finally:
        _RUNNING.release()


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
        Problem: not-found: as :func:`known_size`; else as :func:`replaying`.
    """
    size = known_size(reader, as_known_at)
    if as_known_at is None and as_of is None:
        return Moment(State(StoredRecords(RecordCache(), reader)), size, None, replayed=False)
    with replaying():
        done = replay(reader, roots, size, as_of)
    return Moment(done.state, size, as_of, replayed=True, unplaced=done.unplaced)
