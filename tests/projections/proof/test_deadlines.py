"""C22: transfer and submission by the rolled due date. Registered on 2025-03-03, due on Tuesday 2025-03-18."""

import pytest

from tests.support.car_bodies import annulment_body, rejection_body, revocation_body, struck_body
from tests.support.car_entries import CAR_KEY, accepted, holds, is_open, submit, submitted, transferred
from tests.support.domain import (
    calendar_body,
    policy_body,
    proof_body,
    registered_body,
    transfer_body,
)
from tests.support.proof import CAR, LINE, Entries, classified, refuted, registered

DUE, AFTER = "2025-03-18", "2025-03-19"


def registration(entries: Entries) -> tuple[int]:
    """Return the entry that every finding names."""
    return (entries.index_of("VehicleRegistered"),)


def test_transfer_and_submission_on_the_last_day_are_in_time() -> None:
    """Given both acts on the due date, then C22 holds for ever."""
    entries = registered()
    entries.say(DUE, "PendingExportTransferRecorded", transfer_body(CAR, LINE, DUE))
    submit(entries, DUE, invoice_on=DUE)
    assert holds(entries, "C22", as_of="2026-01-01")


def test_before_the_due_date_has_passed_nothing_is_missing() -> None:
    """Given a car only registered, then C22 holds on the due date and names it MISSING on the day after."""
    entries = registered()
    assert holds(entries, "C22", as_of=DUE)
    answer = entries.answer("C22", as_of=AFTER)
    assert refuted(answer) == registration(entries)
    assert answer.detail == "1 registrations: 0 LATE, 1 MISSING"


def test_a_transfer_after_the_due_date_is_late() -> None:
    """Given a transfer one day late, then C22 counts it LATE and names the registration."""
    entries = registered()
    entries.say(AFTER, "PendingExportTransferRecorded", transfer_body(CAR, LINE, AFTER))
    submit(entries, "2025-03-20", invoice_on=DUE)
    answer = entries.answer("C22")
    assert refuted(answer) == registration(entries)
    assert answer.detail == "1 registrations: 1 LATE, 0 MISSING"


@pytest.mark.parametrize(
    ("at", "late"), [("2025-03-18T23:59:59+08:00", False), ("2025-03-19T00:00:00+08:00", True)]
)
def test_the_day_of_submission_is_that_of_shanghai(at: str, late: bool) -> None:
    """Given a submission at the last second of the due date or one second later, then only that is late."""
    entries = transferred()
    entries.say(AFTER, "TransferProofSubmitted", proof_body(CAR, LINE, at))
    assert holds(entries, "C22") is not late


def test_an_invoice_after_the_due_date_is_late() -> None:
    """Given transfer and submission in time, when the invoice is dated after the due date, then C22 names it."""
    entries = submitted(invoice_on=AFTER)
    assert refuted(entries.answer("C22")) == registration(entries)


def test_acceptance_is_not_what_counts() -> None:
    """Given a proof handed in and not yet judged, then C22 holds long after the due date."""
    assert holds(submitted(), "C22", as_of="2025-06-01")


def test_a_rejected_proof_counts_no_longer() -> None:
    """Given a proof in time, when it is rejected after the due date, then C22 names the car from that day on."""
    entries = submitted()
    entries.say("2025-03-25", "TransferProofRejected", rejection_body(CAR, LINE))
    assert holds(entries, "C22", as_of="2025-03-24")
    assert refuted(entries.answer("C22")) == registration(entries)


def test_a_second_proof_after_a_rejection_is_judged_by_its_own_day() -> None:
    """Given a rejected proof, when the next is handed in in time, then C22 holds; after the due date it is late."""
    for day, late in (("2025-03-17", False), ("2025-03-21", True)):
        entries = submitted()
        entries.say("2025-03-14", "TransferProofRejected", rejection_body(CAR, LINE))
        submit(entries, day, submission="S-2", invoice_on="2025-03-10")
        answer = entries.answer("C22", as_of="2025-04-01")
        assert bool(answer.entries) is late
        assert answer.detail == f"1 registrations: {int(late)} LATE, 0 MISSING"


def test_a_revoked_acceptance_leaves_the_proof_missing() -> None:
    """Given an accepted proof, when the acceptance is revoked, then C22 names the registration."""
    entries = accepted()
    entries.say("2025-04-01", "TransferProofRevoked", revocation_body(CAR, LINE))
    assert refuted(entries.answer("C22")) == registration(entries)


def test_a_struck_transfer_takes_its_proof_with_it() -> None:
    """Given an accepted proof, when the police strike the transfer, then both acts are missing."""
    entries = accepted()
    entries.say("2025-03-14", "TransferReversed", struck_body(CAR, LINE, "2025-03-14"))
    assert holds(entries, "C22", as_of=DUE)
    assert refuted(entries.answer("C22", as_of=AFTER)) == registration(entries)


def test_a_transfer_made_anew_in_time_is_in_time() -> None:
    """Given a struck transfer, when transfer and proof follow anew in time, then C22 holds."""
    entries = accepted()
    entries.say("2025-03-14", "TransferReversed", struck_body(CAR, LINE, "2025-03-14"))
    entries.say("2025-03-17", "PendingExportTransferRecorded", transfer_body(CAR, LINE, "2025-03-17"))
    submit(entries, "2025-03-17", submission="S-2")
    assert holds(entries, "C22", as_of="2025-06-01")


