"""Decide: accept a statement with its consequences, or refuse it with every reason. Total over every type.

Facts are never refused. Decisions are judged as of ``recorded_at``: by what stands before their
entry, and the day of recording in Shanghai. Keys, signatures and authority are the ledger's concern.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from domain import bodies as b
from domain.errors import Refusal
from domain.fold import Outcome, fold_body, fold_draft
from domain.policy import version_in_force
from domain.rules import (
    annulment,
    application,
    batch_end,
    cases,
    correction,
    enterprise,
    licence,
    nonexport,
    pair_end,
    policy,
    proof_end,
    quota,
    topup,
    transfer,
    use,
)
from domain.rules.draft import Draft
from domain.state import State
from domain.statements import Statement


@dataclass(frozen=True, slots=True)
class Accepted:
    """The statement may be entered; ``outcome`` is what ``fold`` makes of it."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Refused:
    """The statement may not be entered; at least one reason."""

    refusals: tuple[Refusal, ...]


def decide(state: State, statement: Statement, index: int, recorded_at: datetime) -> Accepted | Refused:
    """Judge one statement; ``state`` itself stays as it is.

    Args:
        state: as of the entries before ``index``.
        statement: well-formed and rightly signed.
        index: the index that its entry would have.
        recorded_at: the instant that its entry would carry, aware.
    """
    draft = Draft(state, statement, index, recorded_at)
    if refusals := tuple(_guard(draft, statement.body)):
        version = version_in_force(state.policies().versions, draft.today)
        return Refused(tuple(replace(one, policy_version=version) for one in refusals))
    return Accepted(fold_draft(draft))


def _guard(draft: Draft, body: b.Body) -> Iterator[Refusal]:
    match body:
        case (
            b.LedgerOpened()
            | b.AgencyKeyRegistered()
            | b.AgencyKeyRevoked()
            | b.HeadsCommitted()
            | b.SubmissionRefused()
        ):
            return iter(())  # their guards stand beside the keys, in the ledger
        case (
            b.ExportQualificationFiled()
            | b.CommitmentLetterSigned()
            | b.TotalQuotaApplicationReceived()
            | b.UseApplicationReceived()
            | b.VehicleRegistered()
            | b.VehicleInfoCopied()
            | b.PendingExportTransferRecorded()
            | b.TransferProofSubmitted()
            | b.CustomsExportConfirmed()
            | b.VehicleDeregistered()
            | b.EnterpriseChanged()
            | b.QualificationWithdrawn()
            | b.QualificationRenounced()
            | b.QuotaApplicationWithdrawn()
            | b.TopUpApplicationReceived()
            | b.UseApplicationWithdrawn()
            | b.QuotaAttributeWithdrawn()
            | b.CaseEvidenceAdded()
            | b.HearingHeld()
            | b.CaseEscalated()
            | b.CaseRemedied()
            | b.SuspensionNoticeServed()
            | b.ReconciliationStatementFiled()
            | b.TransferReversed()
            | b.ExportLicenceIssued()
            | b.CustomsExportReversed()
            | b.PortLoadingConfirmed()
            | b.RegistrationAnnulled()
            | b.DomesticUseRecorded()
            | b.RoadUseReported()
            | b.VehicleEvidenceFiled()
        ):
            return iter(())  # facts
        case b.PolicyVersionPublished():
            return policy.guard_policy(draft, body)
        case b.HolidayCalendarPublished():
            return policy.guard_calendar(draft, body)
        case b.EnterpriseRegistered():
            return enterprise.guard_registered(draft, body)
        case b.QuotaGranted():
            return quota.guard_granted(draft, body)
        case b.UseApplicationApproved():
            return use.guard_approved(draft, body)
        case b.UsageNumberSent():
            return use.guard_sent(draft, body)
        case b.QuotaAttributeClassified():
            return use.guard_classified(draft, body)
        case b.TransferProofAccepted():
            return transfer.guard_accepted(draft, body)
        case b.EnterpriseSuspended():
            return enterprise.guard_suspended(draft, body)
        case b.EnterpriseReinstated():
            return enterprise.guard_reinstated(draft, body)
        case b.QuotaApplicationRejected():
            return application.guard_rejected(draft, body)
        case b.QuotaToppedUp():
            return topup.guard_topped_up(draft, body)
        case b.TopUpRejected():
            return topup.guard_rejected(draft, body)
        case b.QuotaReduced():
            return pair_end.guard_reduced(draft, body)
        case b.PairClosed():
            return pair_end.guard_closed(draft, body)
        case b.UseApplicationRejected():
            return batch_end.guard_rejected(draft, body)
        case b.UsageNumberReturned():
            return batch_end.guard_returned(draft, body)
        case b.ApprovedLineCancelled():
            return batch_end.guard_cancelled(draft, body)
        case b.ViolationCaseOpened():
            return cases.guard_opened(draft, body)
        case b.CaseDecided():
            return cases.guard_decided(draft, body)
        case b.CaseOverturned():
            return cases.guard_overturned(draft, body)
        case b.TransferProofRejected():
            return proof_end.guard_rejected(draft, body)
        case b.TransferProofRevoked():
            return proof_end.guard_revoked(draft, body)
        case b.SubstituteExporterDesignated():
            return licence.guard_designated(draft, body)
        case b.RegistrationRegularised():
            return annulment.guard_regularised(draft, body)
        case b.NonExportDetermined():
            return nonexport.guard_determined(draft, body)
        case b.NonExportOverturned():
            return nonexport.guard_overturned(draft, body)
        case b.EventCorrected():
            return correction.guard_corrected(draft, body, _guard, fold_body)
        case _:
            assert_never(body)
