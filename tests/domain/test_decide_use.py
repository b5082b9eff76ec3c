"""The use of quota: application, approval, number and classification."""

import pytest

from domain.decide import Refused
from tests.support.domain import (
    BATCH,
    EXPORTER,
    PAIR,
    Season,
    approval_body,
    attachment,
    classified_body,
    customs_body,
    deregistered_body,
    line_id,
    policy_body,
    registered_body,
    sent_body,
    use_body,
    vin,
    wrong_vin,
)
from tests.support.history import History

DAY = "2025-02-12"
FORM = attachment("申请表")
VINS = [vin(1), vin(2)]
SECOND = f"{PAIR}-2"


def received(*vins: str, units: int = 100) -> History:
    """A granted pair with an application for these cars."""
    history = History(Season(0, units).set_up())
    history.say(DAY, "UseApplicationReceived", use_body(vins), FORM)
    return history


def approved(*vins: str) -> History:
    """The same, approved."""
    history = received(*vins)
    assert history.flags(DAY, "UseApplicationApproved", approval_body(vins)) == ()
    return history


def test_an_application_is_flagged_for_what_is_wrong_with_it() -> None:
    """Given wrong VINs, a repeated VIN and a foreign organisation code, then all are flagged."""
    history = History(Season(0).set_up())
    body = use_body([wrong_vin(1), wrong_vin(2, "WBA"), vin(3), vin(3)], org_code="PDY00001X")
    flags = history.flags(DAY, "UseApplicationReceived", body, FORM)
    assert flags == ("bad-vin", "vin-unverifiable", "org-code-mismatch", "vin-repeated")
    assert history.flags(DAY, "UseApplicationReceived", use_body([vin(4)]), FORM) == ("duplicate-id",)


def test_an_application_of_a_pair_without_quota_is_flagged() -> None:
    """Given no grant, when an application arrives, then it is flagged and cannot be approved."""
    history = History(list(Season(0).set_up())[:-1])
    assert history.flags(DAY, "UseApplicationReceived", use_body(VINS), FORM) == ("pair-not-active",)
    codes = history.codes(DAY, "UseApplicationApproved", approval_body(VINS))
    assert codes == ("pair-not-active", "over-available")


def test_a_line_of_another_batch_is_left_out() -> None:
    """Given a line id of another batch, when applied for, then it is flagged and cannot be approved."""
    history = History(Season(0).set_up())
    body = use_body(VINS)
    body["lines"][1]["line_id"] = f"{SECOND}-1"
    assert history.flags(DAY, "UseApplicationReceived", body, FORM) == ("line-misplaced",)
    assert history.codes(DAY, "UseApplicationApproved", approval_body(VINS)) == ("line-not-applied",)


def test_an_approval_above_what_is_available_is_refused_with_both_figures() -> None:
    """Given one unit, when two are approved, then refused; when one of the two is, then accepted."""
    history = received(*VINS, units=1)
    answer = history.say(DAY, "UseApplicationApproved", approval_body(VINS))
    assert isinstance(answer, Refused)
    assert [(one.code, one.figures) for one in answer.refusals] == [
        ("over-available", {"units": 2, "available": 1})
    ]
    assert history.flags(DAY, "UseApplicationApproved", approval_body(VINS[:1])) == ()
    assert history.balances(PAIR) == {"ISS": -1, "A": 1}


@pytest.mark.parametrize(
    ("vins", "codes"),
    [
        ([], ("no-lines",)),
        ([vin(2), vin(1)], ("line-not-applied", "line-not-applied")),
        ([vin(1), vin(2), vin(3)], ("line-not-applied",)),
    ],
)
def test_approved_lines_are_a_part_of_those_applied_for(vins: list[str], codes: tuple[str, ...]) -> None:
    """Given lines that are none, exchanged or unknown, when approved, then it is refused."""
    assert received(*VINS).codes(DAY, "UseApplicationApproved", approval_body(vins)) == codes


def test_a_line_approved_twice_in_one_statement_is_refused() -> None:
    """Given one line stated twice, when approved, then each mention is refused."""
    body = approval_body([vin(1)])
    body["lines"] *= 2
    codes = received(*VINS).codes(DAY, "UseApplicationApproved", body)
    assert codes == ("line-not-applied", "line-not-applied", "hash-mismatch")


