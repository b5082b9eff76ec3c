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


def city_deadlines(reader: Reader, on: date, size: int) -> list[Deadline]:
    """Return every clock that runs on a day, as the first ``size`` entries tell.

    Raises:
        ChainBroken: an entry cannot be read.
    """
    state = State(Targets(reader))
    recorded: list[date] = []
    try:
        for data in reader.entries(0, size):
            one = told(data)
            recorded.append(one.recorded_on)
            advance(state, one)
    except Malformed as error:
        raise ChainBroken(f"entry {len(recorded)}: {error}; `quota-ledger verify` says more") from None
    return deadlines(state, list(state.changes), on, recorded.__getitem__)
