"""A receipt, verified offline: that the ledger behind a checkpoint holds this statement, and nothing more."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from time import perf_counter
from typing import Any

from ledger.anchor import Anchor
from ledger.canonical import Malformed
from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint_text, parse_note
from ledger.entry import Header, derive, parse_header, parse_statement
from ledger.merkle import ProofError, leaf_hash, verify_inclusion
from ledger.note import SignatureFailed, UnknownKeys
from ledger.proof import InclusionText, parse_proof
from ledger.receipt import Receipt, parse_receipt
from ledger.source import Break, BreakClass
from ledger.verification.result import FORMAT, Integrity, Verdict
from ledger.verification.trusted import Trusted
from ledger.verification.types import shanghai_date


class _Broken(Exception):
    """What the receipt fails by."""

    def __init__(self, class_: BreakClass, detail: str) -> None:
        super().__init__(detail)
        self.class_: BreakClass = class_


@dataclass(frozen=True, slots=True)
class ReceiptVerification:
    """The answer about one receipt."""

    header: Header | None
    checkpoint: Checkpoint | None
    note: str | None
    """The checkpoint with its signatures, as the receipt has it."""
    anchored: bool
    breaks: tuple[Break, ...]
    unreadable: bool
    notes: tuple[str, ...]
    seconds: float

    @property
    def integrity(self) -> Integrity:
        """INTACT when the statement is included under the receipt's checkpoint."""
        if self.unreadable:
            return "UNREADABLE"
        return "BROKEN" if any(b.class_ != "inconsistent" for b in self.breaks) else "INTACT"

    @property
    def verdict(self) -> Verdict:
        """PROVED: included under an anchored checkpoint."""
        if self.integrity != "INTACT":
            return "UNREADABLE" if self.unreadable else "BROKEN"
        return "UNANCHORED" if self.breaks or not self.anchored else "PROVED"

    @property
    def exit_code(self) -> int:
        """0 included, 1 damaged or not included, 3 unreadable, 4 not anchored or against the anchor."""
        return {"PROVED": 0, "BROKEN": 1, "UNREADABLE": 3}.get(self.verdict, 4)

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``verify --json`` prints for a receipt: the first question only."""
        header, checkpoint = self.header, self.checkpoint
        recorded_at = None if header is None else datetime.fromisoformat(header.recorded_at)
        return {
            "format": FORMAT,
            "origin": checkpoint and checkpoint.origin,
            "size": checkpoint and checkpoint.size,
            "root": checkpoint and b64encode(checkpoint.root).decode(),
            "checkpoint": self.note,
            "anchored": self.anchored,
            "as_known_at": header and header.index,
            "as_of": recorded_at and shanghai_date(recorded_at).isoformat(),
            "integrity": {
                "verdict": self.integrity,
                "breaks": [{"class": b.class_, "index": b.index, "detail": b.detail} for b in self.breaks],
            },
            "verdict": self.verdict,
            "notes": list(self.notes),
            "seconds": self.seconds,
        }


def verify_receipt(
    receipt: bytes, statement: bytes, anchor: Anchor | None, trusted: Sequence[Trusted] = ()
) -> ReceiptVerification:
    """Verify a receipt with the statement that it is about.

    Args:
        receipt: the receipt file.
        statement: the exact bytes of the statement.
        anchor: which ledger it should be in. Without one, only a trusted checkpoint of the same size helps.
        trusted: checkpoint notes that the verifier trusts.

    Returns:
        The answer; nothing in these bytes raises.
    """
    began = perf_counter()
    header: Header | None = None
    checkpoint: Checkpoint | None = None
    note: str | None = None
    breaks: list[Break] = []
    notes: list[str] = []
    anchored = False
    unreadable = False
    try:
        parsed = parse_receipt(receipt)
    except Malformed as error:
        unreadable = True
        notes.append(str(error))
    else:
        try:
            header = _header(parsed, statement)
            proof = _proof(parsed, header)
            note = proof.checkpoint.decode()
            data = header.line() + b"\n" + statement
            checkpoint = _included(proof, leaf_hash(data))
            anchored = _anchor(proof, checkpoint, anchor, trusted, breaks, notes)
            if anchor is not None and header.index == 0 and leaf_hash(data).hex() != anchor.genesis:
                breaks.append(Break("inconsistent", 0, "entry 0 is not that of the anchor"))
        except _Broken as error:
            breaks.append(Break(error.class_, None if header is None else header.index, str(error)))
    seconds = round(perf_counter() - began, 3)
    return ReceiptVerification(
        header, checkpoint, note, anchored, tuple(breaks), unreadable, tuple(notes), seconds
    )  # fmt: skip


def _header(receipt: Receipt, statement: bytes) -> Header:
    digest = sha256(statement).hexdigest()
    if digest != receipt.statement_sha256:
        raise _Broken(
            "leaf", f"the statement hashes to {digest}, the receipt is for {receipt.statement_sha256}"
        )
    try:
        header = parse_header(receipt.header)
        whole = parse_statement(statement)
    except Malformed as error:
        raise _Broken("malformed", str(error)) from None
    derived = derive(whole)
    if derived.subjects != tuple(s.key for s in header.subjects) or derived.tags != header.tags:
        raise _Broken("keys", "the header's subjects or tags are not those of the statement")
    if whole.get("type") != header.type:
        raise _Broken("malformed", f"the header says {header.type!r}, the statement {whole.get('type')!r}")
    return header


def _proof(receipt: Receipt, header: Header) -> InclusionText:
    if receipt.proof is None:
        raise _Broken("missing", "no checkpoint yet: the receipt has no proof; fetch it again later")
    try:
        proof = parse_proof(receipt.proof)
    except Malformed as error:
        raise _Broken("malformed", str(error)) from None
    if proof.index != header.index:
        raise _Broken("tree", f"the proof is of entry {proof.index}, the header of entry {header.index}")
    return proof


def _included(proof: InclusionText, leaf: bytes) -> Checkpoint:
    """Return what the checkpoint says, its signature not yet asked for, if the leaf is under its root."""
    try:
        checkpoint = parse_checkpoint_text(parse_note(proof.checkpoint).text)
    except Malformed as error:
        raise _Broken("checkpoint", str(error)) from None
    try:
        verify_inclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    except ProofError as error:
        raise _Broken("tree", str(error)) from None
    return checkpoint


def _anchor(
    proof: InclusionText,
    checkpoint: Checkpoint,
    anchor: Anchor | None,
    trusted: Sequence[Trusted],
    breaks: list[Break],
    notes: list[str],
) -> bool:
    """Say whether something that the verifier holds vouches for the checkpoint."""
    anchored = False
    if anchor is not None:
        try:
            open_checkpoint(proof.checkpoint, anchor.operator_key)
            anchored = True
        except UnknownKeys as error:
            breaks.append(Break("inconsistent", None, str(error)))
        except (Malformed, SignatureFailed) as error:
            raise _Broken("checkpoint", str(error)) from None
    roots = {(checkpoint.origin, checkpoint.size): (checkpoint.root, "that of the receipt")}
    for name, note in trusted:
        try:
            if anchor is None:
                known = parse_checkpoint_text(parse_note(note).text)
            else:
                known = open_checkpoint(note, anchor.operator_key)
        except (Malformed, SignatureFailed, UnknownKeys) as error:
            breaks.append(Break("inconsistent", None, f"{name}: {error}"))
            continue
        root, whose = roots.setdefault((known.origin, known.size), (known.root, name))
        if known == checkpoint:
            anchored = True
        elif known.root != root:
            detail = f"{name}: another root for size {known.size} than {whose}"
            breaks.append(Break("inconsistent", None, detail))
        elif known.origin != checkpoint.origin:
            breaks.append(Break("inconsistent", None, f"{name}: of another ledger, {known.origin}"))
        else:
            notes.append(f"{name}: of size {known.size}; a receipt cannot show that the two are consistent")
    if not anchored:
        notes.append("self-consistent only: nothing that you hold vouches for the receipt's checkpoint")
    return anchored
