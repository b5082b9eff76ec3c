"""A report laid out: headings, facts and tables, from which both the pages and the workbook are made.

A cell is text, a number, or words in both languages. A column marked ``under`` stands in the workbook as a
column of its own and on paper in small type below the one before it, so that wide tables fit on A4.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from projections.proof.unknowable import Text
from projections.reports.report import Report

Cell = str | int | Text | None
Seals = Literal["inspection", "agency", "enterprise", "city"]
NOTHING: Final = Text("无", "none")


class TooLarge(Exception):
    """More rows than the form holds; another form does."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        title: its heading.
        width: its share of the paper's width; what stands under another has none.
        kind: ``code`` is set in a fixed-width face and may break anywhere; a ``number`` stands right, with
            separators; so does an ``index``, as it is typed in commands.
        under: see the module.
    """

    title: Text
    width: int = 0
    kind: Literal["text", "code", "number", "index"] = "text"
    under: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in the order of the columns; a ``balance`` row is set bold."""

    cells: tuple[Cell, ...]
    style: Literal["", "balance"] = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value."""

    label: Text
    value: Cell
    kind: Literal["text", "code", "index"] = "text"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report: facts, notes and a table; its ``sheet`` names it in the workbook.

    Attributes:
        sheet: at most 31 characters of letters, digits and hyphens.
        heading: on paper.
        facts: above the table.
        notes: sentences above the table.
        columns: none: the section has no table.
        rows: of the table; where there are none the section says so.
    """

    sheet: str
    heading: Text
    facts: tuple[Fact, ...] = ()
    notes: tuple[Text, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: Sequence[Row] = field(default=())


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Attributes:
        report: what is laid out.
        subject: whom or what it is about, for the head of each page.
        facts: below the title.
        sections: in order; the last two say how it is verified.
        wide: on paper across.
        seals: which places for signatures and seals stand at its end.
    """

    report: Report
    subject: Text
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    wide: bool
    seals: Seals

    @property
    def title(self) -> Text:
        """The title of the report."""
        return Text(**self.report.content["title"])

    @property
    def basis(self) -> dict[str, Any]:
        """The checkpoint on which it stands."""
        found: dict[str, Any] = self.report.content["basis"]
        return found
