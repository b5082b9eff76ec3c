"""The books: every account of every pair after every entry, and the statements that follow from them.

The accounts are moved entry by entry: by grants and reductions, and by what an entry changes in where the
cars that it names stand. After each entry the law is checked for the pairs that it touched:

    G = −ISS = AV + A + C + K;  K = R + T + X + D + N;  the sum of all accounts = 0;  each except ISS ≥ 0;
    K = the registrations that are backed and not annulled as clerical.

A correction reverses and posts anew as one entry. At the end every car is placed once more from all its
facts, and the sums over the cars are held against the accounts (C11).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import Field

from domain import bodies as b
from domain.identifiers import pair_of
from projections.proof.accounts import CAR_ACCOUNTS, Finding, Pair
from projections.proof.amended import Amendment
from projections.proof.facts import Fact
from projections.proof.files import CarFiles, Move
from projections.proof.published import Published
from projections.proof.topups import TopUps
from projections.proof.types import BooksBreak, BooksResult, BooksVerdict, Event, StatementResult, judged
from projections.proof.units import Units, car_of


@dataclass(slots=True)
class Placed:
    """What a last placing of every car gives: the units by pair and account, and entries about no unit."""

    counted: Units = field(default_factory=dict)
    refused: list[Finding] = field(default_factory=list)
    doubled: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class Books:
    """A group: C10, C11, C12, C13, C17 and the second question of verification.

    Attributes:
        grants: by place, the pair and the units issued (negative when reduced).
        breaks: entries after which the law did not hold.
        overdrawn: entries after which more was approved than granted, and more so than before.
        placing: the last placing of every car, for both who answer; none once another entry has come.
    """

    published: Published
    files: CarFiles = field(default_factory=CarFiles)
    topups: TopUps = field(default_factory=TopUps)
    pairs: dict[str, Pair] = field(default_factory=dict)
    grants: dict[int, tuple[str, int]] = field(default_factory=dict)
    breaks: list[Finding] = field(default_factory=list)
    overdrawn: list[Finding] = field(default_factory=list)
    placing: Annotated[Placed | None, Field(exclude=True)] = field(default=None, compare=False)

    def fold(self, event: Event) -> None:
        """Post one statement and check the law for the pairs that it touched."""
        self.placing = None
        self.topups.fold(event, self._pair, self.published)
        if touched := self._put(event):
            self._check(touched, event.index, event.effective_date)

    def take(self, index: int, on: date, facts: Iterable[tuple[str, Fact]]) -> None:
        """Post facts by VIN of an entry that takes effect on a day."""
        self.placing = None
        touched: set[str] = set()
        for move in self.files.enter(facts, self.published):
            touched |= self._post(move)
        if touched:
            self._check(touched, index, on)

    def amend(self, amendment: Amendment) -> None:
        """Reverse what stood at the place and post its replacement, as one entry."""
        self.placing = None
        event = amendment.replacement
        self.topups.amend(amendment)
        touched: set[str] = set()
        if grant := self.grants.pop(amendment.place, None):
            touched |= self._issue(grant[0], -grant[1])
        for move in self.files.take(amendment):
            touched |= self._post(move)
        if event is not None:
            touched |= self._put(event)
        if touched:
            self._check(touched, amendment.index, event.effective_date if event else date.min)

    def results(self, as_of: date) -> Iterable[StatementResult]:
        """Answer C10 to C13 and C17."""
        placed = self._placed()
        pairs = f"{len(self.pairs)} pairs"
        yield _judged("C10", self.breaks, as_of, f"{pairs} balance after every entry")
        cars = f"{len(self.files.cars)} cars"
        unequal = self._unequal(placed.counted)
        entries = {one.index for one in placed.refused if one.on <= as_of}
        detail = _first(unequal) or _told(placed.refused, as_of, f"{cars} agree with the accounts")
        yield judged("C11", detail, entries, unequal)
        yield _judged("C12", self.overdrawn, as_of, f"{pairs} stay within their grants")
        yield self.topups.result(as_of)
        yield _judged("C17", placed.doubled, as_of, f"{cars}, each in one live line at most")

    def result(self) -> BooksResult:
        """Answer the second question: every break, ascending."""
        placed = self._placed()
        entries = sorted((*self.breaks, *placed.refused), key=lambda one: (one.index, one.detail))
        breaks = [BooksBreak(one.index, one.detail) for one in entries]
        breaks += [BooksBreak(None, detail) for detail in self._unequal(placed.counted)]
        return BooksResult(BooksVerdict.UNBALANCED if breaks else BooksVerdict.BALANCED, tuple(breaks))

    def _put(self, event: Event) -> set[str]:
        touched = self._grant(event)
        for move in self.files.put(event, self.published):
            touched |= self._post(move)
        return touched

    def _grant(self, event: Event) -> set[str]:
        match event.statement.body:
            case b.QuotaGranted(app_id=app_id, units=units) | b.QuotaToppedUp(app_id=app_id, units=units):
                pair_id = pair_of(app_id)
            case b.QuotaReduced(pair_id=pair_id, units=reduced):
                units = -reduced
            case _:
                return set()
        self.grants[event.place] = (pair_id, units)
        return self._issue(pair_id, units)

    def _issue(self, pair_id: str, units: int) -> set[str]:
        self._pair(pair_id).issue(units)
        return {pair_id}

    def _post(self, move: Move) -> set[str]:
        touched: set[str] = set()
        if move.before == move.after:
            return touched
        for key in move.before.keys() | move.after.keys():
            if units := move.after.get(key, 0) - move.before.get(key, 0):
                pair_id, account = key
                self._pair(pair_id).move(account, units)
                touched.add(pair_id)
        return touched

    def _pair(self, pair_id: str) -> Pair:
        return self.pairs.setdefault(pair_id, Pair())

    def _check(self, touched: set[str], index: int, on: date) -> None:
        for pair_id in sorted(touched):
            pair = self.pairs[pair_id]
            over = max(0, pair.approved - pair.total)
            if over > pair.over:
                detail = f"{pair_id}: {pair.approved} units approved, {pair.total} granted"
                self.overdrawn.append(Finding(index, on, detail))
                self.breaks.append(Finding(index, on, f"{pair_id}: AV = {pair.balances['AV']}"))
            pair.over = over
            self.breaks.extend(Finding(index, on, f"{pair_id}: {breach}") for breach in pair.breaches())

    def _placed(self) -> Placed:
        if self.placing is None:
            self.placing = self._place()
        return self.placing

    def _place(self) -> Placed:
        placed = Placed()
        for vin, facts in self.files.cars.items():
            car = car_of(facts)
            for key, units in car.units().items():
                placed.counted[key] = placed.counted.get(key, 0) + units
            for fact in car.refused:
                detail = f"{fact.kind}: no unit of {vin} stands where it could move"
                placed.refused.append(Finding(fact.index, fact.on, detail))
            for fact in car.doubled:
                detail = f"{fact.line_id}: {vin} is live in another line"
                placed.doubled.append(Finding(fact.index, fact.on, detail))
        return placed

    def _unequal(self, counted: Units) -> list[str]:
        return [
            f"{pair_id}: {account} = {pair.balances[account]}, cars = {cars}"
            for pair_id, pair in self.pairs.items()
            for account in CAR_ACCOUNTS
            if pair.balances[account] != (cars := counted.get((pair_id, account), 0))
        ]


def _judged(code: str, findings: list[Finding], as_of: date, otherwise: str) -> StatementResult:
    entries = {one.index for one in findings if one.on <= as_of}
    return judged(code, _told(findings, as_of, otherwise), entries, [])


def _told(findings: list[Finding], as_of: date, otherwise: str) -> str:
    return _first([one.detail for one in findings if one.on <= as_of]) or otherwise


def _first(details: list[str]) -> str:
    more = f" (and {len(details) - 3} more)" if len(details) > 3 else ""
    return "; ".join(details[:3]) + more
