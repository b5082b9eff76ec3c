"""A submission: an envelope and the statements that it signs, before the lock.

What can be checked without the head is checked here, in the caller's thread: form, digests, signatures.
What fails here is answered without record, for nobody known has signed it rightly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ledger.canonical import Malformed, canonical_bytes, load_object
from ledger.ed25519 import SignatureInvalid
from ledger.envelope import (
    MAX_ENVELOPE_BYTES,
    Envelope,
    parse_envelope,
    statement_hash,
    verify_signatures,
)

MAX_SUBMISSION_BYTES = 8 * 1024 * 1024

Code = Literal["malformed", "wrong-ledger", "digest-mismatch", "unknown-key", "bad-signature", "too-long"]


class NotAccepted(ValueError):
    """Answered without record; ``code`` is stable, kebab-case."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code


@dataclass(frozen=True, slots=True)
class Submission:
    """A parsed envelope and the exact bytes of its statements, in the order of its lines."""

    envelope: Envelope
    statements: tuple[bytes, ...]

    @property
    def size_bytes(self) -> int:
        """The bytes of envelope and statements together."""
        return len(self.envelope.raw) + sum(map(len, self.statements))


def encode_submission(envelope: bytes, statements: Sequence[bytes]) -> bytes:
    """Return the JSON that carries an envelope and its statements, each as the exact text."""
    return canonical_bytes({"envelope": envelope.decode(), "statements": [s.decode() for s in statements]})


def decode_submission(data: bytes) -> tuple[bytes, list[bytes]]:
    """Return the envelope's and the statements' bytes from ``{"envelope": "…", "statements": ["…", …]}``.

    Raises:
        NotAccepted: too long, or not of that form. White space and order of members are free here.
    """
    if len(data) > MAX_SUBMISSION_BYTES:
        raise NotAccepted(
            "too-long", f"submission: {len(data)} bytes, at most {MAX_SUBMISSION_BYTES} are allowed"
        )
    try:
        whole: dict[str, Any] = load_object(data, what="submission")
        envelope, statements = whole.get("envelope"), whole.get("statements")
        if whole.keys() != {"envelope", "statements"} or not isinstance(envelope, str):
            raise Malformed('submission: {"envelope": "<text>", "statements": ["<text>", …]} is wanted')
        if not isinstance(statements, list) or not all(isinstance(s, str) for s in statements):
            raise Malformed("submission: statements is not a list of texts")
        return envelope.encode(), [statement.encode() for statement in statements]
    except (Malformed, UnicodeEncodeError) as error:
        raise NotAccepted("malformed", str(error)) from None


def prepare(
    envelope: bytes, statements: Sequence[bytes], *, ledger: str, public_key: Callable[[str], bytes | None]
) -> Submission:
    """Check all that needs no head: form, ledger, digests, every signature.

    Args:
        envelope: the exact bytes.
        statements: the exact bytes of each, in the order of the payload's lines.
        ledger: this ledger's origin.
        public_key: keyid → key ever registered here.

    Raises:
        NotAccepted: with code and message; nothing was recorded.
    """
    try:
        parsed = parse_envelope(envelope)
    except Malformed as error:
        raise NotAccepted(
            "too-long" if len(envelope) > MAX_ENVELOPE_BYTES else "malformed", str(error)
        ) from None
    if parsed.head.ledger != ledger:
        raise NotAccepted(
            "wrong-ledger", f"the envelope is for {parsed.head.ledger!r}, this ledger is {ledger!r}"
        )
    hashes = tuple(statement_hash(statement) for statement in statements)
    if hashes != parsed.statement_hashes:
        place = next(
            (n for n, (a, b) in enumerate(zip(hashes, parsed.statement_hashes, strict=False), 1) if a != b),
            min(len(hashes), len(parsed.statement_hashes)) + 1,
        )
        raise NotAccepted(
            "digest-mismatch", f"statement {place} does not hash to line {place} of the payload"
        )
    unknown = [keyid for keyid in parsed.head.signers if public_key(keyid) is None]
    if unknown:
        raise NotAccepted(
            "unknown-key", f"signer {unknown[0]}: no such key was ever registered in this ledger"
        )
    try:
        verify_signatures(parsed, public_key)
    except SignatureInvalid as error:
        raise NotAccepted("bad-signature", str(error)) from None
    return Submission(parsed, tuple(statements))
