"""Fold: what an accepted statement changes, posts and flags. Total over every type of statement."""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from domain import bodies as b
from domain.postings import Posting
from domain.records import Record
from domain.rules import (
    annulment,
    application,
    batch_end,
    cases,
    conduct,
    correction,
    departure,
    enterprise,
    export,
    licence,
    nonexport,
    notice,
    pair_end,
    policy,
    proof_end,
    quota,
    reconciliation,
    registration,
    standing,
    topup,
    transfer,
    use,
)
from domain.rules.draft import Draft, Groundless
from domain.state import State
from domain.statements import Statement
from domain.values import value


@value(frozen=True, slots=True)
class Outcome:
    """The consequences of one statement.

    Attributes:
        changes: the records that it writes, by key; apply them before the next statement is judged.
        postings: in order.
        flags: codes of ``domain.errors.FLAGS``, in the order in which they were found.
        grounded: False for a decision whose ground is not on record; nothing follows from it.
    """

    changes: Mapping[str, Record]
    postings: tuple[Posting, ...]
    flags: tuple[str, ...]
    grounded: bool = True


def fold(state: State, statement: Statement, index: int, recorded_at: datetime) -> Outcome:
    """Return the consequences of a statement that was accepted; ``state`` itself stays as it is.

    Args:
        state: as of the entries before ``index``.
        statement: well-formed; a decision has passed ``decide``.
        index: of its entry.
        recorded_at: of its entry, aware.
    """
    return fold_draft(Draft(state, statement, index, recorded_at))


def fold_draft(draft: Draft) -> Outcome:
    """Fold the statement of a fresh draft; nothing follows from a decision that no guard has let pass."""
    try:
        fold_body(draft, draft.statement.body)
    except Groundless:
        return Outcome({}, (), (), grounded=False)
    return Outcome(draft.changes, tuple(draft.postings), tuple(draft.flags))


def fold_body(draft: Draft, body: b.Body) -> None:
    """Fold a body: the draft's own, or the one that replaces a corrected statement's."""
    match body:
        case (
            b.LedgerOpened()
            | b.AgencyKeyRegistered()
            | b.AgencyKeyRevoked()
            | b.HeadsCommitted()
            | b.SubmissionRefused()
        ):
            pass  # the ledger's own; no record of the domain changes
        case b.PolicyVersionPublished():
            policy.fold_policy(draft, body)
        case b.HolidayCalendarPublished():
            policy.fold_calendar(draft, body)
        case b.EnterpriseRegistered():
            enterprise.fold_registered(draft, body)
        case b.ExportQualificationFiled():
            enterprise.fold_qualification(draft, body)
        case b.CommitmentLetterSigned():
            quota.fold_letter(draft, body)
        case b.TotalQuotaApplicationReceived():
            quota.fold_application(draft, body)
        case b.QuotaGranted():
            quota.fold_granted(draft, body)
        case b.UseApplicationReceived():
            use.fold_application(draft, body)
        case b.UseApplicationApproved():
            use.fold_approved(draft, body)
        case b.UsageNumberSent():
            use.fold_sent(draft, body)
        case b.QuotaAttributeClassified():
            use.fold_classified(draft, body)
        case b.VehicleRegistered():
            registration.fold_registered(draft, body)
        case b.VehicleInfoCopied():
            registration.fold_copied(draft, body)
        case b.PendingExportTransferRecorded():
            transfer.fold_recorded(draft, body)
        case b.TransferProofSubmitted():
            transfer.fold_submitted(draft, body)
        case b.TransferProofAccepted():
            transfer.fold_accepted(draft, body)
        case b.CustomsExportConfirmed():
            export.fold_confirmed(draft, body)
        case b.VehicleDeregistered():
            registration.fold_deregistered(draft, body)
        case b.EnterpriseSuspended():
            enterprise.fold_suspended(draft, body)
        case b.EnterpriseReinstated():
            enterprise.fold_reinstated(draft, body)
        case b.EnterpriseChanged():
            standing.fold_changed(draft, body)
        case b.QualificationWithdrawn():
            standing.fold_withdrawn(draft, body)
        case b.QualificationRenounced():
            standing.fold_renounced(draft, body)
        case b.QuotaApplicationRejected():
            application.fold_rejected(draft, body)
        case b.QuotaApplicationWithdrawn():
            application.fold_withdrawn(draft, body)
        case b.TopUpApplicationReceived():
            topup.fold_application(draft, body)
        case b.QuotaToppedUp():
            topup.fold_topped_up(draft, body)
        case b.TopUpRejected():
            topup.fold_rejected(draft, body)
        case b.QuotaReduced():
            pair_end.fold_reduced(draft, body)
        case b.PairClosed():
            pair_end.fold_closed(draft, body)
        case b.UseApplicationRejected():
            batch_end.fold_rejected(draft, body)
        case b.UseApplicationWithdrawn():
            batch_end.fold_withdrawn(draft, body)
        case b.UsageNumberReturned():
            batch_end.fold_returned(draft, body)
        case b.QuotaAttributeWithdrawn():
            batch_end.fold_attribute_withdrawn(draft, body)
        case b.ApprovedLineCancelled():
            batch_end.fold_cancelled(draft, body)
        case b.ViolationCaseOpened():
            cases.fold_opened(draft, body)
        case b.CaseEvidenceAdded():
            cases.fold_evidence(draft, body)
        case b.HearingHeld():
            cases.fold_hearing(draft, body)
        case b.CaseEscalated():
            cases.fold_escalated(draft, body)
        case b.CaseDecided():
            cases.fold_decided(draft, body)
        case b.CaseRemedied():
            cases.fold_remedied(draft, body)
        case b.CaseOverturned():
            cases.fold_overturned(draft, body)
        case b.SuspensionNoticeServed():
            notice.fold_served(draft, body)
        case b.ReconciliationStatementFiled():
            reconciliation.fold_filed(draft, body)
        case b.TransferReversed():
            proof_end.fold_reversed(draft, body)
        case b.TransferProofRejected():
            proof_end.fold_rejected(draft, body)
        case b.TransferProofRevoked():
            proof_end.fold_revoked(draft, body)
        case b.ExportLicenceIssued():
            licence.fold_issued(draft, body)
        case b.SubstituteExporterDesignated():
            licence.fold_designated(draft, body)
        case b.CustomsExportReversed():
            departure.fold_reversed(draft, body)
        case b.PortLoadingConfirmed():
            departure.fold_loaded(draft, body)
        case b.RegistrationAnnulled():
            annulment.fold_annulled(draft, body)
        case b.RegistrationRegularised():
            annulment.fold_regularised(draft, body)
        case b.DomesticUseRecorded():
            conduct.fold_domestic_use(draft, body)
        case b.RoadUseReported():
            conduct.fold_road_use(draft, body)
        case b.VehicleEvidenceFiled():
            conduct.fold_evidence(draft, body)
        case b.NonExportDetermined():
            nonexport.fold_determined(draft, body)
        case b.NonExportOverturned():
            nonexport.fold_overturned(draft, body)
        case b.EventCorrected():
            correction.fold_corrected(draft, body, fold_body)
        case _:
            assert_never(body)
