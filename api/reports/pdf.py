"""A laid-out report on paper: A4, Chinese first, page numbers, seals; fonts embedded, no clock inside.

The file is PDF/A-3: it carries the report's JSON and its checkpoint as attachments. weasyprint, and with it
Pango, is loaded when a page is made and not before.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from typing_extensions import override

from api.reports.document import Cell, Column, Document, Row, Section, TooLarge
from api.reports.fonts import FAMILY, MONOSPACE, PACKAGES, CannotRender, check_fonts, printable
from projections.proof.unknowable import Text
from projections.reports.basis import NOTE_FILE

REPORT_FILE: Final = "report.json"
MAX_ROWS: Final = 20_000
"""On paper: some 700 pages, which take minutes."""
_WIDE: Final = 6
_RUNNING: Final = 48  # characters in the head of a page
_NUMERALS: Final = "〇一二三四五六七八九"
_NOTHING: Final = Markup('<span class="none">–</span>')
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)


class RenderingFault(Exception):
    """The page maker complained: a glyph or a rule would be missing. A mistake of this program."""


def render_pages(document: Document, most: int = MAX_ROWS) -> bytes:
    """Return a PDF.

    Raises:
        TooLarge: more than ``most`` rows.
        CannotRender: Pango or the Chinese font is not installed.
        RenderingFault: something on the pages could not be set as meant.
    """
    rows = sum(len(one.rows) for one in document.sections)
    if rows > most:
        raise TooLarge(f"{rows} rows on paper, {most} at most; the workbook and the JSON hold them all")
    check_fonts()
    try:
        from weasyprint import HTML, Attachment  # type: ignore[import-untyped]  # none are published
    except OSError as error:
        raise CannotRender(f"report: Pango is needed: apt-get install {PACKAGES} ({error})") from None
    report, at = document.report, datetime.fromisoformat(document.basis["recorded_at"])
    carried = [
        Attachment(string=data, name=name, description=told, created=at, modified=at, relationship=relation)
        for name, data, told, relation in (
            (REPORT_FILE, report.to_bytes(), "what this document says, as JSON", "Source"),
            (NOTE_FILE, document.basis["note"].encode(), "the checkpoint on which it stands", "Supplement"),
        )
    ]
    with _complaints() as said:
        data: bytes = HTML(string=_page(document)).write_pdf(
            attachments=carried, pdf_variant="pdf/a-3u", pdf_identifier=bytes.fromhex(report.digest)[:16]
        )
    if any("HarfBuzz-Subset" in one for one in said):
        raise CannotRender(f"report: HarfBuzz is needed: apt-get install {PACKAGES}")
    if said:
        raise RenderingFault("; ".join(said))
    return data


def _page(document: Document) -> str:
    """Return the report as HTML."""
    basis = document.basis
    return _ENVIRONMENT.get_template("report.html").render(
        title=document.title,
        subject=document.subject,
        facts=document.facts,
        sections=[_section(number, one) for number, one in enumerate(document.sections, 1)],
        seals=document.seals,
        wide=document.wide,
        foot=f"检查点 {basis['size']} 条 · {basis['root_hex'][:16]}…"
        f" · 内容摘要 {document.report.digest[:16]}…",
        recorded_at=basis["recorded_at"],
        family=FAMILY,
        monospace=MONOSPACE,
        cell=_cell,
        shown=printable,
        running=document.subject.zh
        if len(document.subject.zh) <= _RUNNING
        else f"{document.subject.zh[:_RUNNING]}…",
    )


def _section(number: int, section: Section) -> dict[str, Any]:
    groups = _groups(section.columns)
    return {
        "number": _numeral(number),
        "heading": section.heading,
        "facts": section.facts,
        "notes": section.notes,
        "groups": [[section.columns[place] for place in group] for group in groups],
        "rows": [(row.style, list(_stacked(groups, section.columns, row))) for row in section.rows],
        "table": bool(section.columns),
    }


def _groups(columns: tuple[Column, ...]) -> list[list[int]]:
    """Return which columns stand in one: the places of each and of those under it."""
    groups: list[list[int]] = []
    for place, column in enumerate(columns):
        if column.under:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _stacked(groups: list[list[int]], columns: tuple[Column, ...], row: Row) -> Iterator[tuple[str, Markup]]:
    for group in groups:
        told = [(place, row.cells[place]) for place in group]
        while told and told[-1][1] is None and (len(told) > 1 or row.style):
            told.pop()  # a line is left out where none follows, so that each stands in its place
        lines = [_cell(value, columns[place].kind, under=place != group[0]) for place, value in told]
        yield columns[group[0]].kind, Markup("").join(lines)


def _cell(value: Cell, kind: str = "number", *, under: bool = False) -> Markup:
    """Return a value as markup: Chinese with English in small type below it, numbers with separators."""
    if value is None:
        markup = _NOTHING
    elif isinstance(value, Text):
        markup = Markup('{}<span class="en">{}</span>').format(_lines(value.zh), _lines(value.en))
    elif isinstance(value, int):
        told = f"{value:,}" if kind != "index" else f"{value}"
        # Narrow columns hold six characters; a longer number is set smaller before it would wrap.
        markup = Markup('<span class="long">{}</span>').format(told) if len(told) > _WIDE else escape(told)
    else:
        markup = _lines(value)
    return Markup('<span class="under">{}</span>').format(markup) if under else markup


def _lines(text: str) -> Markup:
    return Markup("<br>").join(map(escape, printable(text).split("\n")))


def _numeral(number: int) -> str:
    """Return 1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _NUMERALS[tens]) + "十" if tens else ""
    return head + (_NUMERALS[ones] if ones or not tens else "")


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect what the page maker and the font subsetter warn of."""
    said: list[str] = []
    mine = threading.get_ident()

    class Collect(logging.Handler):
        @override
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == mine:  # others may be making pages too
                said.append(record.getMessage())

    handler = Collect(logging.WARNING)
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    for one in loggers:
        one.addHandler(handler)
    try:
        yield said
    finally:
        for one in loggers:
            one.removeHandler(handler)
