"""Quota, standing and cases at random: whatever is said in whatever order, the books balance, nothing breaks."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.catalogue import CATALOGUE, Kind
from domain.decide import Refused
from domain.errors import FLAGS, REFUSALS
from tests.support.domain import (
    LETTER_ATTACHMENTS,
    Season,
)
from tests.support.history import History
from tests.support.random_quota import statements


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 4), st.lists(statements() | st.integers(1, 6), min_size=1, max_size=20))
def test_whatever_is_said_of_quota_the_books_balance(
    far: int, script: list[tuple[str, dict[str, Any]] | int]
) -> None:
    """Given statements and corrections at random, then facts enter, refusals have codes, every law holds."""
    season = Season(3, 3)
    history = History([*season.set_up(), *list(season.classified())[:far]])
    for act in script:
        if isinstance(act, int):  # the statement so many entries back is taken back
            answer = history.correct(history.size - act, None, "2025-06-02")
        else:
            # ``say`` checks conservation and signs, and that what decide says is what fold does.
            answer = history.say("2025-06-02", *act, *LETTER_ATTACHMENTS)
        if isinstance(answer, Refused):
            assert {one.code for one in answer.refusals} <= set(REFUSALS)
            assert isinstance(act, int) or CATALOGUE[act[0]].kind is Kind.DECISION, "a fact is never refused"
        else:
            assert set(answer.outcome.flags) <= set(FLAGS)
    for key, record in history.records().items():
        assert history.replayed.get(key) == record, "fold from memory and from text agree"
