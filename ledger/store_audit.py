"""A store, read for verification: the entries as they lie there, and every row beside them.

One read transaction spans it all, so that writers may go on. No row is trusted: what the entries do not bear
out is a break. Decision records, flags and views are left out, for they are made anew by ``rebuild``.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from typing_extensions import override

from ledger.canonical import Malformed
from ledger.checkpoint import parse_checkpoint_text
from ledger.ed25519 import SignatureInvalid
from ledger.entry import Header
from ledger.envelope import parse_envelope, verify_signatures
from ledger.merkle import HASH_SIZE, TILE_WIDTH, Tree
from ledger.note import parse_note
from ledger.postgres_reader import postgres_errors
from ledger.source import (
    Audit,
    Break,
    BreakClass,
    Gap,
    PublicKey,
    StoredEntries,
    StoredEntry,
    Unreadable,
)
from ledger.sql_reader import SqlReader
from ledger.store import StoreError
from ledger.store_postgres import PostgresStore
from ledger.store_sqlite import SqliteStore

Rows = dict[tuple[str, str, int], tuple[Any, ...] | None]
"""Rows by table, name and number (0 where the name says it all)."""
_PAGE: Final = 500
_TABLES: Final[dict[str, BreakClass]] = {
    "subject": "subject_chain",
    "tag": "keys",
    "statement": "replayed",
    "sequence": "replayed",
    "envelope": "envelope",
    "refused": "envelope",
    "tile": "tree",
}


class RowsSource(SqlReader):
    """See :class:`ledger.source.Source` and :class:`ledger.source.Audit`; it is both."""

    leaf_class: BreakClass = "leaf"

    _skipped = 0

    def _forget(self) -> None:
        self._types: dict[int, object] = {}
        self._misshapen: list[Break] = []

    def size(self, committed: int | None) -> int:
        """See :meth:`ledger.source.Source.size`: the rows count, and the head where there are none at all."""
        del committed
        last = self._row("SELECT max(idx) FROM entry")
        if last is not None and last[0] is not None:
            return int(last[0]) + 1
        head = self._row("SELECT size FROM head")
        return head[0] if head is not None and isinstance(head[0], int) else 0

    def checkpoints(self) -> list[bytes]:
        """See :meth:`ledger.source.Source.checkpoints`."""
        return [_blob(note) for (note,) in self._rows("SELECT note FROM checkpoint ORDER BY size")]

    def rows(self, size: int) -> Iterator[StoredEntries | Gap]:
        """See :meth:`ledger.source.Source.rows`; a failure to read comes behind what could be read."""
        batch: list[StoredEntry] = []
        try:
            for row in self._one_by_one(size):
                if batch and (isinstance(row, Gap) or row.index % TILE_WIDTH == 0):
                    yield _together(batch)
                    batch = []
                if isinstance(row, Gap):
                    yield row
                else:
                    batch.append(row)
        except StoreError:
            if batch:
                yield _together(batch)
            raise
        if batch:
            yield _together(batch)

    def _one_by_one(self, size: int) -> Iterator[StoredEntry | Gap]:
        position = self._skipped
        self._forget()
        while position < size:
            page = self._rows(
                "SELECT idx, leaf, type, data FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx LIMIT ?",
                position, size, _PAGE,
            )  # fmt: skip
            for index, stored, kind, data in page:
                leaf = _blob(stored)
                if index > position:
                    yield Gap(position, index, "missing", "no rows hold them")
                self._types[index] = kind
                if len(leaf) != HASH_SIZE:
                    self._misshapen.append(Break("leaf", index, f"its leaf column has {len(leaf)} bytes"))
                yield StoredEntry(index, _blob(data), leaf if len(leaf) == HASH_SIZE else None)
                position = index + 1
            if not page:
                yield Gap(position, size, "missing", "no rows hold them")
                return

    def skip(self, size: int, envelopes: Sequence[str]) -> None:
        """See :meth:`ledger.source.Source.skip`."""
        del envelopes
        self._skipped = size

    @override
    def read_tile(self, level: int, number: int, width: int) -> bytes:
        """See :meth:`ledger.source.Source.read_tile`: full tiles are rows, the edge is in the head."""
        if width == TILE_WIDTH:
            row = self._row("SELECT data FROM tile WHERE level = ? AND number = ?", level, number)
            if row is None:
                raise KeyError(f"tile {level}/{number}")
            data = _blob(row[0])
        else:
            tree = self._head_tree()
            edge = tree.edge[level] if level < len(tree.edge) else b""
            if not edge or tree.size >> (8 * (level + 1)) != number:
                raise KeyError(f"tile {level}/{number}")
            data = edge
        if len(data) != width * HASH_SIZE:
            raise Malformed(f"{len(data)} bytes, {width * HASH_SIZE} are wanted")
        return data

    @override
    def envelope(self, digest: str, index: int | None = None) -> bytes | None:
        """See :meth:`ledger.source.Source.envelope`."""
        del index
        row = self._row("SELECT data FROM envelope WHERE digest = ?", digest)
        return None if row is None else _blob(row[0])

    def envelopes_near(self, rows: StoredEntries) -> list[bytes]:
        """See :meth:`ledger.source.Source.envelopes_near`."""
        # A canonical entry begins {"envelope":"<digest>", and only such entries are asked for theirs.
        digests = dict.fromkeys(data[13:77].decode("ascii", "replace") for data in rows.data)
        found = (self.envelope(digest) for digest in digests)
        return [raw for raw in found if raw is not None]

    def faults(self, size: int) -> list[Break]:
        """See :meth:`ledger.source.Source.faults`."""
        del size
        found = list(self._misshapen)
        for stated, note in self._rows("SELECT size, note FROM checkpoint"):
            try:
                signed = parse_checkpoint_text(parse_note(_blob(note)).text).size
            except Malformed:
                continue  # listed where it is opened
            if signed != stated:
                found.append(Break("checkpoint", None, f"the note of size {signed} is kept under {stated}"))
        return found

    def notes(self) -> list[str]:
        """See :meth:`ledger.source.Source.notes`."""
        return []

    def audit(self) -> "Audit | None":
        """See :meth:`ledger.source.Source.audit`."""
        return StoreAudit(self)

    def take_type(self, index: int) -> object:
        """Return the type column of an entry that :meth:`rows` has yielded; once."""
        return self._types.pop(index, None)

    def one(self, sql: str, *parameters: object) -> tuple[Any, ...] | None:
        """Return the first row of a query in the one read transaction."""
        return self._row(sql, *parameters)

    def rows_beside(self, entries: Sequence[tuple[int, Header, str]]) -> Rows:
        """Return the subject, tag and statement rows that entries should have; None: there is none."""
        subjects = [(one.key, one.number) for _, header, _ in entries for one in header.subjects]
        tags = [(tag, index) for index, header, _ in entries for tag in header.tags]
        ids = [statement_id for *_, statement_id in entries]
        found: Rows = {}
        found.update((("subject", *pair), None) for pair in subjects)
        found.update((("tag", *pair), None) for pair in tags)
        found.update((("statement", one, 0), None) for one in ids)
        where = "subject WHERE key = name AND subject.number = wanted.number"
        for key, number, index in self._of_pairs("SELECT key, subject.number, idx FROM", where, subjects):
            found["subject", key, number] = (index,)
        where = "tag WHERE tag = name AND idx = number"
        for tag, index in self._of_pairs("SELECT tag, idx FROM", where, tags):
            found["tag", tag, index] = (index,)
        for statement_id, index in self._among("SELECT id, idx FROM statement WHERE id", ids):
            found["statement", statement_id, 0] = (index,)
        return found

    def every(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query in the one read transaction."""
        return self._rows(sql)

    def every_if_any(self, sql: str) -> list[tuple[Any, ...]] | None:
        """Return the rows of a query; None where it fails, as when its table was never made."""
        try:
            return self._rows(sql)
        except StoreError:
            return None

    def _head_tree(self) -> Tree:
        row = self._row("SELECT tree FROM head")
        if row is None:
            raise KeyError("no head")
        return Tree.from_bytes(_blob(row[0]))


