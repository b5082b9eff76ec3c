"""The counts of an agency over a month, by the names and rules of C35 (``projections.proof.counts``).

They are what a 对账单 (``ReconciliationStatementFiled``) of the agency for that month would have to state:
counted by effective date, without what a clerical annulment made void or a correction took back.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from projections.proof.car_statements import CarStatements
from projections.proof.check import Checker
from projections.proof.counts import NAMES, Reconciled
from projections.proof.stays import vehicle_on
from projections.reports.months import Month


def counts_of(checker: Checker, agency: str, month: Month, as_of: date) -> dict[str, Any]:
    """Return the counts of the ledger, and what the agency has filed about this month.

    Args:
        checker: after the entries that count.
        agency: ``commerce``, ``transport``, ``police`` or ``customs``.
        month: its days are those on which things took effect.
        as_of: what takes effect later is not counted.
    """
    group = next(one for one in checker.groups if isinstance(one, CarStatements))
    judge = Reconciled(group.counts, as_of)
    for vin in sorted(group.store.cars.keys() | group.files.cars.keys()):
        facts = group.store.cars.get(vin, ()), group.files.cars.get(vin, [])
        judge.look(vehicle_on(vin, *facts, as_of))
    counted = {
        name: sum(units for day, units in judge.days[name].items() if day in month)
        for name in sorted(NAMES[agency])
    }
    return {
        "by": "effective_date",
        "period_from": month.first.isoformat(),
        "period_to": month.last.isoformat(),
        "counts": counted,
        "filed": list(_filed(group, agency, month, counted)),
    }


def _filed(
    group: CarStatements, agency: str, month: Month, counted: dict[str, int]
) -> Iterator[dict[str, Any]]:
    for stated in group.counts.stated.values():
        if stated.agency == agency and (stated.first, stated.last) == (month.first, month.last):
            agrees = all(counted.get(name) == units for name, units in stated.counts.items())
            yield {"index": stated.index, "counts": dict(sorted(stated.counts.items())), "agrees": agrees}
