"""Whose statements are corrected: by author, in a span of days, against the rest of the agency."""

import pytest

from ledger.canonical import canonical_bytes
from tests.support import domain as d
from tests.support.keys import LEDGER
from tests.support.leads import Leads
from tests.support.vehicles import car_evidence_body

NAME = "corrected-often"
AUTHOR = "police-3"
WHO = f"officer:police/{AUTHOR}"


def corrected(
    at: Leads, day: str, author: str = AUTHOR, by: tuple[str, str] = ("police-1", "police-2")
) -> int:
    """Let an officer say something about a car and have it taken back on the same day; return its entry."""
    index = at.say(day, "VehicleEvidenceFiled", car_evidence_body(), by=(author,))
    at.correct(day, index, None, by)
    return index


def test_eight_of_one_author_are_found(at: Leads) -> None:
    """Given eight statements of one officer corrected in a month, when asked, then their author is named."""
    entries = [corrected(at, f"2025-03-{day:02}") for day in range(3, 11)]

    (hit,) = at.ask(NAME)
    assert (hit.subjects, hit.entries) == (
        (WHO,), tuple(sorted([*entries, *(index + 1 for index in entries)])),
    )  # fmt: skip
    assert hit.figures == {"corrected": 8, "within_days": 8, "of_agency": 8, "by_themselves": 0}


def test_seven_are_few(at: Leads) -> None:
    """Given seven, when asked for eight and for seven, then seven are found."""
    for day in range(3, 10):
        corrected(at, f"2025-03-{day:02}")

    assert at.ask(NAME) == []
    assert len(at.ask(NAME, least=7)) == 1


@pytest.mark.parametrize(("last", "hits"), [("2025-04-01", 1), ("2025-04-02", 0)])
def test_the_thirtieth_day_counts(at: Leads, last: str, hits: int) -> None:
    """Given seven on 3 March and an eighth one, when it is on the 30th day or the 31st, then only the 30th counts."""
    for _ in range(7):
        corrected(at, "2025-03-03")
    corrected(at, last)

    assert len(at.ask(NAME)) == hits


@pytest.mark.parametrize(("others", "hits"), [(2, 1), (3, 0)])
def test_three_quarters_of_the_agency_count(at: Leads, others: int, hits: int) -> None:
    """Given eight of one author and two or three of another, then eight of ten are three quarters, of eleven not."""
    for _ in range(others):
        corrected(at, "2025-03-03", "police-4")
    for day in range(3, 11):
        corrected(at, f"2025-03-{day:02}")

    assert len(at.ask(NAME)) == hits
    assert len(at.ask(NAME, share=72)) == 1


def test_the_author_counts_and_not_who_corrects(at: Leads) -> None:
    """Given eight statements of several officers that one always corrects, when asked, then there is none."""
    for day, author in zip(range(3, 11), ("police-1", "police-2", "police-3", "police-4") * 2, strict=True):
        corrected(at, f"2025-03-{day:02}", author, ("police-1", "police-2"))

    assert at.ask(NAME) == []


def test_own_corrections_are_told(at: Leads) -> None:
    """Given an author who takes back their own statements, when asked, then the figures say so."""
    for day in range(3, 11):
        corrected(at, f"2025-03-{day:02}", AUTHOR, (AUTHOR, "police-1"))

    assert [hit.figures["by_themselves"] for hit in at.ask(NAME)] == [8]


def test_a_statement_in_the_middle_of_a_lot_has_the_lot_s_author(at: Leads) -> None:
    """Given a car of a lot of registrations, when its statement is corrected, then who signed the lot is its author."""
    vins = at.with_cars(3)
    lot = [
        canonical_bytes(
            d.statement_object("VehicleRegistered", d.registered_body(one, d.line_id(n)), number=7_000 + n)
            | {"ledger": LEDGER}
        )
        for n, one in enumerate(vins, 1)
    ]
    at.clock.now = d.at("2026-01-05", 14)
    indexes = at.send(lot, AUTHOR).indexes
    at.correct("2026-01-06", indexes[1], None)

    (hit,) = at.ask(NAME, least=1)
    assert hit.subjects == (WHO,)
    assert indexes[1] in hit.entries
