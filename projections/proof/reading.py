"""Entries read ahead of the checker, in whatever process looks at them: what is slow and needs no state.

Nearly all entries of a ledger say something of one car or enterprise that few groups ask for. Of these
(``QUIET``) only that is kept: facts, codes, a filing. What any other group may ask for is read when its turn
has come.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from domain import bodies as b
from domain.calendar import shanghai_date
from domain.identifiers import uscc_holds
from domain.statements import MalformedStatement, read_members
from ledger.verification import Told
from projections.proof.amended import INSTANT_BYTES, Attached, attached, microseconds, remembered
from projections.proof.car_facts import CarFact, read_facts
from projections.proof.codes import codes_agree, codes_named
from projections.proof.facts import Fact, car_facts
from projections.proof.record import AGENCIES
from projections.proof.types import Event

QUIET: Final = frozenset(
    {
        "CustomsExportConfirmed",
        "CustomsExportReversed",
        "DomesticUseRecorded",
        "EnterpriseRegistered",
        "ExportQualificationFiled",
        "PendingExportTransferRecorded",
        "PortLoadingConfirmed",
        "RoadUseReported",
        "TransferProofAccepted",
        "TransferProofRejected",
        "TransferProofRevoked",
        "TransferProofSubmitted",
        "TransferReversed",
        "VehicleDeregistered",
        "VehicleEvidenceFiled",
        "VehicleInfoCopied",
        "VehicleRegistered",
    }
)
"""Types of which no group asks for more than ``Quiet`` holds."""

_OF_ENTERPRISES: Final = frozenset({"EnterpriseRegistered", "ExportQualificationFiled"})


class Quiet(NamedTuple):
    """What the groups keep of entries of quiet types, one behind the other; an entry's place is its index."""

    start: int
    """Index of the first."""
    moments: list[tuple[int, datetime]]
    """From which entry on they were recorded at which instant."""
    types: bytes
    """Of each, as ``Amended`` keeps them; so is when it occurred."""
    agencies: bytes
    """Of each, its place in ``AGENCIES``."""
    occurred: bytes
    ahead: list[int]
    """Entries that say to have happened after they were recorded."""
    earlier: list[tuple[int, date, int]]
    """Entries that take effect before they were recorded: the Shanghai day of recording, days between."""
    attachments: list[tuple[int, Attached]]
    codes: dict[str, int]
    """Every USCC that they name, with the first entry that does."""
    wrong_codes: list[tuple[int, date]]
    """Entries of which a code does not hold or agree, and the day on which they take effect."""
    filings: list[tuple[int, str, date, date]]
    """Exporters' qualifications: entry, USCC, first and last day."""
    facts: list[tuple[int, date, list[tuple[str, Fact]]]]
    """Entries that say something of cars: effective day, facts by VIN; what is kept of the units."""
    car_facts: list[tuple[str, CarFact]]
    """By VIN."""

    @property
    def stop(self) -> int:
        """Index behind the last."""
        return self.start + len(self.types)

    def upto(self, stop: int) -> "Quiet":
        """Return what is kept of the entries below an index."""
        count = stop - self.start
        return Quiet(
            self.start,
            [one for one in self.moments if one[0] < stop],
            self.types[:count],
            self.agencies[:count],
            self.occurred[: INSTANT_BYTES * count],
            [index for index in self.ahead if index < stop],
            [one for one in self.earlier if one[0] < stop],
            [one for one in self.attachments if one[0] < stop],
            {code: index for code, index in self.codes.items() if index < stop},
            [one for one in self.wrong_codes if one[0] < stop],
            [one for one in self.filings if one[0] < stop],
            [one for one in self.facts if one[0] < stop],
            [one for one in self.car_facts if one[1].place < stop],
        )


class Whole(NamedTuple):
    """An entry to be read when its turn has come; ``start`` is its index."""

    start: int
    type: str
    subjects: Sequence[str]
    statement: bytes
    recorded_at: datetime


def read_whole(told: Told) -> list[Whole]:
    """Return the entries unread, for a checker with groups that ask for more."""
    return [_whole(told, at) for at in range(len(told.casts))]


def read_row(told: Told) -> list[Quiet | Whole]:
    """Return what is kept of entries in a row; see ``ledger.verification.plain.Reader``."""
    read: list[Quiet | Whole] = []
    events: list[Event] = []
    for at, (cast, recorded_at) in enumerate(zip(told.casts, told.recorded_at, strict=True)):
        if cast.type in QUIET:
            try:
                said = read_members(*cast[:-1])
            except MalformedStatement:
                pass  # it is said when its turn has come
            else:
                events.append(Event.of(told.start + at, "", said, _instant(recorded_at)))
                continue
        if events:
            read.append(quiet(events))
            events = []
        read.append(_whole(told, at))
    if events:
        read.append(quiet(events))
    return read


def quiet(events: Sequence[Event]) -> Quiet:
    """Return what the groups keep of statements of quiet types, whose entries stand one behind the other."""
    kept = Quiet(events[0].index, [], b"", b"", b"", [], [], [], {}, [], [], [], [])
    all_types, all_occurred, agencies = list[str](), list[int](), bytearray()
    recorded_at, recorded, recorded_on = None, 0, date.min
    occurred_at, occurred = None, 0
    wrong = set[str]()
    for event in events:
        index, said, on = event.index, event.statement, event.effective_date
        kind, body = said.type, said.body
        if event.recorded_at != recorded_at:
            recorded_at, recorded = event.recorded_at, microseconds(event.recorded_at)
            recorded_on = shanghai_date(recorded_at)
            kept.moments.append((index, recorded_at))
        if said.occurred_at is not occurred_at:  # an instant is made once, and many statements name it
            occurred_at, occurred = said.occurred_at, microseconds(said.occurred_at)
        all_types.append(kind)
        agencies.append(AGENCIES.index(said.agency))
        all_occurred.append(occurred)
        if occurred > recorded:
            kept.ahead.append(index)
        if on < recorded_on:
            kept.earlier.append((index, recorded_on, (recorded_on - on).days))
        if said.attachments:
            kept.attachments.extend([(index, one) for one in attached(said)])
        is_wrong = not codes_agree(body)
        for code in codes_named(event):
            if kept.codes.setdefault(code, index) == index and not uscc_holds(code):
                wrong.add(code)
            is_wrong |= code in wrong
        if is_wrong:
            kept.wrong_codes.append((index, on))
        if isinstance(body, b.ExportQualificationFiled):
            kept.filings.append((index, body.uscc, body.valid_from, body.valid_to))
        if kind not in _OF_ENTERPRISES:
            kept.facts.append((index, on, list(car_facts(event))))
            kept.car_facts.extend(read_facts(event))
    types, packed = remembered(all_types, all_occurred)
    return kept._replace(types=types, agencies=bytes(agencies), occurred=packed)


def _whole(told: Told, at: int) -> Whole:
    cast = told.casts[at]
    subjects, recorded_at = cast.derived.subjects, _instant(told.recorded_at[at])
    return Whole(told.start + at, cast.type, subjects, told.statements[at], recorded_at)


_instant: Final = lru_cache(maxsize=256)(datetime.fromisoformat)
