"""Reading a ledger in SQLite: one connection a thread, in pages, each page a read of its own."""

import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from typing_extensions import override

from ledger.heads_reader import HeadsReader
from ledger.merkle import HASH_SIZE, Tree
from ledger.store import Found, Head, Reader, StoreError

_PAGE = 1_000
_EMPTY_HEAD = Head(0, bytes(HASH_SIZE), "", Tree.empty())


class Connection(sqlite3.Connection):
    """A connection that weak references can hold: one whose thread has ended is collected and closed."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # The driver crashes when one thread closes what another is reading from.
        self.busy = threading.Lock()


class SqliteReader(HeadsReader, Reader):
    """The reading half, on whatever connection ``connect`` gives."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect

    @override
    def head(self) -> Head:
        row = self._row("SELECT size, leaf, recorded_at, tree FROM head")
        return _EMPTY_HEAD if row is None else Head(row[0], row[1], row[2], Tree.from_bytes(row[3]))

    @override
    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        return self._column("data", start, stop)

    @override
    def leaf_hashes(self, start: int, stop: int) -> Iterator[bytes]:
        return self._column("leaf", start, stop)

    @override
    def read_tile(self, level: int, number: int, width: int) -> bytes:
        # One statement sees the edge and the full tiles at the same moment, whoever appends meanwhile.
        row = self._row(
            "SELECT (SELECT data FROM tile WHERE level = ? AND number = ?), tree FROM head", level, number
        )
        if row is None:
            raise KeyError(f"tile {level}/{number}: the ledger is empty")
        full, tree = row
        data: bytes = full if full is not None else _edge_tile(Tree.from_bytes(tree), level, number)
        if len(data) < width * HASH_SIZE:
            raise KeyError(f"tile {level}/{number} of width {width}")
        return data[: width * HASH_SIZE]

    @override
    def subject_indexes(self, key: str, after: int = 0) -> Iterator[int]:
        while True:
            page = self._rows(
                "SELECT idx, number FROM subject WHERE key = ? AND number > ? ORDER BY number LIMIT ?",
                key,
                after,
                _PAGE,
            )
            for index, number in page:
                yield index
                after = number
            if len(page) < _PAGE:
                return

    @override
    def subject_heads(self, keys: Collection[str]) -> Mapping[str, tuple[int, bytes]]:
        found = {}
        for key in keys:
            row = self._row(
                "SELECT number, leaf FROM subject JOIN entry USING (idx)"
                " WHERE key = ? ORDER BY number DESC LIMIT 1",
                key,
            )
            if row is not None:
                found[key] = (row[0], row[1])
        return found

    @override
    def find_envelopes(self, digests: Collection[str]) -> Mapping[str, Found]:
        refused = self._among(
            "SELECT digest, idx FROM refused WHERE digest IN (SELECT value FROM json_each(?))", digests
        )
        entered = self._among(
            "SELECT digest, idx FROM envelope WHERE digest IN (SELECT value FROM json_each(?))", digests
        )
        return {digest: Found(index, False) for digest, index in refused} | {
            digest: Found(index, True) for digest, index in entered
        }

    @override
    def find_statements(self, ids: Collection[str]) -> Mapping[str, int]:
        return dict(
            self._among("SELECT id, idx FROM statement WHERE id IN (SELECT value FROM json_each(?))", ids)
        )

    @override
    def used_sequences(self, pairs: Collection[tuple[str, int]]) -> Collection[tuple[str, int]]:
        return {
            pair
            for pair in pairs
            if self._row("SELECT 1 FROM sequence WHERE signer = ? AND seq = ?", *pair) is not None
        }

    @override
    def last_sequence(self, signer: str) -> int:
        row = self._row("SELECT max(seq) FROM sequence WHERE signer = ?", signer)
        return 0 if row is None else row[0] or 0

    @override
    def envelope(self, digest: str) -> bytes | None:
        row = self._row("SELECT data FROM envelope WHERE digest = ?", digest)
        return None if row is None else bytes(row[0])

    @override
    def flags(self, index: int) -> str:
        row = self._row("SELECT text FROM flag WHERE idx = ?", index)
        return "[]" if row is None else row[0]

    @override
    def records(self, keys: Collection[str]) -> Mapping[str, str]:
        return dict(
            self._among("SELECT key, text FROM record WHERE key IN (SELECT value FROM json_each(?))", keys)
        )

    @override
    def records_changed_since(self, index: int) -> Sequence[str]:
        return [key for (key,) in self._rows("SELECT key FROM record WHERE idx >= ?", index)]

    @override
    def matching(
        self, types: Collection[str], tags: Collection[str], start: int, stop: int
    ) -> Iterator[tuple[int, bytes]]:
        # Each tag is a range of a primary key; the entries are then looked up by index.
        sql = "SELECT idx, data FROM entry WHERE idx >= ?1 AND idx < ?2"
        if types:
            sql += " AND type IN (SELECT value FROM json_each(?3))"
        for place, _ in enumerate(tags, 5):
            sql += (
                f" AND idx IN (SELECT idx FROM tag WHERE tag = ?{place} AND idx >= ?1"  # noqa: S608
                f" UNION SELECT idx FROM subject WHERE key = ?{place} AND idx >= ?1)"
            )
        while True:
            page = self._rows(
                f"{sql} ORDER BY idx LIMIT ?4", start, stop, json.dumps(list(types)), _PAGE, *tags
            )
            yield from page
            if len(page) < _PAGE:
                return
            start = page[-1][0] + 1

    @override
    def checkpoint(self) -> bytes | None:
        row = self._row("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
        return None if row is None else bytes(row[0])

    def _column(self, column: str, start: int, stop: int) -> Iterator[bytes]:
        # In pages, so that no read transaction stays open between two of them.
        while start < stop:
            page = self._rows(
                f"SELECT {column} FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx LIMIT ?",  # noqa: S608
                start,
                stop,
                _PAGE,
            )
            for (value,) in page:
                yield value
            if len(page) < _PAGE:
                return
            start += _PAGE

    def _among(self, sql: str, keys: Collection[str]) -> list[tuple[str, Any]]:
        return self._rows(sql, json.dumps(list(keys))) if keys else []

    def _row(self, sql: str, *parameters: object) -> tuple[Any, ...] | None:
        rows = self._rows(sql, *parameters)
        return rows[0] if rows else None

    @override
    def _rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        connection = self._connect()
        with sqlite_errors(), connection.busy:
            return connection.execute(sql, parameters).fetchall()


def _edge_tile(tree: Tree, level: int, number: int) -> bytes:
    partial = next(
        (tile for tile in tree.partial_tiles() if (tile.level, tile.number) == (level, number)), None
    )
    return b"" if partial is None else partial.data


@contextmanager
def sqlite_errors(*, last: bool = True) -> Iterator[None]:
    """Turn the driver's errors into ours; swallow them while another way remains."""
    try:
        yield
    except sqlite3.Error as error:
        if last:
            raise StoreError(f"SQLite: {error}") from error
