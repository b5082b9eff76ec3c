"""对账单: an agency's own counts. The verifier compares them with the entries (C35)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.bodies import ReconciliationStatementFiled
from domain.rules.draft import Draft

COUNTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "commerce": frozenset({"granted", "approved", "registered", "proved"}),
        "transport": frozenset({"classified"}),
        "police": frozenset({"registered", "transferred", "deregistered"}),
        "customs": frozenset({"released", "loaded"}),
    }
)
"""The names of counts that can be compared, by agency."""


def fold_filed(draft: Draft, body: ReconciliationStatementFiled) -> None:
    """Flag what cannot be compared: a period that ends before it begins, a count of another name."""
    if body.period_from > body.period_to:
        draft.flag("period-disordered")
    if not COUNTS[draft.statement.agency].issuperset(body.counts):
        draft.flag("unknown-count")
