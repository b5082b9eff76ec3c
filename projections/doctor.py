"""How far the views have come, against the head of the ledger."""

from pathlib import Path
from typing import Final

from ledger.doctor import Examined, Outcome, failed, ok, warning

_SCHEMA: Final = Path(__file__).parent / "schema"
SQLITE_SCHEMA: Final = _SCHEMA / "sqlite"
POSTGRES_SCHEMA: Final = _SCHEMA / "postgres"
MAX_LAG: Final = 10_000
"""Entries; a view that is further behind makes its next reader wait."""


def check_views(store: Examined) -> Outcome:
    """Compare each view's position with the head: behind is caught up by whoever reads, ahead is wrong."""
    if not store.has_table("view_position"):
        return ok("none is made yet: the first reader makes it")
    # Read before the head, which only grows.
    positions = store.rows("SELECT view, size FROM view_position ORDER BY view")
    size = store.head().size
    found = ", ".join(f"{view} at {position} of {size}" for view, position in positions) or "none is made yet"
    if any(position > size for _, position in positions):
        return failed(
            f"{found}: ahead of the ledger",
            "see what is found about the head, then `quota-ledger rebuild`",
        )
    if any(size - position > MAX_LAG for _, position in positions):
        return warning(found, "`quota-ledger balance` catches up")
    return ok(found)
