"""Tampering that takes a season: a row of the stored balances, and a document that lies under another's name."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ledger.stores import is_postgres, open_store, sqlite_file
from tests.support.cli import Cli


@pytest.fixture
def season(cli: Cli, url: str) -> Cli:
    """A season of two cars in a ledger of either kind, its balances read once."""
    cli.db, cli.anchor = url, cli.directory / "anchor.json"
    told = ("--vehicles", "2", "--exporters", "1", "--db", url, "--anchor", cli.anchor)
    assert cli("demo", *told) == 0, cli.err
    assert cli("balance", "--db", url) == 0, cli.err
    return cli


def _verify(cli: Cli, *more: str | Path) -> tuple[int, dict[str, Any]]:
    code = cli("verify", "--db", cli.db, "--anchor", cli.anchor, "--json", *more)
    return code, json.loads(cli.out)


def _execute(url: str, sql: str) -> None:
    if is_postgres(url):
        with psycopg.connect(url, options="-c search_path=quota_ledger") as connection:
            assert connection.execute(sql.encode()).rowcount == 1
        return
    with closing(sqlite3.connect(sqlite_file(url) or "")) as connection:
        assert connection.execute(sql).rowcount == 1
        connection.commit()


def _refuted(answer: dict[str, Any]) -> list[str]:
    return [one["code"] for one in answer["statements"] if one["verdict"] == "REFUTED"]


def test_an_altered_row_of_the_stored_balances_is_found(season: Cli) -> None:
    """Given one unit moved between two accounts of a stored row, when verified, then exit 5 and C07 is refuted."""
    assert _refuted(_verify(season)[1]) == []
    _execute(season.db, "UPDATE balance SET av = av + 1, iss = iss - 1")
    code, answer = _verify(season)
    assert (code, answer["integrity"]["verdict"], _refuted(answer)) == (5, "INTACT", ["C07"])
    assert answer["books"]["verdict"] == "UNBALANCED"


def test_a_balance_that_is_taken_away_is_found(season: Cli) -> None:
    """Given a row of the stored balances deleted, when verified, then exit 5 and C07 is refuted."""
    _execute(season.db, "DELETE FROM balance")
    code, answer = _verify(season)
    assert (code, _refuted(answer)) == (5, ["C07"])


def test_a_replaced_document_is_found(season: Cli) -> None:
    """Given other bytes under a document's name, when verified with the documents, then exit 1 at its entry."""
    with closing(open_store(season.db, read_only=True)) as store:
        entries = store.entries(0, store.head().size)
        statements = [json.loads(data.partition(b"\n")[2]) for data in entries]
    index = next(number for number, one in enumerate(statements) if one["attachments"])
    folder = season.directory / "documents"
    folder.mkdir()
    (folder / statements[index]["attachments"][0]["sha256"]).write_bytes(b"another scan")
    code, answer = _verify(season, "--documents", folder)
    found = [(one["class"], one["index"]) for one in answer["integrity"]["breaks"]]
    assert code == 1
    assert set(found) == {("attachment", index)}
    assert _refuted(answer) == ["C08"]
