"""The SQLite store: what is written is found again, nothing is ever changed, nothing half-written stays."""

import gc
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from ledger.merkle import leaf_hash, root, root_from_tiles, tile_width
from ledger.store import Batch, CommitUnknown, Found, Head, NewEntry, SchemaMismatch, StoreError
from ledger.store_sqlite import SqliteStore

APPEND_ONLY = (
    "entry", "subject", "tag", "statement", "envelope", "refused", "sequence", "tile", "checkpoint",
)  # fmt: skip
INSTANT = "2026-01-05T02:00:00.000000Z"


def new_entry(index: int, **more: object) -> NewEntry:
    data = b"entry %d" % index
    fields = {"type": "T", "subjects": (), "tags": (), "statement_id": None} | more
    return NewEntry(index=index, leaf_hash=leaf_hash(data), data=data, **fields)  # type: ignore[arg-type]


def append(store: SqliteStore, *entries: NewEntry, **more: object) -> Head:
    """Append entries with their tiles and head, and whatever else the batch is to hold."""
    with store.transaction() as transaction:
        tree = transaction.head().tree.copy()
        tiles = tree.append(entry.leaf_hash for entry in entries)
        head = Head(tree.size, entries[-1].leaf_hash, INSTANT, tree)
        transaction.write(Batch(entries=list(entries), tiles=tiles, **more), head)  # type: ignore[arg-type]
    return head


def grow(store: SqliteStore, count: int) -> Head:
    size = store.head().size
    return append(store, *(new_entry(index) for index in range(size, size + count)))


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
    return store


