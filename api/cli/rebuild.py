"""``quota-ledger rebuild``: views and decision records made anew from the entries."""

from dataclasses import asdict

import typer

from api.cli.context import DEFAULT_DB, Db, Json, key_ring, open_store, print_json
from api.cli.report import progress_bar
from projections import runner
from projections.attachments import Attachments
from projections.balances import Balances, Replaced, replace_decision_records
from projections.runner import Connection


def rebuild(db: Db = DEFAULT_DB, as_json: Json = False) -> None:
    """Make the views and the decision records anew from the entries, and say what was wrong with these."""
    replaced: list[Replaced] = []

    def finish(connection: Connection) -> None:
        replaced.append(replace_decision_records(connection))

    with open_store(db) as store, progress_bar("rebuilding") as bar:
        key_ring(store)
        runner.rebuild(store, Attachments(), bar)
        size = runner.rebuild(store, Balances(), bar, finish)
    (found,) = replaced
    if as_json:
        print_json({"size": size, "views": ["attachments", "balances"], "records": asdict(found)})
        return
    differed = "they were as they should be"
    if found.first is not None:
        differed = (
            f"of the records {found.changed} were changed, {found.missing} missing, {found.unknown} unknown,"
            f" the first {found.first}"
        )
    typer.echo(f"attachments, balances and decision records are rebuilt from {size} entries: {differed}")
