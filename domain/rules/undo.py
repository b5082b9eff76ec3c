"""Undo: take a statement's consequences back from a draft. One function for each type, total over all.

``undo_<type>(draft, body, statement) -> None``: ``statement`` is the target as it was signed, ``body`` its
body, ``draft.undoing`` the index of its entry. It leaves every record as though the statement had never
been said (``draft.drop`` takes a record away whole) and posts what it takes back (``draft.post``; for what
was done to a car ``draft.take_back(vin)`` does both). It raises ``Moved(refuse("moved-on", …))`` when a later
statement stands on what is taken back: the newest is corrected first. A statement that changed nothing (a
repeated id) is taken back by changing nothing, so records remember by which entry they were made.
"""

from typing import Final, assert_never

from domain import bodies as b
from domain.rules import undo_car, undo_case, undo_enterprise, undo_export, undo_quota, undo_use
from domain.rules.draft import Draft
from domain.statements import Statement

_NEVER: Final = (
    b.LedgerOpened,
    b.AgencyKeyRegistered,
    b.AgencyKeyRevoked,
    b.HeadsCommitted,
    b.SubmissionRefused,
    b.PolicyVersionPublished,
    b.HolidayCalendarPublished,
    b.EventCorrected,
)


def is_correctable(body: b.Body) -> bool:
    """Say whether a statement of this type may be corrected: no key, policy, operator or correction entry.

    A holiday table is one of policy: its next revision replaces it.
    """
    return not isinstance(body, _NEVER)


def undo(draft: Draft, body: b.Body, statement: Statement) -> None:
    """Take back what a statement did.

    Raises:
        Moved: a later statement stands on it.
    """
    match body:
        case (
            b.LedgerOpened()
            | b.AgencyKeyRegistered()
            | b.AgencyKeyRevoked()
            | b.HeadsCommitted()
            | b.SubmissionRefused()
            | b.PolicyVersionPublished()
            | b.HolidayCalendarPublished()
            | b.EventCorrected()
        ):
            pass  # is_correctable says no; nothing is taken back
        case b.EnterpriseRegistered():
            undo_enterprise.undo_registered(draft, body, statement)
        case b.EnterpriseChanged():
            undo_enterprise.undo_changed(draft, body, statement)
        case b.ExportQualificationFiled():
            undo_enterprise.undo_qualification(draft, body, statement)
        case b.QualificationWithdrawn():
            undo_enterprise.undo_withdrawn(draft, body, statement)
        case b.QualificationRenounced():
            undo_enterprise.undo_renounced(draft, body, statement)
        case b.EnterpriseSuspended():
            undo_enterprise.undo_suspended(draft, body, statement)
        case b.SuspensionNoticeServed():
            undo_enterprise.undo_notice(draft, body, statement)
        case b.EnterpriseReinstated():
            undo_enterprise.undo_reinstated(draft, body, statement)
        case b.CommitmentLetterSigned():
            undo_quota.undo_letter(draft, body, statement)
        case b.TotalQuotaApplicationReceived():
            undo_quota.undo_application(draft, body, statement)
        case b.QuotaGranted():
            undo_quota.undo_granted(draft, body, statement)
        case b.QuotaApplicationRejected():
            undo_quota.undo_rejected(draft, body, statement)
        case b.QuotaApplicationWithdrawn():
            undo_quota.undo_withdrawn(draft, body, statement)
        case b.TopUpApplicationReceived():
            undo_quota.undo_topup_application(draft, body, statement)
        case b.QuotaToppedUp():
            undo_quota.undo_topped_up(draft, body, statement)
        case b.TopUpRejected():
            undo_quota.undo_topup_rejected(draft, body, statement)
        case b.QuotaReduced():
            undo_quota.undo_reduced(draft, body, statement)
        case b.PairClosed():
            undo_quota.undo_closed(draft, body, statement)
        case b.UseApplicationReceived():
            undo_use.undo_application(draft, body, statement)
        case b.UseApplicationApproved():
            undo_use.undo_approved(draft, body, statement)
        case b.UseApplicationRejected():
            undo_use.undo_rejected(draft, body, statement)
        case b.UseApplicationWithdrawn():
            undo_use.undo_withdrawn(draft, body, statement)
        case b.UsageNumberSent():
            undo_use.undo_sent(draft, body, statement)
        case b.UsageNumberReturned():
            undo_use.undo_returned(draft, body, statement)
        case b.QuotaAttributeClassified():
            undo_use.undo_classified(draft, body, statement)
        case b.QuotaAttributeWithdrawn():
            undo_use.undo_attribute_withdrawn(draft, body, statement)
        case b.ApprovedLineCancelled():
            undo_use.undo_cancelled(draft, body, statement)
        case b.VehicleRegistered():
            undo_car.undo_registered(draft, body, statement)
        case b.VehicleInfoCopied():
            undo_car.undo_copied(draft, body, statement)
        case b.PendingExportTransferRecorded():
            undo_car.undo_transfer(draft, body, statement)
        case b.TransferReversed():
            undo_car.undo_transfer_reversed(draft, body, statement)
        case b.TransferProofSubmitted():
            undo_car.undo_submitted(draft, body, statement)
        case b.TransferProofAccepted():
            undo_car.undo_accepted(draft, body, statement)
        case b.TransferProofRejected():
            undo_car.undo_rejected(draft, body, statement)
        case b.TransferProofRevoked():
            undo_car.undo_revoked(draft, body, statement)
        case b.RegistrationAnnulled():
            undo_car.undo_annulled(draft, body, statement)
        case b.RegistrationRegularised():
            undo_car.undo_regularised(draft, body, statement)
        case b.NonExportDetermined():
            undo_car.undo_determined(draft, body, statement)
        case b.NonExportOverturned():
            undo_car.undo_overturned(draft, body, statement)
        case b.CustomsExportConfirmed():
            undo_export.undo_confirmed(draft, body, statement)
        case b.CustomsExportReversed():
            undo_export.undo_reversed(draft, body, statement)
        case b.PortLoadingConfirmed():
            undo_export.undo_loaded(draft, body, statement)
        case b.VehicleDeregistered():
            undo_export.undo_deregistered(draft, body, statement)
        case b.SubstituteExporterDesignated():
            undo_export.undo_substitute(draft, body, statement)
        case b.DomesticUseRecorded():
            undo_export.undo_domestic_use(draft, body, statement)
        case b.RoadUseReported():
            undo_export.undo_road_use(draft, body, statement)
        case b.ViolationCaseOpened():
            undo_case.undo_opened(draft, body, statement)
        case b.CaseEvidenceAdded():
            undo_case.undo_evidence(draft, body, statement)
        case b.HearingHeld():
            undo_case.undo_hearing(draft, body, statement)
        case b.CaseEscalated():
            undo_case.undo_escalated(draft, body, statement)
        case b.CaseDecided():
            undo_case.undo_decided(draft, body, statement)
        case b.CaseRemedied():
            undo_case.undo_remedied(draft, body, statement)
        case b.CaseOverturned():
            undo_case.undo_overturned(draft, body, statement)
        case b.ExportLicenceIssued() | b.VehicleEvidenceFiled() | b.ReconciliationStatementFiled():
            pass  # they change no record
        case _:
            assert_never(body)
