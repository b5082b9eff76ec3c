"""Policy, enterprises, letter, application, grant, suspension: what is refused and what is flagged."""

import pytest

from domain.decide import Refused
from tests.support.domain import (
    APPLICATION,
    EXPORTER,
    LETTER_ATTACHMENTS,
    OTHER,
    PAIR,
    UPSTREAM,
    Season,
    application_body,
    approval_body,
    attachment,
    calendar_body,
    classified_body,
    enterprise_body,
    grant_body,
    letter_body,
    policy_body,
    qualification_body,
    reinstated_body,
    sent_body,
    suspended_body,
    use_body,
    vin,
)
from tests.support.history import History

DAY = "2024-12-05"
WRONG = UPSTREAM[:17] + "0"  # its check character is Y


def before_grant(units: int = 100) -> History:
    """Everything but the grant."""
    return History(list(Season(0, units).set_up())[:-1])


def granted(units: int = 100) -> History:
    """A pair with its total quota."""
    return History(Season(0, units).set_up())


def test_policy_versions_are_numbered_without_a_gap() -> None:
    """Given version 1, when version 3 or 1 follows, then it is refused; version 2 is accepted."""
    history = granted()
    for number in (1, 3):
        assert history.codes(DAY, "PolicyVersionPublished", policy_body(number)) == ("policy-version-gap",)
    assert history.flags(DAY, "PolicyVersionPublished", policy_body(2)) == ()


def test_a_calendar_revision_replaces_the_one_before() -> None:
    """Given revision 1 of a year, when 2 follows, then it stands; a repeated 1 is refused."""
    history = granted()
    assert history.codes(DAY, "HolidayCalendarPublished", calendar_body(2024)) == ("calendar-revision-gap",)
    second = calendar_body(2024, ["2024-12-31"], revision=2)
    assert history.flags(DAY, "HolidayCalendarPublished", second) == ()
    table = history.replayed.calendar(2024)
    assert table is not None
    assert (table.revision, len(table.rest_days)) == (2, 1)


def test_a_calendar_keeps_to_its_year_and_does_not_contradict_itself() -> None:
    """Given a day of another year, or one in both lists, when published, then it is refused."""
    history = granted()
    for body in (calendar_body(2026, ["2025-01-01"]), calendar_body(2026, ["2026-01-01"], ["2026-01-01"])):
        assert history.codes(DAY, "HolidayCalendarPublished", body) == ("bad-calendar",)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (enterprise_body(WRONG, "UPSTREAM"), "bad-check-digit"),
        (enterprise_body(OTHER, "UPSTREAM", org_code="PDY000028"), "org-code-mismatch"),
        (enterprise_body(OTHER, "UPSTREAM", org_code="PDY000029"), "bad-check-digit"),
        (enterprise_body(EXPORTER, "EXPORTER"), "enterprise-known"),
    ],
)
def test_a_file_needs_codes_that_hold_and_agree(body: dict[str, object], code: str) -> None:
    """Given a wrong or known code, when the enterprise is registered, then it is refused."""
    assert code in granted().codes(DAY, "EnterpriseRegistered", body)


def test_a_grant_before_any_policy_is_refused() -> None:
    """Given no policy version in force, when quota is granted, then no-policy is among the reasons."""
    assert "no-policy" in History().codes(DAY, "QuotaGranted", grant_body())
    later = History()
    later.flags(DAY, "PolicyVersionPublished", policy_body(1, "2024-12-06"))
    assert "no-policy" in later.codes(DAY, "QuotaGranted", grant_body())
    assert "no-policy" not in later.codes("2024-12-06", "QuotaGranted", grant_body())


@pytest.mark.parametrize("units", [0, 101])
def test_a_grant_is_from_one_to_the_units_applied_for(units: int) -> None:
    """Given 100 applied for, when 0 or 101 are granted, then it is refused with both figures."""
    answer = before_grant().say(DAY, "QuotaGranted", grant_body(units=units))
    assert isinstance(answer, Refused)
    (refusal,) = answer.refusals
    assert refusal.code == "units-out-of-range"
    assert refusal.figures == {"units": units, "applied": 100}
    assert str(units) in refusal.en
    assert str(units) in refusal.zh
    assert "措施5" in refusal.article


