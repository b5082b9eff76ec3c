"""The access log: who has read which enterprise's file, written before the answer is given.

A table of its own, append-only by triggers, numbered without gap. A row holds instant (UTC), role, who, the
route without values, and one subject key; never a token. Commits come in the order of the numbers, so that
whoever lists page by page misses none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.clock import Clock, format_instant
from ledger.store_postgres import PostgresStore
from ledger.store_sqlite import script_statements
from ledger.stores import AnyStore

SCHEMA: Final = Path(__file__).parent / "schema"
_LOCK: Final = 0x51_4C_41_4C  # of an advisory lock; "QLAL"
_LAST: Final = "SELECT coalesce(max(number), 0) FROM access_log"
_COLUMNS: Final = "number, at, role, who, route, subject"


@dataclass(frozen=True, slots=True)
class Access:
    """One row; ``number`` counts from 1."""

    number: int
    at: str
    role: str
    who: str
    route: str
    subject: str


def prepare_access_log(store: AnyStore) -> None:
    """Make the table where it is missing."""
    with store.view_transaction() as connection:
        if isinstance(store, PostgresStore):
            # Whoever has no right to make tables finds them made.
            made = connection.execute("SELECT to_regclass('quota_ledger.access_log')").fetchone()
            if made == (None,):
                for script in sorted((SCHEMA / "postgres").glob("*.sql")):
                    connection.execute(script.read_text(encoding="utf-8"))
            return
        for script in sorted((SCHEMA / "sqlite").glob("*.sql")):
            for statement in script_statements(script):
                connection.execute(statement)


def write_access(
    store: AnyStore, clock: Clock, role: str, who: str, route: str, subjects: Iterable[str]
) -> None:
    """Write one row for each subject; on return they are durable.

    Raises:
        StoreError: nothing was written.
    """
    keys = sorted(set(subjects))
    if not keys:
        return
    with store.side_transaction() as connection:
        if isinstance(store, PostgresStore):
            connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
        last = int(connection.execute(_LAST).fetchall()[0][0])
        at = format_instant(clock())
        connection.executemany(
            f"INSERT INTO access_log ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608  our own names
            [(last + place, at, role, who, route, key) for place, key in enumerate(keys, 1)],
        )


def read_access(
    store: AnyStore, subject: str | None, after: int, until: int | None, limit: int
) -> tuple[int, list[Access]]:
    """Return the number up to which is listed, and the next rows behind ``after``.

    Args:
        store: an opened ledger, its table prepared.
        subject: of this one alone; None of every one.
        after: the number behind which the list goes on, 0 at its beginning.
        until: the number at which the list ends, None for the last one now.
        limit: how many rows at most.
    """
    sql, chosen = f"SELECT {_COLUMNS} FROM access_log WHERE number > ? AND number <= ?", list[Any]()  # noqa: S608  our own names
    if subject is not None:
        sql, chosen = f"{sql} AND subject = ?", [subject]
    if until is None:
        ((until,),) = store.view_rows(_LAST)
    rows = store.view_rows(f"{sql} ORDER BY number LIMIT ?", after, until, *chosen, limit)
    return until, [Access(*row) for row in rows]
