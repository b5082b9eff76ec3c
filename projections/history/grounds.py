"""What makes a finding up: the entries without which the checker would not say it, and in what manner.

The checker reads what is recorded of the cars, firms, batches and cases that a named entry is about, then
the same once more without each of these entries. Those without which it no longer finds this about the
entry, or finds it for another reason, are its grounds. What is missing (a copy, a proof, a case) no entry
shows: then what asks for it is listed. Units of a whole pair and an agency's counts rest on every entry that
moved or counted them; there these are the grounds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from domain.bodies import (
    EventCorrected,
    ReconciliationStatementFiled,
    TransferProofSubmitted,
    VehicleRegistered,
)
from domain.identifiers import batch_of
from domain.records import Evidence, load_record
from ledger.store import Reader
from projections.history.counted import counted, moved_before
from projections.history.gathering import Gathering, read_entry
from projections.history.told import Told, event_of
from projections.proof.car_facts import SCAN
from projections.proof.car_statements import CarStatements
from projections.proof.cases import Cases
from projections.proof.check import Checker
from projections.proof.deadlines import Deadlines
from projections.proof.exceptions import reasons_of
from projections.proof.follower import Follower
from projections.proof.headline import placed_as_of
from projections.proof.stays import Stay, Vehicle, vehicle_on
from projections.proof.tally import View
from projections.proof.types import StatementResult
from projections.proof.units import car_of
from projections.replay import recorded_on

_NOT_OF_CARS: Final = frozenset({"C16", "C19", "C21", "C28", "C35"})
OF_CARS: Final = frozenset(f"C{number}" for number in range(15, 37)) - _NOT_OF_CARS
"""Statements that judge each car by itself: one car has an answer of its own."""
_OF_FIRMS: Final = frozenset({"C16", "C19", "C21", "C28", "C34"})
_OF_RECORDING: Final = frozenset({"C05", "C06"})
_OF_PAIRS: Final = frozenset({"C10", "C11", "C12", "C13"})


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry that a finding names.

    Attributes:
        told: the entry.
        says: in what manner it shows the finding, in English; none where the statement alone says it.
        grounds: with it the entries that make the finding up, by index; always the entry itself.
    """

    told: Told
    says: tuple[str, ...]
    grounds: tuple[Told, ...]


