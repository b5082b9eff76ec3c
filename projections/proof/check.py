"""The independent checker: one pass over the entries, then the books, the statements and the headline."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, TypeVar

from domain.calendar import shanghai_date
from ledger.verification import collection_paused
from projections.proof.amended import Amended, Amendment
from projections.proof.applications import Applications
from projections.proof.batches import Batches
from projections.proof.books import Books
from projections.proof.car_statements import CarStatements
from projections.proof.codes import Codes
from projections.proof.decisions import Decisions
from projections.proof.group import Group
from projections.proof.headline import headline
from projections.proof.published import Published
from projections.proof.reading import Quiet
from projections.proof.statements import STATEMENTS
from projections.proof.types import (
    BooksResult,
    BooksVerdict,
    Event,
    Report,
    StatementResult,
    Unread,
    Verdict,
)

Kind = TypeVar("Kind", Codes, CarStatements, Decisions)
_SUBJECTS: Final = ("enterprise", "vin")


@dataclass(slots=True)
class Checker:
    """Folds events as they come; answers at any time. It can go on where it stopped.

    Attributes:
        published: policy and holiday tables, folded first and read by every group.
        books: owns the files of the cars, which other groups read.
        unread: entries that this checker does not understand.
        last: index of the last entry taken in, and the Shanghai day on which it was recorded.
    """

    published: Published = field(default_factory=Published)
    amended: Amended = field(default_factory=Amended)
    books: Books = field(init=False)
    groups: list[Group] = field(init=False)
    unread: list[Unread] = field(default_factory=list)
    last: tuple[int, date] | None = None

    def __post_init__(self) -> None:
        self.books = Books(self.published)
        self.groups = [self.books, *_groups(self.published, self.books)]

    def fold(self, event: Event | Unread) -> None:
        """Take in the next entry."""
        self.last = event.index, shanghai_date(event.recorded_at)
        if isinstance(event, Unread):
            self.unread.append(event)
            return
        self.published.fold(event)
        said = self.amended.read(event)
        if isinstance(said, Amendment):
            for group in self.groups:
                group.amend(said)
            if said.unread is not None:
                self.unread.append(said.unread)
        elif said is not None:
            for group in self.groups:
                group.fold(said)

    def take(self, said: Quiet) -> None:
        """Take in entries of quiet types, as :meth:`fold` would each, read ahead."""
        self.last = said.stop - 1, shanghai_date(said.moments[-1][1])
        self.amended.remember(said.start, said.types, said.occurred)
        self.amended.attach(said.attachments)
        for index, on, facts in said.facts:
            self.books.take(index, on, facts)
        self._group(Codes).take(said.codes, said.wrong_codes)
        self._group(CarStatements).store.take(said.car_facts)
        self._group(Decisions).standing.file(said.filings)

    def _group(self, kind: type[Kind]) -> Kind:
        return next(group for group in self.groups if type(group) is kind)

    def report(self, as_of: date | None = None) -> Report:
        """Answer as of a day; without one, of the day on which the last entry was recorded."""
        with collection_paused():
            return self._report(as_of)

    def _report(self, as_of: date | None) -> Report:
        index, today = self.last or (None, None)
        day = as_of or today or date.min
        found = {result.code: result for group in self.groups for result in group.results(day)}
        touched = frozenset(key for one in self.unread for key in one.subjects)
        vins = frozenset(key[4:] for key in touched if key.startswith("vin:"))
        found["C36"], head = headline(self.books.files, self.published, day, vins)
        results = tuple(self._doubted(found[code], touched) for code in STATEMENTS if code in found)
        head = replace(head, verdict=next(one.verdict for one in results if one.code == "C36"))
        return Report(index, as_of or today, self._books(touched), results, head)

    def _doubted(self, result: StatementResult, touched: Iterable[str]) -> StatementResult:
        """Return what is left of a PROVED where an entry of unknown type touches what it looks at."""
        kinds = {key.partition(":")[0] for key in touched}
        if result.verdict is not Verdict.PROVED or not kinds & STATEMENTS[result.code].about:
            return result
        missing = tuple(f"what entry {one.index} says" for one in self.unread)
        return replace(result, verdict=Verdict.UNDETERMINED, missing=missing)

    def _books(self, touched: Iterable[str]) -> BooksResult:
        result = self.books.result()
        if result.breaks or not any(key.startswith(_SUBJECTS) for key in touched):
            return result
        return BooksResult(BooksVerdict.UNDETERMINED)


def _groups(published: Published, books: Books) -> Sequence[Group]:
    return (
        Batches(),
        Decisions(published, books.files),
        Applications(),
        Codes(),
        CarStatements(published, books.files),
    )


def check(
    events: Iterable[Event | Unread], as_of: date | None = None, as_known_at: int | None = None
) -> Report:
    """Return what the entries show.

    Args:
        events: of all entries from 0 on, ascending.
        as_of: only what took effect by this day counts (the law of non-negative accounts is judged in the
            order of the ledger all the same); by default the Shanghai day of the last entry.
        as_known_at: the last entry to be taken in; by default all.
    """
    checker = Checker()
    for event in events:
        if as_known_at is not None and event.index > as_known_at:
            break
        checker.fold(event)
    return checker.report(as_of)
