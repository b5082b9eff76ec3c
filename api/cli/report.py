"""What a verification found, for people: a table, the breaks, the headline, the notes."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text
from typing_extensions import override

from api.cli.context import console
from ledger.doctor import Finding
from projections.proof.unknowable import UNKNOWABLE
from projections.views.balances import COLUMNS, Book

_STYLE = {"INTACT": "green", "PROVED": "green", "BALANCED": "green", "UNDETERMINED": "yellow"}
_STATUS_STYLE = {"ok": "green", "warning": "yellow", "failed": "red"}
_MAX_SHOWN = 20
_MAX_DETAIL = 300


@contextmanager
def progress_bar(what: str, *, hidden: bool = False) -> Iterator["Bar"]:
    """Show on stderr how far something is, how fast it goes and how long it takes yet.

    Nothing is shown where stderr is no terminal, or when it is to be ``hidden``.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    disable = hidden or not sys.stderr.isatty()
    with Progress(*columns, console=Console(file=sys.stderr), disable=disable) as progress:
        yield Bar(progress, what)


class RateColumn(ProgressColumn):
    """How many a second."""

    @override
    def render(self, task: Task) -> Text:
        """Return the rate of the last half minute, which the time that is left follows from too."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s")


class Bar:
    """Called with (done, in all)."""

    def __init__(self, progress: Progress, what: str) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=None)

    def __call__(self, done: int, total: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done, total=total)


def print_verification(answer: dict[str, Any]) -> None:
    """Print the object of ``verify --json`` for people; in one line where nothing could be opened."""
    out = _wide_console()
    if answer["verdict"] == "UNREADABLE":
        out.print(f"UNREADABLE: {escape('; '.join(answer['notes']))}", soft_wrap=True)
        return
    table = Table("question", "answer", title=escape(_title(answer)))
    table.add_row("entries", str(answer["size"] or 0))
    table.add_row("root", answer["root"] or "none")
    if answer["as_of"]:
        table.add_row("as known at entry, as of", f"{answer['as_known_at']}, {answer['as_of']}")
    table.add_row("Are these the entries that were signed for?", _styled(answer["integrity"]["verdict"]))
    if "books" in answer:
        table.add_row("Does quota balance after every entry?", _styled(answer["books"]["verdict"]))
        table.add_row("Was quota used for export only?", _styled(answer["headline"]["verdict"]))
    alone = "" if answer["anchored"] or answer["verdict"] == "BROKEN" else ", self-consistent only"
    table.add_row("[bold]in all[/bold]", f"[bold]{_styled(answer['verdict'])}{alone}[/bold]")
    if answer.get("statements"):
        out.print(_statements(answer["statements"]))
    out.print(table)
    _print_breaks(out, answer["integrity"]["breaks"], "what is broken")
    _print_breaks(out, answer.get("books", {}).get("breaks", []), "where the books do not balance")
    for comparison in answer.get("comparisons", ()):
        _print_comparison(out, comparison)
    if "headline" in answer:
        head = answer["headline"]
        out.print(
            "units used: {exit_proved} exit-proved · {customs_proved} customs-proved · {on_track} on track · "
            "{undetermined} undetermined · {exceptions} exceptions".format_map(head),
            soft_wrap=True,
        )
        told = " · ".join(f"{one.code} {one.what.en}" for one in UNKNOWABLE.values())
        out.print(f"what no ledger shows, whatever the verdict: {told}", soft_wrap=True)
    for note in answer["notes"]:
        out.print(f"· {escape(note)}", soft_wrap=True)


def _statements(statements: Sequence[dict[str, Any]]) -> Table:
    """One row a statement: in two languages, its verdict, and what was found where it is not PROVED."""
    table = Table("statement", "verdict", "what was found")
    for one in statements:
        told = f"{one['code']} {one['title']['zh']}\n    {one['title']['en']}"
        found = ""
        if one["verdict"] != "PROVED":
            shown = ", ".join(str(index) for index in one["entries"][:_MAX_SHOWN])
            more = " …" if len(one["entries"]) > _MAX_SHOWN else ""
            found = (f"entries {shown}{more}\n" if shown else "") + _short(one["detail"])
        table.add_row(escape(told), _styled(one["verdict"]), escape(found))
    return table


def _short(text: str) -> str:
    return text if len(text) <= _MAX_DETAIL else f"{text[:_MAX_DETAIL]}…"


def _print_breaks(out: Console, breaks: Sequence[dict[str, Any]], title: str) -> None:
    if not breaks:
        return
    found = Table("class", "entry", "what is wrong", title=title)
    for one in breaks[:_MAX_SHOWN]:
        index = "" if one["index"] is None else str(one["index"])
        found.add_row(one.get("class", ""), index, escape(one["detail"]))
    out.print(found)
    if len(breaks) > _MAX_SHOWN:
        out.print(f"… and {len(breaks) - _MAX_SHOWN} more: --json lists them")


def _print_comparison(out: Console, comparison: dict[str, Any]) -> None:
    differences = comparison["differences"]
    title = f"{comparison['name']} ({comparison['kind']}, {comparison['rows']} rows)"
    if not differences:
        out.print(f"{escape(title)}: agrees with the ledger")
        return
    table = Table(
        "only in", "line", "entry", "what", title=escape(f"{title}: {len(differences)} differences")
    )
    for one in differences[:_MAX_SHOWN]:
        side = "– (differs)" if one["side"] == "both" else one["side"]
        line, index = ("" if one[name] is None else str(one[name]) for name in ("line", "index"))
        table.add_row(side, line, index, escape(one["what"]))
    out.print(table)
    if len(differences) > _MAX_SHOWN:
        out.print(f"… and {len(differences) - _MAX_SHOWN} more: --json lists them")


def _title(answer: dict[str, Any]) -> str:
    if not answer["origin"]:
        return "nothing verifiable"
    anchored = "anchored" if answer["anchored"] else "not anchored: self-consistent only"
    return f"{answer['origin']}, {anchored}"


def print_findings(findings: Sequence[Finding]) -> None:
    """Print what the doctor found: one row a check, with what repairs it below what was found."""
    table = Table("check", "status", "what was found, and what to do")
    for one in findings:
        told = escape(one.found) + (f"\n→ {escape(one.advice)}" if one.advice else "")
        table.add_row(one.check, f"[{_STATUS_STYLE[one.status]}]{one.status}[/]", told)
    _wide_console().print(table)


def balances_json(book: Book) -> dict[str, Any]:
    """Return balances as the commands print them with ``--json``."""
    pairs = [{"pair_id": row.pair_id, "balances": dict(row.balances)} for row in book.pairs]
    return {"size": book.size, "pairs": pairs, "city": dict(book.city)}


def print_balances(book: Book, *, city: bool = True) -> None:
    """Print balances per pair, and the city's."""
    table = Table("pair", title=f"balances after {book.size} entries, in units")
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for row in book.pairs:
        table.add_row(row.pair_id, *(str(row.balances[name]) for name in COLUMNS))
    if city:
        table.add_section()
        table.add_row("the city", *(str(book.city[name]) for name in COLUMNS))
    out = _wide_console()
    out.print(table)
    out.print(
        "ISS issued (contra) · AV available · A approved · C classified · R registered · T transfer proved · "
        "X exported · D deregistered after export · N closed, not exported · UNB unbacked (memo)",
        soft_wrap=True,
    )


def _wide_console() -> Console:
    """Return the console with room for a pair's id and ten numbers, and for a root in one piece."""
    out = console()
    out.width = max(out.width, 110)
    return out


def _styled(verdict: str) -> str:
    style = _STYLE.get(verdict, "red")
    return f"[{style}]{verdict}[/{style}]"
