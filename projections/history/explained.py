"""Explanations as JSON: what makes up a balance, a flag or a finding, entry by entry."""

from collections.abc import Sequence
from typing import Any, Final

from projections.history.articles import ARTICLES
from projections.history.explain import Grounds, Moved
from projections.history.findings import Finding
from projections.history.scope import WHOLE, Scope
from projections.history.story import Story, flag_json, posting_json
from projections.proof.statements import STATEMENTS

FORMAT: Final = "quota-ledger-explanation/1"


def balance_json(
    story: Story,
    pair_id: str,
    account: str,
    moved: Sequence[Moved],
    scope: Scope = WHOLE,
    page: slice = slice(None),
) -> dict[str, Any]:
    """Return every posting on an account of a pair with its entry, or a page of them.

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
        "flagged": story.entry(found.told),
        "entries": [story.entry(one) for one in found.entries],
    }
    return _told(story, "flag", whole)


def finding_json(
    story: Story, code: str, vin: str | None, found: Finding, page: slice = slice(None)
) -> dict[str, Any]:
    """Return the answer to a statement of the verifier and the entries that show it, or a page of them."""
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
        "entries": [story.entry(one) for one in found.entries[page]],
    }
    return _told(story, "finding", whole)


def _told(story: Story, kind: str, whole: dict[str, Any]) -> dict[str, Any]:
    return {"format": FORMAT, "origin": story.ring.origin, "kind": kind} | whole