def test_an_approval_binds_its_list_of_cars() -> None:
    """Given the digest of another list, when approved, then it is refused."""
    body = approval_body(VINS, vin_list_sha256="00" * 32)
    assert received(*VINS).codes(DAY, "UseApplicationApproved", body) == ("hash-mismatch",)


def test_a_batch_is_approved_once_and_only_if_known() -> None:
    """Given an approved or unknown batch, when approved, then it is refused."""
    history = approved(*VINS)
    codes = history.codes(DAY, "UseApplicationApproved", approval_body(VINS))
    assert codes == ("wrong-state", "vin-live", "vin-live")
    unknown = approval_body([vin(9)], SECOND)
    assert history.codes(DAY, "UseApplicationApproved", unknown) == ("unknown-batch",)


def test_an_approval_needs_the_upstreams_organisation_code() -> None:
    """Given an application under another organisation code, when approved, then it is refused."""
    history = History(Season(0).set_up())
    history.say(DAY, "UseApplicationReceived", use_body(VINS, org_code="PDY00001X"), FORM)
    assert history.codes(DAY, "UseApplicationApproved", approval_body(VINS)) == ("org-code-mismatch",)


def test_a_wrong_check_digit_refuses_a_chinese_vin_only() -> None:
    """Given wrong check digits, when approved, then the WMI L is refused and WBA accepted."""
    assert "bad-check-digit" in received(wrong_vin(1)).codes(
        DAY, "UseApplicationApproved", approval_body([wrong_vin(1)])
    )
    foreign = [wrong_vin(1, "WBA")]
    assert received(*foreign).flags(DAY, "UseApplicationApproved", approval_body(foreign)) == ()


def test_a_car_holds_one_unit_at_a_time() -> None:
    """Given a live car in a second batch, then its application is flagged and its approval refused."""
    history = approved(*VINS)
    again = use_body([vin(2)], SECOND)
    assert history.flags(DAY, "UseApplicationReceived", again, FORM) == ("vin-repeated",)
    answer = history.say(DAY, "UseApplicationApproved", approval_body([vin(2)], SECOND))
    assert isinstance(answer, Refused)
    assert answer.refusals[0].figures == {"vin": vin(2), "line_id": line_id(2), "account": "A"}


def test_an_exported_car_returns_only_where_the_policy_lets_it() -> None:
    """Given a deregistered car, when approved again, then refused unless reuse is allowed."""
    history = History(Season(1).steps())
    day = "2025-06-01"
    history.flags(day, "UseApplicationReceived", use_body([vin(1)], SECOND), FORM)
    again = approval_body([vin(1)], SECOND)
    assert history.codes(day, "UseApplicationApproved", again) == ("vin-live",)
    history.flags(day, "PolicyVersionPublished", policy_body(2, day, vin__reuse_after_end=True))
    assert history.flags(day, "UseApplicationApproved", again) == ()


def test_a_lapsed_exporter_cannot_be_approved_nor_after_the_window() -> None:
    """Given a day after policy and qualification end, when approved, then both are reasons."""
    history = received(*VINS)
    codes = history.codes("2030-01-01", "UseApplicationApproved", approval_body(VINS))
    assert codes == ("lapsed", "outside-window")


def test_the_number_is_repeatable_with_rising_revisions_until_classified() -> None:
    """Given a number sent, when sent again, then the revision rises by one; after classification never."""
    history = approved(*VINS)
    assert history.codes(DAY, "UsageNumberSent", sent_body(VINS, revision=2)) == ("wrong-revision",)
    assert history.flags(DAY, "UsageNumberSent", sent_body(VINS)) == ()
    assert history.flags(DAY, "UsageNumberSent", sent_body(VINS, revision=2)) == ()
    old = classified_body(VINS, revision=1)
    assert history.codes(DAY, "QuotaAttributeClassified", old) == ("wrong-revision",)
    assert history.flags(DAY, "QuotaAttributeClassified", classified_body(VINS, revision=2)) == ()
    assert history.codes(DAY, "UsageNumberSent", sent_body(VINS, revision=3)) == ("wrong-state",)


