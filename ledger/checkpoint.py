"""C2SP checkpoints: what a ledger is at one size, in three lines of a signed note.

    demo.example/export-quota                          origin: which ledger
    8                                                  size: the number of entries, decimal
    zX4XDq/cyVliNiXxOTjsES12cBTWsQXodRRK+VeS6oA=       root: base64 of the 32-byte Merkle root

There are no extension lines, and the name of the key that signs is the origin. The signed note around the
text is ``ledger.note``, whose names can also be imported from here.

Source: c2sp.org/tlog-checkpoint.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from ledger.canonical import Malformed
from ledger.merkle import HASH_SIZE, MAX_SIZE
from ledger.note import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Note,
    NoteSignature,
    NoteSigner,
    SignatureFailed,
    UnknownKeys,
    VerifierKey,
    decode_base64,
    parse_note,
    sign_note,
    verify_note,
)

__all__ = [
    "MAX_NOTE_BYTES",
    "MAX_ORIGIN_BYTES",
    "MAX_SIGNATURES",
    "Checkpoint",
    "Note",
    "NoteSignature",
    "NoteSigner",
    "SignatureFailed",
    "UnknownKeys",
    "VerifierKey",
    "check_origin",
    "open_checkpoint",
    "parse_checkpoint_text",
    "parse_decimal",
    "parse_note",
    "sign_note",
    "verify_note",
]

MAX_ORIGIN_BYTES: Final = 200

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9.-]*://")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,19}")  # 2^64 - 1 has 20 digits


def check_origin(origin: str) -> None:
    """Refuse an origin that is not a scheme-less URL of 1 to 200 printable ASCII bytes without '+'.

    Raises:
        Malformed: it is not.
    """
    if not 1 <= len(origin) <= MAX_ORIGIN_BYTES:
        raise Malformed(f"origin: {len(origin)} characters, 1 to {MAX_ORIGIN_BYTES} are wanted")
    if not re.fullmatch(r"[!-*,-~]+", origin):
        raise Malformed(f"origin {origin!r}: only printable ASCII without spaces and '+' is allowed")
    if _SCHEME.match(origin):
        raise Malformed(f"origin {origin!r}: a URL without its scheme is wanted")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The root (32 bytes) of the first ``size`` entries of the ledger that ``origin`` names."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        check_origin(self.origin)
        if not 0 <= self.size <= MAX_SIZE:
            raise Malformed(f"checkpoint: size {self.size} is not between 0 and 2^64 - 1")
        if len(self.root) != HASH_SIZE:
            raise Malformed(f"checkpoint: the root has {len(self.root)} bytes, not {HASH_SIZE}")

    def text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Return what the text of a note says, if it is a checkpoint of exactly three lines.

    Raises:
        Malformed: it is not.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise Malformed("checkpoint: three lines are wanted (origin, size, root), each ending in a newline")
    origin, size, encoded_root, _ = lines
    return Checkpoint(
        origin, parse_decimal(size, "checkpoint: size"), decode_base64(encoded_root, "checkpoint: root")
    )


def open_checkpoint(data: bytes, key: VerifierKey) -> Checkpoint:
    """Return the checkpoint in a note that the ledger's own key signed; other signatures are ignored.

    Raises:
        Malformed: not a note, not a checkpoint, or its origin is not the key's name.
        UnknownKeys: the key did not sign it.
        SignatureFailed: its signature does not verify.
    """
    note = parse_note(data)
    verify_note(note, [key])  # before the text: until it is signed for it means nothing
    checkpoint = parse_checkpoint_text(note.text)
    if checkpoint.origin != key.name:
        raise Malformed(f"checkpoint: the origin is {checkpoint.origin!r}, the key is that of {key.name!r}")
    return checkpoint


def parse_decimal(text: str, what: str) -> int:
    """Return a number of 0 to 2^64 − 1 written in ASCII digits without sign and leading zeros.

    Raises:
        Malformed: anything else; ``what`` names the place.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise Malformed(f"{what}: {text[:40]!r} is not a plain decimal number of 0 to 2^64 - 1")
    return int(text)
