"""Entries read ahead of the checker, in whatever process looks at them: what is slow and needs no state.

Nearly all entries of a ledger say something of one car or enterprise that few groups ask for. Of these
(``QUIET``) only that is kept: facts, codes, a filing. What any other group may ask for is read when its turn
has come.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from domain import bodies as b
from domain.calendar import shanghai_date
from domain.statements import MalformedStatement, Statement, parse_statement
from projections.proof.amended import Attached, attached, microseconds
from projections.proof.car_facts import CarFact, read_facts
from projections.proof.codes import codes_agree, codes_named
from projections.proof.facts import Fact, car_facts
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
    """What the groups keep of an entry of a quiet type; ``place`` is its index."""

    type: str
    agency: str
    recorded_at: datetime
    recorded_on: date
    """In Shanghai."""
    effective: date
    ahead: bool
    """Whether it says to have happened after it was recorded."""
    occurred: int
    """In microseconds since 1970."""
    attachments: tuple[Attached, ...]
    codes: tuple[str, ...]
    """Every USCC that it names."""
    codes_agree: bool
    filing: tuple[str, date, date] | None
    """An exporter's qualification: USCC, first and last day."""
    facts: tuple[tuple[str, Fact], ...]
    """By VIN; what is kept of the units."""
    car_facts: tuple[tuple[str, CarFact], ...]


class Whole(NamedTuple):
    """An entry to be read when its turn has come."""

    subjects: Sequence[str]
    statement: dict[str, Any]
    recorded_at: datetime


def read_whole(
    _index: int, subjects: Sequence[str], statement: dict[str, Any], recorded_at: datetime
) -> Whole:
    """Return the entry unread, for a checker with groups that ask for more."""
    return Whole(subjects, statement, recorded_at)


def read_entry(
    index: int, subjects: Sequence[str], statement: dict[str, Any], recorded_at: datetime
) -> Quiet | Whole:
    """Return what is kept of an entry; see ``ledger.verification.plain.Reader``."""
    if statement["type"] in QUIET:
        try:
            return quiet(index, parse_statement(statement), recorded_at)
        except MalformedStatement:
            pass  # it is said when its turn has come
    return Whole(subjects, statement, recorded_at)


def quiet(index: int, said: Statement, recorded_at: datetime) -> Quiet:
    """Return what the groups keep of a statement of a quiet type."""
    event = Event.of(index, "", said, recorded_at)
    body, kind = said.body, said.type
    filing = (
        (body.uscc, body.valid_from, body.valid_to) if isinstance(body, b.ExportQualificationFiled) else None
    )
    return Quiet(
        kind,
        said.agency,
        recorded_at,
        shanghai_date(recorded_at),
        event.effective_date,
        said.occurred_at > recorded_at,
        microseconds(said.occurred_at),
        attached(said),
        tuple(codes_named(event)),
        codes_agree(body),
        filing,
        () if kind in _OF_ENTERPRISES else tuple(car_facts(event)),
        () if kind in _OF_ENTERPRISES else tuple(read_facts(event)),
    )
