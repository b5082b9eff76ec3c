"""A rush before a suspension: by the day, by the rate, for exporters and upstreams."""

import pytest

from tests.support import domain as d
from tests.support.leads import Leads
from tests.support.vehicles import annulled_body

NAME = "registered-before-suspension"


def register(at: Leads, first: int, count: int, on: str) -> list[int]:
    """Register ``count`` cars from the ``first``-th on, on one day."""
    return [
        at.say(on, "VehicleRegistered", d.registered_body(d.vin(n), d.line_id(n), on))
        for n in range(first, first + count)
    ]


def suspend(at: Leads, effective: str = "2025-04-15T10:00:00+08:00", uscc: str = d.EXPORTER) -> int:
    body = d.suspended_body(uscc, effective_at=effective)
    return at.say("2025-04-15", "EnterpriseSuspended", body)


def test_a_rush_is_found(at: Leads) -> None:
    """Given five registrations in the two weeks before a suspension and none before, then they are named with it."""
    at.with_cars(5)
    cars = [*register(at, 1, 3, "2025-04-10"), *register(at, 4, 2, "2025-04-14")]
    index = suspend(at)

    (hit,) = at.ask(NAME)
    assert hit.subjects == (f"enterprise:{d.EXPORTER}",)
    assert hit.entries == (*cars, index)
    assert hit.figures == {
        "suspension_id": "SUS-1", "effective_on": "2025-04-15", "cars": 5, "cars_before": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("on", "hits"), [("2025-03-31", 0), ("2025-04-01", 1), ("2025-04-14", 1), ("2025-04-15", 0)]
)
def test_the_window_ends_before_the_day_of_the_suspension(at: Leads, on: str, hits: int) -> None:
    """Given five cars of one day, when it is the 15th, 14th or first day before, or the day itself, then 14 to 1 count."""
    at.with_cars(5)
    register(at, 1, 5, on)
    suspend(at)

    assert len(at.ask(NAME)) == hits


def test_four_are_no_rush(at: Leads) -> None:
    """Given four registrations before a suspension, when asked for five and for four, then only four are found."""
    at.with_cars(4)
    register(at, 1, 4, "2025-04-10")
    suspend(at)

    assert at.ask(NAME) == []
    assert len(at.ask(NAME, least=4)) == 1


@pytest.mark.parametrize(("before", "hits"), [(10, 1), (11, 0)])
def test_it_is_compared_with_the_days_before(at: Leads, before: int, hits: int) -> None:
    """Given five cars in 14 days and ten or eleven in the 90 before, then three times their rate is five to 10.7."""
    at.with_cars(5 + before)
    register(at, 6, before, "2025-02-20")
    register(at, 1, 5, "2025-04-10")
    suspend(at)

    found = at.ask(NAME)
    assert len(found) == hits
    assert [hit.figures["cars_before"] for hit in found] == [before][:hits]


def test_the_day_counts_on_which_it_takes_effect(at: Leads) -> None:
    """Given a suspension recorded on 15 April that takes effect on the 25th, then the days before that count."""
    at.with_cars(5)
    register(at, 1, 5, "2025-04-10")
    suspend(at, "2025-04-25T00:00:00+08:00")

    assert [hit.figures["effective_on"] for hit in at.ask(NAME, days=15)] == ["2025-04-25"]
    assert at.ask(NAME) == []


def test_an_upstream_is_asked_about_too(at: Leads) -> None:
    """Given the upstream suspended, when asked, then the cars of its pairs are its."""
    at.with_cars(5)
    register(at, 1, 5, "2025-04-10")
    suspend(at, uscc=d.UPSTREAM)

    assert [hit.subjects for hit in at.ask(NAME)] == [(f"enterprise:{d.UPSTREAM}",)]


def test_annulled_and_corrected_registrations_do_not_count(at: Leads) -> None:
    """Given six registrations, when one is annulled and another taken back, then four are left."""
    at.with_cars(6)
    cars = register(at, 1, 6, "2025-04-10")
    at.say("2025-04-11", "RegistrationAnnulled", annulled_body("CLERICAL", d.vin(1), "2025-04-11"))
    at.correct("2025-04-11", cars[1], None)
    suspend(at)

    assert at.ask(NAME) == []
    assert [hit.figures["cars"] for hit in at.ask(NAME, least=4)] == [4]


def test_a_suspension_taken_back_is_none(at: Leads) -> None:
    """Given a rush and a suspension, when the suspension is corrected away, then there is no hit."""
    at.with_cars(5)
    register(at, 1, 5, "2025-04-10")
    index = suspend(at)
    at.correct("2025-04-16", index, None)

    assert at.ask(NAME) == []
