"""Holiday tables 2024–2027 as data: the days on which a year differs from its week.

Nothing here is read while statements are judged: the tables in force are those that commerce published
(``HolidayCalendarPublished``). A new ledger, its demonstration and its tests start from these.

====  =====================================================================================
2024  国务院办公厅关于2024年部分节假日安排的通知, 国办发明电〔2023〕7号, from memory of its text
2025  国务院办公厅关于2025年部分节假日安排的通知, 国办发明电〔2024〕12号 (12 November 2024)
2026  国务院办公厅关于2026年部分节假日安排的通知, 国办发明电〔2025〕7号 (4 November 2025)
2027  an assumption: no notice yet; the statutory days of 《全国年节及纪念日放假办法》 (2024) alone,
      without the weekends that a notice will move
====  =====================================================================================

The days of 2025 and 2026 were compared with published copies of the notices.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.calendar import SATURDAY, YearTable


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """The table of one year with its source; ``assumed`` where no notice stands behind it.

    Attributes:
        year: the year of every day in it.
        table: Mondays to Fridays off, and Saturdays and Sundays worked.
        source: the notice, or on what the assumption rests.
        assumed: whether it has to be replaced by a revision once the notice is out.
    """

    year: int
    table: YearTable
    source: str
    assumed: bool = False


def _days(year: int, words: str) -> Iterator[date]:
    """Yield the days that ``MMDD`` or ``MMDD-MMDD`` words name."""
    for word in words.split():
        first, _, last = word.partition("-")
        day, end = _day(year, first), _day(year, last or first)
        while day <= end:
            yield day
            day += timedelta(days=1)


def _day(year: int, word: str) -> date:
    return date(year, int(word[:2]), int(word[2:]))


def _table(year: int, source: str, holidays: str, worked: str, *, assumed: bool = False) -> PublishedTable:
    rest = frozenset(day for day in _days(year, holidays) if day.weekday() < SATURDAY)
    return PublishedTable(year, YearTable(rest, frozenset(_days(year, worked))), source, assumed)


HOLIDAYS: Final = (
    _table(
        2024,
        "国办发明电〔2023〕7号",
        "0101 0210-0217 0404-0406 0501-0505 0608-0610 0915-0917 1001-1007",
        "0204 0218 0407 0428 0511 0914 0929 1012",
    ),
    _table(
        2025,
        "国办发明电〔2024〕12号",
        "0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008",
        "0126 0208 0427 0928 1011",
    ),
    _table(
        2026,
        "国办发明电〔2025〕7号",
        "0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007",
        "0104 0214 0228 0509 0920 1010",
    ),
    _table(
        2027,
        "全国年节及纪念日放假办法 (assumption: the statutory days alone)",
        "0101 0205-0208 0405 0501-0502 0609 0915 1001-1003",
        "",
        assumed=True,
    ),
)

TABLES: Final = {one.year: one.table for one in HOLIDAYS}
