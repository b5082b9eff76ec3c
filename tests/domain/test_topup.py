"""追加: the threshold of 80 %, strictly, at application and at decision, by the reading in force."""

from typing import Any

import pytest

from domain.decide import Refused
from tests.support.domain import (
    EXPORTER,
    PAIR,
    Season,
    acceptance_body,
    attachment,
    line_id,
    policy_body,
    proof_body,
    registered_body,
    transfer_body,
    vin,
)
from tests.support.history import History
from tests.support.quota import TOP_UP, ended_body, reduced_body, top_up_body, topped_up_body

DAY = "2025-03-20"


def used(cars: int, units: int) -> History:
    """A pair with units of which so many cars are registered."""
    season = Season(cars, units)
    history = History([*season.set_up(), *(season.classified() if cars else ())])
    for number in range(1, cars + 1):
        history.say("2025-03-03", "VehicleRegistered", registered_body(vin(number), line_id(number)))
    return history


@pytest.mark.parametrize(
    ("cars", "units", "above"),
    [(80, 100, False), (81, 100, True), (4, 5, False), (5, 5, True), (0, 1, False)],
)
def test_more_is_granted_strictly_above_80_percent(cars: int, units: int, above: bool) -> None:
    """Given 80 of 100 or 4 of 5 used, then no top-up; given 81 or 5, then one is granted."""
    history = used(cars, units)
    asked = top_up_body(TOP_UP, 20, cars, units)
    flags = history.flags(DAY, "TopUpApplicationReceived", asked)
    granted = topped_up_body(TOP_UP, 20, cars, units)
    if above:
        assert flags == ()
        assert history.flags(DAY, "QuotaToppedUp", granted) == ()
        assert history.replayed.pair(PAIR).issued == units + 20
    else:
        assert flags == ("below-threshold",)
        codes = history.codes(DAY, "QuotaToppedUp", granted)
        assert codes == ("below-threshold-then", "below-threshold")


def test_nothing_of_nothing_is_not_above_the_threshold() -> None:
    """Given a pair whose units were all taken back, when it asks for more, then 0 of 0 is not above 80 %."""
    history = used(0, 5)
    history.flags(DAY, "QuotaReduced", reduced_body(5))
    assert history.flags(DAY, "TopUpApplicationReceived", top_up_body(TOP_UP, 20, 0, 0)) == (
        "below-threshold",
    )
    codes = history.codes(DAY, "QuotaToppedUp", topped_up_body(TOP_UP, 20, 0, 0))
    assert codes == ("below-threshold-then", "below-threshold")


def test_an_application_below_the_threshold_can_only_be_rejected() -> None:
    """Given an application at 4 of 5, when the fifth car comes later, then a new application is needed."""
    early = used(4, 5)
    early.flags(DAY, "TopUpApplicationReceived", top_up_body(TOP_UP, 20, 4, 5))
    early.flags(DAY, "QuotaReduced", reduced_body(1))
    codes = early.codes(DAY, "QuotaToppedUp", topped_up_body(TOP_UP, 20, 4, 4))
    assert codes == ("below-threshold-then",)
    assert early.flags(DAY, "TopUpRejected", ended_body(TOP_UP)) == ()
    again = f"{PAIR}-q3"
    assert early.flags(DAY, "TopUpApplicationReceived", top_up_body(again, 20, 4, 4)) == ()
    assert early.flags(DAY, "QuotaToppedUp", topped_up_body(again, 20, 4, 4)) == ()


def test_an_earlier_top_up_counts_in_the_total() -> None:
    """Given a top-up from 5 to 25, when the next is decided at 5 of 25, then it is below the threshold."""
    history = used(5, 5)
    second = f"{PAIR}-q3"
    history.flags(DAY, "TopUpApplicationReceived", top_up_body(TOP_UP, 20, 5, 5))
    history.flags(DAY, "TopUpApplicationReceived", top_up_body(second, 20, 5, 5))
    history.flags(DAY, "QuotaToppedUp", topped_up_body(TOP_UP, 20, 5, 5))
    codes = history.codes(DAY, "QuotaToppedUp", topped_up_body(second, 20, 5, 25))
    assert codes == ("below-threshold",)
    assert history.replayed.pair(PAIR).applications[second].status == "PENDING"


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"used": 4}, ("numbers-differ",)),
        ({"total": 6}, ("numbers-differ",)),
        ({"units": 0}, ("units-out-of-range",)),
        ({"units": 21}, ("units-out-of-range",)),
        ({"app_id": f"{PAIR}-q1"}, ("wrong-application", "wrong-state")),
        ({"app_id": f"{PAIR}-q9"}, ("unknown-application",)),
    ],
)
def test_a_top_up_states_what_the_entries_have(change: dict[str, Any], codes: tuple[str, ...]) -> None:
    """Given a top-up with another number, more than applied for, or another application, then refused."""
    history = used(5, 5)
    history.flags(DAY, "TopUpApplicationReceived", top_up_body(TOP_UP, 20, 5, 5))
    answer = history.codes(DAY, "QuotaToppedUp", {**topped_up_body(TOP_UP, 20, 5, 5), **change})
    assert answer[: len(codes)] == codes


