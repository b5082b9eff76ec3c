"""Refused, and tried again: who, about which car, within how many days."""

import pytest

from tests.support import domain as d
from tests.support.leads import Leads

NAME = "refused-again"
BY = ("commerce-3",)
CAR = d.vin(1)
WHO = "officer:commerce/commerce-3"


def attempt(at: Leads, moment: str, number: int = 1, by: tuple[str, ...] = BY) -> int:
    """Try to accept a proof that nobody has handed in; return the entry of the refusal."""
    return at.refused(
        moment, "TransferProofAccepted", d.acceptance_body(d.vin(number), d.line_id(number)), by
    )


def test_three_refusals_about_one_car_are_found(at: Leads) -> None:
    """Given three refused envelopes of one officer about one car, when asked, then both are named."""
    entries = [attempt(at, moment) for moment in ("2025-03-03", "2025-03-03T13:00", "2025-03-20")]

    (hit,) = at.ask(NAME)
    assert (hit.subjects, hit.entries) == ((WHO, f"vin:{CAR}"), tuple(entries))
    figures = dict(hit.figures)
    assert figures.pop("codes")
    assert figures == {"refusals": 3, "within_days": 3, "first": "2025-03-03", "last": "2025-03-20"}


def test_two_refusals_are_few(at: Leads) -> None:
    """Given two refusals, when asked for three and for two, then two are found."""
    attempt(at, "2025-03-03")
    attempt(at, "2025-03-04")

    assert at.ask(NAME) == []
    assert len(at.ask(NAME, least=2)) == 1


@pytest.mark.parametrize(("last", "hits"), [("2025-04-01", 1), ("2025-04-02", 0)])
def test_the_thirtieth_day_counts(at: Leads, last: str, hits: int) -> None:
    """Given two refusals on 3 March and a third one, when it is on the 30th day or the 31st, then only the 30th counts."""
    attempt(at, "2025-03-03T10:00")
    attempt(at, "2025-03-03T11:00")
    attempt(at, last)

    assert len(at.ask(NAME)) == hits


def test_any_span_of_days_counts(at: Leads) -> None:
    """Given one refusal long ago and three later on, when asked, then the three count and all are told."""
    for moment in ("2025-01-03", "2025-03-03", "2025-03-05", "2025-03-07"):
        attempt(at, moment)

    assert [(hit.figures["refusals"], hit.figures["within_days"]) for hit in at.ask(NAME)] == [(4, 3)]


def test_cars_and_officers_count_by_themselves(at: Leads) -> None:
    """Given three refusals of two officers about two cars, when asked, then nobody has three about one."""
    attempt(at, "2025-03-03", 1)
    attempt(at, "2025-03-04", 2)
    attempt(at, "2025-03-05", 1, ("commerce-4",))

    assert at.ask(NAME) == []


def test_refusals_without_a_car_count_by_enterprise(at: Leads) -> None:
    """Given three grants refused that name no car, when asked, then each firm that they name is a subject."""
    for day in (3, 4, 5):
        at.refused(f"2025-03-0{day}", "QuotaGranted", d.grant_body(), ("commerce-3", "commerce-4"))

    firms = sorted(f"enterprise:{uscc}" for uscc in (d.EXPORTER, d.UPSTREAM))
    assert [hit.subjects for hit in at.ask(NAME)] == [(WHO, firm) for firm in firms]


def test_a_repeated_statement_is_no_attempt(at: Leads) -> None:
    """Given an entered statement that is sent three times more in other envelopes, when asked, then nobody tried."""
    at.with_cars(1)
    body = d.registered_body(CAR, d.line_id(1))
    index = at.say("2025-03-03", "VehicleRegistered", body)
    raw = next(iter(at.store.entries(index, index + 1))).partition(b"\n")[2]
    for _ in range(3):
        assert {item.code for item in at.send([raw], "police-3").items} == {"repeated"}

    assert at.ask(NAME, least=1) == []
