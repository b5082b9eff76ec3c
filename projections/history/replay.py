"""The replay of a file, step by step: what each entry moved, and the state after it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from domain.fold import fold
from domain.postings import ACCOUNTS, Posting
from domain.records import Pair
from domain.state import State
from projections.history.file import SubjectFile
from projections.history.order import ordered
from projections.history.told import Told

Balances = Mapping[str, int]
"""Units by account, and the memo UNB."""
NO_BALANCES: Balances = dict.fromkeys((*ACCOUNTS, "UNB"), 0)


@dataclass(frozen=True, slots=True)
class PairStep:
    """The balances of one pair before an entry and after it."""

    pair_id: str
    before: Balances
    after: Balances


@dataclass(frozen=True, slots=True)
class Step:
    """One entry folded.

    Attributes:
        told: the entry.
        state: after it; live, so that it must be asked before the next step is taken.
        postings: that move a unit of the subject: of its pairs, or of its car.
        pairs: the enterprise's own pairs whose balances changed.
    """

    told: Told
    state: State
    postings: tuple[Posting, ...]
    pairs: tuple[PairStep, ...]


class Replay:
    """A file in one of its orders; it can be stepped through any number of times."""

    def __init__(self, file: SubjectFile, as_of: date | None = None) -> None:
        """Put the file in the order of the ledger, or in that of the days up to ``as_of``."""
        self.file = file
        self.as_of = as_of
        self.entries = ordered(file.entries, file, as_of)

    def steps(self) -> Iterator[Step]:
        """Fold entry by entry."""
        state = State(self.file)
        for one in self.entries:
            if one.statement is None:
                yield Step(one, state, (), ())
                continue
            outcome = fold(state, one.statement, one.index, one.recorded_at)
            moved = [key for key, record in outcome.changes.items() if isinstance(record, Pair)]
            before = {key: state.pair(key[5:]).balances for key in moved if self.file.owns(key[5:])}
            state.apply(outcome.changes)
            pairs = tuple(
                PairStep(key[5:], known, after)
                for key, known in before.items()
                if (after := state.pair(key[5:]).balances) != known
            )
            yield Step(one, state, tuple(filter(self._concerns, outcome.postings)), pairs)

    def end(self) -> State:
        """Return the state after the last entry."""
        state = State(self.file)
        for step in self.steps():
            state = step.state
        return state

    @property
    def day(self) -> date:
        """The day on which things are looked at: ``as_of``, else that of the moment."""
        return self.file.day if self.as_of is None else self.as_of

    def _concerns(self, posting: Posting) -> bool:
        if self.file.is_enterprise and posting.pair_id is not None:
            return self.file.owns(posting.pair_id)
        return posting.vin in self.file.cars
