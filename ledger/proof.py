"""C2SP tlog-proof v1: one text that shows, offline, that an entry is in a ledger.

    c2sp.org/tlog-proof@v1
    extra <base64>              only if there is extra data; nothing vouches for it
    index <N>                   from 0, decimal
    <base64 of a hash>          the inclusion proof, from the leaf's sibling upwards: 0 to 64 lines
    <an empty line>
    <the checkpoint, a signed note, as it is>

Source: c2sp.org/tlog-proof.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.canonical import Malformed
from ledger.checkpoint import Checkpoint, open_checkpoint, parse_decimal
from ledger.merkle import HASH_SIZE, MAX_SIZE, verify_inclusion
from ledger.note import MAX_NOTE_BYTES, VerifierKey, decode_base64, parse_note

MAX_HASHES: Final = 64  # the height of a tree of 2^64 leaves
MAX_EXTRA_BYTES: Final = 65_536
# Every part at its largest; base64 writes 3 bytes in 4 characters.
MAX_PROOF_BYTES: Final = MAX_NOTE_BYTES + MAX_EXTRA_BYTES * 4 // 3 + MAX_HASHES * 45 + 100

_FIRST_LINE = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class InclusionText:
    """The parts of a tlog-proof; the checkpoint is the bytes of the note, unverified."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index <= MAX_SIZE:
            raise Malformed(f"proof: index {self.index} is not between 0 and 2^64 - 1")
        if len(self.hashes) > MAX_HASHES:
            raise Malformed(f"proof: {len(self.hashes)} hashes, at most {MAX_HASHES} are possible")
        for number, value in enumerate(self.hashes):
            if len(value) != HASH_SIZE:
                raise Malformed(f"proof: hash {number} has {len(value)} bytes, not {HASH_SIZE}")
        if self.extra is not None and not 1 <= len(self.extra) <= MAX_EXTRA_BYTES:
            raise Malformed(f"proof: extra data of {len(self.extra)} bytes, not 1 to {MAX_EXTRA_BYTES}")
        parse_note(self.checkpoint)

    def text(self) -> str:
        """Return the tlog-proof."""
        lines = [_FIRST_LINE]
        if self.extra is not None:
            lines.append(f"extra {b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines.extend(b64encode(value).decode() for value in self.hashes)
        return "\n".join(lines) + "\n\n" + self.checkpoint.decode()

    def verify(self, leaf: bytes, key: VerifierKey) -> Checkpoint:
        """Check that the leaf hash stands at ``index`` under a checkpoint of this key; return the checkpoint.

        Raises:
            Malformed, UnknownKeys, SignatureFailed: the checkpoint, as of ``open_checkpoint``.
            ProofError: the hashes do not lead from the leaf to its root.
        """
        checkpoint = open_checkpoint(self.checkpoint, key)
        verify_inclusion(leaf, self.index, checkpoint.size, self.hashes, checkpoint.root)
        return checkpoint


def encode_proof(
    index: int, hashes: Sequence[bytes], checkpoint_note: bytes, extra: bytes | None = None
) -> str:
    """Return the tlog-proof of these parts.

    Raises:
        Malformed: one of them cannot stand in a tlog-proof.
    """
    return InclusionText(index, tuple(hashes), checkpoint_note, extra).text()


def parse_proof(text: str) -> InclusionText:
    """Return the parts of a tlog-proof; nothing is verified.

    Raises:
        Malformed: it is not one.
    """
    if len(text) > MAX_PROOF_BYTES:
        raise Malformed(f"proof: {len(text)} characters, at most {MAX_PROOF_BYTES} are allowed")
    head, blank, checkpoint = text.partition("\n\n")
    if not blank:
        raise Malformed("proof: no empty line before the checkpoint")
    first, *lines = head.split("\n")
    if first != _FIRST_LINE:
        raise Malformed(f"proof: the first line is {first[:40]!r}, not {_FIRST_LINE!r}")
    extra: bytes | None = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "), "proof: extra data")
    if not lines or not lines[0].startswith("index "):
        raise Malformed("proof: a line 'index <N>' is wanted before the hashes")
    index = parse_decimal(lines.pop(0).removeprefix("index "), "proof: index")
    if len(lines) > MAX_HASHES:
        raise Malformed(f"proof: {len(lines)} hashes, at most {MAX_HASHES} are possible")
    hashes = tuple(decode_base64(line, f"proof: hash {number}") for number, line in enumerate(lines))
    try:
        note = checkpoint.encode()
    except UnicodeEncodeError:
        raise Malformed("proof: the checkpoint holds a lone surrogate") from None
    return InclusionText(index, hashes, note, extra)
