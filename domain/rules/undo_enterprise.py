"""Enterprises, their qualification and suspension: taken back (see ``domain.rules.undo``).

What is said of an enterprise's file and qualification counts by its own date; nothing stands on it but what
was decided meanwhile, which stays decided.
"""

from typing import TypeVar

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
from domain.errors import refuse
from domain.firm import Change, Ending, Filing, Notice
from domain.rules.cases import leave_case
from domain.rules.draft import Draft, Moved
from domain.statements import Statement
from domain.values import replace

_Noted = TypeVar("_Noted", Change, Filing, Ending, Notice)


def _without(notes: tuple[_Noted, ...], index: int) -> tuple[_Noted, ...]:
    return tuple(one for one in notes if one.index != index)


def undo_registered(draft: Draft, body: EnterpriseRegistered, statement: Statement) -> None:
    """The file is closed; what facts said of the enterprise stays. No active pair may stand on it."""
    enterprise = draft.enterprise(body.uscc)
    if pairs := (*enterprise.active_pairs, *enterprise.upstream_of):
        raise Moved(refuse("firm-in-pair", uscc=body.uscc, pairs=", ".join(pairs)))
    closed = replace(enterprise, registered=False, name="", roles=(), org_code="", in_city=False)
    draft.put(f"enterprise:{body.uscc}", closed)


def undo_changed(draft: Draft, body: EnterpriseChanged, statement: Statement) -> None:
    """The value before stands."""
    enterprise = draft.enterprise(body.uscc)
    left = _without(enterprise.changes, draft.undoing)
    draft.put(f"enterprise:{body.uscc}", replace(enterprise, changes=left))


def undo_qualification(draft: Draft, body: ExportQualificationFiled, statement: Statement) -> None:
    """There was no such filing."""
    enterprise = draft.enterprise(body.uscc)
    left = _without(enterprise.filings, draft.undoing)
    draft.put(f"enterprise:{body.uscc}", replace(enterprise, filings=left))


def undo_withdrawn(draft: Draft, body: QualificationWithdrawn, statement: Statement) -> None:
    """The qualification was not withdrawn."""
    _undo_ending(draft, body.uscc)


def undo_renounced(draft: Draft, body: QualificationRenounced, statement: Statement) -> None:
    """Nothing was given up."""
    _undo_ending(draft, body.uscc)


def _undo_ending(draft: Draft, uscc: str) -> None:
    enterprise = draft.enterprise(uscc)
    left = _without(enterprise.endings, draft.undoing)
    draft.put(f"enterprise:{uscc}", replace(enterprise, endings=left))


def undo_suspended(draft: Draft, body: EnterpriseSuspended, statement: Statement) -> None:
    """The enterprise was not suspended; neither a notice nor an end may stand on it."""
    suspension = draft.suspension(body.suspension_id)
    if suspension is None or suspension.index != draft.undoing:
        return
    later = [one.index for one in suspension.notices]
    if suspension.ended is not None:
        later.append(suspension.ended)
    if later:
        raise Moved(refuse("moved-on", what=body.suspension_id, later=max(later)))
    draft.drop(f"suspension:{body.suspension_id}")
    enterprise = draft.enterprise(body.uscc)
    halts = tuple(one for one in enterprise.halts if one.suspension_id != body.suspension_id)
    draft.put(f"enterprise:{body.uscc}", replace(enterprise, halts=halts))
    leave_case(draft, body.case_id)


def undo_reinstated(draft: Draft, body: EnterpriseReinstated, statement: Statement) -> None:
    """The suspension is open again; no notice of its end may stand on it."""
    suspension = draft.suspension(body.suspension_id)
    if suspension is None or suspension.ended != draft.undoing:
        return
    later = [one.index for one in suspension.notices if one.kind == "REINSTATE" and one.index > draft.undoing]
    if later:
        raise Moved(refuse("moved-on", what=body.suspension_id, later=max(later)))
    draft.put(f"suspension:{body.suspension_id}", replace(suspension, ended=None))
    enterprise = draft.enterprise(body.uscc)
    halts = tuple(
        replace(one, ended_at=None) if one.suspension_id == body.suspension_id else one
        for one in enterprise.halts
    )
    draft.put(f"enterprise:{body.uscc}", replace(enterprise, halts=halts))


def undo_notice(draft: Draft, body: SuspensionNoticeServed, statement: Statement) -> None:
    """No such notice was served."""
    suspension = draft.suspension(body.suspension_id)
    if suspension is not None:
        left = _without(suspension.notices, draft.undoing)
        draft.put(f"suspension:{body.suspension_id}", replace(suspension, notices=left))
