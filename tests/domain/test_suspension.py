"""Suspension: what it rests on, its notice, and registrations around it."""

import pytest

from tests.support.domain import (
    EXPORTER,
    PAIR,
    UPSTREAM,
    approval_body,
    classified_body,
    line_id,
    registered_body,
    reinstated_body,
    sent_body,
    suspended_body,
    use_body,
    vin,
)
from tests.support.quota import case_body, case_decided_body, case_end_body, notice_body
from tests.support.stages import CAR, FORM, HEARD, LINE, OPENED, ROAD, granted, until

DAY = "2025-03-20"
FOREVER = "2029-12-31"


@pytest.mark.parametrize(
    ("decision", "codes"),
    [
        ("SUSPEND", ()),
        ("RENUNCIATION", ()),
        ("WARNING", ("case-not-suspending",)),
        ("NO_VIOLATION", ("case-not-suspending",)),
        ("REFERRED", ("case-not-suspending",)),
        (None, ("case-not-suspending",)),
    ],
)
def test_a_final_suspension_rests_on_a_case_decided_that_way(
    decision: str | None, codes: tuple[str, ...]
) -> None:
    """Given a case undecided or decided otherwise, when suspended for good, then refused; in the interim not."""
    history = until(OPENED, HEARD)(FOREVER)
    if decision:
        history.flags(DAY, "CaseDecided", case_decided_body(decision))
    interim = suspended_body(case_id="CASE-1")
    assert history.flags(DAY, "EnterpriseSuspended", interim) == ()
    final = suspended_body(basis="FINAL", case_id="CASE-1", suspension="SUS-2")
    if codes:
        assert history.codes(DAY, "EnterpriseSuspended", final) == codes
    else:
        assert history.flags(DAY, "EnterpriseSuspended", final) == ()


def test_no_suspension_rests_on_a_decision_that_fell_or_on_anothers_case() -> None:
    """Given an overturned decision, an unknown case, or one about another firm, then it is refused."""
    history = until(OPENED, HEARD)(FOREVER)
    history.flags(DAY, "CaseDecided", case_decided_body())
    other = suspended_body(UPSTREAM, basis="FINAL", case_id="CASE-1")
    assert history.codes(DAY, "EnterpriseSuspended", other) == ("case-of-another",)
    unknown = suspended_body(case_id="CASE-9")
    assert history.codes(DAY, "EnterpriseSuspended", unknown) == ("unknown-case",)
    history.flags(DAY, "CaseOverturned", case_end_body())
    final = suspended_body(basis="FINAL", case_id="CASE-1")
    assert history.codes(DAY, "EnterpriseSuspended", final) == ("case-not-suspending",)


def test_an_upstream_is_suspended_when_the_decision_names_it() -> None:
    """Given a case against the exporter whose decision names the upstream too, then it can be suspended."""
    history = until(OPENED, HEARD)(FOREVER)
    history.flags(DAY, "CaseDecided", case_decided_body(usccs=[EXPORTER, UPSTREAM]))
    final = suspended_body(UPSTREAM, basis="FINAL", case_id="CASE-1")
    assert history.flags(DAY, "EnterpriseSuspended", final) == ()


def test_the_earliest_notice_of_a_suspension_is_the_notice() -> None:
    """Given notices to two agencies and of the end, then the suspension was known from the earliest on."""
    history = granted()
    history.flags(DAY, "EnterpriseSuspended", suspended_body())
    history.flags(DAY, "SuspensionNoticeServed", notice_body(at="2025-02-06T09:00:00+08:00"))
    history.flags(DAY, "SuspensionNoticeServed", notice_body(at="2025-02-05T09:00:00+08:00", to="transport"))
    flags = history.flags(
        DAY, "SuspensionNoticeServed", notice_body("REINSTATE", "2025-02-01T09:00:00+08:00")
    )
    assert flags == ("not-reinstated",)
    suspension = history.replayed.suspension("SUS-1")
    assert suspension is not None
    assert str(suspension.noticed_at) == "2025-02-05 09:00:00+08:00"


def test_a_notice_of_what_is_not_on_record_is_flagged() -> None:
    """Given no such suspension, or another firm's, when its notice is served, then it is flagged."""
    history = granted()
    assert history.flags(DAY, "SuspensionNoticeServed", notice_body()) == ("unknown-suspension",)
    history.flags(DAY, "EnterpriseSuspended", suspended_body())
    flags = history.flags(DAY, "SuspensionNoticeServed", notice_body(uscc=UPSTREAM))
    assert flags == ("unknown-suspension",)
    history.flags(DAY, "EnterpriseReinstated", reinstated_body())
    assert history.flags(DAY, "SuspensionNoticeServed", notice_body("REINSTATE")) == ()


