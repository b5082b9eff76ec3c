"""The main road from grant to deregistration, and histories at random beside it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.catalogue import CATALOGUE, Kind
from domain.decide import Accepted, decide
from domain.postings import Posting
from domain.state import State
from tests.support.domain import BATCH, PAIR, Season, Step, at, line_id, registered_body, statement, vin
from tests.support.history import History


def test_a_season_that_obeys_is_accepted_without_a_flag() -> None:
    """Given three cars that keep every rule, when all is recorded, then three units end in D, unflagged."""
    history = History()
    for step in Season(3, units=10).steps():
        answer = history.take(step)
        assert isinstance(answer, Accepted), answer
        assert answer.outcome.flags == (), step.statement.type
    assert history.balances(PAIR) == {"ISS": -10, "AV": 7, "D": 3}


@pytest.mark.parametrize(
    ("upto", "balances"),
    [
        (9, {"ISS": -10, "AV": 10}),
        (11, {"ISS": -10, "AV": 9, "A": 1}),
        (13, {"ISS": -10, "AV": 9, "C": 1}),
        (15, {"ISS": -10, "AV": 9, "R": 1}),
        (18, {"ISS": -10, "AV": 9, "T": 1}),
        (19, {"ISS": -10, "AV": 9, "X": 1}),
        (20, {"ISS": -10, "AV": 9, "D": 1}),
    ],
)
def test_a_unit_passes_through_the_accounts_in_order(upto: int, balances: dict[str, int]) -> None:
    """Given one car, when its history is cut after a step, then its unit is in that step's account."""
    assert History(Season(1, units=10).steps()[:upto]).balances(PAIR) == balances


def test_postings_name_pair_line_and_car() -> None:
    """Given an approved batch, when approved, then each line has a posting of one unit."""
    season = Season(2)
    steps = [*season.set_up(), *season.classified()]
    history = History(steps[:-3])
    answer = history.take(steps[-3])
    assert isinstance(answer, Accepted)
    assert answer.outcome.postings == tuple(
        Posting(PAIR, "AV", "A", 1, line_id(number), vin(number)) for number in (1, 2)
    )


def test_deciding_needs_one_request_for_the_cars_of_a_batch() -> None:
    """Given an approval of fifty cars, when it is decided, then its cars are fetched together."""
    season = Season(50)
    steps = [*season.set_up(), *season.classified()]
    history = History(steps[:-3])
    requests: list[int] = []

    class Counted:
        def fetch(self, keys):  # type: ignore[no-untyped-def]
            requests.append(len(keys))
            return history.stored.fetch(keys)

    answer = decide(State(Counted()), steps[-3].statement, history.size, steps[-3].recorded_at)
    assert isinstance(answer, Accepted)
    assert max(requests) == 50
    assert len(requests) < 10


def test_the_ledgers_own_statements_change_no_record() -> None:
    """Given a revocation of a key, when decided here, then it is accepted and changes nothing."""
    revoked = statement("AgencyKeyRevoked", {"keyid": "ab" * 32, "reason": "lost"})
    answer = History().take(Step(revoked, at("2025-01-01")))
    assert isinstance(answer, Accepted)
    assert (answer.outcome.changes, answer.outcome.postings, answer.outcome.flags) == ({}, (), ())


@st.composite
def _orders(draw: st.DrawFn) -> list[Step]:
    """The steps of a short season: some left out, some repeated, those about cars in any order."""
    season = Season(draw(st.integers(1, 3)), units=draw(st.integers(2, 4)))
    start = list(season.set_up())
    rest = [*season.classified(), *season.exported()]
    stray = registered_body(vin(1), draw(st.sampled_from([None, line_id(2), f"{BATCH}9-1"])))
    rest.append(season.step("2025-03-05", "VehicleRegistered", stray))
    if draw(st.booleans()):
        rest = draw(st.permutations(rest))
    picked = draw(st.lists(st.sampled_from(rest), max_size=12))
    place = draw(st.integers(0, len(rest)))
    return [*start, *rest[:place], *picked, *rest[place:]]


@settings(max_examples=60, deadline=None)
@given(_orders())
def test_any_history_keeps_the_quota_law(steps: list[Step]) -> None:
    """Given statements in any order and number, when decided, then facts enter and every law holds."""
    history = History()
    for step in steps:
        answer = history.take(step)
        if CATALOGUE[step.statement.type].kind is Kind.FACT:
            assert isinstance(answer, Accepted), "a fact is never refused"
    for key, record in history.stored.records().items():
        assert history.replayed.get(key) == record, "fold from memory and from text agree"
