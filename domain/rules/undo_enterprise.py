"""Enterprises, their qualification and suspension: taken back (see ``domain.rules.undo``)."""

from domain.bodies import (
    EnterpriseChanged,
    EnterpriseRegistered,
    EnterpriseReinstated,
    EnterpriseSuspended,
    ExportQualificationFiled,
    QualificationRenounced,
    QualificationWithdrawn,
    SuspensionNoticeServed,
)
from domain.rules.draft import Draft
from domain.statements import Statement


def undo_registered(draft: Draft, body: EnterpriseRegistered, statement: Statement) -> None:
    raise NotImplementedError


def undo_changed(draft: Draft, body: EnterpriseChanged, statement: Statement) -> None:
    raise NotImplementedError


def undo_qualification(draft: Draft, body: ExportQualificationFiled, statement: Statement) -> None:
    raise NotImplementedError


def undo_withdrawn(draft: Draft, body: QualificationWithdrawn, statement: Statement) -> None:
    raise NotImplementedError


def undo_renounced(draft: Draft, body: QualificationRenounced, statement: Statement) -> None:
    raise NotImplementedError


def undo_suspended(draft: Draft, body: EnterpriseSuspended, statement: Statement) -> None:
    raise NotImplementedError


def undo_notice(draft: Draft, body: SuspensionNoticeServed, statement: Statement) -> None:
    raise NotImplementedError


def undo_reinstated(draft: Draft, body: EnterpriseReinstated, statement: Statement) -> None:
    raise NotImplementedError
