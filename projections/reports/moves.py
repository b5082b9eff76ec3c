"""What moved: units by the account that fell and the one that rose; they lead from opening to closing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from domain.postings import Posting

Moved = Counter[tuple[str | None, str | None]]
"""(source, target) → units; for the memo UNB one of the two is None."""


def count_moves(moved: Moved, postings: Iterable[Posting]) -> None:
    """Add postings."""
    for posting in postings:
        moved[posting.source, posting.target] += posting.units


def moves_json(moved: Moved) -> list[dict[str, Any]]:
    """Return the rows in a fixed order."""
    rows = sorted(moved.items(), key=lambda row: tuple(one or "" for one in row[0]))
    return [{"source": source, "target": target, "units": units} for (source, target), units in rows]


def add_up(opening: Mapping[str, int], moved: Moved, closing: Mapping[str, int]) -> None:
    """Assert that every account's opening balance and what moved give its closing balance.

    Both come from one replay: a difference is a mistake of this program and no statement is made.
    """
    summed = Counter(dict(opening))
    for (source, target), units in moved.items():
        if source is not None:
            summed[source] -= units
        if target is not None:
            summed[target] += units
    for account, units in closing.items():
        assert summed[account] == units, (
            f"{account}: {summed[account]} by opening and postings, {units} stands"
        )
