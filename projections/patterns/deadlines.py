"""Proofs handed in by the lot in the last hours of their term."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final

from domain.calendar import SHANGHAI
from domain.rules.common import due_date
from domain.state import POLICIES_KEY
from projections.patterns.hit import Asked, Hit, some
from projections.reading import LIVE, state_of

_FILED: Final = f"""
SELECT exporter, registered_on, submitted_at, idx, vin FROM filing
WHERE {LIVE} AND exporter IS NOT NULL AND days_used >= ? ORDER BY exporter, submitted_at, idx
"""
_DAY: Final = timedelta(days=1)
_DAY_HOURS: Final = 24


def filed_at_deadline(asked: Asked) -> list[Hit]:
    """Return exporters with the day on which at least so many of their proofs came in just in time.

    The term ends at 24:00 of its last day, rolled past rest days; a moment exactly ``hours`` before counts,
    one after its end is late and does not. Where policy or calendar are missing nothing is known.
    """
    state = state_of(asked.store, asked.here, [POLICIES_KEY])
    versions = state.policies().versions
    if not versions:
        return []
    hours = timedelta(hours=asked.values["hours"])
    shortest = min(one.params.deadline_days for one in versions) - asked.values["hours"] // _DAY_HOURS
    due_on = cache(lambda registered_on: due_date(state, date.fromisoformat(registered_on)))
    lots: defaultdict[tuple[str, date], list[tuple[datetime, int, str]]] = defaultdict(list)
    for exporter, registered_on, submitted_at, index, vin in asked.store.view_rows(_FILED, shortest):
        if (due := due_on(registered_on)) is None:
            continue
        ends = datetime.combine(due + _DAY, time(), SHANGHAI)
        submitted = datetime.fromisoformat(submitted_at).astimezone(SHANGHAI)
        if ends - hours <= submitted < ends:
            lots[exporter, due].append((submitted, index, vin))
    return [
        Hit(
            (f"enterprise:{exporter}",),
            some([index for _, index, _ in filed]),
            {
                "last_day": due.isoformat(),
                "cars": len(cars),
                "first": filed[0][0].isoformat(timespec="minutes"),
                "last": filed[-1][0].isoformat(timespec="minutes"),
            },
        )
        for (exporter, due), filed in sorted(lots.items())
        if len(cars := {vin for *_, vin in filed}) >= asked.values["least"]
    ]
