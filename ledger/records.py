"""Decision records at hand: read on demand, kept in a bounded cache, thrown away on any doubt."""

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from typing import Final, Protocol

from domain.records import Record, Target, load_record
from ledger.entry import parse_entry
from ledger.merkle import leaf_hash

CAPACITY = 20_000
REBUILT: Final = "rebuilt"
"""Key of the row that says since when the records may be others than any process remembers.

Its index is the size of the ledger at a rebuild that replaced something, and so not below the size that any
process remembers records of: each hears of it before it decides again.
"""


ENTRY = "entry:"
"""Keys of entries that corrections name: read from the entry itself, never kept as a record."""


def read_target(data: bytes) -> Target:
    """Return an entry as a correction sees it."""
    return Target(leaf_hash(data).hex(), parse_entry(data).statement.decode())


class RecordReader(Protocol):
    """Where records are read from: those that decide, or a view's own."""

    def records(self, keys: Collection[str]) -> Mapping[str, str]:
        """Return the texts of the records that exist."""

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes of the entries start ≤ index < stop."""


class RecordCache:
    """The records that were used last, absent ones too; never more than ``capacity`` between two calls."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._records: OrderedDict[str, Record | None] = OrderedDict()

    def absorb(self, changes: Mapping[str, Record]) -> None:
        """Take records as they stand after a commit."""
        self._records.update(changes)
        self._trim()

    def __len__(self) -> int:
        return len(self._records)

    def forget(self, keys: Collection[str]) -> None:
        """Drop records that somebody else has changed; all of them when they were rebuilt."""
        if REBUILT in keys:
            self._records.clear()
        for key in keys:
            self._records.pop(key, None)

    def fetch(self, reader: RecordReader, keys: Collection[str]) -> Mapping[str, Record]:
        """Return the records that exist, reading the missing ones in one round trip."""
        missing = [key for key in keys if key not in self._records]
        if missing:
            texts = reader.records(missing)
            for key in missing:
                self._records[key] = load_record(key, texts[key]) if key in texts else None
        found = {}
        for key in keys:
            self._records.move_to_end(key)
            if (record := self._records[key]) is not None:
                found[key] = record
        self._trim()
        return found

    def _trim(self) -> None:
        while len(self._records) > self._capacity:
            self._records.popitem(last=False)


class StoredRecords:
    """A cache over one reader, and its entries: what ``domain.state.State`` reads from."""

    def __init__(self, cache: RecordCache, reader: RecordReader) -> None:
        self._cache = cache
        self._reader = reader

    def fetch(self, keys: Collection[str]) -> Mapping[str, Record]:
        """Return the records that exist."""
        found = dict(self._cache.fetch(self._reader, [key for key in keys if not key.startswith(ENTRY)]))
        for key in keys:
            if key.startswith(ENTRY):
                index = int(key.removeprefix(ENTRY))
                found.update((key, read_target(data)) for data in self._reader.entries(index, index + 1))
        return found
