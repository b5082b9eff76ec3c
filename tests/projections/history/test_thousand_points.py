"""Balance, history and difference at 1,000 random points (index, date) are those of a naive replay."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from domain.calendar import shanghai_date
from projections.history.difference import difference
from projections.history.moments import Moment, replay_at
from projections.replay import replay
from tests.projections.history.conftest import Played
from tests.support.naive import Naive

POINTS = 50


def points(played: Played, seed: int) -> Iterator[tuple[str, int, int, date]]:
    """Yield random points: a firm that is known by then, an earlier index, an index and a day."""
    dice = Random(seed)
    first, last = (shanghai_date(played.lines[place].recorded_at) for place in (0, -1))
    for _ in range(POINTS):
        index = dice.randrange(30, len(played.lines))
        known = {
            key for line in played.lines[: index + 1] for key in line.subjects if key[:11] == "enterprise:"
        }
        day = first + timedelta(dice.randrange((last - first).days + 30))
        yield dice.choice(sorted(known)), dice.randrange(index), index, day


@pytest.mark.parametrize(
    ("ledger", "seed"),
    [*(("small", seed) for seed in range(17)), *(("season", seed) for seed in range(3))],
)
def test_any_point_is_that_of_a_naive_replay(ledger: str, seed: int, request: pytest.FixtureRequest) -> None:
    """Given 50 random points, when balances, history and difference are asked for, then the naive replay agrees."""
    played: Played = request.getfixturevalue(ledger)
    for subject, since, index, day in points(played, seed):
        uscc = subject.partition(":")[2]
        naive = Naive(played.lines, index)
        whole, order = naive.state(day), [at for at, *_ in naive.order(day)]
        pairs = [key[5:] for key in whole.changes if key[:5] == "pair:" and uscc in key[5:].split("-")[:2]]

        balances = replay(played.store, [subject], index + 1, day).state
        history = replay_at(played.store, subject, Moment(index, day))
        found = difference(played.store, subject, since, Moment(index, day))

        state, file = history.end(), history.file
        for pair_id in pairs:
            expected = whole.pair(pair_id).balances
            assert balances.pair(pair_id).balances == expected, (subject, index, day)
            if file.owns(pair_id):
                assert state.pair(pair_id).balances == expected, (subject, index, day)
        told = [one.index for one in history.entries if one.index in file.shown]
        assert told == [at for at in order if at in file.shown], (subject, index, day)
        about = {line.index for line in naive.lines if subject in line.subjects}
        assert about & set(order) <= set(told), (subject, index, day)
        before = {at for at, *_ in Naive(played.lines, since).order(day)}
        shown = found.now.file.shown
        assert [one.index for one in found.learnt] == [at for at in order if at in shown and at > since]
        assert set(found.unsaid) == (before - set(order)) & shown
