"""Cars that stop on their way: each term at its last day, reversals and corrections taken back."""

import pytest

from tests.support import domain as d
from tests.support.leads import Leads
from tests.support.quota import case_body, case_decided_body, case_step_body
from tests.support.vehicles import (
    CASE,
    annulled_body,
    customs_reversed_body,
    home_use_body,
    in_case_body,
    struck_body,
)

CAR, LINE = d.vin(1), d.line_id(1)


def transferred(at: Leads, on: str = "2025-03-10") -> int:
    """Bring one car to 待出口 on a day; return the transfer's entry."""
    at.with_cars(1)
    at.say("2025-03-03", "VehicleRegistered", d.registered_body(CAR, LINE))
    return at.say(on, "PendingExportTransferRecorded", d.transfer_body(CAR, LINE, on))


def released(at: Leads, on: str = "2025-12-31", number: int = 1) -> int:
    return at.say(on, "CustomsExportConfirmed", d.customs_body(CAR, number, on))


def deregistered(at: Leads, on: str, **more: object) -> int:
    return at.say(on, "VehicleDeregistered", d.deregistered_body(CAR, on, **more))


def deregister_days(at: Leads, on: str) -> list[tuple[tuple[int, ...], object]]:
    return [(hit.entries, hit.figures["days_over"]) for hit in at.ask("released-not-deregistered", on)]


def test_the_term_for_deregistration_ends_with_its_last_day(at: Leads) -> None:
    """Given a release on 31 December, when asked on 28 February and on 1 March, then only the latter is a hit."""
    transferred(at)
    index = released(at)

    assert deregister_days(at, "2026-02-28") == []
    assert deregister_days(at, "2026-03-01") == [((index,), 1)]
    (hit,) = at.ask("released-not-deregistered", "2026-03-01")
    assert hit.subjects == (f"vin:{CAR}",)
    assert hit.figures == {"released_on": "2025-12-31", "due": "2026-02-28", "days_over": 1}


def test_another_term_is_a_parameter(at: Leads) -> None:
    """Given a release of one month ago, when asked for one month and for none, then by their own last days."""
    transferred(at)
    released(at, "2026-01-10")

    assert at.ask("released-not-deregistered", "2026-02-10", months=1) == []
    assert len(at.ask("released-not-deregistered", "2026-02-11", months=1)) == 1
    assert len(at.ask("released-not-deregistered", "2026-01-11", months=0)) == 1


def test_what_is_deregistered_is_no_hit_either_way(at: Leads) -> None:
    """Given a car released and deregistered, when asked long after, then neither pattern has it."""
    transferred(at)
    released(at)
    deregistered(at, "2026-01-20")

    assert at.ask("released-not-deregistered", "2027-01-01") == []
    assert at.ask("deregistered-not-released", "2027-01-01") == []


def test_the_first_release_that_stands_counts(at: Leads) -> None:
    """Given a declaration taken back and another released later, when asked, then the later one's day counts."""
    transferred(at)
    released(at, "2025-04-10")
    at.say("2025-04-11", "CustomsExportReversed", customs_reversed_body(CAR, 1, "2025-04-11"))
    assert at.ask("released-not-deregistered", "2025-12-01") == []

    second = released(at, "2025-05-20", 2)
    assert deregister_days(at, "2025-07-20") == []
    assert deregister_days(at, "2025-07-21") == [((second,), 1)]


def test_a_release_corrected_away_is_none(at: Leads) -> None:
    """Given a release that was meant for another car, when it is taken back, then nothing is due."""
    transferred(at)
    index = released(at, "2025-04-10")
    assert len(at.ask("released-not-deregistered", "2025-12-01")) == 1

    at.correct("2025-04-11", index, None)
    assert at.ask("released-not-deregistered", "2025-12-01") == []


def test_a_deregistration_for_export_wants_a_release(at: Leads) -> None:
    """Given a car deregistered for export that customs never saw, when asked, then its entry is named."""
    transferred(at)
    index = deregistered(at, "2025-05-10")

    (hit,) = at.ask("deregistered-not-released")
    assert (hit.subjects, hit.entries) == ((f"vin:{CAR}",), (index,))
    assert hit.figures == {"deregistered_on": "2025-05-10"}


def test_a_release_taken_back_after_deregistration_is_found(at: Leads) -> None:
    """Given a deregistered car whose release is taken back, and made again, then only the time between has it."""
    transferred(at)
    released(at, "2025-04-10")
    deregistered(at, "2025-05-10")
    assert at.ask("deregistered-not-released") == []

    at.say("2025-05-20", "CustomsExportReversed", customs_reversed_body(CAR, 1))
    assert len(at.ask("deregistered-not-released")) == 1
    released(at, "2025-06-10", 2)
    assert at.ask("deregistered-not-released") == []


