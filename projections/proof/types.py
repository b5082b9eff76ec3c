"""What the checker reads and what it answers.

An *event* is an entry as the checker needs it. Two orders matter: the order of the ledger (``place``) and the
order of the days on which things took effect (``effective_date``, then ``place``).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from domain.statements import Statement
from domain.values import value


class Verdict(Enum):
    """The answer to one statement; UNDETERMINED says what is missing."""

    PROVED = "PROVED"
    REFUTED = "REFUTED"
    UNDETERMINED = "UNDETERMINED"


class BooksVerdict(Enum):
    """The answer to the second question."""

    BALANCED = "BALANCED"
    UNBALANCED = "UNBALANCED"
    UNDETERMINED = "UNDETERMINED"


@value(frozen=True, slots=True)
class Event:
    """One accepted statement at its place in the ledger.

    Attributes:
        index: the entry that says it; findings name this one.
        leaf_hash: of that entry, lower-case hex.
        statement: what was said.
        recorded_at: when the ledger recorded the entry.
        effective_date: the day on which it takes effect, in Shanghai.
        place: where it stands among the others: ``index``, but for what a correction says anew the index
            of the entry that was corrected.
    """

    index: int
    leaf_hash: str
    statement: Statement
    recorded_at: datetime
    effective_date: date
    place: int

    @classmethod
    def of(cls, index: int, leaf_hash: str, statement: Statement, recorded_at: datetime) -> "Event":
        """Return the event of an entry."""
        return cls(index, leaf_hash, statement, recorded_at, statement.effective_date, index)


@dataclass(frozen=True, slots=True)
class Unread:
    """An entry of a type or version that this checker does not know, or a correction to such a body.

    Attributes:
        index: the entry.
        recorded_at: when the ledger recorded it.
        subjects: the keys that its header names (``enterprise:…``, ``vin:…``, ``ledger:policy``): what it
            touches is undetermined.
    """

    index: int
    recorded_at: datetime
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatementResult:
    """The answer to one statement of domain.md section 5.

    Attributes:
        code: C01 to C36.
        verdict: PROVED, REFUTED or UNDETERMINED.
        entries: the indices that show the violation, ascending; empty unless REFUTED.
        detail: one line for people: what was looked at, what was found.
        missing: what would have to be known, one line each; empty when PROVED.
    """

    code: str
    verdict: Verdict
    entries: tuple[int, ...]
    detail: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """C36 in numbers: every used unit and every unbacked car stands in exactly one of the five, by count."""

    verdict: Verdict
    exit_proved: int
    customs_proved: int
    on_track: int
    undetermined: int
    exceptions: int


@dataclass(frozen=True, slots=True)
class BooksBreak:
    """One place at which the books do not balance; without an index it is no single entry's."""

    index: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class BooksResult:
    """The answer to the second question, as far as the entries give it."""

    verdict: BooksVerdict
    breaks: tuple[BooksBreak, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What the checker found, as known at an entry (None: of an empty ledger) and as of a day."""

    as_known_at: int | None
    as_of: date | None
    books: BooksResult
    statements: tuple[StatementResult, ...]
    headline: Headline = field(default_factory=lambda: Headline(Verdict.PROVED, 0, 0, 0, 0, 0))


def judged(code: str, detail: str, entries: set[int], missing: list[str]) -> StatementResult:
    """Return the answer: REFUTED by any entry, else UNDETERMINED by anything missing, else PROVED."""
    verdict = Verdict.REFUTED if entries else Verdict.UNDETERMINED if missing else Verdict.PROVED
    return StatementResult(code, verdict, tuple(sorted(entries)), detail, tuple(missing))
