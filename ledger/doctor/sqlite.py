"""The checks of a ledger file: schema, triggers, settings."""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from ledger.doctor.finding import AUDIT, Check, Outcome, failed, ok
from ledger.doctor.objects import Objects, differences, fingerprint, normalised, of_kinds
from ledger.store_sqlite import SqliteStore

_SHIPPED: Final = Path(__file__).parents[1] / "schema" / "sqlite"
_WAL_FORMAT: Final = b"\x02\x02"  # file format write and read version, bytes 18 and 19 of the file's header
_FULL: Final = 2
_WATCHES: Final = re.compile(r" ON (\w+) ")


class ExaminedStore(SqliteStore):
    """A ledger file opened for reading, with its connection as the program sets it up."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, read_only=True)
        self.path = path

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self._rows(sql, *parameters)


def sqlite_checks(store: ExaminedStore, views: Sequence[Path]) -> list[Check]:
    """Return the checks of a ledger file.

    Args:
        store: the file.
        views: directories with the SQL of tables that may be there beside the ledger's.
    """
    return [
        Check("schema", lambda: check_schema(store, views)),
        Check("triggers", lambda: check_triggers(store, views)),
        Check("settings", lambda: check_settings(store)),
    ]


def check_schema(store: ExaminedStore, views: Sequence[Path]) -> Outcome:
    """Compare tables and indexes with those that are shipped, statement by statement."""
    required, stored = _without_triggers(shipped([_SHIPPED])), _without_triggers(_objects(store.rows))
    optional = _without_triggers(shipped([_SHIPPED, *views]))
    found = differences(required, optional, stored)
    print_ = fingerprint({key: sql for key, sql in stored.items() if key in required or key not in optional})
    wanted = fingerprint(required)
    if found:
        return failed(f"fingerprint {print_}, {wanted} is wanted: {'; '.join(found)}", AUDIT)
    return ok(f"fingerprint {print_}, as shipped")


def check_triggers(store: ExaminedStore, views: Sequence[Path]) -> Outcome:
    """See that the triggers that keep the tables append-only are there, and no other ones."""
    objects = _objects(store.rows)
    allowed = _triggers(shipped([_SHIPPED, *views]))
    optional = _triggers(shipped(views))
    # A table that need not be there has its triggers when it is.
    absent = {key for key in optional if ("table", _table(optional[key])) not in objects}
    required = {key: sql for key, sql in allowed.items() if key not in absent}
    found = differences(required, allowed, _triggers(objects))
    if found:
        return failed(
            "; ".join(found),
            f"somebody could change entries, or who has read them: {AUDIT};"
            " triggers alone are made again from ledger/schema/sqlite and api/schema/sqlite",
        )
    return ok(f"{len(required)} triggers keep the tables append-only")


def check_settings(store: ExaminedStore) -> Outcome:
    """See that what is acknowledged is on disk: WAL in the file, the rest on the program's connections."""
    faults = []
    with store.path.open("rb") as file:
        if file.read(20)[18:] != _WAL_FORMAT:
            faults.append("the journal is not WAL")
    ((synchronous,),) = store.rows("PRAGMA synchronous")
    if synchronous != _FULL:
        faults.append(f"synchronous is {synchronous}, FULL ({_FULL}) is wanted")
    if store.rows("PRAGMA foreign_keys") != [(1,)]:
        faults.append("foreign keys are not enforced")
    if faults:
        return failed(
            "; ".join(faults),
            "stop every writer, then: sqlite3 FILE 'PRAGMA journal_mode = WAL'; the program sets the rest",
        )
    return ok("WAL, synchronous FULL, foreign keys")


def shipped(directories: Iterable[Path]) -> Objects:
    """Return what the SQL of the directories makes."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for directory in directories:
            for script in sorted(directory.glob("*.sql")):
                connection.executescript(script.read_text(encoding="utf-8"))
        return _objects(lambda sql: connection.execute(sql).fetchall())


def _objects(rows: Any) -> Objects:
    # What SQLite makes by itself (indexes of keys, statistics) has a reserved name.
    sql = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY 1, 2"
    return {(kind, name): normalised(text or "") for kind, name, text in rows(sql)}


def _triggers(objects: Objects) -> Objects:
    return of_kinds(objects, "trigger")


def _table(sql: str) -> str:
    """Return the table that a trigger watches."""
    match = _WATCHES.search(sql)
    return match[1] if match else ""


def _without_triggers(objects: Objects) -> Objects:
    return of_kinds(objects, "table", "index", "view")
