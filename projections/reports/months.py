"""A month of a statement: the Shanghai days on which entries were recorded."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from typing_extensions import override

from projections.reports.report import ReportRefused

_FORM = re.compile(r"(2[0-9]{3})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in Shanghai."""

    first: date

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Return the month that ``YYYY-MM`` names, of 2000 to 2999.

        Raises:
            ValueError: it names none.
        """
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError(f"{text}: a month YYYY-MM from 2000-01 on is wanted")
        return cls(date(int(match[1]), int(match[2]), 1))

    @property
    def last(self) -> date:
        """Its last day."""
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    @property
    def day_before(self) -> date:
        """The last day of the month before."""
        return self.first - timedelta(days=1)

    @override
    def __str__(self) -> str:
        """Return ``YYYY-MM``."""
        return f"{self.first:%Y-%m}"

    def __contains__(self, day: date) -> bool:
        """Say whether a day is one of the month."""
        return self.first <= day <= self.last

    def to_json(self, day: date) -> dict[str, Any]:
        """Return the period as a report names it, as known on ``day``: whole, or not over yet.

        Raises:
            ReportRefused: the month begins after that day.
        """
        if self.first > day:
            raise ReportRefused(
                "month-ahead", f"{self} begins after {day}, up to which the checkpoint reaches"
            )
        return {
            "month": str(self),
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "whole": day > self.last,
            "by": "recorded_at",
            "zone": "Asia/Shanghai",
        }
