"""A store of bare entries: every way of changing it is found, by itself or against a root that is held."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.chain import chain_breaks
from ledger.entry import parse_entry
from ledger.recorder import LedgerRecorder
from ledger.store_sqlite import SqliteStore

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SIZE = 600  # more than two tiles


def write(path: Path, count: int, mark: str = "x") -> None:
    """Make a store of bare entries, two tags each."""
    with closing(SqliteStore(path, create=True)) as store:
        recorder = LedgerRecorder(store, clock=lambda: NOON)
        recorder.append([DCBEvent("T", f"{mark}{n}".encode(), ["all", f"n:{n}"]) for n in range(count)])


def held(path: Path) -> dict[int, bytes]:
    with closing(SqliteStore(path, read_only=True)) as store:
        head = store.head()
        return {head.size: head.tree.root()}


def found(path: Path, roots: dict[int, bytes] | None = None) -> set[tuple[str, int | None]]:
    with closing(SqliteStore(path, read_only=True)) as store:
        return {(one.class_, one.index) for one in chain_breaks(store, roots)}


def force(path: Path, *commands: str) -> None:
    """Do what the triggers forbid."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for command in commands:
            connection.execute(command)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "bare.db"
    write(path, SIZE)
    return path


def test_what_nobody_touched_has_no_break(path: Path) -> None:
    """Given a store as it was written, with its own root held, then nothing is found; so too in an empty one."""
    assert found(path, held(path)) == set()
    empty = path.with_name("empty.db")
    write_nothing = SqliteStore(empty, create=True)
    write_nothing.close()
    assert found(empty) == set()


def test_entries_appended_later_keep_an_earlier_root(path: Path) -> None:
    """Given a root that was held before more was appended, then the longer store has it still."""
    before = held(path)
    with closing(SqliteStore(path)) as store:
        LedgerRecorder(store).append([DCBEvent("T", b"later")] * 300)
    assert found(path, before) == set()


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("UPDATE entry SET data = CAST(data || 'y' AS BLOB) WHERE idx = 7", {("leaf", 7), ("tree", None)}),
        ("UPDATE entry SET data = x'7b7d0a' WHERE idx = 7", {("malformed", 7), ("leaf", 7), ("tree", None)}),
        ("UPDATE entry SET leaf = zeroblob(32) WHERE idx = 7", {("leaf", 7)}),
        ("UPDATE entry SET type = 'U' WHERE idx = 7", {("keys", 7)}),
        ("UPDATE tag SET tag = 'n:0' WHERE tag = 'n:7'", {("keys", 7)}),
        ("DELETE FROM tag WHERE tag = 'all' AND idx = 7", {("keys", 7)}),
        ("UPDATE tile SET data = zeroblob(8192) WHERE number = 1", {("tree", None)}),
        ("DELETE FROM tile WHERE number = 1", {("tree", None)}),
        (
            "UPDATE head SET tree = CAST(substr(tree, 1, 8) || zeroblob(length(tree) - 8) AS BLOB)",
            {("tree", None)},
        ),
        ("UPDATE head SET leaf = zeroblob(32)", {("leaf", SIZE - 1)}),
        ("DELETE FROM entry WHERE idx = 599", {("missing", 599), ("leaf", 598), ("tree", None)}),
    ],
)
def test_a_change_is_found_where_it_is(path: Path, command: str, wanted: set[tuple[str, int | None]]) -> None:
    """Given one change past the triggers, then it is named with its place, and nothing else but the tree."""
    force(path, command)
    assert found(path) == wanted


def test_a_hole_is_found_from_its_place_on(path: Path) -> None:
    """Given an entry that is cut out, then the first break is at its place and says that another stands there."""
    force(path, "DELETE FROM tag WHERE idx = 7", "DELETE FROM entry WHERE idx = 7")
    with closing(SqliteStore(path, read_only=True)) as store:
        first = next(chain_breaks(store))
    assert (first.class_, first.index, first.detail) == ("missing", 7, "entry 8 is in its place")


def test_an_instant_that_goes_back_is_found(path: Path) -> None:
    """Given an entry whose instant is moved before the one ahead of it, then the instant is a break of its own."""
    force(
        path, "UPDATE entry SET data = CAST(replace(data, '2026-01-05', '2026-01-04') AS BLOB) WHERE idx = 7"
    )
    assert {("time", 7), ("leaf", 7)} <= found(path)


@pytest.mark.parametrize("count", [SIZE, SIZE + 50, SIZE - 50])
def test_a_store_written_anew_shows_against_a_held_root_alone(path: Path, count: int) -> None:
    """Given a store that somebody wrote anew in whole, then it agrees with itself, and not with what is held."""
    roots = held(path)
    path.unlink()
    write(path, count, mark="forged")
    assert found(path) == set()
    assert found(path, roots) == {("inconsistent", min(SIZE - 1, count))}


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_changed_byte_of_any_entry_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Given any byte of any entry and any other value for it, then a break stands at that entry."""
    path = tmp_path_factory.mktemp("bytes") / "bare.db"
    write(path, 5)
    index = data.draw(st.integers(0, 4), label="entry")
    with closing(SqliteStore(path, read_only=True)) as store:
        entry = bytearray(next(iter(store.entries(index, index + 1))))
    assert parse_entry(bytes(entry)).header.index == index
    place = data.draw(st.integers(0, len(entry) - 1), label="byte")
    entry[place] ^= data.draw(st.integers(1, 255), label="by")
    force(path, f"UPDATE entry SET data = x'{entry.hex()}' WHERE idx = {index}")
    assert ("leaf", index) in found(path)
