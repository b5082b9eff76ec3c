"""The season: policy and calendars, firms, grants, then batch after batch of cars until deregistration.

All of it follows from the number of exporters and cars and the seed. It is made in the order of time, while
it is asked for; what is held is what is under way. Every car keeps every term, unless other oddities than
:class:`~api.demo.lawful.Lawful` are planted. Figures are assumptions: about 250 cars an exporter, batches
from 1 to 60, 20 months of applications from November 2024 on.
"""

from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Final

from api.demo import firms
from api.demo.acts import Act, document, moment
from api.demo.agenda import Process
from api.demo.calendars import working_day
from api.demo.cases import Case, unfounded
from api.demo.fleet import Enterprise, enterprise
from api.demo.keys import CLERK, clerk_until, key_registered, key_revoked
from api.demo.lawful import ALL_KINDS_FROM, Lawful
from api.demo.pace import FIRST_DAY, MAX_GRANT, plus, weight
from api.demo.tally import AGENCIES, Tally, statement
from api.demo.world import Oddities, Pair, World
from domain.holidays import HOLIDAYS, PublishedTable
from domain.policy import DEFAULT_PARAMS

# SHA-256 of the text of 沪商规〔2024〕19号 as this project read it (UTF-8).
POLICY_DOCUMENT_SHA256: Final = "7490ccaa07ac96b101e379afc29bc535c3b8fa7a8bdaf3ce9acce6594f76f5f7"
MAX_EXPORTERS: Final = 5_000
MAX_VEHICLES: Final = 1_000_000
CARS_PER_EXPORTER: Final = 250
_SHARED_UPSTREAM_EVERY: Final = 12
_LARGEST_AT_LEAST: Final = 40

Planter = Callable[[Lawful], Oddities]
"""Makes other oddities, which may fall back on the lawful ones."""


