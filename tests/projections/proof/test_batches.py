"""C14: approved = sent = classified, over the same list of VINs."""

from projections.proof.types import Verdict
from tests.support.domain import (
    BATCH,
    approval_body,
    classified_body,
    line_id,
    sent_body,
    vin,
    vin_list,
)
from tests.support.proof import CAR, Entries, classified, exported, granted, refuted
from tests.support.proof_bodies import cancelled

TWO = [CAR, vin(2)]
DAY = "2025-02-12"


def approved() -> Entries:
    """Two cars approved."""
    entries = granted()
    entries.say(DAY, "UseApplicationApproved", approval_body(TWO))
    return entries


def test_a_batch_that_agrees_is_proved() -> None:
    """Given three cars from application to export, then C14 is proved."""
    assert exported(3).answer("C14").verdict is Verdict.PROVED


def test_an_approval_whose_digest_is_of_other_cars_is_named() -> None:
    """Given an approval with a foreign digest, then C14 names it."""
    entries = granted()
    index = entries.say(DAY, "UseApplicationApproved", approval_body(TWO, vin_list_sha256=vin_list([CAR])))
    assert refuted(entries.answer("C14")) == (index,)


def test_a_number_that_is_not_that_of_the_approved_lines_is_named() -> None:
    """Given two approved cars, when three are sent, then C14 names the number; classifying it is named too."""
    entries = approved()
    sent = entries.say(DAY, "UsageNumberSent", sent_body(TWO, units=3))
    assert refuted(entries.answer("C14")) == (sent,)
    index = entries.say(DAY, "QuotaAttributeClassified", classified_body(TWO, units=3))
    assert refuted(entries.answer("C14")) == (sent, index)


def test_a_number_over_other_cars_is_named() -> None:
    """Given two approved cars, when two others are sent, then C14 names the number."""
    entries = approved()
    index = entries.say(DAY, "UsageNumberSent", sent_body([CAR, vin(3)]))
    assert refuted(entries.answer("C14")) == (index,)


def test_a_classification_that_differs_from_what_was_sent_is_named() -> None:
    """Given the right number sent, when another is classified, then C14 names the classification alone."""
    entries = approved()
    entries.say(DAY, "UsageNumberSent", sent_body(TWO))
    index = entries.say(DAY, "QuotaAttributeClassified", classified_body([CAR]))
    assert refuted(entries.answer("C14")) == (index,)


def test_a_classification_without_a_number_is_named() -> None:
    """Given an approved batch, when it is classified before a number is sent, then C14 names it."""
    entries = approved()
    index = entries.say(DAY, "QuotaAttributeClassified", classified_body(TWO))
    assert refuted(entries.answer("C14")) == (index,)


def test_a_returned_number_must_be_sent_again() -> None:
    """Given a returned number, when it is classified all the same, then C14 names it; a new revision is right."""
    entries = approved()
    entries.say(DAY, "UsageNumberSent", sent_body(TWO))
    entries.say(DAY, "UsageNumberReturned", {"batch_id": BATCH, "reason": None, "revision": 1})
    again = Entries()
    again.events = [*entries.events]
    index = entries.say(DAY, "QuotaAttributeClassified", classified_body(TWO))
    assert refuted(entries.answer("C14")) == (index,)
    again.say(DAY, "UsageNumberSent", sent_body(TWO, revision=2))
    again.say(DAY, "QuotaAttributeClassified", classified_body(TWO, revision=2))
    assert again.answer("C14").verdict is Verdict.PROVED


def test_an_old_revision_is_named() -> None:
    """Given two revisions, when the first is classified, then C14 names it."""
    entries = approved()
    entries.say(DAY, "UsageNumberSent", sent_body(TWO))
    entries.say(DAY, "UsageNumberSent", sent_body(TWO, revision=2))
    index = entries.say(DAY, "QuotaAttributeClassified", classified_body(TWO))
    assert refuted(entries.answer("C14")) == (index,)


def test_a_line_cancelled_in_between_asks_for_a_new_number() -> None:
    """Given a number sent and a line cancelled, when the old number is classified, then C14 names it."""
    entries = approved()
    entries.say(DAY, "UsageNumberSent", sent_body(TWO))
    entries.say(DAY, "ApprovedLineCancelled", cancelled())
    again = Entries()
    again.events = [*entries.events]
    index = entries.say(DAY, "QuotaAttributeClassified", classified_body(TWO))
    assert refuted(entries.answer("C14")) == (index,)
    again.say(DAY, "UsageNumberSent", sent_body([vin(2)], revision=2))
    again.say(DAY, "QuotaAttributeClassified", classified_body([vin(2)], revision=2))
    assert again.answer("C14").verdict is Verdict.PROVED


def test_a_cancellation_after_classification_is_no_finding() -> None:
    """Given a classified batch, when a line is cancelled, then C14 stays proved."""
    entries = classified(2)
    entries.say(DAY, "ApprovedLineCancelled", cancelled(vin(2), line_id(2)))
    assert entries.answer("C14").verdict is Verdict.PROVED


def test_a_corrected_number_is_judged_anew() -> None:
    """Given a wrong number corrected before classification, then C14 is proved from the correction on."""
    entries = approved()
    wrong = entries.say(DAY, "UsageNumberSent", sent_body(TWO, units=3))
    entries.correct(DAY, wrong, sent_body(TWO))
    entries.say(DAY, "QuotaAttributeClassified", classified_body(TWO))
    assert entries.answer("C14").verdict is Verdict.PROVED
    assert entries.answer("C14", as_known_at=wrong).verdict is Verdict.REFUTED


def test_a_replacement_that_is_wrong_too_names_the_correction() -> None:
    """Given a number corrected to another wrong one, then C14 names the entry of the correction."""
    entries = approved()
    wrong = entries.say(DAY, "UsageNumberSent", sent_body(TWO, units=3))
    index = entries.correct(DAY, wrong, sent_body(TWO, units=4))
    assert refuted(entries.answer("C14")) == (index,)


def test_a_batch_that_an_unknown_entry_touches_is_undetermined() -> None:
    """Given a batch that agrees, when an entry of unknown type names its car, then C14 is undetermined."""
    entries = classified()
    entries.unread(DAY, f"vin:{CAR}")
    answer = entries.answer("C14")
    assert answer.verdict is Verdict.UNDETERMINED
    assert answer.missing
