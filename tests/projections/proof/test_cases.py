"""C34: overdue, unbacked and seen cars have their case in time; suspensions and their ends follow decisions.

The car is registered on 2025-03-03: due on 18 March, overdue from the 19th, its case is due by the 24th.
"""

from datetime import UTC, datetime

import pytest

from domain.values import replace
from projections.proof.types import Event
from tests.support.car_bodies import (
    annulment_body,
    case_body,
    decision_body,
    overturning_body,
    rejection_body,
    revocation_body,
    sighting_body,
    struck_body,
)
from tests.support.car_entries import CAR_KEY, accepted, holds, is_open, submit, submitted, transferred
from tests.support.domain import (
    OTHER,
    policy_body,
    registered_body,
    reinstated_body,
    suspended_body,
    transfer_body,
    vin,
)
from tests.support.proof import CAR, LINE, Entries, classified, granted, refuted, registered

LAST_DAY, AFTER = "2025-03-24", "2025-03-25"


def registration(entries: Entries) -> tuple[int]:
    """Return the entry that a finding about an overdue or unbacked car names."""
    return (entries.index_of("VehicleRegistered"),)


# --- overdue ---


def test_an_entry_of_the_end_of_time_is_asked_like_any_other() -> None:
    """Given a registration that was recorded in the last hours that there are, when its case is asked for, then it is overdue, not an error."""
    entries = registered()
    registration_entry = entries.events[-1]
    assert isinstance(registration_entry, Event)
    entries.events[-1] = replace(registration_entry, recorded_at=datetime(9999, 12, 31, 23, tzinfo=UTC))
    assert refuted(entries.answer("C34")) == registration(entries)


def test_an_overdue_car_needs_a_case_by_the_last_day() -> None:
    """Given no proof and no case, then C34 holds on the last day for the case and names the car after it."""
    entries = registered()
    assert holds(entries, "C34", as_of=LAST_DAY)
    assert refuted(entries.answer("C34", as_of=AFTER)) == registration(entries)


@pytest.mark.parametrize(("day", "in_time"), [(LAST_DAY, True), (AFTER, False)])
def test_a_case_counts_up_to_the_last_day(day: str, in_time: bool) -> None:
    """Given a case that names the car, then it counts on the last day and no longer the day after."""
    entries = registered()
    entries.say(day, "ViolationCaseOpened", case_body(CAR))
    assert holds(entries, "C34", as_of="2025-06-01") is in_time


def test_a_case_about_another_car_does_not_count() -> None:
    """Given a case in time that names another car, then C34 names the registration."""
    entries = registered()
    entries.say("2025-03-20", "ViolationCaseOpened", case_body(vin(2)))
    assert refuted(entries.answer("C34", as_of=AFTER)) == registration(entries)


@pytest.mark.parametrize(("day", "needed"), [(LAST_DAY, False), (AFTER, True)])
def test_a_late_proof_needs_a_case_only_when_it_came_after_the_last_day(day: str, needed: bool) -> None:
    """Given a late proof, then no case is needed up to the last day for it; after that the car was overdue."""
    entries = transferred()
    submit(entries, day)
    assert holds(entries, "C34", as_of="2025-06-01") is not needed


def test_a_proof_in_time_is_not_overdue_until_it_is_rejected() -> None:
    """Given a proof in time rejected on 1 April, then its case is due five days after the rejection."""
    entries = submitted()
    assert holds(entries, "C34", as_of="2025-03-31")
    entries.say("2025-04-01", "TransferProofRejected", rejection_body(CAR, LINE))
    assert holds(entries, "C34", as_of="2025-04-06")
    assert refuted(entries.answer("C34", as_of="2025-04-07")) == registration(entries)
    submit(entries, "2025-04-03", submission="S-2")
    assert holds(entries, "C34", as_of="2025-04-07")


def test_a_rejection_before_the_due_date_changes_nothing_about_it() -> None:
    """Given a proof rejected on 12 March, then the car is overdue from the 19th as any other."""
    entries = submitted()
    entries.say("2025-03-12", "TransferProofRejected", rejection_body(CAR, LINE))
    assert holds(entries, "C34", as_of=LAST_DAY)
    assert refuted(entries.answer("C34", as_of=AFTER)) == registration(entries)


@pytest.mark.parametrize("what", ["TransferProofRevoked", "TransferReversed"])
def test_a_proof_that_fell_makes_the_car_overdue_from_that_day(what: str) -> None:
    """Given an accepted proof revoked, or its transfer struck, on 1 April, then a case is due by the 6th."""
    entries = accepted()
    body = (
        revocation_body(CAR, LINE) if what == "TransferProofRevoked" else struck_body(CAR, LINE, "2025-04-01")
    )
    entries.say("2025-04-01", what, body)
    assert holds(entries, "C34", as_of="2025-04-06")
    assert refuted(entries.answer("C34", as_of="2025-04-07")) == registration(entries)


