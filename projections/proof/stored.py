"""C07: what a store keeps beside the entries, against two replays of them.

The balances are compared with those of the independent checker, every row of every view with what the views'
own code makes of the entries anew (``projections.comparing``): the first shows a fault of that code too, the
second whatever was written to the rows since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from projections.differing import Compared
from projections.proof.accounts import ACCOUNTS
from projections.proof.types import StatementResult, Verdict

if TYPE_CHECKING:  # it brings the drivers of databases with it
    from ledger.store_audit import RowsSource

_SHOWN: Final = 5
_SIZE: Final = "SELECT size FROM view_set WHERE live = 1"
_BALANCES: Final = (
    f"SELECT pair, {', '.join(ACCOUNTS).lower()} FROM balance"  # noqa: S608  our own names
    " WHERE generation = (SELECT generation FROM view_set WHERE live = 1)"
)
Rows = Mapping[str, Mapping[str, int]]
"""Pair → account → units."""


@dataclass(frozen=True, slots=True)
class StoredBalances:
    """What a store keeps: the balances after its first ``size`` entries."""

    size: int
    rows: Rows


def read_stored(source: "RowsSource") -> StoredBalances | None:
    """Return the balances that a store keeps, as they lie there; None where it keeps none."""
    sizes, rows = source.every_if_any(_SIZE), source.every_if_any(_BALANCES)
    if not sizes or rows is None or not isinstance(sizes[0][0], int):
        return None  # the tables are made by whoever reads balances first
    return StoredBalances(
        sizes[0][0], {str(pair): dict(zip(ACCOUNTS, units, strict=True)) for pair, *units in rows}
    )


def compare_stored(
    stored: StoredBalances | None, replayed: Rows | None, views: Compared | None
) -> StatementResult:
    """Answer C07.

    Args:
        stored: None where there is no store, or where it keeps none yet.
        replayed: the checker's balances after as many entries, None where it did not get there.
        views: the rows of all views after as many entries, None where they were not looked at.
    """
    if stored is None:
        detail, missing = "no projections are stored here", "the operator's store"
        return StatementResult("C07", Verdict.UNDETERMINED, (), detail, (missing,))
    if replayed is None:
        missing = f"a replay up to entry {stored.size - 1}"
        return StatementResult("C07", Verdict.UNDETERMINED, (), f"stored up to {stored.size}", (missing,))
    balances = sorted(_differences(stored.rows, replayed))
    more = [f"and {len(balances) - _SHOWN} balances more"] if len(balances) > _SHOWN else []
    against = [*map(str, views.differing if views else ()), *balances[:_SHOWN], *more]
    if against:
        return StatementResult("C07", Verdict.REFUTED, (), "; ".join(against))
    detail = f"the balances of {len(stored.rows)} pairs equal the checker's after {stored.size} entries"
    if views is None or views.uncompared is not None:
        why = "" if views is None else f"; {views.uncompared}"
        missing = "a comparison of all views' rows"
        return StatementResult("C07", Verdict.UNDETERMINED, (), f"{detail}{why}", (missing,))
    detail = f"every row of all views equals a replay of {stored.size} entries; {detail}"
    return StatementResult("C07", Verdict.PROVED, (), detail)


def _differences(stored: Rows, replayed: Rows) -> list[str]:
    found = []
    for pair_id in stored.keys() | replayed.keys():
        here, there = stored.get(pair_id, {}), replayed.get(pair_id, {})
        for account in here.keys() | there.keys():
            if here.get(account, 0) != there.get(account, 0):
                told = f"{account} {here.get(account, 'none')} is stored, {there.get(account, 0)} by replay"
                found.append(f"{pair_id}: {told}")
    return found
