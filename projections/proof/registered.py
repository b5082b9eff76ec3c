"""C15, C18, C20 and C27: a registration has its line, a valid VIN, no plate, and was copied to commerce.

C15 names the registration that is unbacked (before its line was classified by their dates, too), whose owner
is not the pair's upstream, whose brand and model is not the line's, or that followed when transport had taken
the attribute back; a regularised one has its unit by decision and is not asked for the attribute. C18 names
each application, approval and registration of a car whose check digit fails, approved or not; where the maker
is not bound to the digit it is told, no more. C27 has no deadline of its own: the copy is missing once the
term of the three acts, which commerce cannot watch without it, has run out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from domain.identifiers import PairId, batch_of, pair_of, vin_check_is_binding, vin_holds
from projections.proof.stays import Stay, Vehicle
from projections.proof.tally import Tally, View
from projections.proof.types import StatementResult


@dataclass(slots=True)
class Lines:
    """C15."""

    tally: Tally = field(default_factory=lambda: Tally("C15"))
    unbacked: int = 0

    def look(self, car: Vehicle) -> None:
        """Hold each registration against the line that it uses."""
        for stay in car.stays:
            self.tally.looked += 1
            self.unbacked += stay.backed_by is None
            if stay.backed_by is None or self._differs(car, stay) or self._withdrawn(car, stay):
                self.tally.entries.add(stay.fact.index)

    def _differs(self, car: Vehicle, stay: Stay) -> bool:
        line_id = stay.line_id
        assert line_id is not None
        if stay.fact.owner != PairId.parse(pair_of(line_id)).upstream:
            return True
        named = [one.brand_model for one in car.applied if one.line_id == line_id]
        if not named:
            self.tally.lack(f"the application for the line {line_id}")
        return bool(named) and _plain(stay.fact.brand_model) not in map(_plain, named)

    @staticmethod
    def _withdrawn(car: Vehicle, stay: Stay) -> bool:
        batch_id = batch_of(stay.line_id or "")
        return not stay.regularised and any(
            one.batch_id == batch_id and (one.on, one.place) < (stay.fact.on, stay.fact.place)
            for one in car.withdrawn
        )

    def results(self) -> Iterable[StatementResult]:
        """Answer C15."""
        bad = len(self.tally.entries)
        detail = f"{self.tally.looked} registrations, {bad} at fault, UNB = {self.unbacked}"
        yield self.tally.result(detail)


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


@dataclass(slots=True)
class Vins:
    """C18."""

    tally: Tally = field(default_factory=lambda: Tally("C18"))
    unbound: int = 0

    def look(self, car: Vehicle) -> None:
        """Compute the check digit once a car."""
        self.tally.looked += 1
        if vin_holds(car.vin):
            return
        if not vin_check_is_binding(car.vin):
            self.unbound += 1
            return
        for fact in (*car.applied, *car.approved, *(stay.fact for stay in car.stays)):
            self.tally.entries.add(fact.index)

    def results(self) -> Iterable[StatementResult]:
        """Answer C18."""
        told = f"{self.tally.looked} cars; {self.unbound} with a digit that their maker need not compute"
        yield self.tally.result(told)


@dataclass(slots=True)
class Plates:
    """C20."""

    tally: Tally = field(default_factory=lambda: Tally("C20"))

    def look(self, car: Vehicle) -> None:
        """Find plates, in repeated statements too."""
        for fact in (*(stay.fact for stay in car.stays), *car.repeated):
            self.tally.looked += 1
            if fact.plate:
                self.tally.entries.add(fact.index)

    def results(self) -> Iterable[StatementResult]:
        """Answer C20."""
        bad = len(self.tally.entries)
        yield self.tally.result(f"{self.tally.looked} registrations, {bad} with a physical plate")


@dataclass(slots=True)
class Copies:
    """C27."""

    view: View
    tally: Tally = field(default_factory=lambda: Tally("C27"))
    lags: list[int] = field(default_factory=list)

    def look(self, car: Vehicle) -> None:
        """Find the first copy of each registration."""
        for stay in car.stays:
            self.tally.looked += 1
            if stay.copies:
                first = min(one.on for one in stay.copies)
                self.lags.append((first - stay.fact.on).days)
            elif self._run_out(stay.fact.on):
                self.tally.entries.add(stay.fact.index)
            else:
                self.tally.lack(f"the copy of the registration of {car.vin} of {stay.fact.on}")

    def _run_out(self, registered_on: date) -> bool:
        due = self.view.published.due(registered_on)
        last = due.rolled or due.strict
        return last is not None and self.view.as_of > last

    def results(self) -> Iterable[StatementResult]:
        """Answer C27."""
        detail = f"{len(self.lags)} of {self.tally.looked} registrations copied"
        if lags := sorted(self.lags):
            detail += f"; lag in days: median {lags[len(lags) // 2]}, longest {lags[-1]}"
        yield self.tally.result(detail)
