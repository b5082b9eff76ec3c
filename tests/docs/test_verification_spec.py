"""docs/spec/verification.md says what the code says: statements, breaks, members, days, extracts, exit codes."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from domain.catalogue import CATALOGUE
from ledger.source import Break, BreakClass
from ledger.verification import SubjectVerification, unreadable
from projections.extracts import parse_extract
from projections.proof.answer import EXIT_CODES, Answer
from projections.proof.comparison import Comparison, Difference
from projections.proof.counts import NAMES
from projections.proof.integrity import integrity_statements
from projections.proof.statements import STATEMENTS
from projections.proof.types import (
    BooksBreak,
    BooksResult,
    BooksVerdict,
    Headline,
    StatementResult,
    Verdict,
)
from tests.support.spec import section, table

VIN, BATCH = "LSVAB6189R2012345", "91310115PDY00001XD-91310114PDY000028Y-1-1"
CELLS = {
    "vin": VIN,
    "registered_on": "2025-01-03",
    "cert_no": "310000000018",
    "deregistered_on": "2025-02-03",
    "batch_id": BATCH,
    "units": "20",
    "declaration_no": "222520250000153457",
    "released_on": "20250131",
}


def quoted(cell: str) -> list[str]:
    """Return what stands in back quotes."""
    return re.findall(r"`([^`]+)`", cell)


def members(value: Any) -> Iterator[str]:
    """Yield the name of every member of a JSON value, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner)


def test_every_statement_has_its_section() -> None:
    """Given the catalogue of statements, then the headings are its codes and titles, once each, in order."""
    headings = re.findall(r"^### (C\d\d) (.+) · (.+)$", section(7), re.MULTILINE)
    assert headings == [(code, one.title.en, one.title.zh) for code, one in STATEMENTS.items()]


def test_every_class_of_break_has_its_statement() -> None:
    """Given each class of break, when it is the only one, then it refutes the statement of its row."""
    rows = {quoted(row[0])[0]: row[1] for row in table(section(3), "Class")}
    classes: tuple[BreakClass, ...] = get_args(BreakClass)
    assert rows.keys() == set(classes)
    for class_ in classes:
        code = rows[class_]
        results = integrity_statements([Break(class_, 0, "")], 1)
        refuted = [one.code for one in results if one.verdict is Verdict.REFUTED]
        # Documents are looked at by the checker, and what stands against an anchor refutes nothing.
        assert refuted == ([] if code in {"C08", "–"} else [code]), class_


def test_every_member_of_the_object_is_named() -> None:
    """Given an answer with something in every list, then each of its members stands in section 10."""
    statement = StatementResult("C36", Verdict.REFUTED, (3,), "found")
    comparison = Comparison("a.csv", "police", 1, (Difference("extract", "a car", 2, None),))
    answer = Answer(
        unreadable("no ledger"),
        0,
        "2025-01-01",
        BooksResult(BooksVerdict.UNBALANCED, (BooksBreak(1, "a law"),)),
        (statement,),
        Headline(Verdict.REFUTED, 0, 0, 0, 0, 1),
        (comparison,),
    )
    told = answer.to_json()
    rows = table(section(10), "Member")
    assert {name for row in rows for name in quoted(row[0])} == told.keys()
    named = set(quoted(section(10)))
    assert set(members(told)) | {"class"} <= named  # nothing is broken here, so no break shows its class


def test_every_member_about_a_subject_is_named() -> None:
    """Given the answer about a subject bundle, then what it has beside section 10 stands in section 11."""
    nothing = SubjectVerification(None, None, 0, None, None, False, False, False, None, (), (), 0.0)
    general = {name for row in table(section(10), "Member") for name in quoted(row[0])}
    own = {name for row in table(section(11), "Member") for name in quoted(row[0])}
    assert nothing.to_json().keys() - general == own


def test_verdicts_and_exit_codes() -> None:
    """Given the table of verdicts, then it has each with its exit code, the first that applies first."""
    rows = [(quoted(row[0])[0], int(row[1])) for row in table(section(1), "Verdict")]
    order = ["BROKEN", "UNREADABLE", "UNANCHORED", "REFUTED", "UNDETERMINED", "PROVED"]
    assert [name for name, _ in rows] == order
    assert dict(rows) == EXIT_CODES


def test_effective_dates() -> None:
    """Given the table of effective dates, then it is that of the catalogue."""
    found: dict[str, str] = {}
    for fields, types in table(section(4), "Member"):
        names, kinds = quoted(fields), types.split(", ")
        found |= dict(zip(kinds, names * len(kinds) if len(names) == 1 else names, strict=len(names) > 1))
    assert found == {name: spec.effective_field for name, spec in CATALOGUE.items() if spec.effective_field}


def test_what_each_statement_looks_at() -> None:
    """Given the table of what statements look at, then it is that of the catalogue of statements."""
    about = {
        "nothing of these": set(),
        "enterprises": {"enterprise"},
        "cars": {"vin"},
        "both": {"enterprise", "vin"},
    }
    found = {}
    for kind, codes in table(section(4), "Looks at"):
        for first, last in re.findall(r"C(\d\d)(?: to C(\d\d))?", codes):
            for number in range(int(first), int(last or first) + 1):
                found[f"C{number:02}"] = about[kind]
    assert found == {code: set(one.about) for code, one in STATEMENTS.items()}


def test_the_counts_of_agencies() -> None:
    """Given the rows of C35, then they are the names that each agency's statements may count."""
    found: dict[str, set[str]] = {}
    for agencies, name, _ in table(section(7), "Agency"):
        for agency in agencies.split(", "):
            found.setdefault(agency, set()).add(quoted(name)[0])
    assert found == {agency: set(names) for agency, names in NAMES.items()}


@pytest.mark.parametrize("chinese", [False, True], ids=["en", "zh"])
def test_the_columns_of_extracts(*, chinese: bool) -> None:
    """Given the columns that a row of section 8 names, in either language, then a file of them is of its kind."""
    rows = table(section(8), "Kind")
    assert [row[0] for row in rows] == ["police", "transport", "customs"]
    for kind, required, optional, _ in rows:
        columns = re.findall(
            r"`(\w+)` \(([^) ]+)", f"{required}, {optional}".replace("`vin`,", "`vin` (vin),")
        )
        header = [zh if chinese else en for en, zh in columns]
        cells = [CELLS[en] for en, _ in columns]
        extract = parse_extract(f"{','.join(header)}\n{','.join(cells)}\n".encode("gb18030"))
        assert (extract.kind, len(extract.rows)) == (kind, 1)
        assert extract.columns == {en for en, _ in columns}
