"""The PostgreSQL store: nothing is ever changed, roles keep to their rights, lost connections are told apart."""

import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import psycopg
import pytest

from ledger.postgres_roles import grant_roles
from ledger.store import Batch, CommitUnknown, ConnectionLost, SchemaMismatch, StoreError
from ledger.store_postgres import ASK_ATTEMPTS, PostgresStore, database_name
from tests.support.postgres import Server, cut
from tests.support.stores import APPEND_ONLY, append, dump, fill, grow, new_entry

pytestmark = pytest.mark.every_postgres


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    with postgres.lent_database() as url:
        yield url


@pytest.fixture
def store(url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(url, create=True)) as store:
        yield store


@pytest.fixture
def full(store: PostgresStore) -> PostgresStore:
    fill(store)
    return store


@pytest.fixture
def raw(full: PostgresStore, url: str) -> Iterator[psycopg.Connection]:
    """A connection of the owner, who does not go through the store."""
    with psycopg.connect(url, autocommit=True, options="-c search_path=quota_ledger") as connection:
        yield connection


def first_column(raw: psycopg.Connection, table: str) -> str:
    sql = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND ordinal_position = 1"
    row = raw.execute(sql, (table,)).fetchone()
    assert row
    return str(row[0])


def test_every_table_is_either_append_only_or_can_be_rebuilt(raw: psycopg.Connection) -> None:
    """Given the schema, then no table is left without a rule, and the fixture has rows in each."""
    tables = {n for (n,) in raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'quota_ledger'")}
    assert tables == {*APPEND_ONLY, "head", "record", "flag", "schema_version"}
    assert all(raw.execute(f"SELECT count(*) FROM {table}").fetchone() != (0,) for table in tables)


@pytest.mark.parametrize("table", [*APPEND_ONLY, "schema_version"])
@pytest.mark.parametrize("sql", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_no_row_can_be_changed(raw: psycopg.Connection, url: str, table: str, sql: str) -> None:
    """Given rows, when the owner changes, deletes or truncates, then the database refuses and keeps all."""
    before = dump(url)
    with pytest.raises(psycopg.IntegrityError, match="is append-only"):
        raw.execute(sql.format(table, first_column(raw, table)))
    assert dump(url) == before


@pytest.mark.parametrize("indexes", [[257], [259], [10_000], [258, 260], [258]])
def test_entries_are_next_and_counted_by_the_head(raw: psycopg.Connection, indexes: list[int]) -> None:
    """Given 258 entries, when rows leave a gap, come twice or go without the head, then none is committed."""
    insert = (
        "INSERT INTO entry SELECT i, decode(repeat('00', 32), 'hex'), 'T', '' FROM unnest(%s::int[]) AS i"
    )
    with pytest.raises(psycopg.IntegrityError, match=r"not the next one|duplicate|not at the last entry"):
        raw.execute(insert, (indexes,))
    assert raw.execute("SELECT count(*) FROM entry").fetchone() == (258,)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE head SET size = size - 1", "only moves forward"),
        ("UPDATE head SET leaf = decode(repeat('00', 32), 'hex')", "only moves forward"),
        ("UPDATE head SET size = size + 1", "not at the last entry"),
        ("DELETE FROM head", "append-only"),
        ("TRUNCATE head", "append-only"),
        ("INSERT INTO head SELECT 2, size, leaf, recorded_at, tree FROM head", "append-only"),
    ],
)
def test_the_head_moves_forward_alone(raw: psycopg.Connection, sql: str, why: str) -> None:
    """Given a head, when it would go back, run ahead of the entries, go or double, then that is refused."""
    with pytest.raises(psycopg.IntegrityError, match=why):
        raw.execute(sql)


# --- roles ---

