"""``quota-ledger report``: statements of account, the inspection dossier, the overview of the city."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from api.cli.context import (
    DEFAULT_DB,
    REFUSED,
    UNAVAILABLE,
    USAGE,
    Db,
    Json,
    Stop,
    open_store,
    print_json,
    read_file,
    write_out,
)
from api.cli.history import replaying, subject_of
from ledger.note import MAX_NOTE_BYTES
from ledger.stores import AnyStore
from projections.reports import agency_statement, city, dossier, enterprise_statement
from projections.reports.months import Month
from projections.reports.report import Report, ReportRefused

_FORMS: Final = (".pdf", ".xlsx", ".json")
_ABSENT: Final = frozenset({"no-ledger", "no-checkpoint"})

Note = Annotated[
    Path | None,
    typer.Option("--checkpoint", metavar="NOTE", help="Stand on this checkpoint; default the latest."),
]
Target = Annotated[Path | None, typer.Option("--out", "-o", help="A new FILE.pdf, FILE.xlsx or FILE.json.")]
app = typer.Typer(
    help="Statements of account, an inspection dossier, an overview of the city: PDF, Excel or JSON.",
    no_args_is_help=True,
)


@app.command()
def statement(
    month: Annotated[
        str, typer.Option(metavar="YYYY-MM", help="Of the days on which entries were recorded.")
    ],
    enterprise: Annotated[
        str | None, typer.Option(metavar="USCC", help="The statement of an enterprise.")
    ] = None,
    agency: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of commerce, transport, police or customs.")
    ] = None,
    out: Target = None,
    checkpoint: Note = None,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Make the monthly statement (对账单) of an enterprise or an agency."""
    if (enterprise is None) is (agency is None):
        raise Stop(USAGE, "--enterprise USCC or --agency NAME: a statement is of one of them")
    when = _month(month)
    if enterprise is not None:
        uscc = _uscc(enterprise)

        def build(store: AnyStore, note: bytes | None) -> Report:
            return enterprise_statement.build(store, uscc, when, note)
    else:
        assert agency is not None
        name = agency
        if name not in agency_statement.AGENCIES:
            raise Stop(USAGE, f"--agency {name}: one of {', '.join(agency_statement.AGENCIES)} is wanted")

        def build(store: AnyStore, note: bytes | None) -> Report:
            return agency_statement.build(store, name, when, note)

    _make(build, out, checkpoint, db, as_json=as_json)


@app.command(name="dossier")
def dossier_(
    enterprise: Annotated[str, typer.Argument(metavar="USCC", help="The enterprise to be inspected.")],
    out: Target = None,
    without_findings: Annotated[
        bool,
        typer.Option("--without-findings", help="Do not read the whole ledger for the checker's statements."),
    ] = False,
    checkpoint: Note = None,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Make the inspection dossier (检查卷宗) of an enterprise."""
    uscc = _uscc(enterprise)
    _make(
        lambda store, note: dossier.build(store, uscc, note, findings=not without_findings),
        out,
        checkpoint,
        db,
        as_json=as_json,
    )


@app.command(name="city")
def city_(
    month: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="Show the movement of this month besides.")
    ] = None,
    out: Target = None,
    checkpoint: Note = None,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Make the overview of the city (全市概览)."""
    when = None if month is None else _month(month)
    _make(lambda store, note: city.build(store, when, note), out, checkpoint, db, as_json=as_json)


@contextmanager
def reporting() -> Iterator[None]:
    """Turn what a report raises into one line and an exit code."""
    from api.reports import CannotRender, TooLarge

    try:
        with replaying():
            yield
    except ReportRefused as error:
        raise Stop(UNAVAILABLE if error.code in _ABSENT else REFUSED, f"{error.code}: {error}") from error
    except TooLarge as error:
        raise Stop(REFUSED, str(error)) from error
    except CannotRender as error:
        raise Stop(UNAVAILABLE, str(error)) from error


def _make(
    build: Callable[[AnyStore, bytes | None], Report],
    out: Path | None,
    checkpoint: Path | None,
    db: str,
    *,
    as_json: bool,
) -> None:
    """Build a report, write it in the form that the name of the file asks for, and say its digest."""
    if out is None and not as_json:
        raise Stop(USAGE, "--out FILE.pdf, FILE.xlsx or FILE.json, or --json is wanted")
    if out is not None and out.suffix not in _FORMS:
        raise Stop(USAGE, f"--out {out}: a name ending in {', '.join(_FORMS)} is wanted")
    if out is not None and out.exists():
        raise Stop(USAGE, f"--out {out}: File exists; name a new file")
    note = None if checkpoint is None else read_file(checkpoint, "--checkpoint", MAX_NOTE_BYTES)
    with reporting():
        if out is not None and out.suffix == ".pdf":
            from api.reports.fonts import check_fonts

            check_fonts()  # before the ledger is read for nothing
        with open_store(db) as store:
            report = build(store, note)
        if out is not None:
            write_out(_rendered(report, out.suffix), out)
    if as_json:
        print_json(report.content)
    elif out is not None:
        basis, title = report.content["basis"], report.content["title"]
        typer.echo(
            f"{out}: {title['zh']}, {basis['size']} entries of {basis['origin']}, digest {report.digest}"
        )


def _rendered(report: Report, suffix: str) -> bytes:
    from api.reports import render_excel, render_pdf

    match suffix:
        case ".pdf":
            return render_pdf(report)
        case ".xlsx":
            return render_excel(report)
        case _:
            return report.to_bytes()


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise Stop(USAGE, f"--month {error}") from None


def _uscc(text: str) -> str:
    kind, _, code = subject_of(text).partition(":")
    if kind != "enterprise":
        raise Stop(USAGE, f"{text}: an enterprise's code (18 characters) is wanted, not a VIN")
    return code
