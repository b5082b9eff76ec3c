"""对账单 of an agency for a month: what it signed, by type and entry by entry, and what it counts of it.

The entries are those recorded on the Shanghai days of the month whose statement is the agency's. The city's
units stand beside them, at the opening and at the closing of the month, so that four agencies' statements of
one month can be laid side by side. What the agency sent and the ledger refused is listed apart.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

from domain.bodies import SubmissionRefused
from domain.catalogue import CATALOGUE
from domain.postings import Posting
from ledger.stores import AnyStore
from projections.history.story import Story
from projections.history.told import Told
from projections.proof.counts import NAMES
from projections.replay import size_on
from projections.reports.basis import Basis, read_basis
from projections.reports.city_pass import CityPass
from projections.reports.commands import regenerate, verify_ledger
from projections.reports.counts import counts_of
from projections.reports.figures import read_figures
from projections.reports.lines import flag_words, line_of, refusals_of
from projections.reports.months import Month
from projections.reports.moves import Moved, add_up, count_moves, moves_json
from projections.reports.report import FORMAT, Report

TITLE: Final = {"zh": "部门对账单", "en": "Statement of account of an agency"}
AGENCIES: Final = tuple(NAMES)
"""The four that sign about firms and cars; the operator keeps house only."""


def build(store: AnyStore, agency: str, month: Month, note: bytes | None = None) -> Report:
    """Return the statement of an agency; every entry of the ledger is read.

    Args:
        store: the ledger; its balances are brought up to date first.
        agency: one of ``AGENCIES``.
        month: of the days on which entries were recorded.
        note: the checkpoint on which it is to stand; None: the latest.

    Raises:
        ReportRefused: no checkpoint, one of another ledger, a month ahead of it, or figures that differ.
        ChainBroken: an entry cannot be read.
    """
    assert agency in AGENCIES
    basis = read_basis(store, note)
    period = month.to_json(basis.day)
    figures = read_figures(store)
    first, stop = bounds(store, month, basis)
    passed = CityPass(store)
    passed.to(first)
    opening = passed.totals()
    signed = _Signed(Story(store, basis.ring), agency)
    passed.to(stop, signed.look)
    closing = passed.totals()
    passed.to(basis.size)
    counted = counts_of(passed.follower.checker, agency, month, basis.day)
    passed.check(figures)
    add_up(opening, signed.moved, closing)
    content = {
        "format": FORMAT,
        "kind": "agency-statement",
        "title": TITLE,
        "subject": {"agency": agency},
        "period": period,
        "basis": basis.to_json(),
        "city": {"opening": opening, "closing": closing, "moved": moves_json(signed.moved)},
        "types": [
            {"type": name, "zh": CATALOGUE[name].zh, "entries": count}
            for name, count in sorted(signed.types.items())
        ],
        "lines": signed.lines,
        "counts": counted,
        "refused": signed.refused,
        "flags": flag_words(signed.entries),
        "commands": [
            verify_ledger(basis.size),
            regenerate(f"statement --agency {agency} --month {month}"),
        ],
    }
    return Report("agency-statement", content)


def bounds(store: AnyStore, month: Month, basis: Basis) -> tuple[int, int]:
    """Return the indexes of the first entry recorded in a month or later, and of the first after it."""
    return size_on(store, month.day_before, basis.size), size_on(store, month.last, basis.size)


@dataclass(slots=True)
class _Signed:
    """Keeps what the agency signed, and what moved in the city meanwhile."""

    story: Story
    agency: str
    lines: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    types: Counter[str] = field(default_factory=Counter)
    moved: Moved = field(default_factory=Counter)

    def look(self, one: Told, postings: Collection[Posting]) -> None:
        """Look at an entry of the month."""
        count_moves(self.moved, postings)
        if one.statement is None:
            return
        body = one.statement.body
        if isinstance(body, SubmissionRefused):
            signer = self.story.ring.keys.get(body.signer)
            if signer is not None and signer.agency == self.agency:
                self.refused.append(refusals_of(self.story.entry(one), self.story.ring))
        elif one.statement.agency == self.agency:
            entry = self.story.entry(one)
            moved: Moved = Counter()
            count_moves(moved, postings)
            self.types[one.header.type] += 1
            self.entries.append(entry)
            self.lines.append(line_of(entry) | {"moves": moves_json(moved)})
