"""``quota-ledger balance``: balances per pair."""

from typing import Annotated

import typer

from api.cli.context import DEFAULT_DB, REFUSED, Db, Json, Stop, key_ring, open_store, print_json
from api.cli.report import print_balances
from projections.runner import catch_up
from projections.views.balances import read_balances


def balance(
    pair: Annotated[str | None, typer.Argument(help="A pair's id; default all pairs.")] = None,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Print balances per pair; entries that the views have not seen are taken in first."""
    with open_store(db) as store:
        origin = key_ring(store).origin
        catch_up(store)
        size, rows = read_balances(store)
    if pair is not None:
        rows = [row for row in rows if row.pair_id == pair]
        if not rows:
            raise Stop(REFUSED, f"pair {pair}: not in {origin}; without an argument all pairs are listed")
    if as_json:
        print_json(
            {
                "origin": origin,
                "size": size,
                "pairs": [{"pair_id": row.pair_id, "balances": dict(row.balances)} for row in rows],
            }
        )
    else:
        print_balances(size, rows)
