"""Lots at the end of their term: to the minute, past rest days, late ones left out."""

import pytest

from tests.support import domain as d
from tests.support.leads import Leads
from tests.support.vehicles import annulled_body

NAME = "filed-at-deadline"


def filed(at: Leads, *moments: str, registered_on: str = "2025-03-03") -> list[int]:
    """Register a car for each moment and hand in its proof then (Shanghai); return the proofs' entries."""
    at.with_cars(len(moments))
    for number in range(1, len(moments) + 1):
        body = d.registered_body(d.vin(number), d.line_id(number), registered_on)
        at.say(registered_on, "VehicleRegistered", body)
    return [
        at.say(
            moment,
            "TransferProofSubmitted",
            d.proof_body(d.vin(number), d.line_id(number), f"{moment}:00+08:00"),
            d.attachment("登记证书", d.vin(number)),
        )
        for number, moment in enumerate(moments, 1)
    ]


def test_a_lot_in_the_last_hours_is_found(at: Leads) -> None:
    """Given three proofs on the evening of the fifteenth day, when asked, then their exporter is named."""
    entries = filed(at, "2025-03-18T18:00", "2025-03-18T22:10", "2025-03-18T23:59")

    (hit,) = at.ask(NAME)
    assert (hit.subjects, hit.entries) == ((f"enterprise:{d.EXPORTER}",), tuple(entries))
    assert hit.figures == {
        "last_day": "2025-03-18", "cars": 3,
        "first": "2025-03-18T18:00+08:00", "last": "2025-03-18T23:59+08:00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "hits"),
    [("2025-03-18T17:59", 0), ("2025-03-18T18:00", 1), ("2025-03-18T23:59", 1), ("2025-03-19T00:00", 0)],
)
def test_the_last_six_hours_begin_at_six(at: Leads, moment: str, hits: int) -> None:
    """Given two proofs at ten and a third one at a moment, then it counts from 18:00 to the end, and late it does not."""
    filed(at, *sorted(("2025-03-18T22:00", "2025-03-18T22:00", moment)))

    assert len(at.ask(NAME)) == hits


def test_two_are_no_lot(at: Leads) -> None:
    """Given two proofs on the last evening, when asked for three and for two, then two are found."""
    filed(at, "2025-03-18T22:00", "2025-03-18T22:00")

    assert at.ask(NAME) == []
    assert len(at.ask(NAME, least=2)) == 1


def test_more_hours_reach_back(at: Leads) -> None:
    """Given three proofs at noon of the last day but one, when asked for 35 and 36 hours, then 36 reach them."""
    filed(at, *("2025-03-17T12:00",) * 3)

    assert at.ask(NAME, hours=35) == []
    assert len(at.ask(NAME, hours=36)) == 1


def test_a_term_that_ends_on_a_rest_day_is_rolled(at: Leads) -> None:
    """Given cars registered on 20 September, when filed before National Day's end, then 9 October is the last day."""
    filed(at, *("2025-10-09T20:00",) * 3, registered_on="2025-09-20")

    assert [hit.figures["last_day"] for hit in at.ask(NAME)] == ["2025-10-09"]


def test_the_strict_last_day_is_no_end_where_it_is_rolled(at: Leads) -> None:
    """Given the same cars filed on the evening of 5 October, the strict last day, then it is no end of the term."""
    filed(at, *("2025-10-05T20:00",) * 3, registered_on="2025-09-20")

    assert at.ask(NAME) == []


def test_void_and_corrected_proofs_do_not_count(at: Leads) -> None:
    """Given four proofs, when one's registration is annulled and another is taken back, then two are left."""
    entries = filed(at, *("2025-03-18T22:00",) * 4)
    at.say("2025-03-19", "RegistrationAnnulled", annulled_body("CLERICAL", d.vin(1), "2025-03-19"))
    assert [hit.figures["cars"] for hit in at.ask(NAME)] == [3]

    at.correct("2025-03-19", entries[1], None)
    assert at.ask(NAME) == []


def test_a_corrected_moment_counts(at: Leads) -> None:
    """Given three proofs at noon, when one is corrected to the evening, then it alone is in the last hours."""
    entries = filed(at, *("2025-03-18T12:00",) * 3)
    right = d.proof_body(d.vin(1), d.line_id(1), "2025-03-18T22:00:00+08:00")
    by = at.correct("2025-03-19", entries[0], right)

    assert [hit.entries for hit in at.ask(NAME, least=1)] == [(by,)]


def test_one_car_twice_is_one_car(at: Leads) -> None:
    """Given two cars of which one hands in twice, when asked, then they are two cars."""
    filed(at, "2025-03-18T22:00", "2025-03-18T22:00")
    again = d.proof_body(d.vin(1), d.line_id(1), "2025-03-18T23:00:00+08:00", submission="S-again")
    at.say("2025-03-18T23:00", "TransferProofSubmitted", again, d.attachment("登记证书", d.vin(1)))

    assert at.ask(NAME) == []
    assert [hit.figures["cars"] for hit in at.ask(NAME, least=2)] == [2]
