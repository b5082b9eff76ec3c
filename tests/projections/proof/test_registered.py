"""C15, C18, C20, C27: a registration has its line, a valid VIN, no plate, and was copied to commerce."""

import pytest

from tests.support.car_bodies import annulment_body
from tests.support.car_entries import CAR_KEY, holds, is_open
from tests.support.domain import (
    BATCH,
    OTHER,
    Season,
    approval_body,
    attachment,
    classified_body,
    copied_body,
    registered_body,
    sent_body,
    use_body,
    vin,
    wrong_vin,
)
from tests.support.proof import CAR, LINE, Entries, classified, granted, refuted, registered


def register(entries: Entries, on: str = "2025-03-03", line: str | None = LINE, **more: object) -> int:
    """Register the car."""
    return entries.say(on, "VehicleRegistered", registered_body(CAR, line, on, **more))


# --- C15 ---


def test_a_registration_on_its_classified_line_has_its_line() -> None:
    """Given a car approved and classified, when its upstream registers it, then C15 holds."""
    assert holds(registered(), "C15")


def test_a_registration_without_a_line_is_named() -> None:
    """Given a car registered without any line, then C15 names the registration and counts it."""
    entries = classified()
    index = register(entries, line=None)
    answer = entries.answer("C15")
    assert refuted(answer) == (index,)
    assert answer.detail.endswith("UNB = 1")


def test_a_registration_before_approval_is_named() -> None:
    """Given a car that was only applied for, when it is registered, then C15 names the registration."""
    entries = granted()
    entries.say("2025-02-10", "UseApplicationReceived", use_body([CAR]), attachment("申请表"))
    index = register(entries)
    assert refuted(entries.answer("C15")) == (index,)


def test_a_registration_dated_before_the_classification_is_named() -> None:
    """Given a line classified on 17 February, when a registration of the 14th is entered, then C15 names it."""
    entries = classified()
    index = register(entries, "2025-02-14")
    assert refuted(entries.answer("C15")) == (index,)


def test_a_registration_entered_before_an_earlier_classification_has_its_line() -> None:
    """Given a registration entered first, when the classification of an earlier day follows, then C15 holds."""
    entries = granted()
    entries.say("2025-02-10", "UseApplicationReceived", use_body([CAR]), attachment("申请表"))
    entries.say("2025-02-12", "UseApplicationApproved", approval_body([CAR]))
    entries.say("2025-02-13", "UsageNumberSent", sent_body([CAR]))
    index = register(entries)
    assert refuted(entries.answer("C15")) == (index,)
    entries.say("2025-02-17", "QuotaAttributeClassified", classified_body([CAR]))
    assert holds(entries, "C15", "2025-03-05")


def test_a_registration_on_a_cancelled_line_is_named() -> None:
    """Given a line cancelled, when its car is registered all the same, then C15 names the registration."""
    entries = classified()
    entries.say("2025-02-20", "ApprovedLineCancelled", {"line_id": LINE, "reason": None, "vin": CAR})
    index = register(entries)
    assert refuted(entries.answer("C15")) == (index,)


def test_a_registration_after_the_attribute_was_withdrawn_is_named() -> None:
    """Given transport took the attribute back, when the car is registered later, then C15 names it."""
    entries = classified()
    body = {"batch_id": BATCH, "reason": None, "vins": [CAR]}
    entries.say("2025-02-20", "QuotaAttributeWithdrawn", body)
    index = register(entries)
    assert refuted(entries.answer("C15")) == (index,)


def test_a_second_registration_of_a_used_line_is_named_alone() -> None:
    """Given a car registered, when it is registered again under another certificate, then C15 names the second."""
    entries = registered()
    index = register(entries, "2025-03-05", cert_no="310000999999")
    assert refuted(entries.answer("C15")) == (index,)