def test_a_grant_needs_its_application() -> None:
    """Given no such application, when granted, then it is refused; given it once, then not twice."""
    assert before_grant().codes(DAY, "QuotaGranted", grant_body(f"{PAIR}-q2")) == ("unknown-application",)
    assert granted().codes(DAY, "QuotaGranted", grant_body()) == ("wrong-state",)


def test_an_active_pair_gets_no_second_total() -> None:
    """Given an active pair with a second application, when that is granted, then it is refused."""
    history = granted()
    history.flags(DAY, "TotalQuotaApplicationReceived", application_body(f"{PAIR}-q2"))
    assert history.codes(DAY, "QuotaGranted", grant_body(f"{PAIR}-q2")) == ("wrong-state",)


@pytest.mark.parametrize(
    ("body", "attachments"),
    [
        (letter_body(seals=[EXPORTER]), LETTER_ATTACHMENTS),
        (letter_body(), LETTER_ATTACHMENTS[:2]),
        (letter_body(), LETTER_ATTACHMENTS[1:]),
    ],
)
def test_an_incomplete_letter_is_flagged_and_does_not_count(
    body: dict[str, object], attachments: tuple[dict[str, object], ...]
) -> None:
    """Given a missing seal, annex or licence, then the letter is flagged and the grant refused."""
    steps = list(Season(0).set_up())
    history = History([*steps[:6], steps[7]])
    assert history.flags(DAY, "CommitmentLetterSigned", body, *attachments) == ("letter-incomplete",)
    assert history.codes(DAY, "QuotaGranted", grant_body()) == ("letter-missing",)


def test_an_application_by_one_firm_is_flagged_and_cannot_be_granted() -> None:
    """Given one applicant only, then the application is flagged and the grant refused."""
    history = History(list(Season(0).set_up())[:7])
    alone = application_body(applicants=[EXPORTER])
    assert history.flags(DAY, "TotalQuotaApplicationReceived", alone) == ("application-incomplete",)
    assert history.flags(DAY, "TotalQuotaApplicationReceived", application_body()) == ("duplicate-id",)
    assert history.codes(DAY, "QuotaGranted", grant_body()) == ("application-incomplete",)


def test_a_grant_needs_both_firms_on_file_and_the_upstream_in_the_city() -> None:
    """Given firms unknown or in the wrong role, or an upstream outside, then the grant is refused."""
    steps = list(Season(0).set_up())
    nobody = History([*steps[:3], *steps[5:-1]])
    assert nobody.codes(DAY, "QuotaGranted", grant_body()) == (
        "unknown-enterprise",
        "unknown-enterprise",
        "upstream-not-in-city",
    )
    outside = History(steps[:4])
    outside.flags(DAY, "EnterpriseRegistered", enterprise_body(UPSTREAM, "UPSTREAM", in_city=False))
    for step in steps[5:-1]:
        outside.take(step)
    assert outside.codes(DAY, "QuotaGranted", grant_body()) == ("upstream-not-in-city",)


@pytest.mark.parametrize(("first", "last"), [("2024-11-01", "2024-12-04"), ("2024-12-06", "2029-01-01")])
def test_a_grant_needs_a_qualification_on_its_day(first: str, last: str) -> None:
    """Given a qualification that ended the day before or begins the day after, then it is refused."""
    steps = list(Season(0).set_up())
    history = History([*steps[:5], *steps[6:-1]])
    history.flags(DAY, "ExportQualificationFiled", qualification_body(valid_from=first, valid_to=last))
    assert history.codes(DAY, "QuotaGranted", grant_body()) == ("lapsed",)
    history.flags(DAY, "ExportQualificationFiled", qualification_body(valid_from=DAY, valid_to=DAY))
    assert history.flags(DAY, "QuotaGranted", grant_body()) == ()


def test_the_last_day_of_the_policy_is_included() -> None:
    """Given 2029-10-18 and the day after, when granted, then the first is accepted, the second refused."""
    history = before_grant()
    assert history.codes("2029-10-19", "QuotaGranted", grant_body()) == ("outside-window",)
    assert history.flags("2029-10-18", "QuotaGranted", grant_body()) == ()


