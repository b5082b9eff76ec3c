"""Where the facts about one car place its units: the state machine of domain.md section 4, written anew.

A car's line is in A, C, or used by a registration. A registration stands in R, T, X, D or N by its facts,
whether it is backed by a unit or not; so when it becomes backed later (classified late, regularised) its unit
is placed where the facts say, and when a determination falls the unit is where the facts without it place it.

===============  ==============================================================================
backed           the account of its line is its own; N while a determination stands
unbacked         counts in UNB of the pair of the line it names, of the city (``""``) without one
annulled         CLERICAL ends it: its line is classified again, or UNB falls
===============  ==============================================================================
"""

from collections.abc import Callable, Iterable
from typing import Final

from domain.identifiers import batch_of
from projections.proof.car import BACKED, LIVE, UNBACKED, USED, Car, Declaration, Proof, Registration, Units
from projections.proof.facts import Fact

__all__ = ["BACKED", "UNBACKED", "USED", "Car", "Registration", "Units", "advance", "car_of"]

_GRADES: Final = ("EXPORTER_COPY", "SINGLE_WINDOW", "SIGNED")


def car_of(facts: Iterable[Fact]) -> Car:
    """Return what facts say, in the order in which they are given."""
    car = Car()
    for fact in facts:
        advance(car, fact)
    return car


def advance(car: Car, fact: Fact) -> None:
    """Take in the next fact about a car."""
    if step := _STEPS.get(fact.kind):
        step(car, fact)


def _approved(car: Car, fact: Fact) -> None:
    line_id = fact.line_id or ""
    if line_id in car.lines:
        car.refused.append(fact)
        return
    if any(fact.note != "REUSE" or car.account(other) in LIVE for other in car.lines):
        car.doubled.append(fact)
    car.lines[line_id] = "A"


def _classified(car: Car, fact: Fact) -> None:
    for line_id, account in car.lines.items():
        if account == "A" and batch_of(line_id) == fact.line_id:
            early = (
                one
                for one in car.registrations
                if one.line_id == line_id and not one.backed_by and not one.ended and one.on >= fact.on
            )
            _back(car, line_id, next(early, None))


def _back(car: Car, line_id: str, registration: Registration | None) -> None:
    """Give a registration the unit of a line; without one the line waits in C."""
    car.lines[line_id] = "C"
    if registration is not None:
        registration.backed_by, car.lines[line_id] = line_id, USED


def _cancelled(car: Car, fact: Fact) -> None:
    if car.lines.get(fact.line_id or "") in {"A", "C"}:
        del car.lines[fact.line_id or ""]
    else:
        car.refused.append(fact)


def _withdrawn(car: Car, fact: Fact) -> None:
    going = [
        line for line, state in car.lines.items() if state in {"A", "C"} and batch_of(line) == fact.line_id
    ]
    for line_id in going:
        del car.lines[line_id]


def _registered(car: Car, fact: Fact) -> None:
    known = car.under(fact.ref)
    if known is not None and not known.backed_by:
        return  # the same unbacked registration again: UNB counts it already
    registration = Registration(fact.index, fact.on, fact.line_id, fact.ref)
    car.registrations.append(registration)
    if fact.line_id and car.lines.get(fact.line_id) == "C":
        _back(car, fact.line_id, registration)


def _transferred(car: Car, fact: Fact) -> None:
    if registration := car.under(fact.ref):
        registration.transferred_on = fact.on
        if fact.day is not None:
            registration.temp_plates.append((fact.on, fact.day))


def _transfer_reversed(car: Car, fact: Fact) -> None:
    if registration := car.under(fact.ref):
        registration.transferred_on = None
        _unprove(registration)


def _unprove(registration: Registration) -> None:
    if registration.account in {"T", "X", "D"}:
        registration.proved = False
        registration.account = "R" if registration.account == "T" else registration.account


def _submitted(car: Car, fact: Fact) -> None:
    if fact.day is not None:
        car.proofs[fact.note or ""] = Proof(car.under(fact.ref), fact.day)


def _judged(car: Car, fact: Fact) -> None:
    if proof := car.proofs.get(fact.note or ""):
        proof.pending = False


def _accepted(car: Car, fact: Fact) -> None:
    _judged(car, fact)
    registration = car.of_line(fact.line_id)
    if registration is None or registration.stands_in not in {"R", "X", "D"}:
        car.refused.append(fact)
        return
    registration.proved = True
    registration.account = "T" if registration.account == "R" else registration.account


def _revoked(car: Car, fact: Fact) -> None:
    _judged(car, fact)
    registration = car.of_line(fact.line_id)
    if registration is None or registration.stands_in not in {"T", "X", "D"}:
        car.refused.append(fact)
        return
    _unprove(registration)


