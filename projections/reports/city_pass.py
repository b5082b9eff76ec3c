"""One pass over the ledger for reports about the city: records, postings and the checker together.

Two computations run side by side and share no code: the fold of the records, and the books of the checker
(``projections.proof``). Their balances are compared at the end, and both with what the projections store.
"""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date

from domain.fold import fold
from domain.postings import Posting
from domain.records import Pair
from domain.state import State
from ledger.canonical import Malformed
from ledger.store import Reader
from projections.history.gathering import ChainBroken
from projections.history.targets import Targets
from projections.history.told import Told, event_of, told
from projections.proof.follower import Follower, balances_of
from projections.proof.types import StatementResult
from projections.reports.figures import Figures, Pairs
from projections.reports.report import ReportRefused
from projections.views.balances import COLUMNS

Look = Callable[[Told, Collection[Posting]], None]
"""Is shown every entry with what it moved."""


@dataclass(slots=True)
class CityPass:
    """What the entries below ``size`` give.

    Attributes:
        reader: the store.
        follower: the checker; it is asked when the pass stands where the report stands.
        state: the folded records.
        size: how many entries were read.
        recorded: the day on which each of them was recorded.
    """

    reader: Reader
    follower: Follower = field(default_factory=Follower)
    state: State = field(init=False)
    size: int = 0
    recorded: list[date] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = State(Targets(self.reader))

    def to(self, size: int, look: Look | None = None) -> None:
        """Read on to a size.

        Raises:
            ChainBroken: an entry cannot be read.
        """
        try:
            for data in self.reader.entries(self.size, size):
                one = told(data)
                self.follower.take(event_of(one))
                moved: Collection[Posting] = ()
                if one.statement is not None:
                    outcome = fold(self.state, one.statement, one.index, one.recorded_at)
                    self.state.apply(outcome.changes)
                    moved = outcome.postings
                self.recorded.append(one.recorded_on)
                self.size += 1
                if look is not None:
                    look(one, moved)
        except Malformed as error:
            raise ChainBroken(f"entry {self.size}: {error}; `quota-ledger verify` says more") from None
        if self.size != size:
            raise ChainBroken(f"entry {self.size} is not there; `quota-ledger verify` says more")

    def pairs(self) -> dict[str, dict[str, int]]:
        """Return the balances of every pair."""
        found = ((key, self.state.get(key)) for key in list(self.state.changes) if key.startswith("pair:"))
        return {key[5:]: dict(record.balances) for key, record in found if isinstance(record, Pair)}

    def totals(self) -> dict[str, int]:
        """Return the sum of each account over all pairs; UNB with the registrations that name no line."""
        return totals_of(self.pairs(), self.state.city().unb)

    def statements(self, day: date) -> list[StatementResult]:
        """Return the checker's answers as of a day, by code: all but those of the integrity pass and C07."""
        found = (*self.follower.results(), *self.follower.checker.report(day).statements)
        return sorted(found, key=lambda one: one.code)

    def compare(self) -> Pairs:
        """Return the balances of every pair, by both computations alike.

        Raises:
            ReportRefused: ``replays-differ``.
        """
        mine, checked = self.pairs(), balances_of(self.follower.checker)
        for pair_id in sorted(mine.keys() | checked.keys()):
            ours, theirs = mine.get(pair_id, {}), checked.get(pair_id, {})
            for account in COLUMNS:
                if ours.get(account, 0) != theirs.get(account, 0):
                    raise ReportRefused(
                        "replays-differ",
                        f"{pair_id}: {account} is {ours.get(account, 0)} by the records and"
                        f" {theirs.get(account, 0)} by the checker; `quota-ledger verify` says more",
                    )
        return mine

    def check(self, figures: Figures) -> None:
        """Read on to where the stored balances stand and hold them against this pass.

        Raises:
            ReportRefused: ``views-differ``, ``replays-differ``.
        """
        if figures.size > self.size:
            self.to(figures.size)
        figures.check(self.compare(), lambda _: True)


def totals_of(pairs: Pairs, city_unb: int) -> dict[str, int]:
    """Return the sum of each account; ``city_unb`` are registrations that name no line, of no pair."""
    summed: Counter[str] = Counter({"UNB": city_unb})
    for balances in pairs.values():
        summed.update(balances)
    return {account: summed[account] for account in COLUMNS}
