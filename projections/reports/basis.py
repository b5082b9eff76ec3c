"""On what a report stands: a checkpoint that the operator signed, and whose root the entries have.

A report takes in the entries below the checkpoint's size and no others. Whoever holds the note can make the
report again, and verify with it and an anchor that these are the entries that were signed for.
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.checkpoint import open_checkpoint
from ledger.heads import HEADS_COMMITTED
from ledger.keys import KeyRing
from ledger.merkle import root_from_tiles
from ledger.note import VerifierKey
from ledger.opening import load_ring
from ledger.store import Reader
from projections.history.gathering import ChainBroken, read_entry
from projections.reports.report import ReportRefused

NOTE_FILE = "checkpoint.note"
"""Under which name the commands of a report look for its checkpoint."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The checkpoint and the moment of a report.

    Attributes:
        ring: the keys of the ledger, for the names of signers.
        note: the checkpoint as it was signed.
        size: how many entries it covers; these and no others count.
        root: over them, 32 bytes.
        day: the Shanghai day on which the last of them was recorded: "today" as far as the report knows.
        recorded_at: when that was, as its header says.
        heads_at: the last entry among them that commits the heads of all histories; None before the first.
    """

    ring: KeyRing
    note: bytes
    size: int
    root: bytes
    day: date
    recorded_at: str
    heads_at: int | None

    @property
    def origin(self) -> str:
        """The ledger's name."""
        assert self.ring.origin is not None
        return self.ring.origin

    def to_json(self) -> dict[str, Any]:
        """Return what every report says of its basis."""
        return {
            "origin": self.origin,
            "size": self.size,
            "root": b64encode(self.root).decode(),
            "root_hex": self.root.hex(),
            "note": self.note.decode(),
            "operator_key": self.ring.operator_key,
            "as_known_at": self.size - 1,
            "as_of": self.day.isoformat(),
            "recorded_at": self.recorded_at,
            "heads_at": self.heads_at,
        }


def read_basis(reader: Reader, note: bytes | None = None) -> Basis:
    """Return the basis that a checkpoint gives.

    Args:
        reader: the store.
        note: a checkpoint of this ledger; None: the latest that was released.

    Raises:
        ReportRefused: none is released; it covers nothing, more than there is, or another tree.
        Malformed, UnknownKeys, SignatureFailed: it is no checkpoint that the operator's key signed.
        ChainBroken: the last entry that it covers cannot be read.
    """
    ring, _ = load_ring(reader)
    if ring.operator_key is None:
        raise ReportRefused("no-ledger", "the ledger is empty; `quota-ledger init` opens one")
    signed = note or reader.checkpoint()
    if signed is None:
        wanted = "`quota-ledger checkpoint --release` makes one"
        raise ReportRefused("no-checkpoint", f"a report stands on a checkpoint, none is released: {wanted}")
    checkpoint = open_checkpoint(signed, VerifierKey.parse(ring.operator_key))
    size, here = checkpoint.size, reader.head().size
    if not 0 < size <= here:
        raise ReportRefused(
            "checkpoint-differs", f"the checkpoint covers {size} entries, the ledger has {here}"
        )
    if root_from_tiles(reader, size) != checkpoint.root:
        raise ReportRefused(
            "checkpoint-differs", f"the root at size {size} is not the checkpoint's; `quota-ledger verify`"
        )
    last = read_entry(reader, size - 1)
    if last is None:
        raise ChainBroken(f"entry {size - 1} is not there; `quota-ledger verify` says more")
    heads_at = reader.last_of_type(HEADS_COMMITTED, size)
    return Basis(ring, signed, size, checkpoint.root, last.recorded_on, last.header.recorded_at, heads_at)
