"""The timeline of each enterprise: the entries about it, its pairs and the cars on their lines."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from domain.identifiers import firms_of
from domain.records import Pair, Vehicle
from projections.view import Folded, Page, Row, Written


class Timeline:
    """See :class:`projections.view.View`: one row an enterprise and entry."""

    table = "timeline"
    columns = ("enterprise", "idx", "type", "agency", "effective_on", "recorded_at", "postings", "balances")
    owner = None

    def rows(self, page: Page) -> Written:
        """Return the entries of the page, for each enterprise that they are about."""
        return Written((), [row for one in page.entries for row in _of(one)])


def _of(one: Folded) -> Iterator[Row]:
    moved = [posting for posting in one.outcome.postings if posting.pair_id is not None]
    told = (
        one.header.type, None if one.statement is None else one.statement.agency,
        one.effective_on.isoformat(), one.header.recorded_at,
    )  # fmt: skip
    for uscc in sorted(_enterprises(one)):
        own = [asdict(posting) for posting in moved if uscc in firms_of(posting.pair_id or "")]
        pairs = sorted({posting["pair_id"] for posting in own})
        after = {pair_id: pair.balances for pair_id in pairs if (pair := _pair(one, pair_id)) is not None}
        yield (uscc, one.index, *told, json.dumps(own), json.dumps(after))


def _enterprises(one: Folded) -> set[str]:
    """Return whom an entry is about: whom it names, and the firms of the lines of the cars that it names."""
    found = set(one.keys("enterprise"))
    for car in one.cars.values():
        found.update(firm for line_id in _lines(car) for firm in firms_of(line_id))
    return found


def _lines(vehicle: Vehicle) -> set[str]:
    car = vehicle.car
    return {*car.lines, *(one.line_id for one in car.registrations if one.line_id is not None)}


def _pair(one: Folded, pair_id: str) -> Pair | None:
    record = one.outcome.changes.get(f"pair:{pair_id}")
    return record if isinstance(record, Pair) else None
