"""Balances per pair: what a season leaves, and what the database keeps to."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli import run
from ledger.store_sqlite import SqliteStore
from projections.decision_records import replace_decision_records
from projections.runner import rebuild
from projections.views.balances import read_balances


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


def test_balances_of_a_season(store: SqliteStore) -> None:
    """Given three cars deregistered after export out of twenty units, when read, then 3 D and 17 available."""
    book = read_balances(store)

    (row,) = book.pairs
    assert book.size == store.head().size
    assert row.balances == dict.fromkeys(row.balances, 0) | {"ISS": -20, "AV": 17, "D": 3}
    assert book.city == row.balances


def test_rebuild_gives_what_was_kept_live(store: SqliteStore) -> None:
    """Given balances and decision records kept live, when made anew from the entries, then they are equal."""
    rows = read_balances(store)
    records = "SELECT key, text FROM record WHERE key <> 'rebuilt' ORDER BY key"
    with store.view_transaction() as connection:
        live = connection.execute(records).fetchall()
        connection.execute("UPDATE balance SET iss = iss - 1, av = av + 1")
        connection.execute("DELETE FROM record")
    told: list[tuple[int, int]] = []

    size = rebuild(store, lambda done, total: told.append((done, total)), replace_decision_records)

    assert size == store.head().size
    assert told[-1] == (size, size)
    assert read_balances(store) == rows
    with store.view_transaction() as connection:
        assert connection.execute(records).fetchall() == live


def test_database_keeps_the_conservation_law(season: Path, store: SqliteStore) -> None:
    """Given a row whose accounts do not add up to zero, when written, then the database refuses it."""
    connection = sqlite3.connect(season)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE balance SET av = av + 1")
    connection.close()
