"""Derive a car from its acts; total: an act that finds nothing to act on changes no account."""

from collections.abc import Iterable
from typing import Final, assert_never

from domain import acts as a
from domain.car import Car, Declaration, Deregistration, Registration, Submission, Transfer
from domain.postings import CarAccount, step
from domain.values import replace

GRADES: Final = ("EXPORTER_COPY", "SINGLE_WINDOW", "SIGNED")
"""Grades of evidence, the weakest first."""


def derive(acts: Iterable[a.Act]) -> Car:
    """Return the state of a car after its acts, in recorded order."""
    car = Car()
    for act in acts:
        car = after(car, act)
    return car


def after(car: Car, act: a.Act) -> Car:
    """Return the state after one more act."""
    match act:
        case a.Approved():
            return car if act.line_id in car.lines else _line(car, act.line_id, "A")
        case a.Classified():
            return _classified(car, act)
        case a.Freed():
            if car.lines.get(act.line_id) not in ("A", "C"):
                return car
            return replace(car, lines={line: at for line, at in car.lines.items() if line != act.line_id})
        case a.Registered():
            return _registered(car, act)
        case a.Copied():
            registration = car.registration(act.cert_no)
            if registration is None or registration.copied_on is not None:
                return car
            return _put(car, registration, replace(registration, copied_on=act.on))
        case a.Transferred():
            transfer = Transfer(act.cert_no, act.from_uscc, act.to_uscc, act.on, act.temp_plate_to)
            return replace(car, transfers=(*car.transfers, transfer))
        case a.TransferStruck():
            left = tuple(one for one in car.transfers if one.cert_no != act.cert_no)
            return _fact(replace(car, transfers=left), car.registration(act.cert_no), "TransferReversed")
        case a.Submitted():
            submission = Submission(act.line_id, act.cert_no, act.at, act.invoice_on)
            return replace(car, submissions={**car.submissions, act.submission_id: submission})
        case a.Judged():
            return _judged(car, act)
        case a.Released():
            return _released(car, act)
        case a.ReleaseReversed():
            return _release_reversed(car, act)
        case a.Deregistered():
            note = Deregistration(act.cert_no, act.on, act.reason, act.exit_record)
            car = replace(car, deregistered=(*car.deregistered, note))
            return _fact(car, car.registration(act.cert_no), f"VehicleDeregistered {act.reason}")
        case a.Annulled():
            return _annulled(car, act)
        case a.Regularised():
            waiting = car.waiting(act.line_id)
            if waiting is None or car.lines.get(act.line_id) != "C":
                return car
            return _put(car, waiting, _given(waiting, act.line_id))
        case a.Determined():
            holder = car.holder(act.line_id)
            if holder is None or step("NonExportDetermined", holder.column).target is None:
                return car
            return _put(car, holder, replace(holder, determined=act.case_id))
        case a.Overturned():
            holder = car.holder(act.line_id)
            if holder is None or not holder.determined:
                return car
            return _put(car, holder, replace(holder, determined=None, ended=holder.place == "C"))
        case a.Substituted():
            return replace(car, substitutes=(*car.substitutes, act.exporter_uscc))
        case a.Loaded():
            return replace(car, loaded=(*car.loaded, (act.on, act.evidence)))
        case a.UsedAtHome():
            return replace(car, home_use=(*car.home_use, (act.kind, act.on)))
        case a.SeenOnRoad():
            return replace(car, sightings=(*car.sightings, act.on))
        case a.InCase():
            return replace(car, cases=(*car.cases, act.case_id))
        case _:
            assert_never(act)


def _line(car: Car, line_id: str, account: CarAccount) -> Car:
    if car.lines.get(line_id) == account:
        return car
    return replace(car, lines={**car.lines, line_id: account})


def _put(car: Car, old: Registration, new: Registration) -> Car:
    """Put a registration in the place of another; its line follows it while it holds the unit."""
    registrations = tuple(new if one is old else one for one in car.registrations)
    car = replace(car, registrations=registrations)
    return _line(car, new.line_id, new.account) if new.backed and new.line_id is not None else car


def _given(registration: Registration, line_id: str) -> Registration:
    return replace(registration, backed=True, line_id=line_id)


