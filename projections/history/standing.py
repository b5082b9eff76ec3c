"""Where everything of a subject stands in a state, as of a day: what a program and the difference compare."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.calendar import shanghai_date
from domain.car import Registration
from domain.clocks import Term, export_term
from domain.firm import Enterprise
from domain.identifiers import pair_of
from domain.overlays import overlays
from domain.records import Pair, Vehicle
from domain.state import State
from projections.history.file import SubjectFile

Standing = Mapping[str, Any]
"""``enterprise``, ``pairs``, ``batches``, ``cars``, ``cases``: each by id, in JSON values alone."""


def standing(state: State, file: SubjectFile, on: date) -> Standing:
    """Return where everything of a subject stands.

    Args:
        state: after the entries that count.
        file: whose story it is.
        on: the day on which qualification, suspensions and overlays are looked at.
    """
    owned = sorted(key for key in state.changes if file.owns(key.partition(":")[2]))
    pairs = (key[5:] for key in owned if key.startswith("pair:"))
    batches = (key[6:] for key in owned if key.startswith("batch:"))
    cars = {
        vin: _car(state, vin, on)
        for vin in file.cars
        if state.vehicle(vin).acts and _is_own(state, file, vin)
    }
    return {
        "enterprise": enterprise_standing(state.enterprise(file.code), on) if file.is_enterprise else None,
        "pairs": {pair_id: _pair(state.pair(pair_id)) for pair_id in pairs},
        "batches": {one: batch.status for one in batches if (batch := state.batch(one)) is not None},
        "cars": cars,
        "cases": {one: _case(state, one) for one in case_ids(file) if state.case(one) is not None},
    }


def _is_own(state: State, file: SubjectFile, vin: str) -> bool:
    """Say whether a car is of the subject: of one of its pairs, or of nobody's as far as the entries tell.

    One statement may name cars of several enterprises.
    """
    car = state.vehicle(vin).car
    lines = {*car.lines, *(one.line_id for one in car.registrations)} - {None}
    return not (file.is_enterprise and lines) or any(file.owns(pair_of(line)) for line in lines if line)


def case_ids(file: SubjectFile) -> list[str]:
    """Return the ids of the violation cases that the file names."""
    return sorted({case_id for one in file.entries for case_id in one.tagged("case")})


def term_of(state: State, registration: Registration) -> Term | None:
    """Return the term of a registration's acts; None before any policy version was in force."""
    policy = state.policy_on(registration.registered_on)
    return None if policy is None else export_term(registration.registered_on, policy, state.year_table)


def enterprise_standing(firm: Enterprise, on: date) -> dict[str, Any]:
    """Return the file, the qualification and the open suspensions of an enterprise on a day."""
    return {
        "registered": firm.registered,
        "name": firm.value_on("name", on) or firm.name,
        "roles": list(firm.roles_on(on)),
        "qualification": firm.standing_on(on) if firm.filings or firm.endings else None,
        "suspended": {
            halt.suspension_id: list(halt.scope)
            for halt in firm.halts
            if shanghai_date(halt.effective_at) <= on
            and (halt.ended_at is None or on < shanghai_date(halt.ended_at))
        },
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "status": pair.status,
        "balances": dict(pair.balances),
        "applications": {app_id: one.status for app_id, one in sorted(pair.applications.items())},
    }


def _car(state: State, vin: str, on: date) -> dict[str, Any]:
    vehicle: Vehicle = state.vehicle(vin)
    car = vehicle.car
    return {
        "lines": dict(car.lines),
        "registrations": [_registration(state, one) for one in car.registrations if not one.ended],
        "overlays": sorted(overlays(state, vin, on)),
    }


def _registration(state: State, one: Registration) -> dict[str, Any]:
    term = term_of(state, one)
    return {
        "cert_no": one.cert_no,
        "registered_on": one.registered_on.isoformat(),
        "account": one.column,
        "proved": one.proved,
        "strict_due": None if term is None else _text(term.strict),
        "rolled_due": None if term is None else _text(term.rolled),
    }


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _case(state: State, case_id: str) -> dict[str, Any]:
    case = state.case(case_id)
    assert case is not None
    return {
        "status": case.status,
        "ground": case.ground,
        "opened_on": case.opened_on.isoformat(),
        "decision": case.decision,
        "usccs": list(case.usccs),
        "vins": list(case.vins),
    }
