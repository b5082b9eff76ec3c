"""Cars that stop on their way: released and never deregistered, deregistered and never released, waiting."""

from datetime import date, timedelta
from typing import Final

from domain.calendar import months_after
from projections.patterns.hit import Asked, Hit
from projections.reading import LIVE

_SHORTEST_MONTH_DAYS: Final = 28
_RELEASED: Final = f"""
SELECT vin, released, released_on FROM passage
WHERE {LIVE} AND released_on <= ? AND deregistered IS NULL ORDER BY vin, cert_no
"""
_DEREGISTERED: Final = f"""
SELECT vin, deregistered, deregistered_on FROM passage
WHERE {LIVE} AND reason = 'EXPORT' AND released IS NULL ORDER BY vin, cert_no
"""
_WAITING: Final = f"""
SELECT vin, transferred, transferred_on, released, released_on, dwell_days FROM passage
WHERE {LIVE} AND (dwell_days >= ? OR (waits = 1 AND transferred_on <= ?)) ORDER BY vin, cert_no
"""


def released_not_deregistered(asked: Asked) -> list[Hit]:
    """Return cars whose term for deregistration has run out since the first release that stands."""
    months = asked.values["months"]
    earliest = asked.on - timedelta(days=months * _SHORTEST_MONTH_DAYS)
    hits: list[Hit] = []
    for vin, index, released_on in asked.store.view_rows(_RELEASED, earliest.isoformat()):
        due = months_after(date.fromisoformat(released_on), months)
        if due < asked.on:
            figures = {"released_on": released_on, "due": due.isoformat(), "days_over": (asked.on - due).days}
            hits.append(Hit((f"vin:{vin}",), (index,), figures))
    return hits


def deregistered_not_released(asked: Asked) -> list[Hit]:
    """Return cars that were deregistered for export though no release stands."""
    return [
        Hit((f"vin:{vin}",), (index,), {"deregistered_on": on})
        for vin, index, on in asked.store.view_rows(_DEREGISTERED)
    ]


def long_dwell(asked: Asked) -> list[Hit]:
    """Return cars that wait, or waited, so many days between 转让待出口 and release."""
    days = asked.values["days"]
    since = asked.on - timedelta(days=days)
    return [
        Hit(
            (f"vin:{vin}",),
            (transferred,) if released is None else (transferred, released),
            {
                "transferred_on": on,
                "released_on": released_on,
                "days": (asked.on - date.fromisoformat(on)).days if dwell is None else dwell,
            },
        )
        for vin, transferred, on, released, released_on, dwell in asked.store.view_rows(
            _WAITING, days, since.isoformat()
        )
    ]
