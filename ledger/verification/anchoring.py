"""Checkpoints and anchors: which notes count, what they commit to, and what stands against an anchor.

A note that the expected key did not sign at all is of another ledger (``inconsistent``); any other damage of
a note is a break of the ledger (``checkpoint``). Trusted checkpoints are the verifier's own, so whatever is
wrong with one stands against it (``inconsistent``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.anchor import Anchor
from ledger.canonical import Malformed
from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint_text, parse_note
from ledger.note import SignatureFailed, UnknownKeys, VerifierKey
from ledger.source import BreakClass
from ledger.verification.result import Breaks
from ledger.verification.trusted import Trusted


@dataclass(frozen=True, slots=True)
class Commitment:
    """A root that the tree of ``checkpoint.size`` entries must have, and the break if it has not."""

    checkpoint: Checkpoint
    class_: BreakClass
    name: str


@dataclass(frozen=True, slots=True)
class Commitments:
    """What the notes at hand commit to."""

    text: str | None
    """The newest note of the source, whoever signed it."""
    own_size: int | None
    """The size of the newest note of the source that the ledger's own key signed."""
    all: tuple[Commitment, ...]


def gather(
    notes: Sequence[bytes],
    trusted: Sequence[Trusted],
    anchor: Anchor | None,
    own_key: VerifierKey | None,
    breaks: Breaks,
    known: Checkpoint | None = None,
) -> Commitments:
    """Open the notes of the source and the trusted ones.

    Args:
        notes: of the source, the newest last.
        trusted: given by the verifier, each of its own name.
        anchor: given by the verifier.
        own_key: the operator key that entry 0 names, None when entry 0 cannot tell.
        breaks: where breaks are listed.
        known: what the verifier found itself in an earlier audit.
    """
    key = anchor.operator_key if anchor is not None else own_key
    found: list[Commitment] = []
    text: str | None = None
    for note in notes:
        try:
            parse_note(note)
            text = note.decode()
        except Malformed as error:
            breaks.add("checkpoint", None, str(error), cause=("checkpoint", note))
            continue
        checkpoint = _own(note, key, own_key, breaks)
        if checkpoint is not None:
            found.append(Commitment(checkpoint, "tree", f"the checkpoint of size {checkpoint.size}"))
    own_size = max((c.checkpoint.size for c in found), default=None)
    for name, note in trusted:
        try:
            checkpoint = _trusted(note, key)
        except (Malformed, SignatureFailed, UnknownKeys) as error:
            breaks.add("inconsistent", None, f"{name}: {error}", cause=name)
            continue
        found.append(Commitment(checkpoint, "inconsistent", name))
    if known is not None:
        found.append(Commitment(known, "inconsistent", "the earlier audit"))
    return Commitments(text, own_size, tuple(found))


def check_genesis(anchor: Anchor, genesis: bytes | None, breaks: Breaks) -> None:
    """Compare entry 0, by the leaf hash that the ledger claims for it, with the anchor's."""
    if genesis is not None and genesis.hex() != anchor.genesis:
        breaks.add(
            "inconsistent", 0, f"entry 0 has leaf hash {genesis.hex()}, the anchor's ledger {anchor.genesis}"
        )


def _own(
    note: bytes, key: VerifierKey | None, own_key: VerifierKey | None, breaks: Breaks
) -> Checkpoint | None:
    """Return the checkpoint of the source's own note if a key that may sign it did."""
    if key is None:
        return None  # entry 0 cannot name the key, and that is listed there
    try:
        return open_checkpoint(note, key)
    except UnknownKeys as error:
        breaks.add("inconsistent", None, f"checkpoint: {error}", cause="checkpoint key")
    except (Malformed, SignatureFailed) as error:
        breaks.add("checkpoint", None, str(error), cause=("checkpoint", note))
        return None
    # Another ledger than the anchor's; whether it agrees with itself can still be said.
    if own_key is None or own_key == key:
        return None
    try:
        return open_checkpoint(note, own_key)
    except (Malformed, SignatureFailed, UnknownKeys) as error:
        breaks.add("inconsistent", None, str(error), cause="checkpoint key")
        return None


def _trusted(note: bytes, key: VerifierKey | None) -> Checkpoint:
    if key is None:
        checkpoint = parse_checkpoint_text(parse_note(note).text)
        raise UnknownKeys(f"no key is known that {checkpoint.origin} signs with")
    checkpoint = open_checkpoint(note, key)
    if checkpoint.size < 1:
        raise Malformed("size 0 commits to nothing; 1 at least is wanted")
    return checkpoint
