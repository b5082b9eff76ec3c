"""Officers who sign alone, at night or with one other: by the envelope, by the minute, by the pseudonym."""

from datetime import date, timedelta

import pytest

from tests.support import domain as d
from tests.support.keys import registration_body
from tests.support.leads import Leads
from tests.support.vehicles import car_evidence_body

ONE, TWO, THREE, FOUR = (f"customs-{number}" for number in (1, 2, 3, 4))


def sign(at: Leads, *by: str, moment: str = "2025-03-03", number: int = 1) -> int:
    """Sign a document about a car; return its entry."""
    return at.say(moment, "VehicleEvidenceFiled", car_evidence_body(d.vin(number)), by=by)


def subject(officer: str) -> str:
    return f"officer:{officer.partition('-')[0]}/{officer}"


def subjects(at: Leads, name: str, **values: int) -> list[str]:
    return [hit.subjects[0] for hit in at.ask(name, **values)]


def test_who_never_signs_with_another_is_found(at: Leads) -> None:
    """Given nine envelopes of three in twos and nine of a fourth alone, then 9 of 27 signatures' share is six."""
    for pair in ((ONE, TWO), (TWO, THREE), (ONE, THREE)) * 3:
        sign(at, *pair)
    entries = [sign(at, FOUR) for _ in range(9)]

    (hit,) = at.ask("signs-alone")
    assert (hit.subjects, hit.entries) == ((subject(FOUR),), tuple(entries))
    assert hit.figures == {"envelopes": 9, "together": 0, "expected_together": 6}


@pytest.mark.parametrize(("least", "hits"), [(6, 1), (7, 0)])
def test_the_expected_number_is_a_parameter(at: Leads, least: int, hits: int) -> None:
    """Given an officer who would have given six signatures with another, then six are asked for, seven are not."""
    for pair in ((ONE, TWO), (TWO, THREE), (ONE, THREE)) * 3:
        sign(at, *pair)
    for _ in range(9):
        sign(at, FOUR)

    assert len(at.ask("signs-alone", least=least)) == hits


def test_one_signature_with_another_is_enough(at: Leads) -> None:
    """Given the same officer who signed with another once, when asked, then there is none."""
    for pair in ((ONE, TWO), (TWO, THREE), (ONE, THREE)) * 3:
        sign(at, *pair)
    for _ in range(9):
        sign(at, FOUR)
    sign(at, ONE, FOUR)

    assert subjects(at, "signs-alone") == []


def test_where_all_sign_alone_nobody_stands_out(at: Leads) -> None:
    """Given an agency in which nobody signs with another, when asked, then there is none."""
    for officer in (ONE, TWO, THREE, FOUR) * 6:
        sign(at, officer)

    assert subjects(at, "signs-alone", least=1) == []


@pytest.mark.parametrize(
    ("moment", "hits"), [("21:59", 0), ("22:00", 1), ("23:59", 1), ("00:00", 1), ("05:59", 1), ("06:00", 0)]
)
def test_the_night_is_from_ten_to_six(at: Leads, moment: str, hits: int) -> None:
    """Given an envelope signed at a minute of the day in Shanghai, then 22:00 is night and 06:00 is not."""
    index = sign(at, ONE, moment=f"2025-03-04T{moment}")

    found = at.ask("signs-at-night", least=1)
    assert [hit.entries for hit in found] == [(index,)][:hits]


def test_two_nights_are_few(at: Leads) -> None:
    """Given two envelopes of one night and a third, when asked, then three are found and two are not."""
    entries = [sign(at, ONE, moment=f"2025-03-04T{hour}:30") for hour in ("22", "23")]
    assert at.ask("signs-at-night") == []

    entries.append(sign(at, ONE, moment="2025-03-05T03:00"))
    (hit,) = at.ask("signs-at-night")
    assert (hit.subjects, hit.entries) == ((subject(ONE),), tuple(entries))
    assert hit.figures == {
        "envelopes": 3, "first": "2025-03-04T22:30+08:00", "last": "2025-03-05T03:00+08:00",
    }  # fmt: skip


