"""Follows the integrity pass entry by entry: one reading of the ledger answers all three questions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from domain.calendar import shanghai_date
from domain.statements import MalformedStatement, Statement, parse_statement, read_statement
from ledger.header import Header
from ledger.merkle import HASH_SIZE
from ledger.verification import Reader
from projections.proof.attachments import Attachments
from projections.proof.check import Checker
from projections.proof.comparison import Comparable
from projections.proof.reading import Quiet, Whole, read_row, read_whole
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
        if self._ends(index, recorded_at):
            return
        subjects = tuple([subject.key for subject in header.subjects])
        self._read(index, leaf, subjects, lambda: parse_statement(statement), recorded_at)

    @property
    def reader(self) -> Reader:
        """See ``ledger.verification.observer.ReadingObserver``; extracts are set against whole entries.

        So are stored balances, against those after any entry.
        """
        return read_row if self.comparable is None and self.snapshot_at is None else read_whole

    def find_leaves(self, leaf: Callable[[int], bytes] | None) -> None:
        """See ``ledger.verification.observer.ReadingObserver``."""
        self.recording.leaf = leaf

    def take_row(self, index: int, leaves: bytes, said: Sequence[Quiet | Whole]) -> None:
        """Take in sound entries in a row; see ``ledger.verification.observer.ReadingObserver``."""
        for one in said:
            at = (one.start - index) * HASH_SIZE
            if isinstance(one, Quiet):
                self._take_quiet(one, leaves[at:])
            elif not self._ends(one.start, one.recorded_at):
                read = partial(read_statement, one.type, one.statement)
                self._read(one.start, leaves[at : at + HASH_SIZE], tuple(one.subjects), read, one.recorded_at)

    def _ends(self, index: int, recorded_at: datetime) -> bool:
        return self.until is not None and not self.until(index, recorded_at)

    def _take_quiet(self, said: Quiet, leaves: bytes) -> None:
        known = self._known(said)
        if not known.types:
            return
        self.checker.take(known)
        self.recording.enter(known.start, known.agencies, leaves[: len(known.types) * HASH_SIZE])
        self.recording.ahead += known.ahead
        self.recording.late(known.earlier)
        self.attachments.take((index, digest, size) for index, (size, _, _, digest) in known.attachments)

    def _known(self, said: Quiet) -> Quiet:
        """Return what is to be taken in of entries."""
        if self.until is None:
            return said
        ends = [*[first for first, _ in said.moments[1:]], said.stop]
        for (first, recorded_at), end in zip(said.moments, ends, strict=True):
            for index in range(first, end):
                if self._ends(index, recorded_at):
                    return said.upto(index)
        return said

    def _read(
        self,
        index: int,
        leaf: bytes,
        subjects: tuple[str, ...],
        read: Callable[[], Statement],
        recorded_at: datetime,
    ) -> None:
        try:
            said = read()
        except MalformedStatement:
            self.take(Unread(index, recorded_at, subjects))
        else:
            self.take(Event.of(index, leaf.hex(), said, recorded_at))

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
