"""Where everything of a subject stands in a state, as of a day: what a program and the difference compare."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.calendar import shanghai_date
from domain.car import Car, Registration
from domain.firm import Enterprise
from domain.identifiers import pair_of
from domain.overlays import overlays
from domain.records import Pair
from domain.state import State
from projections.history.deadlines import term_of
from projections.history.file import SubjectFile
from projections.history.scope import WHOLE, Scope

Standing = Mapping[str, Any]
"""``enterprise``, ``pairs``, ``batches``, ``cars``, ``cases``: each by id, in JSON values alone."""


def standing(state: State, file: SubjectFile, on: date, scope: Scope = WHOLE) -> Standing:
    """Return where everything of a subject stands.

    Args:
        state: after the entries that count.
        file: whose story it is.
        on: the day on which qualification, suspensions and overlays are looked at.
        scope: what of it is shown; ``cases`` is None where they are not.
    """
    owned = sorted(key for key in state.changes if file.owns(key.partition(":")[2]))
    pairs = (key[5:] for key in owned if key.startswith("pair:"))
    batches = (key[6:] for key in owned if key.startswith("batch:"))
    cars = {
        vin: _car(state, vin, shown, on, scope)
        for vin in file.cars
        if state.vehicle(vin).acts
        and _is_own(state, file, vin)
        and (shown := scope.car(state.vehicle(vin).car)) is not None
    }
    return {
        "enterprise": enterprise_standing(state.enterprise(file.code), on) if file.is_enterprise else None,
        "pairs": {pair_id: _pair(state.pair(pair_id)) for pair_id in pairs},
        "batches": {one: batch.status for one in batches if (batch := state.batch(one)) is not None},
        "cars": cars,
        "cases": {one: _case(state, one) for one in case_ids(file) if state.case(one) is not None}
        if scope.cases
        else None,
    }


def _is_own(state: State, file: SubjectFile, vin: str) -> bool:
    """Say whether a car is of the subject: of one of its pairs, or of nobody's as far as the entries tell.

    One statement may name cars of several enterprises.
    """
    car = state.vehicle(vin).car
    lines = {*car.lines, *(one.line_id for one in car.registrations)} - {None}
    return not (file.is_enterprise and lines) or any(file.owns(pair_of(line)) for line in lines if line)


def case_ids(file: SubjectFile) -> list[str]:
    """Return the ids of the violation cases that the story names."""
    told = (one for one in file.entries if one.index in file.shown)
    return sorted({case_id for one in told for case_id in one.tagged("case")})


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


def _car(state: State, vin: str, shown: Car, on: date, scope: Scope) -> dict[str, Any]:
    # What lies over another's registration is not told of one's own.
    own = shown.current() == state.vehicle(vin).car.current()
    return {
        "lines": dict(shown.lines),
        "registrations": [_registration(state, one) for one in shown.registrations if not one.ended],
        "overlays": sorted(filter(scope.shows_overlay, overlays(state, vin, on))) if own else [],
        "transfers": [
            {
                "cert_no": one.cert_no,
                "from_uscc": one.from_uscc,
                "to_uscc": one.to_uscc,
                "transferred_on": one.transferred_on.isoformat(),
                "temp_plate_to": _text(one.temp_plate_to),
            }
            for one in shown.transfers
        ],
        "submissions": {
            submission_id: {
                "cert_no": one.cert_no,
                "submitted_on": shanghai_date(one.submitted_at).isoformat(),
                "status": one.status,
            }
            for submission_id, one in sorted(shown.submissions.items())
        },
        "declarations": {
            one.declaration_no: {
                "released_on": one.released_on.isoformat(),
                "status": one.status,
                "evidence": one.evidence,
                "reversed": one.reversed,
            }
            for one in shown.declarations
        },
        "loaded_on": sorted({on.isoformat() for on, _ in shown.loaded}),
        "deregistered": [
            {
                "cert_no": one.cert_no,
                "deregistered_on": one.deregistered_on.isoformat(),
                "reason": one.reason,
                "exit_record": one.exit_record,
            }
            for one in shown.deregistered
        ],
        "home_use": [{"kind": kind, "on": on.isoformat()} for kind, on in shown.home_use],
        "seen_on": sorted({on.isoformat() for on in shown.sightings}),
    }


def _registration(state: State, one: Registration) -> dict[str, Any]:
    term = term_of(state, one)
    return {
        "cert_no": one.cert_no,
        "registered_on": one.registered_on.isoformat(),
        "account": one.column,
        "copied_on": _text(one.copied_on),
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