def test_whoever_signs_with_others_at_night_counts_too(at: Leads) -> None:
    """Given envelopes that two sign at night, when asked, then both are found."""
    for hour in (1, 2, 3):
        sign(at, ONE, TWO, moment=f"2025-03-04T0{hour}:00")

    assert subjects(at, "signs-at-night") == [subject(ONE), subject(TWO)]


def test_hours_that_do_not_reach_over_midnight(at: Leads) -> None:
    """Given an envelope at noon, when asked for 12 to 13 and for 13 to 14, then the first hour has it."""
    sign(at, ONE, moment="2025-03-04T12:00")

    assert subjects(at, "signs-at-night", from_=12, to=13, least=1) == [subject(ONE)]
    assert subjects(at, "signs-at-night", from_=13, to=14, least=1) == []
    assert subjects(at, "signs-at-night", from_=11, to=12, least=1) == []


def test_who_signs_with_one_other_only_is_found(at: Leads) -> None:
    """Given five envelopes of a pair, while a third signs with one of them, then who has the one partner is found."""
    entries = [sign(at, FOUR, ONE) for _ in range(5)]
    sign(at, ONE, TWO)

    (hit,) = at.ask("signs-with-one-other")
    assert (hit.subjects, hit.entries) == ((subject(FOUR),), tuple(entries))
    assert hit.figures == {"envelopes": 5, "with": subject(ONE), "others_in_twos": 1}


def test_four_envelopes_are_few(at: Leads) -> None:
    """Given four envelopes of a pair, when asked for five and for four, then four are found."""
    for _ in range(4):
        sign(at, FOUR, ONE)
    sign(at, ONE, TWO)

    assert subjects(at, "signs-with-one-other") == []
    assert subjects(at, "signs-with-one-other", least=4) == [subject(FOUR)]


def test_an_agency_of_two_has_no_choice(at: Leads) -> None:
    """Given an agency in which only two ever sign in twos, when asked, then neither is found."""
    for _ in range(5):
        sign(at, ONE, TWO)
    sign(at, THREE)

    assert subjects(at, "signs-with-one-other") == []


def test_two_closed_pairs_are_both_found(at: Leads) -> None:
    """Given four officers in two pairs that never mix, when asked, then all four are found."""
    for _ in range(5):
        sign(at, ONE, TWO)
        sign(at, FOUR, THREE)

    assert subjects(at, "signs-with-one-other") == [subject(one) for one in (ONE, TWO, THREE, FOUR)]


def test_an_officer_with_two_keys_is_one(at: Leads) -> None:
    """Given an officer who signs at night with an old key and a new one, when asked, then they are one officer."""
    body = registration_body(
        "customs-9", "customs", officer=ONE, event_types=("VehicleEvidenceFiled",),
        valid_from="2024-11-01T00:00:00Z",
    )  # fmt: skip
    at.say("2025-03-03", "AgencyKeyRegistered", body, by=(ONE, TWO))
    for hour in (1, 2):
        sign(at, ONE, moment=f"2025-03-04T0{hour}:00")
    sign(at, "customs-9", moment="2025-03-04T03:00")

    assert [hit.figures["envelopes"] for hit in at.ask("signs-at-night")] == [3]
    assert subjects(at, "signs-at-night") == [subject(ONE)]


def test_entries_of_a_hit_are_the_first_twenty(at: Leads) -> None:
    """Given 25 nights, when asked, then the first 20 entries are named and the figures count all."""
    first = date(2025, 3, 1)
    entries = [sign(at, ONE, moment=f"{first + timedelta(days=day)}T23:00") for day in range(25)]

    (hit,) = at.ask("signs-at-night")
    assert hit.entries == tuple(entries[:20])
    assert hit.figures["envelopes"] == 25


def test_what_was_refused_is_not_asked(at: Leads) -> None:
    """Given three refused envelopes at night, when asked, then nobody has signed at night."""
    for hour in (1, 2, 3):
        at.refused(
            f"2025-03-04T0{hour}:00", "TransferProofAccepted", d.acceptance_body(d.vin(1), d.line_id(1))
        )

    assert subjects(at, "signs-at-night", least=1) == []