def _confirmed(car: Car, fact: Fact) -> None:
    number, grade = fact.ref or "", fact.note or _GRADES[0]
    known = car.declarations.get(number)
    if known is not None and known.live:  # a copy from the exporter takes nothing from what customs signed
        known.evidence = max(known.evidence, grade, key=_GRADES.index)
        return
    car.declarations[number] = Declaration(number, grade, fact.uscc or "")
    if registration := car.current():
        registration.lost = False
        if registration.account in {"R", "T"}:
            registration.account = "X"


def _confirmation_reversed(car: Car, fact: Fact) -> None:
    if known := car.declarations.get(fact.ref or ""):
        known.live = False
    registration = car.current()
    if registration is None:
        return
    registration.loaded = False  # what came back did not leave
    if any(one.live for one in car.declarations.values()):
        return
    if registration.account == "X":
        registration.account = "T" if registration.proved else "R"
    elif registration.account == "D" and not registration.determined:
        registration.lost = True


def _deregistered(car: Car, fact: Fact) -> None:
    if registration := car.under(fact.ref):
        registration.exit_record = registration.exit_record or bool(fact.note)
        if registration.account in {"R", "T", "X"}:
            registration.account = "D" if fact.kind.endswith("EXPORT") else "N"


def _annulled_clerical(car: Car, fact: Fact) -> None:
    registration = car.under(fact.ref)
    if registration is None:
        return
    if registration.backed_by is None:
        registration.ended = True
    elif registration.account in {"R", "T"}:
        registration.annulled = True
        _end_annulled(car, registration)


def _end_annulled(car: Car, registration: Registration) -> None:
    """Give the unit of an annulled registration back to its line, unless a determination keeps it in N."""
    if registration.annulled and not registration.determined and registration.backed_by:
        registration.ended = True
        car.lines[registration.backed_by] = "C"


def _annulled_fraud(car: Car, fact: Fact) -> None:
    if registration := car.under(fact.ref):
        registration.fraud = True
        if registration.account in {"R", "T"}:
            registration.account = "N"


def _regularised(car: Car, fact: Fact) -> None:
    unbacked = [one for one in car.registrations if not one.backed_by and not one.ended]
    named = [one for one in unbacked if one.line_id == fact.line_id]
    if fact.line_id is None or car.lines.get(fact.line_id) != "C" or not unbacked:
        car.refused.append(fact)
        return
    _back(car, fact.line_id, (named or unbacked)[-1])


def _determined(car: Car, fact: Fact) -> None:
    registration = car.of_line(fact.line_id)
    if registration is None or registration.stands_in == "N":
        car.refused.append(fact)
        return
    registration.determined = True


def _overturned(car: Car, fact: Fact) -> None:
    registration = car.of_line(fact.line_id)
    if registration is None or not registration.determined:
        car.refused.append(fact)
        return
    registration.determined = False
    _end_annulled(car, registration)


def _loaded(car: Car, fact: Fact) -> None:
    if registration := car.current():
        registration.loaded = True


def _domestic(car: Car, fact: Fact) -> None:
    registration = car.current()
    if registration and registration.transferred_on and fact.on > registration.transferred_on:
        registration.domestic = True


def _seen(car: Car, fact: Fact) -> None:
    if fact.day is not None:
        car.seen.append(fact.day)


def _designated(car: Car, fact: Fact) -> None:
    car.substitutes.append(fact.note or "")


_STEPS: Final[dict[str, Callable[[Car, Fact], None]]] = {
    "UseApplicationApproved": _approved,
    "QuotaAttributeClassified": _classified,
    "ApprovedLineCancelled": _cancelled,
    "UseApplicationWithdrawn": _withdrawn,
    "VehicleRegistered": _registered,
    "PendingExportTransferRecorded": _transferred,
    "TransferReversed": _transfer_reversed,
    "TransferProofSubmitted": _submitted,
    "TransferProofAccepted": _accepted,
    "TransferProofRejected": _judged,
    "TransferProofRevoked": _revoked,
    "CustomsExportConfirmed": _confirmed,
    "CustomsExportReversed": _confirmation_reversed,
    "PortLoadingConfirmed": _loaded,
    "VehicleDeregistered EXPORT": _deregistered,
    "VehicleDeregistered OTHER": _deregistered,
    "RegistrationAnnulled CLERICAL": _annulled_clerical,
    "RegistrationAnnulled FRAUD": _annulled_fraud,
    "RegistrationRegularised": _regularised,
    "NonExportDetermined": _determined,
    "NonExportOverturned": _overturned,
    "DomesticUseRecorded": _domestic,
    "RoadUseReported": _seen,
    "SubstituteExporterDesignated": _designated,
}
