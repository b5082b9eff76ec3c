"""The replay of one subject from its own chains equals the replay of the whole ledger."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from domain.calendar import shanghai_date
from domain.state import State
from projections.history.file import SubjectFile
from projections.history.moments import Moment, replay_at
from projections.history.replay import Replay
from tests.projections.history.conftest import Played
from tests.support.naive import Naive


def moments(season: Played, seed: int, count: int) -> Iterator[Moment]:
    """Yield random moments: an index or a day, with and without a day that is looked at."""
    dice = Random(seed)
    first, last = (shanghai_date(season.lines[place].recorded_at) for place in (0, -1))
    days = (last - first).days
    for number in range(count):
        day = first + timedelta(dice.randrange(20, days))
        known = dice.randrange(100, len(season.lines)) if number % 3 else day
        yield Moment(known, None if number % 2 else first + timedelta(dice.randrange(20, days)))


def own_records(state: State, file: SubjectFile) -> dict[str, object]:
    """Return what a state holds of an enterprise: itself, its pairs and batches, cars and cases."""
    found: dict[str, object] = {}
    for key in state.changes:
        kind, _, name = key.partition(":")
        record = state.get(key)
        if record is None:
            continue
        if key == file.subject or (kind in {"pair", "batch"} and file.code in name.split("-")[:2]):
            found[key] = record
        elif kind == "vin" and name in file.cars:
            found[key] = state.vehicle(name).car
        elif kind == "case" and file.code in state.case(name).usccs:  # type: ignore[union-attr]
            found[key] = record
    return found


@pytest.mark.parametrize("seed", range(4))
def test_any_moment_is_that_of_the_whole_ledger(either: Played, seed: int) -> None:
    """Given a season, when a firm is replayed at random moments, then its records are the ledger's."""
    dice = Random(seed)
    firms = either.subjects("enterprise:")
    for moment in moments(either, seed, 6):
        subject = dice.choice([key for key in firms if _is_known(either, key, moment)])
        replay = replay_at(either.store, subject, moment)

        whole = Naive(either.lines, moment.as_known_at).state(moment.as_of)

        assert own_records(replay.end(), replay.file) == own_records(whole, replay.file), (subject, moment)


@pytest.mark.parametrize("seed", range(4))
def test_any_car_stands_where_the_whole_ledger_has_it(either: Played, seed: int) -> None:
    """Given a season, when cars are replayed at a random moment, then each is the ledger's."""
    dice = Random(seed)
    moment = next(moments(either, seed, 1))
    whole = Naive(either.lines, moment.as_known_at).state(moment.as_of)
    cars = [key for key in either.subjects("vin:") if _is_known(either, key, moment)]
    for key in dice.sample(cars, min(15, len(cars))):
        replay = replay_at(either.store, key, moment)

        assert replay.end().vehicle(key[4:]).car == whole.vehicle(key[4:]).car, (key, moment)


def test_every_step_moves_what_the_whole_ledger_moved(either: Played) -> None:
    """Given every firm, when stepped through, then each entry moves its pairs as in the ledger, and is shown."""
    naive = Naive(either.lines)
    moved = 0
    for subject in either.subjects("enterprise:"):
        replay = replay_at(either.store, subject, Moment())
        steps = [
            (step.told.index, one.pair_id, dict(one.before), dict(one.after))
            for step in replay.steps()
            for one in step.pairs
        ]

        assert steps == naive.moves(subject.partition(":")[2])
        assert {index for index, *_ in steps} <= replay.file.shown
        moved += len(steps)
    assert moved > 400


def test_the_story_has_every_entry_of_its_chains(either: Played) -> None:
    """Given every firm, when its file is read, then each entry about it or a car named with it is shown."""
    for subject in either.subjects("enterprise:"):
        file = replay_at(either.store, subject, Moment()).file
        own = [line for line in either.lines if subject in line.subjects]
        cars = {key for line in own for key in line.subjects if key.startswith("vin:")}
        about = {line.index for line in either.lines if line.subjects & {subject, *cars}}

        assert sorted(f"vin:{vin}" for vin in file.cars) == sorted(cars)
        assert about <= file.shown
        others = (either.lines[index] for index in file.shown - about)
        assert all(line.header["type"].startswith("Case") or _of_case(line.header["tags"]) for line in others)


def test_the_story_of_a_car_is_about_no_other(either: Played) -> None:
    """Given every car, when its file is read, then beside its chain only steps of its batch and case are shown."""
    steps = 0
    for subject in either.subjects("vin:"):
        file = replay_at(either.store, subject, Moment()).file
        chain = {line.index for line in either.lines if subject in line.subjects}
        beside = [either.lines[index] for index in file.shown - chain]

        assert chain <= file.shown
        assert not [key for line in beside for key in line.subjects if key.startswith("vin:")]
        own = {tag for index in chain for tag in either.lines[index].header["tags"] if tag[:5] != "pair:"}
        assert all(own & set(line.header["tags"]) for line in beside)
        steps += len(beside)
    assert steps > 100


def test_as_of_a_day_later_statements_and_those_taken_back_do_not_count(either: Played) -> None:
    """Given a firm with a corrected entry, when looked at as of the end, then it is gone and said anew in place."""
    corrections = [line for line in either.lines if line.header["type"] == "EventCorrected"]
    assert corrections
    for line in corrections:
        target = line.content["body"]["target_index"]
        subject = min(key for key in line.subjects if key.startswith(("enterprise:", "vin:")))
        file = replay_at(either.store, subject, Moment()).file
        replay = Replay(file, date(2099, 1, 1))
        indexes = [one.index for one in replay.entries]

        assert target not in indexes
        assert (line.index in indexes) is (line.content["body"]["replacement"] is not None)
        assert all(one.place == target for one in replay.entries if one.index == line.index)
        whole = Naive(either.lines).order(date(2099, 1, 1))
        assert indexes == [index for index, *_ in whole if index in indexes]


def _is_known(season: Played, key: str, moment: Moment) -> bool:
    return any(key in line.subjects for line in Naive(season.lines, moment.as_known_at).lines)


def _of_case(tags: list[str]) -> bool:
    return any(tag.startswith("case:") for tag in tags)
