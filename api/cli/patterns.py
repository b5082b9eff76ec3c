"""``quota-ledger patterns``, ``graph``: the questions of an investigator, and who is joined to whom."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.context import DEFAULT_DB, USAGE, Db, Json, Stop, console, key_ring, open_store, print_json
from api.cli.moments import day_of
from projections.patterns.asking import FORMAT, Answer, Unanswerable, ask, summary
from projections.patterns.graph import Graph
from projections.patterns.graph import graph as relations
from projections.patterns.graphml import to_graphml
from projections.patterns.hit import Figure
from projections.runner import catch_up

_Number = Annotated[int | None, typer.Option(metavar="N", help="See the pattern's parameters.")]


def patterns(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One pattern; default a line for each.")
    ] = None,
    days: _Number = None,
    hours: _Number = None,
    months: _Number = None,
    least: _Number = None,
    before: _Number = None,
    factor: _Number = None,
    share: _Number = None,
    from_hour: Annotated[int | None, typer.Option("--from", metavar="HOUR", help="The night begins.")] = None,
    to_hour: Annotated[int | None, typer.Option("--to", metavar="HOUR", help="The night ends.")] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Look from this day; default that of the last entry.")
    ] = None,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Ask what an investigator asks first; a hit is a lead, with the entries to look at."""
    named = {
        "days": days,
        "hours": hours,
        "months": months,
        "least": least,
        "before": before,
        "factor": factor,
        "share": share,
        "from": from_hour,
        "to": to_hour,
    }
    given = {option: value for option, value in named.items() if value is not None}
    day = None if on is None else day_of("--on", on)
    if name is None and given:
        raise Stop(USAGE, f"--{next(iter(given))} belongs to one pattern: `quota-ledger patterns NAME`")
    with open_store(db) as store:
        origin = key_ring(store).origin
        catch_up(store)
        try:
            answers = summary(store, day) if name is None else [ask(store, name, given, day)]
        except Unanswerable as error:
            raise Stop(USAGE, str(error)) from error
    if name is not None:
        answer = answers[0]
        print_json({"origin": origin} | answer.to_json()) if as_json else _print(answer)
    elif as_json:
        rows = [_line(one) for one in answers]
        size, day = answers[0].size, answers[0].on
        print_json(
            {"format": FORMAT, "origin": origin, "on": day.isoformat(), "size": size, "patterns": rows}
        )
    else:
        _print_summary(answers)


def graph(
    graphml: Annotated[bool, typer.Option("--graphml", help="GraphML on stdout.")] = False,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Print who is joined to whom: exporters, upstreams, and documents that serve several cars."""
    if graphml and as_json:
        raise Stop(USAGE, "--graphml or --json, not both")
    with open_store(db) as store:
        origin = key_ring(store).origin
        catch_up(store)
        found = relations(store)
    if graphml:
        typer.echo(to_graphml(found).decode(), nl=False)
    elif as_json:
        print_json({"origin": origin} | found.to_json())
    else:
        _print_graph(found)


def _line(answer: Answer) -> dict[str, Any]:
    asked = answer.pattern
    return {
        "name": asked.name,
        "title": asked.title.to_json(),
        "question": asked.question.to_json(),
        "values": dict(answer.values),
        "total": answer.total,
    }


def _print_summary(answers: list[Answer]) -> None:
    table = Table(title=f"patterns after {answers[0].size} entries, on {answers[0].on}")
    table.add_column("pattern", no_wrap=True)
    table.add_column("问题 question")
    table.add_column("hits", justify="right")
    for one in answers:
        asked = one.pattern
        table.add_row(asked.name, f"{asked.question.zh}\n{asked.question.en}", str(one.total))
    console().print(table)
    typer.echo("a hit is a lead, no finding: `quota-ledger patterns NAME` lists them with their entries")


def _print(answer: Answer) -> None:
    asked = answer.pattern
    typer.echo(f"{asked.title.zh} · {asked.title.en}\n{asked.question.zh} {asked.question.en}")
    for head, words in (("显示 shows", asked.shows), ("不显示 does not show", asked.shows_not)):
        typer.echo(f"{head}: {words.zh} {words.en}")
    for one in asked.parameters:
        typer.echo(f"--{one.name} {answer.values[one.name]} {one.unit} ({one.zh}; {one.en})")
    table = Table(title=f"{answer.total} hits after {answer.size} entries, on {answer.on}")
    for column in ("subjects", "entries", "figures"):
        table.add_column(column, overflow="fold")
    for hit in answer.hits:
        table.add_row("\n".join(hit.subjects), " ".join(map(str, hit.entries)), _figures(hit.figures))
    console().print(table)
    if answer.total > len(answer.hits):
        typer.echo(f"the first {len(answer.hits)} of {answer.total} hits")


def _figures(figures: Mapping[str, Figure]) -> str:
    shown = {name: _shown(value) for name, value in figures.items() if value is not None}
    return "\n".join(f"{name} {value}" for name, value in shown.items())


def _shown(value: Figure) -> str:
    return str(value) if isinstance(value, int | str) or value is None else ", ".join(value)


def _print_graph(found: Graph) -> None:
    labels = {one.id: one.label for one in found.nodes}
    table = Table(title=f"{len(found.nodes)} nodes, {len(found.edges)} edges after {found.size} entries")
    for column in ("from", "kind", "to", "cars", "entries"):
        table.add_column(column, overflow="fold")
    for edge in found.edges:
        ends = (f"{end}\n{labels[end]}" for end in (edge.source, edge.target))
        source, target = ends
        table.add_row(source, edge.kind, target, str(edge.cars), " ".join(map(str, edge.entries)))
    console().print(table)
