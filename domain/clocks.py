"""The clocks of the policy as pure functions: from the day on which one starts to the last day in time.

Every day is a Shanghai date; a last day is included. What a clock needs of the policy is handed in.

====================  ====================================================  =================================
export term           registration → purchase, transfer and proof           measure 5, annex 1
deregistration        customs release → deregistration, two months          公安部令164 art. 37
licence               issue → declaration, six months, within the year      trade article on export licences
after-sales letter    registration → application of the licence, 180 days   商贸函〔2025〕648号
case                  the day a case became due → its opening               ``case.open_within_days``
====================  ====================================================  =================================

The policy window is ``PolicyParams.window_holds``, the lapse of a qualification ``Enterprise.standing_on``.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.calendar import Tables, months_after, rolled_due, strict_due
from domain.policy import PolicyParams

LICENCE_MONTHS: Final = 6
LETTER_FROM: Final = date(2026, 1, 1)
"""From this day of application on, 商贸函〔2025〕648号 asks for the manufacturer's letter."""
LETTER_DAYS: Final = 180


@dataclass(frozen=True, slots=True)
class Term:
    """The last day of a term before rolling past rest days, and after; None where a table is missing.

    After ``strict`` an act is at risk, after ``rolled`` it is late.
    """

    strict: date | None
    rolled: date | None


def export_term(registered_on: date, policy: PolicyParams, tables: Tables) -> Term:
    """Return the term of a registered car's acts under the policy in force on its registration date."""
    days, unit = policy.deadline_days, policy.deadline_unit
    return Term(
        strict_due(registered_on, days, unit, tables),
        rolled_due(registered_on, days, unit, roll=policy.deadline_roll, tables=tables),
    )


def deregistration_due(released_on: date) -> date:
    """Return the last day for deregistering a car that customs released."""
    return months_after(released_on, 2)


def licence_last_day(valid_from: date) -> date:
    """Return the last day on which an export licence can be valid: six months, not across the year's end."""
    return min(months_after(valid_from, LICENCE_MONTHS), date(valid_from.year, 12, 31))


def letter_is_needed(registered_on: date, applied_on: date) -> bool:
    """Say whether a licence needs the after-sales letter: applied for within 180 days, day 180 included."""
    return applied_on >= LETTER_FROM and (applied_on - registered_on).days <= LETTER_DAYS


def case_due(due_on: date, policy: PolicyParams) -> date:
    """Return the last day for opening a case that became due on ``due_on``."""
    return due_on + timedelta(days=policy.case_open_within_days)
