"""Days of the policy: Shanghai dates, due dates past rest days, terms of months.

The policy says 车辆登记后15天内. Read as calendar days by analogy with 民法典 art. 200–203: day 0 is
the day of registration, the last day ends at 24:00 in Shanghai, and when it is a rest day the next working
day takes its place. The *strict* due date is the one before rolling. Holiday tables are data, one
a year: where a needed year has none, a rolled date is None (undetermined), not wrong.
"""

import calendar as _months
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

from domain.policy import DeadlineUnit

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Fixed at UTC+8: China has had no summer time since 1991, long before the policy."""

LAST_DAY: Final = date(9001, 1, 1)
"""No statement names a later day; what is recorded later counts as of this one: sums of days need room."""

_ONE_DAY: Final = timedelta(days=1)
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class YearTable:
    """The days of one year that differ from its week: holidays, and weekends worked in their place."""

    rest_days: frozenset[date]
    workdays: frozenset[date]

    def is_rest_day(self, day: date) -> bool:
        """Say whether ``day``, of this table's year, is a rest day."""
        return day in self.rest_days or (day.weekday() >= SATURDAY and day not in self.workdays)


Tables = Callable[[int], YearTable | None]
"""Gives the table of a year, None where there is none."""


def shanghai_date(instant: datetime) -> date:
    """Return the day on which an aware instant falls in Shanghai, or the last day if that is later."""
    try:
        return min(instant.astimezone(SHANGHAI).date(), LAST_DAY)
    except OverflowError:  # the last hours of the year 9999
        return LAST_DAY


def next_working_day(day: date, tables: Tables) -> date | None:
    """Return ``day`` itself or the first working day after it; None where a year's table is missing."""
    while (table := tables(day.year)) is not None:
        if not table.is_rest_day(day):
            return day
        day += _ONE_DAY
    return None


def strict_due(registered_on: date, days: int, unit: DeadlineUnit, tables: Tables) -> date | None:
    """Return the last day of a term of ``days`` counted from the day after registration.

    Working days need the tables of every year touched; calendar days need none.
    """
    if unit == "CALENDAR_DAYS":
        return registered_on + timedelta(days=days)
    due: date | None = registered_on
    for _ in range(days):
        if due is None:
            return None
        due = next_working_day(due + _ONE_DAY, tables)
    return due


def rolled_due(
    registered_on: date, days: int, unit: DeadlineUnit, *, roll: bool, tables: Tables
) -> date | None:
    """Return the last day on which an act is in time: the strict due date, rolled past rest days."""
    due = strict_due(registered_on, days, unit, tables)
    return next_working_day(due, tables) if roll and due is not None else due


def months_after(day: date, months: int) -> date:
    """Return the last day of a term of months: the same day, or the last of a month that has no such day.

    A car cleared on 31 December is deregistered within two months: by 28 February, or the 29th.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, _months.monthrange(year, month)[1]))
