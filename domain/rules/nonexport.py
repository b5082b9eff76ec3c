"""认定未用于出口 and its end."""

from collections.abc import Iterator

from domain.acts import Determined, Overturned
from domain.bodies import NonExportDetermined, NonExportOverturned
from domain.errors import Refusal, refuse
from domain.identifiers import pair_of
from domain.postings import Place, step
from domain.rules.cases import rely_on
from domain.rules.common import bad_codes, bad_pair_codes, no_policy
from domain.rules.draft import Draft


def guard_determined(draft: Draft, body: NonExportDetermined) -> Iterator[Refusal]:
    """A decided case about this car that found a violation; a unit in R, T, X or D."""
    yield from bad_pair_codes(pair_of(body.line_id))
    yield from bad_codes(vins=(body.vin,))
    yield from no_policy(draft)
    case = draft.case(body.case_id)
    if case is None:
        yield refuse("unknown-case", case_id=body.case_id)
    elif case.status != "DECIDED":
        yield refuse("wrong-state", what=body.case_id, state=case.status, wanted="DECIDED")
    elif case.decision == "NO_VIOLATION":
        yield refuse("case-cleared", case_id=body.case_id)
    if case is not None and body.vin not in case.vins:
        yield refuse("car-of-another-case", case_id=body.case_id, vin=body.vin)
    car = draft.vehicle(body.vin).car
    holder = car.holder(body.line_id)
    place: Place = holder.column if holder else car.lines.get(body.line_id) or "UNB"
    if step("NonExportDetermined", place).action == "REFUSE":
        yield refuse("wrong-state", what=body.vin, state=place, wanted="R | T | X | D")


def fold_determined(draft: Draft, body: NonExportDetermined) -> None:
    """→N; the facts go on to place the car, unseen, for the case that the determination falls."""
    draft.act(body.vin, Determined(draft.index, body.line_id, body.case_id))
    rely_on(draft, body.case_id)


def guard_overturned(draft: Draft, body: NonExportOverturned) -> Iterator[Refusal]:
    """The determination of that case stands."""
    yield from bad_pair_codes(pair_of(body.line_id))
    yield from bad_codes(vins=(body.vin,))
    yield from no_policy(draft)
    holder = draft.vehicle(body.vin).car.holder(body.line_id)
    if holder is None or holder.determined != body.case_id:
        yield refuse("not-determined", vin=body.vin, line_id=body.line_id, case_id=body.case_id)


def fold_overturned(draft: Draft, body: NonExportOverturned) -> None:
    """N→ where the facts alone place the car."""
    draft.act(body.vin, Overturned(draft.index, body.line_id))
    rely_on(draft, body.case_id)
