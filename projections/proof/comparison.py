"""Sets the ledger against an agency's extract, and says what is on one side only (Z01, Z09).

Both sides are read as of one day: rows and facts that took effect later do not count. A registration that the
police annulled as a clerical error does not count, nor does a release that customs reversed. From a first
day on, the comparison is of a period: cars are matched over all that is known, and a difference counts when
one of the days that either side states lies in it. Transport's list has no days: it is that of the period.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, assert_never

from domain.bodies import (
    Body,
    CustomsExportConfirmed,
    CustomsExportReversed,
    QuotaAttributeClassified,
    RegistrationAnnulled,
    VehicleDeregistered,
    VehicleRegistered,
)
from projections.extracts import CustomsRow, Extract, Kind, PoliceRow, Row, TransportRow, is_vin
from projections.proof.amended import Amendment
from projections.proof.types import Event, StatementResult

COMPARED: Final[Mapping[Kind, tuple[type[Body], ...]]] = MappingProxyType(
    {
        "police": (VehicleRegistered, RegistrationAnnulled, VehicleDeregistered),
        "customs": (CustomsExportConfirmed, CustomsExportReversed),
        "transport": (QuotaAttributeClassified,),
    }
)
"""Which statements each kind of extract is set against, by their bodies; a body is called as its type."""
_COMPARED: Final = tuple(body for bodies in COMPARED.values() for body in bodies)
_MAX_WRITTEN: Final = 40
Known = Sequence[tuple[int, Body]]
"""What the ledger says, in its order: (entry, body)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which the two sides do not agree.

    Attributes:
        side: where it stands: in one of the two only, or in both with other words.
        what: the car, declaration or batch, and how the sides differ.
        line: of the extract, None where only the ledger has it.
        index: of the entry, None where only the extract has it.
    """

    side: Literal["extract", "ledger", "both"]
    what: str
    line: int | None
    index: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of one extract."""

    name: str
    kind: str
    rows: int
    """Rows that count on the day."""
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class Comparable:
    """Folds the facts that extracts speak of, by the place of their entry."""

    facts: dict[int, tuple[int, date, Body]] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Take in one statement."""
        if isinstance(event.statement.body, _COMPARED):
            self.facts[event.place] = (event.index, event.effective_date, event.statement.body)

    def amend(self, amendment: Amendment) -> None:
        """Take out what was corrected, put in what stands there instead."""
        self.facts.pop(amendment.place, None)
        if amendment.replacement is not None:
            self.fold(amendment.replacement)

    def results(self, as_of: date) -> Iterable[StatementResult]:
        """Answer no statement by itself."""
        return ()

    def compare(self, name: str, extract: Extract, as_of: date, since: date = date.min) -> Comparison:
        """Set an extract, called ``name`` in the answer, against what is folded so far, from ``since`` on."""
        facts = [(index, on, body) for _, (index, on, body) in sorted(self.facts.items()) if on <= as_of]
        known = [(index, body) for index, _, body in facts]
        police = [row for row in extract.rows if isinstance(row, PoliceRow) and row.registered_on <= as_of]
        customs = [row for row in extract.rows if isinstance(row, CustomsRow) and row.released_on <= as_of]
        transport = [row for row in extract.rows if isinstance(row, TransportRow)]
        found: Iterator[Difference]
        match extract.kind:
            case "police":
                found = _police(known, police, extract.columns, as_of, since)
            case "customs":
                found = _customs(known, customs, since)
            case "transport":
                found = _transport([(index, body) for index, on, body in facts if on >= since], transport)
            case _:
                assert_never(extract.kind)
        rows = sum(_in_period(row, since, as_of) for row in extract.rows)
        return Comparison(name, extract.kind, rows, tuple(found))


def _in_period(row: Row, since: date, as_of: date) -> bool:
    match row:
        case PoliceRow():
            days = [row.registered_on, row.deregistered_on]
        case CustomsRow():
            days = [row.released_on]
        case TransportRow():
            return True
        case _:
            assert_never(row)
    return any(day is not None and since <= day <= as_of for day in days)


def _police(
    known: Known, rows: Sequence[PoliceRow], columns: frozenset[str], as_of: date, since: date
) -> Iterator[Difference]:
    registered: dict[str, list[tuple[int, VehicleRegistered]]] = {}
    ended: dict[tuple[str, str], tuple[int, date]] = {}
    for index, body in known:
        if isinstance(body, VehicleRegistered):
            cars = registered.setdefault(body.vin, [])
            if all(one.cert_no != body.cert_no for _, one in cars):  # the same one said again counts once
                cars.append((index, body))
        elif isinstance(body, RegistrationAnnulled) and body.kind == "CLERICAL":
            cars = registered.get(body.vin, [])
            registered[body.vin] = [one for one in cars if one[1].cert_no != body.cert_no]
        elif isinstance(body, VehicleDeregistered):
            ended[body.vin, body.cert_no] = (index, body.deregistered_on)
    for row in rows:
        cars = registered.get(row.vin, [])
        if not cars:
            if _in_period(row, since, as_of):
                yield Difference("extract", f"{_car(row)}, registered {row.registered_on}", row.line, None)
            continue
        same_day = (place for place, one in enumerate(cars) if one[1].registered_on == row.registered_on)
        index, body = cars.pop(next(same_day, 0))
        told, days = [], [row.registered_on, body.registered_on]
        if body.registered_on != row.registered_on:
            told.append(f"registered {row.registered_on}, in the ledger {body.registered_on}")
        if row.cert_no is not None and row.cert_no != body.cert_no:
            told.append(f"certificate {row.cert_no}, in the ledger {body.cert_no}")
        if "deregistered_on" in columns:
            stated = row.deregistered_on
            if stated is not None and stated > as_of:
                stated = None
            recorded = ended.get((body.vin, body.cert_no), (None, None))[1]
            days += [day for day in (stated, recorded) if day is not None]
            if stated != recorded:
                told.append(f"deregistered {stated or 'not'}, in the ledger {recorded or 'not'}")
        if told and max(days) >= since:
            yield Difference("both", f"{row.vin}: {'; '.join(told)}", row.line, index)
    for vin, cars in registered.items():
        for index, body in cars:
            days = [body.registered_on]
            if "deregistered_on" in columns and (vin, body.cert_no) in ended:
                days.append(ended[vin, body.cert_no][1])
            if max(days) >= since:
                yield Difference("ledger", f"{vin}, registered {body.registered_on}", None, index)


def _car(row: PoliceRow | CustomsRow) -> str:
    """Return the car of a row; what is no VIN as it is written, cut and made harmless."""
    if is_vin(row.vin):
        return row.vin
    shown = row.vin if len(row.vin) <= _MAX_WRITTEN else f"{row.vin[:_MAX_WRITTEN]}…"
    return f"{shown!r} (not a VIN)"


def _customs(known: Known, rows: Sequence[CustomsRow], since: date) -> Iterator[Difference]:
    released: dict[tuple[str, str], tuple[int, date]] = {}
    for index, body in known:
        if isinstance(body, CustomsExportConfirmed):
            released.setdefault((body.vin, body.declaration_no), (index, body.released_on))
        elif isinstance(body, CustomsExportReversed):
            released.pop((body.vin, body.declaration_no), None)
    for row in rows:
        found = released.pop((row.vin, row.declaration_no), None)
        what = f"{_car(row)}, declaration {row.declaration_no}"
        if max(row.released_on, found[1] if found else date.min) < since:
            continue
        if found is None:
            yield Difference("extract", what, row.line, None)
        elif found[1] != row.released_on:
            told = f"{what}: released {row.released_on}, in the ledger {found[1]}"
            yield Difference("both", told, row.line, found[0])
    for (vin, number), (index, released_on) in released.items():
        if released_on >= since:
            yield Difference("ledger", f"{vin}, declaration {number}", None, index)


def _transport(known: Known, rows: Sequence[TransportRow]) -> Iterator[Difference]:
    classified: dict[str, tuple[int, int]] = {}
    for index, body in known:
        if isinstance(body, QuotaAttributeClassified):
            classified[body.batch_id] = (index, body.units)
    total = sum(units for _, units in classified.values())
    listed = [row for row in rows if row.batch_id is not None]
    for row in rows:
        if row.batch_id is None:
            if row.units != total:
                yield Difference("both", f"{row.units} units in all, in the ledger {total}", row.line, None)
            continue
        found = classified.pop(row.batch_id, None)
        if found is None:
            yield Difference("extract", f"batch {row.batch_id}: {row.units} units", row.line, None)
        elif found[1] != row.units:
            told = f"batch {row.batch_id}: {row.units} units, in the ledger {found[1]}"
            yield Difference("both", told, row.line, found[0])
    if listed:  # a list of the whole alone says nothing about a batch
        for batch_id, (index, units) in classified.items():
            yield Difference("ledger", f"batch {batch_id}: {units} units", None, index)
