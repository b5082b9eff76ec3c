"""Entries folded page by page, on records of the views' own: what every view makes its rows from."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import starmap
from typing import Any, Final

import orjson

from domain.bodies import EventCorrected
from domain.fold import fold
from domain.state import State
from domain.statements import Statement, UnknownType, parse_statement, read_statement
from ledger.entry import Header, Subject
from ledger.records import RecordCache, StoredRecords
from ledger.stores import AnyStore
from projections.envelopes import stored_envelopes, with_envelopes
from projections.view import Folded, Page

_KEYS: Final = 1_000
"""How many records one query asks for."""
CAPACITY: Final = 50_000
"""Records kept between pages."""


BROKEN: Final = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What code raises that meets what it does not expect; a failing database is no such thing."""


class ViewStopped(Exception):
    """The views stand before the entry ``index``, which cannot be taken in; nothing of it was written."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(f"the views stop before entry {index}: {reason}")
        self.index = index
        self.reason = reason


class Folding:
    """Folds one page after the other; it knows the records as of the end of the last one that was kept."""

    def __init__(self, store: AnyStore, generation: int, settle: Callable[[], None]) -> None:
        """Go on from the records that a generation holds.

        Args:
            store: the ledger.
            generation: of the views.
            settle: waits until all pages that were kept are written; called before records are read.
        """
        self._store = store
        self._cache = RecordCache(CAPACITY)
        self._rows = ViewRecords(store, generation, settle)
        self._records = StoredRecords(self._cache, self._rows)

    def page(self, start: int, stop: int) -> Page:
        """Fold the entries start ≤ index < stop.

        Raises:
            ViewStopped: an entry that cannot be taken in.
            StoreError: the database failed.
        """
        if start == 0:
            self._rows.none_yet = True
        elif len(self._cache) == CAPACITY:
            self._rows.none_yet = False  # what the cache lacks may be there
        entries = self._store.entries(start, stop)
        read = [read_entry(index, data) for index, data in enumerate(entries, start)]
        state = State(self._records)
        state.prefetch(_keys_of(read))
        return fold_page(state, with_envelopes(read, stored_envelopes(self._store)))

    def keep(self, page: Page) -> None:
        """Remember the records of a page that was written, or is being written."""
        self._cache.absorb(page.state.changes)


def read_entry(index: int, data: bytes) -> Folded:
    """Return an entry of which nothing is folded yet.

    Raises:
        ViewStopped: it is not of its form.
    """
    try:
        line, _, text = data.partition(b"\n")
        header = _header(orjson.loads(line))
        if header.index != index:
            raise ValueError(f"it says that it is entry {header.index}")
        recorded_at = datetime.fromisoformat(header.recorded_at)
        return Folded(header, recorded_at, text, _statement(header.type, text))
    except (LookupError, TypeError, ValueError) as error:  # the malformed errors are of the last kind
        raise ViewStopped(index, f"not of the form of an entry: {error}") from error


def fold_page(state: State, entries: Iterable[Folded]) -> Page:
    """Fold entries in order into a state, which is that of the page afterwards.

    Raises:
        ViewStopped: an entry that the fold cannot take.
    """
    changed: dict[str, int] = {}
    folded = []
    for one in entries:
        try:
            done = _folded(state, one)
        except BROKEN as error:
            raise ViewStopped(one.index, f"{type(error).__name__}: {error}") from error
        folded.append(done)
        changed.update(dict.fromkeys(done.outcome.changes, one.index))
    return Page(folded, state, changed)


def _header(said: dict[str, Any]) -> Header:
    """Return a header by its members: its form was looked at when it was entered, and is by ``verify``."""
    return Header(
        said["envelope"], said["index"], said["item"], said["prev"], said["recorded_at"],
        tuple(starmap(Subject, said["subjects"])), tuple(said["tags"]), said["type"],
    )  # fmt: skip


def _statement(kind: str, text: bytes) -> Statement | None:
    try:
        return read_statement(kind, text)
    except UnknownType:
        return None  # of a later version: it moves nothing that is known here


def _folded(state: State, one: Folded) -> Folded:
    if one.statement is None:
        return one
    outcome = fold(state, one.statement, one.index, one.recorded_at)
    state.apply(outcome.changes)
    corrects = again = None
    body = one.statement.body
    if isinstance(body, EventCorrected) and f"corrected:{body.target_index}" in outcome.changes:
        corrects = body.target_index
        target = state.target(corrects)
        if body.replacement is not None and target is not None:
            again = parse_statement({**json.loads(target.statement), "body": body.replacement})
    cars = {vin: state.vehicle(vin) for vin in one.keys("vin")}
    told = (one.header, one.recorded_at, one.text, one.statement)
    return Folded(*told, outcome, cars, corrects, again, one.envelopes)


def _keys_of(entries: Iterable[Folded]) -> set[str]:
    """Return the keys of the records that the entries name; those that are no records are not found."""
    keys = {link.key for one in entries for link in one.header.subjects}
    return {key for key in keys.union(*(one.header.tags for one in entries)) if not key.startswith("ledger:")}


class ViewRecords:
    """The views' own records of a generation, and the ledger's entries."""

    def __init__(self, store: AnyStore, generation: int, settle: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._generation = generation
        self._settle = settle
        self.none_yet = False
        """All records that there are were handed out or kept by the caller: there is nothing to be read."""

    def records(self, keys: Collection[str]) -> Mapping[str, str]:
        """Return the texts of the records that exist."""
        wanted = [] if self.none_yet else list(keys)
        found: dict[str, str] = {}
        if wanted:
            self._settle()
        for at in range(0, len(wanted), _KEYS):
            some = wanted[at : at + _KEYS]
            places = ", ".join("?" * len(some))
            sql = f"SELECT key, text FROM view_record WHERE generation = ? AND key IN ({places})"  # noqa: S608  question marks alone
            found.update(self._store.view_rows(sql, self._generation, *some))
        return found

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes of entries."""
        return self._store.entries(start, stop)
