"""C09, C21, C28: policy, qualification and suspension at every decision."""

import pytest

from projections.proof.types import Verdict
from tests.support.domain import (
    BATCH,
    EXPORTER,
    OTHER,
    PAIR,
    UPSTREAM,
    approval_body,
    classified_body,
    grant_body,
    policy_body,
    qualification_body,
    registered_body,
    reinstated_body,
    sent_body,
    suspended_body,
    vin,
)
from tests.support.proof import CAR, LINE, Entries, classified, exported, granted, refuted, registered
from tests.support.proof_bodies import more_granted, reduced

SECOND = f"{EXPORTER}-{OTHER}-1"
LATER = "2025-06-02"


def renounced(scope: str, on: str = "2025-01-15", uscc: str = EXPORTER) -> dict[str, object]:
    """Return a renunciation."""
    return {"on": on, "scope": scope, "uscc": uscc}


def notice(at: str, kind: str = "SUSPEND") -> dict[str, object]:
    """Return a notice of the suspension SUS-1."""
    return {"kind": kind, "served_at": at, "suspension_id": "SUS-1", "to": "市公安局", "uscc": EXPORTER}


@pytest.mark.parametrize("code", ["C09", "C21", "C28"])
def test_a_season_that_obeys_is_proved(code: str) -> None:
    """Given a season by the rules, then each of the three is proved."""
    assert exported(2).answer(code).verdict is Verdict.PROVED


# --- C09 ---


def test_decisions_before_a_policy_is_in_force_are_named() -> None:
    """Given no policy version, then C09 names the grant, and approval, number and classification after it."""
    entries = Entries()
    indices = (
        entries.say(LATER, "QuotaGranted", grant_body()),
        entries.say(LATER, "UseApplicationApproved", approval_body([CAR])),
        entries.say(LATER, "UsageNumberSent", sent_body([CAR])),
        entries.say(LATER, "QuotaAttributeClassified", classified_body([CAR])),
        entries.say(LATER, "VehicleRegistered", registered_body(CAR, LINE, LATER)),
    )
    assert refuted(entries.answer("C09")) == indices


def test_the_last_day_of_the_window_is_inside() -> None:
    """Given approvals on 2029-10-18 and the day after, then C09 names the second; classifying it is no new unit."""
    entries = granted()
    entries.say("2029-10-18", "UseApplicationApproved", approval_body([CAR]))
    assert entries.answer("C09").verdict is Verdict.PROVED
    index = entries.say("2029-10-19", "UseApplicationApproved", approval_body([vin(2)], f"{PAIR}-2"))
    entries.say("2029-10-19", "QuotaAttributeClassified", classified_body([CAR]))
    assert refuted(entries.answer("C09")) == (index,)


def test_a_registration_after_the_window_is_named() -> None:
    """Given a registration on the last day and one after it, then C09 names the second."""
    entries = classified(2)
    entries.say("2029-10-18", "VehicleRegistered", registered_body(CAR, LINE, "2029-10-18"))
    index = entries.say(
        "2029-10-19", "VehicleRegistered", registered_body(vin(2), f"{BATCH}-2", "2029-10-19")
    )
    assert refuted(entries.answer("C09")) == (index,)


def test_a_reduction_after_the_window_is_lawful() -> None:
    """Given quota left after the window, when it is reduced, then C09 is proved."""
    entries = granted()
    entries.say("2029-11-01", "QuotaReduced", reduced(1))
    assert entries.answer("C09").verdict is Verdict.PROVED


def test_a_policy_recorded_later_counts_for_the_day_that_it_names() -> None:
    """Given a grant, when a policy in force on its day is recorded after it, then C09 is proved."""
    entries = Entries()
    entries.say(LATER, "QuotaGranted", grant_body())
    entries.say(LATER, "PolicyVersionPublished", policy_body(1, "2024-11-01"))
    assert entries.answer("C09").verdict is Verdict.PROVED


# --- C21 ---


def test_a_second_active_pair_of_an_exporter_is_named() -> None:
    """Given one active pair, when the exporter is granted quota with another upstream, then C21 names the grant."""
    entries = granted()
    index = entries.say(LATER, "QuotaGranted", grant_body(f"{SECOND}-q1"))
    assert refuted(entries.answer("C21")) == (index,)


