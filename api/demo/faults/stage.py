"""What stories are made of: a pair with its quota, a batch, the way of a car."""

from collections.abc import Iterator
from datetime import date

from api.demo import firms, grant
from api.demo.acts import Act
from api.demo.agenda import Process
from api.demo.calendars import working_day
from api.demo.faults.key import Violation
from api.demo.faults.planter import Planter
from api.demo.faults.proofs import shows
from api.demo.fleet import enterprise
from api.demo.journey import draw_plan, journey
from api.demo.pace import FIRST_DAY, plus
from api.demo.plan import Plan
from api.demo.shipment import shipments
from api.demo.way import way
from api.demo.world import Batch, Pair, World

FIRST_FIRM = 80_001
_UNITS = 20


def new_pair(number: int) -> Pair:
    """Return the pair of the ``number``-th story."""
    exporter = enterprise(FIRST_FIRM + 2 * number, "汽车出口")
    return Pair(exporter, enterprise(FIRST_FIRM + 2 * number + 1, "汽车销售"), 1)


def opened(planter: Planter, pair: Pair, number: int, first: date = FIRST_DAY) -> tuple[list[Act], date]:
    """Return the acts by which a pair gets its quota, and the working day after the grant."""
    day = working_day(plus(first, 14 + 9 * number))
    files = firms.open_files([(pair.exporter, "EXPORTER"), (pair.upstream, "UPSTREAM")], day)
    return [*files, *granted(planter, pair, day)], working_day(day, 4)


def granted(planter: Planter, pair: Pair, day: date) -> list[Act]:
    """Return letter, application and grant of a pair whose firms are on file since ``day``."""
    planter.world.add(pair)
    return [
        *grant.apply(pair, _UNITS, working_day(day, 1)),
        grant.grant(pair, _UNITS, working_day(day, 3)),
    ]


def new_batch(world: World, pair: Pair, received: date) -> Batch:
    """Return a batch of one car, approved after two working days and classified after three."""
    world.own_cars += 1
    return extra_batch(world, pair, received, 1)


def extra_batch(world: World, pair: Pair, received: date, cars: int) -> Batch:
    """Return a batch of cars that come on top of those of the season."""
    pair.batches += 1
    approved = working_day(received, 2)
    return Batch(pair, pair.batches, world.new_cars(cars), received, approved, working_day(approved, 1))


def car(planter: Planter, batch: Batch, violation: Violation, registered: date, *codes: str) -> None:
    """Let the car of a batch be registered on a day, which shows a violation, then go its way."""
    own = plan(planter, batch, violation, registered)
    if codes:
        shows(own, violation, "VehicleRegistered", *codes)
    go(planter, own)


def plan(planter: Planter, batch: Batch, violation: Violation, registered: date) -> Plan:
    """Return the plan of the car of a batch in which a violation is planted."""
    own = plans(planter, batch, violation.kind, registered)[0]
    violation.vin = own.car.vin
    return own


def plans(planter: Planter, batch: Batch, kind: str, registered: date) -> list[Plan]:
    """Return the plans of all cars of a batch, registered on one day."""
    made = [
        draw_plan(planter.random, batch, place, one, registered, "车管所一分所")
        for place, one in enumerate(batch.cars)
    ]
    for one in made:
        one.kind = kind
        planter.traces.follow(one.car.vin, kind)
    return made


def go(planter: Planter, own: Plan) -> None:
    """Let a car go its way, to the port if it is exported."""
    planter.world.agenda.spawn(way(own))
    for shipment in shipments(planter.world, [own]):
        planter.world.agenda.spawn(shipment)


def journey_of(batch: Batch) -> Iterator[Act]:
    """Yield the acts of a batch, which knows its days."""
    for act in journey(batch):
        assert isinstance(act, Act), "a journey knows its days"
        yield act


def marked(batch: Batch, violation: Violation, codes: dict[str, str]) -> Iterator[Act]:
    """Yield the acts of a batch, those of the types in ``codes`` noted as showing the violation."""
    for act in journey_of(batch):
        if act.type in codes:
            violation.show(act, codes[act.type])
        yield act


def told(acts: list[Act]) -> Process:
    """Return acts as a process, by time."""
    return iter(sorted(acts, key=lambda act: act.at))
