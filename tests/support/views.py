"""The rows of all views: as a store holds them, and as a pure replay of its entries makes them."""

from collections.abc import Collection, Mapping
from typing import Any

from domain.records import Record
from domain.state import State
from ledger.records import read_target
from ledger.stores import AnyStore
from projections.envelopes import Envelopes, with_envelopes
from projections.folding import fold_page, read_entry
from projections.reading import position
from projections.views import VIEWS

Tables = dict[str, list[tuple[Any, ...]]]


def stored(store: AnyStore) -> Tables:
    """Return the live rows of every view, sorted."""
    here = position(store)
    assert here is not None
    return {
        view.table: sorted(
            store.view_rows(
                f"SELECT {', '.join(view.columns)} FROM {view.table} WHERE generation = ?", here.generation
            ),
            key=repr,
        )
        for view in VIEWS
    }


def replayed(entries: list[bytes], envelopes: Envelopes) -> Tables:
    """Return the rows that all entries make as one page, on records kept nowhere but in memory."""
    read = with_envelopes([read_entry(index, data) for index, data in enumerate(entries)], envelopes)
    page = fold_page(State(_Entries(entries)), read)
    return {view.table: sorted(map(tuple, view.rows(page).rows), key=repr) for view in VIEWS}


def whole(store: AnyStore) -> list[bytes]:
    """Return every entry."""
    return list(store.entries(0, store.head().size))


class _Entries:
    """The entries that corrections name; there are no records beside the state's."""

    def __init__(self, entries: list[bytes]) -> None:
        self._entries = entries

    def fetch(self, keys: Collection[str]) -> Mapping[str, Record]:
        return {key: read_target(self._entries[int(key[6:])]) for key in keys if key.startswith("entry:")}
