"""The cars of an enterprise as a dossier lists them: each registration with its dates, papers and level."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from domain.calendar import shanghai_date
from domain.car import Car, Deregistration, Registration
from domain.records import Vehicle
from domain.state import State
from projections.history.deadlines import term_of
from projections.history.replay import Replay
from projections.history.standing import Standing
from projections.history.told import event_of
from projections.proof.check import Checker
from projections.proof.headline import level_of, placed_as_of
from projections.proof.units import car_of
from projections.reports.lines import Entry


def cars_of(replay: Replay, stands: Standing, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return a row for each registration of each car, and one for each car without any, by VIN.

    ``level`` and ``missing`` are those of C36, which the independent checker gives for the same entries.
    """
    state, day = replay.end(), replay.day
    models = _models(entries)
    checker = Checker()
    for one in replay.entries:
        checker.fold(event_of(one))
    rows = []
    for vin in sorted(stands["cars"]):
        vehicle = state.vehicle(vin)
        levels = _levels(checker, vin, day)
        common = {
            "vin": vin,
            "brand_model": models.get(vin),
            "overlays": stands["cars"][vin]["overlays"],
            "cases": list(vehicle.car.cases),
        }
        alive = [one for one in vehicle.car.registrations if not one.ended]
        held = {one.line_id for one in alive if one.backed}
        rows += [common | _registration(state, vehicle, one, levels) for one in alive]
        rows += [common | _line(line_id, account) for line_id, account in _lines(vehicle, held)]
        if not alive and not vehicle.car.lines:
            rows.append(common | _line(None, None))
    return rows


def _levels(checker: Checker, vin: str, day: date) -> dict[tuple[str, date], tuple[str, str | None]]:
    """Return the level of each registration by certificate and day, and what is missing for a better one."""
    facts = checker.books.files.cars.get(vin, [])
    car = car_of(placed_as_of(facts, day))
    found = {}
    for one in car.registrations:
        if not one.ended:
            level, missing = level_of(car, one, checker.published, day)
            found[one.cert_no or "", one.on] = (level.value, missing)
    return found


def _lines(vehicle: Vehicle, held: set[str | None]) -> Iterator[tuple[str, str]]:
    yield from ((line_id, account) for line_id, account in vehicle.lines.items() if line_id not in held)


def _line(line_id: str | None, account: str | None) -> dict[str, Any]:
    """Return the row of a car that was not registered on this line."""
    return {
        "line_id": line_id,
        "account": account,
        "cert_no": None,
        "registered_on": None,
        "strict_due": None,
        "rolled_due": None,
        "copied_on": None,
        "transferred_on": None,
        "submitted_on": None,
        "proof": None,
        "late": None,
        "declarations": [],
        "loaded_on": None,
        "deregistered_on": None,
        "deregistration": None,
        "exit_record": None,
        "level": None,
        "missing": None,
    }


def _registration(
    state: State,
    vehicle: Vehicle,
    one: Registration,
    levels: Mapping[tuple[str, date], tuple[str, str | None]],
) -> dict[str, Any]:
    car = vehicle.car
    term, transfer = term_of(state, one), car.transfer(one.cert_no)
    handed_in = [each for each in car.submissions.values() if each.cert_no == one.cert_no]
    proof = max(handed_in, key=lambda each: each.submitted_at, default=None)
    ended = _deregistration(car, one.cert_no)
    level, missing = levels.get((one.cert_no, one.registered_on), (None, None))
    return {
        "line_id": one.line_id,
        "account": one.column,
        "cert_no": one.cert_no,
        "registered_on": one.registered_on.isoformat(),
        "strict_due": None if term is None else _text(term.strict),
        "rolled_due": None if term is None else _text(term.rolled),
        "copied_on": _text(one.copied_on),
        "transferred_on": None if transfer is None else transfer.transferred_on.isoformat(),
        "submitted_on": None if proof is None else shanghai_date(proof.submitted_at).isoformat(),
        "proof": None if proof is None else proof.status,
        "late": one.late,
        "declarations": [
            {
                "declaration_no": each.declaration_no,
                "released_on": each.released_on.isoformat(),
                "status": each.status,
                "evidence": each.evidence,
                "reversed": each.reversed,
            }
            for each in car.declarations
            if each.cert_no in (one.cert_no, None)
        ],
        "loaded_on": _text(max((on for on, _ in car.loaded), default=None)),
        "deregistered_on": None if ended is None else ended.deregistered_on.isoformat(),
        "deregistration": None if ended is None else ended.reason,
        "exit_record": None if ended is None else ended.exit_record,
        "level": level,
        "missing": missing,
    }


def _deregistration(car: Car, cert_no: str) -> Deregistration | None:
    return next((one for one in reversed(car.deregistered) if one.cert_no == cert_no), None)


def _models(entries: Sequence[Entry]) -> dict[str, str]:
    """Return brand and model by VIN: as registered, else as applied for."""
    found: dict[str, str] = {}
    for entry in entries:
        body = entry["body"] or {}
        for line in body.get("lines") or ():
            if "brand_model" in line:
                found.setdefault(line["vin"], line["brand_model"])
        if "brand_model" in body:
            found[body["vin"]] = body["brand_model"]
    return found


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
