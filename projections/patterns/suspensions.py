"""Registrations clustered just before a suspension: who knew of it may have used quota while it was there."""

from datetime import date, timedelta
from typing import Final

from domain.calendar import shanghai_date
from projections.patterns.hit import MAX_ENTRIES, Asked, Hit, some
from projections.reading import LIVE, state_of

_SUSPENSIONS: Final = f"""
SELECT key FROM view_record WHERE {LIVE} AND key >= 'suspension:' AND key < 'suspension;' ORDER BY key
"""
_REGISTERED: Final = f"""
SELECT registered FROM passage
WHERE {LIVE} AND annulled IS NULL AND registered_on >= ? AND registered_on < ? AND exporter = ?
UNION SELECT registered FROM passage
WHERE {LIVE} AND annulled IS NULL AND registered_on >= ? AND registered_on < ? AND upstream = ?
ORDER BY 1
"""


def registered_before_suspension(asked: Asked) -> list[Hit]:
    """Return suspended enterprises whose cars were registered much faster than before, just before it.

    The days before the day on which a suspension takes effect are compared, by their rate a day, with
    the ``before`` days before these.
    """
    keys = [key for (key,) in asked.store.view_rows(_SUSPENSIONS)]
    state = state_of(asked.store, asked.here, keys)
    days, before = asked.values["days"], asked.values["before"]
    hits: list[Hit] = []
    for key in keys:
        suspension_id = key.partition(":")[2]
        suspension = state.suspension(suspension_id)
        assert suspension is not None, "its key was read at this position"
        halts = state.enterprise(suspension.uscc).halts
        halt = next(one for one in halts if one.suspension_id == suspension_id)
        effective = shanghai_date(halt.effective_at)
        start = effective - timedelta(days=days)
        cluster = _registered(asked, suspension.uscc, start, effective)
        usual = _registered(asked, suspension.uscc, start - timedelta(days=before), start)
        is_faster = len(cluster) * before >= asked.values["factor"] * len(usual) * days
        if len(cluster) >= asked.values["least"] and is_faster:
            hits.append(
                Hit(
                    (f"enterprise:{suspension.uscc}",),
                    some([suspension.index, *cluster[: MAX_ENTRIES - 1]]),
                    {
                        "suspension_id": suspension_id,
                        "effective_on": effective.isoformat(),
                        "cars": len(cluster),
                        "cars_before": len(usual),
                    },
                )
            )
    return hits


def _registered(asked: Asked, uscc: str, first: date, until: date) -> list[int]:
    window = (first.isoformat(), until.isoformat(), uscc)
    return [index for (index,) in asked.store.view_rows(_REGISTERED, *window, *window)]
