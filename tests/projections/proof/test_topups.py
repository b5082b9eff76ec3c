"""C13: top-ups strictly above 80 %, at application and at decision, with the numbers of the ledger."""

import pytest

from projections.proof.types import Verdict
from tests.support.domain import PAIR, grant_body, line_id, policy_body, registered_body, vin
from tests.support.proof import Entries, classified, granted, refuted
from tests.support.proof_bodies import MORE, annulled, more_applied, more_granted

DAY = "2025-06-02"


def used(registered: int, units: int) -> Entries:
    """A pair with so many units granted, of which so many are registered."""
    entries = classified(registered, units) if registered else granted(units)
    for number in range(1, registered + 1):
        entries.say("2025-03-03", "VehicleRegistered", registered_body(vin(number), line_id(number)))
    return entries


@pytest.mark.parametrize(
    ("registered", "units", "verdict"),
    [(80, 100, "REFUTED"), (81, 100, "PROVED"), (4, 5, "REFUTED"), (5, 5, "PROVED")],
)
def test_eighty_per_cent_is_not_more_than_eighty_per_cent(registered: int, units: int, verdict: str) -> None:
    """Given a share of use, when more is granted, then only strictly more than 80 % of the total will do."""
    entries = used(registered, units)
    entries.say(DAY, "TopUpApplicationReceived", more_applied(registered, units))
    index = entries.say(DAY, "QuotaToppedUp", more_granted(registered, units))
    answer = entries.answer("C13")
    assert answer.verdict is Verdict(verdict)
    assert answer.entries == ((index,) if verdict == "REFUTED" else ())


def test_a_grant_of_nothing_tops_up_nothing() -> None:
    """Given a pair without units, when more is granted, then 0 of 0 is not above the threshold."""
    entries = used(0, 0)
    entries.say(DAY, "TopUpApplicationReceived", more_applied(0, 0))
    index = entries.say(DAY, "QuotaToppedUp", more_granted(0, 0))
    assert refuted(entries.answer("C13")) == (index,)


@pytest.mark.parametrize("stated", [(5, 6), (4, 5)])
def test_stated_numbers_that_are_not_the_ledgers_are_named(stated: tuple[int, int]) -> None:
    """Given five of five used, when the decision states other numbers, then C13 names it."""
    entries = used(5, 5)
    entries.say(DAY, "TopUpApplicationReceived", more_applied(5, 5))
    index = entries.say(DAY, "QuotaToppedUp", more_granted(*stated))
    assert refuted(entries.answer("C13")) == (index,)


def test_an_application_below_the_threshold_can_only_be_rejected() -> None:
    """Given an application at 80 %, when one more is registered and it is granted, then C13 names the grant."""
    entries = classified(5, 5)
    for number in range(1, 5):
        entries.say("2025-03-03", "VehicleRegistered", registered_body(vin(number), line_id(number)))
    entries.say(DAY, "TopUpApplicationReceived", more_applied(4, 5))
    assert entries.answer("C13").verdict is Verdict.PROVED
    entries.say(DAY, "VehicleRegistered", registered_body(vin(5), line_id(5), DAY))
    index = entries.say(DAY, "QuotaToppedUp", more_granted(5, 5))
    assert refuted(entries.answer("C13")) == (index,)


def test_a_top_up_without_an_application_is_named() -> None:
    """Given no application, when more is granted, then C13 names the grant."""
    entries = used(5, 5)
    index = entries.say(DAY, "QuotaToppedUp", more_granted(5, 5))
    assert refuted(entries.answer("C13")) == (index,)


def test_the_second_top_up_is_measured_by_the_raised_total() -> None:
    """Given 5 of 5 topped up to 15, when more is granted at 5 of 15, then C13 names the second alone."""
    entries = used(5, 5)
    entries.say(DAY, "TopUpApplicationReceived", more_applied(5, 5))
    entries.say(DAY, "QuotaToppedUp", more_granted(5, 5))
    entries.say(DAY, "TopUpApplicationReceived", more_applied(5, 15, app_id=f"{PAIR}-q3"))
    index = entries.say(DAY, "QuotaToppedUp", more_granted(5, 15, app_id=f"{PAIR}-q3"))
    assert refuted(entries.answer("C13")) == (index,)


def test_an_annulment_as_clerical_takes_the_use_back() -> None:
    """Given 5 of 5 registered and one annulled as clerical, when more is granted, then C13 names the grant."""
    entries = used(5, 5)
    entries.say(DAY, "RegistrationAnnulled", annulled("CLERICAL"))
    entries.say(DAY, "TopUpApplicationReceived", more_applied(4, 5))
    index = entries.say(DAY, "QuotaToppedUp", more_granted(4, 5))
    assert refuted(entries.answer("C13")) == (index,)


def test_a_corrected_top_up_is_judged_by_the_ledger_at_its_place() -> None:
    """Given a grant that misstates the use, when it is corrected after more was used, then C13 is proved."""
    entries = used(5, 5)
    entries.say(DAY, "TopUpApplicationReceived", more_applied(5, 5))
    index = entries.say(DAY, "QuotaToppedUp", more_granted(4, 5))
    assert refuted(entries.answer("C13")) == (index,)
    entries.say(DAY, "VehicleRegistered", registered_body(vin(9), line_id(9), DAY))
    entries.correct(DAY, index, more_granted(5, 5))
    assert entries.answer("C13").verdict is Verdict.PROVED
    assert entries.answer("C13", as_known_at=index).verdict is Verdict.REFUTED


def test_a_top_up_after_the_day_asked_about_is_not_judged() -> None:
    """Given an unlawful top-up in June, when asked as of May, then C13 is proved."""
    entries = used(4, 5)
    entries.say(DAY, "QuotaToppedUp", more_granted(4, 5, app_id=MORE))
    assert entries.answer("C13", "2025-05-31").verdict is Verdict.PROVED


def test_an_ordinary_grant_is_no_top_up() -> None:
    """Given a grant alone, then C13 has nothing to object to."""
    entries = used(0, 5)
    entries.say(DAY, "QuotaGranted", grant_body(f"{PAIR}-q5", 5))
    assert entries.answer("C13").verdict is Verdict.PROVED


@pytest.mark.parametrize(("basis", "verdict"), [("REGISTERED", "PROVED"), ("PROVED", "REFUTED")])
def test_the_policy_in_force_says_what_counts_as_used(basis: str, verdict: str) -> None:
    """Given five of five registered and none proved, when more is granted, then the basis decides."""
    entries = used(5, 5)
    entries.say("2025-05-01", "PolicyVersionPublished", policy_body(2, "2025-05-01", topup__basis=basis))
    entries.say(DAY, "TopUpApplicationReceived", more_applied(5, 5))
    entries.say(DAY, "QuotaToppedUp", more_granted(5, 5))
    assert entries.answer("C13").verdict is Verdict(verdict)
