"""The catalogue: signer, kind, officers and own date of each type, as in the specification's table."""

from typing import get_args

import pytest

from domain.bodies import Body, DecisionBody, FactBody
from domain.catalogue import CATALOGUE, Kind

SIGNERS = {
    "SC": {"commerce"},
    "ST": {"transport"},
    "PS": {"police"},
    "CU or SC": {"customs", "commerce"},
    "PS or SC": {"police", "commerce"},
    "PS, ST or SC": {"police", "transport", "commerce"},
    "OP": {"operator"},
    "own": {"commerce", "transport", "police", "customs"},
}

# type, signer, kind (Dec or Fact, † with two officers), its own date
TABLE = """
LedgerOpened | OP | Dec |
AgencyKeyRegistered | own | Dec† |
AgencyKeyRevoked | own | Dec |
HeadsCommitted | OP | Fact |
SubmissionRefused | OP | Fact |
PolicyVersionPublished | SC | Dec† |
HolidayCalendarPublished | SC | Dec |
EnterpriseRegistered | SC | Dec |
EnterpriseChanged | SC | Fact | on
ExportQualificationFiled | SC | Fact | valid_from
QualificationWithdrawn | SC | Fact | on
QualificationRenounced | SC | Fact | on
CommitmentLetterSigned | SC | Fact | signed_on
TotalQuotaApplicationReceived | SC | Fact | applied_on
QuotaGranted | SC | Dec† |
QuotaApplicationRejected | SC | Dec |
QuotaApplicationWithdrawn | SC | Fact |
TopUpApplicationReceived | SC | Fact | applied_on
QuotaToppedUp | SC | Dec† |
TopUpRejected | SC | Dec |
QuotaReduced | SC | Dec† |
PairClosed | SC | Dec |
UseApplicationReceived | SC | Fact |
UseApplicationApproved | SC | Dec |
UseApplicationRejected | SC | Dec |
UseApplicationWithdrawn | SC | Fact |
UsageNumberSent | SC | Dec |
UsageNumberReturned | ST | Dec |
QuotaAttributeClassified | ST | Dec |
QuotaAttributeWithdrawn | ST | Fact |
ApprovedLineCancelled | SC | Dec† |
VehicleRegistered | PS | Fact | registered_on
VehicleInfoCopied | PS | Fact | copied_on
PendingExportTransferRecorded | PS | Fact | transferred_on
TransferReversed | PS | Fact | on
TransferProofSubmitted | SC | Fact |
TransferProofAccepted | SC | Dec |
TransferProofRejected | SC | Dec |
TransferProofRevoked | SC | Dec† |
ExportLicenceIssued | SC | Fact | applied_on
CustomsExportConfirmed | CU or SC | Fact | released_on
CustomsExportReversed | CU or SC | Fact | on
PortLoadingConfirmed | CU or SC | Fact | loaded_on
VehicleDeregistered | PS | Fact | deregistered_on
RegistrationAnnulled | PS | Fact† | on
RegistrationRegularised | SC | Dec† |
DomesticUseRecorded | PS or SC | Fact | on
RoadUseReported | PS, ST or SC | Fact |
VehicleEvidenceFiled | own | Fact | on
SubstituteExporterDesignated | SC | Dec† |
NonExportDetermined | SC | Dec† |
NonExportOverturned | SC | Dec† |
ViolationCaseOpened | SC | Dec |
CaseEvidenceAdded | own | Fact | on
HearingHeld | SC | Fact | on
CaseEscalated | SC | Fact | on
CaseDecided | SC | Dec† |
CaseRemedied | SC | Fact† |
CaseOverturned | SC | Dec† |
EnterpriseSuspended | SC | Dec† |
SuspensionNoticeServed | SC | Fact | served_at
EnterpriseReinstated | SC | Dec† |
EventCorrected | own | Dec† |
ReconciliationStatementFiled | own | Fact |
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_row(row: list[str]) -> None:
    """Each row is the one of the specification."""
    name, signer, kind, *field = row
    spec = CATALOGUE[name]
    assert spec.agencies == SIGNERS[signer]
    assert spec.kind is (Kind.FACT if kind.startswith("Fact") else Kind.DECISION)
    assert spec.four_eyes == kind.endswith("†")
    assert (spec.effective_field or "") == "".join(field)
    assert spec.zh


def test_the_catalogue_is_the_union_of_bodies() -> None:
    """No body lacks a row, no row a body, and the kinds are those of the unions."""
    assert {spec.body for spec in CATALOGUE.values()} == set(get_args(Body))
    assert set(CATALOGUE) == {row[0] for row in ROWS}
    assert all(CATALOGUE[body.__name__].kind is Kind.FACT for body in get_args(FactBody))
    assert all(CATALOGUE[body.__name__].kind is Kind.DECISION for body in get_args(DecisionBody))


def test_the_catalogue_cannot_be_changed() -> None:
    """The rows are read-only."""
    with pytest.raises(TypeError):
        CATALOGUE["Other"] = CATALOGUE["QuotaGranted"]  # type: ignore[index]