@pytest.fixture
def raw(full: SqliteStore, path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of somebody who does not go through the store."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


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
    before = dump(path)
    column = raw.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchone()[0]
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
        raw.execute(sql.format(table, column))
    assert dump(path) == before


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


def test_an_empty_ledger_reads_empty(store: SqliteStore) -> None:
    """Given no entries, then every method says so."""
    head = store.head()
    assert (head.size, head.leaf_hash, head.recorded_at, head.tree.size) == (0, bytes(32), "", 0)
    assert list(store.entries(0, 9)) == list(store.leaf_hashes(0, 9)) == []
    assert list(store.matching((), (), 0, 9)) == list(store.subject_indexes("x:a")) == []
    assert store.last_sequence("signer") == 0
    assert store.checkpoint() is None
    with pytest.raises(KeyError):
        store.read_tile(0, 0, 1)


def test_what_is_written_is_found_again(full: SqliteStore, path: Path) -> None:
    """Given a store with rows everywhere, when another opens the file, then every method finds them."""
    with closing(SqliteStore(path, read_only=True)) as store:
        head = store.head()
        assert (head.size, head.recorded_at, head.tree.size) == (258, INSTANT, 258)
        assert list(store.entries(1, 3)) == [b"entry 1", b"entry 2"]
        assert list(store.entries(256, 999)) == [b"entry 256", b"entry 257"]
        assert list(store.leaf_hashes(0, 2)) == [leaf_hash(b"entry 0"), leaf_hash(b"entry 1")]
        assert head.leaf_hash == leaf_hash(b"entry 257")
        assert list(store.subject_indexes("x:a")) == [0, 1]
        assert list(store.subject_indexes("x:a", after=1)) == [1]
        assert store.subject_heads(["x:a", "vin:V", "none:n"]) == {
            "x:a": (2, leaf_hash(b"entry 1")),
            "vin:V": (1, leaf_hash(b"entry 0")),
        }
        assert store.find_envelopes(["e" * 64, "f" * 64, "0" * 64]) == {
            "e" * 64: Found(0, True),
            "f" * 64: Found(1, False),
        }
        assert store.find_statements(["s1", "s9"]) == {"s1": 1}
        assert store.used_sequences([("signer", 3), ("signer", 4), ("x", 7)]) == {("signer", 3)}
        assert (store.last_sequence("signer"), store.last_sequence("x")) == (7, 0)
        assert (store.envelope("e" * 64), store.envelope("f" * 64)) == (b"envelope", None)
        assert (store.flags(1), store.flags(0)) == ('["late"]', "[]")
        assert store.records(["pair/p", "none"]) == {"pair/p": "{}"}
        assert (store.records_changed_since(257), store.records_changed_since(258)) == (["pair/p"], [])
        assert store.checkpoint() == b"note"


def test_entries_are_matched_by_type_tags_and_subjects(full: SqliteStore) -> None:
    """Given entries, when asked by type and tag, then those that match all of it come in order."""

    def found(types: list[str], tags: list[str], start: int = 0, stop: int = 300) -> list[int]:
        return [index for index, _ in full.matching(types, tags, start, stop)]

    assert found(["A", "B"], []) == found([], ["pair:p"]) == found([], ["x:a"]) == [0, 1]
    assert found([], ["pair:p", "vin:V"]) == found(["A"], ["x:a"]) == [0]
    assert found([], ["pair:p"], start=1) == [1]
    assert found([], ["pair:p"], stop=1) == [0]
    assert found(["A"], ["pair:q"]) == found(["C"], []) == found([], ["pair:"]) == []
    assert found([], []) == list(range(258))
    assert next(full.matching(["B"], [], 0, 300)) == (1, b"entry 1")


def test_reading_goes_on_over_pages(store: SqliteStore) -> None:
    """Given more entries than a page holds, then every reading method gives all of them."""
    append(store, *(new_entry(i, subjects=(("x:a", i + 1),)) for i in range(2_001)))
    every = list(range(2_001))
    assert list(store.entries(0, 5_000)) == [b"entry %d" % index for index in every]
    assert list(store.subject_indexes("x:a")) == every
    assert [index for index, _ in store.matching((), ("x:a",), 0, 5_000)] == every


def test_a_record_changes_and_all_can_be_replaced(full: SqliteStore) -> None:
    """Given a decision record, when it is written again or all are replaced, then the new one stands."""
    append(full, new_entry(258), records={"pair/p": "new", "pair/q": "q"})
    assert full.records(["pair/p", "pair/q"]) == {"pair/p": "new", "pair/q": "q"}
    assert full.records_changed_since(258) == ["pair/p", "pair/q"]
    full.replace_records(iter([("pair/z", 5, "z")]))
    assert full.records(["pair/p", "pair/q", "pair/z"]) == {"pair/z": "z"}


def test_the_first_checkpoint_of_a_size_stays(full: SqliteStore) -> None:
    """Given a checkpoint, when another of the same size comes, then the first stays; a larger one leads."""
    full.save_checkpoint(258, b"other")
    assert full.checkpoint() == b"note"
    full.save_checkpoint(300, b"later")
    full.save_checkpoint(299, b"between")
    assert full.checkpoint() == b"later"


def test_nothing_shows_before_the_commit(full: SqliteStore) -> None:
    """Given an open transaction, then it sees what it wrote and the store's readers do not."""
    with full.transaction() as transaction:
        tree = transaction.head().tree.copy()
        entry = new_entry(258)
        tree.append([entry.leaf_hash])
        transaction.write(Batch(entries=[entry]), Head(259, entry.leaf_hash, INSTANT, tree))
        assert list(transaction.entries(258, 259)) == [entry.data]
        assert list(full.entries(258, 259)) == []
        assert full.head().size == 258
    assert list(full.entries(258, 259)) == [entry.data]


def test_a_failed_transaction_leaves_nothing(full: SqliteStore, path: Path) -> None:
    """Given a block that raises after it wrote, then the database is as before and the next append works."""
    before = dump(path)
    tree = full.head().tree.copy()
    tree.append([bytes(32)])
    batch = Batch(entries=[new_entry(258, tags=("t:t",))], records={"pair/p": "gone"}, flags=[(0, "[]")])

    def write_and_raise() -> None:
        with full.transaction() as transaction:
            transaction.write(batch, Head(259, bytes(32), INSTANT, tree))
            assert transaction.head().size == 259
            raise RuntimeError("thought better of it")

    with pytest.raises(RuntimeError, match="thought better"):
        write_and_raise()
    assert dump(path) == before
    assert grow(full, 1).size == 259


@pytest.mark.parametrize(
    "more",
    [
        {"envelopes": [("e" * 64, 258, b"again")]},
        {"sequences": [("signer", 3, "a" * 64)]},
        {"flags": [(1, "[]")]},
        {"envelopes": [("a" * 64, 999, b"of no entry")]},
    ],
)
def test_a_refused_row_leaves_nothing(full: SqliteStore, path: Path, more: dict[str, object]) -> None:
    """Given a batch with a row that is there already or hangs in the air, then nothing of it enters."""
    before = dump(path)
    with pytest.raises(StoreError):
        append(full, new_entry(258, statement_id="s258"), **more)
    assert dump(path) == before


def test_a_commit_that_fails_is_unknown(full: SqliteStore, path: Path) -> None:
    """Given a COMMIT that itself fails, then the caller is told that the outcome is unknown."""
    before = dump(path)

    def fail_at_commit() -> None:
        with full.transaction():
            full._writer.execute("PRAGMA defer_foreign_keys = ON")
            full._writer.execute("INSERT INTO tag (tag, idx) VALUES ('t:t', 999)")

    with pytest.raises(CommitUnknown, match="COMMIT failed"):
        fail_at_commit()
    assert dump(path) == before
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


def test_a_read_only_store_does_not_write(full: SqliteStore, path: Path) -> None:
    """Given a store opened read-only, when something is to be written, then it is refused."""
    with closing(SqliteStore(path, read_only=True)) as store:
        with pytest.raises(StoreError, match="readonly"), store.transaction():
            pytest.fail("the transaction began")
        with pytest.raises(StoreError, match="readonly"):
            store.save_checkpoint(999, b"note")


def test_one_transaction_inside_another_fails(full: SqliteStore) -> None:
    """Given an open transaction, when its thread begins a second one, then that fails and the first stands."""
    entry = new_entry(258)
    with full.transaction() as transaction:
        with pytest.raises(StoreError, match="within a transaction"), full.transaction():
            pytest.fail("the transaction began")
        tree = transaction.head().tree.copy()
        tree.append([entry.leaf_hash])
        transaction.write(Batch(entries=[entry]), Head(259, entry.leaf_hash, INSTANT, tree))
    assert full.head().size == 259


def test_a_closed_store_says_so(full: SqliteStore) -> None:
    """Given a closed store, when it is read, by a thread that never read too, then a store error comes."""
    full.head()
    full.close()
    with pytest.raises(StoreError, match="closed"):
        full.head()
    with ThreadPoolExecutor(1) as pool, pytest.raises(StoreError, match="the store is closed"):
        pool.submit(full.head).result()


def test_several_processes_create_and_append_at_once(path: Path) -> None:
    """Given no file, when four processes create it and append at the same moment, then each entered once."""
    script = (
        "import sys; from pathlib import Path; from tests.ledger import test_store_sqlite as t\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "store = t.SqliteStore(Path(sys.argv[1]), create=True)\n"
        "for _ in range(5):\n"
        "    with store.transaction() as tx:\n"
        "        head = tx.head(); entry = t.new_entry(head.size); tree = head.tree.copy()\n"
        "        tree.append([entry.leaf_hash])\n"
        "        tx.write(t.Batch(entries=[entry]), t.Head(tree.size, entry.leaf_hash, t.INSTANT, tree))\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    with closing(SqliteStore(path)) as store:
        entries = [b"entry %d" % index for index in range(20)]
        assert list(store.entries(0, 99)) == entries
        assert store.head().tree.root() == root([leaf_hash(entry) for entry in entries])
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(".")] == []


def test_tiles_of_old_sizes_are_read_while_others_append(store: SqliteStore) -> None:
    """Given a thread that appends, when trees of earlier sizes are read, then their roots are right."""
    leaves = [leaf_hash(b"entry %d" % index) for index in range(1_500)]
    checks = [1, 2, 255, 256, 257, 511, 512, 700, 1_024, 1_500]
    roots = {size: root(leaves[:size]) for size in checks}
    failed: list[BaseException] = []

    def write() -> None:
        try:
            for count in (1, 254, 1, 1, 300, 443, 250, 250):
                grow(store, count)
        except BaseException as error:  # noqa: BLE001 - the test raises it
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    size = 0
    while size < 1_500 and not failed:
        size = store.head().size
        for old in checks:
            if old <= size:
                assert root_from_tiles(store, old) == roots[old]
    writer.join()
    assert not failed
    assert store.read_tile(0, 0, 256) == b"".join(leaves[:256])
    assert store.read_tile(0, 5, 220) == b"".join(leaves[1_280:])
    assert len(store.read_tile(1, 0, tile_width(1_500, 1, 0))) == 5 * 32
    for level, number, width in [(0, 5, 221), (0, 6, 1), (1, 0, 6), (2, 0, 1)]:
        with pytest.raises(KeyError):
            store.read_tile(level, number, width)


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