def test_a_clerical_annulment_ends_it() -> None:
    """Given an overdue car, when its registration is annulled as clerical, then no case is needed."""
    entries = registered()
    entries.say("2025-04-01", "RegistrationAnnulled", annulment_body(CAR, LINE, "2025-04-01"))
    assert holds(entries, "C34")


def test_without_a_holiday_table_it_is_open() -> None:
    """Given a term that ends in a year without a table, then C34 is open once the strict due date has passed."""
    entries = registered("2025-12-20")
    assert is_open(entries, "C34", as_of="2026-02-01")


def test_the_policy_gives_the_days() -> None:
    """Given a version with ten days for the case, then the car is named after the tenth."""
    entries = classified()
    version = policy_body(2, "2025-01-01", case__open_within_days=10)
    entries.say("2025-01-01", "PolicyVersionPublished", version)
    entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE))
    assert holds(entries, "C34", as_of="2025-03-29")
    assert not holds(entries, "C34", as_of="2025-03-30")


# --- unbacked ---


def unbacked(recorded_on: str = "2025-03-05") -> Entries:
    """A car registered on 2025-03-03 without a line, recorded on a day, with its proof handed in."""
    entries = classified()
    entries.say(recorded_on, "VehicleRegistered", registered_body(CAR, None))
    entries.say("2025-03-10", "PendingExportTransferRecorded", transfer_body(CAR, None))
    submit(entries, "2025-03-11")
    return entries


def test_an_unbacked_car_needs_a_case_counted_from_its_recording() -> None:
    """Given a registration without a line recorded on 5 March, then its case is due by the 10th."""
    entries = unbacked()
    assert holds(entries, "C34", as_of="2025-03-10")
    assert refuted(entries.answer("C34", as_of="2025-03-11")) == registration(entries)
    entries.say("2025-03-10", "ViolationCaseOpened", case_body(CAR, ground="OTHER"))
    assert holds(entries, "C34", as_of="2025-03-11")


def test_a_regularised_or_corrected_car_needs_none() -> None:
    """Given a car registered without a line, when it gets its unit or its line, then C34 holds."""
    entries = unbacked()
    entries.say("2025-04-01", "RegistrationRegularised", {"line_id": LINE, "vin": CAR})
    assert holds(entries, "C34")
    entries = unbacked()
    target = entries.index_of("VehicleRegistered")
    entries.correct("2025-04-01", target, registered_body(CAR, LINE), CAR_KEY)
    assert holds(entries, "C34")


# --- road use ---


def seen(at: str, temp_plate_to: str | None = None) -> tuple[Entries, int]:
    """A car with its proof handed in, transferred on 10 March, then reported on the road."""
    entries = transferred(temp_plate_to=temp_plate_to)
    submit(entries, "2025-03-11")
    index = entries.say("2025-04-01", "RoadUseReported", sighting_body(CAR, at))
    return entries, index


def test_a_sighting_needs_a_case_counted_from_the_day_in_shanghai() -> None:
    """Given a sighting of 20 March 23:30 UTC, in Shanghai the 21st, then its case is due by the 26th."""
    entries, index = seen("2025-03-20T23:30:00Z")
    assert refuted(entries.answer("C34")) == (index,)
    entries.say("2025-03-26", "ViolationCaseOpened", case_body(CAR, ground="ROAD_USE"))
    assert holds(entries, "C34")


def test_before_it_is_reported_nobody_is_accused() -> None:
    """Given a sighting reported on 1 April, then C34 holds as of the day before."""
    entries, _ = seen("2025-03-20T08:00:00+08:00")
    assert holds(entries, "C34", as_of="2025-03-31")


@pytest.mark.parametrize(
    ("at", "review"),
    [
        ("2025-03-09T23:59:59+08:00", False),
        ("2025-03-10T00:00:00+08:00", True),
        ("2025-03-25T23:59:59+08:00", True),
        ("2025-03-26T00:00:00+08:00", False),
    ],
)
def test_a_temporary_plate_makes_it_a_review(at: str, review: bool) -> None:
    """Given a plate from the transfer to 25 March, both days included, then a sighting in that term is a review."""
    entries, _ = seen(at, "2025-03-25")
    assert holds(entries, "C34", as_of="2025-06-01") is review


def test_a_car_seen_before_its_registration_used_no_quota() -> None:
    """Given a sighting of 2 March, then it is no finding."""
    entries, _ = seen("2025-03-02T08:00:00+08:00")
    assert holds(entries, "C34")


def test_a_sighting_taken_back_is_none() -> None:
    """Given a sighting of the wrong car, when it is corrected away, then C34 holds."""
    entries, index = seen("2025-03-20T08:00:00+08:00")
    entries.correct("2025-04-02", index, None, CAR_KEY)
    assert holds(entries, "C34")


# --- suspensions and their ends ---

FINAL = suspended_body(basis="FINAL", case_id="CASE-1")


def decided(decision: str = "SUSPEND", uscc: str | None = None) -> Entries:
    """A case against the exporter, decided."""
    entries = granted()
    entries.say("2025-01-10", "ViolationCaseOpened", case_body())
    body = decision_body(decision) if uscc is None else decision_body(decision, uscc=uscc)
    entries.say("2025-01-20", "CaseDecided", body)
    return entries


