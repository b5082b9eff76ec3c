"""C16: each grant was preceded by the joint application, the letter and both licences."""

from collections.abc import Iterable

import pytest

from tests.support.car_entries import holds
from tests.support.domain import (
    APPLICATION,
    EXPORTER,
    LETTER_ATTACHMENTS,
    PAIR,
    Season,
    application_body,
    grant_body,
    letter_body,
)
from tests.support.proof import Entries, granted, refuted

LETTER, APPLIED, GRANTED = "CommitmentLetterSigned", "TotalQuotaApplicationReceived", "QuotaGranted"


def prepared(*without: str) -> Entries:
    """Everything before the grant, but for some types."""
    types = {*without, GRANTED}
    return Entries(step for step in Season(0).set_up() if step.statement.type not in types)


def grant(entries: Entries, day: str = "2024-12-05") -> int:
    """Grant the first application."""
    return entries.say(day, GRANTED, grant_body())


def test_a_grant_with_all_its_papers_is_right() -> None:
    """Given letter, application and licences, then C16 holds."""
    entries = granted()
    assert holds(entries, "C16")
    assert entries.answer("C16").detail == "1 grants, 0 without their papers"


@pytest.mark.parametrize("paper", [LETTER, APPLIED])
def test_a_grant_without_a_paper_is_named(paper: str) -> None:
    """Given a grant without letter or application, then C16 names it, a paper entered later notwithstanding."""
    entries = prepared(paper)
    index = grant(entries)
    body = letter_body() if paper == LETTER else application_body()
    entries.say("2024-12-06", paper, body, *LETTER_ATTACHMENTS)
    assert refuted(entries.answer("C16")) == (index,)
    assert holds(entries, "C16", as_of="2024-12-04")


def test_a_letter_dated_after_the_grant_did_not_precede_it() -> None:
    """Given a letter entered before the grant and dated after it, then C16 names the grant."""
    entries = prepared(LETTER)
    entries.say("2024-12-04", LETTER, letter_body(signed_on="2024-12-06"), *LETTER_ATTACHMENTS)
    index = grant(entries)
    assert refuted(entries.answer("C16", as_of="2024-12-31")) == (index,)


@pytest.mark.parametrize(
    "attachments",
    [
        LETTER_ATTACHMENTS[1:],
        LETTER_ATTACHMENTS[:2],
        (LETTER_ATTACHMENTS[0], *LETTER_ATTACHMENTS[1:2] * 2),
        (),
    ],
)
def test_a_letter_without_its_attachments_does_not_count(attachments: Iterable[dict[str, object]]) -> None:
    """Given no letter attached, one licence, or the same licence twice, then C16 names the grant."""
    entries = prepared(LETTER)
    entries.say("2024-12-04", LETTER, letter_body(), *attachments)
    index = grant(entries)
    assert refuted(entries.answer("C16")) == (index,)


def test_one_seal_or_one_applicant_is_not_joint() -> None:
    """Given a letter or an application of one firm alone, then C16 names the grant."""
    entries = prepared(LETTER)
    entries.say("2024-12-04", LETTER, letter_body(seals=[EXPORTER]), *LETTER_ATTACHMENTS)
    index = grant(entries)
    assert refuted(entries.answer("C16")) == (index,)
    entries = prepared(APPLIED)
    entries.say("2024-12-04", APPLIED, application_body(applicants=[EXPORTER]))
    index = grant(entries)
    assert refuted(entries.answer("C16")) == (index,)


@pytest.mark.parametrize("end", ["QuotaApplicationRejected", "QuotaApplicationWithdrawn"])
def test_an_application_that_had_ended_does_not_count(end: str) -> None:
    """Given an application rejected or withdrawn, when it is granted, then C16 names the grant."""
    entries = prepared()
    entries.say("2024-12-04", end, {"app_id": APPLICATION, "reason": None})
    index = grant(entries)
    assert refuted(entries.answer("C16")) == (index,)


def test_a_top_up_needs_its_own_joint_application() -> None:
    """Given a top-up without an application, then C16 names it; with one it is right."""
    second = f"{PAIR}-q2"
    numbers = {"app_id": second, "total": 100, "units": 50, "used": 81}
    top_up = {**numbers, "document_no": "沪商核2025-2"}
    entries = granted()
    index = entries.say("2025-06-05", "QuotaToppedUp", top_up)
    assert refuted(entries.answer("C16")) == (index,)
    entries = granted()
    applied = {**numbers, "applicants": PAIR.split("-")[:2], "applied_on": "2025-06-02"}
    entries.say("2025-06-02", "TopUpApplicationReceived", applied)
    entries.say("2025-06-05", "QuotaToppedUp", top_up)
    assert holds(entries, "C16")


def test_a_correction_that_completes_the_letter_takes_the_fault_away() -> None:
    """Given a letter entered with one seal, when it is corrected to both, then C16 holds; taken back, it fails."""
    entries = prepared(LETTER)
    target = entries.say("2024-12-04", LETTER, letter_body(seals=[EXPORTER]), *LETTER_ATTACHMENTS)
    index = grant(entries)
    assert refuted(entries.answer("C16")) == (index,)
    entries.correct("2024-12-09", target, letter_body())
    assert holds(entries, "C16")
    entries = granted()
    entries.correct("2024-12-09", entries.index_of(LETTER), None)
    assert refuted(entries.answer("C16")) == (entries.index_of(GRANTED),)
