"""The entries that corrections name, read from the ledger when a fold asks for them."""

from collections.abc import Collection, Mapping

from domain.records import Record
from ledger.records import ENTRY, read_target
from ledger.store import Reader


class Targets:
    """The entries that corrections name, read when they are asked for; all else comes from the fold."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def fetch(self, keys: Collection[str]) -> Mapping[str, Record]:
        """Return the entries among the keys."""
        indexes = [int(key.removeprefix(ENTRY)) for key in keys if key.startswith(ENTRY)]
        return {
            f"{ENTRY}{index}": read_target(data)
            for index in indexes
            for data in self._reader.entries(index, index + 1)
        }