FORBIDDEN = [
    *(f"DELETE FROM {table}" for table in (*APPEND_ONLY, "head", "flag", "schema_version")),
    *(f"TRUNCATE {table} CASCADE" for table in (*APPEND_ONLY, "head", "record", "flag")),
    "UPDATE entry SET data = data", "UPDATE subject SET idx = idx", "UPDATE tag SET idx = idx",
    "UPDATE statement SET idx = idx", "UPDATE envelope SET data = data", "UPDATE refused SET data = data",
    "UPDATE sequence SET seq = seq", "UPDATE tile SET data = data", "UPDATE checkpoint SET note = note",
    "UPDATE flag SET text = text", "UPDATE schema_version SET version = 2",
    "INSERT INTO head SELECT 2, size, leaf, recorded_at, tree FROM head",
    "INSERT INTO schema_version VALUES (2)",
    "UPDATE head SET size = size + 1", "UPDATE head SET size = 1", "UPDATE head SET tree = tree",
    "ALTER TABLE entry DISABLE TRIGGER ALL", "DROP TRIGGER entry_next ON entry", "DROP TABLE flag",
    "DROP SCHEMA quota_ledger CASCADE", "SET session_replication_role = replica",
    "CREATE TABLE quota_ledger.mine (id int)", "ALTER TABLE entry OWNER TO CURRENT_USER",
    "CREATE OR REPLACE FUNCTION quota_ledger.append_only() RETURNS trigger LANGUAGE sql AS ''", "CREATE RULE r AS ON INSERT TO entry DO INSTEAD NOTHING",
    "INSERT INTO entry VALUES (258, decode(repeat('00', 32), 'hex'), 'T', '')",  # without the head
]  # fmt: skip
NOT_FOR_READERS = [
    *(f"INSERT INTO {table} SELECT * FROM {table}" for table in (*APPEND_ONLY, "record", "flag")),
    "UPDATE record SET text = ''", "DELETE FROM record", "SELECT FROM head FOR UPDATE",
    "COPY tag FROM STDIN",
]  # fmt: skip


@pytest.fixture(scope="module")
def shared(postgres: Server) -> str:
    """A full ledger with its roles, for tests whose every statement is refused."""
    url = postgres.database()
    with closing(PostgresStore(url, create=True)) as store:
        fill(store)
    grant_roles(url, "test_writer", "test_reader")
    return url


def as_role(url: str, role: str) -> str:
    """Return the URL under which each session has the rights of ``role`` alone, as a login of it would."""
    login = f"{role}_login"
    with psycopg.connect(url, autocommit=True) as owner:
        if owner.execute("SELECT FROM pg_roles WHERE rolname = %s", (login,)).fetchone() is None:
            owner.execute(f"CREATE ROLE {login} LOGIN PASSWORD 'test' IN ROLE {role}")
    return psycopg.conninfo.make_conninfo(url, user=login, password="test")


@pytest.mark.parametrize(
    ("role", "sql"),
    [("writer", sql) for sql in FORBIDDEN] + [("reader", sql) for sql in FORBIDDEN + NOT_FOR_READERS],
)
def test_a_role_cannot_do_what_it_must_not(shared: str, role: str, sql: str) -> None:
    """Given a writer and a reader, when either tries what is not its own, then it is refused and nothing changes."""
    before = dump(shared)
    options = "-c search_path=quota_ledger"
    refusals = (psycopg.errors.InsufficientPrivilege, psycopg.IntegrityError)
    with (
        psycopg.connect(as_role(shared, f"test_{role}"), autocommit=True, options=options) as connection,
        pytest.raises(refusals),
    ):
        connection.execute(sql)
    assert dump(shared) == before


def test_a_temporary_table_does_not_blind_the_triggers(shared: str) -> None:
    """Given a writer with a table of its own called head, when it inserts an entry alone, then that is refused."""
    options = "-c search_path=pg_temp,quota_ledger"
    with psycopg.connect(as_role(shared, "test_writer"), autocommit=True, options=options) as connection:
        connection.execute("CREATE TEMPORARY TABLE head AS SELECT 9999 AS size")
        with pytest.raises(psycopg.IntegrityError, match="not at the last entry"):
            connection.execute("INSERT INTO entry VALUES (258, decode(repeat('00', 32), 'hex'), 'T', '')")


def test_a_writer_appends_and_a_reader_reads(full: PostgresStore, url: str) -> None:
    """Given the roles, when a writer appends through the store, then a reader reads it and cannot append."""
    grant_roles(url, "test_writer", "test_reader")
    with closing(PostgresStore(as_role(url, "test_writer"))) as writer:
        append(writer, new_entry(258, tags=("t:t",)), records={"pair/p": "new"}, flags=[(258, "[]")])
        writer.save_checkpoint(259, b"note")
    with closing(PostgresStore(as_role(url, "test_reader"))) as reader:
        assert (reader.head().size, reader.checkpoint()) == (259, b"note")
        with pytest.raises(StoreError, match="permission denied"), reader.transaction():
            pytest.fail("the transaction began")
        with pytest.raises(StoreError, match="permission denied"):
            reader.save_checkpoint(300, b"note")


# --- what is no ledger ---


def test_a_database_without_a_ledger_is_named_and_left_alone(url: str) -> None:
    """Given an empty database, when opened without create, then the error names it and nothing is made."""
    with pytest.raises(SchemaMismatch, match="but no ledger"):
        PostgresStore(url)
    assert dump(url) == []


