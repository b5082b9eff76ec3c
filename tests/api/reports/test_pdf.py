"""A report on paper reads as a document that one would sign: every glyph, page numbers, seals, the checkpoint."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from api.reports import TooLarge, document_of, render_pdf
from api.reports.document import Column, Row, Section
from api.reports.fonts import FAMILY
from api.reports.pdf import MAX_ROWS, render_pages
from projections.proof.unknowable import Text
from projections.reports import dossier, enterprise_statement
from projections.reports.months import Month
from projections.reports.report import Report
from tests.api.reports.conftest import Paper, Papers
from tests.support.desk import desk, enterprise
from tests.support.pages import attachments, flat, fonts, pages, texts
from tests.support.reports import FIRM, PAIR

POINTS = 72 / 25.4
KINDS = ("enterprise-statement", "agency-statement", "dossier", "city")
SEALS = {
    "enterprise-statement": ("市商务委盖章处", "企业确认签字、盖章处", "编制人签字"),
    "agency-statement": ("部门盖章处", "对账方签字、盖章处", "复核人签字"),
    "dossier": (
        "检查人员签字（一）",
        "检查人员签字（二）",
        "企业签字",
        "检查机关盖章处",
        "企业盖章处",
        "年月日",
    ),
    "city": ("盖章处", "编制人签字"),
}


@pytest.fixture(params=KINDS)
def paper(request: pytest.FixtureRequest, papers: Papers) -> Paper:
    return papers[request.param]


def test_this_machine_has_a_chinese_font() -> None:
    """Given this machine, then fontconfig finds fonts for Chinese: without one every glyph would be a box."""
    found = subprocess.run(["fc-list", ":lang=zh-cn", "family"], check=True, capture_output=True, text=True)
    assert FAMILY in found.stdout


def test_every_font_is_embedded_and_no_other_stands_in(paper: Paper) -> None:
    """Given a report, then all its fonts are embedded subsets of the one family, so no glyph came from elsewhere."""
    found = fonts(paper.pdf)
    assert found
    for name, embedded in found:
        assert embedded, name
        assert "Noto-Sans" in name, name
        assert "CJK-SC" in name, name


def test_every_page_has_its_number_the_checkpoint_and_the_subject(paper: Paper) -> None:
    """Given a report, then each page says which of how many it is, on which root it stands and of whom it is."""
    read = texts(paper.pdf)
    basis = paper.report.content["basis"]
    title = paper.report.content["title"]["zh"]
    for number, text in enumerate(read, 1):
        assert f"第{number}页/共{len(read)}页" in flat(text)
        assert f"检查点{basis['size']}条·{basis['root_hex'][:16]}…" in flat(text)
        assert f"内容摘要{paper.report.digest[:16]}…" in flat(text)
        assert title in flat(text)


def test_basis_seals_and_commands_are_there(paper: Paper) -> None:
    """Given a report, then it shows the signed checkpoint, its digest, the commands, and places for seals."""
    whole = flat("".join(word.text for page in pages(paper.pdf) for word in page.words))
    basis = paper.report.content["basis"]
    for wanted in (
        basis["origin"],
        basis["root_hex"],
        basis["root"],
        paper.report.digest,
        flat(basis["note"]),
    ):
        assert wanted in whole
    for one in paper.report.content["commands"]:
        assert flat(one["command"]) in whole
    for place in SEALS[paper.report.kind]:
        assert place in whole
    assert "转让待出口证明、海关放行本身均不等于车辆已离境" in whole


def test_no_glyph_is_missing(paper: Paper) -> None:
    """Given a report, then its text holds no replacement character, no private use and no box."""
    whole = "".join(texts(paper.pdf))
    assert not {one for one in whole if one in "\ufffd\u25a1\u0000" or 0xE000 <= ord(one) <= 0xF8FF}
    assert "账本" in whole


def test_nothing_reaches_beyond_the_margins(paper: Paper) -> None:
    """Given a report on A4, then every word lies between the margins, and no two words of a line overlap."""
    for page in pages(paper.pdf):
        wide = page.width > page.height
        assert sorted((round(page.width), round(page.height))) == [595, 842]
        left, right = (12 * POINTS, 12 * POINTS) if wide else (18 * POINTS, 15 * POINTS)
        for word in page.words:
            assert word.left >= left - 1, word
            assert word.right <= page.width - right + 1, word
            assert 0 < word.top < word.bottom < page.height - 5 * POINTS, word
        for line in _lines(page.words):
            for before, after in pairwise(line):
                assert before.right <= after.left + 1.2, (before, after)


def test_the_statement_shows_its_figures(papers: Papers) -> None:
    """Given an enterprise's statement, then opening, every entry with its balances, and closing stand on paper."""
    paper = papers["enterprise-statement"]
    (account,) = paper.report.content["accounts"]
    read = "\n".join(texts(paper.pdf)).splitlines()
    rows = [row.split() for row in read]
    closing = [f"{units:,}" for units in _in_order(account["closing"])]

    assert any("期末余额" in row and row[-10:] == closing for row in rows)
    for line in account["lines"]:
        shown = [f"{units:,}" for units in _in_order(line["balances"])]
        found = [row for row in rows if row[:1] == [str(line["index"])]]
        assert any(_holds(row, shown) for row in found), line
        assert line["zh"] in "".join(read)
    assert PAIR in flat("".join(read))


