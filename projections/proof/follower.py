"""Follows the integrity pass entry by entry: one reading of the ledger answers all three questions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from domain.calendar import shanghai_date
from domain.statements import MalformedStatement, parse_statement
from ledger.header import Header
from ledger.merkle import HASH_SIZE
from ledger.verification import Reader
from projections.proof.attachments import Attachments
from projections.proof.check import Checker
from projections.proof.comparison import Comparable
from projections.proof.reading import Quiet, Whole, read_entry, read_whole
from projections.proof.record import Recording
from projections.proof.types import Event, StatementResult, Unread

Until = Callable[[int, datetime], bool]
"""(index, recorded_at) → whether the entry is still to be taken in."""


def known_at(moment: int | date) -> Until:
    """Return what ends the view *as known at* an index, or at the last entry recorded on a Shanghai day."""
    if isinstance(moment, int):
        return lambda index, _: index <= moment
    return lambda _, recorded_at: shanghai_date(recorded_at) <= moment


def balances_of(checker: Checker) -> dict[str, dict[str, int]]:
    """Return the balances by pair; registrations that name no line count for the city, which keeps no row."""
    return {pair_id: dict(pair.balances) for pair_id, pair in checker.books.pairs.items() if pair_id}


@dataclass(slots=True)
class Follower:
    """An observer of the integrity pass; ask it when the pass is over.

    Attributes:
        until: None: every entry is taken in.
        documents: where the documents lie, None where none were given.
        snapshot_at: how many entries the stored projections have taken in, None where there are none.
        comparable: what extracts are set against, None where there are none.
        snapshot: the balances after ``snapshot_at`` entries, once they were reached.
    """

    until: Until | None = None
    documents: Path | None = None
    snapshot_at: int | None = None
    comparable: Comparable | None = None
    checker: Checker = field(default_factory=Checker)
    recording: Recording = field(init=False)
    attachments: Attachments = field(init=False)
    snapshot: Mapping[str, Mapping[str, int]] | None = None

    def __post_init__(self) -> None:
        self.recording = Recording(self.checker.published)
        self.attachments = Attachments(self.documents)
        if self.comparable is not None:
            self.checker.groups.append(self.comparable)
        if self.snapshot_at == 0:
            self.snapshot = {}

    def __call__(
        self, index: int, leaf: bytes, header: Header, statement: dict[str, Any], recorded_at: datetime
    ) -> None:
        """Take in one sound entry; see ``ledger.verification.observer.Observer``."""
        self._read(index, leaf, Whole([subject.key for subject in header.subjects], statement, recorded_at))

    @property
    def reader(self) -> Reader:
        """See ``ledger.verification.observer.ReadingObserver``; extracts are set against whole entries."""
        return read_entry if self.comparable is None else read_whole

    def take_row(self, index: int, leaves: bytes, said: Sequence[Quiet | Whole]) -> None:
        """Take in sound entries in a row; see ``ledger.verification.observer.ReadingObserver``."""
        for at, (place, one) in enumerate(enumerate(said, index)):
            leaf = leaves[at * HASH_SIZE : (at + 1) * HASH_SIZE]
            if isinstance(one, Whole):
                self._read(place, leaf, one)
            elif self.until is None or self.until(place, one.recorded_at):
                self._take_quiet(place, leaf, one)

    def _take_quiet(self, index: int, leaf: bytes, said: Quiet) -> None:
        self.checker.take(index, said)
        self.recording.take(index, leaf, said.agency, said.recorded_on, said.effective, ahead=said.ahead)
        if said.attachments:
            self.attachments.take([(index, digest, length) for length, _, _, digest in said.attachments])
        if self.snapshot_at == index + 1:
            self.snapshot = balances_of(self.checker)

    def _read(self, index: int, leaf: bytes, one: Whole) -> None:
        if self.until is not None and not self.until(index, one.recorded_at):
            return
        try:
            said = parse_statement(one.statement)
        except MalformedStatement:
            self.take(Unread(index, one.recorded_at, tuple(one.subjects)))
        else:
            self.take(Event.of(index, leaf.hex(), said, one.recorded_at))

    def take(self, event: Event | Unread) -> None:
        """Take in one entry, whatever ``until`` says."""
        self.checker.fold(event)
        if isinstance(event, Event):
            self.recording.fold(event)
            self.attachments.fold(event)
        if self.snapshot_at == event.index + 1:
            self.snapshot = balances_of(self.checker)

    def results(self) -> Iterable[StatementResult]:
        """Answer C05, C06 and C08; the rest is in ``checker.report``."""
        yield from self.recording.results()
        yield from self.attachments.results()
