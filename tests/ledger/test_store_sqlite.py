"""The SQLite store: nothing is ever changed, a commit is on disk, what is no ledger is named."""

import gc
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.store import CommitUnknown, SchemaMismatch, StoreError
from ledger.store_sqlite import SqliteStore
from tests.support.stores import APPEND_ONLY, dump, fill, grow


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a ledger?.db"  # the name needs quoting in a URI


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(path, create=True)) as store:
        yield store


@pytest.fixture
def full(store: SqliteStore) -> SqliteStore:
    """A store with rows in every table."""
    fill(store)
    return store


@pytest.fixture
def raw(full: SqliteStore, path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of somebody who does not go through the store."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def test_every_table_is_either_append_only_or_can_be_rebuilt(raw: sqlite3.Connection) -> None:
    """Given the schema, then no table is left without a rule, and the fixture has rows in each."""
    tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert tables == {*APPEND_ONLY, "head", "record", "flag"}
    assert all(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {0} SET {1} = {1}",
        "UPDATE OR REPLACE {0} SET {1} = {1}",
        "DELETE FROM {0}",
        "INSERT OR REPLACE INTO {0} SELECT * FROM {0}",
        "REPLACE INTO {0} SELECT * FROM {0} LIMIT 1",
    ],
)
def test_no_row_can_be_changed(raw: sqlite3.Connection, path: Path, table: str, sql: str) -> None:
    """Given rows, when SQL changes, deletes or replaces one, then the database refuses and keeps all."""
    before = dump(f"sqlite:///{path}")
    column = raw.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchone()[0]
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
        raw.execute(sql.format(table, column))
    assert dump(f"sqlite:///{path}") == before


@pytest.mark.parametrize("table", ["envelope", "refused"])
def test_a_row_cannot_be_replaced_by_its_rowid(raw: sqlite3.Connection, table: str) -> None:
    """Given a table with a hidden rowid, when a row of another key takes it, then that is refused."""
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(f"INSERT OR REPLACE INTO {table} (rowid, digest, idx, data) VALUES (1, 'new', 0, x'00')")


@pytest.mark.parametrize("index", [-1, 0, 257, 259, 10_000, None])
def test_an_index_is_the_next_one_or_refused(raw: sqlite3.Connection, index: int | None) -> None:
    """Given 258 entries, when one comes with another index than 258, then it is refused."""
    insert = "INSERT OR REPLACE INTO entry (idx, leaf, type, data) VALUES (?, zeroblob(32), 'T', x'00')"
    with pytest.raises(sqlite3.IntegrityError, match="not the next one"):
        raw.execute(insert, (index,))
    raw.execute(insert, (258,))


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE head SET size = size - 1", "only moves forward"),
        ("UPDATE head SET leaf = zeroblob(32)", "only moves forward"),
        ("UPDATE head SET size = size + 1", "not at the last entry"),
        ("DELETE FROM head", "never deleted"),
        ("INSERT OR REPLACE INTO head SELECT * FROM head", "there is one head"),
        ("INSERT INTO head SELECT 2, size, leaf, recorded_at, tree FROM head", "one head|CHECK"),
    ],
)
def test_the_head_moves_forward_alone(raw: sqlite3.Connection, sql: str, why: str) -> None:
    """Given a head, when it would go back, run ahead of the entries, go or double, then that is refused."""
    with pytest.raises(sqlite3.IntegrityError, match=why):
        raw.execute(sql)


def test_a_commit_is_on_disk(store: SqliteStore) -> None:
    """Given an open store, then both kinds of connection use the write-ahead log and synchronous FULL."""
    for connection in (store._writer, store._reading()):
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_commit_that_fails_is_unknown(full: SqliteStore, path: Path) -> None:
    """Given a COMMIT that itself fails, then the caller is told that the outcome is unknown."""
    before = dump(f"sqlite:///{path}")

    def fail_at_commit() -> None:
        with full.transaction():
            full._writer.execute("PRAGMA defer_foreign_keys = ON")
            full._writer.execute("INSERT INTO tag (tag, idx) VALUES ('t:t', 999)")

    with pytest.raises(CommitUnknown, match="COMMIT failed"):
        fail_at_commit()
    assert dump(f"sqlite:///{path}") == before
    assert grow(full, 1).size == 259


def test_a_file_that_is_not_there_is_named(path: Path) -> None:
    """Given no file, when opened without create, then the error names it and nothing is made."""
    with pytest.raises(StoreError, match=r"a ledger\?\.db: no such file"):
        SqliteStore(path)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"not a database at all, but long enough"])
@pytest.mark.parametrize("create", [False, True])
def test_a_file_that_is_no_database_is_refused(path: Path, content: bytes, create: bool) -> None:
    """Given another file, then it is named, refused and left as it is, with ``create`` too."""
    path.write_bytes(content)
    with pytest.raises(SchemaMismatch, match=r"a ledger\?\.db: not a SQLite file"):
        SqliteStore(path, create=create)
    assert path.read_bytes() == content


@pytest.mark.parametrize("create", [False, True])
def test_a_database_that_is_no_ledger_is_refused(path: Path, create: bool) -> None:
    """Given a SQLite file of another program, then it is named, refused and left as it is."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE entry (id)")
    content = path.read_bytes()
    with pytest.raises(SchemaMismatch, match=r"a ledger\?\.db: a SQLite file, but no ledger"):
        SqliteStore(path, create=create)
    assert path.read_bytes() == content


def test_another_schema_version_is_refused(store: SqliteStore, path: Path) -> None:
    """Given a ledger of another schema version, then the error names the file and both versions."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 7")
    with pytest.raises(SchemaMismatch, match=r"a ledger\?\.db: schema version 7, this program knows 1"):
        SqliteStore(path)


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Given no directory, when a ledger is to be made in it, then the error names the file."""
    with pytest.raises(StoreError, match=r"none/ledger\.db: the ledger cannot be made"):
        SqliteStore(tmp_path / "none" / "ledger.db", create=True)


def test_the_connection_of_a_finished_thread_is_given_back(full: SqliteStore) -> None:
    """Given a thread that has read, when it has ended, then its connection is gone too."""
    full.head()
    before = len(full._opened)
    sizes: list[int] = []
    thread = threading.Thread(target=lambda: sizes.append(full.head().size))
    thread.start()
    thread.join()
    assert sizes == [258]
    gc.collect()
    assert len(full._opened) == before
