"""The live rows of all views against a replay of the entries up to where the views stand, row by row.

Nothing is written to the ledger. The rows of the replay are kept in a database without a name: SQLite holds
it in memory as long as it is small, then in a temporary file that is gone with the process.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from typing import Any, Final

from domain.state import State
from ledger.records import RecordCache, StoredRecords
from ledger.sqlite_reader import sqlite_errors
from ledger.store import StoreError
from ledger.stores import AnyStore
from ledger.verification import collection_paused
from projections.differing import Compared, TableDiffers, first_key, not_compared
from projections.envelopes import stored_envelopes, with_envelopes
from projections.folding import BROKEN, CAPACITY, ViewStopped, fold_page, read_entry
from projections.runner import SHAPE, Progress
from projections.view import View, Written
from projections.view_tables import make_tables, total_keys
from projections.views import VIEWS

_PAGE: Final = 5_000
"""Entries that are folded, and rows that are read, at a time."""
_GENERATION: Final = 1
_CACHE_KIB: Final = 65_536

_Row = tuple[Any, ...]
_Ask = Callable[..., list[_Row]]


def compare_views(source: AnyStore, progress: Progress | None = None) -> Compared:
    """Compare the live views of a store, which is read at one moment.

    Entries that cannot be folded, tables that cannot be read and views of another shape leave it open.
    """
    try:
        live = source.view_rows("SELECT generation, shape, size FROM view_set WHERE live = 1")
        if len(live) != 1:
            return not_compared(f"{len(live)} generations of the views are live, one is wanted")
        ((generation, shape, size),) = live
        if shape != SHAPE:
            return not_compared(f"the views are of shape {shape}, this program knows {SHAPE}")
        with sqlite_errors(), closing(sqlite3.connect("", isolation_level=None)) as kept:
            replay = _Replay(source, kept)
            with collection_paused():
                replay.run(size, progress)
            return _compared(source, generation, replay)
    except ViewStopped as stopped:
        return not_compared(f"the replay stops before entry {stopped.index}: {stopped.reason}")
    except StoreError as error:
        return not_compared(str(error))


class _Replay:
    """The rows that the entries make, and what folding asks: the records among them, and the entries."""

    def __init__(self, source: AnyStore, kept: sqlite3.Connection) -> None:
        self._source = source
        self._kept = kept
        for setting in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
            kept.execute(f"PRAGMA {setting}")
        make_tables(kept)

    def run(self, size: int, progress: Progress | None) -> None:
        """Take in the first entries.

        Raises:
            ViewStopped: one of them cannot be taken in, or is not there.
        """
        cache = RecordCache(CAPACITY)
        for start in range(0, size, _PAGE):
            stop = min(start + _PAGE, size)
            try:
                self._take(cache, start, stop)
            except BROKEN as error:  # nobody knows at which of the page
                raise ViewStopped(start, f"{type(error).__name__}: {error}") from error
            if progress is not None:
                progress(stop, size)

    def ask(self, sql: str, *parameters: object) -> list[_Row]:
        """Return the rows of a query."""
        return self._kept.execute(sql, parameters).fetchall()

    def records(self, keys: Collection[str]) -> Mapping[str, str]:
        """See :class:`ledger.records.RecordReader`."""
        sql = "SELECT key, text FROM view_record WHERE generation = ? AND key = ?"
        return dict(row for key in keys for row in self.ask(sql, _GENERATION, key))

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """See :class:`ledger.records.RecordReader`."""
        return self._source.entries(start, stop)

    def _take(self, cache: RecordCache, start: int, stop: int) -> None:
        read = [read_entry(index, data) for index, data in enumerate(self.entries(start, stop), start)]
        if len(read) < stop - start:
            raise ViewStopped(start + len(read), "it is not there")
        page = fold_page(
            State(StoredRecords(cache, self)), with_envelopes(read, stored_envelopes(self._source))
        )
        self._kept.execute("BEGIN")
        for view in VIEWS:
            self._write(view, view.rows(page))
        self._kept.execute("COMMIT")
        cache.absorb(page.state.changes)

    def _write(self, view: View, change: Written) -> None:
        if change.gone:
            self._kept.executemany(
                f"DELETE FROM {view.table} WHERE generation = {_GENERATION} AND {view.owner} = ?",  # noqa: S608  our own names
                [(owner,) for owner in change.gone],
            )
        columns = ("generation", *view.columns)
        self._kept.executemany(
            f"INSERT INTO {view.table} ({', '.join(columns)})"  # noqa: S608  our own names
            f" VALUES ({', '.join('?' * len(columns))})",
            [(_GENERATION, *row) for row in change.rows],
        )


def _compared(source: AnyStore, generation: int, replay: _Replay) -> Compared:
    differing = list[TableDiffers]()
    for view in VIEWS:
        key = total_keys()[view.table]
        live: Iterator[_Row] = iter(())  # of a table that is not there every row is missing
        if source.has_table(view.table):
            live = _in_order(source.view_rows, view, key, generation)
        found = _walked(view.table, len(key), live, _in_order(replay.ask, view, key, _GENERATION))
        if found is not None:
            differing.append(found)
    return Compared(tuple(differing))


def _in_order(ask: _Ask, view: View, key: tuple[str, ...], generation: int) -> Iterator[_Row]:
    """Yield the rows of a table in the order of its key, the key's columns first."""
    columns = ", ".join((*key, *(name for name in view.columns if name not in key)))
    select = f"SELECT {columns} FROM {view.table} WHERE generation = ?"  # noqa: S608  our own names
    names = ", ".join(key)
    order = f" ORDER BY {names} LIMIT {_PAGE}"
    page = ask(f"{select}{order}", generation)
    while page:
        yield from page
        behind = f" AND ({names}) > ({', '.join('?' * len(key))})"
        page = ask(f"{select}{behind}{order}", generation, *page[-1][: len(key)])


def _walked(table: str, width: int, live: Iterator[_Row], made: Iterator[_Row]) -> TableDiffers | None:
    """Walk two sides in the order of their keys, the first ``width`` values."""
    changed = missing = unknown = 0
    first: _Row | None = None
    here, there = next(live, None), next(made, None)
    while here is not None or there is not None:
        if here == there:
            here, there = next(live, None), next(made, None)
            continue
        ours = None if here is None else here[:width]
        theirs = None if there is None else there[:width]
        if theirs is None or (ours is not None and ours < theirs):
            unknown += 1
            first = first or ours
            here = next(live, None)
            continue
        first = first or theirs
        there = next(made, None)
        if ours == theirs:
            changed += 1
            here = next(live, None)
        else:
            missing += 1
    return None if first is None else TableDiffers(table, changed, missing, unknown, first_key(first))
