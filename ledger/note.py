"""C2SP signed notes: text with one or more signature lines.

    <text, ending in a newline>
    <an empty line>
    — <key name> <base64(4-byte key ID || signature)>

A note is UTF-8 without control characters other than the newline. The text is all that stands before the
last empty line, its final newline included; signatures are over the text alone. Key names are non-empty,
without Unicode spaces and ``+``. Of the signature types there is one here, Ed25519 (type byte 0x01):

    key ID = SHA-256(name || 0x0A || 0x01 || 32-byte public key)[:4]

A key is written as a *verifier key* (vkey): ``<name>+<key ID in hex>+<base64(0x01 || public key)>``.

Name and key ID together pick the key. Signatures by keys that the reader does not know are ignored, so that
others may countersign; a signature that a known key should have made and did not is refused.

Source: c2sp.org/signed-note. RFC 8032 for Ed25519, in the strict reading of ``ledger.ed25519``.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.canonical import Malformed
from ledger.ed25519 import PUBLIC_KEY_SIZE, SignatureInvalid, check_public_key, raw_public_key, verify

# The specification wants 16 signatures at least; a post-quantum one takes some 7 KB in base64.
MAX_NOTE_BYTES: Final = 1 << 20
MAX_SIGNATURES: Final = 100

_KEY_ID_SIZE = 4
_ED25519 = b"\x01"
_DASH = "— "


class SignatureFailed(ValueError):
    """A signature line names a known key, and that key did not make it."""


class UnknownKeys(ValueError):
    """None of the keys that signed a note is known to its reader."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A named Ed25519 public key (32 bytes, strictly valid)."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        try:
            check_public_key(self.public_key)
        except SignatureInvalid as error:
            raise Malformed(f"verifier key {self.name!r}: {error}") from None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key that a vkey states.

        Raises:
            Malformed: another form or signature type, or a key ID that is not that of the name and key.
        """
        parts = text.split("+", 2)  # base64 may hold further plus signs
        if len(parts) != 3:
            raise Malformed(f"verifier key {text[:250]!r}: <name>+<key ID>+<base64> is wanted")
        name, key_id, encoded = parts
        key = decode_base64(encoded, "verifier key")
        if len(key) != 1 + PUBLIC_KEY_SIZE or key[:1] != _ED25519:
            raise Malformed(f"verifier key {name!r}: not an Ed25519 key (type byte 1 and 32 bytes)")
        verifier = cls(name, key[1:])
        if verifier.key_id.hex() != key_id:
            raise Malformed(f"verifier key {name!r}: its key ID is {verifier.key_id.hex()}, not {key_id!r}")
        return verifier

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that stand before each signature."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public_key).digest()[:_KEY_ID_SIZE]

    # typing has no override() before Python 3.12, and an auditor's modules need no package for it.
    def __str__(self) -> str:  # type: ignore[explicit-override]
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public_key).decode()}"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: who claims to have signed, and the signature without its key ID."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the signature line, its newline included."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note. Its text means nothing until ``verify_note`` has named a key that signed it."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def to_bytes(self) -> bytes:
        """Return the note as ``parse_note`` takes it."""
        return f"{self.text}\n{''.join(signature.line() for signature in self.signatures)}".encode()


class NoteSigner:
    """A named Ed25519 private key. Equal texts get equal signatures (RFC 8032)."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        self._private_key = private_key
        self.verifier_key = VerifierKey(name, raw_public_key(private_key))

    def sign(self, text: str) -> NoteSignature:
        """Return the signature line for a text."""
        signature = self._private_key.sign(text.encode())
        return NoteSignature(self.verifier_key.name, self.verifier_key.key_id, signature)


def sign_note(text: str, *signers: NoteSigner) -> bytes:
    """Return the note that these signers make of a text, their lines in this order.

    Raises:
        Malformed: the text cannot stand in a note, or nobody signs it.
    """
    note = Note(text, tuple(signer.sign(text) for signer in signers)).to_bytes()
    if parse_note(note).text != text:
        raise Malformed("note: the text does not end in a newline")
    return note


def parse_note(data: bytes) -> Note:
    """Return the parts of a note; nothing is verified.

    Raises:
        Malformed: not a signed note; more than 1 MiB or 100 signatures.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise Malformed(f"note: {len(data)} bytes, at most {MAX_NOTE_BYTES} are allowed")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise Malformed(f"note: not UTF-8 at byte {error.start}") from None
    if any(character < " " and character != "\n" for character in set(whole)):
        raise Malformed("note: a control character other than newline")
    body, blank, lines = whole.rpartition("\n\n")
    if not blank:
        raise Malformed("note: no empty line between text and signatures")
    if not lines.endswith("\n"):
        raise Malformed("note: the last signature line does not end in a newline")
    signatures = lines[:-1].split("\n")
    if len(signatures) > MAX_SIGNATURES:
        raise Malformed(f"note: {len(signatures)} signatures, at most {MAX_SIGNATURES} are allowed")
    return Note(body + "\n", tuple(map(_parse_signature, signatures)))


def verify_note(note: Note, keys: Sequence[VerifierKey]) -> list[VerifierKey]:
    """Return those of the keys that signed the note, one at least, each once.

    Raises:
        SignatureFailed: a line names one of the keys, and its signature is not that key's.
        UnknownKeys: no line names one of the keys.
    """
    known = {(key.name, key.key_id): key for key in keys}
    signed: list[VerifierKey] = []
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        try:
            verify(key.public_key, line.signature, note.text.encode())
        except SignatureInvalid as error:
            raise SignatureFailed(f"note: {key.name} ({key.key_id.hex()}): {error}") from None
        if key not in signed:
            signed.append(key)
    if not signed:
        signers = ", ".join(f"{line.name} ({line.key_id.hex()})" for line in note.signatures)
        raise UnknownKeys(f"note: signed by {signers}, and none of these keys is known")
    return signed


def decode_base64(text: str, what: str) -> bytes:
    """Return the bytes of padded standard base64 that re-encodes to itself (RFC 4648 section 4).

    Raises:
        Malformed: anything else; ``what`` names the place.
    """
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(f"{what}: not padded standard base64") from None
    if b64encode(data).decode() != text:
        raise Malformed(f"{what}: base64 with stray bits in its last character")
    return data


def _parse_signature(line: str) -> NoteSignature:
    if not line.startswith(_DASH):
        raise Malformed(f"note: a signature line begins with an em dash and a space, not {line[:20]!r}")
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    _check_name(name)
    data = decode_base64(encoded, f"note: signature of {name!r}")
    if len(data) <= _KEY_ID_SIZE:
        raise Malformed(f"note: signature of {name!r}: nothing follows the key ID")
    return NoteSignature(name, data[:_KEY_ID_SIZE], data[_KEY_ID_SIZE:])


def _check_name(name: str) -> None:
    if not name or "+" in name or any(character.isspace() or character < " " for character in name):
        raise Malformed(f"key name {name[:250]!r}: empty, or with a space or '+'")
