"""Either store: what is written is found again, nothing half-written stays, whatever the database."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from ledger.merkle import leaf_hash, root, root_from_tiles, tile_width
from ledger.sql_reader import KEYS
from ledger.store import Batch, Found, Head, StoreError
from ledger.stores import AnyStore, open_store
from tests.support.stores import INSTANT, append, dump, fill, grow, new_entry

pytestmark = pytest.mark.every_postgres


@pytest.fixture
def store(url: str) -> Iterator[AnyStore]:
    with closing(open_store(url, create=True)) as store:
        yield store


@pytest.fixture
def full(store: AnyStore) -> AnyStore:
    """A store with rows in every table."""
    fill(store)
    return store


def test_an_empty_ledger_reads_empty(store: AnyStore) -> None:
    """Given no entries, then every method says so."""
    head = store.head()
    assert (head.size, head.leaf_hash, head.recorded_at, head.tree.size) == (0, bytes(32), "", 0)
    assert list(store.entries(0, 9)) == list(store.leaf_hashes(0, 9)) == []
    assert list(store.matching((), (), 0, 9)) == list(store.subject_indexes("x:a")) == []
    assert store.last_sequence("signer") == 0
    assert store.checkpoint() is None
    with pytest.raises(KeyError):
        store.read_tile(0, 0, 1)


def test_what_is_written_is_found_again(full: AnyStore, url: str) -> None:
    """Given a store with rows everywhere, when another opens the database, then every method finds them."""
    with closing(open_store(url, read_only=True)) as store:
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


def test_many_keys_are_asked_for_at_once(full: AnyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a key more than one query takes, then two queries find the heads and records of all of them."""
    asked: list[str] = []
    rows = full._rows

    def counted(sql: str, *parameters: object) -> list[tuple[object, ...]]:
        asked.append(sql)
        return rows(sql, *parameters)

    monkeypatch.setattr(full, "_rows", counted)
    keys = [*(f"x:{number}" for number in range(KEYS - 1)), "x:a", "vin:V"]

    assert full.subject_heads(keys) == {
        "x:a": (2, leaf_hash(b"entry 1")),
        "vin:V": (1, leaf_hash(b"entry 0")),
    }
    assert len(asked) == 2
    assert full.records([*keys, "pair/p"]) == {"pair/p": "{}"}
    assert len(asked) == 4
    assert (full.subject_heads([]), full.records([]), len(asked)) == ({}, {}, 4)


def test_entries_are_matched_by_type_tags_and_subjects(full: AnyStore) -> None:
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


def test_reading_goes_on_over_pages(store: AnyStore) -> None:
    """Given more entries than a page holds, then every reading method gives all of them."""
    append(store, *(new_entry(i, subjects=(("x:a", i + 1),)) for i in range(2_001)))
    every = list(range(2_001))
    assert list(store.entries(0, 5_000)) == [b"entry %d" % index for index in every]
    assert list(store.subject_indexes("x:a")) == every
    assert [index for index, _ in store.matching((), ("x:a",), 0, 5_000)] == every


def test_a_record_changes(full: AnyStore) -> None:
    """Given a decision record, when it is written again, then the new one stands."""
    append(full, new_entry(258), records={"pair/p": "new", "pair/q": "q"})
    assert full.records(["pair/p", "pair/q"]) == {"pair/p": "new", "pair/q": "q"}
    assert full.records_changed_since(258) == ["pair/p", "pair/q"]


def test_the_first_checkpoint_of_a_size_stays(full: AnyStore) -> None:
    """Given a checkpoint, when another of the same size comes, then the first stays; a larger one leads."""
    full.save_checkpoint(258, b"other")
    assert full.checkpoint() == b"note"
    full.save_checkpoint(300, b"later")
    full.save_checkpoint(299, b"between")
    assert full.checkpoint() == b"later"


def test_nothing_shows_before_the_commit(full: AnyStore) -> None:
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


def test_a_failed_transaction_leaves_nothing(full: AnyStore, url: str) -> None:
    """Given a block that raises after it wrote, then the database is as before and the next append works."""
    before = dump(url)
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
    assert dump(url) == before
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
def test_a_refused_row_leaves_nothing(full: AnyStore, url: str, more: dict[str, object]) -> None:
    """Given a batch with a row that is there already or hangs in the air, then nothing of it enters."""
    before = dump(url)
    with pytest.raises(StoreError):
        append(full, new_entry(258, statement_id="s258"), **more)
    assert dump(url) == before


def test_a_read_only_store_does_not_write(full: AnyStore, url: str) -> None:
    """Given a store opened read-only, when something is to be written, then it is refused."""
    with closing(open_store(url, read_only=True)) as store:
        with pytest.raises(StoreError, match="readonly"), store.transaction():
            pytest.fail("the transaction began")
        with pytest.raises(StoreError, match="readonly"):
            store.save_checkpoint(999, b"note")


def test_one_transaction_inside_another_fails(full: AnyStore) -> None:
    """Given an open transaction, when its thread begins a second one, then that fails and the first stands."""
    entry = new_entry(258)
    with full.transaction() as transaction:
        with pytest.raises(StoreError, match="within a transaction"), full.transaction():
            pytest.fail("the transaction began")
        tree = transaction.head().tree.copy()
        tree.append([entry.leaf_hash])
        transaction.write(Batch(entries=[entry]), Head(259, entry.leaf_hash, INSTANT, tree))
    assert full.head().size == 259


def test_a_closed_store_says_so(full: AnyStore) -> None:
    """Given a closed store, when it is read, by a thread that never read too, then a store error comes."""
    full.head()
    full.close()
    with pytest.raises(StoreError, match="closed"):
        full.head()
    with ThreadPoolExecutor(1) as pool, pytest.raises(StoreError, match="the store is closed"):
        pool.submit(full.head).result()


def test_several_processes_create_and_append_at_once(url: str, tmp_path: Path) -> None:
    """Given no ledger, when four processes create it and append at the same moment, then each entered once."""
    script = (
        "import sys; from ledger.stores import open_store; from tests.support import stores as t\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "store = open_store(sys.argv[1], create=True)\n"
        "for _ in range(5):\n"
        "    with store.transaction() as tx:\n"
        "        head = tx.head(); entry = t.new_entry(head.size); tree = head.tree.copy()\n"
        "        tree.append([entry.leaf_hash])\n"
        "        tx.write(t.Batch(entries=[entry]), t.Head(tree.size, entry.leaf_hash, t.INSTANT, tree))\n"
        "store.close()\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, url],
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
    with closing(open_store(url)) as store:
        entries = [b"entry %d" % index for index in range(20)]
        assert list(store.entries(0, 99)) == entries
        assert store.head().tree.root() == root([leaf_hash(entry) for entry in entries])
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_tiles_of_old_sizes_are_read_while_others_append(store: AnyStore) -> None:
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
