"""Signing a submission in turn: a second officer, elsewhere, adds a signature to what the first one began.

Until all have signed, the envelope has fewer signatures than its head line has signers, and no ledger takes
it.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.canonical import Malformed, parse_canonical
from ledger.ed25519 import key_id, raw_public_key
from ledger.envelope import (
    MAX_ENVELOPE_BYTES,
    Head,
    encode_envelope,
    encode_payload,
    pre_authentication_encoding,
    statement_hash,
)
from ledger.submission import decode_submission, encode_submission


class Signer(Protocol):
    """Holds a private key, in memory or in a device."""

    @property
    def keyid(self) -> str:
        """The hex SHA-256 of the raw public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes) of a message."""
        ...


class KeySigner:
    """A private key in memory."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.keyid = key_id(raw_public_key(key))

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message."""
        return self._key.sign(message)


def begin_submission(head: Head, statements: Sequence[bytes], signers: Sequence[Signer]) -> bytes:
    """Return a submission over ``statements`` with the signatures of ``signers``, some or all of the head's.

    Raises:
        Malformed: a signer whom the head does not name.
    """
    return _signed(encode_payload(head, statements), head.signers, {}, signers, statements)


def add_signatures(submission: bytes, signers: Sequence[Signer]) -> bytes:
    """Return the submission with the signatures of ``signers`` where its head line wants them.

    Raises:
        NotAccepted: no submission.
        Malformed: no envelope that was begun here, other statements than it names, a signer that it does not
            name.
    """
    envelope, statements = decode_submission(submission)
    whole = parse_canonical(envelope, max_bytes=MAX_ENVELOPE_BYTES, what="envelope")
    try:
        payload = base64.b64decode(whole["payload"], validate=True)
        line, *hashes = payload.split(b"\n")
        names = [str(name) for name in json.loads(line)["signers"]]
        have = {s["keyid"]: base64.b64decode(s["sig"], validate=True) for s in whole["signatures"]}
    except (ValueError, KeyError, TypeError):
        raise Malformed("not an envelope that was begun by `quota-ledger sign` or by a client") from None
    if hashes != [statement_hash(s).encode() for s in statements]:
        raise Malformed("the statements are not those that the envelope names; do not sign it")
    return _signed(payload, names, have, signers, statements)


def _signed(
    payload: bytes,
    names: Sequence[str],
    have: Mapping[str, bytes],
    signers: Sequence[Signer],
    statements: Sequence[bytes],
) -> bytes:
    message = pre_authentication_encoding(payload)
    signatures = dict(have)
    for signer in signers:
        if signer.keyid not in names:
            raise Malformed(f"key {signer.keyid}: not among the signers that the envelope names")
        signatures[signer.keyid] = signer.sign(message)
    given = [(name, signatures[name]) for name in names if name in signatures]
    return encode_submission(encode_envelope(payload, given), statements)
