"""Enterprises: their file, export qualification, suspension and reinstatement."""

from collections.abc import Iterator

from domain.bodies import (
    EnterpriseRegistered,
    EnterpriseReinstated,
    EnterpriseSuspended,
    ExportQualificationFiled,
)
from domain.errors import Refusal, refuse
from domain.firm import Filing, Halt, Suspension
from domain.identifiers import organisation_code_holds, organisation_code_of
from domain.rules.cases import SUSPENDING, rely_on
from domain.rules.common import bad_codes, no_policy
from domain.rules.draft import Draft, grounds
from domain.values import replace


def guard_registered(draft: Draft, body: EnterpriseRegistered) -> Iterator[Refusal]:
    """One file per enterprise, with codes that hold and agree."""
    yield from bad_codes((body.uscc,))
    if not organisation_code_holds(body.org_code):
        yield refuse("bad-check-digit", value=body.org_code)
    if body.org_code != organisation_code_of(body.uscc):
        yield refuse("org-code-mismatch", stated=body.org_code, uscc=body.uscc)
    if draft.enterprise(body.uscc).registered:
        yield refuse("enterprise-known", uscc=body.uscc)


def fold_registered(draft: Draft, body: EnterpriseRegistered) -> None:
    """Open the file; facts recorded before it stay."""
    draft.put(
        f"enterprise:{body.uscc}",
        replace(
            draft.enterprise(body.uscc),
            registered=True,
            name=body.name,
            roles=body.roles,
            org_code=body.org_code,
            in_city=body.in_city,
        ),
    )


def fold_qualification(draft: Draft, body: ExportQualificationFiled) -> None:
    """Add a period of qualification; during a suspension this is no finding."""
    draft.flag_codes(usccs=(body.uscc,))
    enterprise = draft.enterprise(body.uscc)
    if not enterprise.registered:
        draft.flag("unknown-enterprise")
    if body.valid_from > body.valid_to:
        draft.flag("dates-disordered")
    filing = Filing(draft.index, body.valid_from, body.valid_to)
    draft.put(f"enterprise:{body.uscc}", replace(enterprise, filings=(*enterprise.filings, filing)))


def guard_suspended(draft: Draft, body: EnterpriseSuspended) -> Iterator[Refusal]:
    """A new id, an enterprise on file, a scope; a FINAL suspension rests on a decided case."""
    yield from bad_codes((body.uscc,))
    yield from no_policy(draft)
    if draft.suspension(body.suspension_id) is not None:
        yield refuse("duplicate-suspension", suspension_id=body.suspension_id)
    if not draft.enterprise(body.uscc).registered:
        yield refuse("unknown-enterprise", uscc=body.uscc, role="EXPORTER | UPSTREAM")
    if not body.scope:
        yield refuse("empty-scope", suspension_id=body.suspension_id)
    yield from _guard_case(draft, body)


def _guard_case(draft: Draft, body: EnterpriseSuspended) -> Iterator[Refusal]:
    """An INTERIM suspension may precede its case's decision; a FINAL one rests on it."""
    if body.case_id is None:
        if body.basis == "FINAL":
            yield refuse("case-missing", suspension_id=body.suspension_id)
        return
    case = draft.case(body.case_id)
    if case is None:
        yield refuse("unknown-case", case_id=body.case_id)
        return
    if body.uscc not in (*case.usccs, *case.decided):
        yield refuse("case-of-another", case_id=body.case_id, uscc=body.uscc)
    if body.basis == "FINAL" and (case.status != "DECIDED" or case.decision not in SUSPENDING):
        state = case.status if case.status != "DECIDED" else f"{case.status} {case.decision}"
        yield refuse("case-not-suspending", case_id=body.case_id, state=state)


def fold_suspended(draft: Draft, body: EnterpriseSuspended) -> None:
    """Halt the enterprise from ``effective_at`` on."""
    draft.put(
        f"suspension:{body.suspension_id}", Suspension(draft.index, body.uscc, body.basis, body.case_id)
    )
    rely_on(draft, body.case_id)
    enterprise = draft.enterprise(body.uscc)
    halt = Halt(body.suspension_id, tuple(body.scope), body.effective_at)
    draft.put(f"enterprise:{body.uscc}", replace(enterprise, halts=(*enterprise.halts, halt)))


def guard_reinstated(draft: Draft, body: EnterpriseReinstated) -> Iterator[Refusal]:
    """The suspension named is this enterprise's and open."""
    yield from bad_codes((body.uscc,))
    yield from no_policy(draft)
    suspension = draft.suspension(body.suspension_id)
    if suspension is None or not suspension.is_open or suspension.uscc != body.uscc:
        yield refuse("suspension-not-open", uscc=body.uscc, suspension_id=body.suspension_id)


def fold_reinstated(draft: Draft, body: EnterpriseReinstated) -> None:
    """End that suspension; others of the enterprise stay."""
    suspension = grounds(draft.suspension(body.suspension_id))
    draft.put(f"suspension:{body.suspension_id}", replace(suspension, ended=draft.index))
    enterprise = draft.enterprise(body.uscc)
    halts = tuple(
        replace(halt, ended_at=body.effective_at) if halt.suspension_id == body.suspension_id else halt
        for halt in enterprise.halts
    )
    draft.put(f"enterprise:{body.uscc}", replace(enterprise, halts=halts))
