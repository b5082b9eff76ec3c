"""The map from regulation to code: what it names exists, and what the code has stands in it."""

import re
from pathlib import Path

import pytest

from domain import clocks
from domain.catalogue import CATALOGUE
from domain.errors import FLAGS, REFUSALS
from domain.firm import Enterprise
from domain.policy import PARAMETERS, PolicyParams

ROOT = Path(__file__).parents[2]
HEAD = ["Types", "Refused", "Flagged", "Clock", "Parameters", "Statements", "Tests"]
CLOCKS = {"export_term", "deregistration_due", "licence_last_day", "letter_is_needed", "case_due"}
METHODS = {"window_holds": PolicyParams, "standing_on": Enterprise}
STATEMENTS = {f"C{number:02}" for number in range(1, 37)} | {f"Z{number:02}" for number in range(1, 11)}
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
}
KNOWN = {
    "Types": set(CATALOGUE),
    "Refused": set(REFUSALS),
    "Flagged": set(FLAGS),
    "Clock": CLOCKS | set(METHODS),
    "Parameters": {one.key for one in PARAMETERS},
    "Statements": STATEMENTS,
    "Tests": TESTS,
}


def rows() -> dict[str, dict[str, list[str]]]:
    """Return the rows of every table: number → column → the names in the cell."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in (ROOT / "docs" / "regulation-map.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| #"):
            assert cells[2:] == HEAD
        elif line.startswith("| "):
            assert cells[0] not in found
            assert len(cells) == len(HEAD) + 2, cells[0]
            found[cells[0]] = {
                column: cell.replace("`", "").split() for column, cell in zip(HEAD, cells[2:], strict=True)
            }
    return found


ROWS = rows()


@pytest.mark.parametrize("number", ROWS)
def test_a_row_names_what_exists(number: str) -> None:
    """Given a row, then every name in it is one of the code, and some test and statement show it."""
    for column, names in ROWS[number].items():
        assert [name for name in names if name not in KNOWN[column]] == [], column
        assert len(names) == len(set(names)), column
    assert ROWS[number]["Tests"]
    assert ROWS[number]["Statements"]


@pytest.mark.parametrize("column", [column for column in HEAD if column != "Tests"])
def test_what_the_code_has_stands_in_some_row(column: str) -> None:
    """Given a type, refusal, flag, clock, parameter or statement, then at least one row names it."""
    named = {name for row in ROWS.values() for name in row[column]}
    assert sorted(KNOWN[column] - named) == []


def test_the_clocks_are_those_of_the_code() -> None:
    """Given the clocks that the map may name, then they are the functions of domain.clocks and two methods."""
    functions = {
        name
        for name, one in vars(clocks).items()
        if getattr(one, "__module__", "") == clocks.__name__ and callable(one)
    }
    assert functions - {"Term"} == CLOCKS
    assert all(callable(getattr(owner, name)) for name, owner in METHODS.items())


def test_every_sentence_is_numbered_without_a_gap() -> None:
    """Given measure 5, the annexes and the period, then their rows are numbered from 1 on."""
    for prefix, count in (("M5", 21), ("W", 2), ("A1", 15), ("A2", 7), ("R", 7), ("L", 5)):
        numbers = [number for number in ROWS if number.startswith(f"{prefix}.")]
        assert numbers == [f"{prefix}.{place}" for place in range(1, count + 1)]
