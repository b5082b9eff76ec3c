"""Reading a ledger in SQLite: one connection a thread, in pages, each page a read of its own."""

import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from typing_extensions import override

from ledger.sql_reader import PAGE, SqlReader
from ledger.store import StoreError


class Connection(sqlite3.Connection):
    """A connection that weak references can hold: one whose thread has ended is collected and closed."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # The driver crashes when one thread closes what another is reading from.
        self.busy = threading.Lock()


class SqliteReader(SqlReader):
    """The reading half, on whatever connection ``connect`` gives."""

    _IN = "IN (SELECT value FROM json_each(?))"
    # CROSS JOIN keeps the order: each key is one step into the index, however long its chain.
    _HEADS = """
SELECT wanted.value, last.number, entry.leaf FROM json_each(?) AS wanted
CROSS JOIN subject AS last ON last.key = wanted.value
    AND last.number = (SELECT max(number) FROM subject AS any WHERE any.key = wanted.value)
CROSS JOIN entry USING (idx)
"""

    _WANTED = """
(SELECT json_extract(value, '$[0]') AS name, json_extract(value, '$[1]') AS number FROM json_each(?))
AS wanted
"""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect

    @override
    def _column(self, column: str, start: int, stop: int) -> Iterator[bytes]:
        # In pages, so that no read transaction stays open between two of them.
        while start < stop:
            page = self._rows(
                f"SELECT {column} FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx LIMIT ?",  # noqa: S608
                start,
                stop,
                PAGE,
            )
            for (value,) in page:
                yield value
            if len(page) < PAGE:
                return
            start += PAGE

    @override
    def has_table(self, name: str) -> bool:
        return bool(self._rows("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", name))

    @override
    def _rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        connection = self._connect()
        with sqlite_errors(), connection.busy:
            return connection.execute(sql, parameters).fetchall()

    @override
    def _list(self, keys: Collection[str]) -> str:
        return json.dumps(list(keys))

    @override
    def _pairs(self, pairs: Collection[tuple[str, int]]) -> Sequence[object]:
        return [json.dumps(list(pairs))]


@contextmanager
def sqlite_errors(*, last: bool = True) -> Iterator[None]:
    """Turn the driver's errors into ours; swallow them while another way remains."""
    try:
        yield
    except sqlite3.Error as error:
        if last:
            raise StoreError(f"SQLite: {error}") from error
