"""Folding is total: an entry that no guard has let pass raises nothing and breaks no account."""

from typing import Any

import pytest

from domain.catalogue import CATALOGUE, Kind
from domain.fold import fold
from domain.postings import ACCOUNTS
from domain.records import Pair
from domain.state import State
from tests.support.cars import CAR, LINE, classified
from tests.support.domain import (
    APPLICATION,
    BATCH,
    PAIR,
    acceptance_body,
    approval_body,
    at,
    calendar_body,
    classified_body,
    enterprise_body,
    grant_body,
    line_id,
    policy_body,
    reinstated_body,
    sent_body,
    statement,
    suspended_body,
    vin,
)
from tests.support.history import History
from tests.support.quota import (
    cancelled_body,
    case_body,
    case_decided_body,
    case_end_body,
    closed_body,
    ended_body,
    reduced_body,
    returned_body,
    top_up_body,
    topped_up_body,
)
from tests.support.vehicles import (
    in_case_body,
    on_line_body,
    revoked_body,
    sent_back_body,
    substitute_body,
)

STRAY = vin(5)
CORRECTION = {
    "concerns": [],
    "reason": "x",
    "replacement": None,
    "target_index": 3,
    "target_leaf": "ab" * 32,
}
DECISIONS: list[tuple[str, dict[str, Any]]] = [
    ("PolicyVersionPublished", policy_body(7)),
    ("HolidayCalendarPublished", calendar_body(2031, revision=4)),
    ("EnterpriseRegistered", enterprise_body("91310115PDY00001XD", "EXPORTER")),
    ("QuotaGranted", grant_body(APPLICATION, 5)),
    ("QuotaGranted", grant_body(f"{PAIR}-q9", 5)),
    ("QuotaApplicationRejected", ended_body(f"{PAIR}-q9")),
    ("QuotaToppedUp", topped_up_body(f"{PAIR}-q9")),
    ("TopUpRejected", ended_body(f"{PAIR}-q9")),
    ("QuotaReduced", reduced_body(1000)),
    ("PairClosed", closed_body()),
    ("UseApplicationApproved", approval_body([STRAY])),
    ("UseApplicationApproved", approval_body([CAR, STRAY])),
    ("UseApplicationApproved", approval_body([CAR], f"{PAIR}-9")),
    ("UseApplicationRejected", ended_body(f"{PAIR}-9")),
    ("UsageNumberSent", sent_body([CAR], f"{PAIR}-9")),
    ("UsageNumberReturned", returned_body(batch=f"{PAIR}-9")),
    ("QuotaAttributeClassified", classified_body([CAR], f"{PAIR}-9")),
    ("QuotaAttributeClassified", classified_body([CAR], BATCH, 9)),
    ("ApprovedLineCancelled", cancelled_body(line_id(1, f"{PAIR}-9"), CAR)),
    ("ApprovedLineCancelled", cancelled_body(line_id(9), CAR)),
    ("TransferProofAccepted", acceptance_body(CAR, LINE)),
    ("TransferProofRejected", sent_back_body()),
    ("TransferProofRevoked", revoked_body()),
    ("RegistrationRegularised", on_line_body()),
    ("SubstituteExporterDesignated", substitute_body(STRAY)),
    ("NonExportDetermined", in_case_body()),
    ("NonExportOverturned", in_case_body()),
    ("ViolationCaseOpened", case_body("OTHER", CAR)),
    ("CaseDecided", case_decided_body(case_id="none")),
    ("CaseOverturned", case_end_body(case_id="none")),
    ("EnterpriseSuspended", suspended_body()),
    ("EnterpriseReinstated", reinstated_body(suspension="none")),
    ("EventCorrected", CORRECTION),
]


@pytest.mark.parametrize(
    ("type_name", "body"), DECISIONS, ids=[f"{n}-{row[0]}" for n, row in enumerate(DECISIONS)]
)
@pytest.mark.parametrize("history", [History, classified], ids=["empty", "classified"])
def test_a_decision_without_grounds_folds_into_a_balanced_state(
    history: Any, type_name: str, body: dict[str, Any]
) -> None:
    """Given a decision that would be refused, when folded all the same, then it raises nothing and sums to 0."""
    before = history()
    outcome = fold(State(before.stored), statement(type_name, body), 999, at("2025-06-01"))
    for record in outcome.changes.values():
        if isinstance(record, Pair):
            assert sum(record.balances[account] for account in ACCOUNTS) == 0


def test_the_list_here_holds_every_decision() -> None:
    """Given the catalogue, then every decision but those of the keys is folded above."""
    ledgers_own = {"LedgerOpened", "AgencyKeyRegistered", "AgencyKeyRevoked"}
    decisions = {name for name, spec in CATALOGUE.items() if spec.kind is Kind.DECISION}
    assert {name for name, _ in DECISIONS} == decisions - ledgers_own


def test_a_top_up_that_was_never_applied_for_issues_nothing() -> None:
    """Given a top-up without application, when folded, then nothing follows from it."""
    body = topped_up_body(**{k: v for k, v in top_up_body().items() if k in ("units", "used", "total")})
    one = statement("QuotaToppedUp", body)
    assert fold(State(classified().stored), one, 999, at("2025-06-01")).changes == {}
