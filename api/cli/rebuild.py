"""``quota-ledger rebuild``: views and decision records made anew from the entries."""

import typer

from api.cli.context import DEFAULT_DB, Db, Json, key_ring, open_store, print_json
from api.cli.report import progress_bar
from projections import runner
from projections.attachments import Attachments
from projections.balances import Balances, replace_decision_records


def rebuild(db: Db = DEFAULT_DB, as_json: Json = False) -> None:
    """Make the views and the decision records anew from the entries."""
    with open_store(db) as store, progress_bar("rebuilding") as bar:
        key_ring(store)
        runner.rebuild(store, Attachments(), bar)
        size = runner.rebuild(store, Balances(), bar, replace_decision_records)
    if as_json:
        print_json({"size": size, "views": ["attachments", "balances"], "records": True})
    else:
        typer.echo(f"attachments, balances and decision records are rebuilt from {size} entries")
