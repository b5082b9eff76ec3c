"""C22: every registered car was transferred, and its proof submitted, by the rolled due date.

LATE: an act came after the due date. MISSING: it has not come, and the due date has passed. Both name the
registration. Transfers that were struck and proofs that were rejected or revoked do not count; a proof handed
in counts until then. A purchase is judged by the date of the invoice, where the proof states one. An act that
is in time by the strict due date needs no holiday table; one that is not, without a table, is undetermined.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from domain.policy import DeadlineAct, PolicyParams
from projections.proof.stays import Stay, Vehicle
from projections.proof.tally import Tally, View
from projections.proof.types import StatementResult

_ACTS: Final[tuple[DeadlineAct, ...]] = ("TRANSFER", "SUBMISSION", "PURCHASE")


@dataclass(slots=True)
class Deadlines:
    """C22."""

    view: View
    tally: Tally = field(default_factory=lambda: Tally("C22"))
    late: int = 0
    absent: int = 0

    def look(self, car: Vehicle) -> None:
        """Judge each registration by the version in force on its day."""
        for stay in car.stays:
            self.tally.looked += 1
            due = self.view.published.due(stay.fact.on)
            params = self.view.published.in_force(stay.fact.on)
            if params is None:
                self.tally.lack(due.missing or "")
                continue
            days = list(self._days(stay, params))
            if due.rolled is None and due.missing and not _in_time(days, due.strict, self.view.as_of):
                self.tally.lack(due.missing)
            elif due.rolled is not None:
                self._judge(stay, days, due.rolled)

    def _judge(self, stay: Stay, days: list[date | None], due: date) -> None:
        if None in days and self.view.as_of > due:
            self.absent += 1
        elif any(day is not None and day > due for day in days):
            self.late += 1
        else:
            return
        self.tally.entries.add(stay.fact.index)

    def _days(self, stay: Stay, params: PolicyParams) -> Iterable[date | None]:
        """Yield the day of each act that the policy names, None where it has not come."""
        for act in _ACTS:
            if act not in params.deadline_acts:
                continue
            match act:
                case "TRANSFER":
                    yield min((one.on for one in stay.standing), default=None)
                case "SUBMISSION":
                    yield min(
                        (one.fact.submitted_on for one in stay.proofs if one.until is None), default=None
                    )
                case "PURCHASE":
                    yield from _invoices(stay)

    def results(self) -> Iterable[StatementResult]:
        """Answer C22."""
        yield self.tally.result(f"{self.tally.looked} registrations: {self.late} LATE, {self.absent} MISSING")


def _invoices(stay: Stay) -> Iterable[date]:
    """Yield the invoice date of the first proof that counts; where it states none, purchase is not judged."""
    counting = [one.fact for one in stay.proofs if one.until is None]
    first = min(counting, key=lambda fact: fact.submitted_on, default=None)
    if first is not None and first.invoice_on is not None:
        yield first.invoice_on


def _in_time(days: list[date | None], strict: date | None, as_of: date) -> bool:
    """Say whether nothing can be late, whatever the holiday table says."""
    return strict is not None and all(as_of <= strict if day is None else day <= strict for day in days)
