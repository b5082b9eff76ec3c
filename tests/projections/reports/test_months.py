"""A month as people write it, and its Shanghai days."""

from datetime import date

import pytest

from projections.reports.months import Month
from projections.reports.report import ReportRefused


def test_a_month_knows_its_days() -> None:
    """Given months of every length, then first, last and the day before are those of the calendar."""
    february = Month.parse("2028-02")
    assert (february.first, february.last) == (date(2028, 2, 1), date(2028, 2, 29))
    assert february.day_before == date(2028, 1, 31)
    assert date(2028, 2, 29) in february
    assert date(2028, 3, 1) not in february
    assert str(february) == "2028-02"


@pytest.mark.parametrize(
    "text", ["2025-13", "2025-00", "2025-1", "25-01", "2025-01-01", "1999-12", "二〇二五-01", ""]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    """Given something else, then the error says what is wanted."""
    with pytest.raises(ValueError, match="YYYY-MM"):
        Month.parse(text)


def test_a_month_is_whole_once_a_later_day_is_known() -> None:
    """Given the last day that is known, then a month is whole after its last day only, and none lies ahead."""
    month = Month.parse("2025-04")
    assert month.to_json(date(2025, 5, 1))["whole"] is True
    assert month.to_json(date(2025, 4, 30))["whole"] is False
    with pytest.raises(ReportRefused, match="begins after 2025-03-31"):
        month.to_json(date(2025, 3, 31))
