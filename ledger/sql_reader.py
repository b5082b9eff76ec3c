"""What the ledger asks a SQL database, in the words that SQLite and PostgreSQL share.

A dialect brings how rows are fetched and how a list of keys is passed; parameters are written ``?``.
"""

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar, TypeVar

from typing_extensions import override

from ledger.heads_reader import HeadsReader
from ledger.merkle import HASH_SIZE, Tree
from ledger.store import Found, Head, Reader

_Key = TypeVar("_Key")

PAGE = 1_000
KEYS = 10_000
"""How many keys one query asks for at most."""
_EMPTY_HEAD = Head(0, bytes(HASH_SIZE), "", Tree.empty())


class SqlReader(HeadsReader, Reader):
    """Reading, by queries that do not differ."""

    _IN: ClassVar[str]
    """Follows a column: is it one of a list, which is the next parameter, as :meth:`_list` makes it."""
    _HEADS: ClassVar[str]
    """(key, number, leaf) of the last entry of each subject of a list that has any."""
    _WANTED: ClassVar[str]
    """A table (name, number) of pairs, which are the next parameters, as :meth:`_pairs` makes them."""

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
                PAGE,
            )
            for index, number in page:
                yield index
                after = number
            if len(page) < PAGE:
                return

    @override
    def subject_heads(self, keys: Collection[str]) -> Mapping[str, tuple[int, bytes]]:
        return {
            key: (number, leaf)
            for part in _parts(keys)
            for key, number, leaf in self._rows(self._HEADS, self._list(part))
        }

    @override
    def find_envelopes(self, digests: Collection[str]) -> Mapping[str, Found]:
        refused = self._among("SELECT digest, idx FROM refused WHERE digest", digests)
        entered = self._among("SELECT digest, idx FROM envelope WHERE digest", digests)
        return {digest: Found(index, False) for digest, index in refused} | {
            digest: Found(index, True) for digest, index in entered
        }

    @override
    def find_statements(self, ids: Collection[str]) -> Mapping[str, int]:
        return dict(self._among("SELECT id, idx FROM statement WHERE id", ids))

    @override
    def used_sequences(self, pairs: Collection[tuple[str, int]]) -> Collection[tuple[str, int]]:
        rows = self._of_pairs(
            "SELECT signer, seq FROM", "sequence WHERE signer = name AND seq = number", pairs
        )
        return {(signer, seq) for signer, seq in rows}

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
        return dict(self._among("SELECT key, text FROM record WHERE key", keys))

    @override
    def records_changed_since(self, index: int) -> Sequence[str]:
        return [key for (key,) in self._rows("SELECT key FROM record WHERE idx >= ?", index)]

    @override
    def matching(
        self, types: Collection[str], tags: Collection[str], start: int, stop: int
    ) -> Iterator[tuple[int, bytes]]:
        # Each tag is a range of a primary key; the entries are then looked up by index.
        sql, kinds = "SELECT idx, data FROM entry WHERE idx >= ? AND idx < ?", list[object]()
        if types:
            sql += f" AND type {self._IN}"
            kinds.append(self._list(types))
        for _ in tags:
            sql += (
                " AND idx IN (SELECT idx FROM tag WHERE tag = ? AND idx >= ?"
                " UNION SELECT idx FROM subject WHERE key = ? AND idx >= ?)"
            )
        while True:
            wanted = [value for tag in tags for value in (tag, start, tag, start)]
            page = self._rows(f"{sql} ORDER BY idx LIMIT ?", start, stop, *kinds, *wanted, PAGE)
            yield from page
            if len(page) < PAGE:
                return
            start = page[-1][0] + 1

    @override
    def checkpoint(self) -> bytes | None:
        row = self._row("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
        return None if row is None else bytes(row[0])

    def view_rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return all rows of a query over views (parameters: ``?``), outside of the head lock."""
        return self._rows(sql, *parameters)

    @abstractmethod
    def has_table(self, name: str) -> bool:
        """Return whether the database has a table of this name beside the ledger or in it."""

    def _among(self, sql: str, keys: Collection[str]) -> list[tuple[str, Any]]:
        return [row for part in _parts(keys) for row in self._rows(f"{sql} {self._IN}", self._list(part))]

    def _of_pairs(self, select: str, where: str, pairs: Collection[tuple[str, int]]) -> list[tuple[Any, ...]]:
        # CROSS JOIN keeps the order: each pair is one step into the index.
        sql = f"{select} {self._WANTED} CROSS JOIN {where}"
        return [row for part in _parts(pairs) for row in self._rows(sql, *self._pairs(part))]

    def _row(self, sql: str, *parameters: object) -> tuple[Any, ...] | None:
        rows = self._rows(sql, *parameters)
        return rows[0] if rows else None

    @abstractmethod
    def _column(self, column: str, start: int, stop: int) -> Iterator[bytes]:
        """Yield one column of the entries start ≤ index < stop, in order; those that exist."""

    @override
    @abstractmethod
    def _rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return all rows of a query, in one round trip."""

    @abstractmethod
    def _list(self, keys: Collection[str]) -> object:
        """Return a list of keys as a parameter."""

    @abstractmethod
    def _pairs(self, pairs: Collection[tuple[str, int]]) -> Sequence[object]:
        """Return pairs as parameters."""


def _parts(keys: Collection[_Key]) -> Iterator[Sequence[_Key]]:
    """Cut keys into parts of 10,000 at most; no keys, no part."""
    left = iter(keys)
    while part := list(islice(left, KEYS)):
        yield part


def _edge_tile(tree: Tree, level: int, number: int) -> bytes:
    partial = next(
        (tile for tile in tree.partial_tiles() if (tile.level, tile.number) == (level, number)), None
    )
    return b"" if partial is None else partial.data
