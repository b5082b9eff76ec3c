"""``quota-ledger rebuild``: views and decision records made anew from the entries."""

from dataclasses import asdict

import typer

from api.cli.context import DEFAULT_DB, REFUSED, Db, Json, Stop, key_ring, open_store, print_json
from api.cli.report import progress_bar
from projections import runner
from projections.decision_records import Replaced, replace_decision_records
from projections.folding import ViewStopped
from projections.views import VIEWS
from projections.writing import Connection, Superseded


def rebuild(db: Db = DEFAULT_DB, as_json: Json = False) -> None:
    """Make the views and the decision records anew from the entries, and say what was wrong with these.

    Readers see the views as they were until the new ones are whole.
    """
    replaced: list[Replaced] = []

    def finish(connection: Connection, generation: int) -> None:
        replaced.append(replace_decision_records(connection, generation))

    with open_store(db) as store, progress_bar("rebuilding") as bar:
        key_ring(store)
        try:
            size = runner.rebuild(store, bar, finish)
        except (ViewStopped, Superseded) as error:
            raise Stop(REFUSED, f"{error}; the views stay as they were") from None
    (found,) = replaced
    if as_json:
        views = sorted(view.table for view in VIEWS)
        print_json({"size": size, "views": views, "records": asdict(found)})
        return
    differed = "they were as they should be"
    if found.first is not None:
        differed = (
            f"of the records {found.changed} were changed, {found.missing} missing, {found.unknown} unknown,"
            f" the first {found.first}"
        )
    typer.echo(f"{len(VIEWS)} views and the decision records are rebuilt from {size} entries: {differed}")
