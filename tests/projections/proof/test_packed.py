"""Facts by car: what is kept as bytes is what was put in."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.proof import files
from projections.proof.car_facts import Accepted, CarFact, Licensed, Registered, Submitted, Transferred
from projections.proof.check import Checker
from projections.proof.facts import Fact
from projections.proof.packed import Packed
from projections.proof.state import write
from tests.projections.proof.test_reading import events
from tests.support.audits import Demonstration

DAY = date(2025, 3, 1)


def of_car(number: int) -> CarFact:
    """Return one of the facts that there are about cars, with and without what may be absent."""
    at, text, on = (number, number + 1, DAY + timedelta(number % 9)), f"额{number}", DAY - timedelta(number)
    made: list[CarFact] = [
        Registered(*at, None, text, "owner", "model", number % 2 == 0, on),
        Transferred(*at, text, "cert", "seller", "buyer", None if number % 2 else on),
        Submitted(*at, "s", None, "cert", on, None, on, ("a" * 32, text)),
        Licensed(*at, on, DAY, number % 2 == 0),
    ]
    return made[number % len(made)]


def of_unit(number: int) -> Fact:
    """Return a fact about units, with and without what may be absent."""
    day = None if number % 3 else DAY + timedelta(number)
    return Fact(number, number, DAY, "VehicleRegistered", f"line {number}", None, day, uscc=str(number))


@pytest.mark.parametrize("fact_of", [of_car, of_unit])
def test_what_is_packed_is_what_was_said(fact_of: Callable[[int], CarFact | Fact]) -> None:
    """Given facts about cars, when they are read in any order, then each car has its own, in order."""

    @given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.integers(0, 99)), max_size=40))
    def compared(said: list[tuple[str, int]]) -> None:
        kept, plain = Packed[CarFact | Fact](), dict[str, list[CarFact | Fact]]()
        for vin, number in said:
            fact = fact_of(number)
            kept.add(vin, fact)
            plain.setdefault(vin, []).append(fact)
            assert kept[vin] == plain[vin]
            for place in (number, number + 1):
                holders = [one for one, facts in plain.items() if any(fact.place == place for fact in facts)]
                assert set(kept.holders(place, "ab")) == (set(holders) & set("ab") or set(holders))
        assert list(kept.items()) == list(plain.items()) == list(Packed(plain).items())
        assert "h" not in kept
        assert kept.get("h") is None
        for vin, place in [(vin, fact.place) for vin, facts in plain.items() for fact in facts[:1]]:
            kept.take(vin, place)
            plain[vin] = [fact for fact in plain[vin] if fact.place != place]
            assert vin not in kept.holders(place, vin)
        for vin, number in said:
            fact = fact_of(number)
            kept.insert(vin, fact)
            plain[vin] = sorted([*plain[vin], fact], key=lambda fact: fact.place)
            assert vin in kept.holders(fact.place, vin)
        assert dict(kept) == plain
        for vin in plain:
            del kept[vin]
            assert vin not in kept
        assert not kept

    compared()


def test_many_facts_of_one_car() -> None:
    """Given more facts of one car than there are of any, when some are taken out and put in again, then each stands once where it stood."""
    facts = [of_unit(number) for number in range(0, 900, 3)]
    kept = Packed[CarFact | Fact]()
    for fact in facts:
        kept.add("a", fact)
    assert kept.holders(facts[7].place, "b") == ["a"]
    for _ in range(3):
        kept.take("a", facts[7].place)
        assert kept.holders(facts[7].place, "b") == []
        kept.insert("a", facts[7])
        assert kept.holders(facts[7].place, "b") == ["a"]
    assert kept["a"] == facts


def test_texts_and_numbers_of_any_size() -> None:
    """Given facts with long and repeated texts, early and late days and large numbers, when they are read, then each is what was said."""
    kept, plain = Packed[CarFact | Fact](), dict[str, list[CarFact | Fact]]()
    texts = ["", "a", "额" * 84, "额" * 85, "b" * 254, "b" * 255, "c" * 70_000]
    for number in range(200):
        vin, text = f"car {number % 7}", texts[number % len(texts)]
        at, on = (number, number << number % 40), date(1900 + 37 * (number % 200), 2, 3)
        for fact in (
            Fact(*at, on, text, text, f"{number % 11}", None, text[:9]),
            Submitted(*at, on, text, None, f"cert {vin}", on, None, on, (text, "", text)[: number % 4]),
            Accepted(*at, on, f"{number}", text, number % 5 - 2),
        ):
            kept.add(vin, fact)
            plain.setdefault(vin, []).append(fact)
    assert dict(kept) == plain


@pytest.mark.parametrize(
    "on", [date.min, date(1959, 12, 30), date(1959, 12, 31), date(1960, 1, 1), date(1960, 1, 2), date.max]
)
def test_any_day_is_kept(on: date) -> None:
    """Given a fact of any day, the first and the last and those from which days are counted, then it is what was said."""
    fact = Fact(1, 1, on, "VehicleRegistered", day=on)
    assert Packed({"a": [fact]})["a"] == [fact]


def test_a_text_of_one_car_is_its_own() -> None:
    """Given facts whose numbers take more room, when each names a text that no other car has, then none is kept for all."""
    kept = Packed[CarFact | Fact]()
    for number in range(10):
        kept.add(f"car {number}", Fact(1, 1, date(2150, 1, 1), "x", f"line {number}"))
    assert kept._texts == ["x"]


def test_a_copy_is_read() -> None:
    """Given facts that were read, when something is done to the list, then what is kept stays as it was."""
    kept = Packed({"a": [of_unit(1)]})
    kept["a"].append(of_unit(2))
    assert kept["a"] == [of_unit(1)]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """A season with violations of every kind, corrections among them."""
    return Demonstration(tmp_path_factory.mktemp("faulty"), 60, "--faults")


def test_no_car_need_be_remembered(faulty: Demonstration, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a season with every fault, when hardly a car is kept placed, then state and report are the same."""
    said = events(faulty)

    def folded() -> Checker:
        checker = Checker()
        for event in said:
            checker.fold(event)
        return checker

    plain = folded()
    monkeypatch.setattr(files, "_RECENT", 2)
    tight = folded()
    assert json.dumps(write(Checker, tight)) == json.dumps(write(Checker, plain))
    assert tight.report() == plain.report()
