"""C09, C21 and C28: every decision about quota was in somebody's power when it took effect.

A decision takes effect when it occurred. C09 asks for a policy version in force on that day, and for new
units (grants, top-ups, approvals) and registrations also for the policy window, its last day included. C21
asks for the exporter's qualification and for one active pair at a time. C28 asks that neither firm was
suspended in the matter or had renounced. A registration meanwhile uses quota too: it is named when its day
is after that of the first notice; between the decision and that day the police could not know, and it is
listed apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from sys import intern
from typing import Final

from domain import bodies as b
from domain.identifiers import PairId, pair_of
from projections.proof.amended import Amendment
from projections.proof.facts import Fact
from projections.proof.files import CarFiles
from projections.proof.published import Published
from projections.proof.standing import Moment, Standing
from projections.proof.types import Event, StatementResult, judged

_NEW_UNITS: Final = frozenset({"QuotaGranted", "QuotaToppedUp", "UseApplicationApproved"})
_SCOPES: Final = {
    "QuotaGranted": "APPLY",
    "QuotaToppedUp": "APPLY",
    "UseApplicationApproved": "USE",
    "UsageNumberSent": "USE",
    "QuotaAttributeClassified": "USE",
}
"""What a suspension has to bar for the decision to be barred."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about the quota of a pair."""

    index: int
    place: int
    at: datetime
    on: date
    kind: str
    pair_id: str

    @property
    def moment(self) -> Moment:
        """When it took effect, by the day."""
        return self.on, self.place


@dataclass(slots=True)
class Decisions:
    """A group: C09, C21, C28. Registrations it reads from the files of the cars."""

    published: Published
    files: CarFiles
    standing: Standing = field(default_factory=Standing)
    known: dict[int, Decision] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Take in a decision about quota, or a statement about an enterprise's standing."""
        self.standing.fold(event)
        match event.statement.body:
            case b.QuotaGranted(app_id=text) | b.QuotaToppedUp(app_id=text):
                pair_id = pair_of(text)
            case (
                b.UseApplicationApproved(batch_id=text)
                | b.UsageNumberSent(batch_id=text)
                | b.QuotaAttributeClassified(batch_id=text)
            ):
                pair_id = pair_of(text)
            case b.PairClosed(pair_id=text):
                pair_id = text
            case _:
                return
        kind, at = intern(event.statement.type), event.statement.occurred_at
        decision = Decision(event.index, event.place, at, event.effective_date, kind, intern(pair_id))
        self.known[event.place] = decision

    def amend(self, amendment: Amendment) -> None:
        """Take out what stood at the place; fold the replacement."""
        self.known.pop(amendment.place, None)
        self.standing.take(amendment.place)
        if amendment.replacement is not None:
            self.fold(amendment.replacement)

    def results(self, as_of: date) -> Iterable[StatementResult]:
        """Answer C09, C21 and C28."""
        decisions = sorted(
            (one for one in self.known.values() if one.on <= as_of), key=lambda one: one.moment
        )
        yield self._policy(decisions, as_of)
        yield self._qualified(decisions)
        yield self._free(decisions, as_of)

    def _registrations(self, as_of: date) -> Iterator[Fact]:
        for facts in self.files.cars.values():
            for fact in facts:
                if fact.kind == "VehicleRegistered" and fact.on <= as_of:
                    yield fact

    def _policy(self, decisions: list[Decision], as_of: date) -> StatementResult:
        without, outside = set[int](), set[int]()
        for one in decisions:
            params = self.published.in_force(one.on)
            if params is None:
                without.add(one.index)
            elif one.kind in _NEW_UNITS and not params.window_holds(one.on):
                outside.add(one.index)
        for fact in self._registrations(as_of):
            params = self.published.in_force(fact.on)
            if params is None:
                without.add(fact.index)
            elif not params.window_holds(fact.on):
                outside.add(fact.index)
        detail = f"{len(without)} without a policy version in force, {len(outside)} outside the policy window"
        return judged("C09", detail, without | outside, [])

    def _qualified(self, decisions: list[Decision]) -> StatementResult:
        unqualified, second = set[int](), set[int]()
        active: dict[str, set[str]] = {}
        for one in decisions:
            exporter = PairId.parse(one.pair_id).exporter
            pairs = active.setdefault(exporter, set())
            if one.kind == "PairClosed":
                pairs.discard(one.pair_id)
                continue
            if one.kind in _NEW_UNITS and not self.standing.qualified(exporter, one.moment):
                unqualified.add(one.index)
            if one.kind == "QuotaGranted":
                params = self.published.in_force(one.on)
                if one.pair_id not in pairs and len(pairs) >= (params.pair_max_active if params else 1):
                    second.add(one.index)
                pairs.add(one.pair_id)
        detail = f"{len(unqualified)} without a valid qualification, {len(second)} beside an active pair"
        return judged("C21", detail, unqualified | second, [])

    def _free(self, decisions: list[Decision], as_of: date) -> StatementResult:
        barred = {one.index for one in decisions if self._barred(one)}
        noticed, before = list[int](), list[int]()
        if self.standing.suspensions or self.standing.endings:
            for fact in self._registrations(as_of):
                self._list(fact, noticed, before)
        detail = (
            f"{len(barred)} decisions while barred; registrations meanwhile: {_entries(noticed)}; "
            f"between decision and notice: {_entries(before)}"
        )
        return judged("C28", detail, barred | set(noticed), [])

    def _barred(self, one: Decision) -> bool:
        scope = _SCOPES.get(one.kind)
        if scope is None:
            return False
        pair = PairId.parse(one.pair_id)
        return any(
            self.standing.suspended(uscc, scope, one.at) or self.standing.renounced(uscc, one.moment)
            for uscc in (pair.exporter, pair.upstream)
        )

    def _list(self, fact: Fact, noticed: list[int], before: list[int]) -> None:
        """Sort a registration while barred: after the police could know, or before."""
        if fact.line_id is None:
            return
        pair = PairId.parse(pair_of(fact.line_id))
        firms = (pair.exporter, pair.upstream)
        served = [day for uscc in firms for day in self.standing.suspended_on(uscc, "USE", fact.on)]
        if any(day is not None and day < fact.on for day in served):
            noticed.append(fact.index)
        elif served:
            before.append(fact.index)
        elif any(self.standing.renounced(uscc, (fact.on, fact.place)) for uscc in firms):
            noticed.append(fact.index)


def _entries(indices: list[int]) -> str:
    return ", ".join(str(index) for index in sorted(indices)) or "none"
