"""C25, C29, C30, C33: the order of dates, the declaration, the deregistration, and no use at home."""

import pytest

from tests.support.car_bodies import (
    annulment_body,
    home_use_body,
    reversal_body,
    struck_body,
    substitute_body,
)
from tests.support.car_entries import CAR_KEY, accepted, holds, is_open, released, submitted, transferred
from tests.support.domain import (
    OTHER,
    Season,
    customs_body,
    declaration,
    deregistered_body,
    registered_body,
    transfer_body,
)
from tests.support.proof import CAR, LINE, Entries, classified, refuted, registered

CUSTOMS = "CustomsExportConfirmed"
DEREGISTERED = "VehicleDeregistered"


# --- C25 ---


def test_dates_that_follow_each_other_are_in_order() -> None:
    """Given all four on the same day, then C25 holds: not before is enough."""
    entries = registered("2025-03-03")
    entries.say("2025-03-03", "PendingExportTransferRecorded", transfer_body(CAR, LINE, "2025-03-03"))
    entries.say("2025-03-03", CUSTOMS, customs_body(CAR, 1, "2025-03-03"))
    entries.say("2025-03-03", DEREGISTERED, deregistered_body(CAR, "2025-03-03"))
    assert holds(entries, "C25")


def test_a_transfer_dated_before_the_registration_is_named_and_corrected() -> None:
    """Given a transfer dated the day before the registration, then C25 names it until it is corrected."""
    entries = registered()
    body = transfer_body(CAR, LINE, "2025-03-02")
    index = entries.say("2025-03-10", "PendingExportTransferRecorded", body)
    assert refuted(entries.answer("C25")) == (index,)
    entries.correct("2025-03-11", index, transfer_body(CAR, LINE), CAR_KEY)
    assert holds(entries, "C25")


def test_a_release_before_the_transfer_names_the_later_entry() -> None:
    """Given a release dated before the transfer, then C25 names whichever stands later in the ledger."""
    entries = transferred()
    index = entries.say("2025-03-11", CUSTOMS, customs_body(CAR, 1, "2025-03-09"))
    assert refuted(entries.answer("C25")) == (index,)
    entries = registered()
    entries.say("2025-03-09", CUSTOMS, customs_body(CAR, 1, "2025-03-09"))
    index = entries.say("2025-03-10", "PendingExportTransferRecorded", transfer_body(CAR, LINE))
    assert refuted(entries.answer("C25")) == (index,)
    assert holds(entries, "C25", as_of="2025-03-09")


def test_a_deregistration_before_the_release_is_named() -> None:
    """Given a deregistration dated before the release, then C25 names it."""
    entries = released()
    index = entries.say("2025-04-11", DEREGISTERED, deregistered_body(CAR, "2025-04-09"))
    assert refuted(entries.answer("C25")) == (index,)


def test_struck_reversed_and_annulled_dates_are_not_compared() -> None:
    """Given a disordered transfer struck, release reversed or registration annulled, then C25 holds."""
    entries = registered()
    body = transfer_body(CAR, LINE, "2025-03-02")
    entries.say("2025-03-10", "PendingExportTransferRecorded", body)
    entries.say("2025-03-11", "TransferReversed", struck_body(CAR, LINE, "2025-03-11"))
    assert holds(entries, "C25")
    entries = transferred()
    entries.say("2025-03-11", CUSTOMS, customs_body(CAR, 1, "2025-03-09"))
    entries.say("2025-03-12", "CustomsExportReversed", reversal_body(CAR, 1, "2025-03-12"))
    assert holds(entries, "C25")
    entries = registered()
    entries.say("2025-03-10", "PendingExportTransferRecorded", body)
    entries.say("2025-03-11", "RegistrationAnnulled", annulment_body(CAR, LINE, "2025-03-11"))
    assert holds(entries, "C25")


# --- C29 ---


def test_a_sound_declaration_and_its_closing_are_right() -> None:
    """Given a release and the closing of the same declaration, then C29 holds."""
    entries = released()
    entries.say("2025-04-20", CUSTOMS, customs_body(CAR, 1, "2025-04-20", status="CLOSED"))
    assert holds(entries, "C29")


@pytest.mark.parametrize(
    "wrong",
    [
        {"declaration_no": declaration(1, "1")},
        {"declaration_no": "2225-2025-1"},
        {"exporter_uscc": OTHER},
    ],
)
def test_an_import_a_malformed_number_or_another_name_is_named(wrong: dict[str, str]) -> None:
    """Given a declaration at fault, then C29 names its confirmation, and not before the release."""
    entries = released(**wrong)
    assert refuted(entries.answer("C29")) == (entries.index_of(CUSTOMS),)
    assert holds(entries, "C29", as_of="2025-04-09")


def test_a_second_live_declaration_is_named_until_one_is_reversed() -> None:
    """Given a car on two declarations, then C29 names the later until the earlier is taken back."""
    entries = released()
    index = entries.say("2025-04-14", CUSTOMS, customs_body(CAR, 2, "2025-04-14"))
    assert refuted(entries.answer("C29")) == (index,)
    entries.say("2025-04-15", "CustomsExportReversed", reversal_body(CAR, 1, "2025-04-15"))
    assert holds(entries, "C29")


def test_one_declaration_may_hold_many_cars() -> None:
    """Given two cars on one declaration, then C29 holds."""
    season = Season(2)
    steps = [step for step in season.steps() if step.statement.type not in {CUSTOMS, DEREGISTERED}]
    entries = Entries(steps)
    for one in season.vins:
        entries.say("2025-04-10", CUSTOMS, customs_body(one, 1))
    assert holds(entries, "C29")


