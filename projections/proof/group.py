"""A group of statements: folds the events once, answers at the end.

The state of a group is plain (slotted dataclasses of str, int, bool, date, datetime, list, dict, tuple, None
and ``Packed``, and the bodies of ``domain.bodies``), so that it can be saved and taken up again. What a group
keeps of a car it keeps by ``Event.place``, so that a correction finds it.

Bounds: some 1 KB a car over all groups, some tens of microseconds an event.
"""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from projections.proof.amended import Amendment
from projections.proof.types import Event, StatementResult


class Group(Protocol):
    """What ``check`` runs."""

    def fold(self, event: Event) -> None:
        """Take in one statement, in the order of the ledger; never an EventCorrected."""

    def amend(self, amendment: Amendment) -> None:
        """Take out what stood at ``amendment.place``; let the replacement, if any, stand there instead."""

    def results(self, as_of: date) -> Iterable[StatementResult]:
        """Answer this group's statements as of a day; may be asked at any time, changes nothing."""
