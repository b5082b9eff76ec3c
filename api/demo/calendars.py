"""Holiday tables for the demonstration, one a year, as data.

2024 to 2026 follow the yearly notices on public holidays; 2027 has the statutory days alone, because the
demonstration must not depend on a notice that may differ.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """The days of one year that differ from its week."""

    year: int
    rest_days: frozenset[date]
    """Mondays to Fridays off."""
    workdays: frozenset[date]
    """Saturdays and Sundays worked."""


def _table(year: int, holidays: str, worked: str) -> HolidayTable:
    """Return the table from ``MMDD`` or ``MMDD-MMDD`` words."""
    rest: set[date] = set()
    for word in holidays.split():
        first, _, last = word.partition("-")
        day, end = _day(year, first), _day(year, last or first)
        while day <= end:
            if day.weekday() < _SATURDAY:
                rest.add(day)
            day += timedelta(days=1)
    return HolidayTable(year, frozenset(rest), frozenset(_day(year, word) for word in worked.split()))


def _day(year: int, word: str) -> date:
    return date(year, int(word[:2]), int(word[2:]))


HOLIDAYS: Final = (
    _table(
        2024,
        "0101 0210-0217 0404-0406 0501-0505 0608-0610 0915-0917 1001-1007",
        "0204 0218 0407 0428 0511 0914 0929 1012",
    ),
    _table(2025, "0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008", "0126 0208 0427 0928 1011"),
    _table(
        2026,
        "0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007",
        "0104 0214 0228 0509 0920 1010",
    ),
    _table(2027, "0101 0205-0208 0405 0501-0502 0609 0915 1001-1003", ""),
)
_BY_YEAR: Final = {table.year: table for table in HOLIDAYS}


def is_working_day(day: date) -> bool:
    """Say whether offices are open; a year without a table has its plain weeks."""
    table = _BY_YEAR.get(day.year)
    if table is not None and (day in table.rest_days or day in table.workdays):
        return day in table.workdays
    return day.weekday() < _SATURDAY


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
