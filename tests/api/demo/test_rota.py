"""Who signs in a season: officers take turns, so that a clean one shows nobody who stands out."""

from collections import Counter, defaultdict
from datetime import date, timedelta

from api.demo.acts import Act, moment
from api.demo.faults.kinds import planter_of
from api.demo.keys import CLERK, OFFICERS
from api.demo.rota import Rota
from api.demo.season import default_exporters, season

DAY = date(2025, 3, 3)


def act(minute: int, *, agency: str = "police", officers: int = 1, refused: bool = False) -> Act:
    return Act(moment(DAY, 9, minute), agency, "VehicleRegistered", {}, officers=officers, refused=refused)


def signed(*acts: Act) -> list[tuple[str, ...]]:
    rota = Rota()
    for one in acts:
        rota.sign(one)
    return [one.by for one in acts]


def test_officers_take_turns() -> None:
    """Given acts of five moments, when they are signed, then each officer has a turn, then the first again."""
    assert signed(*map(act, range(5))) == [
        ("police-1",), ("police-2",), ("police-3",), ("police-4",), ("police-1",),
    ]  # fmt: skip


def test_what_one_envelope_holds_has_the_same_signers() -> None:
    """Given acts of one moment, one of them to be refused, when signed, then only that one goes to the next."""
    assert signed(act(1), act(1), act(1, refused=True), act(2)) == [
        ("police-1",), ("police-1",), ("police-2",), ("police-3",),
    ]  # fmt: skip


def test_agencies_and_pairs_have_turns_of_their_own() -> None:
    """Given acts of two agencies, alone and in pairs, when signed, then no turn moves another one on."""
    acts = (act(1), act(1, agency="commerce"), act(1, officers=2), act(2, officers=2), act(2))

    assert signed(*acts) == [
        ("police-1",), ("commerce-1",), ("police-1", "police-2"), ("police-1", "police-3"), ("police-2",),
    ]  # fmt: skip


def test_who_is_named_signs() -> None:
    """Given an act that names its officer, when it is signed, then that officer does and no turn is taken."""
    named = act(1)
    named.by = (CLERK,)

    assert signed(named, act(1)) == [(CLERK,), ("police-1",)]


def test_a_clean_season_has_nobody_who_stands_out() -> None:
    """Given a clean season, when signers are counted, then all sign about as much, by day, with several others."""
    alone: Counter[str] = Counter()
    partners: defaultdict[str, set[str]] = defaultdict(set)
    moments: dict[tuple[str, tuple[str, ...]], timedelta] = {}
    for one in season(3, 200, 1):
        moments[one.at.isoformat(), one.by] = timedelta(hours=one.at.hour)
        for name in one.by:
            partners[name].update(set(one.by) - {name})
    alone.update(by[0] for _, by in moments if len(by) == 1)

    assert set(alone) == {*OFFICERS, CLERK}
    for agency in ("commerce", "police", "customs", "transport"):
        counts = [alone[f"{agency}-{number}"] for number in (1, 2, 3, 4)]
        assert max(counts) - min(counts) <= 1
    assert all(len(partners[f"commerce-{number}"]) == 3 for number in (1, 2, 3, 4))
    assert all(timedelta(hours=8) <= hour < timedelta(hours=18) for hour in moments.values())


def test_planted_officers_are_the_only_ones_that_stand_out() -> None:
    """Given planted patterns, then commerce-4 is always alone, police-4 with police-1 only, customs-4 at night."""
    together: defaultdict[str, set[str]] = defaultdict(set)
    hours: defaultdict[str, set[int]] = defaultdict(set)
    for one in season(default_exporters(150), 150, 2, lambda lawful: planter_of(2, 150, lawful)):
        for name in one.by:
            together[name].update(set(one.by) - {name})
            hours[name].add(one.at.hour)

    assert together["commerce-4"] == set()
    assert together["police-4"] == {"police-1"}
    assert hours["customs-4"] == {23, 2, 5}
    assert all(len(together[f"commerce-{number}"]) >= 2 for number in (1, 2, 3))
    assert {name for name, at in hours.items() if min(at) < 8 or max(at) >= 18} == {"customs-4"}
