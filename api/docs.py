"""Reference pages made from the code: every refusal and flag, and a JSON Schema of every statement body.

``python -m api.docs`` (``make docs``) writes them into ``docs/`` of the checkout it is started in; a test
compares what is checked in with what would be written.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from domain.catalogue import CATALOGUE, Kind, TypeSpec
from domain.errors import FLAGS, REFUSALS

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def pages() -> Mapping[str, str]:
    """Return every generated page: its path under ``docs/`` and its text."""
    schemas = {f"spec/statements/{name}.json": schema(spec) for name, spec in CATALOGUE.items()}
    return {"refusals.md": refusals(), **schemas}


def schema(spec: TypeSpec) -> str:
    """Return the JSON Schema (2020-12) of a statement's ``body``, with its row of the catalogue."""
    body: dict[str, Any] = spec.body.model_json_schema(by_alias=True)
    row = {
        "agencies": sorted(spec.agencies),
        "effective_date": spec.effective_field or "occurred_at",
        "kind": spec.kind.value,
        "officers": 2 if spec.four_eyes else 1,
        "zh": spec.zh,
    }
    return json.dumps({"$schema": _DIALECT, **body, "x-catalogue": row}, ensure_ascii=False, indent=2) + "\n"


def refusals() -> str:
    """Return the page of refusal codes and flags, in Markdown."""
    return "\n".join(_refusals()) + "\n"


def _refusals() -> Iterator[str]:
    facts = sum(spec.kind is Kind.FACT for spec in CATALOGUE.values())
    yield "# Refusals and flags"
    yield ""
    yield "Made by `make docs` from `domain/errors.py`; what is written here by hand is lost."
    yield ""
    decided = f"{len(CATALOGUE) - facts} of {len(CATALOGUE)}"
    yield (
        f"A *decision* ({decided} types) that breaks a rule is **refused** with every reason, each citing an "
        f"article and the policy version in force. A *fact* ({facts} types) is always accepted when it is "
        "well-formed and rightly signed, and **flagged**; a flag names the statement of the verifier (C01 to "
        "C36) that it bears on. An accepted decision can be flagged too. What is wrong with an envelope or "
        "its form has its own codes (`docs/spec/ledger-format.md`)."
    )
    yield ""
    yield f"## Refusals ({len(REFUSALS)})"
    yield ""
    yield "Words in braces are figures, filled in for the case at hand."
    yield ""
    yield "| Code | Article | 中文 | English |"
    yield "|---|---|---|---|"
    for code, (article, zh, en) in sorted(REFUSALS.items()):
        yield f"| `{code}` | {article} | {_cell(zh)} | {_cell(en)} |"
    yield ""
    yield f"## Flags ({len(FLAGS)})"
    yield ""
    yield "| Code | Statement | 中文 | English |"
    yield "|---|---|---|---|"
    for flag in sorted(FLAGS.values(), key=lambda flag: (flag.control, flag.code)):
        yield f"| `{flag.code}` | {flag.control} | {_cell(flag.zh)} | {_cell(flag.en)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def write(docs: Path) -> int:
    """Write every page under ``docs``, take schemas of types that are gone away; return how many."""
    wanted = pages()
    for old in (docs / "spec" / "statements").glob("*.json"):
        if old.relative_to(docs).as_posix() not in wanted:
            old.unlink()
    for name, text in wanted.items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return len(wanted)


if __name__ == "__main__":
    if not Path("docs").is_dir():
        sys.exit("There is no directory docs here: run make docs at the top of a checkout")
    sys.stdout.write(f"{write(Path('docs'))} pages are written\n")
