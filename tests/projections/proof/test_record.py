"""C05 and C06: what the entries say about their own recording, and about corrections."""

from datetime import UTC, datetime
from typing import Any

from projections.proof.published import Published
from projections.proof.record import Recording
from projections.proof.types import Event, StatementResult, Verdict
from tests.support.domain import policy_body, qualification_body, statement

NOW = datetime(2026, 1, 5, 4, tzinfo=UTC)


def leaf(index: int) -> str:
    """Return a leaf hash for an entry."""
    return f"{index:064x}"


def correction(target: int, named: str) -> dict[str, Any]:
    """Return a correction that takes an entry back."""
    return {
        "concerns": [],
        "reason": "误录",
        "replacement": None,
        "target_index": target,
        "target_leaf": named,
    }


def answers(*said: tuple[str, dict[str, Any], dict[str, Any]]) -> dict[str, StatementResult]:
    """Fold statements at 2026-01-05 12:00 in Shanghai, one entry each, and return the answers by code."""
    published = Published()
    recording = Recording(published)
    for index, (kind, body, more) in enumerate(said):
        event = Event.of(index, leaf(index), statement(kind, body, number=index + 1, **more), NOW)
        published.fold(event)
        recording.fold(event)
    return {one.code: one for one in recording.results()}


POLICY = ("PolicyVersionPublished", policy_body(), {})


def test_what_happened_before_it_was_recorded_is_in_order() -> None:
    """Entries of the day itself and of thirty days before are neither found nor listed."""
    filed = ("ExportQualificationFiled", qualification_body(valid_from="2025-12-06"), {})
    found = answers(POLICY, filed)["C05"]
    assert (found.verdict, found.entries) == (Verdict.PROVED, ())
    assert found.detail.startswith("0 entries")


def test_a_statement_that_happened_after_it_was_recorded() -> None:
    """An entry that says to be of a later instant than its recording is named."""
    filed = ("ExportQualificationFiled", qualification_body(), {"occurred_at": "2026-01-05T12:00:01+08:00"})
    found = answers(POLICY, filed)["C05"]
    assert (found.verdict, found.entries) == (Verdict.REFUTED, (1,))


def test_backdating_is_listed_and_no_violation() -> None:
    """One day more than backdating_days is listed with the days, and refutes nothing."""
    filed = ("ExportQualificationFiled", qualification_body(valid_from="2025-12-05"), {})
    found = answers(POLICY, filed)["C05"]
    assert found.verdict is Verdict.PROVED
    assert found.detail.endswith("1 (31 d)")


FILED = ("ExportQualificationFiled", qualification_body(), {})


def test_a_correction_by_the_same_agency() -> None:
    """A correction of an earlier entry, under its leaf hash, is in order."""
    assert answers(FILED, ("EventCorrected", correction(0, leaf(0)), {}))["C06"].verdict is Verdict.PROVED


def test_corrections_that_are_wrong() -> None:
    """No such entry, another leaf hash, another agency, a second time, a policy, a correction: each is named."""
    later = ("EventCorrected", correction(9, leaf(9)), {})
    other_leaf = ("EventCorrected", correction(1, leaf(7)), {})
    police = ("EventCorrected", correction(1, leaf(1)), {"agency": "police"})
    once = ("EventCorrected", correction(1, leaf(1)), {"agency": "commerce"})
    policy = ("EventCorrected", correction(0, leaf(0)), {"agency": "commerce"})
    itself = ("EventCorrected", correction(5, leaf(5)), {"agency": "commerce"})
    found = answers(POLICY, FILED, later, other_leaf, police, once, once, policy, itself)["C06"]
    assert (found.verdict, found.entries) == (Verdict.REFUTED, (2, 3, 4, 6, 7, 8))
    assert "6: entry 1 was corrected by entry 5" in found.detail
