"""The ledger in one SQLite file: WAL, ``synchronous=FULL``, append-only by triggers.

Any number of processes may append: ``BEGIN IMMEDIATE`` is the head lock, and SQLite gives it to one at a
time. A commit has returned only when the log is on disk, so what is acknowledged survives a kill or a power
cut.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote
from weakref import WeakSet

from typing_extensions import override

from ledger.sqlite_reader import Connection, SqliteReader, sqlite_errors
from ledger.store import Batch, CommitUnknown, Head, SchemaMismatch, Store, StoreError, Transaction

SCHEMA_VERSION = 1
APPLICATION_ID = 0x51_4C_45_44  # "QLED" in the file's header
LOCK_TIMEOUT_SECONDS = 60

_SCHEMA = Path(__file__).parent / "schema" / "sqlite"
_SQLITE_MAGIC = b"SQLite format 3\0"


class _SqliteTransaction(SqliteReader, Transaction):
    """Reading and writing under the head lock."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(lambda: connection)
        self._connection = connection

    @override
    def write(self, batch: Batch, head: Head) -> None:
        many = self._connection.executemany
        last = head.size - 1
        with sqlite_errors():
            many(
                "INSERT INTO entry (idx, leaf, type, data) VALUES (?, ?, ?, ?)",
                [(e.index, e.leaf_hash, e.type, e.data) for e in batch.entries],
            )
            many(
                "INSERT INTO subject (key, number, idx) VALUES (?, ?, ?)",
                [(key, number, e.index) for e in batch.entries for key, number in e.subjects],
            )
            many(
                "INSERT INTO tag (tag, idx) VALUES (?, ?)",
                [(t, e.index) for e in batch.entries for t in e.tags],
            )
            many(
                "INSERT INTO statement (id, idx) VALUES (?, ?)",
                [(e.statement_id, e.index) for e in batch.entries if e.statement_id is not None],
            )
            many("INSERT INTO envelope (digest, idx, data) VALUES (?, ?, ?)", batch.envelopes)
            many("INSERT INTO refused (digest, idx, data) VALUES (?, ?, ?)", batch.refused)
            many("INSERT INTO sequence (signer, seq, digest) VALUES (?, ?, ?)", batch.sequences)
            many(
                "INSERT INTO tile (level, number, data) VALUES (?, ?, ?)",
                [(tile.level, tile.number, tile.data) for tile in batch.tiles],
            )
            many(
                "INSERT INTO record (key, idx, text) VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET idx = excluded.idx, text = excluded.text",
                [(key, last, text) for key, text in batch.records.items()],
            )
            many("INSERT INTO flag (idx, text) VALUES (?, ?)", batch.flags)
            self._connection.execute(
                "INSERT INTO head (id, size, leaf, recorded_at, tree) VALUES (1, ?, ?, ?, ?)"
                if head.size == len(batch.entries)
                else "UPDATE head SET size = ?, leaf = ?, recorded_at = ?, tree = ? WHERE id = 1",
                (head.size, head.leaf_hash, head.recorded_at, head.tree.to_bytes()),
            )