@pytest.mark.parametrize("wrong", [{"owner_uscc": OTHER}, {"brand_model": "别克 示例"}])
def test_a_registration_of_another_owner_or_model_is_named(wrong: dict[str, str]) -> None:
    """Given a line, when the registered owner or model is not the line's, then C15 names the registration."""
    entries = classified()
    index = register(entries, **wrong)
    assert refuted(entries.answer("C15")) == (index,)


def test_spaces_and_case_of_a_model_do_not_matter() -> None:
    """Given 大众 示例 in the application, when the police write 大众示例, then C15 holds."""
    entries = classified()
    register(entries, brand_model="大众示例")
    assert holds(entries, "C15")


def test_a_clerical_annulment_and_a_correction_take_the_fault_away() -> None:
    """Given a registration without a line, when it is annulled or corrected, then C15 holds."""
    entries = classified()
    index = register(entries, line=None)
    entries.say("2025-03-05", "RegistrationAnnulled", annulment_body(CAR, None, "2025-03-05"))
    assert holds(entries, "C15")
    entries = classified()
    index = register(entries, line=None)
    entries.correct("2025-03-05", index, registered_body(CAR, LINE), CAR_KEY)
    assert holds(entries, "C15")
    assert refuted(entries.answer("C15", as_known_at=index)) == (index,)


def test_a_regularised_registration_has_its_line() -> None:
    """Given a car registered without a line, when commerce gives it the unit of its line, then C15 holds."""
    entries = classified()
    index = register(entries, line=None)
    entries.say("2025-03-05", "RegistrationRegularised", {"line_id": LINE, "vin": CAR})
    assert holds(entries, "C15")
    assert refuted(entries.answer("C15", as_of="2025-03-04")) == (index,)


def test_a_line_without_its_application_leaves_the_model_open() -> None:
    """Given an approval whose application is not on record, then the model of the registration is open."""
    entries = granted()
    entries.say("2025-02-12", "UseApplicationApproved", approval_body([CAR]))
    entries.say("2025-02-13", "UsageNumberSent", sent_body([CAR]))
    entries.say("2025-02-17", "QuotaAttributeClassified", classified_body([CAR]))
    register(entries)
    assert is_open(entries, "C15")


def test_before_the_fault_nobody_is_accused() -> None:
    """Given a car registered without a line, when asked as of the day before, then C15 holds."""
    entries = classified()
    register(entries, line=None)
    assert holds(entries, "C15", as_of="2025-03-02")


# --- C18 ---


def test_a_vin_that_fails_its_digit_is_named_where_it_used_quota() -> None:
    """Given a registration with a VIN whose binding check digit fails, then C18 names it."""
    entries = classified()
    bad = wrong_vin(7)
    index = entries.say("2025-03-03", "VehicleRegistered", registered_body(bad, None))
    entries.say("2025-03-04", "VehicleInfoCopied", copied_body(bad, None))
    assert refuted(entries.answer("C18")) == (index,)


def test_a_foreign_maker_need_not_compute_the_digit() -> None:
    """Given an imported car whose digit fails, then C18 holds and tells of it."""
    entries = classified()
    entries.say("2025-03-03", "VehicleRegistered", registered_body(wrong_vin(7, "WBA"), None))
    answer = entries.answer("C18")
    assert holds(entries, "C18")
    assert "1 with a digit" in answer.detail


def test_an_application_for_a_bad_vin_is_named_whatever_came_of_it() -> None:
    """Given an application with a good and a bad VIN, when the good one alone is approved, then C18 names it."""
    entries = granted()
    index = entries.say("2025-02-10", "UseApplicationReceived", use_body([CAR, wrong_vin(7)]))
    entries.say("2025-02-12", "UseApplicationApproved", approval_body([CAR]))
    assert refuted(entries.answer("C18")) == (index,)
    assert holds(entries, "C18", as_of="2025-02-09")
    entries.correct("2025-02-13", index, use_body([CAR, vin(7)]), f"vin:{wrong_vin(7)}", f"vin:{vin(7)}")
    assert holds(entries, "C18")


