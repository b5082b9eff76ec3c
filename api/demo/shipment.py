"""Shipments: proved cars of one exporter on one export licence, then through customs and onto a vessel."""

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random
from typing import Any

from api.demo.acts import Act, document, moment
from api.demo.agenda import Process
from api.demo.calendars import last_working_day, working_day
from api.demo.pace import (
    LETTER_DAYS,
    LETTER_FROM,
    MAX_LICENCE,
    deregistration_days,
    export_days,
    plus,
    two_months_after,
)
from api.demo.plan import Plan
from api.demo.way import departure
from api.demo.world import World

_PORTS = (("2225", "外高桥港区海关"), ("2248", "洋山海关"), ("2202", "吴淞海关"))
_PORT_WEIGHTS = (70, 20, 10)
_VESSELS = ("晨星轮（虚构）", "海鸥轮（虚构）", "远帆轮（虚构）", "东风轮（虚构）")
_LETTER_SHARE = 0.6
_VALID_DAYS = 180


def shipments(world: World, plans: Sequence[Plan]) -> Iterator[Process]:
    """Yield the process of each shipment of a batch; a car that goes its own way goes alone."""
    plain = sorted((p for p in plans if not p.is_twisted), key=lambda p: (p.car.is_electric, p.accepted))
    while plain:
        size = world.random.randint(5, MAX_LICENCE)
        together = [one for one in plain[:size] if one.car.is_electric == plain[0].car.is_electric]
        plain = plain[len(together) :]
        yield _shipment(world, together)
    for plan in plans:
        if plan.is_twisted and plan.is_exported:
            yield _shipment(world, [plan])


def _shipment(world: World, plans: Sequence[Plan]) -> Process:
    """Draw the days of a shipment; return its process."""
    random = world.random
    applied, issued = _licence_days(random, plans)
    port = random.choices(_PORTS, _PORT_WEIGHTS)[0]
    vessel = (random.choice(_VESSELS), f"V{issued.year % 100}{issued.timetuple().tm_yday:03d}")
    first = working_day(plus(issued, random.randint(2, 8)))
    for plan in plans:
        plan.port, plan.vessel = port, vessel
        plan.released = min(working_day(first, random.randint(0, 3)), last_working_day(valid_to(issued)))
        plan.loaded = plus(plan.released, random.randint(1, 6))
        plan.deregistered = _deregistered(random, plan.released, plan.loaded)
    return _acts(world, plans, applied, issued)


def _licence_days(random: Random, plans: Sequence[Plan]) -> tuple[date, date]:
    """Return the days on which the licence is applied for and issued."""
    transferred = max(plan.transferred for plan in plans)
    ready = working_day(max(plan.accepted for plan in plans), 1)
    is_new_rule = plus(transferred, 30) >= LETTER_FROM
    applied = plus(transferred, export_days(random, is_new_rule=is_new_rule) - 10)
    waits = random.random() >= _LETTER_SHARE
    if is_new_rule and waits and not any(plan.needs_letter for plan in plans):
        applied = plus(max(plan.registered for plan in plans), LETTER_DAYS + random.randint(1, 20))
    applied = working_day(max(applied, ready))
    issued = working_day(applied, random.randint(1, 3))
    if (issued.month, issued.day) >= (12, 10):  # a licence ends with its year
        applied = working_day(date(issued.year + 1, 1, 2))
        issued = working_day(applied, random.randint(1, 3))
    return applied, issued


def valid_to(issued: date) -> date:
    """Return the last day of a licence: six months, and not beyond the year."""
    return min(plus(issued, _VALID_DAYS), date(issued.year, 12, 31))


def _deregistered(random: Random, released: date, loaded: date) -> date:
    wanted = working_day(max(plus(released, deregistration_days(random)), plus(loaded, 1)))
    return min(wanted, last_working_day(two_months_after(released)))


def licence_body(plans: Sequence[Plan], applied: date, issued: date) -> dict[str, Any]:
    """Return the body of 出口许可证; its letter is there where one of the cars wants it."""
    wants_letter = applied >= LETTER_FROM and any(
        (applied - plan.registered).days <= LETTER_DAYS for plan in plans
    )
    return {
        "after_sales_letter": wants_letter,
        "applied_on": applied.isoformat(),
        "exporter_uscc": plans[0].exporter.uscc,
        "hs_code": "8703800090" if plans[0].car.is_electric else "8703234110",
        "licence_no": f"{issued.year % 100}-DM-{plans[0].car.cert_no[-7:]}",
        "valid_from": issued.isoformat(),
        "valid_to": valid_to(issued).isoformat(),
        "vehicles": [
            {
                "registered_on": plan.registered.isoformat(),
                "transferred_on": plan.transferred.isoformat(),
                "vin": plan.car.vin,
            }
            for plan in plans
        ],
    }


def _acts(world: World, plans: Sequence[Plan], applied: date, issued: date) -> Process:
    """Yield the licence, then let the cars depart."""
    yield moment(issued, 8, 50)  # nothing of it is held in memory before
    body = licence_body(plans, applied, issued)
    papers = [document("合同", f"{body['licence_no']}"), document("其他", f"{body['licence_no']}")]
    licence = Act(moment(issued, 9, 10), "commerce", "ExportLicenceIssued", body, papers)
    yield from plans[0].edited([licence]) if plans[0].is_twisted else [licence]
    for plan in plans:
        world.agenda.spawn(departure(plan))
