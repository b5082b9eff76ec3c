"""The queries that completeness needs, in SQL that SQLite and PostgreSQL share (parameters: ``?``)."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

_PAGE = 1_000


class HeadsReader:
    """Where every subject's chain ends, and how long ago that was committed; mixed into a store's reader."""

    def heads(self, size: int) -> Iterator[tuple[str, int, bytes]]:
        """See :meth:`ledger.store.Reader.heads`."""
        after = ""
        while True:
            page = self._rows(
                "SELECT last.key, last.number, entry.leaf FROM (SELECT key, max(number) AS number"
                " FROM subject WHERE key > ? AND idx < ? GROUP BY key ORDER BY key LIMIT ?) AS last"
                " JOIN subject ON subject.key = last.key AND subject.number = last.number"
                " JOIN entry ON entry.idx = subject.idx ORDER BY last.key",
                after,
                size,
                _PAGE,
            )
            for key, number, leaf in page:
                yield key, number, bytes(leaf)
                after = key
            if len(page) < _PAGE:
                return

    def key_count(self) -> int:
        """See :meth:`ledger.store.Reader.key_count`."""
        return int(self._rows("SELECT count(*) FROM subject WHERE number = 1")[0][0])

    def last_of_type(self, kind: str, size: int) -> int | None:
        """See :meth:`ledger.store.Reader.last_of_type`."""
        rows = self._rows("SELECT max(idx) FROM entry WHERE type = ? AND idx < ?", kind, size)
        return None if rows[0][0] is None else int(rows[0][0])

    @abstractmethod
    def _rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return all rows of a query, in one round trip."""