class Grounds:
    """Finds grounds as known at a size; it reads each entry once."""

    def __init__(self, reader: Reader, size: int) -> None:
        """Look at the first ``size`` entries."""
        self._reader = reader
        self._size = size
        self._as_of = recorded_on(reader, size - 1)
        self._gathering = Gathering(reader, size - 1)

    def of(self, code: str, one: Told, vin: str | None = None) -> Shown:
        """Return what makes up a finding about an entry.

        Args:
            code: of the statement that names it.
            one: the entry.
            vin: the car that is asked about; None: every car that the entry names.

        Raises:
            ChainBroken: see :func:`projections.history.chains.read_file`.
        """
        body = None if one.statement is None else one.statement.body
        if code in _OF_PAIRS:
            moved = moved_before(self._reader, one, used=code == "C13")
            return Shown(one, (), _merged(moved, [one]))
        if code == "C35" and isinstance(body, ReconciliationStatementFiled):
            differing, found = counted(self._reader, one, body, self._size)
            return Shown(one, differing, _merged(found, [one]))
        vins = [vin] if vin else one.tagged("vin")
        near = self._near(code, one, vins[:1] if len(vins) == 1 else ())
        says = self._manners(near, code, one.index)
        if len(vins) > 1 and not says:  # it lies with some of the cars
            parts = [self._near(code, one, [each]) for each in vins]
        else:
            parts = [near if says or code != "C26" else _merged(near, self._first_uses(one))]
        said, grounds = set[str](), [one]
        for part in parts:
            for manner in self._manners(part, code, one.index):
                said.add(manner)
                grounds += self._grounds(part, code, one, manner)
        return Shown(one, tuple(sorted(said - {""})), _merged(grounds, ()))

    def answer(self, code: str, vin: str) -> StatementResult | None:
        """Answer one of ``OF_CARS`` for one car by what is recorded of it; None where nothing is."""
        chain = self._gathering.chain(f"vin:{vin}")
        if not chain:
            return None
        near = self._near("", chain[-1], [vin])
        if code == "C26":
            near = _merged(near, (first for one in chain for first in self._first_uses(one)))
        return _result(self._checked(near, code), code, self._as_of)

    def _near(self, code: str, one: Told, vins: Sequence[str]) -> Sequence[Told]:
        """Return what is recorded of cars, batches and cases, of policy, and of firms where they matter."""
        gathering = self._gathering
        near = {one.index: one} | {each.index: each for each in gathering.chain("ledger:policy")}
        for vin in vins:
            near |= {each.index: each for each in gathering.chain(f"vin:{vin}")}
        firms = one.tagged("enterprise") if code in _OF_FIRMS else []
        for uscc in firms:
            chain = gathering.chain(f"enterprise:{uscc}")
            near |= {
                each.index: each for each in chain if not each.tagged("vin") and not each.tagged("batch")
            }
        tags = {
            f"{kind}:{name}"
            for each in near.values()
            for kind in ("batch", "case")
            for name in each.tagged(kind)
        }
        beside = gathering.by_tags(sorted(tags))
        near |= {each.index: each for each in beside if code == "C14" or set(each.tagged("vin")) <= {*vins}}
        if isinstance(body := _body(one), EventCorrected) and body.target_index not in near:
            target = read_entry(self._reader, body.target_index)
            near |= {} if target is None else {target.index: target}
        known = near.keys()
        for index in gathering.corrections(known):
            near[index] = gathering.held[index]
        return _merged(near.values(), ())

    def _first_uses(self, one: Told) -> Iterator[Told]:
        """Yield the entries that used a document of an entry first, as the decision records say."""
        texts = self._reader.records(list(_documents(one)))
        for key, text in texts.items():
            record = load_record(key, text)
            if isinstance(record, Evidence) and record.index < one.index:
                first = read_entry(self._reader, record.index)
                if first is not None:
                    yield first

    def _grounds(self, near: Sequence[Told], code: str, one: Told, manner: str) -> Iterator[Told]:
        """Yield each entry that some least set of entries needs that is enough for the finding."""

        def is_said(among: Sequence[Told]) -> bool:
            return manner in self._manners(among, code, one.index)

        needed = [each for each in near if each.index == one.index or not is_said(_without(each, near))]
        yield from needed
        left = needed if is_said(needed) else near
        while left is not needed and is_said(left):
            least = _least(left, needed, is_said)
            yield from least
            # Another act may be enough as well: a second sighting, a second use.
            spare = [each for each in least if each not in needed]
            if not spare:
                return
            left = [each for each in left if each not in spare]

    def _checked(self, near: Sequence[Told], code: str) -> Follower:
        follower = Follower()
        for each in near:
            if code in _OF_RECORDING:
                follower.take(event_of(each))
            else:
                follower.checker.fold(event_of(each))
        if code in OF_CARS:
            _leave_others(follower.checker, near)
        return follower

    def _manners(self, near: Sequence[Told], code: str, index: int) -> frozenset[str]:
        """Return in what manner the checker finds this about an entry, none where it does not."""
        follower = self._checked(near, code)
        result = _result(follower, code, self._as_of)
        if index not in result.entries:
            return frozenset()
        if code in {"C06", "C14"}:
            return frozenset({result.detail})
        judge = _JUDGES.get(code)
        return frozenset({""}) if judge is None else judge(follower.checker, index, self._as_of)


def _result(follower: Follower, code: str, as_of: date) -> StatementResult:
    results = follower.results() if code in _OF_RECORDING else follower.checker.report(as_of).statements
    return next(one for one in results if one.code == code)


def _leave_others(checker: Checker, near: Iterable[Told]) -> None:
    """Forget the other cars of lots: hundreds of them would be judged each time."""
    named = {vins[0] for each in near if len(vins := each.tagged("vin")) == 1}
    group = _cars_of(checker)
    if named:
        for cars in (group.store.cars, group.files.cars):
            for vin in cars.keys() - named:
                del cars[vin]


def _cars_of(checker: Checker) -> CarStatements:
    return next(one for one in checker.groups if isinstance(one, CarStatements))


