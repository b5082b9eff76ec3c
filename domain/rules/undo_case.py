"""Cases, statements of account and holiday tables: taken back (see ``domain.rules.undo``)."""

from domain.bodies import (
    CaseDecided,
    CaseEscalated,
    CaseEvidenceAdded,
    CaseOverturned,
    CaseRemedied,
    HearingHeld,
    HolidayCalendarPublished,
    ReconciliationStatementFiled,
    ViolationCaseOpened,
)
from domain.rules.draft import Draft
from domain.statements import Statement


def undo_opened(draft: Draft, body: ViolationCaseOpened, statement: Statement) -> None:
    raise NotImplementedError


def undo_evidence(draft: Draft, body: CaseEvidenceAdded, statement: Statement) -> None:
    raise NotImplementedError


def undo_hearing(draft: Draft, body: HearingHeld, statement: Statement) -> None:
    raise NotImplementedError


def undo_escalated(draft: Draft, body: CaseEscalated, statement: Statement) -> None:
    raise NotImplementedError


def undo_decided(draft: Draft, body: CaseDecided, statement: Statement) -> None:
    raise NotImplementedError


def undo_remedied(draft: Draft, body: CaseRemedied, statement: Statement) -> None:
    raise NotImplementedError


def undo_overturned(draft: Draft, body: CaseOverturned, statement: Statement) -> None:
    raise NotImplementedError


def undo_reconciliation(draft: Draft, body: ReconciliationStatementFiled, statement: Statement) -> None:
    raise NotImplementedError


def undo_calendar(draft: Draft, body: HolidayCalendarPublished, statement: Statement) -> None:
    raise NotImplementedError
