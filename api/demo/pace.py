"""How long things take and how large they are: the assumptions of the season, as draws.

All are assumptions of this demonstration; no statistics on Shanghai were found.
"""

from calendar import monthrange
from datetime import date
from math import exp, log
from random import Random
from typing import Final

from api.demo.calendars import last_working_day, working_day

FIRST_DAY: Final = date(2024, 11, 4)
LAST_APPLICATION: Final = date(2026, 6, 30)
"""The last day on which a batch is applied for: the cars are out by the spring of 2027."""
LETTER_FROM: Final = date(2026, 1, 1)
"""From this day an export licence within ``LETTER_DAYS`` of registration wants an after-sales letter."""
LETTER_DAYS: Final = 180
MEDIAN_GRANT: Final = 150
MIN_GRANT: Final = 20
MAX_GRANT: Final = 2_000
MAX_LICENCE: Final = 20
MAX_BATCH: Final = 60
_Z95: Final = 1.645


def log_normal(random: Random, median: float, p95: float) -> float:
    """Return a draw from the log-normal law with this median and 95th percentile."""
    return random.lognormvariate(log(median), log(p95 / median) / _Z95)


def weight(random: Random) -> float:
    """Return how much business an exporter does; the median is ``MEDIAN_GRANT`` units, the mean some 250."""
    return min(max(MEDIAN_GRANT * exp(random.gauss(0, 1)), MIN_GRANT), MAX_GRANT)


def batch_size(random: Random) -> int:
    """Return a number of cars from 1 to 60, often about 10, 20 or 40."""
    if random.random() < 0.3:
        return random.randint(1, MAX_BATCH)
    peak = random.choice((10, 10, 20, 20, 40))
    return min(max(round(random.gauss(peak, peak / 10)), 1), MAX_BATCH)


def transfer_day(random: Random, registered: date) -> date:
    """Return the day of 转让待出口: median 7 days, 95 % within 14, and in time with a day to spare."""
    wanted = working_day(registered.fromordinal(registered.toordinal() + _days(random, 7, 14)))
    return min(wanted, last_working_day(plus(due(registered), -1)))


def due(registered: date) -> date:
    """Return the last day for transfer and proof: the 15th after registration, rolled past rest days."""
    return working_day(plus(registered, 15))


def two_months_after(day: date) -> date:
    """Return the last day of the two months for deregistration: the same day, or the month's last one."""
    year, month = (day.year, day.month + 2) if day.month <= 10 else (day.year + 1, day.month - 10)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def plus(day: date, days: int) -> date:
    """Return the day so many days later."""
    return day.fromordinal(day.toordinal() + days)


def export_days(random: Random, *, is_new_rule: bool) -> int:
    """Return the days from transfer to release: median 35, since 2026 with a letter 40."""
    return min(_days(random, *((40, 80) if is_new_rule else (35, 75))), 150)


def deregistration_days(random: Random) -> int:
    """Return the days from release to deregistration: median 25."""
    return _days(random, 25, 48)


def _days(random: Random, median: float, p95: float) -> int:
    return max(1, round(log_normal(random, median, p95)))
