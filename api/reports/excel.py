"""A laid-out report as a workbook: a sheet a section, numbers as numbers, text never as a formula."""

import io
from datetime import datetime
from typing import Any, Final

from api.reports.document import Cell, Document, Row, Section, TooLarge
from api.reports.fonts import plain
from projections.proof.unknowable import Text

MAX_CELL: Final = 32_767
"""Characters in one cell: the limit of the format; what is longer is cut and ends in ``…``."""
MAX_ROWS: Final = 1_000_000
"""Rows of one sheet; what a workbook cannot hold is refused."""
_WIDTHS: Final = {"number": 10, "index": 8, "text": 22, "code": 30}
_FIRST: Final = "概览"


def render_workbook(document: Document) -> bytes:
    """Return an Excel workbook (.xlsx).

    Raises:
        TooLarge: see ``MAX_ROWS``.
    """
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # none are published

    target = io.BytesIO()
    book = Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    created = datetime.fromisoformat(document.basis["recorded_at"]).replace(tzinfo=None)
    title = f"{document.title.zh} {document.title.en}"
    book.set_properties({"title": title, "subject": plain(document.subject.zh), "created": created})
    writer = _Writer(book)
    writer.first(document)
    for section in document.sections:
        writer.section(section)
    book.close()
    return target.getvalue()


class _Writer:
    def __init__(self, book: Any) -> None:
        self._book = book
        wrapped = {"text_wrap": True, "valign": "top", "font_name": "Noto Sans CJK SC", "font_size": 10}
        self._styles = {
            "": book.add_format(wrapped),
            "balance": book.add_format(wrapped | {"bold": True, "bg_color": "#F2F2F2"}),
            "head": book.add_format(wrapped | {"bold": True, "bg_color": "#D9E2EC", "border": 1}),
            "title": book.add_format({"bold": True, "font_size": 14, "font_name": "Noto Sans CJK SC"}),
        }
        self._number = {
            style: book.add_format(wrapped | more | {"num_format": "#,##0"})
            for style, more in (("", {}), ("balance", {"bold": True, "bg_color": "#F2F2F2"}))
        }

    def first(self, document: Document) -> None:
        """Write the sheet with the title and what the report stands on."""
        sheet = self._sheet(_FIRST)
        self._put(sheet, 0, 0, document.title, "title")
        self._put(sheet, 1, 0, document.subject, "")
        self._facts(sheet, 3, document.facts)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 80)

    def section(self, section: Section) -> None:
        """Write one section: heading, notes, facts, then the table with its own heading row."""
        if len(section.rows) > MAX_ROWS:
            raise TooLarge(
                f"{section.sheet}: {len(section.rows)} rows, a sheet holds {MAX_ROWS}; --json has all"
            )
        sheet = self._sheet(section.sheet)
        self._put(sheet, 0, 0, section.heading, "title")
        at = 1
        for note in section.notes:
            self._put(sheet, at, 0, f"{note.zh} {note.en}", None)
            at += 1
        at = self._facts(sheet, at, section.facts)
        if not section.columns:
            sheet.set_column(0, 0, 34)
            sheet.set_column(1, 1, 80)
            return
        for place, column in enumerate(section.columns):
            self._put(sheet, at, place, column.title, "head")
            sheet.set_column(place, place, _WIDTHS[column.kind])
        sheet.freeze_panes(at + 1, 0)
        if section.rows:
            sheet.autofilter(at, 0, at + len(section.rows), len(section.columns) - 1)
        for row in section.rows:
            at += 1
            self._row(sheet, at, row)

    def _sheet(self, name: str) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def _facts(self, sheet: Any, at: int, facts: tuple[Any, ...]) -> int:
        for fact in facts:
            self._put(sheet, at, 0, fact.label, "head")
            self._put(sheet, at, 1, fact.value, "")
            at += 1
        return at + 1 if facts else at

    def _row(self, sheet: Any, at: int, row: Row) -> None:
        for place, value in enumerate(row.cells):
            self._put(sheet, at, place, value, row.style)

    def _put(self, sheet: Any, row: int, column: int, value: Cell, style: str | None) -> None:
        if isinstance(value, int):
            sheet.write_number(row, column, value, self._number["balance" if style == "balance" else ""])
            return
        text = "" if value is None else f"{value.zh} {value.en}" if isinstance(value, Text) else value
        form = None if style is None else self._styles[style]
        if not text:
            sheet.write_blank(row, column, None, form)
            return
        text = plain(text)
        sheet.write_string(row, column, text if len(text) <= MAX_CELL else f"{text[: MAX_CELL - 1]}…", form)
