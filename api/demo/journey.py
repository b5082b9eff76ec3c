"""One batch of cars on its way: applied for, approved, sent, classified; then its cars go their ways."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from api.demo.acts import Act, document, moment, vin_list_sha256
from api.demo.agenda import Process
from api.demo.calendars import working_day
from api.demo.fleet import Car
from api.demo.pace import MAX_BATCH, batch_size, plus, transfer_day
from api.demo.plan import Plan
from api.demo.shipment import shipments
from api.demo.way import way
from api.demo.world import Batch, Pair, World

GREEN_CHANNEL_SHARE = 0.25
_POINTS = (
    "外高桥口岸机动车综合受理服务点",
    "外高桥口岸机动车综合受理服务点",
    "洋山口岸机动车综合受理服务点",
    "车管所一分所",
)


def draw_batch(world: World, pair: Pair, fresh: list[Car], received: date) -> Batch:
    """Return the next batch of a pair: the cars that wait, then ``fresh`` ones; its units are spoken for."""
    random = world.random
    cars = [*pair.waiting[:MAX_BATCH], *fresh]
    pair.waiting = pair.waiting[MAX_BATCH:]
    pair.batches += 1
    pair.free -= len(cars)
    approved = working_day(received, random.randint(1, 5))
    batch = Batch(pair, pair.batches, cars, received, approved, working_day(approved, random.randint(1, 4)))
    batch.is_lot = random.random() < GREEN_CHANNEL_SHARE
    world.odd.batch(batch)
    if batch.is_returned:  # time to send it again
        batch.classified = working_day(max(batch.classified, working_day(approved, 3)))
    return batch


def next_size(random: Random, pair: Pair, left: int, total: int) -> int:
    """Return how many fresh cars the next batch of a pair takes: at least four batches a pair."""
    waiting = len(pair.waiting)
    room = min(max(1, -(-total // 4)), left, pair.free - waiting, MAX_BATCH - waiting)
    return max(0, min(batch_size(random), room))


def _running(batch: Batch) -> Process:
    batch.pair.running += 1
    yield from journey(batch)
    batch.pair.running -= 1


def journey(batch: Batch) -> Process:
    """Yield the acts of a batch until its lines are settled: classified, cancelled or given back."""
    pair = batch.pair
    places = list(range(len(batch.cars)))
    applied = application(batch)
    for mark in batch.marks:
        mark(applied)
    yield applied
    if batch.fate in {"REJECTED", "WITHDRAWN"}:
        kind = "UseApplicationRejected" if batch.fate == "REJECTED" else "UseApplicationWithdrawn"
        reason = "采购合同不全（虚构）" if batch.fate == "REJECTED" else "采购计划变更（虚构）"
        body = {"batch_id": batch.id, "reason": reason}
        yield Act(moment(batch.approved, 10, 15), "commerce", kind, body)
        _return(pair, [batch.cars[place] for place in places])
        return
    yield from sorted(_decided(batch, places), key=lambda act: act.at)
    _return(pair, [batch.cars[place] for place in sorted(batch.left_out | batch.cancelled)])
    live = [place for place in places if place not in batch.left_out | batch.cancelled]
    if batch.fate == "RECALLED":
        pair.open -= len(live)
        _return(pair, [batch.cars[place] for place in live])
        return
    yield from _dropped(batch)
    _return(pair, [batch.cars[place] for place in sorted(batch.dropped)])


def application(batch: Batch) -> Act:
    """Return 使用申请 (annex 2)."""
    pair = batch.pair
    rows = [(car.brand_model, car.vin) for car in batch.cars] + batch.also
    body = {
        "batch_id": batch.id,
        "lines": [
            {"brand_model": model, "line_id": batch.line_id(place), "vin": vin}
            for place, (model, vin) in enumerate(rows)
        ],
        "org_code": pair.upstream.org_code,
        "purchase_evidence": "采购合同（虚构）",
    }
    forms = [document("申请表", batch.id), document("合同", batch.id)]
    return Act(moment(batch.received, 9), "commerce", "UseApplicationReceived", body, forms)


def approval(batch: Batch, places: list[int]) -> Act:
    """Return 核定使用 of the lines at ``places``."""
    body = {
        "batch_id": batch.id,
        "document_no": f"DEMO-{batch.id[-40:]}",
        "lines": [{"line_id": batch.line_id(place), "vin": batch.cars[place].vin} for place in places],
        "vin_list_sha256": vin_list_sha256(batch.cars[place].vin for place in places),
    }
    return Act(moment(batch.approved, 10, 30), "commerce", "UseApplicationApproved", body)


def cancellation(batch: Batch, place: int, on: date) -> Act:
    """Return 取消 of the line at ``place``."""
    body = {
        "line_id": batch.line_id(place),
        "reason": "采购合同解除（虚构）",
        "vin": batch.cars[place].vin,
    }
    return Act(moment(on, 10, 45), "commerce", "ApprovedLineCancelled", body, officers=2)


def _decided(batch: Batch, places: list[int]) -> Iterator[Act]:
    """Yield the decisions on a batch from approval to classification, and what lies between."""
    approved = [place for place in places if place not in batch.left_out]
    yield approval(batch, approved)
    for place in sorted(batch.cancelled):
        yield cancellation(batch, place, batch.approved)
    live = [place for place in approved if place not in batch.cancelled]
    yield _sent(batch, live, 1, batch.approved)
    if batch.fate == "RECALLED":
        body: dict[str, Any] = {"batch_id": batch.id, "reason": "采购计划变更（虚构）"}
        at = moment(working_day(batch.approved, 1), 10, 15)
        yield Act(at, "commerce", "UseApplicationWithdrawn", body)
        return
    revision = 1
    if batch.is_returned:
        body = {"batch_id": batch.id, "reason": "数量待复核（虚构）", "revision": 1}
        yield Act(moment(working_day(batch.approved, 1), 15, 30), "transport", "UsageNumberReturned", body)
        revision = 2
        yield _sent(batch, live, revision, working_day(batch.approved, 2))
    classification = batch.number_of(live, revision) | {"attribute_code": "EXPORT"}
    yield Act(moment(batch.classified, 11, 30), "transport", "QuotaAttributeClassified", classification)
    yield from batch.extras


def _sent(batch: Batch, live: list[int], revision: int, on: date) -> Act:
    return Act(moment(on, 11), "commerce", "UsageNumberSent", batch.number_of(live, revision))


def _dropped(batch: Batch) -> Iterator[Act]:
    """Yield how lines of a classified batch end."""
    vins = [batch.cars[place].vin for place in sorted(batch.dropped)]
    if vins and batch.is_stripped:
        body = {"batch_id": batch.id, "reason": "核对后撤销属性（虚构）", "vins": vins}
        day = working_day(batch.classified, 1)
        yield Act(moment(day, 11, 45), "transport", "QuotaAttributeWithdrawn", body)
    day = working_day(batch.classified, 2)
    for place in sorted(batch.dropped):
        yield cancellation(batch, place, day)


def _return(pair: Pair, cars: list[Car]) -> None:
    """Give units back to a pair; their cars wait for another application."""
    pair.free += len(cars)
    pair.waiting += cars


def start(world: World, batch: Batch) -> None:
    """Spawn a batch, and the ways and shipments of those cars that will be registered."""
    world.agenda.spawn(_running(batch))
    if batch.fate is not None:
        return
    plans = []
    lot_day = working_day(plus(batch.classified, world.random.randint(1, 12)))
    point = world.random.choice(_POINTS)
    gone = batch.left_out | batch.cancelled | batch.dropped
    for place, car in enumerate(batch.cars):
        if place not in gone:
            plan = draw_plan(world.random, batch, place, car, lot_day if batch.is_lot else None, point)
            world.odd.car(plan)
            plans.append(plan)
            world.agenda.spawn(way(plan))
    for shipment in shipments(world, plans):
        world.agenda.spawn(shipment)


def draw_plan(random: Random, batch: Batch, place: int, car: Car, lot_day: date | None, point: str) -> Plan:
    """Return the plan of the car in a line, every term kept."""
    registered = lot_day or working_day(plus(batch.classified, random.randint(1, 12)))
    plan = Plan(
        batch.pair,
        batch.line_id(place),
        car,
        batch.pair.exporter,
        batch.approved,
        batch.classified,
        point if lot_day else random.choice(_POINTS),
        registered,
        registered,
        registered,
        registered,
        registered,
    )
    redate(plan, registered, random)
    return plan


def redate(plan: Plan, registered: date, random: Random) -> None:
    """Draw the days of a car that is registered on a day, every term kept."""
    plan.registered = registered
    plan.copied = working_day(registered, random.randint(0, 3))
    plan.transferred = transfer_day(random, registered)
    plan.submitted = min(working_day(plan.transferred, 1), working_day(plus(registered, 15)))
    plan.accepted = working_day(plan.submitted, random.randint(1, 3))