def test_a_registration_between_a_suspension_and_its_notice_is_flagged_and_tells_apart() -> None:
    """Given a car registered after the decision took effect and before the notice, then flagged; the times stay."""
    history = until(*ROAD[:4])(FOREVER)
    start = suspended_body(effective_at="2025-03-01T00:00:00+08:00")
    history.flags("2025-03-01", "EnterpriseSuspended", start)
    flags = history.flags("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE, "2025-03-03"))
    assert flags == ("suspended",)
    history.flags(DAY, "SuspensionNoticeServed", notice_body(at="2025-03-05T09:00:00+08:00"))
    suspension = history.replayed.suspension("SUS-1")
    assert suspension is not None
    assert suspension.noticed_at is not None
    assert history.balances(PAIR) == {"ISS": -1, "R": 1}


def test_a_suspension_recorded_late_judges_what_is_recorded_after_it() -> None:
    """Given a suspension recorded on the 20th from the 1st on, then later entries see it and earlier stand."""
    history = granted(3)
    cars = [vin(1), vin(2)]
    history.flags("2025-02-10", "UseApplicationReceived", use_body(cars), FORM)
    history.flags("2025-02-12", "UseApplicationApproved", approval_body(cars))
    history.flags("2025-02-13", "UsageNumberSent", sent_body(cars))
    history.flags("2025-02-17", "QuotaAttributeClassified", classified_body(cars))
    assert history.flags("2025-03-03", "VehicleRegistered", registered_body(vin(1), line_id(1))) == ()
    late = suspended_body(effective_at="2025-03-01T00:00:00+08:00")
    history.flags(DAY, "EnterpriseSuspended", late)
    second = registered_body(vin(2), line_id(2), "2025-03-03")
    assert history.flags(DAY, "VehicleRegistered", second) == ("suspended",)
    before = registered_body(vin(3), None, "2025-02-28")
    assert "suspended" not in history.flags(DAY, "VehicleRegistered", before)
    history.flags(DAY, "UseApplicationReceived", use_body([vin(4)], f"{PAIR}-2"), FORM)
    codes = history.codes(DAY, "UseApplicationApproved", approval_body([vin(4)], f"{PAIR}-2"))
    assert codes == ("suspended",)


@pytest.mark.parametrize(
    ("ground", "decision", "reasons", "outcome"),
    [
        ("ROAD_USE", "SUSPEND", " ", ()),
        ("ROAD_USE", "WARNING", " ", "reasons-missing"),
        ("ROAD_USE", "WARNING", "情节轻微", ("not-suspended",)),
        ("FORGERY", "REFERRED", "移送公安", ("not-suspended",)),
        ("NOT_EXPORTED", "NO_VIOLATION", "已出口", ()),
        ("NOT_EXPORTED", "NO_VIOLATION", " ", "reasons-missing"),
        ("LATE_PROOF", "WARNING", " ", ()),
        ("OTHER", "NO_VIOLATION", " ", ()),
    ],
)
def test_a_named_ground_suspends_or_gives_reasons(
    ground: str, decision: str, reasons: str, outcome: str | tuple[str, ...]
) -> None:
    """Given a named ground, when not suspended, then reasons are needed and the decision is flagged."""
    history = until(("2025-03-05", "ViolationCaseOpened", case_body(ground), None), HEARD)(FOREVER)
    body = case_decided_body(decision, reasons)
    if isinstance(outcome, str):
        assert history.codes(DAY, "CaseDecided", body) == (outcome,)
    else:
        assert history.flags(DAY, "CaseDecided", body) == outcome


@pytest.mark.parametrize(
    ("opened", "flags"), [("2025-03-18", ()), ("2025-03-24", ()), ("2025-03-25", ("case-late",))]
)
def test_the_case_of_an_overdue_car_is_opened_within_five_days(opened: str, flags: tuple[str, ...]) -> None:
    """Given a car due on the 18th, overdue from the 19th, then its case is late after the 24th."""
    history = until(*ROAD[:5])(FOREVER)
    body = case_body("LATE_PROOF", CAR)
    assert history.flags(opened, "ViolationCaseOpened", body) == flags


def test_the_case_of_a_car_that_is_not_overdue_is_never_late() -> None:
    """Given a proof that waits since before the due date, when a case is opened in May, then it is not late."""
    history = until(*ROAD)(FOREVER)
    assert history.flags("2025-05-05", "ViolationCaseOpened", case_body("OTHER", CAR, vin(9))) == ()