def test_an_exporter_has_one_active_pair() -> None:
    """Given an active pair, when a second pair of the exporter is granted, then it is refused."""
    history = granted()
    pair = f"{EXPORTER}-{OTHER}-1"
    history.flags(DAY, "EnterpriseRegistered", enterprise_body(OTHER, "UPSTREAM"))
    history.flags(DAY, "CommitmentLetterSigned", letter_body(pair), *LETTER_ATTACHMENTS)
    history.flags(DAY, "TotalQuotaApplicationReceived", application_body(f"{pair}-q1"))
    assert history.codes(DAY, "QuotaGranted", grant_body(f"{pair}-q1")) == ("pair-active",)
    history.flags(DAY, "PolicyVersionPublished", policy_body(2, DAY, pair__max_active=2))
    assert history.flags(DAY, "QuotaGranted", grant_body(f"{pair}-q1")) == ()


def test_an_upstream_of_two_exporters_is_flagged() -> None:
    """Given an upstream in an active pair, when it is granted with another exporter, then it is flagged."""
    history = granted()
    pair = f"{OTHER}-{UPSTREAM}-1"
    history.flags(DAY, "EnterpriseRegistered", enterprise_body(OTHER, "EXPORTER"))
    history.flags(DAY, "ExportQualificationFiled", qualification_body(OTHER))
    history.flags(DAY, "CommitmentLetterSigned", letter_body(pair), *LETTER_ATTACHMENTS)
    history.flags(DAY, "TotalQuotaApplicationReceived", application_body(f"{pair}-q1"))
    assert history.flags(DAY, "QuotaGranted", grant_body(f"{pair}-q1")) == ("upstream-shared",)


def test_a_qualification_of_an_unknown_firm_or_upside_down_is_flagged() -> None:
    """Given a wrong code not on file and a period that ends before it begins, then each is flagged."""
    body = qualification_body(WRONG, "2025-01-02", "2025-01-01")
    flags = granted().flags(DAY, "ExportQualificationFiled", body)
    assert flags == ("bad-uscc", "unknown-enterprise", "dates-disordered")


@pytest.mark.parametrize("uscc", [EXPORTER, UPSTREAM])
def test_a_suspension_to_apply_stops_the_grant_until_reinstated(uscc: str) -> None:
    """Given either firm suspended, when granted, then refused; from the end of the suspension, accepted."""
    history = before_grant()
    body = suspended_body(uscc, "APPLY", effective_at="2024-12-05T00:00:00+08:00")
    history.flags("2024-12-04", "EnterpriseSuspended", body)
    assert history.codes(DAY, "QuotaGranted", grant_body()) == ("suspended",)
    end = reinstated_body(uscc, "2024-12-07T00:00:00+08:00")
    history.flags("2024-12-06", "EnterpriseReinstated", end)
    assert history.codes("2024-12-06", "QuotaGranted", grant_body()) == ("suspended",)
    assert history.flags("2024-12-07", "QuotaGranted", grant_body()) == ()


def test_a_suspension_not_yet_in_force_or_of_the_other_scope_stops_no_grant() -> None:
    """Given a suspension of use, and one of applying from tomorrow, when granted today, then accepted."""
    history = before_grant()
    use = suspended_body(EXPORTER, "USE", effective_at="2024-12-01T00:00:00+08:00")
    history.flags(DAY, "EnterpriseSuspended", use)
    tomorrow = suspended_body(EXPORTER, "APPLY", suspension="SUS-2", effective_at="2024-12-06T00:00:00+08:00")
    history.flags(DAY, "EnterpriseSuspended", tomorrow)
    assert history.flags(DAY, "QuotaGranted", grant_body()) == ()


def test_two_suspensions_end_one_by_one() -> None:
    """Given two open suspensions, when one ends, then the other still stops the grant."""
    history = before_grant()
    for name in ("SUS-1", "SUS-2"):
        body = suspended_body(suspension=name, effective_at="2024-12-01T00:00:00+08:00")
        history.flags(DAY, "EnterpriseSuspended", body)
    assert history.codes(DAY, "QuotaGranted", grant_body()) == ("suspended", "suspended")
    history.flags(DAY, "EnterpriseReinstated", reinstated_body(at="2024-12-02T00:00:00+08:00"))
    assert history.codes(DAY, "QuotaGranted", grant_body()) == ("suspended",)


