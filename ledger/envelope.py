"""An envelope: what an agency's officers sign (DSSE in a strict profile; docs/spec/ledger-format.md, 2).

The payload is lines joined by a newline: line 0 the head (canonical JSON), then the lower-case hex SHA-256 of
each statement's bytes. One signature so covers a whole lot, and the envelope can be published without the
statements of other enterprises. The statements travel beside it::

    {"envelope": "<the exact text>", "statements": ["<the exact text>", …]}

Every signature must verify; ``signers`` and the signatures agree in order. The envelope is its own RFC 8785
form, and its digest is the SHA-256 of its bytes.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.canonical import Malformed, canonical_bytes, parse_canonical
from ledger.ed25519 import SignatureInvalid, key_id, raw_public_key, verify

PAYLOAD_TYPE = "application/vnd.quota-ledger.envelope"
MAX_SIGNATURES = 16
MAX_STATEMENTS = 1_000
# 16 signers and 1,000 lines come to some 67 KB of payload and 92 KB of envelope.
MAX_ENVELOPE_BYTES = 131_072
MAX_SEQ = 2**53 - 1
AGENCIES = ("commerce", "transport", "police", "customs", "operator")

_HASH_DIGITS = 64
_HASH = re.compile(r"[0-9a-f]{64}\Z")
# Hours to 23 and minutes to 59, in the offset too: fromisoformat is laxer, and not alike in every Python.
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_INSTANT = re.compile(rf"\d{{4}}-\d\d-\d\dT{_TIME}:\d\d(\.\d{{1,6}})?(Z|[+-]{_TIME})\Z", re.ASCII)
_HEAD_MEMBERS = {"agency", "ledger", "seen", "seq", "signed_at", "signers", "v"}


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry that the signer's client has verified: its index and leaf hash (hex)."""

    index: int
    leaf_hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """Line 0 of the payload."""

    agency: str
    ledger: str
    seen: Seen | None
    seq: int
    signed_at: str
    signers: tuple[str, ...]

    @property
    def signed_instant(self) -> datetime:
        """``signed_at`` as an aware UTC instant."""
        return parse_instant(self.signed_at)

    def line(self) -> bytes:
        """Return the canonical head line."""
        return canonical_bytes(
            {
                "agency": self.agency,
                "ledger": self.ledger,
                "seen": None if self.seen is None else [self.seen.index, self.seen.leaf_hash],
                "seq": self.seq,
                "signed_at": self.signed_at,
                "signers": list(self.signers),
                "v": 1,
            }
        )


@dataclass(frozen=True, slots=True)
class Envelope:
    """A parsed envelope; ``raw`` is what was received, to the byte."""

    raw: bytes
    digest: str
    payload: bytes
    head: Head
    statement_hashes: tuple[str, ...]
    signatures: tuple[bytes, ...]
    """In the order of ``head.signers``."""


def parse_instant(text: str) -> datetime:
    """Return an RFC 3339 instant (Z or ±hh:mm, up to six decimals) in UTC.

    Raises:
        Malformed: another form, or no such day or hour.
    """
    if not _INSTANT.match(text):
        raise Malformed(f"{text[:40]!r} is not an RFC 3339 instant with Z or ±hh:mm")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed(f"{text[:40]!r} is no instant") from None


def pre_authentication_encoding(payload: bytes) -> bytes:
    """Return what is signed: DSSE v1 PAE of our payload type and the payload."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def parse_envelope(raw: bytes) -> Envelope:
    """Return the envelope; its form is checked, its signatures are not.

    Raises:
        Malformed: any departure from the profile.
    """
    whole = parse_canonical(raw, max_bytes=MAX_ENVELOPE_BYTES, what="envelope")
    if whole.keys() != {"payload", "payloadType", "signatures"}:
        raise Malformed("envelope: the members are payload, payloadType and signatures, no other")
    if whole["payloadType"] != PAYLOAD_TYPE:
        raise Malformed(f"envelope: payloadType is not {PAYLOAD_TYPE}")
    payload = _base64(whole["payload"], "payload")
    head, hashes = _parse_payload(payload)
    signatures = whole["signatures"]
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= MAX_SIGNATURES:
        raise Malformed(f"envelope: signatures is not a list of 1 to {MAX_SIGNATURES}")
    raw_signatures = []
    for number, signature in enumerate(signatures):
        if not isinstance(signature, dict) or signature.keys() != {"keyid", "sig"}:
            raise Malformed(f"envelope: signatures[{number}] has not exactly the members keyid and sig")
        if number >= len(head.signers) or signature["keyid"] != head.signers[number]:
            raise Malformed(f"envelope: signatures[{number}].keyid is not signers[{number}]")
        raw_signatures.append(_base64(signature["sig"], f"signatures[{number}].sig"))
    if len(raw_signatures) != len(head.signers):
        raise Malformed(f"envelope: {len(head.signers)} signers, {len(raw_signatures)} signatures")
    digest = hashlib.sha256(raw).hexdigest()
    return Envelope(raw, digest, payload, head, hashes, tuple(raw_signatures))


def verify_signatures(envelope: Envelope, public_key: Callable[[str], bytes | None]) -> None:
    """Verify every signature of ``envelope``.

    Args:
        envelope: the parsed envelope.
        public_key: keyid → the 32 bytes that were registered under it, None when there are none.

    Raises:
        SignatureInvalid: a key is unknown or a signature does not verify; the message names the signer.
    """
    message = pre_authentication_encoding(envelope.payload)
    for keyid, signature in zip(envelope.head.signers, envelope.signatures, strict=True):
        key = public_key(keyid)
        if key is None:
            raise SignatureInvalid(f"signer {keyid}: no such key is registered in this ledger")
        try:
            verify(key, signature, message)
        except SignatureInvalid as error:
            raise SignatureInvalid(f"signer {keyid}: {error}") from None


def statement_hash(statement: bytes) -> str:
    """Return the lower-case hex SHA-256 of a statement's bytes."""
    return hashlib.sha256(statement).hexdigest()