def test_a_successor_after_the_old_pair_is_closed_is_lawful() -> None:
    """Given a closed pair, when the exporter is granted quota with another upstream, then C21 is proved."""
    entries = granted()
    entries.say(LATER, "QuotaReduced", reduced(100))
    entries.say(LATER, "PairClosed", {"pair_id": PAIR})
    entries.say(LATER, "QuotaGranted", grant_body(f"{SECOND}-q1"))
    assert entries.answer("C21").verdict is Verdict.PROVED


def test_how_many_pairs_may_be_active_is_a_parameter() -> None:
    """Given a policy that allows two pairs, when a second is granted quota, then C21 is proved."""
    entries = granted()
    entries.say("2025-01-02", "PolicyVersionPublished", policy_body(2, "2025-01-02", pair__max_active=2))
    entries.say(LATER, "QuotaGranted", grant_body(f"{SECOND}-q1"))
    assert entries.answer("C21").verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("QuotaGranted", grant_body(f"{PAIR}-q2")),
        ("QuotaToppedUp", more_granted(0, 100)),
        ("UseApplicationApproved", approval_body([CAR])),
    ],
)
def test_new_units_of_an_exporter_whose_qualification_ended_are_named(
    kind: str, body: dict[str, object]
) -> None:
    """Given a qualification withdrawn, when the exporter gets units, then C21 names the decision."""
    entries = granted()
    entries.say(
        "2025-01-15", "QualificationWithdrawn", {"on": "2025-01-15", "reason": None, "uscc": EXPORTER}
    )
    index = entries.say(LATER, kind, body)
    assert refuted(entries.answer("C21")) == (index,)


def test_the_last_day_of_a_qualification_counts() -> None:
    """Given a filing to 2025-02-12, when cars are approved on that day and the next, then C21 names the second."""
    entries = granted()
    filing = entries.index_of("ExportQualificationFiled")
    entries.correct("2025-01-02", filing, qualification_body(valid_to="2025-02-12"))
    entries.say("2025-02-12", "UseApplicationApproved", approval_body([CAR]))
    index = entries.say("2025-02-13", "UseApplicationApproved", approval_body([vin(2)], f"{PAIR}-2"))
    assert refuted(entries.answer("C21")) == (index,)


def test_a_fresh_filing_makes_an_exporter_qualified_again() -> None:
    """Given a withdrawn qualification, when a fresh one is filed, then approvals after it are lawful."""
    entries = granted()
    entries.say(
        "2025-01-15", "QualificationWithdrawn", {"on": "2025-01-15", "reason": None, "uscc": EXPORTER}
    )
    entries.say("2025-02-01", "ExportQualificationFiled", qualification_body(valid_from="2025-02-01"))
    entries.say("2025-02-12", "UseApplicationApproved", approval_body([CAR]))
    assert entries.answer("C21").verdict is Verdict.PROVED


def test_a_qualification_that_was_never_filed_is_none() -> None:
    """Given an exporter without a filing, when quota is granted, then C21 names the grant."""
    entries = Entries()
    entries.say(LATER, "PolicyVersionPublished", policy_body())
    index = entries.say(LATER, "QuotaGranted", grant_body())
    assert refuted(entries.answer("C21")) == (index,)


# --- C28 ---


@pytest.mark.parametrize(
    ("scope", "named"), [("APPLY", {"grant", "more"}), ("USE", {"approval", "number", "classification"})]
)
def test_what_a_suspension_bars_depends_on_its_scope(scope: str, named: set[str]) -> None:
    """Given a suspension of one scope, when all five decisions follow, then C28 names those that it bars."""
    entries = granted()
    entries.say("2025-02-01", "EnterpriseSuspended", suspended_body(EXPORTER, scope))
    indices = {
        "grant": entries.say("2025-02-10", "QuotaGranted", grant_body(f"{PAIR}-q2")),
        "more": entries.say("2025-02-10", "QuotaToppedUp", more_granted(0, 200)),
        "approval": entries.say("2025-02-10", "UseApplicationApproved", approval_body([CAR])),
        "number": entries.say("2025-02-10", "UsageNumberSent", sent_body([CAR])),
        "classification": entries.say("2025-02-10", "QuotaAttributeClassified", classified_body([CAR])),
    }
    assert refuted(entries.answer("C28")) == tuple(sorted(indices[name] for name in named))


