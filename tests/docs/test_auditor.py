"""docs/auditor.md and its Chinese counterpart tell what the verifier answers, and what nobody can know."""

import re
from pathlib import Path
from typing import get_args

import pytest

from ledger.source import BreakClass
from projections.proof.answer import EXIT_CODES
from projections.proof.statements import UNKNOWABLE

DOCS = Path(__file__).resolve().parents[2] / "docs"
LANGUAGES = {"en": "auditor.md", "zh": "auditor.zh.md"}


@pytest.mark.parametrize(("language", "name"), LANGUAGES.items())
def test_what_cannot_be_known(language: str, name: str) -> None:
    """Given Z01 to Z10, then the guide has each with the words of the code, in its language."""
    rows = re.findall(r"^\| (Z\d\d) \| (.+) \| (.+) \|$", (DOCS / name).read_text("utf-8"), re.MULTILINE)
    wanted = [
        (one.code, getattr(one.what, language), getattr(one.evidence, language))
        for one in UNKNOWABLE.values()
    ]
    assert rows == wanted


@pytest.mark.parametrize("name", LANGUAGES.values())
def test_every_exit_code_and_class_of_break(name: str) -> None:
    """Given the guide, then it has a row for each exit code, and each class of break in one row of what it taints."""
    text = (DOCS / name).read_text("utf-8")
    codes = [int(code) for code in re.findall(r"^\| (\d) \| ", text, re.MULTILINE)]
    assert codes == sorted({*EXIT_CODES.values(), 2})
    tainting = re.findall(r"^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \| ", text, re.MULTILINE)
    named = [class_ for row in tainting for class_ in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(get_args(BreakClass))


@pytest.mark.parametrize("name", ["auditor.md", "auditor.zh.md", "statements.md", "spec/verification.md"])
def test_links_lead_somewhere(name: str) -> None:
    """Given the links of a document to others and to headings, then file and heading are there."""
    page = DOCS / name
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        path, _, heading = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        if heading:
            titles = re.findall(r"^#+ (.+)$", linked.read_text("utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
            assert heading in slugs, target
