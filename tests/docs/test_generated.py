"""The pages that are made from the code are those that are checked in, and say what the code says."""

import json
from pathlib import Path

import pytest

from api.docs import pages, write
from domain.catalogue import CATALOGUE
from domain.errors import FLAGS, REFUSALS
from projections.proof.statements import STATEMENTS
from projections.proof.unknowable import UNKNOWABLE

DOCS = Path(__file__).parents[2] / "docs"


def test_the_checked_in_pages_are_those_of_the_code() -> None:
    """Given the checkout, then every generated page is as make docs would write it, and none is left over."""
    wanted = pages()
    stale = [name for name, text in wanted.items() if not _is(DOCS / name, text)]
    assert stale == [], "run make docs"
    held = {path.relative_to(DOCS).as_posix() for path in (DOCS / "spec" / "statements").iterdir()}
    assert held <= set(wanted)


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


def test_writing_replaces_what_is_stale(tmp_path: Path) -> None:
    """Given a schema of a type that is gone and an old page, when written, then both are put right."""
    gone = tmp_path / "spec" / "statements" / "Gone.json"
    gone.parent.mkdir(parents=True)
    gone.write_text("{}")
    (tmp_path / "refusals.md").write_text("old")
    assert write(tmp_path) == len(CATALOGUE) + 3
    assert not gone.exists()
    assert (tmp_path / "refusals.md").read_text("utf-8") == pages()["refusals.md"]


def test_the_page_names_every_code_once() -> None:
    """Given the page of refusals and flags, then each code heads exactly one row of its table."""
    refusals, flags = pages()["refusals.md"].split("## Flags")
    assert [refusals.count(f"\n| `{code}` |") for code in REFUSALS] == [1] * len(REFUSALS)
    assert [flags.count(f"\n| `{code}` |") for code in FLAGS] == [1] * len(FLAGS)


def test_the_page_says_of_every_statement_what_it_leaves_open() -> None:
    """Given the page of statements, then each has one row: both titles, source, both meanings, and its Z codes."""
    rows = [line.strip("| ").split(" | ") for line in pages()["statements.md"].splitlines() if "<br>" in line]
    assert rows[: len(STATEMENTS)] == [
        [
            code,
            f"{one.title.zh}<br>{one.title.en}",
            one.source,
            f"{one.proves.zh}<br>{one.proves.en}",
            ", ".join(one.open) or "–",
        ]
        for code, one in STATEMENTS.items()
    ]
    assert [row[0] for row in rows[len(STATEMENTS) :]] == list(UNKNOWABLE)


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_schema_has_the_members_of_its_body(name: str) -> None:
    """Given a type, then its schema names each member by its key, requires it, and allows no other."""
    schema = json.loads(pages()[f"spec/statements/{name}.json"])
    keys = {field.alias or key for key, field in CATALOGUE[name].body.model_fields.items()}
    assert set(schema["properties"]) == keys
    assert set(schema["required"]) == keys
    assert schema["additionalProperties"] is False
    assert schema["x-catalogue"]["agencies"] == sorted(CATALOGUE[name].agencies)
