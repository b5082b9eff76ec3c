"""Explanations as JSON: what makes up a balance, a flag or a finding, entry by entry."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from projections.history.articles import ARTICLES, rule_of
from projections.history.explain import Grounds, Moved
from projections.history.findings import Finding
from projections.history.grounds import Shown
from projections.history.scope import WHOLE, Scope
from projections.history.story import Story, flag_json, posting_json
from projections.history.told import Told
from projections.proof.statements import STATEMENTS

FORMAT: Final = "quota-ledger-explanation/1"


def balance_json(
    story: Story,
    pair_id: str | None,
    account: str,
    moved: Sequence[Moved],
    scope: Scope = WHOLE,
    page: slice = slice(None),
) -> dict[str, Any]:
    """Return every posting on an account of a pair (None: of the city) with its entry, or a page of them.

    Of an entry that is not shown, only what moved and by which rule: the postings still add up.
    """
    rows = [
        (story.entry(one.told) if scope.entry(one.told.header) else story.bare(one.told))
        | {
            "posting": posting_json(one.posting),
            "units": one.units,
            "balance": one.balance,
            "article": ARTICLES[one.told.header.type],
        }
        for one in moved[page]
    ]
    whole = {"pair_id": pair_id, "account": account, "balance": moved[-1].balance if moved else 0}
    return _told(story, "balance", whole | {"entries": rows})


def grounds_json(story: Story, code: str, found: Grounds) -> dict[str, Any]:
    """Return a flag, the entry that carries it, and those on which it rests."""
    said = flag_json(code)
    whole = {
        **said,
        "source": STATEMENTS[said["control"]].source,
        "flagged": _ruled(story, found.told),
        "entries": [_ruled(story, one) for one in found.entries],
    }
    return _told(story, "flag", whole)


def finding_json(
    story: Story, code: str, vin: str | None, found: Finding, shown: Iterable[Shown]
) -> dict[str, Any]:
    """Return the answer to a statement of the verifier, and entries that it names with their grounds."""
    about = STATEMENTS[code]
    whole = {
        "code": code,
        "zh": about.title.zh,
        "en": about.title.en,
        "control": code,
        "source": about.source,
        "proves": {"zh": about.proves.zh, "en": about.proves.en},
        "verdict": found.result.verdict.value,
        "detail": found.result.detail,
        "missing": list(found.result.missing),
        "vin": vin,
        "entries": [
            _ruled(story, one.told)
            | {"says": list(one.says), "grounds": [_ruled(story, each) for each in one.grounds]}
            for one in shown
        ],
    }
    return _told(story, "finding", whole)


def _ruled(story: Story, one: Told) -> dict[str, Any]:
    """Return an entry and the rule that it applied."""
    return story.entry(one) | {"article": rule_of(one.header.type)}


def _told(story: Story, kind: str, whole: dict[str, Any]) -> dict[str, Any]:
    return {"format": FORMAT, "origin": story.ring.origin, "kind": kind} | whole
