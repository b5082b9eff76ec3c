"""What the books and the headline keep of a statement about cars: a fact, small enough to keep for every car.

``kind`` is the type of the statement, with its reason or kind behind it where the posting table has one. The
facts of one car, in order, say everything about its units (``projections.proof.units``).
"""

from collections.abc import Iterator
from datetime import date
from operator import attrgetter
from sys import intern
from typing import Any, Final

from typing_extensions import override

from domain import bodies as b
from domain.calendar import shanghai_date
from domain.values import value
from projections.proof.types import Event


@value(frozen=True, slots=True)
class Fact:
    """One statement as far as it concerns one car; equal strings are kept once.

    Attributes:
        place: where it stands in the ledger, see ``Event.place``.
        index: the entry that says it.
        on: its effective date.
        kind: see above.
        line_id: the line it names; for a batch as a whole, the batch.
        ref: certificate, declaration or submission number.
        day: a date beside ``on``: handed in, seen, end of the temporary plate.
        note: grade of evidence, exit record, or the exporter who takes over.
        uscc: the exporter of a declaration.
    """

    place: int
    index: int
    on: date
    kind: str
    line_id: str | None = None
    ref: str | None = None
    day: date | None = None
    note: str | None = None
    uscc: str | None = None

    @override
    def __reduce__(self) -> tuple[object, ...]:
        """Between processes: its fields, strings kept once again."""
        return _made, (*_FIELDS(self),)


_FIELDS: Final = attrgetter(*Fact.__slots__)


def _made(place: int, index: int, on: date, kind: str, *rest: Any) -> Fact:
    line_id, ref, day, note, uscc = rest
    return Fact(place, index, on, intern(kind), _kept(line_id), _kept(ref), day, _kept(note), _kept(uscc))


POSTING = frozenset(
    {
        "UseApplicationApproved",
        "UseApplicationWithdrawn",
        "QuotaAttributeClassified",
        "ApprovedLineCancelled",
        "VehicleRegistered",
        "TransferReversed",
        "TransferProofAccepted",
        "TransferProofRevoked",
        "CustomsExportConfirmed",
        "CustomsExportReversed",
        "VehicleDeregistered EXPORT",
        "VehicleDeregistered OTHER",
        "RegistrationAnnulled CLERICAL",
        "RegistrationAnnulled FRAUD",
        "RegistrationRegularised",
        "NonExportDetermined",
        "NonExportOverturned",
    }
)
"""The kinds of fact that can move a unit; the others change only what is known of it."""


def batch_fact(event: Event) -> Fact | None:
    """Return the fact of a statement that concerns every car of a batch at once, None for any other."""
    match event.statement.body:
        case b.QuotaAttributeClassified(batch_id=batch_id) | b.UseApplicationWithdrawn(batch_id=batch_id):
            kind = intern(event.statement.type)
            return Fact(event.place, event.index, event.effective_date, kind, intern(batch_id))
        case _:
            return None


def car_facts(event: Event) -> Iterator[tuple[str, Fact]]:
    """Yield each car that a statement names, with the fact about it; nothing for types that tell nothing."""
    place, index, on, kind = event.place, event.index, event.effective_date, event.statement.type
    body = event.statement.body
    match body:
        case b.UseApplicationApproved():
            for line in body.lines:
                yield intern(line.vin), Fact(place, index, on, "UseApplicationApproved", intern(line.line_id))
        case b.SubstituteExporterDesignated():
            for vin in body.vins:
                yield vin, Fact(place, index, on, "SubstituteExporterDesignated", note=body.exporter_uscc)
        case _:
            if fact := _single(body, place, index, on, intern(kind)):
                yield fact


def _single(body: b.Body, place: int, index: int, on: date, kind: str) -> tuple[str, Fact] | None:
    match body:
        case b.VehicleRegistered():
            fact = Fact(place, index, on, kind, _kept(body.line_id), intern(body.cert_no))
        case b.ApprovedLineCancelled() | b.RegistrationRegularised():
            fact = Fact(place, index, on, kind, intern(body.line_id))
        case b.NonExportDetermined() | b.NonExportOverturned():
            fact = Fact(place, index, on, kind, intern(body.line_id))
        case b.PendingExportTransferRecorded():
            line, cert = _kept(body.line_id), intern(body.cert_no)
            fact = Fact(place, index, on, kind, line, cert, day=body.temp_plate_to)
        case b.TransferReversed():
            fact = Fact(place, index, on, kind, _kept(body.line_id), intern(body.cert_no))
        case b.TransferProofSubmitted():
            cert, submitted = intern(body.cert_no), shanghai_date(body.submitted_at)
            note = intern(body.submission_id)
            fact = Fact(place, index, on, kind, _kept(body.line_id), cert, submitted, note)
        case b.TransferProofAccepted() | b.TransferProofRejected() | b.TransferProofRevoked():
            note = intern(body.submission_id)
            fact = Fact(place, index, on, kind, _kept(body.line_id), note=note)
        case b.CustomsExportConfirmed():
            number, grade = intern(body.declaration_no), body.evidence
            fact = Fact(place, index, on, kind, ref=number, note=grade, uscc=intern(body.exporter_uscc))
        case b.CustomsExportReversed():
            fact = Fact(place, index, on, kind, ref=intern(body.declaration_no))
        case b.PortLoadingConfirmed() | b.DomesticUseRecorded():
            fact = Fact(place, index, on, kind)
        case b.RoadUseReported():
            fact = Fact(place, index, on, kind, day=shanghai_date(body.seen_at))
        case b.VehicleDeregistered():
            kind = intern(f"{kind} {body.reason}")
            fact = Fact(place, index, on, kind, ref=intern(body.cert_no), note=body.exit_record)
        case b.RegistrationAnnulled():
            kind = intern(f"{kind} {body.kind}")
            fact = Fact(place, index, on, kind, _kept(body.line_id), intern(body.cert_no))
        case _:
            return None
    return body.vin, fact


def _kept(text: str | None) -> str | None:
    return None if text is None else intern(text)
