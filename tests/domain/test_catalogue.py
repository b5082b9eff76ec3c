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
    "OP": {"operator"},
    "own": {"commerce", "transport", "police", "customs"},
}

# type, signer, kind (Dec, Dec† with two officers, Fact), its own date
TABLE = """
LedgerOpened | OP | Dec |
AgencyKeyRegistered | own | Dec† |
AgencyKeyRevoked | own | Dec |
HeadsCommitted | OP | Fact |
SubmissionRefused | OP | Fact |
PolicyVersionPublished | SC | Dec† |
HolidayCalendarPublished | SC | Dec |
EnterpriseRegistered | SC | Dec |
ExportQualificationFiled | SC | Fact | valid_from
CommitmentLetterSigned | SC | Fact | signed_on
TotalQuotaApplicationReceived | SC | Fact | applied_on
QuotaGranted | SC | Dec† |
UseApplicationReceived | SC | Fact |
UseApplicationApproved | SC | Dec |
UsageNumberSent | SC | Dec |
QuotaAttributeClassified | ST | Dec |
VehicleRegistered | PS | Fact | registered_on
VehicleInfoCopied | PS | Fact | copied_on
PendingExportTransferRecorded | PS | Fact | transferred_on
TransferProofSubmitted | SC | Fact |
TransferProofAccepted | SC | Dec |
CustomsExportConfirmed | CU or SC | Fact | released_on
VehicleDeregistered | PS | Fact | deregistered_on
EnterpriseSuspended | SC | Dec† |
EnterpriseReinstated | SC | Dec† |
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_row(row: list[str]) -> None:
    """Each row is the one of the specification."""
    name, signer, kind, *field = row
    spec = CATALOGUE[name]
    assert spec.agencies == SIGNERS[signer]
    assert spec.kind is (Kind.FACT if kind == "Fact" else Kind.DECISION)
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