def test_other_reasons_to_deregister_are_none(at: Leads) -> None:
    """Given a car scrapped before export, when asked, then it is no hit."""
    transferred(at)
    deregistered(at, "2025-05-10", reason="OTHER")

    assert at.ask("deregistered-not-released") == []


def test_a_car_dwells_from_its_270th_day(at: Leads) -> None:
    """Given a transfer, when asked on the 269th and 270th day after it, then only on the latter it dwells."""
    index = transferred(at)

    assert at.ask("long-dwell", "2025-12-04") == []
    (hit,) = at.ask("long-dwell", "2025-12-05")
    assert (hit.subjects, hit.entries) == ((f"vin:{CAR}",), (index,))
    assert hit.figures == {"transferred_on": "2025-03-10", "released_on": None, "days": 270}


@pytest.mark.parametrize(("on", "hits"), [("2025-12-04", 0), ("2025-12-05", 1)])
def test_a_car_that_left_late_has_dwelt(at: Leads, on: str, hits: int) -> None:
    """Given a release after 269 or 270 days, when asked a year later, then only the latter has dwelt."""
    first = transferred(at)
    index = released(at, on)

    found = at.ask("long-dwell", "2026-12-01")
    assert [hit.entries for hit in found] == [(first, index)][:hits]
    assert [hit.figures["days"] for hit in found] == [270][:hits]


def test_days_are_a_parameter(at: Leads) -> None:
    """Given a transfer ten days ago, when asked for ten and for eleven days, then only ten have passed."""
    transferred(at)

    assert len(at.ask("long-dwell", "2025-03-20", days=10)) == 1
    assert at.ask("long-dwell", "2025-03-20", days=11) == []


def test_a_struck_transfer_does_not_count(at: Leads) -> None:
    """Given a transfer struck and made again, when asked, then the days count from the second one."""
    transferred(at)
    at.say("2025-03-13", "TransferReversed", struck_body(CAR))
    assert at.ask("long-dwell", "2026-06-01") == []

    again = d.transfer_body(CAR, LINE, "2025-04-01")
    second = at.say("2025-04-01", "PendingExportTransferRecorded", again)
    assert at.ask("long-dwell", "2025-12-26") == []
    assert [hit.entries for hit in at.ask("long-dwell", "2025-12-27")] == [(second,)]


def test_a_corrected_transfer_counts_from_its_right_day(at: Leads) -> None:
    """Given a transfer mistyped by a month, when corrected, then the right day counts and its entry is named."""
    index = transferred(at)
    right = d.transfer_body(CAR, LINE, "2025-04-10")
    by = at.correct("2025-04-11", index, right)

    assert at.ask("long-dwell", "2026-01-04") == []
    assert [hit.entries for hit in at.ask("long-dwell", "2026-01-05")] == [(by,)]


def ends_by_fraud(at: Leads) -> None:
    at.say("2025-05-20", "RegistrationAnnulled", annulled_body("FRAUD", CAR))


def ends_by_clerical_error(at: Leads) -> None:
    at.say("2025-05-20", "RegistrationAnnulled", annulled_body("CLERICAL", CAR))


def ends_by_determination(at: Leads) -> None:
    at.say("2025-05-20", "ViolationCaseOpened", case_body("NOT_EXPORTED", CAR))
    at.say("2025-05-21", "HearingHeld", case_step_body())
    at.say("2025-05-22", "CaseDecided", case_decided_body("WARNING"))
    at.say("2025-05-23", "NonExportDetermined", in_case_body(CAR, LINE, CASE))


def ends_by_scrapping(at: Leads) -> None:
    deregistered(at, "2025-05-20", reason="OTHER")


@pytest.mark.parametrize(
    "end", [ends_by_fraud, ends_by_clerical_error, ends_by_determination, ends_by_scrapping]
)
def test_a_car_that_ended_otherwise_waits_no_more(at: Leads, end: object) -> None:
    """Given a transferred car whose registration ended without export, when asked long after, then it is none."""
    transferred(at)
    assert callable(end)
    end(at)

    assert at.ask("long-dwell", "2026-06-01") == []


def test_a_car_used_at_home_still_waits(at: Leads) -> None:
    """Given a transferred car that was insured at home, when asked long after, then it dwells all the same."""
    index = transferred(at)
    at.say("2025-05-20", "DomesticUseRecorded", home_use_body("INSURANCE", CAR, "2025-05-20"))

    assert [hit.entries for hit in at.ask("long-dwell", "2026-06-01")] == [(index,)]


def test_a_car_without_a_line_waits_too(at: Leads) -> None:
    """Given a car registered and transferred without any line, when asked long after, then it dwells."""
    stray = d.vin(9)
    at.granted()
    at.say("2025-03-03", "VehicleRegistered", d.registered_body(stray, None))
    index = at.say("2025-03-10", "PendingExportTransferRecorded", d.transfer_body(stray, None))

    assert [hit.entries for hit in at.ask("long-dwell", "2026-06-01")] == [(index,)]
