"""A dry run over HTTP: what appending would do, in words, and nothing written."""

import json
from typing import Any

import pytest

from ledger.append import Entered
from tests.support import domain as of
from tests.support.desk import enterprise, policy, statement
from tests.support.keys import registration_body
from tests.support.web import JSON, Web, problem


def tried(at: Web, *statements: bytes, tongue: str = "en") -> dict[str, Any]:
    """Ask as an officer of commerce."""
    content = json.dumps({"statements": [one.decode() for one in statements]})
    headers = JSON | {"x-test-role": "commerce", "accept-language": tongue}
    answer = at.client.post("/v1/dry-run", content=content.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def prepared(at: Web, units: int = 2) -> None:
    """Enter what stands before a use application."""
    for kind, body, files in (
        ("PolicyVersionPublished", of.policy_body(), ()),
        ("HolidayCalendarPublished", of.calendar_body(2025), ()),
        ("HolidayCalendarPublished", of.calendar_body(2026), ()),
        ("EnterpriseRegistered", of.enterprise_body(of.EXPORTER, "EXPORTER"), ()),
        ("EnterpriseRegistered", of.enterprise_body(of.UPSTREAM, "UPSTREAM"), ()),
        ("ExportQualificationFiled", of.qualification_body(), ()),
        ("CommitmentLetterSigned", of.letter_body(), of.LETTER_ATTACHMENTS),
        ("TotalQuotaApplicationReceived", of.application_body(units=units), ()),
        ("QuotaGranted", of.grant_body(units=units), ()),
        ("UseApplicationReceived", of.use_body([of.vin(1), of.vin(2)]), (of.attachment("申请表"),)),
    ):
        at.enter([statement(kind, body, attachments=list(files))], "commerce-1", "commerce-2")


def test_what_would_enter(at: Web) -> None:
    """Given an approval of two cars, when tried, then its postings; and the ledger is as it was."""
    prepared(at)
    size = at.store.head().size
    told = tried(at, statement("UseApplicationApproved", of.approval_body([of.vin(1), of.vin(2)])))
    assert (told["size"], told["would_enter"]) == (size, True)
    (line,) = told["statements"]
    assert (line["accepted"], line["refused"], line["flags"]) == (True, None, [])
    moves = [(p["pair_id"], p["source"], p["target"], p["units"], p["vin"]) for p in line["postings"]]
    assert moves == [(of.PAIR, "AV", "A", 1, of.vin(1)), (of.PAIR, "AV", "A", 1, of.vin(2))]
    assert at.store.head().size == size


def test_each_on_top_of_those_before(at: Web) -> None:
    """Given statements that build on one another, when tried together, then the second sees the first."""
    told = tried(at, policy(), enterprise(1), enterprise(1, id="00000000-0000-4000-8000-000000000009"))
    assert [line["accepted"] for line in told["statements"]] == [True, True, False]
    assert told["statements"][0]["four_eyes"] is True
    assert told["statements"][2]["refused"]["code"] == "enterprise-known"
    assert told["would_enter"] is False
    assert at.store.head().size == 1


@pytest.mark.parametrize(
    ("tongue", "words"), [("zh", "登记没有有效的核定车辆"), ("en", "a registration without")]
)
def test_flags_in_words_and_deadlines(at: Web, tongue: str, words: str) -> None:
    """Given a registration without a line, when tried, then its flags in words and both due dates."""
    prepared(at)
    registered = statement(
        "VehicleRegistered", of.registered_body(of.vin(1), None, "2026-01-05"), agency="police"
    )
    (line,) = tried(at, registered, tongue=tongue)["statements"]
    assert line["accepted"] is True
    flags = {flag["code"]: flag for flag in line["flags"]}
    assert words in flags["unbacked"]["title"]
    assert flags["unbacked"]["control"] == "C15"
    assert line["due"] == {"strict": "2026-01-20", "rolled": "2026-01-20"}
    assert line["postings"][0]["target"] == "UNB"


def test_deadline_rolls_past_rest_days(at: Web) -> None:
    """Given a due date on a Saturday, when tried, then strict is that day and rolled the Monday after."""
    prepared(at)
    body = of.registered_body(of.vin(1), None, "2026-01-02")
    (line,) = tried(at, statement("VehicleRegistered", body, agency="police"))["statements"]
    assert line["due"] == {"strict": "2026-01-17", "rolled": "2026-01-19"}


def test_same_verdict_as_appending(at: Web) -> None:
    """Given statements good and bad, when tried and then sent, then the codes are the same."""
    prepared(at)
    sent = enterprise(3)
    at.enter([sent], "commerce-1")
    statements = [
        statement("QuotaGranted", of.grant_body()),
        statement("UseApplicationApproved", of.approval_body([of.vin(1), of.vin(9)])),
        statement("UsageNumberSent", of.sent_body([of.vin(1)])),
        sent,
        enterprise(2, id=json.loads(sent)["id"]),
        statement("EnterpriseRegistered", {"uscc": 1}),
        statement("AgencyKeyRevoked", {"keyid": "0" * 64, "reason": "OTHER"}),
        statement("AgencyKeyRegistered", registration_body("commerce-1", "commerce")),
        statement("SubmissionRefused", {}, "operator"),
        enterprise(2, ledger="other.example/x"),
        b"{}",
    ]
    tries = [tried(at, one)["statements"][0] for one in statements]
    for one, line in zip(statements, tries, strict=True):
        outcome = at.send([one], "commerce-1", "commerce-2")
        assert not isinstance(outcome, Entered)
        assert line["refused"]["code"] == outcome.items[0].code, one


def test_who_states_what(at: Web) -> None:
    """Given a statement of another agency's or the operator's, when tried, then it is refused as such."""
    told = tried(
        at,
        enterprise(1, agency="police"),
        statement("HeadsCommitted", {"count": 1, "root": "0" * 64, "size": 1}, "operator"),
    )
    assert [line["refused"]["code"] for line in told["statements"]] == ["wrong-agency", "type-not-allowed"]


def test_closed_to_everyone_else(at: Web) -> None:
    """Given nobody known, or a reader, when a dry run is asked for, then 401 or 403."""
    content = json.dumps({"statements": [enterprise().decode()]}).encode()
    problem(at.client.post("/v1/dry-run", content=content, headers=JSON), 401, "unauthenticated")
    for role in ("auditor", "enterprise", "investigator", "witness"):
        answer = at.client.post("/v1/dry-run", content=content, headers=JSON | {"x-test-role": role})
        problem(answer, 403, "forbidden")


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b'{"statements":[]}',
        b'{"statements":"{}"}',
        b'{"statements":[{}]}',
        b'{"statements":["{}"],"envelope":""}',
        json.dumps({"statements": ["{}"] * 1001}).encode(),
    ],
    ids=["nothing", "none", "text", "object", "more", "too-many"],
)
def test_malformed(at: Web, content: bytes) -> None:
    """Given a body that is no list of texts, when tried, then 400 says what is wanted."""
    answer = at.client.post("/v1/dry-run", content=content, headers=JSON | {"x-test-role": "police"})
    problem(answer, 400, "malformed")
