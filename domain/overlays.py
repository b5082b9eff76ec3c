"""Overlays: what lies over the account in which a car stands (domain.md, section 3), as of a day.

OVERDUE (derived from the clock), LATE (proved, but late), UNDER_CASE (an open case), ROAD_USE (seen on a road
without a valid temporary plate), HOME_USE (used at home after the transfer), EXPORT_LOST, FRAUD.
"""

from datetime import date
from typing import Literal

from domain.car import Car, Registration
from domain.rules.conduct import is_home_use, is_road_finding
from domain.rules.overdue import is_overdue
from domain.state import State

Overlay = Literal["OVERDUE", "LATE", "UNDER_CASE", "ROAD_USE", "HOME_USE", "EXPORT_LOST", "FRAUD"]


def overlays(state: State, vin: str, on: date) -> frozenset[Overlay]:
    """Return what lies over a car's current registration; OVERDUE only where policy and calendar say so."""
    car = state.vehicle(vin).car
    registration = car.current()
    if registration is None:
        return frozenset()
    found = set(_of_facts(car, registration))
    if is_overdue(state, car, registration, on):
        found.add("OVERDUE")
    cases = (state.case(case_id) for case_id in car.cases)
    if any(case is not None and case.status == "OPEN" for case in cases):
        found.add("UNDER_CASE")
    return frozenset(found)


def _of_facts(car: Car, registration: Registration) -> set[Overlay]:
    transfer = car.transfer(registration.cert_no)
    marks: dict[Overlay, bool] = {
        "LATE": bool(registration.late),
        "ROAD_USE": any(is_road_finding(transfer, seen_on) for seen_on in car.sightings),
        "HOME_USE": any(is_home_use(transfer, used_on) for _, used_on in car.home_use),
        "EXPORT_LOST": registration.export_lost,
        "FRAUD": registration.fraud,
    }
    return {mark for mark, holds in marks.items() if holds}
