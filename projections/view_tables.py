"""The tables of the views by their schema: empty ones to be filled aside, and the total key of each."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from typing import Final

from ledger.store_sqlite import script_statements
from projections.doctor import SQLITE_SCHEMA
from projections.views import VIEWS

_RUNNERS: Final = "generation"


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables, without the indexes that only questions need."""
    for script in sorted(SQLITE_SCHEMA.glob("*.sql")):
        for statement in script_statements(script):
            if "CREATE TABLE " in statement:
                connection.execute(statement)


@cache
def total_keys() -> Mapping[str, tuple[str, ...]]:
    """Return the columns by which a row is told from all others of its generation, by table."""
    with closing(sqlite3.connect(":memory:")) as connection:
        make_tables(connection)
        return {view.table: _key(connection, view.table) for view in VIEWS}


def _key(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    columns = connection.execute(
        "SELECT name, pk FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", [table]
    )
    return tuple(name for name, _ in columns if name != _RUNNERS)
