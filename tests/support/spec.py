"""The worked example and the tables of the documents in docs/spec, read from their own text."""

import re
from pathlib import Path

SPEC = Path(__file__).resolve().parents[2] / "docs" / "spec" / "ledger-format.md"
VERIFICATION = SPEC.with_name("verification.md")

_BLOCK = re.compile(r"^\*\*([^*\n]+)\*\*[^\n]*\n\n```text\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_VALUE = re.compile(r"^\| ([^|`]+) \| `([0-9a-f]+)` \|$", re.MULTILINE)
_TYPE = re.compile(r"^\| ([A-Z]\w+)( †)? \|((?:[^|\n]+\|){6}[^|\n]+)\|$", re.MULTILINE)


def blocks() -> dict[str, str]:
    """Return the texts of the worked example by name."""
    return dict(_BLOCK.findall(SPEC.read_text()))


def values() -> dict[str, str]:
    """Return the hex values of the worked example by name."""
    return dict(_VALUE.findall(SPEC.read_text()))


def type_rows() -> dict[str, tuple[bool, list[str]]]:
    """Return the table of subjects and tags: type → whether it is marked †, and its cells after the name."""
    found = [row for row in _TYPE.findall(SPEC.read_text()) if row[0] != "Type"]  # not the table's head
    assert len(found) == len({name for name, _, _ in found})
    return {name: (bool(mark), [cell.strip() for cell in cells.split("|")]) for name, mark, cells in found}


def section(number: int) -> str:
    """Return the text of a numbered section of docs/spec/verification.md."""
    text = VERIFICATION.read_text("utf-8")
    found = re.search(rf"^## {number}\. .*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[0]


def table(text: str, first: str) -> list[list[str]]:
    """Return the cells of the table whose first head cell is ``first``, the head left out."""
    lines = text[text.index(f"| {first} |") :].splitlines()
    rows = []
    for line in lines[2:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows
