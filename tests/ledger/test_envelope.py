"""Envelopes: the strict DSSE profile, each departure refused, and signatures that all must verify."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ledger.canonical import Malformed, canonical_bytes
from ledger.ed25519 import SignatureInvalid, raw_public_key
from ledger.envelope import (
    MAX_ENVELOPE_BYTES,
    PAYLOAD_TYPE,
    Head,
    Seen,
    encode_envelope,
    encode_payload,
    parse_envelope,
    parse_instant,
    pre_authentication_encoding,
    sign_envelope,
    statement_hash,
    verify_signatures,
)
from tests.support.keys import LEDGER, keyid, private_key

STATEMENTS = [b'{"a":1}', b'{"a":2}']
SEEN = Seen(4, "ab" * 32)
SEEDS = ["police-1", "police-2"]
RING = {keyid(seed): raw_public_key(private_key(seed)) for seed in [*SEEDS, "commerce-1"]}


def signed(seeds: list[str] = SEEDS, statements: list[bytes] = STATEMENTS) -> bytes:
    """Return an envelope of the police over some statements."""
    keys = [private_key(seed) for seed in seeds]
    return sign_envelope("police", LEDGER, SEEN, 7, "2026-01-05T10:00:00+08:00", statements, keys)


def envelope(payload: bytes, seeds: list[str] = SEEDS) -> bytes:
    """Return an envelope of any payload, its signatures right."""
    message = pre_authentication_encoding(payload)
    return encode_envelope(payload, [(keyid(seed), private_key(seed).sign(message)) for seed in seeds])


def payload_of(raw: bytes) -> bytes:
    """Return the payload that an envelope holds, by other means than the module's."""
    return base64.b64decode(json.loads(raw)["payload"])


def head_with(**members: Any) -> bytes:
    """Return an envelope whose head line has some members replaced; ``...`` leaves one out."""
    first, *rest = payload_of(signed()).split(b"\n")
    head = json.loads(first) | members
    line = canonical_bytes({name: value for name, value in head.items() if value is not ...})
    return envelope(b"\n".join([line, *rest]))


