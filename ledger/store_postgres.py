"""The ledger in a PostgreSQL database: a row-locked head, COPY for what is written, append-only by triggers.

Any number of processes may append: the head row is the lock, and PostgreSQL gives it to one at a time. The
tables lie in a schema of their own, ``quota_ledger``; one database holds one ledger.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict
from typing_extensions import override

from ledger.postgres_connections import Connections
from ledger.postgres_reader import PgConnection, PostgresReader, message_of, postgres_errors
from ledger.store import (
    Batch,
    CommitUnknown,
    ConnectionLost,
    Head,
    SchemaMismatch,
    Store,
    StoreError,
    Transaction,
)

SCHEMA_VERSION: Final = 1
LOCK_TIMEOUT_SECONDS: Final = 60
ASK_ATTEMPTS: Final = 5  # for what may be asked twice, each time its connection dies

_T = TypeVar("_T")

_SCHEMA: Final = Path(__file__).parent / "schema" / "postgres"
_CREATION_LOCK: Final = 0x51_4C_45_44  # of an advisory lock; "QLED"
_COPIED: Final = {
    "entry": ("idx, leaf, type, data", ("int8", "bytea", "text", "bytea")),
    "subject": ("key, number, idx", ("text", "int8", "int8")),
    "tag": ("tag, idx", ("text", "int8")),
    "statement": ("id, idx", ("text", "int8")),
    "envelope": ("digest, idx, data", ("text", "int8", "bytea")),
    "refused": ("digest, idx, data", ("text", "int8", "bytea")),
    "sequence": ("signer, seq, digest", ("text", "int8", "text")),
    "tile": ("level, number, data", ("int4", "int8", "bytea")),
    "flag": ("idx, text", ("int8", "text")),
    "record": ("key, idx, text", ("text", "int8", "text")),
}


class _PostgresTransaction(PostgresReader, Transaction):
    """Reading and writing under the head lock."""

    def __init__(self, connection: PgConnection) -> None:
        super().__init__(lambda: nullcontext(connection))
        self._connection = connection

    @override
    def write(self, batch: Batch, head: Head) -> None:
        entries, last = batch.entries, head.size - 1
        rows: dict[str, Sequence[tuple[object, ...]]] = {
            "entry": [(e.index, e.leaf_hash, e.type, e.data) for e in entries],
            "subject": [(key, number, e.index) for e in entries for key, number in e.subjects],
            "tag": [(tag, e.index) for e in entries for tag in e.tags],
            "statement": [(e.statement_id, e.index) for e in entries if e.statement_id is not None],
            "envelope": batch.envelopes,
            "refused": batch.refused,
            "sequence": batch.sequences,
            "tile": [(tile.level, tile.number, tile.data) for tile in batch.tiles],
            "flag": batch.flags,
        }
        with postgres_errors():
            for table, new in rows.items():
                copy_rows(self._connection, table, new)
            if batch.records:
                self._connection.execute(
                    "INSERT INTO record (key, idx, text)"
                    " SELECT key, %s, text FROM unnest(%s::text[], %s::text[]) AS new (key, text)"
                    " ON CONFLICT (key) DO UPDATE SET idx = excluded.idx, text = excluded.text",
                    (last, list(batch.records), list(batch.records.values())),
                )
            self._connection.execute(
                "UPDATE head SET size = %s, leaf = %s, recorded_at = %s, tree = %s",
                (head.size, head.leaf_hash, head.recorded_at, head.tree.to_bytes()),
            )


class PostgresStore(PostgresReader, Store):
    """A ledger database; threads share connections, which are checked before they are lent."""

    def __init__(self, url: str, *, create: bool = False, read_only: bool = False) -> None:
        """Open the ledger in the database that ``url`` names; several hosts are possible.

        Args:
            url: ``postgresql://…``, as libpq reads it.
            create: make the schema when it is not there; of several processes that do it at once, one does.
            read_only: open without the right to write.

        Raises:
            StoreError: the database cannot be reached.
            SchemaMismatch: it holds no ledger, or one of another schema version.
        """
        super().__init__(self._lent)
        self.name = database_name(url)
        self.url = url
        """What opens it again; it may hold a password, as ``name`` does not."""
        self._read_only = read_only
        self._writing = threading.RLock()  # one transaction inside another fails, it does not hang
        self._in_transaction = False
        self._moment: PgConnection | None = None
        with postgres_errors(self.name), psycopg.connect(url, autocommit=True) as connection:
            if create:
                _create(connection)
            self._check_schema(connection)
        self._connections = Connections(url, self.name, self._configure)

    @override
    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._locked() as connection:
            yield _PostgresTransaction(connection)

    @contextmanager
    def view_transaction(self) -> Iterator["Portable"]:
        """Give a connection in a transaction under the head lock, for views and their positions."""
        with self._locked() as connection, postgres_errors():
            yield Portable(connection)

    @contextmanager
    def side_transaction(self) -> Iterator["Portable"]:
        """Give a connection in a transaction that leaves the head alone, for tables beside the ledger."""
        self._refuse_readonly()
        with postgres_errors(), self._lent() as connection, connection.transaction():
            yield Portable(connection)

    @override
    def save_checkpoint(self, size: int, note: bytes) -> None:
        self._refuse_readonly()

        def save() -> None:
            with postgres_errors(), self._lent() as connection:
                connection.execute(
                    "INSERT INTO checkpoint (size, note) VALUES (%s, %s) ON CONFLICT (size) DO NOTHING",
                    (size, note),
                )

        _ask(save)  # a second time it finds the row and does nothing

    @override
    def close(self) -> None:
        moment, self._moment = self._moment, None
        if moment is not None:
            with suppress(psycopg.Error):
                moment.execute("ROLLBACK")
            self._connections.give_back(moment)
        self._connections.close()

    def read_at_one_moment(self) -> None:
        """Read all that follows on one connection, in one snapshot, until the store is closed."""
        connection = self._connections.take()
        try:
            with postgres_errors(self.name):
                connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                connection.execute("SELECT FROM head")  # the moment is that of the first query
        except BaseException:
            self._connections.give_back(connection)
            raise
        self._moment = connection

    def _lent(self) -> AbstractContextManager[PgConnection]:
        if self._moment is not None:
            return nullcontext(self._moment)
        return self._connections.lent()

    @contextmanager
    def _locked(self) -> Iterator[PgConnection]:
        """Lock the head; commit at the end of the block, roll back when it raises."""
        self._refuse_readonly()
        with self._writing:
            if self._in_transaction:
                raise StoreError(f"{self.name}: cannot start a transaction within a transaction")
            connection = self._connections.take()
            self._in_transaction = True
            try:
                with postgres_errors(self.name):
                    connection.execute("BEGIN")
                    connection.execute("SELECT FROM head FOR UPDATE")
                yield connection
                self._commit(connection)
            except BaseException:
                with suppress(psycopg.Error):
                    connection.execute("ROLLBACK")
                raise
            finally:
                self._in_transaction = False
                self._connections.give_back(connection)

    @override
    def _rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        # A query alone can be asked again when its connection dies; in a transaction it cannot.
        query = super()._rows
        if self._moment is not None:
            return query(sql, *parameters)
        return _ask(lambda: query(sql, *parameters))

    def _refuse_readonly(self) -> None:
        if self._read_only:
            raise StoreError(f"{self.name}: opened readonly")

    def _commit(self, connection: PgConnection) -> None:
        try:
            answer = connection.execute("COMMIT").statusmessage
        except psycopg.Error as error:
            # A server that answers has rolled back; of one that is gone nobody knows.
            known = not connection.broken and isinstance(error, psycopg.IntegrityError)
            raise (StoreError if known else CommitUnknown)(
                f"{self.name}: COMMIT failed: {message_of(error)}"
            ) from error
        if answer != "COMMIT":  # of a transaction in which a statement failed
            raise StoreError(f"{self.name}: rolled back, since a statement before had failed")

    def _configure(self, connection: PgConnection) -> None:
        connection.execute("SET search_path = quota_ledger, pg_temp")
        connection.execute("SET default_transaction_isolation = 'read committed'")
        connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'")
        # What is acknowledged is on disk, and on the standbys that the server waits for.
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        )
        if self._read_only:
            connection.execute("SET default_transaction_read_only = on")

    def _check_schema(self, connection: PgConnection) -> None:
        found = connection.execute("SELECT to_regclass('quota_ledger.schema_version')").fetchone()
        if found is None or found[0] is None:
            raise SchemaMismatch(
                f"{self.name}: a PostgreSQL database, but no ledger; `quota-ledger init` makes one"
            )
        row = connection.execute("SELECT max(version) FROM quota_ledger.schema_version").fetchone()
        version = None if row is None else row[0]
        if version != SCHEMA_VERSION:
            raise SchemaMismatch(
                f"{self.name}: schema version {version}, this program knows {SCHEMA_VERSION}"
            )


class Portable:
    """A connection that takes the parameters of SQL that both stores understand, written ``?``."""

    def __init__(self, connection: PgConnection) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run one statement; without parameters, a script."""
        if not parameters:
            return self._connection.execute(sql)
        return self._connection.execute(sql.replace("?", "%s"), parameters)

    def executemany(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Run one statement for each row."""
        with self._connection.cursor() as cursor:
            cursor.executemany(sql.replace("?", "%s"), rows)

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add rows by COPY, in one round trip; none, nothing is sent."""
        waiting = iter(rows)
        first = next(waiting, None)
        if first is None:
            return
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
        ):
            copy.write_row(first)
            for row in waiting:
                copy.write_row(row)


