"""What the statements about one car keep of it beside the facts of its units: a small class each.

A fact is what one statement says of one car, without what no question asks; what only moves units stands in
``projections.proof.facts``. ``place`` is where it stands in the ledger, ``index`` the entry that says it
(they differ for what a correction says anew), ``on`` its effective date. ``read_facts`` is the only way in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from operator import attrgetter
from sys import intern
from typing import Any, Final

from typing_extensions import override

from domain import bodies as b
from domain.calendar import shanghai_date
from projections.proof.types import Event

SCAN: Final = "登记证书"
"""The kind of attachment that is the scan of a certificate (annex 1: 产证扫描件)."""

_DIGEST: Final = 32
"""Hex digits kept of a scan's SHA-256: 128 bits tell two documents apart."""


@dataclass(slots=True)
class CarFact:
    """What every fact has."""

    place: int
    index: int
    on: date

    @override
    def __reduce__(self) -> tuple[object, ...]:
        """Between processes: its fields, strings kept once again."""
        kind: type = type(self)
        return _made, (kind, *_fields(kind)(self))


@cache
def _fields(kind: type[Any]) -> "attrgetter[Any]":
    return attrgetter(*(one.name for one in fields(kind)))


def _made(kind: Callable[..., CarFact], *values: Any) -> CarFact:
    return kind(*[intern(value) if type(value) is str else value for value in values])


@dataclass(slots=True)
class Applied(CarFact):
    """A line of a use application."""

    line_id: str
    brand_model: str


@dataclass(slots=True)
class Approved(CarFact):
    """A line approved."""


@dataclass(slots=True)
class AttributeWithdrawn(CarFact):
    """Transport took the quota attribute from the car, in one batch."""

    batch_id: str


@dataclass(slots=True)
class Registered(CarFact):
    """注册登记; ``recorded_on`` is the Shanghai day on which the ledger recorded it."""

    line_id: str | None
    cert_no: str
    owner: str
    brand_model: str
    plate: bool
    recorded_on: date


@dataclass(slots=True)
class Copied(CarFact):
    """抄告."""

    cert_no: str


@dataclass(slots=True)
class Transferred(CarFact):
    """转让待出口."""

    line_id: str | None
    cert_no: str
    seller: str
    buyer: str
    temp_plate_to: date | None


@dataclass(slots=True)
class TransferStruck(CarFact):
    """撤销转让."""

    cert_no: str


@dataclass(slots=True)
class Submitted(CarFact):
    """提交证明; ``submitted_on`` in Shanghai, ``scans`` the first 32 hex digits of their digests."""

    submission_id: str
    line_id: str | None
    cert_no: str
    submitted_on: date
    invoice_no: str | None
    invoice_on: date | None
    scans: tuple[str, ...]


@dataclass(slots=True)
class Accepted(CarFact):
    """核收."""

    submission_id: str
    line_id: str
    days_used: int


@dataclass(slots=True)
class ProofEnded(CarFact):
    """退回 or 撤销核收 (``revoked``): the submission counts no longer."""

    submission_id: str
    line_id: str | None
    revoked: bool


@dataclass(slots=True)
class Licensed(CarFact):
    """The car on an export licence, with the dates that the licence states."""

    registered_on: date
    transferred_on: date
    letter: bool


@dataclass(slots=True)
class Released(CarFact):
    """放行/结关."""

    declaration_no: str
    exporter: str
    evidence: str


@dataclass(slots=True)
class ReleaseReversed(CarFact):
    """退关/删单/复进口."""

    declaration_no: str


@dataclass(slots=True)
class Deregistered(CarFact):
    """注销登记."""

    cert_no: str
    export: bool


@dataclass(slots=True)
class Annulled(CarFact):
    """更正/撤销, clerical or for fraud."""

    cert_no: str
    line_id: str | None
    clerical: bool


@dataclass(slots=True)
class DomesticUse(CarFact):
    """境内使用."""

    kind: str


@dataclass(slots=True)
class Sighted(CarFact):
    """上路线索; ``seen_on`` in Shanghai."""

    seen_on: date


