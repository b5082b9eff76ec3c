"""``quota-ledger balance``: balances per pair and of the city."""

from dataclasses import replace
from typing import Annotated

import typer

from api.cli.context import DEFAULT_DB, REFUSED, Db, Json, Stop, key_ring, open_store, print_json
from api.cli.report import balances_json, print_balances
from projections.runner import catch_up
from projections.views.balances import read_balances


def balance(
    pair: Annotated[str | None, typer.Argument(help="A pair's id; default all pairs and the city.")] = None,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Print balances per pair and of the city; entries that the views have not seen are taken in first."""
    with open_store(db) as store:
        origin = key_ring(store).origin
        catch_up(store)
        book = read_balances(store)
    if pair is not None:
        book = replace(book, pairs=tuple(row for row in book.pairs if row.pair_id == pair))
        if not book.pairs:
            raise Stop(REFUSED, f"pair {pair}: not in {origin}; without an argument all pairs are listed")
    if as_json:
        print_json({"origin": origin, **balances_json(book)})
    else:
        print_balances(book, city=pair is None)
