"""The bodies of statements, one strict frozen model a type, grouped by concept.

To add a type: its model here, its row in ``domain.catalogue``; the type checker then names the places in
``domain.fold`` and ``domain.decide`` that have to know it.
"""

from domain.bodies.enterprise import EnterpriseRegistered, ExportQualificationFiled
from domain.bodies.export import CustomsExportConfirmed
from domain.bodies.ledger import (
    AgencyKeyRegistered,
    AgencyKeyRevoked,
    HeadsCommitted,
    LedgerOpened,
    SubmissionRefused,
)
from domain.bodies.policy import HolidayCalendarPublished, PolicyVersionPublished
from domain.bodies.quota import CommitmentLetterSigned, QuotaGranted, TotalQuotaApplicationReceived
from domain.bodies.registration import VehicleDeregistered, VehicleInfoCopied, VehicleRegistered
from domain.bodies.suspension import EnterpriseReinstated, EnterpriseSuspended
from domain.bodies.transfer import (
    PendingExportTransferRecorded,
    TransferProofAccepted,
    TransferProofSubmitted,
)
from domain.bodies.use import (
    QuotaAttributeClassified,
    UsageNumberSent,
    UseApplicationApproved,
    UseApplicationReceived,
)

LedgerBody = LedgerOpened | AgencyKeyRegistered | AgencyKeyRevoked | HeadsCommitted | SubmissionRefused

FactBody = (
    ExportQualificationFiled
    | CommitmentLetterSigned
    | TotalQuotaApplicationReceived
    | UseApplicationReceived
    | VehicleRegistered
    | VehicleInfoCopied
    | PendingExportTransferRecorded
    | TransferProofSubmitted
    | CustomsExportConfirmed
    | VehicleDeregistered
)

DecisionBody = (
    PolicyVersionPublished
    | HolidayCalendarPublished
    | EnterpriseRegistered
    | QuotaGranted
    | UseApplicationApproved
    | UsageNumberSent
    | QuotaAttributeClassified
    | TransferProofAccepted
    | EnterpriseSuspended
    | EnterpriseReinstated
)

Body = LedgerBody | FactBody | DecisionBody

__all__ = [
    "AgencyKeyRegistered",
    "AgencyKeyRevoked",
    "Body",
    "CommitmentLetterSigned",
    "CustomsExportConfirmed",
    "DecisionBody",
    "EnterpriseRegistered",
    "EnterpriseReinstated",
    "EnterpriseSuspended",
    "ExportQualificationFiled",
    "FactBody",
    "HeadsCommitted",
    "HolidayCalendarPublished",
    "LedgerBody",
    "LedgerOpened",
    "PendingExportTransferRecorded",
    "PolicyVersionPublished",
    "QuotaAttributeClassified",
    "QuotaGranted",
    "SubmissionRefused",
    "TotalQuotaApplicationReceived",
    "TransferProofAccepted",
    "TransferProofSubmitted",
    "UsageNumberSent",
    "UseApplicationApproved",
    "UseApplicationReceived",
    "VehicleDeregistered",
    "VehicleInfoCopied",
    "VehicleRegistered",
]
