"""What commerce published: policy versions and holiday tables, and the days that follow from them.

Every version and table that is known counts, whenever it was published: a date is judged by the version that
says of itself that it is in force then.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import Field

from domain.bodies import HolidayCalendarPublished, PolicyVersionPublished
from domain.calendar import YearTable, rolled_due, strict_due
from domain.policy import PolicyParams, policy_in_force
from projections.proof.types import Event


@dataclass(frozen=True, slots=True)
class Due:
    """The last day for the three acts after a registration; None where a table or the policy is missing."""

    strict: date | None
    rolled: date | None
    missing: str | None = None


@dataclass(slots=True)
class Published:
    """Folds policy and calendar statements; one is shared by all groups (``check`` folds it first).

    Attributes:
        versions: in the order in which they were published.
        calendars: by year, the latest revision.
        dues: by day of registration, to save reckoning them again; can be lost at any time.
    """

    versions: list[PolicyVersionPublished] = field(default_factory=list)
    calendars: dict[int, HolidayCalendarPublished] = field(default_factory=dict)
    dues: Annotated[dict[date, Due], Field(exclude=True)] = field(default_factory=dict, compare=False)

    def fold(self, event: Event) -> None:
        """Take in one event; all but two types pass by."""
        match event.statement.body:
            case PolicyVersionPublished() as version:
                self.versions.append(version)
                self.dues.clear()
            case HolidayCalendarPublished() as table:
                known = self.calendars.get(table.year)
                if known is None or known.revision < table.revision:
                    self.calendars[table.year] = table
                    self.dues.clear()
            case _:
                pass

    def in_force(self, on: date) -> PolicyParams | None:
        """Return the parameters in force on a day, None before the first version."""
        return policy_in_force(self.versions, on)

    def table(self, year: int) -> YearTable | None:
        """Return the rest days and worked weekends of a year, None where none was published."""
        known = self.calendars.get(year)
        if known is None:
            return None
        return YearTable(frozenset(known.rest_days), frozenset(known.workdays))

    def due(self, registered_on: date) -> Due:
        """Return when purchase, transfer and submission are due for a car registered on a day."""
        known = self.dues.get(registered_on)
        if known is None:
            known = self.dues[registered_on] = self._due(registered_on)
        return known

    def _due(self, registered_on: date) -> Due:
        params = self.in_force(registered_on)
        if params is None:
            return Due(None, None, f"a policy version in force on {registered_on}")
        days, unit = params.deadline_days, params.deadline_unit
        strict = strict_due(registered_on, days, unit, self.table)
        rolled = rolled_due(registered_on, days, unit, roll=params.deadline_roll, tables=self.table)
        if rolled is None:
            return Due(strict, None, f"the holiday table for the term that began on {registered_on}")
        return Due(strict, rolled)
