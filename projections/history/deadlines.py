"""What is due, at risk or overdue on a day, of one subject or of all (domain.md 3; ``domain.clocks``).

====================  ===================================================================  =================
EXPORT_TERM           transfer and proof of a registered car: DUE until the strict day,    measure 5, annex 1
                      AT_RISK until the rolled day, then OVERDUE; PENDING while a proof
                      handed in in time awaits judgement; UNDETERMINED without a table
DEREGISTRATION        two months from the customs release: DUE, OVERDUE                    公安部令164 art. 37
COPY                  a registration not copied (抄告): MISSING, no term is set            measure 5
CASE                  an overdue, unbacked or road-use car without a case: DUE, OVERDUE    a parameter
QUALIFICATION         an exporter's last day within 30 days: LAPSING; past it: LAPSED      公告2024年第6号
TOP_UP                use above 80 % and nothing applied for: POSSIBLE                     measure 5
====================  ===================================================================  =================
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from domain.acts import Registered
from domain.car import Car, Registration
from domain.clocks import Term, case_due, deregistration_due, export_term
from domain.firm import Enterprise
from domain.identifiers import pair_of
from domain.policy import is_above_threshold
from domain.records import Pair, Vehicle
from domain.rules.conduct import is_road_finding
from domain.rules.overdue import is_overdue
from domain.rules.topup import used_units
from domain.state import State

Kind = Literal["EXPORT_TERM", "DEREGISTRATION", "COPY", "CASE", "QUALIFICATION", "TOP_UP"]
Status = Literal[
    "DUE", "AT_RISK", "OVERDUE", "PENDING", "UNDETERMINED", "MISSING", "LAPSING", "LAPSED", "POSSIBLE"
]
LAPSING_DAYS: Final = 30
"""How long before its last day a qualification is listed."""
SOURCES: Final[dict[Kind, str]] = {
    "EXPORT_TERM": "沪商规〔2024〕19号 措施5、附件1",
    "DEREGISTRATION": "公安部令第164号 第三十七条",
    "COPY": "沪商规〔2024〕19号 措施5",
    "CASE": "case.open_within_days",
    "QUALIFICATION": "商务部等公告2024年第6号",
    "TOP_UP": "沪商规〔2024〕19号 措施5",
}
_DAY: Final = timedelta(days=1)

RecordedOn = Callable[[int], date]
"""The Shanghai day on which an entry was recorded."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock.

    Attributes:
        kind: which.
        status: where it stands on the day.
        subject: the key of whom it concerns: ``vin:…``, ``enterprise:…`` or ``pair:…``.
        due: the last day in time; None where none is set, or it cannot be told.
        since: the day on which the clock began.
        pair_id: whose quota the car uses, None where it has none.
        detail: the figures, in English.
    """

    kind: Kind
    status: Status
    subject: str
    due: date | None
    since: date | None
    pair_id: str | None
    detail: str


def deadlines(state: State, keys: Iterable[str], on: date, recorded_on: RecordedOn) -> list[Deadline]:
    """Return the clocks that run on a day, by last day; those without one last.

    Args:
        state: after the entries that count.
        keys: the records to look at: ``vin:…``, ``enterprise:…``, ``pair:…``; others are passed over.
        on: the day.
        recorded_on: is asked for the registrations without a unit.
    """
    found = [one for key in keys for one in _of(state, key, on, recorded_on)]
    return sorted(found, key=lambda one: (one.due or date.max, one.kind, one.subject))


def term_of(state: State, registration: Registration) -> Term | None:
    """Return the term of a registration's acts; None before any policy version was in force."""
    policy = state.policy_on(registration.registered_on)
    return None if policy is None else export_term(registration.registered_on, policy, state.year_table)


def _of(state: State, key: str, on: date, recorded_on: RecordedOn) -> Iterator[Deadline]:
    record = state.get(key)
    match record:
        case Vehicle():
            yield from _car_deadlines(state, key, record, on, recorded_on)
        case Enterprise():
            yield from _qualification(key, record, on)
        case Pair():
            yield from _top_up(state, key, record, on)
        case _:
            pass


