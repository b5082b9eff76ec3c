"""Violation cases: opened, heard, decided, remedied, overturned."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from domain.acts import InCase
from domain.bodies import (
    CaseDecided,
    CaseEscalated,
    CaseEvidenceAdded,
    CaseOverturned,
    CaseRemedied,
    HearingHeld,
    ViolationCaseOpened,
)
from domain.case import Case, Remedy
from domain.clocks import case_due
from domain.errors import Refusal, refuse
from domain.rules.common import bad_codes, due_date, no_policy
from domain.rules.draft import Draft, grounds
from domain.rules.overdue import is_overdue
from domain.values import replace

NAMED_GROUNDS: Final = frozenset({"FORGERY", "NOT_EXPORTED", "ROAD_USE"})
"""The three grounds that measure 5 itself names for a suspension."""
SUSPENDING: Final = frozenset({"SUSPEND", "RENUNCIATION"})
"""The decisions that a FINAL suspension can rest on: renunciation takes more than a suspension does."""


def in_state(draft: Draft, case_id: str, wanted: str) -> Iterator[Refusal]:
    """Refuse unless the case is on record and in this state."""
    case = draft.case(case_id)
    if case is None:
        yield refuse("unknown-case", case_id=case_id)
    elif case.status != wanted:
        yield refuse("wrong-state", what=case_id, state=case.status, wanted=wanted)


def rely_on(draft: Draft, case_id: str | None) -> None:
    """Note with a case that this entry rests on it: the case cannot be taken back before."""
    if case_id is not None and (case := draft.case(case_id)) is not None:
        draft.put(f"case:{case_id}", replace(case, relied_on=(*case.relied_on, draft.index)))


def leave_case(draft: Draft, case_id: str | None) -> None:
    """In a correction: note with a case that the entry taken back rests on it no more."""
    if case_id is not None and (case := draft.case(case_id)) is not None:
        left = tuple(one for one in case.relied_on if one != draft.undoing)
        draft.put(f"case:{case_id}", replace(case, relied_on=left))


def guard_opened(draft: Draft, body: ViolationCaseOpened) -> Iterator[Refusal]:
    """A new id, and an enterprise or a car that the case is about."""
    yield from bad_codes(body.usccs, body.vins)
    yield from no_policy(draft)
    if draft.case(body.case_id) is not None:
        yield refuse("duplicate-case", case_id=body.case_id)
    if not body.usccs and not body.vins:
        yield refuse("empty-case", case_id=body.case_id)


def fold_opened(draft: Draft, body: ViolationCaseOpened) -> None:
    """Open the case on the day on which it was opened, not on that of its recording.

    Flag one that was opened too late for a car of it that is overdue.
    """
    draft.prefetch([f"vin:{vin}" for vin in body.vins])
    if any(_too_late(draft, vin) for vin in body.vins):
        draft.flag("case-late")
    case = Case(draft.index, body.ground, body.usccs, body.vins, draft.statement.effective_date)
    draft.put(f"case:{body.case_id}", case)
    for vin in dict.fromkeys(body.vins):
        draft.act(vin, InCase(draft.index, body.case_id))


def _too_late(draft: Draft, vin: str) -> bool:
    """Say whether a car is overdue and its case had to be open before the day of this one."""
    car = draft.vehicle(vin).car
    registration = car.current()
    if registration is None:
        return False
    due, policy = due_date(draft, registration.registered_on), draft.policy_on(registration.registered_on)
    opened_on = draft.statement.effective_date
    if due is None or policy is None or not is_overdue(draft, car, registration, opened_on):
        return False
    return opened_on > case_due(due + timedelta(days=1), policy)


def _known(draft: Draft, body: CaseEvidenceAdded | HearingHeld | CaseEscalated | CaseRemedied) -> Case | None:
    draft.flag_codes(usccs=body.usccs)
    case = draft.case(body.case_id)
    if case is None:
        draft.flag("unknown-case")
    return case


def fold_evidence(draft: Draft, body: CaseEvidenceAdded) -> None:
    """Note the evidence."""
    if case := _known(draft, body):
        draft.put(f"case:{body.case_id}", replace(case, evidence=(*case.evidence, draft.index)))


def fold_hearing(draft: Draft, body: HearingHeld) -> None:
    """Note the hearing, or that it was waived; one after the decision is flagged."""
    if case := _known(draft, body):
        if case.status != "OPEN":
            draft.flag("case-not-open")
        draft.put(f"case:{body.case_id}", replace(case, hearings=(*case.hearings, draft.index)))


def fold_escalated(draft: Draft, body: CaseEscalated) -> None:
    """Note that the case went to the coordination of measure 13."""
    if case := _known(draft, body):
        draft.put(f"case:{body.case_id}", replace(case, escalated=(*case.escalated, draft.index)))


def guard_decided(draft: Draft, body: CaseDecided) -> Iterator[Refusal]:
    """An open case after its hearing; a named ground leads to suspension or to stated reasons."""
    yield from bad_codes(body.usccs)
    yield from no_policy(draft)
    yield from in_state(draft, body.case_id, "OPEN")
    case = draft.case(body.case_id)
    if case is None:
        return
    if not case.hearings:
        yield refuse("hearing-missing", case_id=body.case_id)
    if case.ground in NAMED_GROUNDS and body.decision not in SUSPENDING and not body.reasons.strip():
        yield refuse("reasons-missing", case_id=body.case_id, ground=case.ground)


def fold_decided(draft: Draft, body: CaseDecided) -> None:
    """Decide; a named ground that was found and does not suspend is flagged for who reads the reasons."""
    case = grounds(draft.case(body.case_id))
    if case.ground in NAMED_GROUNDS and body.decision not in {*SUSPENDING, "NO_VIOLATION"}:
        draft.flag("not-suspended")
    decided = replace(case, decision=body.decision, decided=body.usccs, decided_by=draft.index)
    draft.put(f"case:{body.case_id}", decided)


def fold_remedied(draft: Draft, body: CaseRemedied) -> None:
    """Note the cars that were put right; only those of a decided case count."""
    draft.flag_codes(vins=body.vins)
    case = _known(draft, body)
    if case is None:
        return
    if case.status != "DECIDED":
        draft.flag("case-undecided")
        return
    if not set(case.vins).issuperset(body.vins):
        draft.flag("not-of-the-case")
    remedy = Remedy(draft.index, tuple(vin for vin in body.vins if vin in case.vins))
    draft.put(f"case:{body.case_id}", replace(case, remedies=(*case.remedies, remedy)))


def guard_overturned(draft: Draft, body: CaseOverturned) -> Iterator[Refusal]:
    """A decided case; suspensions and determinations that rest on it end by acts of their own."""
    yield from bad_codes(body.usccs, body.vins)
    yield from no_policy(draft)
    yield from in_state(draft, body.case_id, "DECIDED")


def fold_overturned(draft: Draft, body: CaseOverturned) -> None:
    """The decision falls."""
    case = grounds(draft.case(body.case_id))
    draft.put(f"case:{body.case_id}", replace(case, overturned_by=draft.index))
