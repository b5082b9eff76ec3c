"""Which records a clock may run on, so that what is due is told without a look at every car.

The rows do not depend on the day. Which clocks run on one, and where they stand, is told from the records
themselves (``projections.history.deadlines``), which also know the policy and the holiday tables.
"""

from datetime import date, datetime

from domain.calendar import shanghai_date
from domain.firm import Enterprise
from domain.identifiers import firms_of
from domain.records import Pair, Vehicle
from ledger.entry import parse_header
from ledger.stores import AnyStore
from projections.history.deadlines import Deadline, deadlines
from projections.reading import LIVE, Position, at_one_position, state_of
from projections.view import Page, Row, Written

_KINDS = ("vin:", "enterprise:", "pair:")


class Clocks:
    """See :class:`projections.view.View`: one row a record on which a clock may run."""

    table = "clock"
    columns = ("owner", "exporter", "upstream")
    owner = "owner"

    def rows(self, page: Page) -> Written:
        """Return those of the changed records that may have a clock."""
        keys = [key for key in page.changed if key.startswith(_KINDS)]
        rows = (_row(key, page.state.get(key)) for key in keys)
        return Written(keys, [row for row in rows if row is not None])


def running(store: AnyStore, on: date, uscc: str | None = None) -> tuple[int, list[Deadline]]:
    """Return how many entries the views have taken in, and the clocks that run on a day, by last day.

    Args:
        store: whose views have caught up.
        on: the day.
        uscc: only those of this enterprise, its pairs and the cars on their lines.
    """

    def ask(here: Position) -> tuple[int, list[Deadline]]:
        mine, parameters = ("", []) if uscc is None else (" AND (exporter = ? OR upstream = ?)", [uscc, uscc])
        rows = store.view_rows(f"SELECT owner FROM clock WHERE {LIVE}{mine} ORDER BY owner", *parameters)  # noqa: S608  our own names
        keys = [owner for (owner,) in rows]
        found = deadlines(state_of(store, here, keys), keys, on, lambda at: _recorded_on(store, at))
        foreign = (one for one in found if uscc and one.pair_id and uscc not in firms_of(one.pair_id))
        return here.size, [one for one in found if one not in set(foreign)]

    return at_one_position(store, ask)


def _row(key: str, record: object) -> Row | None:
    match record:
        case Vehicle():
            car = record.car
            waiting = any(
                not one.ended and (one.copied_on is None or one.column in {"R", "X", "UNB"})
                for one in car.registrations
            )
            if not waiting and (not car.sightings or car.cases):
                return None
            lines = [one.line_id for one in car.registrations if one.line_id is not None]
            return (key, *(firms_of(lines[-1]) if lines else (None, None)))
        case Enterprise():
            return (key, key.partition(":")[2], None) if record.filings else None
        case Pair():
            return (key, *firms_of(key.partition(":")[2])) if record.status == "ACTIVE" else None
        case _:
            return None


def _recorded_on(store: AnyStore, index: int) -> date:
    data = next(iter(store.entries(index, index + 1)))
    return shanghai_date(datetime.fromisoformat(parse_header(data.partition(b"\n")[0]).recorded_at))
