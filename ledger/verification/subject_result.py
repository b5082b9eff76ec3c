"""What the verification of a subject bundle found: the first question only, of one history."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.checkpoint import Checkpoint
from ledger.source import Break
from ledger.verification.result import FORMAT, Integrity, Verdict
from ledger.verification.types import shanghai_date


@dataclass(frozen=True, slots=True)
class SubjectVerification:
    """The answer about one enterprise's or car's history."""

    subject: str | None
    complete_to: int | None
    """The history is whole for entries below this size; None when it is not shown."""
    entries: int
    checkpoint: Checkpoint | None
    note: str | None
    """The checkpoint with its signatures."""
    anchored: bool
    unanchored: bool
    """Whether an answer without an anchor was asked for."""
    lenient: bool
    """Whether an open headline is exit code 0."""
    recorded_at: datetime | None
    """Of the last entry in the bundle."""
    breaks: tuple[Break, ...]
    notes: tuple[str, ...]
    seconds: float

    @property
    def integrity(self) -> Integrity:
        """INTACT when the history is whole and rightly signed, up to the committed heads."""
        return "BROKEN" if any(b.class_ != "inconsistent" for b in self.breaks) else "INTACT"

    @property
    def verdict(self) -> Verdict:
        """UNDETERMINED when the history is whole: whether its units were exported is not checked yet."""
        if self.integrity == "BROKEN":
            return "BROKEN"
        return "UNANCHORED" if self.breaks or not (self.anchored or self.unanchored) else "UNDETERMINED"

    @property
    def exit_code(self) -> int:
        """1 broken, 4 not anchored or against the anchor, 6 whole (0 if lenient)."""
        return {"BROKEN": 1, "UNANCHORED": 4}.get(self.verdict, 0 if self.lenient else 6)

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``verify --json`` prints for a subject bundle."""
        checkpoint, last = self.checkpoint, self.recorded_at
        return {
            "format": FORMAT,
            "subject": self.subject,
            "complete_to": self.complete_to,
            "entries": self.entries,
            "origin": checkpoint and checkpoint.origin,
            "size": checkpoint and checkpoint.size,
            "root": checkpoint and b64encode(checkpoint.root).decode(),
            "checkpoint": self.note,
            "anchored": self.anchored,
            "as_known_at": None if self.complete_to is None else self.complete_to - 1,
            "as_of": last and shanghai_date(last).isoformat(),
            "integrity": {
                "verdict": self.integrity,
                "breaks": [{"class": b.class_, "index": b.index, "detail": b.detail} for b in self.breaks],
            },
            "verdict": self.verdict,
            "notes": list(self.notes),
            "seconds": self.seconds,
        }
