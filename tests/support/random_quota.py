"""Quota, standing and cases at random: statements about one pair, its firms, batches and cases."""

from typing import Any, Final

from hypothesis import strategies as st

from tests.support.domain import (
    APPLICATION,
    BATCH,
    EXPORTER,
    PAIR,
    UPSTREAM,
    application_body,
    approval_body,
    classified_body,
    grant_body,
    letter_body,
    line_id,
    policy_body,
    qualification_body,
    registered_body,
    reinstated_body,
    sent_body,
    suspended_body,
    use_body,
    vin,
)
from tests.support.quota import (
    cancelled_body,
    case_body,
    case_decided_body,
    case_end_body,
    case_step_body,
    changed_body,
    closed_body,
    counts_body,
    ended_body,
    notice_body,
    qualification_withdrawn_body,
    reduced_body,
    renounced_body,
    returned_body,
    top_up_body,
    topped_up_body,
    unattributed_body,
)

VINS: Final = [vin(number) for number in range(1, 4)]
SECOND: Final = f"{PAIR}-2"
SUCCESSOR: Final = f"{EXPORTER}-{UPSTREAM}-2"
DAYS: Final = ("2025-02-20", "2025-03-20", "2025-06-02")


@st.composite
def statements(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A statement about one pair, its batches, its firms or a case, likely or not at this moment."""
    used, units = draw(st.integers(0, 3)), draw(st.integers(0, 4))
    batch, on = draw(st.sampled_from((BATCH, SECOND))), draw(st.sampled_from(DAYS))
    cars = VINS[: draw(st.integers(1, 3))]
    app_id = draw(st.sampled_from((APPLICATION, f"{PAIR}-q2", f"{PAIR}-q3", f"{SUCCESSOR}-q1")))
    uscc = draw(st.sampled_from((EXPORTER, UPSTREAM)))
    halt = draw(st.sampled_from(("S-1", "S-2")))
    rows: list[tuple[str, dict[str, Any]]] = [
        ("PolicyVersionPublished", policy_body(draw(st.integers(1, 4)), on, topup__basis=draw(st.sampled_from(("REGISTERED", "PROVED"))))),
        ("CommitmentLetterSigned", letter_body(SUCCESSOR)),
        ("TotalQuotaApplicationReceived", application_body(app_id, units)),
        ("QuotaGranted", grant_body(app_id, units)),
        ("QuotaApplicationRejected", ended_body(app_id)),
        ("QuotaApplicationWithdrawn", ended_body(app_id)),
        ("TopUpApplicationReceived", top_up_body(app_id, units, used, 3)),
        ("QuotaToppedUp", topped_up_body(app_id, units, used, 3)),
        ("TopUpRejected", ended_body(app_id)),
        ("QuotaReduced", reduced_body(units)),
        ("PairClosed", closed_body()),
        ("UseApplicationReceived", use_body(cars, batch)),
        ("UseApplicationApproved", approval_body(cars, batch)),
        ("UseApplicationRejected", ended_body(batch)),
        ("UseApplicationWithdrawn", ended_body(batch)),
        ("UsageNumberSent", sent_body(cars, batch, draw(st.integers(1, 3)))),
        ("UsageNumberReturned", returned_body(draw(st.integers(1, 3)), batch)),
        ("QuotaAttributeClassified", classified_body(cars, batch)),
        ("QuotaAttributeWithdrawn", unattributed_body(VINS[0], batch=batch)),
        ("ApprovedLineCancelled", cancelled_body(line_id(1, batch), VINS[0])),
        ("VehicleRegistered", registered_body(VINS[units % 3], line_id(units % 3 + 1, batch), on)),
        ("EnterpriseChanged", changed_body("in_city", draw(st.sampled_from(("false", "true"))), on, uscc)),
        ("ExportQualificationFiled", qualification_body(valid_from=on)),
        ("QualificationWithdrawn", qualification_withdrawn_body(on)),
        ("QualificationRenounced", renounced_body(on, uscc, draw(st.sampled_from(("QUALIFICATION", "QUOTA", "BOTH"))))),
        ("EnterpriseSuspended", suspended_body(uscc, suspension=halt)),
        ("EnterpriseReinstated", reinstated_body(uscc, suspension=halt)),
        ("SuspensionNoticeServed", notice_body()),
        ("ViolationCaseOpened", case_body("NOT_EXPORTED", *cars)),
        ("HearingHeld", case_step_body(on)),
        ("CaseDecided", case_decided_body(draw(st.sampled_from(("WARNING", "SUSPEND", "NO_VIOLATION"))))),
        ("CaseRemedied", case_end_body(*cars)),
        ("CaseOverturned", case_end_body()),
        ("ReconciliationStatementFiled", counts_body(registered=used)),
    ]  # fmt: skip
    return draw(st.sampled_from(rows))
