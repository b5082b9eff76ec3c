"""Cars at random: whatever is said of them in whatever order, the books balance and nothing breaks."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.catalogue import CATALOGUE, Kind
from domain.decide import Accepted, Refused
from domain.derive import derive
from domain.errors import FLAGS, REFUSALS
from domain.postings import USED
from domain.records import Vehicle
from tests.support.cars import SCAN
from tests.support.domain import (
    PAIR,
    classified_body,
    registered_body,
)
from tests.support.history import History
from tests.support.random_cars import LINES, VINS, beginning, beginnings, car_statements

Amendment = tuple[int, tuple[str, dict[str, Any]] | None]


@st.composite
def acts(draw: st.DrawFn) -> tuple[str, dict[str, Any]] | Amendment:
    """A statement, or the correction of one so many entries back, by nothing or by another statement."""
    if draw(st.integers(0, 3)):
        return draw(car_statements())
    return draw(st.integers(1, 6)), draw(st.none() | car_statements())


def take(history: History, act: Any) -> Accepted | Refused:
    """Say a statement, or correct an entry; a correction uses a statement's body if it is of that type."""
    what, how = act
    if isinstance(what, str):
        return history.say("2025-06-01", what, how, SCAN)
    index = history.size - what
    told = history.steps[index].statement
    body = told.body.model_dump(mode="json", by_alias=True, warnings=False)
    return history.correct(index, how and (how[1] if how[0] == told.type else body), "2025-06-01")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(beginnings(), st.lists(acts(), min_size=1, max_size=15))
def test_whatever_is_said_of_cars_the_books_balance(history: History, script: list[Any]) -> None:
    """Given statements and corrections at random, then facts enter, refusals have codes, and every law holds."""
    for act in script:
        answer = take(
            history, act
        )  # checks conservation, signs, the cross-foot, and that decide says what fold does
        if isinstance(answer, Refused):
            assert {one.code for one in answer.refusals} <= set(REFUSALS)
            assert isinstance(act[0], int) or CATALOGUE[act[0]].kind is Kind.DECISION, (
                "a fact is never refused"
            )
        else:
            assert set(answer.outcome.flags) <= set(FLAGS)
    for key, record in history.records().items():
        assert history.replayed.get(key) == record, "fold from memory and from text agree"
    assert_cars(history)


def assert_cars(history: History) -> None:
    """Assert that what is kept is what the acts say, and that K and UNB count the registrations."""
    cars = [record for record in history.records().values() if isinstance(record, Vehicle)]
    for record in cars:
        assert record.car == derive(record.acts)
    registrations = [one for record in cars for one in record.car.registrations]
    balances = history.replayed.pair(PAIR).balances
    assert sum(balances[account] for account in USED) == sum(
        one.backed and not one.ended for one in registrations
    )
    unbacked = [one for record in cars for one in record.car.unbacked()]
    assert balances["UNB"] + history.replayed.city().unb == len(unbacked)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(beginnings(), st.lists(car_statements(), min_size=1, max_size=12))
def test_taking_everything_back_newest_first_leads_back_to_the_beginning(
    history: History, script: list[tuple[str, dict[str, Any]]]
) -> None:
    """Given statements at random, when each is corrected away from the newest on, then nothing is left of them."""
    records, start = history.records(), history.size
    for type_name, body in script:
        history.say("2025-06-01", type_name, body, SCAN)
    for index in range(history.size - 1, start - 1, -1):
        answer = history.correct(index)
        assert isinstance(answer, Accepted), (history.steps[index].statement.type, answer)
    assert history.records() == records


def test_an_act_added_is_what_deriving_all_again_gives() -> None:
    """Given a car's acts, when one is added to a car at hand, then it equals the car read from its acts."""
    history = beginning()
    history.say("2025-06-01", "QuotaAttributeClassified", classified_body(VINS))
    history.say("2025-06-01", "VehicleRegistered", registered_body(VINS[0], LINES[0]))
    vehicle = history.replayed.vehicle(VINS[0])
    assert vehicle.car == replace(vehicle).car
    assert vehicle.car.lines == {LINES[0]: "R"}
