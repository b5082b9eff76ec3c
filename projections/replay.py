"""The records of one subject as they stood: its chains folded anew, as known at one entry and as of one day.

*As known at N* are entries 0 to N, in order. *As of d* are, of those, the ones whose effective date is not
after d, in order of (date, index), corrections as ``projections.history.order`` reads them. What a record
depends on is found from the entries themselves: the chains of the subject, of every enterprise and car that
its entries name, and of the policy.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from domain.calendar import shanghai_date
from domain.fold import fold
from domain.state import State
from ledger.entry import POLICY_SUBJECT, parse_header
from ledger.store import Reader
from projections.history.order import ordered
from projections.history.targets import Targets
from projections.history.told import told

MAX_ENTRIES: Final = 50_000
"""A longer replay is refused; ``quota-ledger export`` gives the entries themselves."""

_NO_RECORD: Final = frozenset(
    {"LedgerOpened", "AgencyKeyRegistered", "AgencyKeyRevoked", "HeadsCommitted", "SubmissionRefused"}
)
"""The ledger's own types: they change no record, and a refusal may name anybody."""


class ReplayTooLong(Exception):
    """The chains hold more entries than one replay takes."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The folded state; ``unplaced`` are entries whose ground comes later in the order asked for."""

    state: State
    entries: int
    unplaced: tuple[int, ...]


def replay(reader: Reader, roots: Collection[str], size: int, as_of: date | None = None) -> Replay:
    """Return the state that the chains of ``roots`` (subject keys) make below index ``size``.

    Without roots every entry is taken.

    Raises:
        ReplayTooLong: more than ``MAX_ENTRIES`` entries belong to them.
        Malformed: an entry is not of its form.
    """
    entries = [told(data) for _, data in sorted(_closure(reader, roots, size).items())]
    targets = Targets(reader)
    state, unplaced = State(targets), list[int]()
    steps = ordered(entries, targets, as_of)
    for one in steps:
        if one.statement is None:
            continue  # of a later version: it moves nothing that is known here
        outcome = fold(state, one.statement, one.index, one.recorded_at)
        if not outcome.grounded:  # dated before what it decides: in this order it has no ground yet
            unplaced.append(one.index)
        state.apply(outcome.changes)
    return Replay(state, len(steps), tuple(sorted(unplaced)))


def size_on(reader: Reader, day: date, size: int) -> int:
    """Return how many of the first ``size`` entries were recorded by the end of a day (Shanghai)."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if recorded_on(reader, middle) <= day:
            low = middle + 1
        else:
            high = middle
    return low


def recorded_on(reader: Reader, index: int) -> date:
    """Return the Shanghai day on which an entry was recorded."""
    data = next(iter(reader.entries(index, index + 1)))
    return shanghai_date(datetime.fromisoformat(parse_header(data.partition(b"\n")[0]).recorded_at))


def _closure(reader: Reader, roots: Collection[str], size: int) -> dict[int, bytes]:
    """Return the entries of every chain that the roots' records depend on, by index."""
    chains: list[list[str]] = [[POLICY_SUBJECT], *([key] for key in roots)] if roots else [[]]
    seen = {key for chain in chains for key in chain}
    entries: dict[int, bytes] = {}
    while chains:
        for index, data in reader.matching((), chains.pop(), 0, size):
            header = parse_header(data.partition(b"\n")[0])
            if header.type in _NO_RECORD or index in entries:
                continue
            entries[index] = data
            if len(entries) > MAX_ENTRIES:
                raise ReplayTooLong(f"more than {MAX_ENTRIES} entries would have to be replayed")
            if roots:
                named = [subject.key for subject in header.subjects if subject.key not in seen]
                seen.update(named)
                chains += [[key] for key in named]
    return entries
