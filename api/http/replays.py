"""The last files that were read for histories: who steps through one asks for its file page after page."""

import threading
from collections import OrderedDict
from datetime import date
from typing import Final

from ledger.store import Reader
from projections.history.moments import Moment, replay_at
from projections.history.replay import Replay
from projections.replay import MAX_ENTRIES

KEPT_ENTRIES: Final = 20_000
"""Of all kept files together: some 60 MB."""
_Key = tuple[bytes, str, date | None]


class Replays:
    """Reads files, and keeps the last ones; they are folded anew every time."""

    def __init__(self, most_entries: int = KEPT_ENTRIES) -> None:
        """Keep files of ``most_entries`` together."""
        self._most_entries = most_entries
        self._kept: OrderedDict[_Key, Replay] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, reader: Reader, subject: str, size: int, as_of: date | None = None) -> Replay:
        """Return the file of a subject as known after ``size`` entries, in the order of a moment.

        Raises:
            NoHistory, ChainBroken, ReplayTooLong: see :func:`projections.history.moments.replay_at`.
        """
        # The leaf hash of the last entry commits to all before it: what was read under it is still so.
        key = next(iter(reader.leaf_hashes(size - 1, size))), subject, as_of
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        found = replay_at(reader, subject, Moment(size - 1, as_of), MAX_ENTRIES)
        with self._lock:
            self._kept[key] = found
            while self._entries() > self._most_entries:
                self._kept.popitem(last=False)
        return found

    def _entries(self) -> int:
        return sum(len(one.file.entries) for one in self._kept.values())


REPLAYS: Final = Replays()
"""Those of this process."""