def test_the_dossier_shows_every_car_and_document(papers: Papers) -> None:
    """Given a dossier, then every VIN, every digest of a document, every flag and every case stands on paper."""
    paper = papers["dossier"]
    whole = flat("".join(texts(paper.pdf)))
    content = paper.report.content
    assert all(one["vin"] in whole for one in content["cars"])
    assert all(one["case_id"] in whole for one in content["cases"])
    assert all(one["zh"] in whole for one in content["flags"])
    words = flat("".join(word.text for page in pages(paper.pdf) for word in page.words))
    assert all(one["sha256"] in words for one in content["documents"])


def test_a_report_carries_its_json_and_its_checkpoint(papers: Papers, tmp_path: Path) -> None:
    """Given a PDF, then what it says in JSON and the checkpoint are attached, byte for byte."""
    paper = papers["city"]
    carried = attachments(paper.pdf, tmp_path / "carried")
    assert carried == {
        "report.json": paper.report.to_bytes(),
        "checkpoint.note": paper.report.content["basis"]["note"].encode(),
    }
    assert json.loads(carried["report.json"])["format"] == "quota-ledger-report/1"


def test_the_same_report_gives_the_same_bytes(papers: Papers) -> None:
    """Given a report, when it is laid on paper again, then the file is the same: no clock is inside."""
    paper = papers["enterprise-statement"]
    assert render_pdf(paper.report) == paper.pdf.read_bytes()


def test_a_hostile_name_stays_text(tmp_path: Path) -> None:
    """Given a name with markup, a formula, an override of direction and a glyph of no font, then all is shown as text."""
    name = "=1+1 <b>公司</b> {{ x }} \u202egpj.exe 🚗 " + "长" * 120
    with desk(tmp_path) as at:
        at.send([enterprise(body={"name": name})], "commerce-1")
        report = dossier.build(at.store, FIRM)
        statement = enterprise_statement.build(at.store, FIRM, Month.parse("2026-01"))
    for one in (report, statement):
        path = tmp_path / f"{one.kind}.pdf"
        path.write_bytes(render_pdf(one))
        whole = flat("".join(texts(path)))
        assert flat("=1+1 <b>公司</b> {{ x }} 〔U+202E〕gpj.exe 〔U+1F697〕") in whole
        assert "\u202e" not in whole
        assert all("CJK-SC" in name for name, _ in fonts(path))
        for page in pages(path):
            assert all(word.right <= page.width - 11 * POINTS for word in page.words)


def test_large_numbers_stay_in_their_columns(reports: dict[str, Report], tmp_path: Path) -> None:
    """Given balances of a whole country, then each stands in one piece in its own column."""
    content = reports["agency-statement"].content
    opening = {
        "ISS": -123_456,
        "AV": 98_765,
        **dict.fromkeys(("A", "C", "R", "T", "X", "D", "N", "UNB"), 12_345),
    }
    city = content["city"] | {"opening": opening, "closing": opening, "moved": []}
    report = replace(reports["agency-statement"], content=content | {"city": city, "lines": []})
    path = tmp_path / "large.pdf"
    path.write_bytes(render_pdf(report))
    rows = [row.split() for text in texts(path) for row in text.splitlines()]
    assert [*(f"{units:,}" for units in opening.values())] in [row[-10:] for row in rows if "期初余额" in row]


def test_more_rows_than_paper_holds_are_refused(reports: dict[str, Report]) -> None:
    """Given one row more than the limit, then no page is made and the line says what to take instead."""
    document = document_of(reports["city"])
    columns = (Column(Text("数", "n"), 1, "number"),)
    section = Section("数", Text("数", "n"), (), (), columns, [Row((1,))] * (MAX_ROWS + 1))
    with pytest.raises(TooLarge, match=f"{MAX_ROWS} at most; the workbook"):
        render_pages(replace(document, sections=(section,)))


def _lines(words: tuple[Any, ...]) -> Iterator[list[Any]]:
    rows: dict[int, list[Any]] = {}
    for word in words:
        rows.setdefault(round(word.bottom * 2), []).append(word)
    for row in rows.values():
        yield sorted(row, key=lambda word: word.left)


def _in_order(balances: dict[str, int]) -> list[int]:
    return [balances[name] for name in ("ISS", "AV", "A", "C", "R", "T", "X", "D", "N", "UNB")]


def _holds(row: list[str], wanted: list[str]) -> bool:
    return any(row[at : at + len(wanted)] == wanted for at in range(len(row)))