def test_a_clerical_annulment_ends_the_clock_and_the_next_registration_starts_it() -> None:
    """Given a car annulled as clerical, then its clock has stopped; the new registration has a clock of its own."""
    entries = registered()
    entries.say("2025-03-10", "RegistrationAnnulled", annulment_body(CAR, LINE, "2025-03-10"))
    assert holds(entries, "C22", as_of="2025-06-01")
    body = registered_body(CAR, LINE, "2025-03-12", cert_no="310000999999")
    index = entries.say("2025-03-12", "VehicleRegistered", body)
    assert holds(entries, "C22", as_of="2025-03-27")
    assert refuted(entries.answer("C22", as_of="2025-03-28")) == (index,)


def test_what_was_done_under_an_annulled_registration_is_void() -> None:
    """Given transfer and proof in time, when the registration is annulled and made anew, then they do not count."""
    entries = submitted()
    entries.say("2025-03-13", "RegistrationAnnulled", annulment_body(CAR, LINE, "2025-03-13"))
    index = entries.say("2025-03-14", "VehicleRegistered", registered_body(CAR, LINE, "2025-03-14"))
    assert refuted(entries.answer("C22", as_of="2025-04-01")) == (index,)


def test_a_fraudulent_registration_keeps_its_clock() -> None:
    """Given a registration annulled for fraud and never transferred, then C22 names it after the due date."""
    entries = registered()
    entries.say("2025-03-10", "RegistrationAnnulled", annulment_body(CAR, LINE, "2025-03-10", "FRAUD"))
    assert refuted(entries.answer("C22", as_of=AFTER)) == registration(entries)


def test_an_unbacked_car_has_its_clock_too() -> None:
    """Given a car registered without a line, then C22 names it after the due date."""
    entries = classified()
    index = entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, None))
    assert refuted(entries.answer("C22", as_of=AFTER)) == (index,)


def test_a_corrected_transfer_date_takes_the_fault_away() -> None:
    """Given a transfer entered with a late date, when it is corrected to the right one, then C22 holds."""
    entries = registered()
    target = entries.say(
        "2025-03-20", "PendingExportTransferRecorded", transfer_body(CAR, LINE, "2025-03-20")
    )
    submit(entries, DUE)
    assert refuted(entries.answer("C22", as_of="2025-03-20")) == registration(entries)
    entries.correct("2025-03-21", target, transfer_body(CAR, LINE, "2025-03-10"), CAR_KEY)
    assert holds(entries, "C22")
    assert not holds(entries, "C22", as_of="2025-03-21", as_known_at=target + 1)


def test_a_rest_day_rolls_the_due_date() -> None:
    """Given a car registered on 2025-09-20, then it is due on 9 October, after the National Day rest."""
    entries = registered("2025-09-20")
    assert holds(entries, "C22", as_of="2025-10-09")
    assert refuted(entries.answer("C22", as_of="2025-10-10")) == registration(entries)


def test_a_year_without_a_table_is_open_only_after_the_strict_due_date() -> None:
    """Given a term that ends in a year without a table, then C22 is open once the strict due date has passed."""
    entries = registered("2025-12-20")
    assert holds(entries, "C22", as_of="2026-01-04")
    assert is_open(entries, "C22", as_of="2026-01-05")
    entries.say("2026-01-06", "HolidayCalendarPublished", calendar_body(2026, ["2026-01-01"]))
    assert holds(entries, "C22", as_of="2026-01-05")
    assert refuted(entries.answer("C22", as_of="2026-01-06")) == registration(entries)


def test_acts_by_the_strict_due_date_need_no_table() -> None:
    """Given both acts by the strict due date, then C22 holds without a table."""
    entries = registered("2025-12-20")
    body = transfer_body(CAR, LINE, "2026-01-04")
    entries.say("2026-01-04", "PendingExportTransferRecorded", body)
    submit(entries, "2026-01-04")
    assert holds(entries, "C22", as_of="2026-03-01")


def test_the_version_in_force_on_the_registration_date_judges() -> None:
    """Given a version with 30 days from April on, then a car of March has 15 days and a car of April 30."""
    for on, in_time in (("2025-03-31", False), ("2025-04-01", True)):
        entries = classified()
        body = policy_body(2, "2025-04-01", deadline__days=30)
        entries.say("2025-03-01", "PolicyVersionPublished", body)
        entries.say(on, "VehicleRegistered", registered_body(CAR, LINE, on))
        assert holds(entries, "C22", as_of="2025-04-25") is in_time


def test_working_days_count_only_working_days() -> None:
    """Given 15 working days, then a car of Monday 3 March is due on Monday 24 March."""
    entries = classified()
    body = policy_body(2, "2025-01-01", deadline__unit="WORKING_DAYS")
    entries.say("2025-01-01", "PolicyVersionPublished", body)
    entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE))
    assert holds(entries, "C22", as_of="2025-03-24")
    assert not holds(entries, "C22", as_of="2025-03-25")


def test_a_car_registered_before_any_policy_is_open() -> None:
    """Given a registration dated before the first version, then C22 cannot tell."""
    entries = classified()
    entries.say("2024-10-01", "VehicleRegistered", registered_body(CAR, LINE, "2024-10-01"))
    assert is_open(entries, "C22", as_of="2025-06-01")
    assert is_open(entries, "C27", as_of="2025-06-01")
