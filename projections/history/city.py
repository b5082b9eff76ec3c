"""The clocks of every enterprise: one pass over the ledger, of which only the records are kept."""

from datetime import date

from domain.state import State
from ledger.canonical import Malformed
from ledger.store import Reader
from projections.history.deadlines import Deadline, deadlines
from projections.history.gathering import ChainBroken
from projections.history.order import advance
from projections.history.targets import Targets
from projections.history.told import told


def city_deadlines(
    reader: Reader, on: date | None = None, size: int | None = None
) -> tuple[date, list[Deadline]]:
    """Return a day and every clock that runs on it, as known at the end of that day.

    Args:
        reader: the store.
        on: the day; None: that on which the last entry was recorded.
        size: the entries that are taken in, if not all.

    Raises:
        ChainBroken: an entry cannot be read.
    """
    state = State(Targets(reader))
    recorded: list[date] = []
    try:
        for data in reader.entries(0, reader.head().size if size is None else size):
            one = told(data)
            if on is not None and one.recorded_on > on:
                break
            recorded.append(one.recorded_on)
            advance(state, one)
    except Malformed as error:
        raise ChainBroken(f"entry {len(recorded)}: {error}; `quota-ledger verify` says more") from None
    day = on or (recorded[-1] if recorded else date.min)
    return day, deadlines(state, list(state.changes), day, recorded.__getitem__)