def test_suspensions_that_cannot_be() -> None:
    """Given a used id, an unknown firm, no scope, or FINAL without a case, then it is refused."""
    history = granted()
    history.flags(DAY, "EnterpriseSuspended", suspended_body())
    assert history.codes(DAY, "EnterpriseSuspended", suspended_body()) == ("duplicate-suspension",)
    unknown = suspended_body(OTHER, suspension="SUS-2")
    assert history.codes(DAY, "EnterpriseSuspended", unknown) == ("unknown-enterprise",)
    empty = suspended_body(suspension="SUS-2", scope=[])
    assert history.codes(DAY, "EnterpriseSuspended", empty) == ("empty-scope",)
    final = suspended_body(suspension="SUS-2", basis="FINAL")
    assert history.codes(DAY, "EnterpriseSuspended", final) == ("case-missing",)
    named = suspended_body(suspension="SUS-2", basis="FINAL", case_id="CASE-1")
    assert history.codes(DAY, "EnterpriseSuspended", named) == ("unknown-case",)


def test_only_an_open_suspension_of_that_firm_can_end() -> None:
    """Given an unknown or ended suspension, or another firm's, when reinstated, then it is refused."""
    history = granted()
    assert history.codes(DAY, "EnterpriseReinstated", reinstated_body()) == ("suspension-not-open",)
    history.flags(DAY, "EnterpriseSuspended", suspended_body())
    assert history.codes(DAY, "EnterpriseReinstated", reinstated_body(UPSTREAM)) == ("suspension-not-open",)
    history.flags(DAY, "EnterpriseReinstated", reinstated_body())
    assert history.codes(DAY, "EnterpriseReinstated", reinstated_body()) == ("suspension-not-open",)


def test_a_suspension_of_use_stops_approval_number_and_classification() -> None:
    """Given a batch at each stage, when the exporter is suspended from use, then the next step is refused."""
    vins = [vin(1)]
    history = granted()
    history.flags("2025-01-10", "UseApplicationReceived", use_body(vins), attachment("申请表"))
    for number, (type_name, body) in enumerate(
        (
            ("UseApplicationApproved", approval_body(vins)),
            ("UsageNumberSent", sent_body(vins)),
            ("QuotaAttributeClassified", classified_body(vins)),
        )
    ):
        name = f"SUS-{number}"
        start = suspended_body(EXPORTER, "USE", suspension=name, effective_at="2025-01-01T00:00:00+08:00")
        history.flags("2025-01-11", "EnterpriseSuspended", start)
        assert history.codes("2025-01-11", type_name, body) == ("suspended",)
        end = reinstated_body(at="2025-01-01T00:00:00+08:00", suspension=name)
        history.flags("2025-01-11", "EnterpriseReinstated", end)
        assert history.flags("2025-01-11", type_name, body) == ()
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "C": 1}


def test_a_pair_with_a_wrong_code_is_refused_for_it() -> None:
    """Given a pair whose upstream code fails its check, when granted, then bad-check-digit is a reason."""
    codes = granted().codes(DAY, "QuotaGranted", grant_body(APPLICATION.replace(UPSTREAM, WRONG)))
    assert codes[0] == "bad-check-digit"


def test_one_firm_is_no_pair() -> None:
    """Given a firm in both roles, when it is granted quota with itself, then it is refused."""
    history = before_grant()
    pair = f"{EXPORTER}-{EXPORTER}-1"
    history.flags(DAY, "CommitmentLetterSigned", letter_body(pair), *LETTER_ATTACHMENTS)
    history.flags(DAY, "TotalQuotaApplicationReceived", application_body(f"{pair}-q1"))
    assert "same-firm" in history.codes(DAY, "QuotaGranted", grant_body(f"{pair}-q1"))


def test_one_licence_attached_twice_is_one_licence() -> None:
    """Given a letter with the same licence scan twice, when it is recorded, then it is incomplete."""
    history = before_grant()
    licence = attachment("营业执照", "E")
    flags = history.flags(
        DAY, "CommitmentLetterSigned", letter_body(f"{PAIR[:-1]}2"), attachment("承诺书"), licence, licence
    )
    assert "letter-incomplete" in flags
