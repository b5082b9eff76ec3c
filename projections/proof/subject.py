"""What the history of one enterprise or one car shows by itself: the level of each car, and C36 for these.

A car's own chain names every act about it but one: the classification of its batch stands in the chains of
the two firms alone. Where that is not at hand, an approved line counts as classified, and the answer says so.
The level of each car (exit-proved, customs-proved …) is that of C36 (domain.md section 5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from domain.calendar import shanghai_date
from domain.identifiers import PairId, batch_of, pair_of
from domain.statements import MalformedStatement, parse_statement
from ledger.entry import Entry, parse_entry
from ledger.entry import parse_statement as parse_object
from ledger.merkle import leaf_hash
from projections.proof.check import Checker
from projections.proof.exceptions import Reason, reasons_of
from projections.proof.facts import Fact
from projections.proof.headline import Level, level_of, placed_as_of
from projections.proof.types import Event, Headline, StatementResult, Unread, Verdict
from projections.proof.units import Car, Registration, car_of

APPROVED: Final = "UseApplicationApproved"
CLASSIFIED: Final = "QuotaAttributeClassified"


@dataclass(frozen=True, slots=True)
class Standing:
    """One registration of one car, as of the day: how far its export is proved.

    Attributes:
        vin: the car.
        level: of C36.
        missing: what a better level would take; None where nothing is missing.
        reasons: of an exception, each with the entry that shows it.
        assumed: whether its line's classification was taken for granted.
        registration: what its facts say.
        car: the car whose registration it is.
    """

    vin: str
    level: Level
    missing: str | None
    reasons: tuple[Reason, ...]
    assumed: bool
    registration: Registration
    car: Car


@dataclass(frozen=True, slots=True)
class SubjectView:
    """A history read: every entry in order, and where its cars stand.

    Attributes:
        subject: whose it is.
        recorded: whether any entry names the subject.
        events: all of the bundle, of keys and policy too.
        as_of: the day on which the last of them was recorded.
        standings: of its cars.
    """

    subject: str
    recorded: bool
    events: tuple[Event | Unread, ...]
    as_of: date
    standings: tuple[Standing, ...]

    @property
    def headline(self) -> Headline:
        """C36 in numbers, for the cars of this history."""
        counts = dict.fromkeys(Level, 0)
        for one in self.standings:
            counts[one.level] += 1
        return Headline(
            self._verdict(),
            counts[Level.EXIT_PROVED],
            counts[Level.CUSTOMS_PROVED],
            counts[Level.ON_TRACK],
            counts[Level.UNDETERMINED],
            counts[Level.EXCEPTION],
        )

    @property
    def statement(self) -> StatementResult:
        """C36, for the cars of this history."""
        against = {one.registration.index for one in self.standings if one.level is Level.EXCEPTION}
        missing = tuple(f"{one.vin}: {one.missing}" for one in self.standings if one.missing)
        detail = f"{len(self.standings)} registrations of {len(self.cars)} cars in this history"
        for one in self.standings:
            told = ", ".join(f"{reason.what.en} (entry {reason.index})" for reason in one.reasons)
            detail += f"; {one.vin}: {told}" if told else ""
        if any(one.assumed for one in self.standings):
            detail += "; that their lines were classified is taken for granted: the firms' histories show it"
        return StatementResult("C36", self._verdict(), tuple(sorted(against)), detail, missing)

    @property
    def cars(self) -> frozenset[str]:
        """The cars with a registration."""
        return frozenset(one.vin for one in self.standings)

    def _verdict(self) -> Verdict:
        levels = {one.level for one in self.standings}
        if Level.EXCEPTION in levels:
            return Verdict.REFUTED
        unread = any(isinstance(one, Unread) for one in self.events)
        if unread or not levels or levels & {Level.ON_TRACK, Level.UNDETERMINED}:
            return Verdict.UNDETERMINED
        return Verdict.PROVED


def read_subject(subject: str, entries: Mapping[int, bytes]) -> SubjectView:
    """Read the entries of a subject bundle that was verified.

    Args:
        subject: ``enterprise:<USCC>`` or ``vin:<VIN>``.
        entries: index → bytes, well-formed, of all the bundle's chains.

    Returns:
        The view as of the Shanghai day on which the last of them was recorded.
    """
    read = [(index, data, parse_entry(data)) for index, data in sorted(entries.items())]
    recorded = any(subject == each.key for _, _, entry in read for each in entry.header.subjects)
    return view_of(subject, [_event(index, data, entry) for index, data, entry in read], recorded=recorded)


def view_of(subject: str, events: Sequence[Event | Unread], *, recorded: bool) -> SubjectView:
    """Return where the cars of events stand, as of the Shanghai day on which the last was recorded."""
    checker = Checker()
    for event in events:
        checker.fold(event)
    as_of = shanghai_date(events[-1].recorded_at) if events else date.min
    standings = []
    for vin, facts in sorted(checker.books.files.cars.items()):
        known, assumed = _classified(subject, placed_as_of(facts, as_of))
        car = car_of(known)
        for one in car.registrations:
            if not one.ended:
                level, missing = level_of(car, one, checker.published, as_of)
                taken = one.backed_by is not None and batch_of(one.backed_by) in assumed
                reasons = reasons_of(known, car, one, checker.published, as_of)
                standings.append(Standing(vin, level, missing, reasons, taken, one, car))
    return SubjectView(subject, recorded, tuple(events), as_of, tuple(standings))


def _event(index: int, data: bytes, entry: Entry) -> Event | Unread:
    recorded_at = datetime.fromisoformat(entry.header.recorded_at)
    try:
        said = parse_statement(parse_object(entry.statement))
    except MalformedStatement:
        return Unread(index, recorded_at, tuple(subject.key for subject in entry.header.subjects))
    return Event.of(index, leaf_hash(data).hex(), said, recorded_at)


def _classified(subject: str, facts: Sequence[Fact]) -> tuple[list[Fact], frozenset[str]]:
    """Put a classification behind each approval whose batch's own chain is not part of this history."""
    kind, _, code = subject.partition(":")
    known: list[Fact] = []
    assumed = set()
    for fact in facts:
        known.append(fact)
        if fact.kind != APPROVED or fact.line_id is None:
            continue
        pair, batch_id = PairId.parse(pair_of(fact.line_id)), batch_of(fact.line_id)
        if kind == "enterprise" and code in {pair.exporter, pair.upstream}:
            continue
        known.append(replace(fact, kind=CLASSIFIED, line_id=batch_id))
        assumed.add(batch_id)
    return known, frozenset(assumed)
