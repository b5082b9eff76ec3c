"""Balances per pair: folded from entries, position with the rows, made anew."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli import run
from ledger.store_sqlite import SqliteStore
from projections.balances import Balances, PairBalance, read_balances, replace_decision_records
from projections.runner import ViewStopped, catch_up, rebuild


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with three cars of one exporter, all deregistered."""
    path = tmp_path_factory.mktemp("season") / "ledger.db"
    assert run(["demo", "--vehicles", "3", "--exporters", "1", "--db", f"sqlite:///{path}", "--json"]) == 0
    return path


@pytest.fixture
def store(season: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(season)
    yield store
    store.close()


def _rows(store: SqliteStore) -> list[PairBalance]:
    return read_balances(store)[1]


def test_balances_of_a_season(store: SqliteStore) -> None:
    """Given three cars deregistered after export out of twenty units, when read, then 3 D and 17 available."""
    size, (row,) = read_balances(store)

    assert size == store.head().size
    assert row.balances == dict.fromkeys(row.balances, 0) | {"ISS": -20, "AV": 17, "D": 3}


def test_rebuild_gives_what_was_kept_live(store: SqliteStore) -> None:
    """Given balances and decision records kept live, when made anew from the entries, then they are equal."""
    rows = _rows(store)
    records = "SELECT key, text FROM record WHERE key <> 'rebuilt' ORDER BY key"
    with store.view_transaction() as connection:
        live = connection.execute(records).fetchall()
        connection.execute("UPDATE balance SET iss = iss - 1, av = av + 1")
        connection.execute("DELETE FROM record")
    told: list[tuple[int, int]] = []

    size = rebuild(
        store, Balances(), lambda done, total: told.append((done, total)), replace_decision_records
    )

    assert size == store.head().size
    assert told[-1] == (size, size)
    assert _rows(store) == rows
    with store.view_transaction() as connection:
        assert connection.execute(records).fetchall() == live


def test_view_that_fails_stops_at_its_position(store: SqliteStore) -> None:
    """Given a view that fails at an entry, when it catches up, then neither rows nor position have moved."""
    rebuild(store, Balances())
    with store.view_transaction() as connection:
        connection.execute("UPDATE view_position SET size = 20 WHERE view = 'balances'")

    with pytest.raises(ViewStopped, match="entry 25"):
        catch_up(store, _Failing())

    with store.view_transaction() as connection:
        (row,) = connection.execute("SELECT size FROM view_position WHERE view = 'balances'").fetchall()
    assert row == (20,)
    assert [pair.pair_id for pair in _rows(store)] != []
    rebuild(store, Balances())


def test_bytes_that_are_no_entry_stop_the_view(store: SqliteStore) -> None:
    """Given damaged bytes, when folded, then the view stops and names the index."""
    with (
        pytest.raises(ViewStopped, match="before entry 0"),
        store.view_transaction() as connection,
    ):
        Balances().fold(connection, 0, iter([b"not an entry"]))


def test_database_keeps_the_conservation_law(store: SqliteStore) -> None:
    """Given a row whose accounts do not add up to zero, when written, then the database refuses it."""
    connection = sqlite3.connect(store._path)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE balance SET av = av + 1")
    connection.close()


class _Failing(Balances):
    """A view that writes and then fails at entry 25."""

    def fold(self, connection: sqlite3.Connection, start: int, entries: Iterator[bytes]) -> None:
        connection.execute("DELETE FROM balance")
        for index, _ in enumerate(entries, start):
            if index == 25:
                raise ViewStopped(f"balances stop before entry {index}")
