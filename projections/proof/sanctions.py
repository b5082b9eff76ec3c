"""Cases, suspensions and reinstatements in the order of the ledger, and which follow no decision (C34).

A FINAL suspension follows a decision of the case that it names, about that enterprise, that has not fallen
and is neither NO_VIOLATION nor WARNING. A reinstatement follows the suspension that it ends, which is open,
and, where that one names a case, a decision, a remedy or an overturning of it. Where the suspension names
none there is nothing to hold the reinstatement against: undetermined.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from domain import bodies as b
from domain.bodies import Body
from projections.proof.amended import Amendment
from projections.proof.types import Event

Sanction = (
    b.ViolationCaseOpened
    | b.CaseDecided
    | b.CaseRemedied
    | b.CaseOverturned
    | b.EnterpriseSuspended
    | b.EnterpriseReinstated
)


@dataclass(slots=True)
class Said:
    """One statement about a case or a suspension."""

    place: int
    index: int
    on: date
    body: Sanction


@dataclass(frozen=True, slots=True)
class Finding:
    """An entry without its decision; ``missing`` where that cannot be told."""

    index: int
    missing: str | None = None


@dataclass(slots=True)
class Sanctions:
    """Statements by place."""

    said: dict[int, Said] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Keep what belongs here."""
        if (body := _sanction(event.statement.body)) is not None:
            self.said[event.place] = Said(event.place, event.index, event.effective_date, body)

    def amend(self, amendment: Amendment) -> None:
        """Replace a statement."""
        self.said.pop(amendment.place, None)
        if amendment.replacement is not None:
            self.fold(amendment.replacement)

    def opened(self, as_of: date) -> dict[str, date]:
        """Return for each VIN that a case names the day on which the first was opened."""
        found: dict[str, date] = {}
        for one in self._until(as_of):
            if isinstance(one.body, b.ViolationCaseOpened):
                for vin in one.body.vins:
                    found[vin] = min(one.on, found.get(vin, one.on))
        return found

    def findings(self, as_of: date) -> Iterator[Finding]:
        """Yield suspensions and reinstatements that follow no decision."""
        known = self._until(as_of)
        open_now: dict[str, b.EnterpriseSuspended] = {}
        for one in known:
            before = [other.body for other in known if other.place < one.place and other.on <= one.on]
            match one.body:
                case b.EnterpriseSuspended() as suspension:
                    open_now[suspension.suspension_id] = suspension
                    if suspension.basis == "FINAL" and not _decided(suspension, before):
                        yield Finding(one.index)
                case b.EnterpriseReinstated() as end:
                    suspension_ended = open_now.pop(end.suspension_id, None)
                    yield from _judge_end(one.index, end, suspension_ended, before)
                case _:
                    pass

    def _until(self, as_of: date) -> list[Said]:
        return [self.said[place] for place in sorted(self.said) if self.said[place].on <= as_of]


def _sanction(body: Body) -> Sanction | None:
    return body if isinstance(body, Sanction) else None


def _decided(suspension: b.EnterpriseSuspended, before: list[Sanction]) -> bool:
    """Say whether the last word on the case is a decision that leads to a suspension of this enterprise."""
    case_id, uscc = suspension.case_id, suspension.uscc
    accused = {
        one
        for body in before
        if isinstance(body, b.ViolationCaseOpened | b.CaseDecided) and body.case_id == case_id
        for one in body.usccs
    }
    standing = False
    for body in before:
        if isinstance(body, b.CaseDecided) and body.case_id == case_id:
            standing = body.decision not in {"NO_VIOLATION", "WARNING"}
        elif isinstance(body, b.CaseOverturned) and body.case_id == case_id:
            standing = False
    return standing and uscc in accused


def _judge_end(
    index: int, end: b.EnterpriseReinstated, suspension: b.EnterpriseSuspended | None, before: list[Sanction]
) -> Iterator[Finding]:
    if suspension is None or suspension.uscc != end.uscc:
        yield Finding(index)
    elif suspension.case_id is None:
        yield Finding(index, f"the case behind the suspension {suspension.suspension_id}, which names none")
    elif not any(
        isinstance(body, b.CaseDecided | b.CaseRemedied | b.CaseOverturned)
        and body.case_id == suspension.case_id
        for body in before
    ):
        yield Finding(index)