def _ask(question: Callable[[], _T]) -> _T:
    """Return the answer; when the connection dies, ask again on another."""
    for _ in range(ASK_ATTEMPTS - 1):
        with suppress(ConnectionLost):
            return question()
    return question()


def copy_rows(
    connection: PgConnection, table: str, rows: Sequence[tuple[object, ...]] | Iterator[tuple[object, ...]]
) -> None:
    """Write rows by COPY in one round trip; nothing is sent when there are none."""
    if isinstance(rows, Sequence) and not rows:
        return
    columns, types = _COPIED[table]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def database_name(url: str) -> str:
    """Return the URL as people may see it and use again: without password and options.

    Raises:
        StoreError: libpq cannot read it.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        raise StoreError("a PostgreSQL URL is wanted, such as postgresql://host/database") from None
    kept = urlencode({key: parts[key] for key in ("host", "port", "user") if parts.get(key)}, safe="/,")
    return f"postgresql:///{parts.get('dbname', '')}{'?' if kept else ''}{kept}"


def database_of(url: str) -> str | None:
    """Return the name of the database; None when ``url`` names none, or libpq cannot read it."""
    try:
        name = conninfo_to_dict(url).get("dbname")
    except psycopg.Error:
        return None
    # It becomes part of a file's name.
    return str(name) if name and re.fullmatch(r"[\w.-]+", str(name)) else None


def _create(connection: PgConnection) -> None:
    """Make the schema, whole or not at all: of several processes that do it at once, the first does."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_CREATION_LOCK,))
        found = connection.execute("SELECT to_regnamespace('quota_ledger')").fetchone()
        if found is None or found[0] is None:
            connection.execute((_SCHEMA / "0001_ledger.sql").read_bytes())