def test_a_misstated_or_lonely_application_is_flagged() -> None:
    """Given other figures, or one applicant, then the application is flagged; the lonely one cannot be granted."""
    history = used(5, 5)
    assert history.flags(DAY, "TopUpApplicationReceived", top_up_body(TOP_UP, 20, 4, 5)) == ("use-misstated",)
    alone = {**top_up_body(f"{PAIR}-q3", 20, 5, 5), "applicants": [EXPORTER]}
    assert history.flags(DAY, "TopUpApplicationReceived", alone) == ("application-incomplete",)
    codes = history.codes(DAY, "QuotaToppedUp", topped_up_body(f"{PAIR}-q3", 20, 5, 5))
    assert codes == ("application-incomplete",)


def test_a_top_up_is_refused_after_the_window() -> None:
    """Given the day after 18 October 2029, when a top-up is granted, then it is refused; the day before not."""
    history = used(5, 5)
    history.flags(DAY, "TopUpApplicationReceived", top_up_body(TOP_UP, 20, 5, 5))
    body = topped_up_body(TOP_UP, 20, 5, 5)
    assert history.codes("2029-10-19", "QuotaToppedUp", body) == ("outside-window",)
    assert history.flags("2029-10-18", "QuotaToppedUp", body) == ()


def test_by_the_other_reading_only_proved_cars_count() -> None:
    """Given topup.basis PROVED and 2 cars registered, 1 proved, then use is 1 of 2; with both proved, 2 of 2."""
    history = used(2, 2)
    history.flags("2025-03-05", "PolicyVersionPublished", policy_body(2, "2025-03-05", topup__basis="PROVED"))
    for number in (1, 2):
        one, line = vin(number), line_id(number)
        history.flags("2025-03-10", "PendingExportTransferRecorded", transfer_body(one, line))
        history.flags(
            "2025-03-11", "TransferProofSubmitted", proof_body(one, line), attachment("登记证书", one)
        )
    history.flags("2025-03-12", "TransferProofAccepted", acceptance_body(vin(1), line_id(1)))
    flags = history.flags(DAY, "TopUpApplicationReceived", top_up_body(TOP_UP, 20, 1, 2))
    assert flags == ("below-threshold",)
    history.flags(DAY, "TransferProofAccepted", acceptance_body(vin(2), line_id(2)))
    again = f"{PAIR}-q3"
    assert history.flags(DAY, "TopUpApplicationReceived", top_up_body(again, 20, 2, 2)) == ()
    assert history.flags(DAY, "QuotaToppedUp", topped_up_body(again, 20, 2, 2)) == ()


def test_the_cap_of_the_city_holds_for_grants_and_top_ups() -> None:
    """Given 5 units issued and a cap of 24, when 20 more are granted, then refused with all three figures."""
    history = used(5, 5)
    history.flags(DAY, "PolicyVersionPublished", policy_body(2, DAY, city_cap=24))
    history.flags(DAY, "TopUpApplicationReceived", top_up_body(TOP_UP, 20, 5, 5))
    answer = history.say(DAY, "QuotaToppedUp", topped_up_body(TOP_UP, 20, 5, 5))
    assert isinstance(answer, Refused)
    assert [(one.code, dict(one.figures)) for one in answer.refusals] == [
        ("over-city-cap", {"units": 20, "issued": 5, "cap": 24})
    ]
    assert history.flags(DAY, "QuotaToppedUp", topped_up_body(TOP_UP, 19, 5, 5)) == ()
    assert history.replayed.city().issued == 24