class StoreSource(RowsSource, SqliteStore):
    """A ledger file, as it is at one moment."""

    def __init__(self, path: str | Path) -> None:
        """Open a ledger file for reading.

        Raises:
            Unreadable: it is not there, or no ledger.
        """
        self._forget()
        try:
            super().__init__(path, read_only=True)
            self._rows("BEGIN")
            self._rows("SELECT 1 FROM head")  # what is read from here on is of this one moment
        except StoreError as error:
            raise Unreadable(str(error)) from None

    @override
    def _rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        try:
            return super()._rows(sql, *parameters)
        except UnicodeDecodeError as error:  # the driver's message quotes a damaged schema
            raise StoreError(f"SQLite: {error}") from error


class PostgresSource(RowsSource, PostgresStore):
    """A ledger database, as it is at one moment."""

    def __init__(self, url: str) -> None:
        """Open a ledger database for reading.

        Raises:
            Unreadable: it cannot be reached, or holds no ledger.
        """
        self._forget()
        try:
            super().__init__(url, read_only=True)
            self.read_at_one_moment()
        except StoreError as error:
            raise Unreadable(str(error)) from None

    @override
    def every_if_any(self, sql: str) -> list[tuple[Any, ...]] | None:
        try:
            # Within a savepoint: a query that fails would spoil the transaction for all that follow.
            with postgres_errors(), self._connect() as connection, connection.transaction():
                return self._rows(sql)
        except StoreError:
            return None