def test_a_schema_of_the_same_name_is_left_alone(url: str) -> None:
    """Given another program's schema of our name, when a ledger is to be made, then that is refused."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("CREATE SCHEMA quota_ledger CREATE TABLE entry (id int)")
    with pytest.raises(SchemaMismatch, match="but no ledger"):
        PostgresStore(url, create=True)
    assert dump(url) == []


def test_another_schema_version_is_refused(store: PostgresStore, url: str) -> None:
    """Given a ledger of another schema version, then the error names the database and both versions."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("ALTER TABLE quota_ledger.schema_version DISABLE TRIGGER ALL")
        owner.execute("UPDATE quota_ledger.schema_version SET version = 7")
    with pytest.raises(SchemaMismatch, match="schema version 7, this program knows 1"):
        PostgresStore(url)


def test_errors_hold_no_password() -> None:
    """Given a server that is not there, then the error says where it was looked for and holds no password."""
    url = "postgresql://me:secret@/ledger?host=/nowhere"
    assert database_name(url) == "postgresql:///ledger?host=/nowhere&user=me"
    with pytest.raises(StoreError, match="/nowhere") as error:
        PostgresStore(url)
    assert "secret" not in str(error.value)


def test_commits_wait_for_the_disk(store: PostgresStore, url: str) -> None:
    """Given a server whose default is not to wait, when a store is opened, then its commits wait all the same."""
    with psycopg.connect(url, autocommit=True) as owner:
        name = owner.info.dbname
        owner.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    with closing(PostgresStore(url)) as other:
        assert other._rows("SHOW synchronous_commit") == [("on",)]


# --- lost connections ---


def test_a_connection_that_dies_at_the_commit_leaves_it_unknown(full: PostgresStore, url: str) -> None:
    """Given a connection that dies before COMMIT is answered, then the outcome is unknown; the next append works."""
    with pytest.raises(CommitUnknown, match="COMMIT failed"), full.transaction():
        cut(url)
    assert grow(full, 1).size == 259


def test_a_connection_that_dies_at_a_statement_is_a_failure(full: PostgresStore, url: str) -> None:
    """Given a connection that dies while reading, then that fails; reading and appending go on with others."""

    def read_on() -> None:
        with full.transaction() as transaction:
            cut(url)
            transaction.head()

    with pytest.raises(StoreError) as error:
        read_on()
    assert not isinstance(error.value, CommitUnknown)
    assert full.head().size == 258
    assert grow(full, 1).size == 259


def test_a_query_whose_connection_dies_is_asked_again(full: PostgresStore, url: str) -> None:
    """Given a reader that waits for a lock, when its connection dies in the middle, then it gets its answer all the same."""
    sizes: list[int] = []
    reader = threading.Thread(target=lambda: sizes.append(full.head().size))
    with psycopg.connect(url) as owner:
        owner.execute("LOCK TABLE quota_ledger.head IN ACCESS EXCLUSIVE MODE")
        reader.start()
        waiting = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
        while owner.execute(waiting).fetchone() is None:
            assert reader.is_alive()
    reader.join()
    assert sizes == [258]


def test_a_query_that_ends_its_connection_is_not_asked_for_ever(full: PostgresStore, url: str) -> None:
    """Given a query that kills whoever answers it, when it has been asked as often as is allowed, then that is the end of it."""
    with psycopg.connect(url) as owner:
        owner.execute("CREATE SEQUENCE quota_ledger.asked")
    with pytest.raises(ConnectionLost, match="terminating connection"):
        full._rows("SELECT nextval('asked'), pg_terminate_backend(pg_backend_pid())")
    assert full._rows("SELECT last_value FROM asked") == [(ASK_ATTEMPTS,)]


def test_what_failed_is_not_taken_for_committed(full: PostgresStore) -> None:
    """Given a statement that failed and an error that somebody swallowed, then the commit is refused."""

    def swallow() -> None:
        with full.transaction() as transaction, suppress(StoreError):
            transaction.write(Batch(flags=[(1, "[]")]), transaction.head())  # the row exists

    with pytest.raises(StoreError, match="rolled back"):
        swallow()
    assert grow(full, 1).size == 259


def test_readers_of_one_transaction_may_interleave(full: PostgresStore) -> None:
    """Given more entries than one answer holds, when two are read in turn, then both give all."""
    grow(full, 2_500)
    with full.transaction() as transaction:
        pairs = list(zip(transaction.entries(0, 9_999), transaction.leaf_hashes(0, 9_999), strict=True))
    assert len(pairs) == 2_758
    started = full.entries(0, 9_999)
    assert next(started) == b"entry 0"
    started.close()
    assert full.head().size == 2_758
