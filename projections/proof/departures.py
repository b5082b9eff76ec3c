"""C25, C29, C30 and C33: the order of a car's dates, its declaration, its deregistration, its use at home.

C25 compares registration, standing transfers, releases and deregistrations, each with each, and names of two
that are in the wrong order the one that stands later in the ledger. C29 names a live confirmation that is
malformed, an import or in another's name, and the second live declaration of a car. C30 names the
deregistration after the two months, or the registration where there is none and they have run out. C33 names
the domestic use on a day after a transfer that stood on that day; a mortgage is not one of its kinds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from domain.calendar import months_after
from domain.identifiers import PairId, declaration_is_export, declaration_is_well_formed, pair_of
from projections.proof.car_facts import CarFact, DomesticUse, Released
from projections.proof.stays import Stay, Vehicle
from projections.proof.tally import Tally, View
from projections.proof.types import StatementResult

_HOME: Final = frozenset({"TRANSFER", "INSPECTION", "INSURANCE", "REIMPORT"})


@dataclass(slots=True)
class Order:
    """C25."""

    tally: Tally = field(default_factory=lambda: Tally("C25"))

    def look(self, car: Vehicle) -> None:
        """Compare the dates of each registration."""
        for stay in car.stays:
            self.tally.looked += 1
            stages: list[list[CarFact]] = [
                [stay.fact],
                list(stay.standing),
                [one.facts[0] for one in stay.declarations],
                list(stay.deregistrations),
            ]
            for earlier, later in combinations(stages, 2):
                for first in earlier:
                    wrong = [one for one in later if one.on < first.on]
                    self.tally.entries.update(max(first.index, one.index) for one in wrong)

    def results(self) -> Iterable[StatementResult]:
        """Answer C25."""
        bad = len(self.tally.entries)
        yield self.tally.result(f"{self.tally.looked} registrations, {bad} dates out of order")


@dataclass(slots=True)
class Declarations:
    """C29."""

    tally: Tally = field(default_factory=lambda: Tally("C29"))

    def look(self, car: Vehicle) -> None:
        """Judge every live declaration of the car."""
        released = [one for one in car.astray if isinstance(one, Released)]
        if released:
            self.tally.lack(f"the registration of the released car {car.vin}")
        live = [one.facts for stay in car.all_stays for one in stay.declarations]
        self.tally.looked += len(live)
        self.tally.entries.update(
            fact.index for fact in (*released, *(one for facts in live for one in facts)) if _malformed(fact)
        )
        if len(live) > 1:
            self.tally.entries.update(sorted(facts[0].index for facts in live)[1:])
        for stay in car.all_stays:
            self._judge_names(car, stay)

    def _judge_names(self, car: Vehicle, stay: Stay) -> None:
        facts = [fact for one in stay.declarations for fact in one.facts]
        if facts and stay.line_id is None:
            self.tally.lack(f"the exporter of the car {car.vin}: its registration names no line")
            return
        lawful = {one.exporter for one in car.substitutes}
        if stay.line_id:
            lawful.add(PairId.parse(pair_of(stay.line_id)).exporter)
        self.tally.entries.update(fact.index for fact in facts if fact.exporter not in lawful)

    def results(self) -> Iterable[StatementResult]:
        """Answer C29."""
        bad = len(self.tally.entries)
        yield self.tally.result(
            f"{self.tally.looked} live declarations of cars, {bad} confirmations at fault"
        )


def _malformed(fact: Released) -> bool:
    number = fact.declaration_no
    return not declaration_is_well_formed(number) or not declaration_is_export(number)


@dataclass(slots=True)
class Deregistrations:
    """C30."""

    view: View
    tally: Tally = field(default_factory=lambda: Tally("C30"))

    def look(self, car: Vehicle) -> None:
        """Judge each released registration by its earliest live release."""
        for stay in car.stays:
            released = stay.released
            if released is None:
                continue
            self.tally.looked += 1
            last = months_after(released.on, 2)
            first = min(stay.deregistrations, key=lambda fact: fact.on, default=None)
            if first is None:
                if self.view.as_of > last:
                    self.tally.entries.add(stay.fact.index)
            elif first.on > last:
                self.tally.entries.add(first.index)

    def results(self) -> Iterable[StatementResult]:
        """Answer C30."""
        bad = len(self.tally.entries)
        yield self.tally.result(f"{self.tally.looked} released cars, {bad} not deregistered in two months")


def used_at_home(car: Vehicle) -> list[DomesticUse]:
    """Return the uses, of any kind, on a day after a transfer that stood on that day."""
    transfers = [one for stay in car.stays for one in stay.transfers]
    return [
        use
        for use in car.domestic
        if any(one.fact.on < use.on and (one.struck is None or one.struck > use.on) for one in transfers)
    ]


@dataclass(slots=True)
class DomesticUses:
    """C33."""

    tally: Tally = field(default_factory=lambda: Tally("C33"))

    def look(self, car: Vehicle) -> None:
        """Find the uses after the transfer."""
        self.tally.looked += len(car.domestic)
        self.tally.entries.update(use.index for use in used_at_home(car) if use.kind in _HOME)

    def results(self) -> Iterable[StatementResult]:
        """Answer C33."""
        bad = len(self.tally.entries)
        yield self.tally.result(f"{self.tally.looked} domestic uses recorded, {bad} after the transfer")
