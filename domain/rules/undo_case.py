"""Violation cases: taken back (see ``domain.rules.undo``). Evidence and escalation stand in nobody's way."""

from domain.bodies import (
    CaseDecided,
    CaseEscalated,
    CaseEvidenceAdded,
    CaseOverturned,
    CaseRemedied,
    HearingHeld,
    ViolationCaseOpened,
)
from domain.case import Case
from domain.errors import refuse
from domain.rules.draft import Draft, Moved
from domain.statements import Statement
from domain.values import replace


def _check(draft: Draft, case_id: str, *later: int | None) -> None:
    """Raise Moved where an entry after the one that is taken back stands on it."""
    if standing := [one for one in later if one is not None and one > draft.undoing]:
        raise Moved(refuse("moved-on", what=f"case:{case_id}", later=max(standing)))


def _after_decision(case: Case) -> tuple[int | None, ...]:
    return (case.overturned_by, *(one.index for one in case.remedies), *case.relied_on)


def undo_opened(draft: Draft, body: ViolationCaseOpened, statement: Statement) -> None:
    """The case id is free again; nothing may have come of the case."""
    case = draft.case(body.case_id)
    if case is None or case.index != draft.undoing:
        return
    steps = (*case.hearings, *case.evidence, *case.escalated)
    _check(draft, body.case_id, *steps, case.decided_by, *_after_decision(case))
    draft.drop(f"case:{body.case_id}")
    for vin in dict.fromkeys(body.vins):
        draft.take_back(vin)


def undo_evidence(draft: Draft, body: CaseEvidenceAdded, statement: Statement) -> None:
    """No such evidence."""
    if case := draft.case(body.case_id):
        left = tuple(one for one in case.evidence if one != draft.undoing)
        draft.put(f"case:{body.case_id}", replace(case, evidence=left))


def undo_escalated(draft: Draft, body: CaseEscalated, statement: Statement) -> None:
    """The case did not go to the coordination."""
    if case := draft.case(body.case_id):
        left = tuple(one for one in case.escalated if one != draft.undoing)
        draft.put(f"case:{body.case_id}", replace(case, escalated=left))


def undo_hearing(draft: Draft, body: HearingHeld, statement: Statement) -> None:
    """No such hearing; a decision stands on the last one before it."""
    case = draft.case(body.case_id)
    if case is None or draft.undoing not in case.hearings:
        return
    left = tuple(one for one in case.hearings if one != draft.undoing)
    if not left:
        _check(draft, body.case_id, case.decided_by)
    draft.put(f"case:{body.case_id}", replace(case, hearings=left))


def undo_decided(draft: Draft, body: CaseDecided, statement: Statement) -> None:
    """The case is open again."""
    case = draft.case(body.case_id)
    if case is None or case.decided_by != draft.undoing:
        return
    _check(draft, body.case_id, *_after_decision(case))
    draft.put(f"case:{body.case_id}", replace(case, decision=None, decided=(), decided_by=None))


def undo_remedied(draft: Draft, body: CaseRemedied, statement: Statement) -> None:
    """The cars were not put right."""
    if case := draft.case(body.case_id):
        left = tuple(one for one in case.remedies if one.index != draft.undoing)
        draft.put(f"case:{body.case_id}", replace(case, remedies=left))


def undo_overturned(draft: Draft, body: CaseOverturned, statement: Statement) -> None:
    """The decision stands again."""
    case = draft.case(body.case_id)
    if case is not None and case.overturned_by == draft.undoing:
        draft.put(f"case:{body.case_id}", replace(case, overturned_by=None))