def _by_fact(registration: Registration, event: str) -> Registration:
    """Move a registration by a row of the posting table, read where the facts alone place it."""
    done = step(event, registration.place, proved=registration.proved)
    match done.action:
        case "MOVE":
            assert done.target is not None, event
            back = registration.place == "T" and done.target == "R"
            proved = done.target == "T" or (registration.proved and not back)
            return replace(registration, place=done.target, proved=proved)
        case "PROVE":
            return replace(registration, proved=True)
        case "UNPROVE":
            return replace(registration, proved=False)
        case "LOST":
            return replace(registration, export_lost=True)
        case "FRAUD":
            return replace(registration, fraud=True)
        case "NOTHING" | "REFUSE" | "UNBACKED" | "UNBACKED_ENDS":
            return registration
        case _:
            assert_never(done.action)


def _fact(car: Car, registration: Registration | None, event: str) -> Car:
    return car if registration is None else _put(car, registration, _by_fact(registration, event))


def _classified(car: Car, act: a.Classified) -> Car:
    if car.lines.get(act.line_id) != "A":
        return car
    for one in car.unbacked():
        if one.line_id == act.line_id and one.registered_on >= act.on:
            return _put(car, one, _given(one, act.line_id))
    return _line(car, act.line_id, "C")


def _registered(car: Car, act: a.Registered) -> Car:
    known = car.registration(act.cert_no)
    if known is not None and not known.backed:  # counted in UNB already
        return car
    place = car.lines.get(act.line_id) if act.line_id else None
    backed = place is not None and step("VehicleRegistered", place).action == "MOVE"
    registration = Registration(act.line_id, act.cert_no, act.on, backed)
    car = replace(car, registrations=(*car.registrations, registration))
    return _put(car, registration, registration)


def _judged(car: Car, act: a.Judged) -> Car:
    submission = car.submissions.get(act.submission_id)
    if submission is None:
        return car
    judged = replace(submission, status=act.verdict)
    car = replace(car, submissions={**car.submissions, act.submission_id: judged})
    if act.verdict == "REJECTED":
        return car
    registration = car.registration(submission.cert_no)
    event = "TransferProofAccepted" if act.verdict == "ACCEPTED" else "TransferProofRevoked"
    if registration is None or step(event, registration.column).action == "REFUSE":
        return car
    late = act.late if act.verdict == "ACCEPTED" else None
    return _put(car, registration, replace(_by_fact(registration, event), late=late))


def _released(car: Car, act: a.Released) -> Car:
    known = car.declaration(act.declaration_no)
    if known is not None and not known.reversed:
        # A copy from the exporter takes nothing from what customs has signed.
        evidence = max(known.evidence, act.evidence, key=GRADES.index)
        return _declare(car, known, replace(known, status=act.status, evidence=evidence))
    registration = car.current()
    cert_no = registration.cert_no if registration else None
    declaration = Declaration(
        act.declaration_no, act.exporter_uscc, cert_no, act.on, act.status, act.evidence
    )
    car = _declare(car, known, declaration)
    if registration is None:
        return car
    moved = _by_fact(registration, "CustomsExportConfirmed")
    return _put(car, registration, replace(moved, export_lost=False))


def _declare(car: Car, old: Declaration | None, new: Declaration) -> Car:
    others = tuple(one for one in car.declarations if one is not old)
    return replace(car, declarations=(*others, new))


def _release_reversed(car: Car, act: a.ReleaseReversed) -> Car:
    known = car.declaration(act.declaration_no)
    if known is not None:
        car = _declare(car, known, replace(known, reversed=True))
    if not all(one.reversed for one in car.declarations):
        return car
    return _fact(car, car.current(), "CustomsExportReversed")


def _annulled(car: Car, act: a.Annulled) -> Car:
    registration = car.registration(act.cert_no)
    if registration is None:
        return car
    moved = _by_fact(registration, f"RegistrationAnnulled {act.kind}")
    if act.kind == "CLERICAL" and not registration.backed:
        moved = replace(registration, ended=True)
    elif moved.place == "C":
        moved = replace(moved, ended=not moved.determined)
    if not moved.ended and moved.place != "C":
        return _put(car, registration, moved)
    submissions = {
        key: replace(one, status="VOID") if one.cert_no == act.cert_no else one
        for key, one in car.submissions.items()
    }
    transfers = tuple(one for one in car.transfers if one.cert_no != act.cert_no)
    return _put(replace(car, submissions=submissions, transfers=transfers), registration, moved)
