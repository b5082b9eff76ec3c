"""A report as a workbook: what is read back is what the report says; numbers are numbers, text is never a formula."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from api.reports import TooLarge, document_of, excel, render_excel
from api.reports.document import Column, Row, Section
from api.reports.excel import MAX_CELL, render_workbook
from projections.proof.unknowable import Text
from projections.reports import dossier
from projections.reports.report import Report
from projections.views.balances import COLUMNS
from tests.support.desk import desk, enterprise
from tests.support.reports import FIRM

KINDS = ("enterprise-statement", "agency-statement", "dossier", "city")


def read(data: bytes) -> Workbook:
    """Read a workbook back."""
    return load_workbook(io.BytesIO(data))


def table(book: Workbook, sheet: str, first: str) -> tuple[list[str], list[list[Any]]]:
    """Return heading and rows of the table on a sheet, which begins at the row whose first cell is ``first``."""
    rows = [list(row) for row in book[sheet].iter_rows(values_only=True)]
    at = next(place for place, row in enumerate(rows) if row[0] == first)
    return rows[at], rows[at + 1 :]


@pytest.mark.parametrize("kind", KINDS)
def test_every_cell_is_read_back_as_it_was_laid_out(reports: dict[str, Report], kind: str) -> None:
    """Given a report, when its workbook is read back, then every section has its sheet and every row its cells."""
    document = document_of(reports[kind])
    book = read(render_excel(reports[kind]))

    assert book.sheetnames == ["概览", *(section.sheet for section in document.sections)]
    for section in document.sections:
        if not section.columns:
            continue
        title = section.columns[0].title
        _, rows = table(book, section.sheet, f"{title.zh} {title.en}")
        assert len(rows) == len(section.rows)
        for row, wanted in zip(rows, section.rows, strict=True):
            assert row[: len(section.columns)] == [_value(cell) for cell in wanted.cells], section.sheet
    assert not list(formulas(book))


def test_a_statements_figures_are_those_of_its_json(reports: dict[str, Report]) -> None:
    """Given an enterprise's statement, then the account's sheet has opening, each entry's balances and closing as numbers."""
    report = reports["enterprise-statement"]
    (account,) = report.content["accounts"]
    head, rows = table(read(render_excel(report)), "账户1", "序号 index")
    at = head.index("ISS ISS")

    def balances(row: list[Any]) -> dict[str, Any]:
        return dict(zip(COLUMNS, row[at : at + len(COLUMNS)], strict=True))

    assert balances(rows[0]) == account["opening"]
    assert balances(rows[-1]) == account["closing"]
    assert [row[0] for row in rows[1:-1]] == [line["index"] for line in account["lines"]]
    assert [balances(row) for row in rows[1:-1]] == [line["balances"] for line in account["lines"]]
    assert all(type(value) is int for row in rows for value in balances(row).values())


def test_a_dossiers_cars_and_documents_are_those_of_its_json(reports: dict[str, Report]) -> None:
    """Given a dossier, then VINs, certificates and digests stand in their columns as text, sizes as numbers."""
    content = reports["dossier"].content
    book = read(render_excel(reports["dossier"]))
    _, cars = table(book, "车辆", "车辆识别代码 VIN")
    _, documents = table(book, "材料", "序号 index")

    assert [(row[0], row[2]) for row in cars] == [(one["vin"], one["cert_no"]) for one in content["cars"]]
    wanted = [(one["index"], one["bytes"], one["sha256"]) for one in content["documents"]]
    assert [(row[0], row[4], row[5]) for row in documents] == wanted


def test_a_name_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    """Given names that a spreadsheet would run, or decode, then they are text, to the letter."""
    for number, name in enumerate(
        ("=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "_x0041_", "http://a.example")
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        with desk(folder) as at:
            at.send([enterprise(body={"name": name})], "commerce-1")
            report = dossier.build(at.store, FIRM, findings=False)
        book = read(render_excel(report))
        cells = [cell for row in book["概览"].iter_rows() for cell in row if cell.value == name]
        assert [cell.data_type for cell in cells] == ["s"], name
        assert not list(formulas(book))
        assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink]


def test_the_same_report_gives_the_same_bytes_and_no_clock(reports: dict[str, Report]) -> None:
    """Given a report, when written twice, then the bytes are alike and its date is that of the checkpoint."""
    data = render_excel(reports["city"])
    assert data == render_excel(reports["city"])
    recorded = datetime.fromisoformat(reports["city"].content["basis"]["recorded_at"])
    assert read(data).properties.created == recorded.replace(tzinfo=None)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {one.date_time[0] for one in archive.infolist()} == {1980}


def test_the_first_sheet_names_checkpoint_and_digest(reports: dict[str, Report]) -> None:
    """Given a workbook, then its first sheet says on which root it stands, and its digest."""
    for report in reports.values():
        cells = {
            cell for row in read(render_excel(report))["概览"].iter_rows(values_only=True) for cell in row
        }
        assert {
            report.digest,
            report.content["basis"]["root_hex"],
            report.content["basis"]["origin"],
        } <= cells


def test_a_long_text_is_cut_and_too_many_rows_are_refused(
    reports: dict[str, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a text longer than a cell and more rows than a sheet, then the one ends in … and the other is refused."""
    columns = (Column(Text("字", "text"), 1),)
    section = Section("字", Text("长文", "long"), (), (), columns, [Row(("长" * (MAX_CELL + 1),))])
    document = replace(document_of(reports["city"]), sections=(section,))
    _, ((cell, *_),) = table(read(render_workbook(document)), "字", "字 text")
    assert cell == "长" * (MAX_CELL - 1) + "…"

    monkeypatch.setattr(excel, "MAX_ROWS", 0)
    with pytest.raises(TooLarge, match="字: 1 rows, a sheet holds 0"):
        render_workbook(document)


def formulas(book: Workbook) -> Iterator[Any]:
    """Yield every cell that a spreadsheet would compute."""
    for sheet in book:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.data_type == "f")


def _value(cell: Any) -> Any:
    if isinstance(cell, Text):
        return f"{cell.zh} {cell.en}"
    return None if cell == "" else cell


def test_a_glance_counts_the_unbacked_cars_that_are_shown(reports: dict[str, Report]) -> None:
    """Given cars on no line and on another's, then the dossier counts both as the car table does, and used + unbacked is all."""
    cars = reports["dossier"].content["cars"]
    unbacked = [one for one in cars if one["account"] == "UNB"]
    without = [one for one in unbacked if one["line_id"] is None]
    used = sum(one["balances"][name] for one in reports["dossier"].content["pairs"] for name in "RTXDN")
    facts = {fact.label.en: fact.value for fact in document_of(reports["dossier"]).sections[0].facts}

    assert 0 < len(without) < len(unbacked)
    assert (
        facts["unbacked registrations (of these, that name no line)"] == f"{len(unbacked)} ({len(without)})"
    )
    assert sum(one["level"] is not None for one in cars) == used + len(unbacked)