@dataclass(slots=True)
class Designated(CarFact):
    """变更出口企业."""

    exporter: str


def read_facts(event: Event) -> Iterator[tuple[str, CarFact]]:
    """Yield each VIN of which a statement says something that is kept, with the fact."""
    at = (event.place, event.index, event.effective_date)
    body = event.statement.body
    match body:
        case b.UseApplicationReceived():
            for row in body.lines:
                yield intern(row.vin), Applied(*at, intern(row.line_id), intern(row.brand_model))
        case b.UseApplicationApproved():
            for line in body.lines:
                yield intern(line.vin), Approved(*at)
        case b.QuotaAttributeWithdrawn():
            for vin in body.vins:
                yield vin, AttributeWithdrawn(*at, intern(body.batch_id))
        case b.SubstituteExporterDesignated():
            for vin in body.vins:
                yield vin, Designated(*at, intern(body.exporter_uscc))
        case b.ExportLicenceIssued():
            for car in body.vehicles:
                yield car.vin, Licensed(*at, car.registered_on, car.transferred_on, body.after_sales_letter)
        case _:
            yield from _of_one_car(event, at)


def _of_one_car(event: Event, at: tuple[int, int, date]) -> Iterator[tuple[str, CarFact]]:
    body = event.statement.body
    fact: CarFact
    match body:
        case b.VehicleRegistered():
            fact = Registered(
                *at,
                _kept(body.line_id),
                intern(body.cert_no),
                intern(body.owner_uscc),
                intern(body.brand_model),
                body.physical_plate_issued,
                shanghai_date(event.recorded_at),
            )
        case b.VehicleInfoCopied():
            fact = Copied(*at, intern(body.cert_no))
        case b.PendingExportTransferRecorded():
            parties = (intern(body.from_uscc), intern(body.to_uscc))
            fact = Transferred(*at, _kept(body.line_id), intern(body.cert_no), *parties, body.temp_plate_to)
        case b.TransferReversed():
            fact = TransferStruck(*at, intern(body.cert_no))
        case b.RegistrationAnnulled():
            clerical = body.kind == "CLERICAL"
            fact = Annulled(*at, intern(body.cert_no), _kept(body.line_id), clerical)
        case b.VehicleDeregistered():
            fact = Deregistered(*at, intern(body.cert_no), body.reason == "EXPORT")
        case b.DomesticUseRecorded():
            fact = DomesticUse(*at, body.kind)
        case b.RoadUseReported():
            fact = Sighted(*at, shanghai_date(body.seen_at))
        case b.CustomsExportConfirmed():
            exporter = intern(body.exporter_uscc)
            fact = Released(*at, intern(body.declaration_no), exporter, body.evidence)
        case b.CustomsExportReversed():
            fact = ReleaseReversed(*at, intern(body.declaration_no))
        case _:
            yield from _of_commerce(event, at)
            return
    yield body.vin, fact


def _of_commerce(event: Event, at: tuple[int, int, date]) -> Iterator[tuple[str, CarFact]]:
    body = event.statement.body
    fact: CarFact
    match body:
        case b.TransferProofSubmitted():
            scans = tuple(one.sha256[:_DIGEST] for one in event.statement.attachments if one.kind == SCAN)
            fact = Submitted(
                *at,
                intern(body.submission_id),
                _kept(body.line_id),
                intern(body.cert_no),
                shanghai_date(body.submitted_at),
                body.invoice_no,
                body.invoice_on,
                scans,
            )
        case b.TransferProofAccepted():
            fact = Accepted(*at, intern(body.submission_id), intern(body.line_id), body.days_used)
        case b.TransferProofRejected() | b.TransferProofRevoked():
            revoked = isinstance(body, b.TransferProofRevoked)
            fact = ProofEnded(*at, intern(body.submission_id), _kept(body.line_id), revoked)
        case _:
            return
    yield body.vin, fact


def _kept(text: str | None) -> str | None:
    return None if text is None else intern(text)