def test_a_suspension_of_the_upstream_bars_too() -> None:
    """Given a suspended upstream, when cars are approved, then C28 names the approval."""
    entries = granted()
    entries.say("2025-02-01", "EnterpriseSuspended", suspended_body(UPSTREAM))
    index = entries.say("2025-02-10", "UseApplicationApproved", approval_body([CAR]))
    assert refuted(entries.answer("C28")) == (index,)


def test_a_suspension_recorded_late_reaches_back() -> None:
    """Given cars approved, when a suspension in force on that day is recorded later, then C28 names the approval."""
    entries = granted()
    index = entries.say("2025-02-10", "UseApplicationApproved", approval_body([CAR]))
    assert entries.answer("C28").verdict is Verdict.PROVED
    late = entries.say("2025-03-01", "EnterpriseSuspended", suspended_body())
    assert refuted(entries.answer("C28")) == (index,)
    assert entries.answer("C28", as_known_at=late - 1).verdict is Verdict.PROVED


def test_the_instants_of_suspension_and_reinstatement_bound_it() -> None:
    """Given decisions at 10:00, then one at the instant of suspension is named, one at reinstatement is not."""
    entries = granted()
    entries.say("2025-02-01", "EnterpriseSuspended", suspended_body(effective_at="2025-02-10T10:00:00+08:00"))
    entries.say("2025-02-12", "EnterpriseReinstated", reinstated_body(at="2025-02-12T10:00:00+08:00"))
    entries.say("2025-02-09", "UseApplicationApproved", approval_body([vin(2)], f"{PAIR}-2"))
    index = entries.say("2025-02-10", "UseApplicationApproved", approval_body([CAR]))
    entries.say("2025-02-12", "UseApplicationApproved", approval_body([vin(3)], f"{PAIR}-3"))
    assert refuted(entries.answer("C28")) == (index,)


def test_one_suspension_ended_leaves_the_other() -> None:
    """Given two suspensions of which one is ended, when cars are approved, then C28 names the approval."""
    entries = granted()
    entries.say("2025-02-01", "EnterpriseSuspended", suspended_body())
    entries.say("2025-02-01", "EnterpriseSuspended", suspended_body(suspension="SUS-2"))
    entries.say("2025-02-20", "EnterpriseReinstated", reinstated_body())
    index = entries.say("2025-03-01", "UseApplicationApproved", approval_body([CAR]))
    assert refuted(entries.answer("C28")) == (index,)


@pytest.mark.parametrize("scope", ["QUALIFICATION", "QUOTA", "BOTH"])
@pytest.mark.parametrize("uscc", [EXPORTER, UPSTREAM])
def test_a_renunciation_bars_and_binds_the_upstream_too(scope: str, uscc: str) -> None:
    """Given a renunciation by either firm, when cars are approved, then C28 names the approval."""
    entries = granted()
    entries.say("2025-01-15", "QualificationRenounced", renounced(scope, uscc=uscc))
    index = entries.say("2025-02-10", "UseApplicationApproved", approval_body([CAR]))
    assert refuted(entries.answer("C28")) == (index,)


@pytest.mark.parametrize(("scope", "verdict"), [("QUALIFICATION", "PROVED"), ("QUOTA", "REFUTED")])
def test_a_fresh_filing_takes_back_a_renounced_qualification_only(scope: str, verdict: str) -> None:
    """Given a renunciation and a fresh filing, when cars are approved, then quota given up alone stays so."""
    entries = granted()
    entries.say("2025-01-15", "QualificationRenounced", renounced(scope))
    entries.say("2025-02-01", "ExportQualificationFiled", qualification_body(valid_from="2025-02-01"))
    entries.say("2025-02-10", "UseApplicationApproved", approval_body([CAR]))
    assert entries.answer("C28").verdict is Verdict(verdict)


def test_a_decision_entered_before_a_renunciation_of_the_same_day_is_lawful() -> None:
    """Given cars approved and a renunciation on the same day after it, then C28 is proved."""
    entries = granted()
    entries.say("2025-02-10", "UseApplicationApproved", approval_body([CAR]))
    entries.say("2025-02-10", "QualificationRenounced", renounced("BOTH", "2025-02-10"))
    assert entries.answer("C28").verdict is Verdict.PROVED
    assert entries.answer("C21").verdict is Verdict.PROVED


