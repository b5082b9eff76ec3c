"""The whole answer: three questions, the worst verdict first, one exit code, one JSON object."""

import json
from dataclasses import replace

import pytest

from ledger.source import Break
from ledger.verification import Verification, unreadable
from projections.proof.answer import Answer, answered, unread
from projections.proof.comparison import Comparison, Difference
from projections.proof.follower import Follower
from projections.proof.statements import STATEMENTS
from projections.proof.stored import StoredBalances
from projections.proof.types import Headline, Report, Verdict
from tests.support.domain import PAIR, Season
from tests.support.proof import Entries

INTACT = Verification("test.example/l", 9, "root", "note", True, (), False, False, False, (), 0.1)
CARS = 2


def asked(
    verification: Verification = INTACT,
    *,
    entries: Entries | None = None,
    stored: StoredBalances | None = None,
    comparisons: tuple[Comparison, ...] = (),
) -> Answer:
    """Follow the entries of a season in which every car is exported, and put the answers together."""
    follower = Follower(snapshot_at=None if stored is None else stored.size)
    for event in (entries or exported()).events:
        follower.checker.fold(event)
    return answered(
        verification, follower, follower.checker.report(), stored=stored, comparisons=comparisons
    )


def exported() -> Entries:
    """Return a season whose cars all leave."""
    return Entries(Season(CARS).steps())


def verdicts(answer: Answer) -> dict[str, Verdict]:
    """Return the verdict of each statement."""
    return {one.code: one.verdict for one in answer.statements}
