"""Which entries moved the units of a pair, and which an agency's count of a period rests on (C35)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final

from domain.bodies import ReconciliationStatementFiled
from domain.identifiers import PairId
from domain.postings import USED
from ledger.store import Reader
from projections.history.gathering import Gathering
from projections.history.moments import Moment, replay_at
from projections.history.told import Told, event_of, told
from projections.proof.car_statements import CarStatements
from projections.proof.check import Checker
from projections.proof.counts import NAMES, Reconciled
from projections.proof.stays import vehicle_on
from projections.replay import recorded_on

_TYPES: Final = {
    "granted": ("QuotaGranted", "QuotaToppedUp"),
    "approved": ("UseApplicationApproved",),
    "classified": ("QuotaAttributeClassified",),
    "registered": ("VehicleRegistered",),
    "proved": ("TransferProofAccepted",),
    "transferred": ("PendingExportTransferRecorded",),
    "deregistered": ("VehicleDeregistered",),
    "released": ("CustomsExportConfirmed",),
    "loaded": ("PortLoadingConfirmed",),
}
"""What each name counts; a correction may say it anew."""
_UNITS: Final = frozenset({"granted", "approved", "classified"})


def counted(
    reader: Reader, one: Told, body: ReconciliationStatementFiled, size: int
) -> tuple[tuple[str, ...], list[Told]]:
    """Return the counts of a statement that differ, in words, and the entries that the ledger counts.

    Args:
        reader: the store.
        one: the statement.
        body: what it says.
        size: how many entries are taken in.
    """
    as_of = recorded_on(reader, size - 1)
    agency = one.statement.agency if one.statement else ""
    says, found = list[str](), dict[int, Told]()
    for name, stated in sorted(body.counts.items()):
        if name not in NAMES.get(agency, ()):
            continue
        entries, units = _entries(reader, name, body.period_from, body.period_to, size, as_of)
        if units != stated:
            says.append(f"{name}: {stated} stated, {units} in the ledger")
            found |= {each.index: each for each in entries}
    return tuple(says), list(found.values())


def moved_before(reader: Reader, one: Told, *, used: bool = True, most: int | None = None) -> Iterator[Told]:
    """Yield the entries before an entry that moved units of its pairs.

    With ``used`` those that moved units into use, out of it, or in and out of the total.
    """
    counted = {*USED, "ISS"}
    for pair_id in one.tagged("pair"):
        subject = f"enterprise:{PairId.parse(pair_id).exporter}"
        for step in replay_at(reader, subject, Moment(one.index - 1), most).steps():
            moved = [each for each in step.postings if each.pair_id == pair_id]
            if any(not used or (each.source in counted) != (each.target in counted) for each in moved):
                yield step.told


def _entries(
    reader: Reader, name: str, first: date, last: date, size: int, as_of: date
) -> tuple[list[Told], int]:
    """Return the entries that a name counts in a period, and what they come to."""

    def count(among: Iterable[Told]) -> int:
        checker = Checker()
        for each in among:
            checker.fold(event_of(each))
        group = next(each for each in checker.groups if isinstance(each, CarStatements))
        judge = Reconciled(group.counts, as_of)
        for vin in group.store.cars.keys() | group.files.cars.keys():
            facts = group.store.cars.get(vin, ()), group.files.cars.get(vin, [])
            judge.look(vehicle_on(vin, *facts, as_of))
        return sum(units for day, units in judge.days[name].items() if first <= day <= last)

    gathering = Gathering(reader, size - 1)
    types = (*_TYPES[name], "EventCorrected")
    named = [told(data) for _, data in reader.matching(types, (), 0, size)]
    if name in _UNITS:
        groups: Iterator[list[Told]] = iter([named])
    else:
        groups = (
            gathering.chain(f"vin:{vin}") for vin in sorted({v for one in named for v in one.tagged("vin")})
        )
    found, units = list[Told](), 0
    for group in groups:
        if whole := count(group):
            units += whole
            found += _needed(group, [one for one in group if one.header.type in types], whole, count)
    return found, units


def _needed(
    group: list[Told], candidates: list[Told], whole: int, count: Callable[[Iterable[Told]], int]
) -> Iterator[Told]:
    """Yield the candidates without which the count is another; of two that count once, the earlier."""
    left = group
    for one in reversed(candidates):
        less = [each for each in left if each is not one]
        if count(less) == whole:
            left = less
    kept = {one.index for one in left}
    yield from (one for one in candidates if one.index in kept)
