"""Gaps in seq: which numbers are nowhere, and from when on none of them can come any more."""

from typing import Any

import pytest

from tests.support import domain as d
from tests.support.keys import keyid
from tests.support.leads import Leads
from tests.support.vehicles import car_evidence_body

NAME = "seq-gaps"
BY = ("customs-2",)
WHO = "officer:customs/customs-2"


def sign(at: Leads, seq: int, moment: str = "2025-03-03", by: tuple[str, ...] = BY) -> int:
    """Sign something under a number; return its entry."""
    outcome: Any = at.tries(moment, "VehicleEvidenceFiled", car_evidence_body(), by=by, seq=seq)
    return int(outcome.indexes[0])


def later(at: Leads, moment: str = "2025-06-01") -> None:
    """Let somebody else sign long after."""
    at.say(moment, "VehicleEvidenceFiled", car_evidence_body(), by=("customs-1",))


def test_numbers_in_a_row_have_no_gap(at: Leads) -> None:
    """Given numbers from 1 in any order, when asked, then there is none."""
    for seq in (1, 3, 2, 4):
        sign(at, seq)
    later(at)

    assert at.ask(NAME) == []


def test_missing_numbers_are_found(at: Leads) -> None:
    """Given the numbers 1, 2, 4 and 8, when asked, then 3 and 5 to 7 are missing, and their neighbours named."""
    entries = [sign(at, seq) for seq in (1, 2, 4, 8)]
    later(at)

    (hit,) = at.ask(NAME)
    assert (hit.subjects, hit.entries) == ((WHO,), tuple(entries[1:]))
    assert hit.figures == {
        "numbers": 4, "missing": ["3", "5-7"], "last_number": 8, "key": keyid("customs-2"),
    }  # fmt: skip
    assert len(at.ask(NAME, least=4)) == 1
    assert at.ask(NAME, least=5) == []


def test_the_first_number_may_be_missing(at: Leads) -> None:
    """Given a signer who begins with 2, when asked, then 1 is missing."""
    index = sign(at, 2)
    later(at)

    assert [(hit.entries, hit.figures["missing"]) for hit in at.ask(NAME)] == [((index,), ["1"])]


def test_a_refused_envelope_uses_its_number_up(at: Leads) -> None:
    """Given the number 2 under an envelope that was refused, when asked, then it is not missing."""
    by = ("commerce-3",)
    sign(at, 1, by=by)
    at.tries("2025-03-03", "TransferProofAccepted", d.acceptance_body(d.vin(1), d.line_id(1)), by=by, seq=2)
    sign(at, 3, by=by)
    later(at)

    assert at.ask(NAME) == []


@pytest.mark.parametrize(("until", "hits"), [("2025-03-06T11:59", 0), ("2025-03-06T12:00", 1)])
def test_a_number_may_still_come_for_72_hours(at: Leads, until: str, hits: int) -> None:
    """Given a gap before a number signed at noon of 3 March, when 72 hours have passed, then it is one."""
    sign(at, 1, "2025-03-03T11:00")
    sign(at, 3, "2025-03-03T12:00")
    later(at, until)

    assert len(at.ask(NAME)) == hits
    assert len(at.ask(NAME, hours=71)) == 1


def test_a_number_that_comes_late_closes_its_gap(at: Leads) -> None:
    """Given a gap, when the envelope of its number comes in at last, then there is none."""
    sign(at, 1)
    sign(at, 3)
    sign(at, 2, "2025-03-04")
    later(at)

    assert at.ask(NAME) == []
