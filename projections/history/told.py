"""An entry as the replay reads it."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.calendar import shanghai_date
from domain.statements import MalformedStatement, Statement, parse_statement
from ledger.entry import parse_entry
from ledger.entry import parse_statement as parse_object
from ledger.header import Header
from ledger.merkle import leaf_hash
from projections.proof.types import Event, Unread


@dataclass(frozen=True, slots=True)
class Told:
    """One entry.

    Attributes:
        header: its header line; ``header.index`` is where it stands in the ledger.
        leaf: its leaf hash, computed from its bytes, lower-case hex.
        recorded_at: of the header.
        statement: what it says; None for a type or version that this program does not know.
        place: where it stands among the others: its index, or that of the entry in whose place it says
            something else (``projections.history.order``).
    """

    header: Header
    leaf: str
    recorded_at: datetime
    statement: Statement | None
    place: int

    @property
    def index(self) -> int:
        """Where the entry stands in the ledger."""
        return self.header.index

    @property
    def recorded_on(self) -> date:
        """The Shanghai day on which it was recorded."""
        return shanghai_date(self.recorded_at)

    @property
    def effective_date(self) -> date:
        """The day on which it takes effect; of one that cannot be read, the day on which it was recorded."""
        return self.recorded_on if self.statement is None else self.statement.effective_date

    def tagged(self, kind: str) -> list[str]:
        """Return the ids among its tags and subjects of one kind, such as ``vin`` or ``batch``."""
        keys = (*(subject.key for subject in self.header.subjects), *self.header.tags)
        return [key.partition(":")[2] for key in keys if key.startswith(f"{kind}:")]


def told(data: bytes) -> Told:
    """Read an entry.

    Raises:
        Malformed: its header or the form of its statement is broken.
    """
    entry = parse_entry(data)
    try:
        statement = parse_statement(parse_object(entry.statement))
    except MalformedStatement:
        statement = None
    recorded_at = datetime.fromisoformat(entry.header.recorded_at)
    return Told(entry.header, leaf_hash(data).hex(), recorded_at, statement, entry.header.index)


def event_of(one: Told) -> Event | Unread:
    """Return an entry as the checker reads it."""
    if one.statement is None:
        return Unread(one.index, one.recorded_at, tuple(subject.key for subject in one.header.subjects))
    return Event.of(one.index, one.leaf, one.statement, one.recorded_at)
