"""The clocks: the last day of every term, on the golden dates of the specification."""

from datetime import date

import pytest

from domain.clocks import (
    Term,
    case_due,
    deregistration_due,
    export_term,
    letter_is_needed,
    licence_last_day,
)
from domain.holidays import TABLES
from domain.policy import DEFAULT_PARAMS, PolicyParams


def policy(**changed: object) -> PolicyParams:
    """Return the default policy, changed (``deadline__days=20``)."""
    new = {key.replace("__", "."): value for key, value in changed.items()}
    return PolicyParams.model_validate({**DEFAULT_PARAMS, **new})


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("registered", "strict", "rolled"),
    [
        ("2024-11-15", "2024-11-30", "2024-12-02"),  # a Saturday; Monday follows
        ("2025-09-20", "2025-10-05", "2025-10-09"),  # National Day and Mid-Autumn, 1 to 8 October
        ("2026-02-01", "2026-02-16", "2026-02-24"),  # Spring Festival, 15 to 23 February
        ("2025-01-11", "2025-01-26", "2025-01-26"),  # a Sunday worked for Spring Festival
    ],
)
def test_the_export_term_is_strict_and_rolled(registered: str, strict: str, rolled: str) -> None:
    """Given a registration date, then the term's strict and rolled last days are those of the year's table."""
    assert export_term(day(registered), policy(), TABLES.get) == Term(day(strict), day(rolled))


def test_the_export_term_follows_the_policys_parameters() -> None:
    """Given other days, no rolling, or working days, when the term is computed, then each takes effect."""
    start = day("2024-11-15")
    assert export_term(start, policy(deadline__days=20), TABLES.get).strict == day("2024-12-05")
    assert export_term(start, policy(deadline__roll=False), TABLES.get).rolled == day("2024-11-30")
    working = export_term(start, policy(deadline__unit="WORKING_DAYS"), TABLES.get)
    assert working == Term(day("2024-12-06"), day("2024-12-06"))


def test_a_year_without_a_table_leaves_the_rolled_day_open() -> None:
    """Given no table of a needed year, then the strict day stands and the rolled one is undetermined."""
    assert export_term(day("2030-01-05"), policy(), TABLES.get) == Term(day("2030-01-20"), None)


@pytest.mark.parametrize(
    ("released", "last"),
    [("2025-12-31", "2026-02-28"), ("2027-12-31", "2028-02-29"), ("2025-04-10", "2025-06-10")],
)
def test_deregistration_is_due_two_months_after_release(released: str, last: str) -> None:
    """Given a release, then two months end on the same day or on the last of a shorter month."""
    assert deregistration_due(day(released)) == day(last)


@pytest.mark.parametrize(
    ("valid_from", "last"),
    [
        ("2025-03-10", "2025-09-10"),
        ("2025-08-31", "2025-12-31"),
        ("2025-06-30", "2025-12-30"),
        ("2025-07-01", "2025-12-31"),
    ],
)
def test_a_licence_is_valid_six_months_and_not_across_the_years_end(valid_from: str, last: str) -> None:
    """Given the first day of a licence, then its last is six months on, or 31 December before that."""
    assert licence_last_day(day(valid_from)) == day(last)


@pytest.mark.parametrize(
    ("registered", "applied", "needed"),
    [
        ("2025-09-01", "2026-02-28", True),  # day 180
        ("2025-09-01", "2026-03-01", False),  # day 181
        ("2025-12-01", "2025-12-31", False),  # before 商贸函〔2025〕648号
        ("2025-12-01", "2026-01-01", True),
    ],
)
def test_the_letter_of_2026_is_needed_up_to_day_180(registered: str, applied: str, needed: bool) -> None:
    """Given a licence applied for, then the letter is needed from 2026 on and up to day 180, included."""
    assert letter_is_needed(day(registered), day(applied)) is needed


def test_a_case_is_opened_within_the_policys_days() -> None:
    """Given a case due on a day, then its last day is as many days on as the policy says."""
    assert case_due(day("2025-03-19"), policy()) == day("2025-03-24")
    assert case_due(day("2025-03-19"), policy(case__open_within_days=0)) == day("2025-03-19")


def test_the_policy_window_ends_with_18_october_2029() -> None:
    """Given the days around the window, then its first and last day are in it and their neighbours are not."""
    days = ("2024-10-31", "2024-11-01", "2029-10-18", "2029-10-19")
    assert [policy().window_holds(day(one)) for one in days] == [False, True, True, False]