def test_a_reversed_declaration_is_not_asked_and_may_come_again() -> None:
    """Given a declaration in another name, when it is reversed and confirmed anew rightly, then C29 holds."""
    entries = released(exporter_uscc=OTHER)
    entries.say("2025-04-15", "CustomsExportReversed", reversal_body(CAR))
    assert holds(entries, "C29")
    entries.say("2025-04-16", CUSTOMS, customs_body(CAR, 1, "2025-04-16"))
    assert holds(entries, "C29")


def test_a_substitute_may_declare() -> None:
    """Given a substitute designated for the car, when it declares the car, then C29 holds."""
    entries = accepted()
    entries.say("2025-03-20", "SubstituteExporterDesignated", substitute_body(OTHER, CAR))
    entries.say("2025-04-10", CUSTOMS, customs_body(CAR, exporter_uscc=OTHER))
    assert holds(entries, "C29")


def test_a_correction_takes_the_wrong_name_away() -> None:
    """Given a release in another name, when it is corrected, then C29 holds."""
    entries = released(exporter_uscc=OTHER)
    entries.correct("2025-04-11", entries.index_of(CUSTOMS), customs_body(CAR), CAR_KEY)
    assert holds(entries, "C29")


def test_a_release_of_a_car_without_registration_or_line_is_open() -> None:
    """Given no registration, or one without a line, then C29 cannot tell the exporter."""
    entries = classified()
    entries.say("2025-04-10", CUSTOMS, customs_body(CAR))
    assert is_open(entries, "C29")
    entries = classified()
    entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, None))
    entries.say("2025-04-10", CUSTOMS, customs_body(CAR))
    assert is_open(entries, "C29")


# --- C30 ---


def test_the_last_day_of_the_two_months_is_in_time() -> None:
    """Given a release of 2025-12-31, then a deregistration of 2026-02-28 is in time and one of 1 March named."""
    for on, in_time in (("2026-02-28", True), ("2026-03-01", False)):
        entries = released("2025-12-31")
        index = entries.say(on, DEREGISTERED, deregistered_body(CAR, on))
        answer = entries.answer("C30")
        assert answer.entries == (() if in_time else (index,))


def test_a_missing_deregistration_names_the_registration_once_the_term_has_run_out() -> None:
    """Given a release of 10 April and no deregistration, then C30 names the registration from 11 June on."""
    entries = released()
    assert holds(entries, "C30", as_of="2025-06-10")
    assert refuted(entries.answer("C30", as_of="2025-06-11")) == (entries.index_of("VehicleRegistered"),)


def test_a_release_taken_back_asks_for_no_deregistration() -> None:
    """Given a release reversed, then C30 holds without a deregistration."""
    entries = released()
    entries.say("2025-04-15", "CustomsExportReversed", reversal_body(CAR))
    assert holds(entries, "C30", as_of="2026-01-01")


def test_a_corrected_deregistration_date_is_in_time() -> None:
    """Given a deregistration entered with a late date, when it is corrected, then C30 holds."""
    entries = released()
    index = entries.say("2025-06-20", DEREGISTERED, deregistered_body(CAR, "2025-06-20"))
    assert refuted(entries.answer("C30")) == (index,)
    entries.correct("2025-06-21", index, deregistered_body(CAR, "2025-06-02"), CAR_KEY)
    assert holds(entries, "C30")


# --- C33 ---


@pytest.mark.parametrize("kind", ["TRANSFER", "INSPECTION", "INSURANCE", "REIMPORT"])
def test_a_domestic_use_after_the_transfer_is_named(kind: str) -> None:
    """Given a use at home on the day after the transfer, then C33 names it, and not as of the day before."""
    entries = submitted()
    index = entries.say("2025-03-20", "DomesticUseRecorded", home_use_body(CAR, "2025-03-11", kind))
    assert refuted(entries.answer("C33")) == (index,)
    assert holds(entries, "C33", as_of="2025-03-10")


def test_a_use_up_to_the_day_of_the_transfer_is_none() -> None:
    """Given an insurance on the day of the transfer, then C33 holds."""
    entries = submitted()
    entries.say("2025-03-20", "DomesticUseRecorded", home_use_body(CAR, "2025-03-10"))
    assert holds(entries, "C33")


def test_a_mortgage_is_not_one_of_its_kinds() -> None:
    """Given a mortgage after the transfer, then C33 holds."""
    entries = submitted()
    entries.say("2025-03-20", "DomesticUseRecorded", home_use_body(CAR, "2025-03-15", "MORTGAGE"))
    assert holds(entries, "C33")


def test_a_use_after_the_transfer_was_struck_is_none_and_one_before_is() -> None:
    """Given a transfer struck on 14 March, then a use of that day is none of C33, one of the 12th is."""
    entries = submitted()
    entries.say("2025-03-14", "TransferReversed", struck_body(CAR, LINE, "2025-03-14"))
    entries.say("2025-03-20", "DomesticUseRecorded", home_use_body(CAR, "2025-03-14"))
    assert holds(entries, "C33")
    index = entries.say("2025-03-20", "DomesticUseRecorded", home_use_body(CAR, "2025-03-12"))
    assert refuted(entries.answer("C33")) == (index,)


def test_a_use_taken_back_is_none() -> None:
    """Given a use recorded for the wrong car, when it is corrected away, then C33 holds."""
    entries = submitted()
    index = entries.say("2025-03-20", "DomesticUseRecorded", home_use_body(CAR, "2025-03-15"))
    entries.correct("2025-03-21", index, None, CAR_KEY)
    assert holds(entries, "C33")