def test_the_number_is_that_of_the_live_lines_and_their_list() -> None:
    """Given another number or list, when sent or classified, then it is refused."""
    history = approved(*VINS)
    wrong = sent_body(VINS, units=3, vin_list_sha256="00" * 32)
    assert history.codes(DAY, "UsageNumberSent", wrong) == ("numbers-differ", "hash-mismatch")
    assert history.codes(DAY, "QuotaAttributeClassified", classified_body(VINS, revision=1))[0] == (
        "wrong-state"
    )
    history.flags(DAY, "UsageNumberSent", sent_body(VINS))
    codes = history.codes(DAY, "QuotaAttributeClassified", classified_body(VINS[:1]))
    assert codes == ("numbers-differ", "hash-mismatch", "numbers-differ")


def test_a_number_of_an_unknown_or_unapproved_batch_is_refused() -> None:
    """Given no batch, or one only received, when its number is sent, then it is refused."""
    history = received(*VINS)
    assert "wrong-state" in history.codes(DAY, "UsageNumberSent", sent_body(VINS))
    unknown = sent_body(VINS, SECOND)
    assert history.codes(DAY, "UsageNumberSent", unknown) == ("unknown-batch",)


def test_the_attribute_is_one_of_the_policys_list() -> None:
    """Given a policy with a code list, when another code is classified, then it is refused."""
    history = approved(*VINS)
    history.flags(DAY, "UsageNumberSent", sent_body(VINS))
    history.flags(DAY, "PolicyVersionPublished", policy_body(2, DAY, quota_attribute=["CK"]))
    assert history.codes(DAY, "QuotaAttributeClassified", classified_body(VINS)) == ("unknown-attribute",)
    right = classified_body(VINS, attribute_code="CK")
    assert history.flags(DAY, "QuotaAttributeClassified", right) == ()


@pytest.mark.parametrize(
    ("facts", "account"),
    [
        ([], "R"),
        ([("CustomsExportConfirmed", customs_body(vin(1)))], "X"),
        ([("VehicleDeregistered", deregistered_body(vin(1)))], "D"),
        ([("VehicleDeregistered", deregistered_body(vin(1), reason="OTHER"))], "N"),
    ],
)
def test_a_car_registered_before_its_classification_was_recorded_finds_its_place(
    facts: list[tuple[str, dict[str, object]]], account: str
) -> None:
    """Given an unbacked car with later facts, when its line is classified, then it takes its place there."""
    history = approved(*VINS)
    history.flags(DAY, "UsageNumberSent", sent_body(VINS))
    flags = history.flags("2025-03-03", "VehicleRegistered", registered_body(vin(1), line_id(1)))
    assert flags == ("unbacked",)
    assert history.balances(PAIR) == {"ISS": -100, "AV": 98, "A": 2, "UNB": 1}
    for type_name, body in facts:
        assert "unbacked" in history.flags("2025-05-10", type_name, body)
    history.flags("2025-02-17", "QuotaAttributeClassified", classified_body(VINS))
    assert history.balances(PAIR) == {"ISS": -100, "AV": 98, "C": 1, account: 1}


def test_a_car_registered_before_the_day_of_classification_stays_unbacked() -> None:
    """Given a car registered the day before its line was classified, then it stays an unbacked one."""
    history = approved(*VINS)
    history.flags(DAY, "UsageNumberSent", sent_body(VINS))
    early = registered_body(vin(1), line_id(1), "2025-02-16")
    history.flags("2025-02-16", "VehicleRegistered", early)
    history.flags("2025-02-17", "QuotaAttributeClassified", classified_body(VINS))
    assert history.balances(PAIR) == {"ISS": -100, "AV": 98, "C": 2, "UNB": 1}


def test_batches_of_one_pair_share_what_is_available() -> None:
    """Given two applications above the total, when both are approved, then the second is refused."""
    history = received(*VINS, units=3)
    others = [vin(3), vin(4)]
    history.say(DAY, "UseApplicationReceived", use_body(others, SECOND), FORM)
    assert history.flags(DAY, "UseApplicationApproved", approval_body(VINS, BATCH)) == ()
    assert history.codes(DAY, "UseApplicationApproved", approval_body(others, SECOND)) == ("over-available",)
    assert history.replayed.enterprise(EXPORTER).active_pairs == (PAIR,)
