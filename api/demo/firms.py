"""The firms of a season: on file and qualified, granted, batch after batch, to the end of their business."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api.demo import grant
from api.demo.acts import Act, moment
from api.demo.agenda import Process
from api.demo.calendars import working_day
from api.demo.fleet import Enterprise
from api.demo.journey import draw_batch, next_size, start
from api.demo.pace import FIRST_DAY, LAST_APPLICATION, MAX_GRANT, MIN_GRANT, plus
from api.demo.world import Pair, World


@dataclass(frozen=True, slots=True)
class Course:
    """What lies before an exporter.

    Attributes:
        cars: how many cars it takes.
        begins: a working day, on which its first application is made.
        tops_up: its first grant is too small.
        first_try: how its first application ends, QuotaApplicationRejected or QuotaApplicationWithdrawn.
        is_vain: it asks for more too early.
        has_successor: its first pair is closed when it is drained, and a second one follows.
        ending: what befalls it when its cars are proved; none of it is a violation.
    """

    cars: int
    begins: date
    tops_up: bool = False
    first_try: str | None = None
    is_vain: bool = False
    has_successor: bool = False
    ending: str | None = None


def file_of(firm: Enterprise, role: str) -> dict[str, Any]:
    """Return the body of 企业建档."""
    return {
        "applicant_kind": "DEALER" if role == "EXPORTER" else "OTHER",
        "district": firm.district,
        "in_city": True,
        "name": firm.name,
        "org_code": firm.org_code,
        "roles": [role],
        "uscc": firm.uscc,
    }


def filing(firm: Enterprise, valid_from: date, at: datetime) -> Act:
    """Return 备案 of a year."""
    body = {
        "filing_no": f"DEMO-{valid_from.year}-{firm.org_code}",
        "uscc": firm.uscc,
        "valid_from": valid_from.isoformat(),
        "valid_to": plus(valid_from, 364).isoformat(),
    }
    return Act(at, "commerce", "ExportQualificationFiled", body)


def open_files(firms: list[tuple[Enterprise, str]], day: date) -> Iterator[Act]:
    """Yield 企业建档 of each firm, then the exporters' 备案."""
    for firm, role in firms:
        yield Act(moment(day, 9, 5), "commerce", "EnterpriseRegistered", file_of(firm, role))
    for firm, role in firms:
        if role == "EXPORTER":
            yield filing(firm, day, moment(day, 9, 15))


def renewals(world: World, firm: Enterprise, first: date) -> Process:
    """Yield a 备案 for every further year, three weeks before the last one ends, while anything goes on."""
    begins = plus(first, 365)
    while True:
        day = working_day(plus(begins, -21))
        yield moment(day, 9, 10)
        if world.agenda.is_idle or firm.uscc in world.gone:
            return
        yield filing(firm, begins, moment(day, 9, 15))
        begins = plus(begins, 365)


def business(world: World, pair: Pair, course: Course) -> Process:
    """Yield an exporter's way from its first application to the proof of its last car."""
    day = course.begins
    parts = [course.cars - course.cars // 3, course.cars // 3] if course.has_successor else [course.cars]
    for number, cars in enumerate(parts):
        if number:
            assert world.agenda.now is not None
            yield from drained(world, pair)
            closed = working_day(world.agenda.now.date(), 1)
            yield from grant.close(pair, closed)
            pair = Pair(pair.exporter, pair.upstream, pair.number + 1, is_spared=True)
            world.add(pair)
            day = working_day(closed, 2)
        until = LAST_APPLICATION if number + 1 == len(parts) else plus(course.begins, 240)
        yield from _granted(world, pair, course, cars, day, is_first=number == 0)
        yield from _batches(world, pair, course, cars, until)


def _granted(
    world: World, pair: Pair, course: Course, cars: int, day: date, *, is_first: bool
) -> Iterator[Act]:
    pair.tops_up = course.tops_up and is_first
    share = 0.65 if pair.tops_up else world.random.uniform(1.05, 1.35)
    units = min(max(round(cars * share), MIN_GRANT), MAX_GRANT)
    yield from grant.apply(pair, units, day)
    day = working_day(day, world.random.randint(1, 5))
    if is_first and course.first_try:
        yield grant.end_application(pair, course.first_try, day)
        day = working_day(day, 2)
        yield grant.application(pair, units, day, 9, 45)
        day = working_day(day, world.random.randint(1, 5))
    yield grant.grant(pair, units, day)


def _batches(world: World, pair: Pair, course: Course, cars: int, until: date) -> Process:
    """Start batch after batch until ``cars`` fresh cars and all that came back are on their way."""
    assert world.agenda.now is not None
    left, random = cars, world.random
    day = working_day(world.agenda.now.date(), 1)
    is_vain = course.is_vain and cars > 0
    while left or pair.waiting or pair.running:
        if not left and not pair.waiting:  # a line that is under way may still come to nothing
            yield moment(day, 8, 10)
            day = working_day(plus(day, 3))
            continue
        yield moment(day, 8, 10)
        if pair.free < max(len(pair.waiting), 1):
            if pair.tops_up:
                short = left + len(pair.waiting) - pair.free
                yield from grant.top_up(world, pair, short + max(5, short // 10))
                assert world.agenda.now is not None
                day = working_day(world.agenda.now.date(), 1)
            else:
                day = working_day(plus(day, 3))
            continue
        fresh = next_size(random, pair, left, cars)
        if fresh or pair.waiting:
            batch = draw_batch(world, pair, world.new_cars(fresh), day)
            left -= fresh
            start(world, batch)
        if is_vain:
            is_vain = False
            yield from grant.vain_top_up(world, pair, working_day(day, 1))
            day = working_day(day, 3)
        day = _next_day(world, day, until, left, cars)


def _next_day(world: World, day: date, until: date, left: int, cars: int) -> date:
    """Return when the next batch is applied for: the rest is spread over the time that is left."""
    size = max(1, min(18, -(-cars // 4)))
    gap = max(1, ((until - day).days) // max(1, -(-left // size)))
    return working_day(plus(day, min(max(3, round(gap * world.random.uniform(0.6, 1.3))), 90)))


def drained(world: World, pair: Pair) -> Iterator[datetime]:
    """Wait until no line of a pair is approved or registered and unproved."""
    assert world.agenda.now is not None
    day = world.agenda.now.date()
    while pair.open:
        day = working_day(plus(day, 3))
        yield moment(day, 8, 15)


def first_application(number: int, exporters: int) -> date:
    """Return when the ``number``-th exporter (from 0) makes its first application: over ten months."""
    return working_day(plus(FIRST_DAY, 7 + number * 300 // max(exporters, 1)))
