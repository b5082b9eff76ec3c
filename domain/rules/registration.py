"""A car's registration, its copy to commerce, and its deregistration."""

from domain.acts import Copied, Deregistered, Registered
from domain.batch import Line
from domain.bodies import VehicleDeregistered, VehicleInfoCopied, VehicleRegistered
from domain.car import Car, Registration
from domain.clocks import deregistration_due
from domain.identifiers import PairId, batch_of, pair_of
from domain.postings import LIVE, step
from domain.rules.common import halted_on
from domain.rules.draft import Draft


def fold_registered(draft: Draft, body: VehicleRegistered) -> None:
    """C→R where the line is classified and its car this one; otherwise the memo UNB rises."""
    before = draft.vehicle(body.vin).car
    after = draft.act(body.vin, Registered(draft.index, body.line_id, body.cert_no, body.registered_on))
    if len(after.registrations) == len(before.registrations):  # counted in UNB already
        draft.flag("out-of-order")
        return
    _flag_registered(draft, body, before)
    draft.note_document("cert", body.cert_no, body.vin)
    if not after.registrations[-1].backed:
        draft.flag("unbacked")


def _line_of(draft: Draft, body: VehicleRegistered) -> Line | None:
    if body.line_id is None:
        return None
    batch = draft.batch(batch_of(body.line_id))
    return batch.lines.get(body.line_id) if batch else None


def _flag_registered(draft: Draft, body: VehicleRegistered, before: Car) -> None:
    draft.flag_codes(usccs=(body.owner_uscc,), vins=(body.vin,))
    if body.physical_plate_issued:
        draft.flag("plate-issued")
    line = _line_of(draft, body)
    if line is not None and line.brand_model != body.brand_model:
        draft.flag("brand-differs")
    if any(account in LIVE for line_id, account in before.lines.items() if line_id != body.line_id):
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
    car = draft.act(body.vin, Copied(draft.index, body.cert_no, body.copied_on))
    registration = car.registration(body.cert_no)
    if registration is None:
        draft.flag("out-of-order")
        return
    if registration.line_id != body.line_id:
        draft.flag("record-differs")
    if body.copied_on < registration.registered_on:
        draft.flag("dates-disordered")


def fold_deregistered(draft: Draft, body: VehicleDeregistered) -> None:
    """Close the registration: to D after export, to N for another reason."""
    draft.flag_codes(usccs=(body.owner_uscc,), vins=(body.vin,))
    car = draft.vehicle(body.vin).car
    has_exit = body.exit_record is not None
    act = Deregistered(draft.index, body.cert_no, body.deregistered_on, body.reason, has_exit)
    draft.act(body.vin, act)
    registration = car.registration(body.cert_no)
    if registration is None:
        draft.flag("out-of-order")
        return
    _flag_deregistered(draft, body, car, registration)
    if not registration.backed:
        draft.flag("unbacked")
    elif step(f"VehicleDeregistered {body.reason}", registration.column).action == "NOTHING":
        draft.flag("out-of-order")


def _flag_deregistered(draft: Draft, body: VehicleDeregistered, car: Car, registration: Registration) -> None:
    if body.reason == "OTHER":
        draft.flag("deregistered-other")
    released = [one.released_on for one in car.releases(registration.cert_no)]
    if not released and body.reason == "EXPORT":
        draft.flag("deregistered-unexported")
    if released and body.deregistered_on > deregistration_due(min(released)):
        draft.flag("late-deregistration")
    transfer = car.transfer(body.cert_no)
    before = [registration.registered_on, *released, *([transfer.transferred_on] if transfer else ())]
    if body.deregistered_on < max(before):
        draft.flag("dates-disordered")