def test_an_approved_bad_vin_is_named_in_both() -> None:
    """Given a bad VIN applied for and approved, then C18 names the application and the approval."""
    entries = granted()
    first = entries.say("2025-02-10", "UseApplicationReceived", use_body([wrong_vin(7)]))
    second = entries.say("2025-02-12", "UseApplicationApproved", approval_body([wrong_vin(7)]))
    assert refuted(entries.answer("C18")) == (first, second)


# --- C20 ---


def test_a_physical_plate_is_named_and_a_correction_takes_it_away() -> None:
    """Given a registration that says a plate was issued, then C20 names it until it is corrected."""
    entries = classified()
    index = register(entries, physical_plate_issued=True)
    assert refuted(entries.answer("C20")) == (index,)
    assert holds(entries, "C20", as_of="2025-03-02")
    entries.correct("2025-03-05", index, registered_body(CAR, LINE), CAR_KEY)
    assert holds(entries, "C20")


def test_a_correction_that_brings_the_plate_is_named_itself() -> None:
    """Given a registration, when a correction says that a plate was issued, then C20 names the correction."""
    entries = registered()
    target = entries.index_of("VehicleRegistered")
    body = registered_body(CAR, LINE, physical_plate_issued=True)
    index = entries.correct("2025-03-05", target, body, CAR_KEY)
    assert refuted(entries.answer("C20")) == (index,)


# --- C27 ---


def test_a_copy_is_reported_with_its_lag() -> None:
    """Given a copy one day after the registration, then C27 holds and tells the lag."""
    entries = registered()
    entries.say("2025-03-04", "VehicleInfoCopied", copied_body(CAR, LINE))
    answer = entries.answer("C27")
    assert holds(entries, "C27")
    assert answer.detail == "1 of 1 registrations copied; lag in days: median 1, longest 1"


def test_a_copy_not_yet_made_is_open_until_the_term_of_the_car_has_run_out() -> None:
    """Given no copy, then C27 is open up to the rolled due date and names the registration after it."""
    entries = registered()
    assert is_open(entries, "C27", as_of="2025-03-18")
    assert refuted(entries.answer("C27", as_of="2025-03-19")) == (entries.index_of("VehicleRegistered"),)


def test_a_copy_of_another_certificate_is_no_copy_of_this_registration() -> None:
    """Given a copy under another certificate number, then C27 names the registration."""
    entries = registered()
    body = {**copied_body(CAR, LINE), "cert_no": "310000999999"}
    entries.say("2025-03-04", "VehicleInfoCopied", body)
    assert refuted(entries.answer("C27", as_of="2025-03-19")) == (entries.index_of("VehicleRegistered"),)


def test_an_annulled_registration_needs_no_copy() -> None:
    """Given a registration annulled as clerical, then C27 asks for no copy of it."""
    entries = registered()
    entries.say("2025-03-05", "RegistrationAnnulled", annulment_body(CAR, LINE, "2025-03-05"))
    assert holds(entries, "C27", as_of="2025-06-01")


def test_two_cars_have_a_line_each() -> None:
    """Given two cars of one batch, when the first registers on the second's line, then C15 names it alone."""
    season = Season(2)
    entries = Entries([*season.set_up(), *season.classified()])
    index = register(entries, line=f"{BATCH}-2")
    body = registered_body(vin(2), f"{BATCH}-2")
    entries.say("2025-03-03", "VehicleRegistered", body)
    assert refuted(entries.answer("C15")) == (index,)


def test_an_attribute_withdrawn_after_the_registration_is_no_fault_of_it() -> None:
    """Given a registration of 3 March, then an attribute withdrawn on the 5th leaves C15, on the 2nd refutes it."""
    for day, right in (("2025-03-05", True), ("2025-03-02", False)):
        entries = registered()
        body = {"batch_id": BATCH, "reason": None, "vins": [CAR]}
        entries.say(day, "QuotaAttributeWithdrawn", body)
        assert holds(entries, "C15", as_of="2025-03-31") is right