class SqliteStore(SqliteReader, Store):
    """A ledger file. Reading connections are one per thread."""

    def __init__(self, path: str | Path, *, create: bool = False, read_only: bool = False) -> None:
        """Open the ledger at ``path``.

        Args:
            path: the database file.
            create: make the file and the schema when they are not there.
            read_only: open without the right to write; a file on a read-only medium can be opened too.

        Raises:
            StoreError: no such file, or it cannot be opened.
            SchemaMismatch: the file is no ledger, or one of another schema version.
        """
        super().__init__(self._reading)
        self._path = Path(path)
        self.url = f"sqlite:///{self._path.absolute()}"
        self._read_only = read_only
        self._local = threading.local()
        self._opened: WeakSet[Connection] = WeakSet()
        self._closed = False
        self._opening = threading.Lock()  # so that none is opened behind the back of close()
        self._writing = threading.RLock()  # one transaction inside another fails, it does not hang
        if create and not self._path.exists():
            self._create()
        try:
            self._check_schema()
            # The writing connection is its own, so that readers of this thread see committed rows only.
            self._writer = self._open()
        except BaseException:
            self.close()
            raise

    def _reading(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._open()
        return connection

    @override
    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._writing:
            connection = self._writer
            self._begin()
            try:
                yield _SqliteTransaction(connection)
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            try:
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise CommitUnknown(f"{self._path}: COMMIT failed: {error}") from error

    @contextmanager
    def view_transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the writing connection in a transaction of its own, for views and their positions."""
        with self._writing, sqlite_errors():
            connection = self._writer
            self._begin()
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    def side_transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """Give a transaction for tables beside the ledger: a file has one writer, whatever is written."""
        return self.view_transaction()

    @override
    def save_checkpoint(self, size: int, note: bytes) -> None:
        with self._writing, sqlite_errors():
            self._writer.execute(
                "INSERT INTO checkpoint (size, note) SELECT ?, ?"
                " WHERE NOT EXISTS (SELECT 1 FROM checkpoint WHERE size = ?)",
                (size, note, size),
            )

    @override
    def close(self) -> None:
        with self._writing, self._opening:
            self._closed = True
            for connection in list(self._opened):
                with connection.busy:
                    connection.close()
            self._opened.clear()

    def _begin(self) -> None:
        if self._read_only:  # SQLite itself would say so at the first row alone
            raise StoreError(f"{self._path}: opened readonly")
        with sqlite_errors():
            self._writer.execute("BEGIN IMMEDIATE")

    def _open(self) -> Connection:
        with self._opening:
            if self._closed:
                raise StoreError(f"{self._path}: the store is closed")
            connection = self._connected()
            self._opened.add(connection)
            return connection

    def _connected(self) -> Connection:
        name = quote(str(self._path.absolute()))
        modes = ["mode=ro" if self._read_only else "mode=rw"]
        log = self._path.with_name(self._path.name + "-wal")
        if self._read_only and not (log.exists() and log.stat().st_size):
            # Without a place for the log's index only "immutable" opens, and that would not read a log.
            modes.append("mode=ro&immutable=1")
        for mode in modes:
            with sqlite_errors(last=mode == modes[-1]):
                connection = sqlite3.connect(
                    f"file:{name}?{mode}",
                    uri=True,
                    isolation_level=None,
                    check_same_thread=False,
                    timeout=LOCK_TIMEOUT_SECONDS,
                    factory=Connection,
                )
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                return connection
        raise AssertionError("the last mode raises")

    def _create(self) -> None:
        """Make the file, whole or not at all: of several processes that do it at once, the first wins."""
        try:
            with TemporaryDirectory(prefix=".ledger-", dir=self._path.parent) as directory:
                made = Path(directory) / "ledger"
                with sqlite_errors(), closing(sqlite3.connect(made, isolation_level=None)) as connection:
                    connection.execute("PRAGMA journal_mode = WAL")
                    connection.execute("BEGIN IMMEDIATE")
                    for statement in script_statements(_SCHEMA / "0001_ledger.sql"):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                    connection.execute("COMMIT")
                with suppress(FileExistsError):
                    self._path.hardlink_to(made)
        except OSError as error:
            raise StoreError(f"{self._path}: the ledger cannot be made: {error}") from error

    def _check_schema(self) -> None:
        try:
            with self._path.open("rb") as file:
                magic = file.read(len(_SQLITE_MAGIC))
        except FileNotFoundError:
            raise StoreError(f"{self._path}: no such file; `quota-ledger init` makes a ledger") from None
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror}") from error
        if magic != _SQLITE_MAGIC:
            raise SchemaMismatch(f"{self._path}: not a SQLite file, so no ledger")
        application = (self._row("PRAGMA application_id") or (0,))[0]
        version = (self._row("PRAGMA user_version") or (0,))[0]
        if application != APPLICATION_ID:
            raise SchemaMismatch(f"{self._path}: a SQLite file, but no ledger")
        if version != SCHEMA_VERSION:
            raise SchemaMismatch(
                f"{self._path}: schema version {version}, this program knows {SCHEMA_VERSION}"
            )


def script_statements(path: Path) -> Iterator[str]:
    """Yield the statements of a script one by one, so that they run inside one transaction."""
    pending = ""
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
