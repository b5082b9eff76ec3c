"""Keeps views up to date: pages of entries, each page and the view's position in one transaction.

A view that fails stops at its position: the page is rolled back and the error says at which entry, so that
nothing is skipped and nothing counted twice.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from ledger.store_postgres import PostgresStore
from ledger.store_sqlite import script_statements
from ledger.stores import AnyStore

PAGE: Final = 500
_SCHEMA: Final = Path(__file__).parent / "schema"
_FIRST: Final = {"0001_balances.sql": "view_position", "0002_attachments.sql": "attachment"}
"""The table that shows that a script has run."""

Progress = Callable[[int, int], None]
"""Told (entries done, entries in all) after each page."""


class Rows(Protocol):
    """What a query has found."""

    def fetchone(self) -> Any:
        """Return the next row, None when there is none."""

    def fetchall(self) -> list[Any]:
        """Return the rows that remain."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """The writing connection of either store, in a transaction; parameters are written ``?``."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Rows:
        """Run one statement."""

    def executemany(self, sql: str, parameters: Sequence[Sequence[Any]], /) -> object:
        """Run one statement for each row."""


class ViewStopped(Exception):
    """A view could not take an entry; it stands where it was before the page."""


class View(Protocol):
    """Rows made from entries alone."""

    name: str

    def clear(self, connection: Connection) -> None:
        """Delete every row."""

    def fold(self, connection: Connection, start: int, entries: Iterator[bytes]) -> None:
        """Take in the entries from index ``start`` on.

        Raises:
            ViewStopped: an entry cannot be taken; the message names its index.
        """


def position(connection: Connection, view: View) -> int:
    """Return how many entries the view has taken in."""
    row = connection.execute("SELECT size FROM view_position WHERE view = ?", (view.name,)).fetchone()
    return 0 if row is None else int(row[0])


def positions(store: AnyStore) -> dict[str, int]:
    """Return how many entries each view has taken in, by name; the tables have been made."""
    return dict(store.view_rows("SELECT view, size FROM view_position ORDER BY view"))


def prepare(store: AnyStore) -> None:
    """Make the tables of the views where they are missing."""
    if isinstance(store, PostgresStore):
        # Whoever has no right to make tables finds them made.
        with store.view_transaction() as connection:
            for script in sorted((_SCHEMA / "postgres").glob("*.sql")):
                made = connection.execute(f"SELECT to_regclass('quota_ledger.{_FIRST[script.name]}')")
                if made.fetchone() == (None,):
                    connection.execute(script.read_text(encoding="utf-8"))
        return
    with store.view_transaction() as connection:
        for script in sorted((_SCHEMA / "sqlite").glob("*.sql")):
            for statement in script_statements(script):
                connection.execute(statement)


def catch_up(store: AnyStore, view: View, progress: Progress | None = None) -> int:
    """Take in what the view has not seen yet and return its position.

    Raises:
        ViewStopped: see :meth:`View.fold`.
        StoreError: the database failed; the view stands at the end of the last whole page.
    """
    prepare(store)
    while True:
        with store.view_transaction() as connection:
            done, size = _page(store, view, connection)
        if progress is not None:
            progress(done, size)
        if done >= size:
            return done


def rebuild(
    store: AnyStore,
    view: View,
    progress: Progress | None = None,
    finish: Callable[[Connection], object] | None = None,
) -> int:
    """Make the view anew from entry 0 and return its position.

    ``finish`` is called in a transaction in which the view has reached the head of the ledger: nobody
    appends meanwhile.
    """
    prepare(store)
    with store.view_transaction() as connection:
        view.clear(connection)
        connection.execute("DELETE FROM view_position WHERE view = ?", (view.name,))
    catch_up(store, view, progress)
    with store.view_transaction() as connection:
        while True:
            done, size = _page(store, view, connection)
            if done >= size:
                break
        if finish is not None:
            finish(connection)
    return done


def _page(store: AnyStore, view: View, connection: Connection) -> tuple[int, int]:
    """Take in one page in the transaction at hand; return the position and the ledger's size."""
    size = store.head().size
    start = position(connection, view)
    stop = min(start + PAGE, size)
    if stop > start:
        view.fold(connection, start, store.entries(start, stop))
        connection.execute(
            "INSERT INTO view_position (view, size) VALUES (?, ?)"
            " ON CONFLICT (view) DO UPDATE SET size = excluded.size",
            (view.name, stop),
        )
    return stop, size