class StoreAudit:
    """See :class:`ledger.source.Audit`. Rows that are asked for are counted; others must not be there."""

    def __init__(self, store: RowsSource) -> None:
        self._store = store
        self._counts: Counter[str] = Counter()
        self._ahead: Rows = {}
        self._before: Rows = {}

    def expect(self, entries: Sequence[tuple[int, Header, str]]) -> None:
        """See :meth:`ledger.source.Audit.expect`. The last entry read before may still be asked about."""
        self._before, self._ahead = self._ahead, self._store.rows_beside(entries)

    def skip(self, rows: Mapping[str, int]) -> None:
        """See :meth:`ledger.source.Audit.skip`."""
        self._counts.update(rows)

    def entry(
        self,
        index: int,
        kind: str,
        subjects: Sequence[tuple[str, int]],
        tags: Sequence[str],
        statement_id: str,
    ) -> list[Break]:
        """See :meth:`ledger.source.Audit.entry`."""
        found: list[Break] = []
        stored = self._store.take_type(index)
        if stored != kind:
            found.append(Break("keys", index, f"the row has type {stored!r}, the entry {kind!r}"))
        for key, number in subjects:
            row = self._row_of("subject", key, number)
            self._compare(found, "subject", index, f"{key}, {number}", row)
        for tag in tags:
            self._compare(found, "tag", index, tag, self._row_of("tag", tag, index))
        self._compare(found, "statement", index, statement_id, self._row_of("statement", statement_id, 0))
        return found

    def envelope(self, index: int, digest: str, signer: str, seq: int) -> list[Break]:
        """See :meth:`ledger.source.Audit.envelope`."""
        found: list[Break] = []
        row = self._store.one("SELECT idx FROM envelope WHERE digest = ?", digest)
        self._compare(found, "envelope", index, digest, row)
        self._sequence(found, index, digest, signer, seq)
        return found

    def refused(
        self, index: int, digest: str, signer: str, seq: int, *, fresh: bool, public_key: PublicKey
    ) -> list[Break]:
        """See :meth:`ledger.source.Audit.refused`."""
        found: list[Break] = []
        row = self._store.one("SELECT idx FROM refused WHERE digest = ?", digest)
        self._compare(found, "refused", index, digest, row)
        row = self._store.one("SELECT data FROM refused WHERE digest = ?", digest)
        if row is not None and (fault := _refused_fault(_blob(row[0]), digest, signer, seq, public_key)):
            found.append(Break("envelope", index, f"refused envelope {digest}: {fault}"))
        if fresh:
            self._sequence(found, index, digest, signer, seq)
        return found

    def finish(self, size: int, leaf: bytes, recorded_at: str) -> list[Break]:
        """See :meth:`ledger.source.Audit.finish`."""
        found: list[Break] = []
        head = self._store.one("SELECT size, leaf, recorded_at, tree FROM head")
        if head is None:
            found.append(Break("missing", None, "the store has entries and no head"))
        else:
            if head[0] != size:
                detail = f"the head says {head[0]} entries, {size} are there"
                stated = head[0] if isinstance(head[0], int) else size
                found.append(Break("missing", min(stated, size), detail))
            if head[1] != leaf:
                found.append(Break("leaf", size - 1, "the head's leaf hash is not that of the last entry"))
            if head[2] != recorded_at:
                found.append(Break("time", size - 1, f"the head says recorded at {head[2]}"))
            if _blob(head[3])[:8] != size.to_bytes(8, "big"):
                found.append(Break("tree", None, f"the head's tree is not one of {size} entries"))
        level_size = size
        while level_size := level_size // TILE_WIDTH:
            self._counts["tile"] += level_size
        for table, class_ in _TABLES.items():
            row = self._store.one(f"SELECT count(*) FROM {table}")  # noqa: S608  a name from the list above
            extra = (0 if row is None else row[0]) - self._counts[table]
            if extra > 0:
                found.append(Break(class_, None, f"{table}: {extra} rows that no entry accounts for"))
        return found

    def _row_of(self, table: str, name: str, number: int) -> tuple[Any, ...] | None:
        place = table, name, number
        return self._ahead[place] if place in self._ahead else self._before[place]

    def _compare(
        self, found: list[Break], table: str, index: int, name: str, row: tuple[Any, ...] | None
    ) -> None:
        self._counts[table] += row is not None
        if row is None or row[0] != index:
            where = "nowhere" if row is None else f"with entry {row[0]}"
            found.append(Break(_TABLES[table], index, f"{table} row {name}: {where}, not with entry {index}"))

    def _sequence(self, found: list[Break], index: int, digest: str, signer: str, seq: int) -> None:
        row = self._store.one("SELECT digest FROM sequence WHERE signer = ? AND seq = ?", signer, seq)
        self._counts["sequence"] += row is not None
        if row is None or row[0] != digest:
            stated = "nothing" if row is None else row[0]
            found.append(
                Break("replayed", index, f"sequence row {seq} of {signer}: {stated}, {digest} is wanted")
            )


def _together(rows: Sequence[StoredEntry]) -> StoredEntries:
    return StoredEntries(rows[0].index, [row.data for row in rows], [row.leaf for row in rows])


def _blob(value: object) -> bytes:
    """Return what a column of bytes holds; a damaged file may give a value of any type there."""
    return value if isinstance(value, bytes) else b""


def _refused_fault(raw: bytes, digest: str, signer: str, seq: int, public_key: PublicKey) -> str | None:
    """Say why these bytes are not the rightly signed envelope that a refusal is about."""
    if sha256(raw).hexdigest() != digest:
        return "its bytes are changed"
    try:
        envelope = parse_envelope(raw)
        verify_signatures(envelope, public_key)
    except (Malformed, SignatureInvalid) as error:
        return str(error)
    if (envelope.head.signers[0], envelope.head.seq) != (signer, seq):
        return f"it is seq {envelope.head.seq} of {envelope.head.signers[0]}"
    return None