def _car_deadlines(
    state: State, key: str, vehicle: Vehicle, on: date, recorded_on: RecordedOn
) -> Iterator[Deadline]:
    car = vehicle.car
    for one in car.registrations:
        if one.ended:
            continue
        pair_id = pair_of(one.line_id) if one.line_id else None
        if one.copied_on is None:
            told = f"certificate {one.cert_no}, {(on - one.registered_on).days} days since registration"
            yield Deadline("COPY", "MISSING", key, None, one.registered_on, pair_id, told)
        yield from _export_term(state, key, car, one, on)
        if one.column == "X":
            released = min((out.released_on for out in car.releases(one.cert_no)), default=None)
            if released is not None:
                due = deregistration_due(released)
                told = f"released on {released}"
                status: Status = "DUE" if on <= due else "OVERDUE"
                yield Deadline("DEREGISTRATION", status, key, due, released, pair_id, told)
    yield from _case(state, key, vehicle, on, recorded_on)


def _export_term(state: State, key: str, car: Car, one: Registration, on: date) -> Iterator[Deadline]:
    if one.column != "R":
        return
    term = term_of(state, one)
    pair_id = pair_of(one.line_id) if one.line_id else None
    strict, due = (None, None) if term is None else (term.strict, term.rolled)
    told = f"registered on {one.registered_on}, certificate {one.cert_no}"
    if strict is not None and on <= strict:
        status: Status = "DUE"
    elif due is None:
        status = "UNDETERMINED"
        told += "; no policy version" if term is None else "; no holiday table of a year it needs"
    elif on <= due:
        status = "AT_RISK"
    else:
        status = "OVERDUE" if is_overdue(state, car, one, on) else "PENDING"
    if strict is not None and strict != due:
        told += f", strict last day {strict}"
    yield Deadline("EXPORT_TERM", status, key, due or strict, one.registered_on, pair_id, told)


def _case(state: State, key: str, vehicle: Vehicle, on: date, recorded_on: RecordedOn) -> Iterator[Deadline]:
    """Yield what asks for a case while none names the car."""
    if vehicle.car.cases:
        return
    for one, since, why in _grounds(state, vehicle, on, recorded_on):
        policy = state.policy_on(one.registered_on)
        if policy is None or since > on:
            continue
        due = case_due(since, policy)
        status: Status = "DUE" if on <= due else "OVERDUE"
        pair_id = pair_of(one.line_id) if one.line_id else None
        yield Deadline("CASE", status, key, due, since, pair_id, why)


def _grounds(
    state: State, vehicle: Vehicle, on: date, recorded_on: RecordedOn
) -> Iterator[tuple[Registration, date, str]]:
    """Yield each ground for a case: of which registration, since when, in words."""
    car = vehicle.car
    for one in car.registrations:
        if one.ended:
            continue
        if not one.backed:
            acts = [act for act in vehicle.acts if isinstance(act, Registered)]
            indexes = [act.index for act in acts if (act.cert_no, act.on) == (one.cert_no, one.registered_on)]
            yield one, recorded_on(indexes[-1]), "registered without a valid line"
        elif is_overdue(state, car, one, on):
            term = term_of(state, one)
            if term is not None and term.rolled is not None:
                yield one, term.rolled + _DAY, "overdue without proof"
    current = car.current()
    if current is not None:
        transfer = car.transfer(current.cert_no)
        for seen in car.sightings:
            if is_road_finding(transfer, seen):
                yield current, seen, "seen on a road"


def _qualification(key: str, firm: Enterprise, on: date) -> Iterator[Deadline]:
    if not firm.filings:
        return
    match firm.standing_on(on):
        case "VALID":
            last = on
            while firm.standing_on(last + _DAY) == "VALID":
                last += _DAY
                if (last - on).days >= LAPSING_DAYS:
                    return
            yield Deadline("QUALIFICATION", "LAPSING", key, last, None, None, f"valid to {last}")
        case "LAPSED":
            ended = max((one.last for one in firm.filings if one.last < on), default=None)
            if ended is not None:
                yield Deadline("QUALIFICATION", "LAPSED", key, ended, None, None, f"lapsed after {ended}")
        case _:
            pass  # withdrawn or given up: no clock runs


def _top_up(state: State, key: str, pair: Pair, on: date) -> Iterator[Deadline]:
    policy = state.policy_on(on)
    waiting = any(one.status == "PENDING" for one in pair.applications.values())
    if policy is None or pair.status != "ACTIVE" or waiting or not policy.window_holds(on):
        return
    used = used_units(pair, policy)
    if is_above_threshold(used, pair.issued):
        told = f"{used} of {pair.issued} units used, more than 80 %"
        yield Deadline("TOP_UP", "POSSIBLE", key, None, None, key.partition(":")[2], told)
