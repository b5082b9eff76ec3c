"""C35: the counts that agencies state over a period are those of the ledger.

=========  ============  ======================================================================
agency     name          counted, by effective date
=========  ============  ======================================================================
commerce   granted       units granted, first and additional
commerce   approved      lines approved
commerce   registered    as for the police
commerce   proved        proofs accepted
transport  classified    units classified
police     registered    registrations
police     transferred   transfers pending export
police     deregistered  deregistrations
customs    released      declarations of cars, each at its first confirmation
customs    loaded        loadings
=========  ============  ======================================================================

What a clerical annulment made void and what a correction took back is not counted. A statement that
differs is named. A name outside its agency's list, or a period that has not ended, is undetermined.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from domain import bodies as b
from projections.proof.amended import Amendment
from projections.proof.car_facts import Deregistered, Transferred
from projections.proof.stays import Vehicle
from projections.proof.tally import Tally
from projections.proof.types import Event, StatementResult

NAMES: Final = {
    "commerce": frozenset({"granted", "approved", "registered", "proved"}),
    "transport": frozenset({"classified"}),
    "police": frozenset({"registered", "transferred", "deregistered"}),
    "customs": frozenset({"released", "loaded"}),
}


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement of account."""

    index: int
    on: date
    agency: str
    first: date
    last: date
    counts: dict[str, int]


@dataclass(slots=True)
class Counts:
    """The statements of account and the units granted, approved and classified, by place."""

    stated: dict[int, Stated] = field(default_factory=dict)
    units: dict[int, tuple[date, str, int]] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Keep a statement of account, or units."""
        body, place, on = event.statement.body, event.place, event.effective_date
        match body:
            case b.ReconciliationStatementFiled():
                period = body.period_from, body.period_to
                agency = event.statement.agency
                self.stated[place] = Stated(event.index, on, agency, *period, dict(body.counts))
            case b.QuotaGranted() | b.QuotaToppedUp():
                self.units[place] = (on, "granted", body.units)
            case b.UseApplicationApproved():
                self.units[place] = (on, "approved", len(body.lines))
            case b.QuotaAttributeClassified():
                self.units[place] = (on, "classified", body.units)
            case _:
                pass

    def amend(self, amendment: Amendment) -> None:
        """Replace a statement."""
        self.stated.pop(amendment.place, None)
        self.units.pop(amendment.place, None)
        if amendment.replacement is not None:
            self.fold(amendment.replacement)


@dataclass(slots=True)
class Reconciled:
    """C35; ``days`` are the counts by name and day."""

    counts: Counts
    as_of: date
    days: dict[str, Counter[date]] = field(default_factory=dict)
    tally: Tally = field(default_factory=lambda: Tally("C35"))

    def __post_init__(self) -> None:
        for name in frozenset().union(*NAMES.values()):
            self.days[name] = Counter()
        for on, name, units in self.counts.units.values():
            if on <= self.as_of:
                self.days[name][on] += units

    def look(self, car: Vehicle) -> None:
        """Count what happened to a car."""
        self._count("registered", (stay.fact.on for stay in car.stays))
        transfers = [one.fact for stay in car.stays for one in stay.transfers]
        self._count("transferred", (one.on for one in transfers))
        self._count("transferred", (one.on for one in car.astray if isinstance(one, Transferred)))
        self._count("deregistered", (one.on for stay in car.stays for one in stay.deregistrations))
        self._count("deregistered", (one.on for one in car.astray if isinstance(one, Deregistered)))
        self._count("released", (one.on for one in car.released))
        self._count("loaded", car.loaded)
        void = {one.index for stay in car.void for proof in stay.proofs for one in proof.accepted}
        self._count("proved", (one.on for one in car.accepted if one.index not in void))

    def _count(self, name: str, days: Iterable[date]) -> None:
        self.days[name].update(days)

    def results(self) -> Iterable[StatementResult]:
        """Answer C35."""
        known = [one for one in self.counts.stated.values() if one.on <= self.as_of]
        for one in known:
            self._judge(one)
        bad = len(self.tally.entries)
        yield self.tally.result(f"{len(known)} statements of account, {bad} differ from the ledger")

    def _judge(self, stated: Stated) -> None:
        if stated.last > self.as_of:
            self.tally.lack(f"the rest of the period to {stated.last} that entry {stated.index} counts")
            return
        for name, units in sorted(stated.counts.items()):
            if name not in NAMES.get(stated.agency, ()):
                self.tally.lack(f"what {stated.agency} counts as {name} in entry {stated.index}")
                continue
            counted = self.days[name]
            if units != sum(counted[day] for day in counted if stated.first <= day <= stated.last):
                self.tally.entries.add(stated.index)