def test_a_final_suspension_follows_the_decision_of_its_case() -> None:
    """Given a case decided, then a final suspension of its enterprise is right and its end as well."""
    entries = decided()
    entries.say("2025-01-21", "EnterpriseSuspended", FINAL)
    entries.say("2025-02-20", "EnterpriseReinstated", reinstated_body())
    assert holds(entries, "C34")


@pytest.mark.parametrize("decision", ["NO_VIOLATION", "WARNING"])
def test_a_final_suspension_against_its_decision_is_named(decision: str) -> None:
    """Given a case that ended without a sanction, then a final suspension in it is named."""
    entries = decided(decision)
    index = entries.say("2025-01-21", "EnterpriseSuspended", FINAL)
    assert refuted(entries.answer("C34")) == (index,)


def test_a_final_suspension_before_any_decision_is_named() -> None:
    """Given a case not yet decided, then a final suspension is named, a later decision notwithstanding."""
    entries = granted()
    entries.say("2025-01-10", "ViolationCaseOpened", case_body())
    index = entries.say("2025-01-15", "EnterpriseSuspended", FINAL)
    entries.say("2025-01-20", "CaseDecided", decision_body())
    assert refuted(entries.answer("C34")) == (index,)
    assert holds(entries, "C34", as_of="2025-01-14")


def test_a_final_suspension_of_another_enterprise_or_after_the_fall_is_named() -> None:
    """Given a decision about another enterprise, or one that was overturned, then the suspension is named."""
    entries = decided()
    index = entries.say("2025-01-21", "EnterpriseSuspended", {**FINAL, "uscc": OTHER})
    assert refuted(entries.answer("C34")) == (index,)
    entries = decided()
    entries.say("2025-01-21", "CaseOverturned", overturning_body())
    index = entries.say("2025-01-22", "EnterpriseSuspended", FINAL)
    assert refuted(entries.answer("C34")) == (index,)


def test_a_correction_to_interim_takes_the_fault_away() -> None:
    """Given a final suspension without a decision, when it is corrected to interim, then C34 holds."""
    entries = granted()
    index = entries.say("2025-01-15", "EnterpriseSuspended", FINAL)
    assert not holds(entries, "C34")
    entries.correct("2025-01-16", index, {**FINAL, "basis": "INTERIM"})
    assert holds(entries, "C34")


def test_an_interim_suspension_needs_no_decision_and_its_end_does() -> None:
    """Given an interim suspension in a case, then it is right; its end before any decision is named."""
    entries = granted()
    entries.say("2025-01-10", "ViolationCaseOpened", case_body())
    entries.say("2025-01-15", "EnterpriseSuspended", suspended_body(case_id="CASE-1"))
    assert holds(entries, "C34")
    index = entries.say("2025-02-20", "EnterpriseReinstated", reinstated_body())
    assert refuted(entries.answer("C34")) == (index,)


def test_the_end_of_a_suspension_without_a_case_is_open() -> None:
    """Given an interim suspension that names no case, when it ends, then there is no decision to look for."""
    entries = granted()
    entries.say("2025-01-15", "EnterpriseSuspended", suspended_body())
    assert holds(entries, "C34")
    entries.say("2025-02-20", "EnterpriseReinstated", reinstated_body())
    assert is_open(entries, "C34")


def test_the_end_of_no_open_suspension_is_named() -> None:
    """Given a suspension that ended, when it is ended once more, then the second end is named."""
    entries = decided()
    entries.say("2025-01-21", "EnterpriseSuspended", FINAL)
    entries.say("2025-02-20", "EnterpriseReinstated", reinstated_body())
    index = entries.say("2025-02-21", "EnterpriseReinstated", reinstated_body())
    assert refuted(entries.answer("C34")) == (index,)


def test_the_end_of_another_enterprises_suspension_is_named() -> None:
    """Given a suspension of the exporter, when it is ended for another enterprise, then the end is named."""
    entries = decided()
    entries.say("2025-01-21", "EnterpriseSuspended", FINAL)
    index = entries.say("2025-02-20", "EnterpriseReinstated", reinstated_body(OTHER))
    assert refuted(entries.answer("C34")) == (index,)


def test_a_decision_of_a_later_day_did_not_come_before() -> None:
    """Given a decision entered first and dated after the final suspension, then the suspension is named."""
    entries = decided()
    index = entries.say("2025-01-19", "EnterpriseSuspended", FINAL)
    assert refuted(entries.answer("C34", as_of="2025-01-31")) == (index,)


def test_of_two_rejections_the_first_one_counts() -> None:
    """Given a proof rejected on 1 April and revoked on the 4th, then its case is due by the 6th."""
    entries = submitted()
    entries.say("2025-04-01", "TransferProofRejected", rejection_body(CAR, LINE))
    entries.say("2025-04-04", "TransferProofRevoked", revocation_body(CAR, LINE))
    assert refuted(entries.answer("C34", as_of="2025-04-07")) == registration(entries)
