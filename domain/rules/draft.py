"""The working copy on which one statement is judged and folded."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Literal, TypeVar

from domain.acts import Act
from domain.calendar import shanghai_date
from domain.car import Car
from domain.errors import FLAGS, Refusal, refuse
from domain.identifiers import pair_of, uscc_holds, vin_check_is_binding, vin_holds
from domain.postings import Account, Posting
from domain.records import Evidence, Nothing, Record, Vehicle
from domain.state import CITY_KEY, State
from domain.statements import Statement
from domain.values import replace

_T = TypeVar("_T")


class Moved(Exception):
    """A statement cannot be taken back, since a later one stands on it; ``refusal`` says which."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.en)
        self.refusal = refusal


class Groundless(Exception):
    """A decision was entered though what it decides on is not on record; nothing follows from it."""


def grounds(record: _T | None) -> _T:
    """Return a record that a guard has seen.

    Raises:
        Groundless: it is not there, so that nobody has asked the guard.
    """
    if record is None:
        raise Groundless
    return record


class Draft(State):
    """A state with what one statement changes, posts and flags; the state beneath stays as it is."""

    def __init__(self, base: State, statement: Statement, index: int, recorded_at: datetime) -> None:
        super().__init__(base.records, base)
        self.base = base
        self.statement = statement
        """What is being judged or folded; in a correction its replacement, when its turn comes."""
        self.index = index
        self.recorded_at = recorded_at
        self.postings: list[Posting] = []
        self.flags: list[str] = []
        self.undoing: int = index
        """In a correction: the index of the entry that is being taken back."""

    @cached_property
    def today(self) -> date:
        """The Shanghai day of the recording."""
        return shanghai_date(self.recorded_at)

    def trial(self) -> "Draft":
        """Return a fresh draft of the same statement, to be adopted or thrown away."""
        return Draft(self.base, self.statement, self.index, self.recorded_at)

    def adopt(self, trial: "Draft") -> None:
        """Take over what a trial has changed, posted and flagged."""
        self._changes.update(trial.changes)
        self.postings += trial.postings
        self.flags += trial.flags

    def put(self, key: str, record: Record) -> None:
        """Write a record."""
        self._changes[key] = record

    def drop(self, key: str) -> None:
        """Take a record away, as though nothing had ever been said of it."""
        self.put(key, Nothing())

    def flag(self, code: str) -> None:
        """Flag the statement, once per code."""
        assert code in FLAGS, code
        if code not in self.flags:
            self.flags.append(code)

    def flag_codes(self, *, usccs: Iterable[str] = (), vins: Iterable[str] = ()) -> None:
        """Flag enterprise codes and VINs whose check character is wrong."""
        if not all(uscc_holds(uscc) for uscc in usccs):
            self.flag("bad-uscc")
        for vin in vins:
            if not vin_holds(vin):
                self.flag("bad-vin" if vin_check_is_binding(vin) else "vin-unverifiable")

    def post(
        self,
        pair_id: str | None,
        source: Account | Literal["UNB"] | None,
        target: Account | Literal["UNB"] | None,
        units: int = 1,
        *,
        line_id: str | None = None,
        vin: str | None = None,
    ) -> None:
        """Move units in a pair's balances, or in the city's memo where there is no pair."""
        self.postings.append(Posting(pair_id, source, target, units, line_id, vin))
        if pair_id is None:
            self.put(CITY_KEY, replace(self.city(), unb=self.city().unb + (units if target else -units)))
            return
        pair = self.pair(pair_id)
        balances = dict(pair.balances)
        if source:
            balances[source] -= units
        if target:
            balances[target] += units
        self.put(f"pair:{pair_id}", replace(pair, balances=balances))

    def act(self, vin: str, act: Act) -> Car:
        """Add an act to a car, post the difference that it makes and return the car after it."""
        return self._put_vehicle(vin, self.vehicle(vin).with_act(act))

    def take_back(self, vin: str) -> None:
        """Drop what the entry ``undoing`` did to a car, derive the car again and post the difference.

        Raises:
            Moved: a later entry acted on the car and was not itself corrected away.
        """
        vehicle = self.vehicle(vin)
        if (later := vehicle.stands_on(self.undoing)) is not None:
            raise Moved(refuse("moved-on", what=f"vin:{vin}", later=later))
        self._put_vehicle(vin, vehicle.without(self.undoing))

    def _put_vehicle(self, vin: str, vehicle: Vehicle) -> Car:
        before, after = self.vehicle(vin).car, vehicle.car
        self.put(f"vin:{vin}", vehicle if vehicle.acts else Nothing())
        if before.lines is not after.lines:
            self._post_lines(vin, before, after)
        if before.registrations is not after.registrations:
            self._post_memo(vin, before, after)
        return after

    def _post_lines(self, vin: str, before: Car, after: Car) -> None:
        free: Account = "AV"
        for line_id in dict.fromkeys((*before.lines, *after.lines)):
            source, target = before.lines.get(line_id, free), after.lines.get(line_id, free)
            if source != target:
                self.post(pair_of(line_id), source, target, line_id=line_id, vin=vin)

    def _post_memo(self, vin: str, before: Car, after: Car) -> None:
        memo = Counter(one.line_id for one in after.unbacked())
        memo.subtract(one.line_id for one in before.unbacked())
        for line_id, units in memo.items():
            pair_id = pair_of(line_id) if line_id else None
            if units > 0:
                self.post(pair_id, None, "UNB", units, line_id=line_id, vin=vin)
            elif units < 0:
                self.post(pair_id, "UNB", None, -units, line_id=line_id, vin=vin)

    def note_document(self, kind: str, value: str, vin: str) -> None:
        """Note the first car of a document; flag the document when it serves a second one."""
        first = self.evidence(kind, value)
        if first is None:
            self.put(f"evidence:{kind}:{value}", Evidence(vin, self.index))
        elif first.vin != vin:
            self.flag("document-reused")

    def forget_document(self, kind: str, value: str) -> None:
        """Take back the first use of a document by the entry ``undoing``."""
        first = self.evidence(kind, value)
        if first is not None and first.index == self.undoing:
            self.drop(f"evidence:{kind}:{value}")