def encode_payload(head: Head, statements: Sequence[bytes]) -> bytes:
    """Return the payload to be signed for these statements, in this order."""
    return b"\n".join([head.line(), *(statement_hash(statement).encode() for statement in statements)])


def encode_envelope(payload: bytes, signatures: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the envelope's bytes from its payload and (keyid, signature) pairs in the signers' order."""
    return canonical_bytes(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": k, "sig": base64.b64encode(s).decode()} for k, s in signatures],
        }
    )


def sign_envelope(
    agency: str,
    ledger: str,
    seen: Seen | None,
    seq: int,
    signed_at: str,
    statements: Sequence[bytes],
    keys: Sequence[Ed25519PrivateKey],
) -> bytes:
    """Return the bytes of an envelope over ``statements``, signed by all of ``keys`` in this order.

    Raises:
        Malformed: a value outside the profile.
    """
    signers = tuple(key_id(raw_public_key(key)) for key in keys)
    payload = encode_payload(Head(agency, ledger, seen, seq, signed_at, signers), statements)
    message = pre_authentication_encoding(payload)
    raw = encode_envelope(payload, [(k, key.sign(message)) for k, key in zip(signers, keys, strict=True)])
    parse_envelope(raw)  # what we make, we would take
    return raw


def _parse_payload(payload: bytes) -> tuple[Head, tuple[str, ...]]:
    first, newline, lines = payload.partition(b"\n")
    rest = lines.split(b"\n") if newline else []
    if not 1 <= len(rest) <= MAX_STATEMENTS:
        raise Malformed(f"payload: {len(rest)} statement lines, 1 to {MAX_STATEMENTS} are allowed")
    # All at once: an envelope has up to a thousand, and a pattern takes longer for each.
    if set(map(len, rest)) != {_HASH_DIGITS} or lines.translate(None, b"0123456789abcdef\n"):
        number = next(at for at, line in enumerate(rest, start=1) if not _HASH.match(line.decode("latin-1")))
        raise Malformed(f"payload: line {number} is not 64 lower-case hex digits")
    return _parse_head(first), tuple(lines.decode().split("\n"))


def _parse_head(line: bytes) -> Head:
    head = parse_canonical(line, max_bytes=MAX_ENVELOPE_BYTES, what="head line")
    if head.keys() != _HEAD_MEMBERS:
        raise Malformed(f"head line: members {sorted(head.keys() ^ _HEAD_MEMBERS)} are missing or unknown")
    if not _is_whole(head["v"], 1, 1):
        raise Malformed("head line: v is not 1")
    if head["agency"] not in AGENCIES:
        raise Malformed(f"head line: agency is none of {', '.join(AGENCIES)}")
    if not isinstance(head["ledger"], str):
        raise Malformed("head line: ledger is not a text")
    if not _is_whole(head["seq"], 1, MAX_SEQ):
        raise Malformed("head line: seq is not a whole number from 1")
    if not isinstance(head["signed_at"], str):
        raise Malformed("head line: signed_at is not a text")
    try:
        parse_instant(head["signed_at"])
    except Malformed as error:
        raise Malformed(f"head line: signed_at: {error}") from None
    signers = head["signers"]
    if not isinstance(signers, list) or not 1 <= len(signers) <= MAX_SIGNATURES:
        raise Malformed(f"head line: signers is not a list of 1 to {MAX_SIGNATURES}")
    if not all(isinstance(keyid, str) and _HASH.match(keyid) for keyid in signers):
        raise Malformed("head line: a signer is not 64 lower-case hex digits")
    if len(set(signers)) != len(signers):
        raise Malformed("head line: a signer is named twice")
    return Head(
        head["agency"],
        head["ledger"],
        _parse_seen(head["seen"]),
        head["seq"],
        head["signed_at"],
        tuple(signers),
    )


def _parse_seen(value: Any) -> Seen | None:
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 2:
        index, leaf_hash = value
        if _is_whole(index, 0, MAX_SEQ) and isinstance(leaf_hash, str) and _HASH.match(leaf_hash):
            return Seen(index, leaf_hash)
    raise Malformed("head line: seen is neither null nor [index, leaf hash]")


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _base64(value: object, what: str) -> bytes:
    if not isinstance(value, str):
        raise Malformed(f"envelope: {what} is not a text")
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(f"envelope: {what} is not padded standard base64") from None
    # Trailing bits that are not zero decode too; only one text may stand for the bytes.
    if base64.b64encode(data).decode() != value:
        raise Malformed(f"envelope: {what} is not the base64 that its bytes encode to")
    return data
