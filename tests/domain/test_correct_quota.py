"""Corrections of quota, use, standing and cases: taken back whole, the newest first, restated in its place."""

from typing import Any

import pytest

from tests.support.correction import correct, told
from tests.support.domain import (
    APPLICATION,
    BATCH,
    EXPORTER,
    LETTER_ATTACHMENTS,
    OTHER,
    PAIR,
    UPSTREAM,
    application_body,
    approval_body,
    classified_body,
    enterprise_body,
    grant_body,
    letter_body,
    line_id,
    qualification_body,
    registered_body,
    reinstated_body,
    sent_body,
    suspended_body,
    use_body,
    vin,
)
from tests.support.quota import (
    DECLARATION,
    TOP_UP,
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
from tests.support.stages import (
    APPROVED,
    CAR,
    CARS,
    CLASSIFIED,
    FORM,
    HEARD,
    LINE,
    MORE,
    OPENED,
    READY,
    RECEIVED,
    REDUCED,
    REGISTERED,
    ROAD,
    SENT,
    granted,
    until,
)

DAY = "2025-03-20"
FOREVER = "2029-12-31"
DECIDED = ("2025-03-07", "CaseDecided", case_decided_body(), None)
SUSPENDED = ("2025-03-08", "EnterpriseSuspended", suspended_body(), None)
REINSTATED = ("2025-03-09", "EnterpriseReinstated", reinstated_body(), None)
ALONE = letter_body(f"{EXPORTER}-{OTHER}-1")
FACTS: dict[str, tuple[Any, dict[str, Any], list[dict[str, Any]]]] = {
    "CommitmentLetterSigned": (until(grant=False), ALONE, list(LETTER_ATTACHMENTS)),
    "TotalQuotaApplicationReceived": (until(grant=False), application_body(f"{PAIR}-q3"), []),
    "QuotaApplicationWithdrawn": (until(grant=False), ended_body(APPLICATION), []),
    "TopUpApplicationReceived": (until(*ROAD[:5]), top_up_body(), []),
    "UseApplicationReceived": (until(), use_body(CARS), [FORM]),
    "UseApplicationWithdrawn": (until(*ROAD[:4]), ended_body(BATCH), []),
    "QuotaAttributeWithdrawn": (until(*ROAD[:4]), unattributed_body(CAR), []),
    "EnterpriseRegistered": (until(), enterprise_body(OTHER, "UPSTREAM"), []),
    "EnterpriseChanged": (until(), changed_body("in_city", "false", uscc=UPSTREAM), []),
    "ExportQualificationFiled": (until(), qualification_body(OTHER), []),
    "QualificationWithdrawn": (until(), qualification_withdrawn_body(DAY), []),
    "QualificationRenounced": (until(), renounced_body(DAY), [DECLARATION]),
    "EnterpriseSuspended": (until(OPENED), suspended_body(case_id="CASE-1"), []),
    "EnterpriseReinstated": (until(SUSPENDED), reinstated_body(), []),
    "SuspensionNoticeServed": (until(SUSPENDED), notice_body(), []),
    "CaseEvidenceAdded": (until(OPENED), case_step_body(DAY), []),
    "HearingHeld": (until(OPENED), case_step_body(DAY), []),
    "CaseEscalated": (until(OPENED), case_step_body(DAY), []),
    "CaseRemedied": (until(OPENED, HEARD, DECIDED), case_end_body(), []),
    "CaseOverturned": (until(OPENED, HEARD, DECIDED), case_end_body(), []),
    "ReconciliationStatementFiled": (until(), counts_body(), []),
}
ROUND_TRIPS = {
    **{name: (make, body, []) for name, (make, body) in READY.items() if name != "TransferProofAccepted"},
    **FACTS,
}
BY_TRANSPORT = {"UsageNumberReturned", "QuotaAttributeClassified", "QuotaAttributeWithdrawn"}


def codes(answer: Any) -> tuple[str, ...]:
    """Return the refusal codes of an answer, none where it was accepted."""
    return tuple(one.code for one in getattr(answer, "refusals", ()))


@pytest.mark.parametrize("name", ROUND_TRIPS)
def test_what_is_taken_back_was_never_said(name: str) -> None:
    """Given any statement of these types, when corrected away, then every record is as it was before."""
    make, body, attached = ROUND_TRIPS[name]
    history = make(FOREVER)
    before = told(history)
    history.flags(DAY, name, body, *attached)
    by = "transport" if name in BY_TRANSPORT else "commerce"
    assert codes(correct(history, history.size - 1, by=by)) == ()
    assert told(history) == before


@pytest.mark.parametrize("name", ROUND_TRIPS)
def test_what_is_restated_stands_as_though_said_at_once(name: str) -> None:
    """Given any such statement, when replaced by itself, then what it says stands by the new entry."""
    make, body, attached = ROUND_TRIPS[name]
    history = make(FOREVER)
    history.flags(DAY, name, body, *attached)
    index = history.size - 1
    before = {key: repr(record) for key, record in told(history).items()}
    by = "transport" if name in BY_TRANSPORT else "commerce"
    assert codes(correct(history, index, by=by, replacement=body)) == ()
    after = {key: repr(record) for key, record in told(history).items()}
    assert set(after) == set(before)
    renumbered = {key: text.replace(str(index + 1), str(index)) for key, text in after.items()}
    assert renumbered == {key: text.replace(str(index + 1), str(index)) for key, text in before.items()}


# The entries in order | the place (from 1, behind the set-up) of the one to correct | why it cannot be.
STANDING = {
    "a grant under use": ((RECEIVED, APPROVED), 0, "units-in-use"),
    "a grant before a reduction": ((REDUCED,), 0, "moved-on"),
    "an application that was granted": ((), -1, "moved-on"),
    "the only letter of a grant": ((), -2, "moved-on"),
    "the file of a firm in a pair": ((), -4, "firm-in-pair"),
    "a batch that was approved": ((RECEIVED, APPROVED), 1, "moved-on"),
    "an approval whose number was sent": ((RECEIVED, APPROVED, SENT), 2, "moved-on"),
    "a number that was classified": ((RECEIVED, APPROVED, SENT, CLASSIFIED), 3, "moved-on"),
    "a classification whose car was registered": ((*ROAD[:4], REGISTERED), 4, "moved-on"),
    "a case that was heard": ((OPENED, HEARD), 1, "moved-on"),
    "the only hearing of a decision": ((OPENED, HEARD, DECIDED), 2, "moved-on"),
    "a suspension that was ended": ((SUSPENDED, REINSTATED), 1, "moved-on"),
}


@pytest.mark.parametrize("what", STANDING)
def test_the_newest_is_corrected_first(what: str) -> None:
    """Given an entry on which a later one stands, when corrected, then it is refused until that one is gone."""
    steps, place, code = STANDING[what]
    history = until(*steps)(FOREVER)
    index = history.size - 1 - len(steps) + place
    by = "transport" if what.startswith("a classification") else "commerce"
    assert codes(correct(history, index, by=by)) == (code,)


def test_a_decision_is_kept_while_a_suspension_rests_on_it() -> None:
    """Given a FINAL suspension, when its case's decision is corrected, then first the suspension has to go."""
    history = until(OPENED, HEARD, DECIDED)(FOREVER)
    decision = history.size - 1
    final = suspended_body(basis="FINAL", case_id="CASE-1")
    history.flags(DAY, "EnterpriseSuspended", final)
    assert codes(correct(history, decision)) == ("moved-on",)
    assert codes(correct(history, history.size - 1)) == ()
    assert codes(correct(history, decision)) == ()


def test_a_top_up_under_use_cannot_be_taken_back() -> None:
    """Given units of a top-up in use, when the top-up is corrected away, then the account would fall below zero."""
    history = until(*ROAD[:5], MORE)(FOREVER)
    history.flags(DAY, "QuotaToppedUp", topped_up_body(TOP_UP, 1, 1, 1))
    top_up = history.size - 1
    cars = [vin(2)]
    history.flags(DAY, "UseApplicationReceived", use_body(cars, f"{PAIR}-2"), FORM)
    body = {**READY["UseApplicationApproved"][1], "batch_id": f"{PAIR}-2"}
    body["lines"] = [{"line_id": f"{PAIR}-2-1", "vin": cars[0]}]
    body["vin_list_sha256"] = sent_body(cars)["vin_list_sha256"]
    history.flags(DAY, "UseApplicationApproved", body)
    assert codes(correct(history, top_up)) == ("overdrawn",)


def test_a_closing_is_kept_while_a_successor_is_active() -> None:
    """Given a successor of a closed pair, when the closing is corrected, then two pairs would be active."""
    history = until(REDUCED)(FOREVER)
    history.flags(DAY, "PairClosed", closed_body())
    closing = history.size - 1
    second = f"{EXPORTER}-{UPSTREAM}-2"
    history.flags(DAY, "CommitmentLetterSigned", letter_body(second), *LETTER_ATTACHMENTS)
    history.flags(DAY, "TotalQuotaApplicationReceived", application_body(f"{second}-q1"))
    history.flags(DAY, "QuotaGranted", grant_body(f"{second}-q1"))
    assert codes(correct(history, closing)) == ("pair-active",)


def test_a_restated_decision_is_judged_anew() -> None:
    """Given a grant restated with more units than applied for, then the correction is refused for that."""
    history = granted()
    answer = correct(history, history.size - 1, replacement=grant_body(units=2))
    assert codes(answer) == ("units-out-of-range",)


def test_a_restated_grant_issues_the_other_number() -> None:
    """Given a grant of 100 restated with 60, then 60 units are issued, to the city too."""
    history = granted(100)
    assert codes(correct(history, history.size - 1, replacement=grant_body(units=60))) == ()
    assert history.balances(PAIR) == {"ISS": -60, "AV": 60}
    assert history.replayed.city().issued == 60


def test_a_repeated_id_says_nothing_that_could_be_taken_back() -> None:
    """Given an application under a used id, when corrected away, then the first one still stands."""
    history = granted()
    history.flags(DAY, "TotalQuotaApplicationReceived", application_body())
    assert codes(correct(history, history.size - 1)) == ()
    assert history.replayed.pair(PAIR).applications[APPLICATION].status == "GRANTED"


def test_a_line_that_went_back_and_came_again_is_no_more_to_be_bound() -> None:
    """Given a cancelled car approved anew in a second batch, when the cancellation is corrected, then refused."""
    history = until(*ROAD[:4])(FOREVER)
    history.flags(DAY, "ApprovedLineCancelled", {"line_id": LINE, "reason": None, "vin": CAR})
    cancellation = history.size - 1
    second = f"{PAIR}-2"
    history.flags(DAY, "UseApplicationReceived", use_body(CARS, second), FORM)
    body = {**APPROVED[2], "batch_id": second, "lines": [{"line_id": f"{second}-1", "vin": CAR}]}
    history.flags(DAY, "UseApplicationApproved", body)
    assert codes(correct(history, cancellation)) == ("moved-on",)


def test_a_calendar_and_a_policy_are_replaced_and_never_corrected() -> None:
    """Given a policy version and a holiday table, when corrected, then it is refused: the next one replaces it."""
    history = granted()
    assert codes(correct(history, 0)) == ("not-correctable",)
    assert codes(correct(history, 1)) == ("not-correctable",)


def test_a_number_falls_back_to_the_one_before() -> None:
    """Given two revisions of a number, when the second is corrected away, then the first can be classified."""
    history = until(*ROAD[:3])(FOREVER)
    history.flags(DAY, "UsageNumberSent", sent_body(CARS, revision=2))
    assert codes(correct(history, history.size - 1)) == ()
    assert history.flags(DAY, "QuotaAttributeClassified", classified_body(CARS, revision=1)) == ()


def test_a_wrong_reduction_is_restated() -> None:
    """Given a reduction of one unit that is corrected away, then the unit is available again."""
    history = granted(5)
    history.flags(DAY, "QuotaReduced", reduced_body(2))
    assert codes(correct(history, history.size - 1, replacement=reduced_body(1))) == ()
    assert history.balances(PAIR) == {"ISS": -4, "AV": 4}


def test_evidence_stands_in_nobodys_way() -> None:
    """Given evidence filed after a decision, when the decision is corrected away, then it is accepted."""
    history = until(OPENED, HEARD, DECIDED)(FOREVER)
    decision = history.size - 1
    history.flags(DAY, "CaseEvidenceAdded", case_step_body(DAY))
    assert codes(correct(history, decision)) == ()
    case = history.replayed.case("CASE-1")
    assert case is not None
    assert (case.status, len(case.evidence)) == ("OPEN", 1)
    assert history.codes(DAY, "ViolationCaseOpened", case_body()) == ("duplicate-case",)


def test_a_whole_story_taken_back_newest_first_leads_to_its_beginning() -> None:
    """Given a year of quota, use, cases and suspension, when all is corrected away, then the policy alone is left."""
    history = granted(3)
    cars = [vin(1), vin(2)]
    for day, name, body, *attached in (
        ("2025-02-10", "UseApplicationReceived", use_body(cars), FORM),
        ("2025-02-12", "UseApplicationApproved", approval_body(cars)),
        ("2025-02-13", "UsageNumberSent", sent_body(cars)),
        ("2025-02-14", "UsageNumberReturned", returned_body()),
        ("2025-02-14", "ApprovedLineCancelled", cancelled_body(line_id(2), vin(2))),
        ("2025-02-15", "UsageNumberSent", sent_body(cars[:1], revision=2)),
        ("2025-02-17", "QuotaAttributeClassified", classified_body(cars[:1], revision=2)),
        ("2025-02-18", "QuotaReduced", reduced_body(2)),
        ("2025-03-03", "VehicleRegistered", registered_body(vin(1), line_id(1))),
        ("2025-03-05", "TopUpApplicationReceived", top_up_body(TOP_UP, 20, 1, 1)),
        ("2025-03-06", "QuotaToppedUp", topped_up_body(TOP_UP, 20, 1, 1)),
        ("2025-03-07", "UseApplicationWithdrawn", ended_body(BATCH)),
        ("2025-03-08", "ViolationCaseOpened", case_body("ROAD_USE", vin(1))),
        ("2025-03-09", "HearingHeld", case_step_body("2025-03-09")),
        ("2025-03-10", "CaseDecided", case_decided_body()),
        ("2025-03-11", "EnterpriseSuspended", suspended_body(basis="FINAL", case_id="CASE-1")),
        ("2025-03-12", "SuspensionNoticeServed", notice_body(at="2025-03-12T09:00:00+08:00")),
        ("2025-03-13", "EnterpriseReinstated", reinstated_body(at="2025-03-14T00:00:00+08:00")),
        ("2025-03-14", "EnterpriseChanged", changed_body("name", "改名有限公司")),
        ("2025-03-15", "QualificationRenounced", renounced_body("2025-03-15"), DECLARATION),
    ):
        history.flags(day, name, body, *attached)
    told_by = {"VehicleRegistered": "police", **dict.fromkeys(BY_TRANSPORT, "transport")}
    for index in range(history.size - 1, -1, -1):
        told_type = history.type_of(index)
        if told_type in {"PolicyVersionPublished", "HolidayCalendarPublished"}:
            continue
        answer = correct(history, index, by=told_by.get(told_type, "commerce"))
        assert codes(answer) == (), told_type
    assert set(told(history)) == {"policy:versions", "calendar:2024", "calendar:2025"}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("CommitmentLetterSigned", letter_body(f"{EXPORTER}-{OTHER}-1")),
        ("QuotaApplicationWithdrawn", ended_body(f"{PAIR}-q9")),
        ("UseApplicationReceived", use_body(CARS)),
        ("UseApplicationWithdrawn", ended_body(f"{PAIR}-9")),
        ("QuotaAttributeWithdrawn", unattributed_body(vin(9))),
        ("EnterpriseChanged", changed_body("uscc", OTHER)),
        ("SuspensionNoticeServed", notice_body()),
        ("CaseEvidenceAdded", case_step_body(DAY)),
        ("HearingHeld", case_step_body(DAY)),
        ("CaseEscalated", case_step_body(DAY)),
        ("CaseRemedied", case_end_body()),
    ],
)
def test_a_fact_that_changed_nothing_is_taken_back_by_changing_nothing(
    name: str, body: dict[str, Any]
) -> None:
    """Given a fact that was flagged and had no effect, when corrected away, then no record differs."""
    history = until(*ROAD[:4])(FOREVER)
    before = told(history)
    assert history.flags(DAY, name, body) != ()
    assert told(history) == before
    by = "transport" if name in BY_TRANSPORT else "commerce"
    assert codes(correct(history, history.size - 1, by=by)) == ()
    assert told(history) == before


def test_an_end_that_was_made_known_is_kept() -> None:
    """Given the notice of a reinstatement, when the reinstatement is corrected, then first the notice has to go."""
    history = until(SUSPENDED, REINSTATED)(FOREVER)
    end = history.size - 1
    history.flags(DAY, "SuspensionNoticeServed", notice_body("REINSTATE"))
    assert codes(correct(history, end)) == ("moved-on",)
    assert codes(correct(history, history.size - 1)) == ()
    assert codes(correct(history, end)) == ()
