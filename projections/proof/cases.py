"""C34: every overdue, road-use and unbacked car has a case within the days that the policy gives.

A case counts that names the car and was opened no later than ``case.open_within_days`` after the day on which
it became due; before that last day has passed nothing is a finding. It becomes due

- OVERDUE: on the day after the rolled due date, while no proof is handed in; a proof that counts no longer
  (rejected, revoked, its transfer struck) makes the car overdue from that day on. What was handed in by the
  last day for the case needs none.
- unbacked: on the day on which the ledger recorded the registration, while it is unbacked.
- road use: on the day on which the car was seen, unless a temporary plate of a transfer was valid then
  (review). A car seen before its registration used no quota.

The registration is named, or the report of road use; and the suspension or reinstatement without a decision
(``projections.proof.sanctions``).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from projections.proof.car_facts import Sighted
from projections.proof.sanctions import Sanctions
from projections.proof.stays import Stay, Vehicle
from projections.proof.tally import Tally, View
from projections.proof.types import StatementResult

_DAY = timedelta(days=1)


def finding_on_road(car: Vehicle, sighted: Sighted) -> bool:
    """Say whether a sighting is a FINDING: of a registered car, outside the term of a temporary plate."""
    seen = sighted.seen_on
    transfers = [one.fact for stay in car.stays for one in stay.transfers]
    review = any(one.temp_plate_to and one.on <= seen <= one.temp_plate_to for one in transfers)
    return not review and any(stay.fact.on <= seen for stay in car.stays)


@dataclass(slots=True)
class Cases:
    """C34."""

    view: View
    sanctions: Sanctions
    opened: dict[str, date] = field(default_factory=dict)
    tally: Tally = field(default_factory=lambda: Tally("C34"))
    reviews: int = 0

    def __post_init__(self) -> None:
        self.opened = self.sanctions.opened(self.view.as_of)

    def look(self, car: Vehicle) -> None:
        """Find what needed a case."""
        for stay in car.stays:
            if stay.backed_by is None:
                self._ask(car, stay.fact.index, stay.fact.on, stay.fact.recorded_on)
            self._look_overdue(car, stay)
        for sighted in car.sighted:
            if finding_on_road(car, sighted):
                self._ask(car, sighted.index, sighted.seen_on, sighted.seen_on)
            else:
                self.reviews += 1

    def _look_overdue(self, car: Vehicle, stay: Stay) -> None:
        params = self.view.published.in_force(stay.fact.on)
        if params is None or "SUBMISSION" not in params.deadline_acts:
            return
        due = self.view.published.due(stay.fact.on)
        for begun, over in _gaps(stay, due.rolled or due.strict or date.max, self.view.as_of):
            if due.rolled is None:
                self.tally.lack(due.missing or "")
                return
            if over - begun > timedelta(params.case_open_within_days):
                self._ask(car, stay.fact.index, stay.fact.on, begun)

    def _ask(self, car: Vehicle, index: int, judged_on: date, became_due: date) -> None:
        """Ask for a case; the policy in force on ``judged_on`` gives the days."""
        params = self.view.published.in_force(judged_on)
        if params is None:
            self.tally.lack(f"a policy version in force on {judged_on}")
            return
        self.tally.looked += 1
        last = became_due + timedelta(params.case_open_within_days)
        if self.view.as_of > last and self.opened.get(car.vin, date.max) > last:
            self.tally.entries.add(index)

    def results(self) -> Iterable[StatementResult]:
        """Answer C34."""
        for one in self.sanctions.findings(self.view.as_of):
            if one.missing is None:
                self.tally.entries.add(one.index)
            else:
                self.tally.lack(one.missing)
        bad = len(self.tally.entries)
        detail = (
            f"{self.tally.looked} grounds for a case, {self.reviews} sightings for review, {bad} findings"
        )
        yield self.tally.result(detail)


def _gaps(stay: Stay, due: date, as_of: date) -> Iterable[tuple[date, date]]:
    """Yield each term after the due date in which no proof counted: its first day and the day that ended it.

    A term that has not ended ends on the day after ``as_of``.
    """
    covered = [(one.fact.submitted_on, one.until or date.max) for one in stay.proofs]
    day = due + _DAY if due < date.max else due
    while day <= as_of:
        ends = [until for handed_in, until in covered if handed_in <= day < until]
        if ends:
            day = max(ends)
            continue
        starts = [handed_in for handed_in, until in covered if day < handed_in < until]
        over = min([*starts, as_of + _DAY])
        yield day, over
        day = over
