"""A car's registration, its copy to commerce, and its deregistration."""

from dataclasses import replace

from domain.bodies import VehicleDeregistered, VehicleInfoCopied, VehicleRegistered
from domain.calendar import two_months_after
from domain.identifiers import PairId, batch_of, pair_of
from domain.postings import LIVE, Place, step
from domain.records import Deregistration, Line, Registration, Vehicle
from domain.rules.common import halted_on
from domain.rules.draft import Draft


def fold_registered(draft: Draft, body: VehicleRegistered) -> None:
    """C→R where the line is classified and its car this one; otherwise the memo UNB rises."""
    vehicle = draft.vehicle(body.vin)
    known = vehicle.registration(body.cert_no)
    if known is not None and not known.backed:  # counted in UNB already
        draft.flag("out-of-order")
        return
    line = _line_of(draft, body)
    place = vehicle.lines.get(body.line_id) if body.line_id and line and line.vin == body.vin else None
    backed = place is not None and step("VehicleRegistered", place).action == "MOVE"
    _flag_registered(draft, body, vehicle, line)
    draft.note_document("cert", body.cert_no, body.vin)
    registration = Registration(body.line_id, body.cert_no, body.registered_on, backed)
    draft.put_vehicle(body.vin, replace(vehicle, registrations=(*vehicle.registrations, registration)))
    pair_id = pair_of(body.line_id) if body.line_id else None
    if backed and pair_id and body.line_id:
        draft.move_line(pair_id, body.vin, body.line_id, "C", "R")
    else:
        draft.flag("unbacked")
        draft.post(pair_id, None, "UNB", line_id=body.line_id, vin=body.vin)


def _line_of(draft: Draft, body: VehicleRegistered) -> Line | None:
    if body.line_id is None:
        return None
    batch = draft.batch(batch_of(body.line_id))
    return batch.lines.get(body.line_id) if batch else None


def _flag_registered(draft: Draft, body: VehicleRegistered, vehicle: Vehicle, line: Line | None) -> None:
    draft.flag_codes(usccs=(body.owner_uscc,), vins=(body.vin,))
    if body.physical_plate_issued:
        draft.flag("plate-issued")
    if line is not None and line.brand_model != body.brand_model:
        draft.flag("brand-differs")
    if any(account in LIVE for line_id, account in vehicle.lines.items() if line_id != body.line_id):
        draft.flag("vin-repeated")
    policy = draft.policy_on(body.registered_on)
    if policy is None:
        draft.flag("no-policy")
    elif not policy.window_holds(body.registered_on):
        draft.flag("outside-window")
    if body.line_id is not None:
        parties = PairId.parse(pair_of(body.line_id))
        draft.flag_codes(usccs=(parties.exporter, parties.upstream))
        if body.owner_uscc != parties.upstream:
            draft.flag("owner-not-upstream")
        firms = (draft.enterprise(parties.exporter), draft.enterprise(parties.upstream))
        if any(halted_on(firm, body.registered_on) for firm in firms):
            draft.flag("suspended")


def fold_copied(draft: Draft, body: VehicleInfoCopied) -> None:
    """Note the copy with its registration; the first copy of a registration counts."""
    draft.flag_codes(vins=(body.vin,))
    vehicle = draft.vehicle(body.vin)
    registration = vehicle.registration(body.cert_no)
    if registration is None:
        draft.flag("out-of-order")
        return
    if registration.line_id != body.line_id:
        draft.flag("record-differs")
    if body.copied_on < registration.registered_on:
        draft.flag("dates-disordered")
    copied = replace(registration, copied_on=registration.copied_on or body.copied_on)
    registrations = tuple(copied if one is registration else one for one in vehicle.registrations)
    draft.put_vehicle(body.vin, replace(vehicle, registrations=registrations))


def fold_deregistered(draft: Draft, body: VehicleDeregistered) -> None:
    """Close the registration: to D after export, to N for another reason."""
    draft.flag_codes(usccs=(body.owner_uscc,), vins=(body.vin,))
    vehicle = draft.vehicle(body.vin)
    registration = vehicle.registration(body.cert_no)
    note = Deregistration(body.cert_no, body.deregistered_on, body.reason)
    draft.put_vehicle(body.vin, replace(vehicle, deregistered=(*vehicle.deregistered, note)))
    if registration is None:
        draft.flag("out-of-order")
        return
    _flag_deregistered(draft, body, vehicle, registration)
    place: Place = "UNB"
    if registration.backed and registration.line_id:
        place = vehicle.lines[registration.line_id]
    if place == "UNB":
        draft.flag("unbacked")
        return
    done = step(f"VehicleDeregistered {body.reason}", place, proved=registration.proved)
    if done.target is None or registration.line_id is None:
        draft.flag("out-of-order")
        return
    draft.move_line(pair_of(registration.line_id), body.vin, registration.line_id, place, done.target)


def _flag_deregistered(
    draft: Draft, body: VehicleDeregistered, vehicle: Vehicle, registration: Registration
) -> None:
    if body.reason == "OTHER":
        draft.flag("deregistered-other")
    released = [one.released_on for one in vehicle.declarations if one.cert_no == registration.cert_no]
    if not released and body.reason == "EXPORT":
        draft.flag("deregistered-unexported")
    if released and body.deregistered_on > two_months_after(min(released)):
        draft.flag("late-deregistration")
    transfer = vehicle.transfer(body.cert_no)
    before = [registration.registered_on, *released, *([transfer.transferred_on] if transfer else ())]
    if body.deregistered_on < max(before):
        draft.flag("dates-disordered")
