"""Lists that are read out of the views: how each is pinned to a size, and what of it a replay tells.

A list begins at the views' newest size, or as known at a moment, and all its pages are of that size. While
the views stand there they are asked; afterwards what is only ever added is listed below that size still, and
rows that change are replayed, in ledgers that are short enough for it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from api.http.moments import known_size, moment
from api.http.services import Services
from ledger.header import parse_header
from ledger.stores import AnyStore
from projections.lists import Listed, Row
from projections.runner import catch_up
from projections.view import Page


def pinned_size(shared: Services, as_known_at: int | date | None, pinned: int | None) -> int:
    """Return the size of a list's pages, to which the views have come.

    Raises:
        Problem: not-found: a moment beyond the ledger.
    """
    size = known_size(shared.store, as_known_at if pinned is None else pinned - 1)
    catch_up(shared.store)
    return size


def changing_rows(
    shared: Services,
    roots: Sequence[str],
    size: int,
    as_of: date | None,
    viewed: Callable[[AnyStore], Listed],
    replayed: Callable[[Page], Iterator[Row]],
) -> Sequence[Row]:
    """Return the rows of a page and one more where there are more: from a view, else from a replay.

    Args:
        shared: the services.
        roots: the subjects whose chains are replayed; all entries where there are none.
        size: of the list.
        as_of: the day, if one is asked about.
        viewed: asks the view.
        replayed: makes the same rows of a replayed state.

    Raises:
        Problem: replay-too-long, queue-full: of a replay.
    """
    if as_of is None:
        found = viewed(shared.store)
        if found.size == size:
            return found.rows
    state = moment(shared.store, roots, size - 1, as_of).state
    return list(replayed(Page((), state, dict.fromkeys(state.changes, 0))))


def cut(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], bool]:
    """Return a page of rows, and whether there are more."""
    return rows[:limit], len(rows) > limit


def entries_noted(shared: Services, rows: Sequence[Row]) -> list[str]:
    """Return the subject keys of the entries that rows name by ``idx``."""
    keys: set[str] = set()
    for index in {row["idx"] for row in rows}:
        data = next(iter(shared.store.entries(index, index + 1)))
        keys.update(link.key for link in parse_header(data.partition(b"\n")[0]).subjects)
    return sorted(keys)