def default_exporters(vehicles: int) -> int:
    """Return how many exporters so many cars have."""
    return max(3, vehicles // CARS_PER_EXPORTER)


def season(exporters: int, vehicles: int, seed: int, planter: Planter | None = None) -> Iterator[Act]:
    """Yield every act of the season in the order of time.

    Args:
        exporters: from 1.
        vehicles: from 0; every one of them is registered in the end.
        seed: gives all that is drawn.
        planter: gives the oddities of a season that keeps not every rule.
    """
    lawful = Lawful(seed, vehicles, [])
    odd: Oddities = planter(lawful) if planter else lawful
    world = World(seed, vehicles, odd)
    lawful.exporters = world.exporters
    tally = Tally()
    world.agenda.spawn(_rules())
    for table in HOLIDAYS[1:]:
        world.agenda.spawn(_later_table(world, table), background=True)
    world.agenda.spawn(_key(seed))
    stories = list(odd.stories(world))
    for process in stories:
        world.agenda.spawn(process)
    cars = _shares(world.random, exporters, vehicles - world.own_cars)
    for number, count in enumerate(cars):
        world.agenda.spawn(_exporter(world, number, _course(world, number, exporters, count)))
    world.agenda.spawn(_statements(world, tally), background=True)
    for act in world.agenda.run():
        odd.sign(act)
        world.note(act)
        tally.note(act)
        yield act


def _rules() -> Iterator[Act]:
    policy = {
        "document_sha256": POLICY_DOCUMENT_SHA256,
        "from": "2024-11-01",
        "params": dict(DEFAULT_PARAMS),
        "policy_version": 1,
    }
    yield Act(moment(FIRST_DAY, 8, 30), "commerce", "PolicyVersionPublished", policy, officers=2)
    for table in HOLIDAYS[:1]:
        yield _calendar(table, FIRST_DAY)


def _later_table(world: World, table: PublishedTable) -> Process:
    day = working_day(date(table.year - 1, 11, 13))
    yield moment(day, 8, 30)
    if not world.agenda.is_idle:
        yield _calendar(table, day)


def _calendar(table: PublishedTable, day: date) -> Act:
    body = {
        "notice": table.source,
        "rest_days": sorted(one.isoformat() for one in table.table.rest_days),
        "revision": 1,
        "workdays": sorted(one.isoformat() for one in table.table.workdays),
        "year": table.year,
    }
    return Act(moment(day, 8, 45), "commerce", "HolidayCalendarPublished", body)


def _key(seed: int) -> Iterator[Act]:
    day = working_day(plus(FIRST_DAY, 20))
    yield key_registered(seed, moment(day, 8, 30))
    yield key_revoked(seed, moment(working_day(clerk_until(day)), 8, 30))


def _shares(random: Random, exporters: int, vehicles: int) -> list[int]:
    """Return the cars of each exporter: log-normal shares, even ones in a small season."""
    if vehicles < ALL_KINDS_FROM // 2:
        return [vehicles // exporters + (number < vehicles % exporters) for number in range(exporters)]
    weights = [weight(random) for _ in range(exporters)]
    scale = vehicles / sum(weights)
    cars = [int(one * scale) for one in weights]
    cars[0] += vehicles - sum(cars)
    if (short := min(_LARGEST_AT_LEAST, vehicles) - cars[0]) > 0:
        for number in sorted(range(1, exporters), key=lambda n: -cars[n]):
            given = min(short, cars[number] - cars[number] // 2)
            cars[number] -= given
            cars[0] += given
            short -= given
    return cars


def _course(world: World, number: int, exporters: int, cars: int) -> firms.Course:
    """Return what lies before the ``number``-th exporter (from 0): the first three show every kind."""
    if world.vehicles < ALL_KINDS_FROM:
        return firms.Course(cars, firms.first_application(number, exporters))
    draws = [world.random.random() for _ in range(5)]
    tries = {1: "QuotaApplicationRejected", 2: "QuotaApplicationWithdrawn"}
    endings = {0: "CASE", 1: "WITHDRAWN", 2: "RENOUNCED"}
    ending = None
    for kind, rate in (("WITHDRAWN", 0.14), ("CASE", 0.06), ("RENOUNCED", 0.03)):
        if ending is None and draws[3] < rate:
            ending = kind
        draws[3] -= rate
    return firms.Course(
        cars,
        firms.first_application(number, exporters),
        tops_up=number == 0 or cars > MAX_GRANT // 2 or (draws[0] < 0.25 and cars > 0),
        first_try=tries.get(number, tries[1] if draws[1] < 0.04 else None),
        is_vain=number == 0 or draws[2] < 0.05,
        has_successor=world.odd.closes_pairs and (number == 1 or draws[4] < 0.03),
        ending=endings.get(number, ending),
    )


def _exporter(world: World, number: int, course: firms.Course) -> Process:
    """Yield the whole life of an exporter."""
    exporter = enterprise(2 * number + 1, "汽车出口")
    shares = number and number % _SHARED_UPSTREAM_EVERY == 0
    upstream = enterprise(2 * number + (0 if shares else 2), "汽车销售")
    opened = working_day(plus(course.begins, -4))
    opened = max(opened, FIRST_DAY)
    files = [(exporter, "EXPORTER")] if shares else [(exporter, "EXPORTER"), (upstream, "UPSTREAM")]
    yield from firms.open_files(files, opened)
    if course.ending not in {"WITHDRAWN", "RENOUNCED"}:
        world.exporters.append(exporter)
    world.agenda.spawn(firms.renewals(world, exporter, opened), background=True)
    pair = Pair(exporter, upstream, 1, is_spared=course.has_successor)
    world.add(pair)
    yield from firms.business(world, pair, course)
    yield from _end(world, exporter, course)


def _end(world: World, exporter: Enterprise, course: firms.Course) -> Process:
    """Yield what befalls an exporter when its last car is long registered."""
    assert world.agenda.now is not None
    day = working_day(plus(world.agenda.now.date(), 30))
    commerce = "commerce"
    if course.ending:
        yield moment(day, 8, 5)
        move = {"field": "district", "on": day.isoformat(), "uscc": exporter.uscc, "value": "虹口区"}
        yield Act(moment(day, 9, 25), commerce, "EnterpriseChanged", move)
    match course.ending:
        case "CASE":
            case = Case(f"C-{exporter.org_code}-1", "FORGERY", [exporter.uscc])
            yield from unfounded(case, exporter.uscc, working_day(day, 3))
        case "WITHDRAWN":
            world.gone.add(exporter.uscc)
            body = {"on": day.isoformat(), "reason": "不再开展业务（虚构）", "uscc": exporter.uscc}
            yield Act(moment(day, 9, 35), commerce, "QualificationWithdrawn", body)
        case "RENOUNCED":
            world.gone.add(exporter.uscc)
            yield renounced(exporter, "BOTH", day)
        case _:
            pass


def renounced(exporter: Enterprise, scope: str, day: date) -> Act:
    """Return 自愿放弃 with its declaration."""
    body = {"on": day.isoformat(), "scope": scope, "uscc": exporter.uscc}
    papers = [document("放弃声明", exporter.uscc)]
    return Act(moment(day, 9, 40), "commerce", "QualificationRenounced", body, papers)


def _statements(world: World, tally: Tally) -> Process:
    """File every agency's statement for each month, on about the 12th of the next, while anything goes on."""
    month = FIRST_DAY.replace(day=1)
    clerk_first = working_day(plus(FIRST_DAY, 20))
    while True:
        after = plus(month, 31).replace(day=1)
        day = working_day(after.replace(day=12))
        yield moment(day, 17, 20)
        is_last = world.agenda.is_idle
        for agency, counts in tally.take(month.year, month.month).items():
            by: tuple[str, ...] = ()
            if agency == "police" and clerk_first < day < clerk_until(clerk_first):
                by = (CLERK,)
            if counts:
                filed = statement(agency, by, month, counts, moment(day, 17, 30 + AGENCIES.index(agency)))
                world.odd.statement(filed)
                yield filed
        if is_last:
            return
        month = after
