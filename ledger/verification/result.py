"""What a verification found, and the one object that ``verify --json`` prints."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Final, Literal

from ledger.source import Break, BreakClass

FORMAT: Final = "quota-ledger-verification/1"

MAX_LISTED: Final = 1_000
_DAMAGE: Final = frozenset({"malformed", "missing", "leaf", "prev"})

Integrity = Literal["INTACT", "BROKEN", "UNREADABLE"]
Verdict = Literal["PROVED", "BROKEN", "UNREADABLE", "UNANCHORED", "REFUTED", "UNDETERMINED"]

_HEADLINE_TITLE: Final = {
    "zh": "每一个已使用的额度都用于出口",
    "en": "Every unit of quota that was used went into export",
}
OPEN_QUESTION: Final = "not checked: this version verifies integrity only, not books and export-only use"


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
    """The answers, for the first ``size`` entries of one ledger."""

    origin: str | None
    size: int
    root: str | None
    """Base64 of the root made from the entries; None when they do not suffice."""
    checkpoint: str | None
    """The newest checkpoint, the whole note with its signatures."""
    anchored: bool
    as_known_at: int | None
    """Index of the last entry."""
    as_of: str | None
    """Shanghai date on which the last entry was recorded."""
    breaks: tuple[Break, ...]
    unreadable: bool
    unanchored: bool
    """Whether an answer without an anchor was asked for."""
    lenient: bool
    notes: tuple[str, ...]
    seconds: float

    @property
    def integrity(self) -> Integrity:
        """The first answer. What stands against an anchor is another ledger, not a broken one."""
        if self.unreadable:
            return "UNREADABLE"
        return "BROKEN" if any(b.class_ != "inconsistent" for b in self.breaks) else "INTACT"

    @property
    def verdict(self) -> Verdict:
        """The answer to all questions at once, the worst first."""
        if self.integrity != "INTACT":
            return "BROKEN" if self.integrity == "BROKEN" else "UNREADABLE"
        if self.breaks or not (self.anchored or self.unanchored):
            return "UNANCHORED"
        return "UNDETERMINED"

    @property
    def exit_code(self) -> int:
        """1 broken, 3 unreadable, 4 not anchored or against the anchor, 6 headline open (0 if lenient)."""
        open_question = 0 if self.lenient else 6
        codes = {"BROKEN": 1, "UNREADABLE": 3, "UNANCHORED": 4}
        return codes.get(self.verdict, open_question)

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``verify --json`` prints; counts that nobody made are null."""
        return {
            "format": FORMAT,
            "origin": self.origin,
            "size": self.size,
            "root": self.root,
            "checkpoint": self.checkpoint,
            "anchored": self.anchored,
            "as_known_at": self.as_known_at,
            "as_of": self.as_of,
            "integrity": {
                "verdict": self.integrity,
                "breaks": [{"class": b.class_, "index": b.index, "detail": b.detail} for b in self.breaks],
            },
            "books": {"verdict": "UNDETERMINED", "breaks": []},
            "statements": [
                {
                    "code": "C36",
                    "title": dict(_HEADLINE_TITLE),
                    "verdict": "UNDETERMINED",
                    "entries": [],
                    "detail": OPEN_QUESTION,
                }
            ],
            "headline": {
                "verdict": "UNDETERMINED",
                "exit_proved": None,
                "customs_proved": None,
                "on_track": None,
                "undetermined": None,
                "exceptions": None,
            },
            "verdict": self.verdict,
            "notes": list(self.notes),
            "seconds": self.seconds,
        }
