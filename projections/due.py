"""What is due, at risk or overdue in the city: from the views, where they are of the moment asked for."""

from datetime import date

from ledger.stores import AnyStore
from projections.history.city import city_deadlines
from projections.history.deadlines import Deadline
from projections.reading import position
from projections.replay import ReplayTooLong, recorded_on, size_on
from projections.views.clocks import running


def city_clocks(
    store: AnyStore, on: date | None = None, size: int | None = None, most: int | None = None
) -> tuple[int, date, list[Deadline]]:
    """Return how many entries are taken in, a day, and every clock that runs on it, by last day.

    A past day is answered as known at its end, which no view holds: by a replay of every entry until then, as
    is every moment at which the views do not stand.

    Args:
        store: the ledger; nothing is written.
        on: the day; None: that on which the last entry was recorded.
        size: the entries that are taken in; None: those recorded by the end of the day.
        most: how many entries a replay may take.

    Raises:
        ReplayTooLong: it would take more.
        ChainBroken: an entry cannot be read.
    """
    head = store.head().size
    known = size if size is not None else head if on is None else size_on(store, on, head)
    day = on or recorded_on(store, known - 1)
    here = position(store)
    if known == head and here is not None and here.size == known:
        seen, clocks = running(store, day)
        if seen == known:
            return known, day, clocks
    if most is not None and known > most:
        raise ReplayTooLong(f"more than {most} entries would have to be replayed")
    return known, day, city_deadlines(store, day, known)
