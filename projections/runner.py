"""Keeps the views up to date: a page of entries at a time, rows and position in one transaction.

All views of a ledger stand at one position, so that what two of them say is of one moment. A page is folded
outside of any transaction and written in a short one that begins by looking whether another process has
come first; then it is thrown away. At an entry that cannot be taken in the views stop and say why;
nothing is skipped and nothing counted twice.

A rebuild fills a generation of rows of its own beside the live one, and takes its place at the end.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final, cast

from ledger.store import StoreError
from ledger.store_postgres import PostgresStore
from ledger.store_sqlite import script_statements
from ledger.stores import AnyStore
from projections.folding import BROKEN, Folding, ViewStopped
from projections.reading import Position, position
from projections.view import Page, View
from projections.views import VIEWS
from projections.writer import Writer, cores, writer
from projections.writing import Change, Connection, Superseded, locked_size, transaction, write_page

SHAPE: Final = 2
"""Of the tables and of what their rows mean: whoever changes either raises it, and they are made anew."""
PAGE: Final = 500
REBUILD_PAGE: Final = 5_000
_SCHEMA: Final = Path(__file__).parent / "schema"
_FORMER: Final = ("view_position", "balance_record")
"""Tables of shape 1."""
_LOCK: Final = 0x51_4C_56_57  # of an advisory lock; "QLVW"
_TAIL: Final = 5_000
"""Entries that a rebuild takes in while nobody appends; the records that they change are all remembered."""

Progress = Callable[[int, int], None]
"""Told (entries done, entries in all) after each page."""


def prepare(store: AnyStore) -> None:
    """Make the tables of the views where they are missing or of an earlier shape.

    Raises:
        StoreError: they are of a later program's shape, or this process may not make tables.
    """
    if _shape(store) == SHAPE:
        return
    with store.view_transaction() as connection:
        if isinstance(store, PostgresStore):
            connection.execute("SELECT pg_advisory_xact_lock(?)", [_LOCK])
        found = _shape(store)  # another process may have come first
        if found == SHAPE:
            return
        if found is not None and found > SHAPE:
            raise StoreError(
                f"the views are of shape {found}, made by a later program; this one knows {SHAPE}"
            )
        kind = "postgres" if isinstance(store, PostgresStore) else "sqlite"
        for table in ("view_set", *(view.table for view in VIEWS), *_FORMER):
            connection.execute(f"DROP TABLE IF EXISTS {table}")
        for script in sorted((_SCHEMA / kind).glob("*.sql")):
            for statement in script_statements(script):
                connection.execute(statement)
        connection.execute(
            "INSERT INTO view_set (generation, shape, size, live) VALUES (1, ?, 0, 1)", [SHAPE]
        )


def catch_up(store: AnyStore, progress: Progress | None = None) -> Position:
    """Take in what the views have not seen yet and return where they stand.

    Raises:
        ViewStopped: at an entry that cannot be taken in; the position holds the reason.
        StoreError: the database failed; the views stand at the end of the last page that was written.
    """
    prepare(store)
    while True:
        here = position(store)
        assert here is not None, "the tables are there"
        if here.size >= store.head().size:
            return here
        filling = _Filling(store, here.generation, PAGE)
        with suppress(Superseded):  # a rebuild has taken the place of the live views
            try:
                _advance(filling, progress)
            except ViewStopped as stopped:
                if filling.stop(stopped):
                    raise


def rebuild(
    store: AnyStore,
    progress: Progress | None = None,
    finish: Callable[[Connection, int], object] | None = None,
) -> int:
    """Make the views anew from entry 0, let them take the place of the live ones and return their position.

    Readers see the live views until then, and others may keep these up to date.

    Args:
        store: the ledger.
        progress: told after each page.
        finish: called with the new generation in the transaction that changes over, in which it has reached
            the head: nobody appends meanwhile.

    Raises:
        ViewStopped: at an entry that cannot be taken in; the live views stay.
        Superseded: another rebuild has begun meanwhile.
        StoreError: the database failed; the live views stay.
    """
    prepare(store)
    with store.view_transaction() as connection:
        ((last,),) = connection.execute("SELECT max(generation) FROM view_set")
        _clear(connection, "generation IN (SELECT generation FROM view_set WHERE live = 0)")
        connection.execute("INSERT INTO view_set VALUES (?, ?, 0, 0, NULL)", [last + 1, SHAPE])
    with ExitStack() as stack:
        page, ahead = REBUILD_PAGE, None
        if store.head().size > page and cores() > 1:
            ahead = stack.enter_context(writer(store, last + 1))
        filling = _Filling(store, last + 1, page, ahead)
        while True:
            with _uncollected():
                _advance(filling, progress)
            with store.view_transaction() as connection:
                size = locked_size(connection, last + 1)
                if store.head().size - size > _TAIL:
                    continue
                while size < store.head().size:
                    size = filling.step(connection)
                if finish is not None:
                    finish(connection, last + 1)
                connection.execute("UPDATE view_set SET live = 0 WHERE live = 1")
                connection.execute("UPDATE view_set SET live = 1 WHERE generation = ?", [last + 1])
                _clear(connection, "generation IN (SELECT generation FROM view_set WHERE live = 0)")
            return size


def _advance(filling: "_Filling", progress: Progress | None) -> None:
    """Fill a generation to the head as it is now."""
    while (size := filling.step()) < (total := filling.head()):
        if progress is not None:
            progress(size, total)
    filling.settle()
    if progress is not None:
        progress(size, total)


class _Filling:
    """Fills one generation; where there is a writer, it writes a page while the next one is folded."""

    def __init__(self, store: AnyStore, generation: int, page: int, ahead: Writer | None = None) -> None:
        self._store = store
        self._generation = generation
        self._page = page
        self._writer = ahead
        self._folding = Folding(store, generation, self.settle)
        self._kept: int | None = None
        """Where the last page that was kept ends; None before the first."""

    def head(self) -> int:
        return self._store.head().size

    def settle(self) -> None:
        """Wait until all pages are written."""
        if self._writer is not None:
            self._writer.settle()

    def step(self, connection: Connection | None = None) -> int:
        """Take in one page and return the position; in the transaction at hand, if there is one.

        Raises:
            ViewStopped: the next entry cannot be taken in.
            Superseded: the generation is gone.
        """
        start = self._at(connection)
        if start != self._kept:  # another process has come further: what is known of records is no longer so
            self._folding = Folding(self._store, self._generation, self.settle)
        stop = min(start + self._page, self.head())
        while stop > start:
            try:
                page = self._folding.page(start, stop)
                changes = [_change(view, page) for view in VIEWS]
            except ViewStopped as error:
                if error.index == start:
                    raise
                # What comes before it is taken in first; which of them a view does not take shows by halves.
                stop = error.index if error.index > start else start + max(1, (stop - start) // 2)
            else:
                if not self._write(start, stop, changes, connection):
                    return start
                self._folding.keep(page)
                self._kept = stop
                return stop
        return start

    def stop(self, stopped: ViewStopped) -> bool:
        """Keep why the next entry cannot be taken in; say whether it still is the next.

        Where another process came further meanwhile, it was folded on records of later entries.

        Raises:
            Superseded: the generation is gone.
        """
        with transaction(self._store) as connection:
            is_next = locked_size(connection, self._generation) == stopped.index
            if is_next:
                connection.execute(
                    "UPDATE view_set SET reason = ? WHERE generation = ?", [stopped.reason, self._generation]
                )
        return is_next

    def _at(self, connection: Connection | None) -> int:
        if connection is not None:
            return locked_size(connection, self._generation)
        if self._writer is not None:
            return self._writer.size
        rows = self._store.view_rows("SELECT size FROM view_set WHERE generation = ?", self._generation)
        if not rows:
            raise Superseded
        return cast("int", rows[0][0])

    def _write(self, start: int, stop: int, changes: Sequence[Change], connection: Connection | None) -> bool:
        if connection is None and self._writer is not None:
            self._writer.write(stop, changes)
            return True
        with transaction(self._store) if connection is None else nullcontext(connection) as connection:
            return write_page(connection, self._generation, start, stop, changes)


def _change(view: View, page: Page) -> Change:
    try:
        gone, rows = view.rows(page)
    except BROKEN as error:
        # Of a page of several entries, nobody knows at which.
        index = page.entries[0].index if len(page.entries) == 1 else -1
        raise ViewStopped(index, f"{view.table}: {type(error).__name__}: {error}") from error
    return Change(view.table, view.columns, view.owner, list(gone), rows)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave garbage to reference counts: no record refers back, and a collector would walk all of them.

    It takes a quarter of the time of a rebuild.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _clear(connection: Connection, which: str) -> None:
    for table in (*(view.table for view in VIEWS), "view_set"):
        connection.execute(f"DELETE FROM {table} WHERE {which}")  # noqa: S608  our own names


def _shape(store: AnyStore) -> int | None:
    if not store.has_table("view_set"):
        return None
    ((shape,),) = store.view_rows("SELECT max(shape) FROM view_set")
    return cast("int | None", shape)
