"""What the verification of a whole ledger found, as to the first question: integrity."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Final, Literal

from ledger.source import Break, BreakClass
from ledger.verification.resume import PassState

FORMAT: Final = "quota-ledger-verification/1"

MAX_LISTED: Final = 1_000
_DAMAGE: Final = frozenset({"malformed", "missing", "leaf", "prev"})

Integrity = Literal["INTACT", "BROKEN", "UNREADABLE"]
Verdict = Literal["PROVED", "BROKEN", "UNREADABLE", "UNANCHORED", "REFUTED", "UNDETERMINED"]


class Breaks:
    """Breaks as they are found; what follows from one cause is listed once, under its first index."""

    def __init__(self) -> None:
        self.found: list[Break] = []
        self.following = 0
        """How many more there are that follow from these, or are beyond the first thousand."""
        self.damaged = False
        """Whether an entry so far is not what the ledger commits to."""
        self._causes: set[Hashable] = set()

    def add(
        self, class_: BreakClass, index: int | None, detail: str, *, cause: Hashable | None = None
    ) -> None:
        """List a break unless its ``cause`` is listed already, or its class at the same entry."""
        keys = {cause, None if index is None and cause is not None else (class_, index)} - {None}
        self.damaged = self.damaged or class_ in _DAMAGE
        if not self._causes.isdisjoint(keys) or len(self.found) >= MAX_LISTED:
            self.following += 1
            return
        self._causes |= keys
        self.found.append(Break(class_, index, detail))

    def follow(
        self, class_: BreakClass, index: int | None, detail: str, *, cause: Hashable | None = None
    ) -> None:
        """List what could be a consequence of lost or changed entries only if nothing was lost or changed."""
        if self.damaged:
            self.following += 1
        else:
            self.add(class_, index, detail, cause=cause)


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer, for the first ``size`` entries of one ledger."""

    origin: str | None
    size: int
    root: str | None
    """Base64 of the root made from the entries; None when they do not suffice."""
    checkpoint: str | None
    """The newest checkpoint, the whole note with its signatures."""
    anchored: bool
    breaks: tuple[Break, ...]
    unreadable: bool
    unanchored: bool
    """Whether an answer without an anchor was asked for."""
    lenient: bool
    notes: tuple[str, ...]
    seconds: float
    state: PassState | None = None
    """Where the pass ended, for one that goes on, if that was asked for and nothing is wrong."""

    @property
    def integrity(self) -> Integrity:
        """The first answer. What stands against an anchor is another ledger, not a broken one."""
        if self.unreadable:
            return "UNREADABLE"
        return "BROKEN" if any(b.class_ != "inconsistent" for b in self.breaks) else "INTACT"

    @property
    def verdict(self) -> Verdict:
        """What integrity makes of the whole; UNDETERMINED where it leaves the other questions open."""
        if self.integrity != "INTACT":
            return "BROKEN" if self.integrity == "BROKEN" else "UNREADABLE"
        if self.breaks or not (self.anchored or self.unanchored):
            return "UNANCHORED"
        return "UNDETERMINED"

    @property
    def exit_code(self) -> int:
        """1 broken, 3 unreadable, 4 not anchored or against the anchor, 6 all else open (0 if lenient)."""
        open_question = 0 if self.lenient else 6
        codes = {"BROKEN": 1, "UNREADABLE": 3, "UNANCHORED": 4}
        return codes.get(self.verdict, open_question)

    def to_json(self) -> dict[str, Any]:
        """Return what ``verify --json`` prints of it."""
        return {
            "format": FORMAT,
            "origin": self.origin,
            "size": self.size,
            "root": self.root,
            "checkpoint": self.checkpoint,
            "anchored": self.anchored,
            "integrity": {
                "verdict": self.integrity,
                "breaks": [{"class": b.class_, "index": b.index, "detail": b.detail} for b in self.breaks],
            },
            "verdict": self.verdict,
            "notes": list(self.notes),
            "seconds": self.seconds,
        }
