"""What a view is: rows made from entries alone, which can be thrown away and made anew at any time.

A view answers one question and owns one table. It is handed pages of entries that are folded already, and
says which rows go and which come; how they are written, and how far all views have come, is the runner's.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from typing import NamedTuple, Protocol

from domain.calendar import shanghai_date
from domain.fold import Outcome
from domain.records import Vehicle
from domain.state import State
from domain.statements import Statement
from domain.values import value
from ledger.entry import Header

Row = tuple[str | int | None, ...]
"""Values in the order of the view's columns."""


@value(frozen=True, slots=True)
class Signed:
    """An envelope: who signed it, and whether it entered or was refused.

    Attributes:
        agency, signers, seq, signed_at: of its head line; the instant is aware.
        statements: how many it holds.
        entered: False where it was refused.
    """

    agency: str
    signers: tuple[str, ...]
    seq: int
    signed_at: datetime
    statements: int
    entered: bool


@value(frozen=True, slots=True)
class Folded:
    """One entry and what follows from it.

    Attributes:
        header: its header.
        recorded_at: of the header, aware.
        text: the statement's bytes.
        statement: None for one of a later version, from which nothing follows.
        outcome: what it changes, posts and flags.
        cars: the cars that it names, by VIN, after it.
        corrects: the entry that it takes back, if it is a correction from which something follows.
        again: what such a correction says instead; None where it only takes back.
        envelopes: the one that begins here, and the one that is refused here.
    """

    header: Header
    recorded_at: datetime
    text: bytes
    statement: Statement | None
    outcome: Outcome = Outcome({}, (), ())
    cars: Mapping[str, Vehicle] = field(default_factory=dict)
    corrects: int | None = None
    again: Statement | None = None
    envelopes: tuple[Signed, ...] = ()

    @property
    def index(self) -> int:
        """Where the entry stands."""
        return self.header.index

    @property
    def recorded_on(self) -> date:
        """The Shanghai day on which it was recorded."""
        return shanghai_date(self.recorded_at)

    @property
    def effective_on(self) -> date:
        """The day on which it takes effect; for one of a later version that of its recording."""
        said = self.said or self.statement
        return self.recorded_on if said is None else said.effective_date

    @property
    def said(self) -> Statement | None:
        """What holds since this entry: its statement, or what it says in the place of the one it corrects."""
        return self.statement if self.corrects is None else self.again

    def keys(self, kind: str) -> list[str]:
        """Return the ids of a kind (``enterprise``, ``vin``, ``pair`` …) among its subjects and tags."""
        head = f"{kind}:"
        keys = (*(link.key for link in self.header.subjects), *self.header.tags)
        return [key[len(head) :] for key in keys if key.startswith(head)]


@value(frozen=True, slots=True)
class Page:
    """Entries in order.

    Attributes:
        entries: without gap.
        state: after the last of them.
        changed: the keys of the records that they changed, each with the index of the last that did.
    """

    entries: Sequence[Folded]
    state: State
    changed: Mapping[str, int]


class Written(NamedTuple):
    """What a page does to a table: the rows of ``gone`` owners go, then ``rows`` come."""

    gone: Collection[str | int]
    rows: Sequence[Row]


class View(Protocol):
    """One question's rows.

    Attributes:
        table: its name, in ``schema/*/0001_views.sql``; its first column, ``generation``, is the runner's.
        columns: the others.
        owner: the column by whose value rows are replaced together; None where rows are only added.
    """

    @property
    def table(self) -> str: ...  # noqa: D102  see the class
    @property
    def columns(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def owner(self) -> str | None: ...  # noqa: D102

    def rows(self, page: Page) -> Written:
        """Return what a page changes; a function of the page alone, whatever pages the entries come in."""
