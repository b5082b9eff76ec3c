"""Working days of the demonstration, by the holiday tables of the domain."""

from datetime import date, timedelta

from domain.calendar import SATURDAY
from domain.holidays import TABLES


def is_working_day(day: date) -> bool:
    """Say whether offices are open; a year without a table has its plain weeks."""
    table = TABLES.get(day.year)
    return not table.is_rest_day(day) if table else day.weekday() < SATURDAY


def working_day(day: date, after: int = 0) -> date:
    """Return the first working day from ``day`` on, or the ``after``-th one behind that."""
    while not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(after):
        day = working_day(day + timedelta(days=1))
    return day


def last_working_day(day: date) -> date:
    """Return ``day`` or the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day
