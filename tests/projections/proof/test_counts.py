"""C35: the counts that agencies state over a period are those of the ledger."""

from typing import Any

import pytest

from tests.support.car_bodies import account_body, annulment_body, loading_body
from tests.support.car_entries import holds, is_open
from tests.support.domain import Step, customs_body, deregistered_body, registered_body, statement, vin
from tests.support.domain import at as instant
from tests.support.proof import CAR, LINE, Entries, exported, refuted, registered

RIGHT = {
    "commerce": {"granted": 100, "approved": 3, "registered": 3, "proved": 3},
    "transport": {"classified": 3},
    "police": {"registered": 3, "transferred": 3, "deregistered": 3},
    "customs": {"released": 3, "loaded": 1},
}


def file(entries: Entries, agency: str, body: dict[str, Any], day: str = "2025-06-01") -> int:
    """File a statement of account of an agency."""
    one = statement("ReconciliationStatementFiled", body, agency=agency, occurred_at=f"{day}T10:00:00+08:00")
    return entries.take(Step(one, instant(day)))


def season() -> Entries:
    """Three cars exported, one of them reported as loaded."""
    entries = exported(3)
    entries.say("2025-05-12", "PortLoadingConfirmed", loading_body(CAR))
    return entries


@pytest.mark.parametrize("agency", sorted(RIGHT))
def test_the_numbers_of_the_ledger_are_right(agency: str) -> None:
    """Given a season, when an agency states what the ledger counts, then C35 holds."""
    entries = season()
    file(entries, agency, account_body(RIGHT[agency], "2024-11-01"))
    assert holds(entries, "C35")


@pytest.mark.parametrize(("agency", "name"), [(a, n) for a, names in sorted(RIGHT.items()) for n in names])
@pytest.mark.parametrize("off", [-1, 1])
def test_a_number_off_by_one_names_the_statement(agency: str, name: str, off: int) -> None:
    """Given a season, when an agency states one more or one less, then C35 names its statement."""
    entries = season()
    index = file(entries, agency, account_body({name: RIGHT[agency][name] + off}, "2024-11-01"))
    assert refuted(entries.answer("C35")) == (index,)
    assert holds(entries, "C35", as_of="2025-05-31")


@pytest.mark.parametrize(
    ("period", "units"),
    [
        (("2025-03-03", "2025-03-03"), 3),
        (("2025-03-04", "2025-03-31"), 0),
        (("2025-03-01", "2025-03-02"), 0),
    ],
)
def test_both_ends_of_the_period_belong_to_it(period: tuple[str, str], units: int) -> None:
    """Given three registrations of 3 March, then a period that begins or ends on that day counts them."""
    entries = exported(3)
    file(entries, "police", account_body({"registered": units}, *period))
    assert holds(entries, "C35")


def test_a_clerical_annulment_and_a_correction_are_netted() -> None:
    """Given a registration annulled as clerical, or taken back by correction, then it is not counted."""
    entries = registered()
    entries.say("2025-03-05", "RegistrationAnnulled", annulment_body(CAR, LINE, "2025-03-05"))
    file(entries, "police", account_body({"registered": 0}))
    assert holds(entries, "C35")
    entries = registered()
    entries.correct("2025-03-05", entries.index_of("VehicleRegistered"), None, f"vin:{CAR}")
    file(entries, "police", account_body({"registered": 0}))
    assert holds(entries, "C35")


def test_a_closing_of_the_same_declaration_is_not_counted_again() -> None:
    """Given a release and its closing, then the customs count one release."""
    entries = exported()
    closing = customs_body(CAR, 1, "2025-04-20", status="CLOSED")
    entries.say("2025-05-20", "CustomsExportConfirmed", closing)
    file(entries, "customs", account_body({"released": 1}))
    assert holds(entries, "C35")


def test_facts_without_a_registration_are_counted_as_accepted() -> None:
    """Given a deregistration of a car that nobody registered, then the police count it."""
    entries = exported()
    entries.say("2025-05-20", "VehicleDeregistered", deregistered_body(vin(9), "2025-05-20"))
    file(entries, "police", account_body({"deregistered": 2}))
    assert holds(entries, "C35")


def test_a_name_outside_the_list_is_open() -> None:
    """Given a name that the ledger does not count, or one of another agency, then C35 is open."""
    entries = exported()
    file(entries, "police", account_body({"registered": 1, "visitors": 7}))
    assert is_open(entries, "C35")
    entries = exported()
    file(entries, "police", account_body({"classified": 1}))
    assert is_open(entries, "C35")


def test_a_wrong_number_beside_an_unknown_name_is_still_named() -> None:
    """Given a wrong number and an unknown name in one statement, then C35 names the statement."""
    entries = exported()
    index = file(entries, "police", account_body({"registered": 9, "visitors": 7}))
    assert refuted(entries.answer("C35")) == (index,)


def test_a_period_that_has_not_ended_is_open() -> None:
    """Given a statement over a period that ends after the day asked about, then C35 is open."""
    entries = exported()
    file(entries, "police", account_body({"registered": 1}, last="2025-06-30"))
    assert is_open(entries, "C35")


def test_a_corrected_statement_is_right() -> None:
    """Given a wrong statement, when its agency corrects it, then C35 holds."""
    entries = exported()
    index = file(entries, "commerce", account_body({"registered": 9}))
    entries.correct("2025-06-02", index, account_body({"registered": 1}))
    assert holds(entries, "C35")


def test_an_unbacked_registration_counts_as_a_registration() -> None:
    """Given a car registered without a line, then the police count it."""
    entries = exported()
    entries.say("2025-05-20", "VehicleRegistered", registered_body(vin(9), None, "2025-05-20"))
    file(entries, "police", account_body({"registered": 2}))
    assert holds(entries, "C35")


def test_a_period_that_ends_on_the_day_asked_about_has_ended() -> None:
    """Given a statement over a period that ends on the day asked about, then C35 judges it."""
    entries = exported()
    file(entries, "police", account_body({"registered": 1}, last="2025-06-01"))
    assert holds(entries, "C35", as_of="2025-06-01")
