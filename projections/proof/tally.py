"""A tally: what one statement found while it looked at everything."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from projections.proof.published import Published
from projections.proof.stays import Vehicle
from projections.proof.types import StatementResult, judged

_TOLD: Final = 20
"""How many lines of what is missing are told; the rest is counted."""


@dataclass(slots=True)
class Tally:
    """Entries that show a violation, lines that say what is missing, and how many things were looked at."""

    code: str
    looked: int = 0
    entries: set[int] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    untold: int = 0

    def lack(self, line: str) -> None:
        """Note that something would have to be known; the same line is told once."""
        if line in self.missing:
            return
        if len(self.missing) < _TOLD:
            self.missing.append(line)
        else:
            self.untold += 1

    def result(self, detail: str) -> StatementResult:
        """Return the answer."""
        more = [f"and {self.untold} more of this kind"] if self.untold else []
        return judged(self.code, detail, self.entries, [*self.missing, *more])


@dataclass(frozen=True, slots=True)
class View:
    """What every judge sees beside the car: the day, and what commerce published."""

    as_of: date
    published: Published


class Judge(Protocol):
    """Answers one statement or a few, car by car."""

    def look(self, car: Vehicle) -> None:
        """Take in one car."""

    def results(self) -> Iterable[StatementResult]:
        """Answer, after the last car."""
