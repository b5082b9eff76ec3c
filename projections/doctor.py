"""How far the views have come, against the head of the ledger."""

from pathlib import Path
from typing import Final

from ledger.doctor import Examined, Outcome, failed, ok, warning

_SCHEMA: Final = Path(__file__).parent / "schema"
SQLITE_SCHEMA: Final = _SCHEMA / "sqlite"
POSTGRES_SCHEMA: Final = _SCHEMA / "postgres"
MAX_LAG: Final = 10_000
"""Entries; views that are further behind make their next reader wait."""


def check_views(store: Examined) -> Outcome:
    """Compare the views' position with the head: behind is caught up by whoever reads, ahead is wrong.

    What the rows say is not looked at.
    """
    if not store.has_table("view_set"):
        return ok("none is made yet: the first reader makes them")
    # Read before the head, which only grows.
    rows = store.rows("SELECT size, reason FROM view_set WHERE live = 1")
    if len(rows) != 1:
        return failed(f"{len(rows)} generations are live, one is wanted", "`quota-ledger rebuild`")
    ((position, reason),) = rows
    size = store.head().size
    found = f"at {position} of {size}"
    if position > size:
        return failed(
            f"{found}: ahead of the ledger",
            "see what is found about the head, then `quota-ledger rebuild`",
        )
    if reason is not None:
        return failed(
            f"{found}: entry {position} cannot be taken in: {reason}",
            "`quota-ledger verify` says whether the entry is sound; a later program may know it",
        )
    if size - position > MAX_LAG:
        return warning(found, "`quota-ledger balance` catches up")
    return ok(f"{found}; what their rows say is compared by `quota-ledger verify`")
