"""The bodies of statements, one strict frozen model a type, grouped by concept.

To add a type: its model here, its row in ``domain.catalogue``; the type checker then names the places in
``domain.fold`` and ``domain.decide`` that have to know it.
"""

from domain.bodies.case import (
    CaseDecided,
    CaseEscalated,
    CaseEvidenceAdded,
    CaseOverturned,
    CaseRemedied,
    HearingHeld,
    ViolationCaseOpened,
)
from domain.bodies.conduct import (
    DomesticUseRecorded,
    NonExportDetermined,
    NonExportOverturned,
    RoadUseReported,
    VehicleEvidenceFiled,
)
from domain.bodies.correction import (
    EventCorrected,
    ReconciliationStatementFiled,
)
from domain.bodies.enterprise import (
    EnterpriseChanged,
    EnterpriseRegistered,
    ExportQualificationFiled,
    QualificationRenounced,
    QualificationWithdrawn,
)
from domain.bodies.export import (
    CustomsExportConfirmed,
    CustomsExportReversed,
    ExportLicenceIssued,
    PortLoadingConfirmed,
    SubstituteExporterDesignated,
)
from domain.bodies.ledger import (
    AgencyKeyRegistered,
    AgencyKeyRevoked,
    HeadsCommitted,
    LedgerOpened,
    SubmissionRefused,
)
from domain.bodies.policy import (
    HolidayCalendarPublished,
    PolicyVersionPublished,
)
from domain.bodies.quota import (
    CommitmentLetterSigned,
    PairClosed,
    QuotaApplicationRejected,
    QuotaApplicationWithdrawn,
    QuotaGranted,
    QuotaReduced,
    QuotaToppedUp,
    TopUpApplicationReceived,
    TopUpRejected,
    TotalQuotaApplicationReceived,
)
from domain.bodies.registration import (
    RegistrationAnnulled,
    RegistrationRegularised,
    VehicleDeregistered,
    VehicleInfoCopied,
    VehicleRegistered,
)
from domain.bodies.suspension import (
    EnterpriseReinstated,
    EnterpriseSuspended,
    SuspensionNoticeServed,
)
from domain.bodies.transfer import (
    PendingExportTransferRecorded,
    TransferProofAccepted,
    TransferProofRejected,
    TransferProofRevoked,
    TransferProofSubmitted,
    TransferReversed,
)
from domain.bodies.use import (
    ApprovedLineCancelled,
    QuotaAttributeClassified,
    QuotaAttributeWithdrawn,
    UsageNumberReturned,
    UsageNumberSent,
    UseApplicationApproved,
    UseApplicationReceived,
    UseApplicationRejected,
    UseApplicationWithdrawn,
)

LedgerBody = LedgerOpened | AgencyKeyRegistered | AgencyKeyRevoked | HeadsCommitted | SubmissionRefused

FactBody = (
    EnterpriseChanged
    | ExportQualificationFiled
    | QualificationWithdrawn
    | QualificationRenounced
    | CommitmentLetterSigned
    | TotalQuotaApplicationReceived
    | QuotaApplicationWithdrawn
    | TopUpApplicationReceived
    | UseApplicationReceived
    | UseApplicationWithdrawn
    | QuotaAttributeWithdrawn
    | VehicleRegistered
    | VehicleInfoCopied
    | PendingExportTransferRecorded
    | TransferReversed
    | TransferProofSubmitted
    | ExportLicenceIssued
    | CustomsExportConfirmed
    | CustomsExportReversed
    | PortLoadingConfirmed
    | VehicleDeregistered
    | RegistrationAnnulled
    | DomesticUseRecorded
    | RoadUseReported
    | VehicleEvidenceFiled
    | CaseEvidenceAdded
    | HearingHeld
    | CaseEscalated
    | CaseRemedied
    | SuspensionNoticeServed
    | ReconciliationStatementFiled
)

DecisionBody = (
    PolicyVersionPublished
    | HolidayCalendarPublished
    | EnterpriseRegistered
    | QuotaGranted
    | QuotaApplicationRejected
    | QuotaToppedUp
    | TopUpRejected
    | QuotaReduced
    | PairClosed
    | UseApplicationApproved
    | UseApplicationRejected
    | UsageNumberSent
    | UsageNumberReturned
    | QuotaAttributeClassified
    | ApprovedLineCancelled
    | TransferProofAccepted
    | TransferProofRejected
    | TransferProofRevoked
    | RegistrationRegularised
    | SubstituteExporterDesignated
    | NonExportDetermined
    | NonExportOverturned
    | ViolationCaseOpened
    | CaseDecided
    | CaseOverturned
    | EnterpriseSuspended
    | EnterpriseReinstated
    | EventCorrected
)

Body = LedgerBody | FactBody | DecisionBody

__all__ = [
    "AgencyKeyRegistered",
    "AgencyKeyRevoked",
    "ApprovedLineCancelled",
    "Body",
    "CaseDecided",
    "CaseEscalated",
    "CaseEvidenceAdded",
    "CaseOverturned",
    "CaseRemedied",
    "CommitmentLetterSigned",
    "CustomsExportConfirmed",
    "CustomsExportReversed",
    "DecisionBody",
    "DomesticUseRecorded",
    "EnterpriseChanged",
    "EnterpriseRegistered",
    "EnterpriseReinstated",
    "EnterpriseSuspended",
    "EventCorrected",
    "ExportLicenceIssued",
    "ExportQualificationFiled",
    "FactBody",
    "HeadsCommitted",
    "HearingHeld",
    "HolidayCalendarPublished",
    "LedgerBody",
    "LedgerOpened",
    "NonExportDetermined",
    "NonExportOverturned",
    "PairClosed",
    "PendingExportTransferRecorded",
    "PolicyVersionPublished",
    "PortLoadingConfirmed",
    "QualificationRenounced",
    "QualificationWithdrawn",
    "QuotaApplicationRejected",
    "QuotaApplicationWithdrawn",
    "QuotaAttributeClassified",
    "QuotaAttributeWithdrawn",
    "QuotaGranted",
    "QuotaReduced",
    "QuotaToppedUp",
    "ReconciliationStatementFiled",
    "RegistrationAnnulled",
    "RegistrationRegularised",
    "RoadUseReported",
    "SubmissionRefused",
    "SubstituteExporterDesignated",
    "SuspensionNoticeServed",
    "TopUpApplicationReceived",
    "TopUpRejected",
    "TotalQuotaApplicationReceived",
    "TransferProofAccepted",
    "TransferProofRejected",
    "TransferProofRevoked",
    "TransferProofSubmitted",
    "TransferReversed",
    "UsageNumberReturned",
    "UsageNumberSent",
    "UseApplicationApproved",
    "UseApplicationReceived",
    "UseApplicationRejected",
    "UseApplicationWithdrawn",
    "VehicleDeregistered",
    "VehicleEvidenceFiled",
    "VehicleInfoCopied",
    "VehicleRegistered",
    "ViolationCaseOpened",
]
