"""Pages made from the code: refusals, flags, patterns, the verifier's statements, schemas of bodies.

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
from projections.patterns.asking import MAX_HITS
from projections.patterns.catalogue import PATTERNS
from projections.patterns.hit import MAX_ENTRIES, Pattern
from projections.proof.statements import STATEMENTS
from projections.proof.unknowable import UNKNOWABLE

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def pages() -> Mapping[str, str]:
    """Return every generated page: its path under ``docs/`` and its text."""
    schemas = {f"spec/statements/{name}.json": schema(spec) for name, spec in CATALOGUE.items()}
    made = {"refusals.md": refusals(), "patterns.md": patterns(), "statements.md": statements()}
    return made | schemas


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


_PATTERNS = f"""# Patterns

Made by `make docs` from `projections/patterns/catalogue.py`; what is written here by hand is lost.

The questions that an investigator starts from, as named queries over the views. A hit is a lead and no
finding: it names subjects (`vin:`, `enterprise:`, `officer:<agency>/<pseudonym>`), the entries to look
at (the first {MAX_ENTRIES}) and the figures on which it rests. Findings are what
[verify](spec/verification.md) says.

```
quota-ledger patterns                            # a line for each, with its defaults
quota-ledger patterns long-dwell --days 200      # the hits of one
quota-ledger patterns signs-alone --json         # quota-ledger-patterns/1
quota-ledger graph --json                        # quota-ledger-graph/1; --graphml for other tools
```

The defaults are such that a clean season of the [demonstration](demonstration.md) has no hit; with
`--faults` every pattern is planted, and the answer key names its subjects and entries. `--least 1`
lists what stands out least, such as every officer who was refused. What depends on the present looks
from the Shanghai day of the last entry, or from `--on DATE`. Answers come in one order that follows
from the ledger alone; at most {MAX_HITS:,} hits are listed, and `total` counts all. A statement that
was corrected no longer counts, and what it was corrected to does.

`graph` gives exporters and upstreams, joined by their pairs (`PAIR`: cars, first and last
registration), and the documents that serve two cars or more, joined to the exporters that used them
(`USES`: cars, entries). Of customs declarations only those that serve two exporters are in it: several
cars of one exporter on one declaration are usual.
"""


def patterns() -> str:
    """Return the page of patterns, in Markdown."""
    return _PATTERNS + "\n".join(line for one in PATTERNS.values() for line in _pattern(one)) + "\n"


def _pattern(one: Pattern) -> Iterator[str]:
    yield ""
    yield f"## `{one.name}` {one.title.zh}"
    yield ""
    yield f"**{one.title.en}.** {one.question.zh} {one.question.en}"
    yield ""
    yield f"- Shows: {one.shows.zh} {one.shows.en}"
    yield f"- Does not show: {one.shows_not.zh} {one.shows_not.en}"
    for each in one.parameters:
        bounds = f"{each.lowest:,} to {each.highest:,}"
        yield f"- `--{each.name}` {each.default} {each.unit} ({bounds}): {each.zh}; {each.en}"


_STATEMENTS = """# What is verified 核验的陈述

Made by `make docs` from `projections/proof/statements.py`; what is written here by hand is lost.

每项陈述：标题、依据、PROVED 的含义，以及无论结论如何都未能查明的事项（Z01–Z10）。判定规则见
[spec/verification.md](spec/verification.md)（英文）。

Each statement with its source, what PROVED says, and what it leaves open whatever its verdict (Z01–Z10).
The rules by which it is answered: [spec/verification.md](spec/verification.md#7-the-statements).

| 代码 · Code | 陈述 · Statement | 依据 · Source | PROVED | 未能查明 · Leaves open |
|---|---|---|---|---|
"""


def statements() -> str:
    """Return the page of the verifier's statements and of what they leave open, in Markdown."""
    rows = [
        f"| {code} | {one.title.zh}<br>{one.title.en} | {one.source} | {one.proves.zh}<br>{one.proves.en} "
        f"| {', '.join(one.open) or '–'} |"
        for code, one in STATEMENTS.items()
    ]
    unknowable = [
        f"| {code} | {one.what.zh}<br>{one.what.en} | {one.evidence.zh}<br>{one.evidence.en} "
        f"| {', '.join(info.code for info in STATEMENTS.values() if code in info.open)} |"
        for code, one in UNKNOWABLE.items()
    ]
    heading = [
        "",
        "## 账本不能证明的事项 What no ledger can show",
        "",
        "| 代码 · Code | 事项 · What | 可以说明的证据 · Evidence that does | 涉及 · Left open by |",
        "|---|---|---|---|",
    ]
    return _STATEMENTS + "\n".join([*rows, *heading, *unknowable]) + "\n"


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