def _least(
    near: Sequence[Told], needed: Sequence[Told], is_said: Callable[[Sequence[Told]], bool]
) -> Sequence[Told]:
    """Return a least set that is enough; of several that would each do, the earliest stays."""
    for each in reversed(near):
        if each not in needed and is_said(less := _without(each, near)):
            near = less
    return near


def _without(one: Told, near: Sequence[Told]) -> list[Told]:
    return [each for each in near if each is not one]


def _merged(some: Iterable[Told], others: Iterable[Told]) -> tuple[Told, ...]:
    whole = {each.index: each for each in (*some, *others)}
    return tuple(whole[index] for index in sorted(whole))


def _documents(one: Told) -> Iterator[str]:
    """Yield the keys of the records of an entry's documents (``domain.records.Evidence``)."""
    body = _body(one)
    if isinstance(body, VehicleRegistered | TransferProofSubmitted):
        yield f"evidence:cert:{body.cert_no}"
    if isinstance(body, TransferProofSubmitted):
        if body.invoice_no is not None:
            yield f"evidence:invoice:{body.invoice_no}"
        for scan in one.statement.attachments if one.statement else ():
            if scan.kind == SCAN:
                yield f"evidence:scan:{scan.sha256}"


def _body(one: Told) -> object:
    return None if one.statement is None else one.statement.body


def _exceptions(checker: Checker, index: int, as_of: date) -> frozenset[str]:
    for facts in checker.books.files.cars.values():
        known = placed_as_of(facts, as_of)
        car = car_of(known)
        for one in car.registrations:
            if one.index == index and not one.ended:
                reasons = reasons_of(known, car, one, checker.published, as_of)
                early = _early(checker, one.line_id) if one.backed_by is None else []
                return frozenset([each.what.en for each in reasons] + early)
    return frozenset()


def _early(checker: Checker, line_id: str | None) -> list[str]:
    """Return, of an unbacked registration, that its line was classified, only later."""
    facts = (fact for facts in checker.books.files.cars.values() for fact in facts)
    batch_id = None if line_id is None else batch_of(line_id)
    later = any(fact.kind == "QuotaAttributeClassified" and fact.line_id == batch_id for fact in facts)
    return ["its line was classified later"] if later else []


def _stays(checker: Checker, as_of: date) -> Iterator[tuple[Vehicle, Stay]]:
    group = _cars_of(checker)
    for vin, facts in group.store.cars.items():
        car = vehicle_on(vin, facts, group.files.cars.get(vin, []), as_of)
        for stay in car.stays:
            yield car, stay


def _term(checker: Checker, index: int, as_of: date) -> frozenset[str]:
    judge = Deadlines(View(as_of, checker.published))
    for car, stay in _stays(checker, as_of):
        if stay.fact.index == index:
            judge.look(replace(car, stays=[stay]))
    return frozenset({"LATE"} if judge.late else {"MISSING"})


def _line(checker: Checker, index: int, as_of: date) -> frozenset[str]:
    for _, stay in _stays(checker, as_of):
        if stay.fact.index == index and stay.backed_by is None:
            return frozenset(["no unit stands behind it", *_early(checker, stay.fact.line_id)])
    return frozenset({"its line says otherwise"})


def _case(checker: Checker, index: int, as_of: date) -> frozenset[str]:
    group = _cars_of(checker)
    opened = group.sanctions.opened(as_of)
    for car, stay in _stays(checker, as_of):
        case = "the case came late" if car.vin in opened else "no case"
        if any(one.index == index for one in car.sighted):
            return frozenset({f"seen on a road, {case}"})
        if stay.fact.index == index:
            judge = Cases(View(as_of, checker.published), group.sanctions)
            judge.look(replace(car, stays=[replace(stay, backed_by=stay.line_id or "-")], sighted=[]))
            found = {f"overdue, {case}"} if judge.tally.entries else set()
            return frozenset(found if stay.backed_by else {*found, f"unbacked, {case}"})
    return frozenset({"no decision before it"})


_JUDGES: Final[dict[str, Callable[[Checker, int, date], frozenset[str]]]] = {
    "C15": _line,
    "C22": _term,
    "C34": _case,
    "C36": _exceptions,
}
"""Statements that one entry may show in more manners than one."""
