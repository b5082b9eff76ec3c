"""The holiday tables: well-formed, sourced, and right on days that a notice names."""

from datetime import date

import pytest

from domain.holidays import HOLIDAYS, TABLES


@pytest.mark.parametrize("one", HOLIDAYS, ids=[str(one.year) for one in HOLIDAYS])
def test_a_table_keeps_to_its_year_and_to_what_differs_from_the_week(one: object) -> None:
    """Given a table, then its rest days are Mondays to Fridays of its year, its workdays weekends of it."""
    published = TABLES[one.year]
    assert published is one.table
    assert all(day.year == one.year and day.weekday() < 5 for day in published.rest_days)
    assert all(day.year == one.year and day.weekday() >= 5 for day in published.workdays)
    assert one.source
    assert one.assumed == (one.year == 2027)


@pytest.mark.parametrize(
    ("year", "off", "worked"), [(2024, 19, 8), (2025, 18, 5), (2026, 19, 6), (2027, 7, 0)]
)
def test_the_number_of_days_is_that_of_the_notice(year: int, off: int, worked: int) -> None:
    """Given a year, then as many weekdays are off and weekend days worked as its notice says."""
    assert (len(TABLES[year].rest_days), len(TABLES[year].workdays)) == (off, worked)


@pytest.mark.parametrize(
    ("day", "rest"),
    [
        ("2024-10-12", False),  # a Saturday worked
        ("2025-01-28", True),  # New Year's Eve
        ("2025-10-08", True),
        ("2025-10-11", False),
        ("2026-01-04", False),
        ("2026-02-23", True),
        ("2026-10-08", False),
        ("2027-06-09", True),
    ],
)
def test_days_that_a_notice_names(day: str, rest: bool) -> None:
    """Given a day that a notice names, then the table has it at rest or at work."""
    found = date.fromisoformat(day)
    assert TABLES[found.year].is_rest_day(found) is rest