def test_a_registration_during_suspension_is_named_once_the_police_could_know() -> None:
    """Given registrations before, on and after the day of notice, then C28 names the last, lists the others apart."""
    entries = classified(3)
    entries.say("2025-03-01", "EnterpriseSuspended", suspended_body(effective_at="2025-03-01T00:00:00+08:00"))
    before = entries.say("2025-03-04", "VehicleRegistered", registered_body(CAR, LINE, "2025-03-04"))
    entries.say("2025-03-04", "SuspensionNoticeServed", notice("2025-03-04T09:00:00+08:00"))
    after = entries.say(
        "2025-03-05", "VehicleRegistered", registered_body(vin(2), f"{BATCH}-2", "2025-03-05")
    )
    entries.say("2025-03-06", "EnterpriseReinstated", reinstated_body(at="2025-03-06T00:00:00+08:00"))
    entries.say("2025-03-06", "VehicleRegistered", registered_body(vin(3), f"{BATCH}-3", "2025-03-06"))
    answer = entries.answer("C28")
    assert refuted(answer) == (after,)
    assert f"registrations meanwhile: {after};" in answer.detail
    assert answer.detail.endswith(f"between decision and notice: {before}")


def test_without_a_notice_no_registration_is_named() -> None:
    """Given a suspension that was never served, when a car is registered, then C28 is proved and lists it."""
    entries = classified()
    entries.say("2025-03-01", "EnterpriseSuspended", suspended_body(effective_at="2025-03-01T00:00:00+08:00"))
    index = entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE))
    answer = entries.answer("C28")
    assert answer.verdict is Verdict.PROVED
    assert answer.detail.endswith(f"between decision and notice: {index}")


def test_a_registration_after_a_renunciation_is_named() -> None:
    """Given a renunciation, when a car is registered after it, then C28 names the registration."""
    entries = classified()
    entries.say("2025-03-01", "QualificationRenounced", renounced("BOTH", "2025-03-01"))
    index = entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE))
    assert refuted(entries.answer("C28")) == (index,)


def test_a_suspension_from_applying_alone_lets_cars_be_registered() -> None:
    """Given a suspension of scope APPLY, served, when a car is registered, then C28 is proved."""
    entries = classified()
    suspended = suspended_body(EXPORTER, "APPLY", effective_at="2025-03-01T00:00:00+08:00")
    entries.say("2025-03-01", "EnterpriseSuspended", suspended)
    entries.say("2025-03-01", "SuspensionNoticeServed", notice("2025-03-01T09:00:00+08:00"))
    entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE))
    assert entries.answer("C28").verdict is Verdict.PROVED


def test_a_suspension_corrected_away_was_never_said() -> None:
    """Given an approval while suspended, when the suspension is corrected away, then C28 is proved."""
    entries = granted()
    suspended = entries.say("2025-02-01", "EnterpriseSuspended", suspended_body())
    entries.say("2025-02-10", "UseApplicationApproved", approval_body([CAR]))
    assert entries.answer("C28").verdict is Verdict.REFUTED
    entries.correct("2025-02-11", suspended, None)
    assert entries.answer("C28").verdict is Verdict.PROVED


def test_proofs_and_exports_go_on_during_a_suspension() -> None:
    """Given a season, when its exporter is suspended after classification, then C28 is proved."""
    entries = registered()
    entries.say("2025-03-04", "EnterpriseSuspended", suspended_body(effective_at="2025-03-04T00:00:00+08:00"))
    assert entries.answer("C28").verdict is Verdict.PROVED


@pytest.mark.parametrize("code", ["C09", "C21", "C28"])
def test_an_entry_of_unknown_type_about_a_firm_leaves_all_undetermined(code: str) -> None:
    """Given a season by the rules, when an unknown entry names the exporter, then nothing is proved any more."""
    entries = exported()
    entries.unread(LATER, f"enterprise:{EXPORTER}")
    assert entries.answer(code).verdict is Verdict.UNDETERMINED


def test_an_unknown_entry_takes_nothing_from_a_refutation() -> None:
    """Given a second active pair, when an unknown entry follows, then C21 still names the grant."""
    entries = granted()
    index = entries.say(LATER, "QuotaGranted", grant_body(f"{SECOND}-q1"))
    entries.unread(LATER, f"enterprise:{EXPORTER}")
    assert refuted(entries.answer("C21")) == (index,)
