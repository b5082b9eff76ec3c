"""A ledger store of either kind, and rows to put in it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg

from ledger.merkle import leaf_hash
from ledger.store import Batch, Head, NewEntry
from ledger.stores import AnyStore, is_postgres, sqlite_file

INSTANT = "2026-01-05T02:00:00.000000Z"
APPEND_ONLY = (
    "entry", "subject", "tag", "statement", "envelope", "refused", "sequence", "tile", "checkpoint",
)  # fmt: skip


def new_entry(index: int, **more: object) -> NewEntry:
    data = b"entry %d" % index
    fields = {"type": "T", "subjects": (), "tags": (), "statement_id": None} | more
    return NewEntry(index=index, leaf_hash=leaf_hash(data), data=data, **fields)  # type: ignore[arg-type]


def append(store: AnyStore, *entries: NewEntry, **more: object) -> Head:
    """Append entries with their tiles and head, and whatever else the batch is to hold."""
    with store.transaction() as transaction:
        tree = transaction.head().tree.copy()
        tiles = tree.append(entry.leaf_hash for entry in entries)
        head = Head(tree.size, entries[-1].leaf_hash, INSTANT, tree)
        transaction.write(Batch(entries=list(entries), tiles=tiles, **more), head)  # type: ignore[arg-type]
    return head


def grow(store: AnyStore, count: int) -> Head:
    size = store.head().size
    return append(store, *(new_entry(index) for index in range(size, size + count)))


def fill(store: AnyStore) -> None:
    """Write rows into every table."""
    first = new_entry(0, type="A", subjects=(("vin:V", 1), ("x:a", 1)), tags=("pair:p",), statement_id="s0")
    second = new_entry(1, type="B", subjects=(("x:a", 2),), tags=("pair:p", "pair:q"), statement_id="s1")
    append(
        store, first, second, *(new_entry(index) for index in range(2, 258)),
        envelopes=[("e" * 64, 0, b"envelope")],
        refused=[("f" * 64, 1, b"refused")],
        sequences=[("signer", 3, "e" * 64), ("signer", 7, "f" * 64)],
        records={"pair/p": "{}"},
        flags=[(1, '["late"]')],
    )  # fmt: skip
    store.save_checkpoint(258, b"note")


def dump(url: str) -> list[str]:
    """Return everything that the database holds."""
    if not is_postgres(url):
        with closing(sqlite3.connect(sqlite_file(url) or "")) as connection:
            return list(connection.iterdump())
    with psycopg.connect(url, options="-c search_path=quota_ledger") as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'quota_ledger'")
        return [
            f"{table} {row}"
            for (table,) in sorted(tables)
            for row in sorted(connection.execute(f"SELECT {table}::text FROM {table}"))
        ]


def rewrite(url: str, index: int, column: str, value: bytes) -> None:
    """Put other bytes into a column of an entry, past the triggers."""
    if is_postgres(url):
        options = "-c search_path=quota_ledger -c session_replication_role=replica"
        with psycopg.connect(url, options=options) as raw:
            done = raw.execute(f"UPDATE entry SET {column} = %s WHERE idx = %s".encode(), (value, index))
            assert done.rowcount == 1
        return
    with closing(sqlite3.connect(sqlite_file(url) or "")) as file:
        file.execute("DROP TRIGGER entry_no_update")
        assert file.execute(f"UPDATE entry SET {column} = ? WHERE idx = ?", (value, index)).rowcount == 1
        file.commit()


@contextmanager
def stuck(url: str) -> Iterator[None]:
    """Make the database refuse rows of flags, as a full disk would."""
    if is_postgres(url):
        body = "BEGIN RAISE EXCEPTION 'the disk is full'; END"
        with psycopg.connect(url, autocommit=True, options="-c search_path=quota_ledger") as raw:
            raw.execute(f"CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
            raw.execute("CREATE TRIGGER stuck BEFORE INSERT ON flag EXECUTE FUNCTION stuck()")
            yield
            raw.execute("DROP FUNCTION stuck CASCADE")
        return
    with closing(sqlite3.connect(sqlite_file(url) or "")) as file:
        file.execute(
            "CREATE TRIGGER stuck BEFORE INSERT ON flag BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
        yield
        file.execute("DROP TRIGGER stuck")
