"""``quota-ledger rebuild``: views and decision records made anew from the entries."""

from collections.abc import Iterator
from dataclasses import asdict

import typer

from api.cli.context import DEFAULT_DB, REFUSED, Db, Json, Stop, key_ring, open_store, print_json
from api.cli.report import progress_bar
from projections import runner
from projections.decision_records import Replaced, replace_decision_records
from projections.differing import Compared
from projections.folding import ViewStopped
from projections.replaced_rows import compare_generations
from projections.views import VIEWS
from projections.writing import Connection, Superseded


def rebuild(db: Db = DEFAULT_DB, as_json: Json = False) -> None:
    """Make the views and the decision records anew from the entries, and say what was wrong with these.

    Readers see the views as they were until the new ones are whole.
    """
    replaced: list[tuple[Compared, Replaced]] = []

    def finish(connection: Connection, generation: int) -> None:
        rows = compare_generations(connection, generation)
        replaced.append((rows, replace_decision_records(connection, generation)))

    with open_store(db) as store, progress_bar("rebuilding") as bar:
        key_ring(store)
        try:
            size = runner.rebuild(store, bar, finish)
        except (ViewStopped, Superseded) as error:
            raise Stop(REFUSED, f"{error}; the views stay as they were") from None
    ((rows, records),) = replaced
    if as_json:
        views = sorted(view.table for view in VIEWS)
        rows_told = {"differing": [asdict(one) for one in rows.differing], "not_compared": rows.uncompared}
        print_json({"size": size, "views": views, "rows": rows_told, "records": asdict(records)})
        return
    wrong = "; ".join(_wrong(rows, records)) or "they were as they should be"
    typer.echo(f"{len(VIEWS)} views and the decision records are rebuilt from {size} entries: {wrong}")


def _wrong(rows: Compared, records: Replaced) -> Iterator[str]:
    """Yield what was wrong, or could not be looked at; nothing where all was as it should be."""
    if rows.uncompared is not None:
        yield f"the rows of the views were not compared, {rows.uncompared}"
    yield from map(str, rows.differing)
    if records.first is not None:
        yield (
            f"of the records {records.changed} were changed, {records.missing} missing,"
            f" {records.unknown} unknown, the first {records.first}"
        )
    elif rows.uncompared is not None:
        yield "the decision records were as they should be"
