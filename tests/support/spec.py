"""The worked example and the tables of docs/spec/ledger-format.md, read from the document's own text."""

import re
from pathlib import Path

SPEC = Path(__file__).resolve().parents[2] / "docs" / "spec" / "ledger-format.md"

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
