"""Facts by car: what is kept as bytes is what was put in."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.proof import files
from projections.proof.car_facts import CarFact, Licensed, Registered, Submitted, Transferred
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
        kept.put("a", plain.get("a", [])[1:])
        assert kept["a"] == plain.get("a", [])[1:]
        for fact in plain.get("a", []):
            assert ("a" in kept.holders(fact.place, "a")) == any(one.place == fact.place for one in kept["a"])
        del kept["a"]
        assert "a" not in kept
        assert len(kept) == len(plain.keys() - {"a"})

    compared()


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
