"""Tampering with the views: rows of every table deleted, changed and made up, what says so, and what mends it."""

import json
from contextlib import closing
from typing import Any, Final

import pytest

from ledger.stores import open_store
from projections.differing import TableDiffers
from projections.runner import Connection
from projections.view import View
from projections.view_tables import total_keys
from projections.views import VIEWS
from tests.support.cli import Cli

CHANGES: Final = {
    "view_record": "text = '{}'",
    "balance": "av = av + 1, iss = iss - 1",
    "vehicle": "exporter = NULL",
    "case_file": "hearings = hearings + 1",
    "finding": "control = NULL",
    "effect": "postings = '[]', balances = 'none'",
    "reconciliation": "differences = 'none that anybody told'",
    "passage": "waits = 1 - waits",
    "filing": "days_used = days_used - 1",
    "document": "upstream = 'another'",
    "signing": "minute = minute + 1",
    "refusal": "codes = 'over-available'",
}
"""What is done to a row that has more than its key."""


@pytest.fixture
def season(cli: Cli, url: str) -> Cli:
    """A season with violations of every kind in a ledger of either kind: no view is without rows."""
    cli.db, cli.anchor = url, cli.directory / "anchor.json"
    told = ("--faults", "--vehicles", "60", "--db", url, "--anchor", cli.anchor)
    assert cli("demo", *told) == 0, cli.err
    return cli


def c07(season: Cli) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """Verify; return the exit code, C07 and the books."""
    code = season("verify", "--db", season.db, "--anchor", season.anchor, "--json")
    answer = json.loads(season.out)
    return code, next(one for one in answer["statements"] if one["code"] == "C07"), answer["books"]


def tampered(connection: Connection, view: View) -> TableDiffers:
    """Delete the first row of a table, change the second, make one up after the third; return what is to be told."""
    key = total_keys()[view.table]
    select = (
        f"SELECT generation, {', '.join(view.columns)} FROM {view.table} ORDER BY {', '.join(key)} LIMIT 3"
    )
    first, second, third = (
        dict(zip(("generation", *view.columns), row, strict=True)) for row in connection.execute(select)
    )
    delete(connection, view, first)
    insert(connection, view, {**third, key[0]: another(third[key[0]])})
    told = " ".join(str(first[name]) for name in key)
    if view.table in CHANGES:
        where, values = by_key(view, second)
        connection.execute(f"UPDATE {view.table} SET {CHANGES[view.table]} WHERE {where}", values)
        return TableDiffers(view.table, 1, 1, 1, told)
    delete(connection, view, second)
    insert(connection, view, {**second, key[0]: another(second[key[0]])})
    return TableDiffers(view.table, 0, 2, 2, told)


def another(value: Any) -> Any:
    """Return a value of a key that comes after all others with which the test has to do."""
    return f"{value}~" if isinstance(value, str) else value + 1_000_000


def by_key(view: View, row: dict[str, Any]) -> tuple[str, list[Any]]:
    names = ("generation", *total_keys()[view.table])
    return " AND ".join(f"{name} = ?" for name in names), [row[name] for name in names]


def delete(connection: Connection, view: View, row: dict[str, Any]) -> None:
    where, values = by_key(view, row)
    connection.execute(f"DELETE FROM {view.table} WHERE {where}", values)


def insert(connection: Connection, view: View, row: dict[str, Any]) -> None:
    places = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {view.table} ({', '.join(row)}) VALUES ({places})", list(row.values()))


def test_rows_of_every_view_deleted_changed_and_made_up_are_found_and_mended(season: Cli) -> None:
    """Given tampering with every view, then `verify` refutes C07 and `rebuild` tells each, after which all is well."""
    assert c07(season)[1]["verdict"] == "PROVED"
    with closing(open_store(season.db)) as store, store.view_transaction() as connection:
        done = [tampered(connection, view) for view in VIEWS]

    code, found, books = c07(season)
    assert (code, found["verdict"], books["verdict"]) == (5, "REFUTED", "UNBALANCED")
    for one in done:
        assert str(one) in found["detail"]

    rebuilt = season.json("rebuild", "--db", season.db)
    assert [TableDiffers(**one) for one in rebuilt["rows"]["differing"]] == done
    assert rebuilt["rows"]["not_compared"] is None
    assert c07(season)[1]["verdict"] == "PROVED"
