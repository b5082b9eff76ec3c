"""Balances per pair, in units of quota by account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domain.postings import ACCOUNTS
from ledger.stores import AnyStore
from projections.reading import LIVE, Position, at_one_position, state_of
from projections.view import Page, Row, Written

COLUMNS: Final = (*ACCOUNTS, "UNB")
_SELECT: Final = f"SELECT pair, {', '.join(COLUMNS).lower()} FROM balance WHERE {LIVE} ORDER BY pair"  # noqa: S608


class Balances:
    """See :class:`projections.view.View`: one row a pair."""

    table = "balance"
    columns = ("pair", *(name.lower() for name in COLUMNS))
    owner = "pair"

    def rows(self, page: Page) -> Written:
        """Return the pairs that the page changed."""
        pairs = [key.partition(":")[2] for key in page.changed if key.startswith("pair:")]
        rows: list[Row] = [
            (pair_id, *(page.state.pair(pair_id).balances[name] for name in COLUMNS))
            for pair_id in pairs
            if page.state.get(f"pair:{pair_id}") is not None
        ]
        return Written(pairs, rows)


@dataclass(frozen=True, slots=True)
class PairBalance:
    """The balances of one pair, in units, by account; UNB is the memo of unbacked registrations."""

    pair_id: str
    balances: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Book:
    """What stands where after ``size`` entries.

    Attributes:
        size: the views' position.
        pairs: in the order of their ids.
        city: the sum of all pairs by account; its UNB also counts registrations that name no line at all.
    """

    size: int
    pairs: tuple[PairBalance, ...]
    city: Mapping[str, int]


def read_balances(store: AnyStore) -> Book:
    """Return the balances of every pair and of the city, as the views have them."""

    def ask(here: Position) -> Book:
        rows = store.view_rows(_SELECT)
        pairs = tuple(PairBalance(pair, dict(zip(COLUMNS, units, strict=True))) for pair, *units in rows)
        city = {name: sum(one.balances[name] for one in pairs) for name in COLUMNS}
        city["UNB"] += state_of(store, here, ()).city().unb
        return Book(here.size, pairs, city)

    return at_one_position(store, ask)
