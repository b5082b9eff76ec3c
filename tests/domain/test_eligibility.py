"""Eligibility says beforehand what the fold would flag about a registration."""

from itertools import product

import pytest

from domain.fold import fold
from domain.rules.eligibility import eligibility
from domain.state import State
from tests.support.cars import CAR, FOREIGN_LINE, LINE, classified, proved, registered, submitted
from tests.support.domain import (
    BATCH,
    EXPORTER,
    UPSTREAM,
    Season,
    approval_body,
    at,
    attachment,
    registered_body,
    reinstated_body,
    statement,
    suspended_body,
    use_body,
    vin,
    wrong_vin,
)
from tests.support.history import History

DAYS = ("2024-10-31", "2024-11-01", "2025-02-10", "2025-03-03", "2029-10-18", "2029-10-19")
GROUNDS = {"unbacked", "suspended", "outside-window", "no-policy", "bad-vin", "bad-uscc", "vin-repeated"}


def suspended(firm: str, *, ended: bool = False) -> History:
    history = classified()
    history.say("2025-02-18", "EnterpriseSuspended", suspended_body(firm))
    if ended:
        history.say("2025-02-21", "EnterpriseReinstated", reinstated_body(firm))
    return history


def approved() -> History:
    season = Season(1)
    history = History(season.set_up())
    history.say("2025-02-10", "UseApplicationReceived", use_body([CAR]), attachment("申请表"))
    history.say("2025-02-12", "UseApplicationApproved", approval_body([CAR]))
    return history


HISTORIES = {
    "empty": History,
    "approved": approved,
    "classified": classified,
    "registered": registered,
    "submitted": submitted,
    "proved": proved,
    "exporter suspended": lambda: suspended(EXPORTER),
    "upstream suspended": lambda: suspended(UPSTREAM),
    "reinstated": lambda: suspended(EXPORTER, ended=True),
    "two cars": lambda: classified(2),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_it_agrees_with_the_fold(name: str) -> None:
    """Given a history, when each car, line and day is asked about, then no reason means no flag, and a reason one."""
    state = State(HISTORIES[name]().stored)
    for car, line, day in product(
        (CAR, vin(2), vin(99), wrong_vin(1)), (LINE, f"{BATCH}-2", FOREIGN_LINE), DAYS
    ):
        found = eligibility(state, car, line, at(day).date())
        body = registered_body(car, line, day, cert_no="310000777777")
        outcome = fold(state, statement("VehicleRegistered", body), 10_000, at(day))
        flagged = GROUNDS & set(outcome.flags)
        assert bool(found.reasons) == bool(flagged), (car, line, day, found.reasons, outcome.flags)
        assert found.line_id == line


def test_the_classified_line_is_found() -> None:
    """Given a classified car, when it is asked about without a line, then its line is named and no reason."""
    found = eligibility(State(classified().stored), CAR, None, at("2025-03-03").date())
    assert (found.line_id, found.reasons) == (LINE, ())


def test_a_car_on_no_line_may_not_be_registered() -> None:
    """Given a car that nobody applied for, when it is asked about, then it stands on no line."""
    found = eligibility(State(classified().stored), vin(99), None, at("2025-03-03").date())
    assert found.line_id is None
    assert [reason.code for reason in found.reasons] == ["not-registrable"]


def test_a_line_that_is_used_up_is_named() -> None:
    """Given a registered car, when it is asked about without a line, then the reason names its line's account."""
    found = eligibility(State(registered().stored), CAR, None, at("2025-03-04").date())
    assert found.line_id == LINE
    (reason,) = found.reasons
    assert (reason.code, reason.figures["state"]) == ("wrong-state", "R")
