"""Attacks on appending: what an agency's officers have not signed never enters."""

import base64
import json

import pytest

from ledger.canonical import canonical_bytes
from ledger.envelope import sign_envelope
from tests.support.desk import enterprise, policy
from tests.support.keys import LEDGER, private_key
from tests.support.web import JSON, Web, problem


def moved(envelope: bytes, **members: object) -> bytes:
    """Return an envelope with members replaced."""
    return canonical_bytes(json.loads(envelope) | members)


def test_signature_of_another_envelope(at: Web) -> None:
    """Given the signature of one envelope, when it is put on another, then 403, and nothing is on record."""
    one, two = (at.envelope([enterprise(n)], "commerce-1") for n in (1, 2))
    forged = moved(two, signatures=json.loads(one)["signatures"])
    problem(at.post(forged, [enterprise(2)]), 403, "bad-signature")
    assert at.store.head().size == 1


def test_statements_of_another_envelope(at: Web) -> None:
    """Given an envelope, when other statements travel with it, then 400 names the line that differs."""
    envelope = at.envelope([enterprise(1)], "commerce-1")
    content = problem(at.post(envelope, [enterprise(2)]), 400, "digest-mismatch")
    assert "statement 1" in content["detail"]
    content = problem(at.post(envelope, [enterprise(1), enterprise(2)]), 400, "digest-mismatch")
    assert "statement 2" in content["detail"]
    assert at.store.head().size == 1


def test_envelope_for_another_ledger(at: Web) -> None:
    """Given an envelope that an officer signed for another ledger, when sent here, then 409 without record."""
    envelope = at.envelope([enterprise()], "commerce-1", ledger="other.example/export-quota")
    problem(at.post(envelope, [enterprise()]), 409, "wrong-ledger")
    assert at.store.head().size == 1


def test_retargeted_head(at: Web) -> None:
    """Given a signed envelope, when its head line is changed, then its signature no longer verifies."""
    whole = json.loads(at.envelope([enterprise()], "commerce-1"))
    head, lines = base64.b64decode(whole["payload"]).split(b"\n", 1)
    changed = canonical_bytes(json.loads(head) | {"seq": 900})
    forged = moved(canonical_bytes(whole), payload=base64.b64encode(changed + b"\n" + lines).decode())
    problem(at.post(forged, [enterprise()]), 403, "bad-signature")


def test_key_of_another_agency(at: Web) -> None:
    """Given police officers, when they sign a statement of commerce, then 422 wrong-agency, on record."""
    envelope = at.envelope([enterprise()], "police-1", agency="commerce")
    content = problem(at.post(envelope, [enterprise()]), 422, "refused")
    assert content["refused"][0]["code"] == "wrong-agency"
    assert at.bodies()[-1]["type"] == "SubmissionRefused"


def test_unknown_key(at: Web) -> None:
    """Given a key that nobody registered, when it signs, then 403 without record."""
    problem(at.post(at.envelope([enterprise()], "commerce-9"), [enterprise()]), 403, "unknown-key")
    assert at.store.head().size == 1


@pytest.mark.parametrize("seed", ["housekeeping", "operator"])
def test_operators_keys_write_nothing(at: Web, seed: str) -> None:
    """Given the operator's own keys, when one signs for an agency, then nothing of it enters."""
    seen, now = at.seen(), at.clock.now.isoformat()
    envelope = sign_envelope("commerce", LEDGER, seen, 7, now, [enterprise()], [private_key(seed)])
    answer = at.post(envelope, [enterprise()])
    assert answer.status_code in {403, 422}
    assert "EnterpriseRegistered" not in [body["type"] for body in at.bodies()]


def test_one_officer_twice(at: Web) -> None:
    """Given a statement that needs two officers, when one signs alone, then four-eyes."""
    content = problem(at.post(at.envelope([policy()], "commerce-1"), [policy()]), 422, "refused")
    assert content["refused"][0]["code"] == "four-eyes"


def test_token_is_no_signature(at: Web) -> None:
    """Given a caller with every role's token, when an unsigned envelope is sent, then it is malformed."""
    unsigned = moved(at.envelope([enterprise()], "commerce-1"), signatures=[])
    answer = at.post(unsigned, [enterprise()], **{"x-test-role": "operator", "authorization": "Bearer x"})
    problem(answer, 400, "malformed")


def test_refused_envelope_never_enters(at: Web) -> None:
    """Given an envelope refused for its time, when its time has come, then it is still refused: replayed."""
    late = at.envelope([enterprise()], "commerce-1", signed_at="2026-01-05T02:30:00Z")
    problem(at.post(late, [enterprise()]), 422, "refused")
    at.clock.turn(minutes=30)
    assert problem(at.post(late, [enterprise()]), 422, "refused")["replayed"] is True


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"envelope":1,"statements":[]}',
        b'{"envelope":"{}","statements":[],"more":1}',
        b'{"envelope":"{}","statements":[1]}',
        b'{"envelope":"\\ud800","statements":[]}',
        b'{"envelope":1.5}',
        b"\xff\xfe",
        b'{"envelope":' + b"[" * 50_000 + b"]" * 50_000 + b',"statements":[]}',
        b'{"envelope":"{}","statements":[' + b"9" * 5_000 + b"]}",
    ],
    ids=[
        "empty",
        "null",
        "list",
        "number",
        "unknown",
        "no-text",
        "surrogate",
        "float",
        "utf16",
        "deep",
        "digits",
    ],
)
def test_malformed_bodies(at: Web, body: bytes) -> None:
    """Given a body that is no submission, when sent, then 400 malformed with one line of what is wrong."""
    content = problem(at.client.post("/v1/envelopes", content=body, headers=JSON), 400, "malformed")
    assert content["detail"]
    assert len(content["detail"]) < 500
