"""The catalogue, its parameters and bounds, the day from which one looks, and what is listed."""

from datetime import date

import pytest

from ledger.store import StoreError
from projections.patterns import asking
from projections.patterns.asking import Unanswerable, ask, summary
from projections.patterns.catalogue import PATTERNS
from projections.runner import catch_up
from tests.support import domain as d
from tests.support.leads import Leads
from tests.support.vehicles import car_evidence_body

BOUNDS = [(one.name, each) for one in PATTERNS.values() for each in one.parameters]


def test_every_pattern_says_what_it_asks_in_two_languages() -> None:
    """Given the catalogue, then each pattern has its words in Chinese and English, no two the same."""
    words = [
        words for one in PATTERNS.values() for words in (one.title, one.question, one.shows, one.shows_not)
    ]

    assert len(PATTERNS) == 15
    assert all(any("一" <= char <= "鿿" for char in one.zh) and one.en.isprintable() for one in words)
    assert len({one.title.zh for one in PATTERNS.values()}) == len(PATTERNS)
    assert all(each.zh and each.en and each.unit for _, each in BOUNDS)


@pytest.mark.parametrize(("name", "parameter"), BOUNDS, ids=[f"{name}-{one.name}" for name, one in BOUNDS])
def test_every_bound_is_kept(name: str, parameter: asking.Pattern) -> None:
    """Given a parameter's bounds, when one more or less is asked for, then the bounds are told; they are allowed."""
    one = next(each for each in PATTERNS[name].parameters if each.name == parameter.name)
    for value in (one.lowest, one.default, one.highest):
        assert asking.values(PATTERNS[name], {one.name: value})[one.name] == value
    for value in (one.lowest - 1, one.highest + 1):
        with pytest.raises(Unanswerable, match=rf"{name}: {one.name} {value}: {one.lowest} to {one.highest}"):
            asking.values(PATTERNS[name], {one.name: value})


def test_what_there_is_not_is_told(at: Leads) -> None:
    """Given a name or a parameter that there is not, when asked, then the answer says what there is."""
    catch_up(at.store)

    with pytest.raises(Unanswerable, match="no such pattern; there are same-scan, "):
        ask(at.store, "same-plate")
    with pytest.raises(Unanswerable, match="long-dwell has no parameter hours; it takes: days"):
        ask(at.store, "long-dwell", {"hours": 3})
    with pytest.raises(Unanswerable, match="same-scan has no parameter days; it takes: none"):
        ask(at.store, "same-scan", {"days": 3})


def test_without_views_nothing_is_answered(at: Leads) -> None:
    """Given a ledger whose views were never made, when asked, then it says how to make them."""
    with pytest.raises(StoreError, match="no views are made yet"):
        ask(at.store, "same-scan")


def test_one_looks_from_the_day_of_the_last_entry(at: Leads) -> None:
    """Given a last entry late in the evening, when asked, then its Shanghai day is the day, unless one is named."""
    at.say("2025-03-03T23:59", "VehicleEvidenceFiled", car_evidence_body())
    catch_up(at.store)

    assert {one.on for one in summary(at.store)} == {date(2025, 3, 3)}
    assert {one.on for one in summary(at.store, date(2025, 9, 9))} == {date(2025, 9, 9)}
    assert ask(at.store, "long-dwell").size == at.store.head().size


def test_the_summary_asks_all_with_their_defaults(at: Leads) -> None:
    """Given a ledger with nothing in it, when all are asked, then each has its defaults and no hit."""
    catch_up(at.store)

    answers = summary(at.store)
    assert [one.pattern.name for one in answers] == list(PATTERNS)
    assert all(one.total == 0 and one.hits == () for one in answers)
    assert {one.pattern.name: dict(one.values) for one in answers} == {
        name: {each.name: each.default for each in one.parameters} for name, one in PATTERNS.items()
    }


def test_so_many_hits_are_listed_and_all_are_counted(at: Leads, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more hits than are listed, when asked, then the first ones are listed and the total says how many."""
    for number in (1, 2, 3):
        at.say("2025-03-03", "VehicleRegistered", d.registered_body(d.vin(number), None))
    for number in (1, 2, 3):
        at.say("2025-03-10", "PendingExportTransferRecorded", d.transfer_body(d.vin(number), None))
    catch_up(at.store)
    monkeypatch.setattr(asking, "MAX_HITS", 2)

    answer = ask(at.store, "long-dwell", {"days": 1}, date(2025, 4, 1))
    assert [hit.subjects[0] for hit in answer.hits] == [f"vin:{d.vin(1)}", f"vin:{d.vin(2)}"]
    told = answer.to_json()
    assert (len(told["hits"]), told["total"]) == (2, 3)
    assert told["hits"][0]["figures"] == {"transferred_on": "2025-03-10", "released_on": None, "days": 22}
    assert (told["format"], told["name"], told["values"]) == (
        "quota-ledger-patterns/1", "long-dwell", {"days": 1},
    )  # fmt: skip
