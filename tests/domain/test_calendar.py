"""Days of the policy: the golden dates of the 15 days and of the two months."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from domain.calendar import (
    LAST_DAY,
    YearTable,
    months_after,
    next_working_day,
    rolled_due,
    shanghai_date,
    strict_due,
)


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)


def tables(*years: int) -> dict[int, YearTable]:
    """Return tables of years; 2025 has its National Day week and the Saturday worked for it."""
    rest = frozenset(date(2025, 10, number) for number in range(1, 9)) | {date(2025, 1, 1)}
    work = frozenset({date(2025, 9, 28), date(2025, 10, 11)})
    mine = lambda days, year: frozenset(one for one in days if one.year == year)  # noqa: E731
    return {year: YearTable(mine(rest, year), mine(work, year)) for year in years}


@pytest.mark.parametrize(
    ("registered", "strict", "rolled"),
    [
        ("2024-11-15", "2024-11-30", "2024-12-02"),  # a Saturday rolls to Monday
        ("2025-09-20", "2025-10-05", "2025-10-09"),  # National Day, 1 to 8 October
        ("2025-09-13", "2025-09-28", "2025-09-28"),  # a Sunday worked instead is no rest day
        ("2024-12-17", "2025-01-01", "2025-01-02"),  # over the year's end
        ("2025-03-03", "2025-03-18", "2025-03-18"),  # a plain Tuesday
    ],
)
def test_due_dates(registered: str, strict: str, rolled: str) -> None:
    """Given a registration date, the strict and the rolled last day are those of the specification."""
    known = tables(2024, 2025).get
    assert strict_due(day(registered), 15, "CALENDAR_DAYS", known) == day(strict)
    assert rolled_due(day(registered), 15, "CALENDAR_DAYS", roll=True, tables=known) == day(rolled)
    assert rolled_due(day(registered), 15, "CALENDAR_DAYS", roll=False, tables=known) == day(strict)


def test_missing_table_leaves_the_rolled_date_open() -> None:
    """Without the table of a needed year the rolled date is undetermined, the strict one stands."""
    registered = day("2024-11-15")
    assert rolled_due(registered, 15, "CALENDAR_DAYS", roll=True, tables=tables(2025).get) is None
    assert strict_due(registered, 15, "CALENDAR_DAYS", tables(2025).get) == day("2024-11-30")


def test_missing_next_year_leaves_the_rolled_date_open() -> None:
    """Rolling past the year's end needs the next year's table as well."""
    assert next_working_day(day("2023-12-30"), tables(2023).get) is None
    assert next_working_day(day("2023-12-30"), tables(2023, 2024).get) == day("2024-01-01")


@pytest.mark.parametrize(
    ("registered", "due"),
    [
        ("2025-03-03", "2025-03-24"),  # three weeks of five
        ("2025-09-20", "2025-10-16"),  # 22–26, 28–30 September, 9–11 and 13–16 October
    ],
)
def test_working_days(registered: str, due: str) -> None:
    """By the other reading, 15 working days are counted from the day after."""
    assert strict_due(day(registered), 15, "WORKING_DAYS", tables(2025).get) == day(due)


def test_working_days_need_every_table() -> None:
    """Working days over an unknown year are undetermined."""
    assert strict_due(day("2025-12-20"), 15, "WORKING_DAYS", tables(2025).get) is None


@pytest.mark.parametrize(
    ("cleared", "last"),
    [
        ("2025-12-31", "2026-02-28"),
        ("2027-12-31", "2028-02-29"),
        ("2025-04-10", "2025-06-10"),
        ("2025-11-30", "2026-01-30"),
        ("2025-06-30", "2025-08-30"),
    ],
)
def test_two_months(cleared: str, last: str) -> None:
    """The two months end on the same day, or on the last day of a shorter month."""
    assert months_after(day(cleared), 2) == day(last)


@pytest.mark.parametrize(
    ("instant", "local"),
    [
        (datetime(2025, 3, 18, 15, 59, 59, tzinfo=UTC), "2025-03-18"),
        (datetime(2025, 3, 18, 16, 0, 0, tzinfo=UTC), "2025-03-19"),
        (datetime(2025, 3, 18, 23, 59, 59, tzinfo=timezone(timedelta(hours=8))), "2025-03-18"),
    ],
)
def test_shanghai_date(instant: datetime, local: str) -> None:
    """A day begins at 16:00 UTC, whatever offset the instant was written with."""
    assert shanghai_date(instant) == day(local)


def test_no_day_is_later_than_any_that_a_statement_names() -> None:
    """Given any instant that no statement may name, then the day is the last that one may, not an error."""
    for instant in (datetime(9001, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, 20, tzinfo=UTC)):
        assert shanghai_date(instant) == LAST_DAY
    assert shanghai_date(datetime(9000, 12, 31, 23, tzinfo=UTC)) == LAST_DAY
