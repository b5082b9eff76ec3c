"""C31 and C32: export licences agree with the ledger and keep their bounds; young cars carry the letter.

At most 20 cars a licence, valid for at most six months and within one calendar year (公告2024年第6号). The
two dates that the annex states for each car (商贸函〔2025〕648号) are those of a registration and a transfer
of that car; of a licence and a fact that differ the one that stands later in the ledger is named. C32:
applied for from 2026-01-01 on, for a car registered at most 180 days before, the licence carries the
manufacturer's letter.
"""

import calendar as months
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from domain.bodies import ExportLicenceIssued
from projections.proof.amended import Amendment
from projections.proof.car_facts import Licensed
from projections.proof.stays import Stay, Vehicle
from projections.proof.tally import Tally
from projections.proof.types import Event, StatementResult

MOST_CARS: Final = 20
LONGEST_MONTHS: Final = 6
LETTER_FROM: Final = date(2026, 1, 1)
YOUNG_DAYS: Final = 180


@dataclass(slots=True)
class Licence:
    """What a licence says beside its cars."""

    index: int
    on: date
    valid_from: date
    valid_to: date
    cars: int

    @property
    def holds(self) -> bool:
        """Say whether number and term are within their bounds."""
        last = _months_after(self.valid_from, LONGEST_MONTHS)
        in_year = self.valid_from.year == self.valid_to.year
        return self.cars <= MOST_CARS and in_year and self.valid_from <= self.valid_to <= last


def _months_after(day: date, count: int) -> date:
    year, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


@dataclass(slots=True)
class Licences:
    """The licences, by place."""

    held: dict[int, Licence] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Keep a licence."""
        body = event.statement.body
        if isinstance(body, ExportLicenceIssued):
            cars = len({one.vin for one in body.vehicles})
            self.held[event.place] = Licence(
                event.index, event.effective_date, body.valid_from, body.valid_to, cars
            )

    def amend(self, amendment: Amendment) -> None:
        """Replace a licence."""
        self.held.pop(amendment.place, None)
        if amendment.replacement is not None:
            self.fold(amendment.replacement)


@dataclass(slots=True)
class LicenceJudge:
    """C31 and C32."""

    licences: Licences
    as_of: date
    dates: Tally = field(default_factory=lambda: Tally("C31"))
    letters: Tally = field(default_factory=lambda: Tally("C32"))

    def look(self, car: Vehicle) -> None:
        """Judge each licence of the car."""
        for fact in car.licensed:
            self.dates.looked += 1
            stay = car.stay_of(fact)
            if stay is None:
                self.dates.lack(f"the registration of the licensed car {car.vin}")
            else:
                self._compare(car, fact, stay)
            self._ask_letter(fact, stay)

    def _compare(self, car: Vehicle, fact: Licensed, stay: Stay) -> None:
        stays = car.all_stays
        if all(one.fact.on != fact.registered_on for one in stays):
            self.dates.entries.add(max(fact.index, stay.fact.index))
        transfers = [one.fact for any_stay in stays for one in any_stay.transfers]
        if not transfers:
            self.dates.lack(f"the transfer of the licensed car {car.vin}")
        elif all(one.on != fact.transferred_on for one in transfers):
            self.dates.entries.add(max(fact.index, transfers[-1].index))

    def _ask_letter(self, fact: Licensed, stay: Stay | None) -> None:
        if fact.on < LETTER_FROM:
            return
        self.letters.looked += 1
        registered_on = stay.fact.on if stay else fact.registered_on
        if (fact.on - registered_on).days <= YOUNG_DAYS and not fact.letter:
            self.letters.entries.add(fact.index)

    def results(self) -> Iterable[StatementResult]:
        """Answer C31 and C32."""
        held = [one for one in self.licences.held.values() if one.on <= self.as_of]
        self.dates.entries.update(one.index for one in held if not one.holds)
        bad = len(self.dates.entries)
        yield self.dates.result(f"{len(held)} licences for {self.dates.looked} cars, {bad} entries at fault")
        bad = len(self.letters.entries)
        asked = f"{self.letters.looked} licensed cars applied for from {LETTER_FROM} on"
        yield self.letters.result(f"{asked}, {bad} licences lack the letter")
