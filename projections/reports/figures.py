"""The balances that the projections store, held against a replay; no other module of reports reads them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ledger.stores import AnyStore
from projections.reports.report import ReportRefused
from projections.runner import catch_up
from projections.views.balances import read_balances

Pairs = Mapping[str, Mapping[str, int]]
"""Pair → account (and the memo UNB) → units."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The stored balances of every pair after the first ``size`` entries."""

    size: int
    pairs: Pairs

    def check(self, replayed: Pairs, mine: Callable[[str], bool]) -> None:
        """Hold the pairs that are ``mine`` against a replay of as many entries.

        Raises:
            ReportRefused: ``views-differ``, with the first account that does.
        """
        for pair_id in sorted(filter(mine, self.pairs.keys() | replayed.keys())):
            stored, wanted = self.pairs.get(pair_id, {}), replayed.get(pair_id, {})
            for account in sorted(stored.keys() | wanted.keys()):
                found = stored.get(account, 0), wanted.get(account, 0)
                if found[0] != found[1]:
                    raise ReportRefused(
                        "views-differ",
                        f"{pair_id}: {account} is {found[0]} in the stored balances and {found[1]} by replay"
                        f" of {self.size} entries; `quota-ledger rebuild` makes them anew",
                    )


def read_figures(store: AnyStore) -> Figures:
    """Return the stored balances; entries that the view has not seen are taken in first."""
    catch_up(store)
    book = read_balances(store)
    return Figures(book.size, {row.pair_id: dict(row.balances) for row in book.pairs})