def outer(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return an envelope whose outer object was changed."""
    whole = json.loads(signed())
    change(whole)
    return canonical_bytes(whole)


# --- what is signed ---


def test_an_envelope_is_parsed_into_what_was_signed() -> None:
    """Given a signed lot, then head, hashes, digest and signatures are those that went in."""
    raw = signed()
    parsed = parse_envelope(raw)
    signers = tuple(map(keyid, SEEDS))
    assert parsed.head == Head("police", LEDGER, SEEN, 7, "2026-01-05T10:00:00+08:00", signers)
    assert parsed.head.signed_instant == datetime(2026, 1, 5, 2, tzinfo=UTC)
    assert parsed.statement_hashes == tuple(hashlib.sha256(text).hexdigest() for text in STATEMENTS)
    assert parsed.digest == hashlib.sha256(raw).hexdigest()
    assert parsed.raw == raw
    assert len(parsed.signatures) == 2
    assert encode_payload(parsed.head, STATEMENTS) == parsed.payload
    verify_signatures(parsed, RING.get)


def test_a_worked_example_computed_with_hashlib_and_json_alone() -> None:
    """Given a head and two statements, then payload, signed bytes and envelope are these to the byte."""
    head = (
        '{"agency":"police","ledger":"test.example/export-quota","seen":[4,"' + "ab" * 32 + '"],"seq":7,'
        '"signed_at":"2026-01-05T10:00:00+08:00","signers":["' + '","'.join(map(keyid, SEEDS)) + '"],"v":1}'
    )
    lines = [head, *(hashlib.sha256(text).hexdigest() for text in STATEMENTS)]
    payload = "\n".join(lines).encode()
    message = f"DSSEv1 37 application/vnd.quota-ledger.envelope {len(payload)} ".encode() + payload
    signatures = [
        {"keyid": keyid(seed), "sig": base64.b64encode(private_key(seed).sign(message)).decode()}
        for seed in SEEDS
    ]
    whole = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": "application/vnd.quota-ledger.envelope",
        "signatures": signatures,
    }
    assert pre_authentication_encoding(payload) == message
    assert signed() == json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()


def test_the_first_envelope_has_seen_nothing() -> None:
    """Given seen null, then the head says so."""
    raw = sign_envelope("operator", LEDGER, None, 1, "2026-01-05T02:00:00Z", STATEMENTS, [private_key("x")])
    assert parse_envelope(raw).head.seen is None


def test_the_largest_envelope_fits() -> None:
    """Given 16 signers and 1,000 statements, then the envelope is taken; one more of either is not."""
    seeds = [f"officer-{number}" for number in range(17)]
    statements = [b"%d" % number for number in range(1001)]
    parsed = parse_envelope(signed(seeds[:16], statements[:1000]))
    assert (len(parsed.signatures), len(parsed.statement_hashes)) == (16, 1000)
    with pytest.raises(Malformed, match="1001 statement lines"):
        signed(seeds[:16], statements)
    with pytest.raises(Malformed, match="1 to 16"):
        signed(seeds, statements[:1])


def test_length_is_bounded() -> None:
    """Given more bytes than any envelope has, then they are refused unread."""
    with pytest.raises(Malformed, match=f"at most {MAX_ENVELOPE_BYTES}"):
        parse_envelope(b"x" * (MAX_ENVELOPE_BYTES + 1))


# --- departures from the profile ---


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda e: e.update(payloadType="application/json"), "payloadType"),
        (lambda e: e.update(payloadType=None), "payloadType"),
        (lambda e: e.pop("payloadType"), "members"),
        (lambda e: e.pop("payload"), "members"),
        (lambda e: e.update(extra=1), "members"),
        (lambda e: e.update(payload=5), "payload is not a text"),
        (lambda e: e.update(payload=e["payload"].rstrip("=") + "*"), "base64"),
        (lambda e: e.update(payload=e["payload"] + "===="), "base64"),
        (lambda e: e.update(payload=e["payload"][:8] + " " + e["payload"][8:]), "base64"),
        (lambda e: e.update(payload=""), "statement lines"),
        (lambda e: e.update(signatures=[]), "1 to 16"),
        (lambda e: e.update(signatures={}), "1 to 16"),
        (lambda e: e.update(signatures=e["signatures"] * 9), "1 to 16"),
        (lambda e: e["signatures"].pop(), "2 signers, 1 signatures"),
        (lambda e: e["signatures"].append(e["signatures"][0]), r"signatures\[2\].keyid"),
        (lambda e: e["signatures"].reverse(), r"signatures\[0\].keyid"),
        (lambda e: e["signatures"].insert(0, "x"), r"signatures\[0\] has not"),
        (lambda e: e["signatures"][1].pop("keyid"), r"signatures\[1\] has not"),
        (lambda e: e["signatures"][1].pop("sig"), r"signatures\[1\] has not"),
        (lambda e: e["signatures"][1].update(cert="x"), r"signatures\[1\] has not"),
        (lambda e: e["signatures"][1].update(keyid=keyid("commerce-1")), r"signatures\[1\].keyid"),
        (lambda e: e["signatures"][1].update(keyid=None), r"signatures\[1\].keyid"),
        (lambda e: e["signatures"][1].update(sig=None), "sig is not a text"),
        (lambda e: e["signatures"][1].update(sig=e["signatures"][1]["sig"].rstrip("=")), "base64"),
        (lambda e: e["signatures"][1].update(sig="-_" + e["signatures"][1]["sig"][2:]), "base64"),
        (lambda e: e["signatures"][1].update(sig="签" * 88), "base64"),
    ],
)
def test_a_changed_envelope_is_malformed(change: Callable[[dict[str, Any]], object], reason: str) -> None:
    """Given an envelope with one departure, then it is refused and the message says where."""
    with pytest.raises(Malformed, match=reason):
        parse_envelope(outer(change))


def test_base64_has_one_spelling() -> None:
    """Given a signature whose last character has stray bits, then it is refused though it decodes alike."""
    text = json.loads(signed())["signatures"][0]["sig"]
    assert text.endswith("==")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    stray = text[:-3] + alphabet[alphabet.index(text[-3]) + 1] + "=="
    assert base64.b64decode(stray) == base64.b64decode(text)
    with pytest.raises(Malformed, match="not the base64 that its bytes encode to"):
        parse_envelope(outer(lambda e: e["signatures"][0].update(sig=stray)))


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps(json.loads(signed())).encode(),
        signed() + b"\n",
        signed().replace(b'{"payload":', b'{"payload":"","payload":', 1),
        signed().replace(b'"sig":', b'"sig":"","sig":', 1),
        b"\xef\xbb\xbf" + signed(),
        b"[]",
    ],
    ids=["white-space", "newline", "payload-twice", "sig-twice", "byte-order-mark", "list"],
)
def test_an_envelope_is_its_own_canonical_form(raw: bytes) -> None:
    """Given the same envelope written in another way, then it is refused."""
    with pytest.raises(Malformed, match="envelope: "):
        parse_envelope(raw)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"v": 2}, "v is not 1"),
        ({"v": True}, "v is not 1"),
        ({"v": ...}, "'v'"),
        ({"note": ""}, "'note'"),
        ({"agency": "auditor"}, "agency"),
        ({"agency": None}, "agency"),
        ({"agency": ["police"]}, "agency"),
        ({"ledger": None}, "ledger"),
        ({"seq": 0}, "seq"),
        ({"seq": True}, "seq"),
        ({"seq": "1"}, "seq"),
        ({"signed_at": None}, "signed_at"),
        ({"signed_at": "2026-01-05"}, "signed_at"),
        ({"signed_at": "2026-02-30T00:00:00Z"}, "signed_at"),
        ({"seen": []}, "seen"),
        ({"seen": [0]}, "seen"),
        ({"seen": [-1, "ab" * 32]}, "seen"),
        ({"seen": [True, "ab" * 32]}, "seen"),
        ({"seen": [0, "AB" * 32]}, "seen"),
        ({"seen": [0, None]}, "seen"),
        ({"seen": {"index": 0}}, "seen"),
        ({"signers": []}, "1 to 16"),
        ({"signers": keyid("police-1")}, "1 to 16"),
        ({"signers": [keyid(f"{n}") for n in range(17)]}, "1 to 16"),
        ({"signers": [keyid("police-1").upper()]}, "hex digits"),
        ({"signers": [None]}, "hex digits"),
        ({"signers": [keyid("police-1")] * 2}, "twice"),
        ({"signers": [keyid("police-1")]}, r"signatures\[1\].keyid"),
        ({"signers": [keyid("police-2"), keyid("police-1")]}, r"signatures\[0\].keyid"),
        ({"signers": [keyid("police-1"), keyid("police-2"), keyid("x")]}, "3 signers, 2 signatures"),
    ],
)
def test_a_changed_head_line_is_malformed(members: dict[str, Any], reason: str) -> None:
    """Given a head line with one departure, rightly signed, then it is refused."""
    with pytest.raises(Malformed, match=reason):
        parse_envelope(head_with(**members))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda p: p + b"\n", "line 3"),
        (lambda p: b"\n" + p, "line 1"),
        (lambda p: p.replace(b"\n", b"\r\n"), "line 1"),
        (lambda p: p.replace(b"\n", b"\n\n", 1), "line 1"),
        (lambda p: p.upper(), "line 1"),
        (lambda p: p[:-1], "line 2"),
        (lambda p: p[:-1] + b"\xff", "line 2"),
        (lambda p: p.split(b"\n")[0], "0 statement lines"),
        (lambda p: p.replace(b'"v":1', b'"v": 1'), "not canonical"),
        (lambda p: p.replace(b'"v":1', b'"v":1,"v":1'), "not canonical"),
        (lambda p: b"x" + p, "not JSON"),
    ],
)  # fmt: skip
def test_a_changed_payload_is_malformed(change: Callable[[bytes], bytes], reason: str) -> None:
    """Given payload lines out of form, rightly signed, then they are refused."""
    with pytest.raises(Malformed, match=reason):
        parse_envelope(envelope(change(payload_of(signed()))))


# --- signatures ---


@pytest.mark.parametrize("number", [0, 1])
def test_every_signature_must_verify(number: int) -> None:
    """Given two signers, when either signature is another's, then the envelope is refused by name."""

    def forge(whole: dict[str, Any]) -> None:
        other = private_key("commerce-1").sign(pre_authentication_encoding(payload_of(signed())))
        whole["signatures"][number]["sig"] = base64.b64encode(other).decode()

    with pytest.raises(SignatureInvalid, match=keyid(SEEDS[number])):
        verify_signatures(parse_envelope(outer(forge)), RING.get)


def test_signatures_cannot_change_places() -> None:
    """Given two right signatures under each other's keyid, then the envelope is refused."""

    def swap(whole: dict[str, Any]) -> None:
        one, two = whole["signatures"]
        one["sig"], two["sig"] = two["sig"], one["sig"]

    with pytest.raises(SignatureInvalid, match=keyid("police-1")):
        verify_signatures(parse_envelope(outer(swap)), RING.get)


def test_an_unknown_signer_is_refused() -> None:
    """Given a signer whose key the ledger does not know, then the whole envelope is refused."""
    with pytest.raises(SignatureInvalid, match="no such key"):
        verify_signatures(parse_envelope(signed(["police-1", "stranger"])), RING.get)


@pytest.mark.parametrize("size", [0, 63, 65])
def test_a_signature_of_another_length_is_refused(size: int) -> None:
    """Given a signature that has not 64 bytes, then it is refused."""
    raw = outer(lambda e: e["signatures"][0].update(sig=base64.b64encode(bytes(size)).decode()))
    with pytest.raises(SignatureInvalid, match="64 bytes"):
        verify_signatures(parse_envelope(raw), RING.get)


def test_a_signature_binds_the_payload() -> None:
    """Given signatures over other statements, when they are put under this payload, then they fail."""
    other = json.loads(signed(statements=[b"{}"]))["signatures"]
    with pytest.raises(SignatureInvalid):
        verify_signatures(parse_envelope(outer(lambda e: e.update(signatures=other))), RING.get)


def test_a_signature_binds_the_payload_type() -> None:
    """Given a signature over the same payload as another type, then it is refused."""
    payload = payload_of(signed(["police-1"]))
    message = b"DSSEv1 16 application/json %d %b" % (len(payload), payload)
    raw = encode_envelope(payload, [(keyid("police-1"), private_key("police-1").sign(message))])
    with pytest.raises(SignatureInvalid):
        verify_signatures(parse_envelope(raw), RING.get)
    assert PAYLOAD_TYPE.encode() in pre_authentication_encoding(payload)


def test_a_statement_hash_is_over_its_bytes() -> None:
    """Given a statement, then its hash is the SHA-256 of the bytes as they are."""
    assert statement_hash("外".encode()) == hashlib.sha256("外".encode()).hexdigest()


# --- instants ---


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-05T02:00:00Z", "2026-01-05T02:00:00+00:00"),
        ("2026-01-05T10:00:00+08:00", "2026-01-05T02:00:00+00:00"),
        ("2026-01-05T10:00:00.5-05:30", "2026-01-05T15:30:00.500000+00:00"),
        ("2024-02-29T23:59:59.999999Z", "2024-02-29T23:59:59.999999+00:00"),
        ("2026-01-05T02:00:00-00:00", "2026-01-05T02:00:00+00:00"),
    ],
)
def test_an_instant_is_read_into_utc(text: str, utc: str) -> None:
    """Given an RFC 3339 instant, then it is that moment in UTC."""
    assert parse_instant(text).isoformat() == utc


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T02:00:00", "2026-01-05 02:00:00Z", "2026-01-05t02:00:00Z", "2026-01-05T02:00:00z",
        "2026-01-05T02:00Z", "2026-01-05T02:00:00.Z", "2026-01-05T02:00:00.1234567Z", "2026-01-05T02:00:00,5Z",
        "2026-01-05T02:00:00+0800", "2026-01-05T02:00:00+08", "2026-01-05T02:00:00+08:00:00",
        "2026-01-05T02:00:00+24:00", "2026-01-05T02:00:00+08:60", "2026-01-05T24:00:00Z", "2026-01-05T02:60:00Z",
        "2026-01-05T23:59:60Z", "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "20260105T020000Z", "2026-W02-1T00:00:00Z",
        "２026-01-05T02:00:00Z", "2026-01-05T02:00:00Z\n", "",
    ],
)  # fmt: skip
def test_any_other_instant_is_malformed(text: str) -> None:
    """Given another form, or a day or hour that does not exist, then it is refused."""
    with pytest.raises(Malformed):
        parse_instant(text)
