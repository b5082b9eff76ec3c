"""Which records a clock may run on, so that what is due is told without a look at every car.

The rows do not depend on the day. Which clocks run on one, and where they stand, is told from the records
themselves (``projections.history.deadlines``), which also know the policy and the holiday tables.
"""

from datetime import date

from domain.firm import Enterprise
from domain.records import Pair, Vehicle
from ledger.stores import AnyStore
from projections.history.deadlines import Deadline, deadlines
from projections.reading import LIVE, Position, at_one_position, state_of
from projections.replay import recorded_on
from projections.view import Page, Written

_KINDS = ("vin:", "enterprise:", "pair:")


class Clocks:
    """See :class:`projections.view.View`: one row a record on which a clock may run."""

    table = "clock"
    columns = ("owner",)
    owner = "owner"

    def rows(self, page: Page) -> Written:
        """Return those of the changed records that may have a clock."""
        keys = [key for key in page.changed if key.startswith(_KINDS)]
        return Written(keys, [(key,) for key in keys if _may_run(page.state.get(key))])


def running(store: AnyStore, on: date) -> tuple[int, list[Deadline]]:
    """Return how many entries the views have taken in, and the clocks that run on a day, by last day."""

    def ask(here: Position) -> tuple[int, list[Deadline]]:
        rows = store.view_rows(f"SELECT owner FROM clock WHERE {LIVE} ORDER BY owner")  # noqa: S608  our own names
        keys = [owner for (owner,) in rows]
        return here.size, deadlines(state_of(store, here, keys), keys, on, lambda at: recorded_on(store, at))

    return at_one_position(store, ask)


def _may_run(record: object) -> bool:
    match record:
        case Vehicle():
            car = record.car
            waiting = any(
                not one.ended and (one.copied_on is None or one.column in {"R", "X", "UNB"})
                for one in car.registrations
            )
            return waiting or (bool(car.sightings) and not car.cases)
        case Enterprise():
            return bool(record.filings)
        case Pair():
            return record.status == "ACTIVE"
        case _:
            return False
