"""C31 and C32: a licence agrees with the ledger and keeps its bounds; young cars carry the letter."""

import pytest

from tests.support.car_bodies import licence_body
from tests.support.car_entries import CAR_KEY, holds, is_open, submitted
from tests.support.domain import registered_body, transfer_body, vin
from tests.support.proof import CAR, LINE, Entries, classified, refuted, registered

RIGHT = (CAR, "2025-03-03", "2025-03-10")
FIRST_DAY_OF_648 = "2026-01-01"


def licensed(*cars: tuple[str, str, str], **more: object) -> tuple[Entries, int]:
    """One car with its proof handed in, and a licence."""
    entries = submitted()
    index = entries.say("2025-03-13", "ExportLicenceIssued", licence_body(*cars or (RIGHT,), **more))
    return entries, index


def young(registered_on: str, applied_on: str, *, letter: bool) -> tuple[Entries, int]:
    """A car of a day, licensed on another, with or without the letter."""
    entries = registered(registered_on)
    transfer = transfer_body(CAR, LINE, registered_on)
    entries.say(registered_on, "PendingExportTransferRecorded", transfer)
    year = applied_on[:4]
    body = licence_body(
        (CAR, registered_on, registered_on),
        applied_on=applied_on,
        valid_from=f"{year}-07-20",
        valid_to=f"{year}-12-31",
        after_sales_letter=letter,
    )
    return entries, entries.say(applied_on, "ExportLicenceIssued", body)


# --- C31 ---


def test_a_licence_with_the_dates_of_the_ledger_is_right() -> None:
    """Given the dates of registration and transfer, then C31 holds."""
    entries, _ = licensed()
    assert holds(entries, "C31")


@pytest.mark.parametrize("car", [(CAR, "2025-03-04", "2025-03-10"), (CAR, "2025-03-03", "2025-03-11")])
def test_another_date_names_the_licence_until_it_is_corrected(car: tuple[str, str, str]) -> None:
    """Given a licence with another date, then C31 names it, not before it was applied for, until corrected."""
    entries, index = licensed(car)
    assert refuted(entries.answer("C31")) == (index,)
    assert holds(entries, "C31", as_of="2025-03-12")
    entries.correct("2025-03-14", index, licence_body(RIGHT), CAR_KEY)
    assert holds(entries, "C31")


def test_a_registration_entered_after_the_licence_is_the_one_named() -> None:
    """Given a licence first, when a registration of another day is entered after it, then that one is named."""
    entries = classified()
    entries.say("2025-03-13", "ExportLicenceIssued", licence_body(RIGHT))
    index = entries.say("2025-03-14", "VehicleRegistered", registered_body(CAR, LINE, "2025-03-04"))
    assert refuted(entries.answer("C31")) == (index,)


def test_a_car_without_registration_or_transfer_is_open() -> None:
    """Given a licence for a car without the record to compare, then C31 is open."""
    entries, _ = licensed(RIGHT, (vin(9), "2025-03-03", "2025-03-10"))
    assert is_open(entries, "C31")
    entries = registered()
    entries.say("2025-03-13", "ExportLicenceIssued", licence_body(RIGHT))
    assert is_open(entries, "C31")


@pytest.mark.parametrize(
    ("term", "right"),
    [
        (("2025-03-17", "2025-09-17"), True),
        (("2025-03-17", "2025-09-18"), False),
        (("2025-08-31", "2026-02-28"), False),
        (("2025-08-31", "2025-12-31"), True),
        (("2025-03-17", "2025-03-16"), False),
    ],
)
def test_a_licence_is_valid_for_six_months_within_the_year(term: tuple[str, str], right: bool) -> None:
    """Given a term, then it may reach six months on and not into the next year."""
    entries, index = licensed(valid_from=term[0], valid_to=term[1])
    assert entries.answer("C31").entries == (() if right else (index,))


def test_twenty_cars_are_the_most() -> None:
    """Given a licence for 20 cars, then its number is right; with 21 it is named."""
    cars = [(vin(number), "2025-03-03", "2025-03-10") for number in range(1, 22)]
    entries, _ = licensed(*cars[:20])
    assert is_open(entries, "C31")
    entries, index = licensed(*cars)
    assert refuted(entries.answer("C31")) == (index,)


# --- C32 ---


def test_a_car_of_180_days_needs_the_letter_and_one_of_181_does_not() -> None:
    """Given a car registered on 2026-01-14, then a licence of 13 July needs the letter, of 14 July none."""
    entries, index = young("2026-01-14", "2026-07-13", letter=False)
    assert refuted(entries.answer("C32")) == (index,)
    assert holds(entries, "C32", as_of="2026-07-12")
    entries, _ = young("2026-01-14", "2026-07-14", letter=False)
    assert holds(entries, "C32")


def test_the_letter_makes_it_right() -> None:
    """Given a young car with the letter, then C32 holds."""
    entries, _ = young("2026-01-14", "2026-07-13", letter=True)
    assert holds(entries, "C32")


def test_before_2026_no_letter_was_asked_for() -> None:
    """Given a licence applied for on 2025-12-31, then C32 holds; of 2026-01-01, then it names the licence."""
    for applied_on, asked in (("2025-12-31", False), (FIRST_DAY_OF_648, True)):
        entries, index = young("2025-11-03", applied_on, letter=False)
        assert entries.answer("C32").entries == ((index,) if asked else ())


def test_the_registration_date_of_the_ledger_counts() -> None:
    """Given a licence that states an older registration than the ledger has, then C32 is not deceived."""
    entries = registered("2026-01-14")
    body = licence_body(
        (CAR, "2025-01-14", "2026-01-14"),
        applied_on="2026-07-13",
        valid_from="2026-07-20",
        valid_to="2026-12-31",
    )
    index = entries.say("2026-07-13", "ExportLicenceIssued", body)
    assert refuted(entries.answer("C32")) == (index,)


def test_a_letter_stated_in_a_correction_counts() -> None:
    """Given a licence without the letter, when it is corrected to have it, then C32 holds."""
    entries, index = young("2026-01-14", "2026-07-13", letter=False)
    body = licence_body(
        (CAR, "2026-01-14", "2026-01-14"),
        applied_on="2026-07-13",
        valid_from="2026-07-20",
        valid_to="2026-12-31",
        after_sales_letter=True,
    )
    entries.correct("2026-07-14", index, body, CAR_KEY)
    assert holds(entries, "C32")
