"""Customs: the release of a car for export."""

from dataclasses import replace
from typing import Final

from domain.bodies import CustomsExportConfirmed
from domain.identifiers import PairId, declaration_is_export, declaration_is_well_formed, pair_of
from domain.postings import step
from domain.records import Declaration, Registration, Vehicle
from domain.rules.draft import Draft

_GRADES: Final = ("EXPORTER_COPY", "SINGLE_WINDOW", "SIGNED")
"""Grades of evidence, the weakest first."""


def fold_confirmed(draft: Draft, body: CustomsExportConfirmed) -> None:
    """R→X or T→X of the car's current registration; the same declaration again only updates its status."""
    vehicle = draft.vehicle(body.vin)
    for place, known in enumerate(vehicle.declarations):
        if known.declaration_no == body.declaration_no:
            # A copy from the exporter takes nothing from what customs has signed.
            evidence = max(known.evidence, body.evidence, key=_GRADES.index)
            updated = replace(known, status=body.status, evidence=evidence)
            declarations = (*vehicle.declarations[:place], updated, *vehicle.declarations[place + 1 :])
            draft.put_vehicle(body.vin, replace(vehicle, declarations=declarations))
            return
    registration = vehicle.current()
    declaration = Declaration(
        body.declaration_no,
        registration.cert_no if registration else None,
        body.released_on,
        body.status,
        body.evidence,
    )
    draft.put_vehicle(body.vin, replace(vehicle, declarations=(*vehicle.declarations, declaration)))
    _flag(draft, body, vehicle, registration)
    if registration is None:
        draft.flag("out-of-order")
    elif not registration.backed or registration.line_id is None:
        draft.flag("unbacked")
    else:
        account = vehicle.lines[registration.line_id]
        done = step("CustomsExportConfirmed", account, proved=registration.proved)
        if done.target is None:
            draft.flag("out-of-order")
            return
        if account == "R":
            draft.flag("exported-unproved")
        draft.move_line(pair_of(registration.line_id), body.vin, registration.line_id, account, done.target)


def _flag(
    draft: Draft, body: CustomsExportConfirmed, vehicle: Vehicle, registration: Registration | None
) -> None:
    draft.flag_codes(usccs=(body.exporter_uscc,), vins=(body.vin,))
    number = body.declaration_no
    if not declaration_is_well_formed(number) or not declaration_is_export(number):
        draft.flag("bad-declaration")
    if vehicle.declarations:
        draft.flag("second-declaration")
    if registration is None:
        return
    if (
        registration.line_id is not None
        and PairId.parse(pair_of(registration.line_id)).exporter != body.exporter_uscc
    ):
        draft.flag("wrong-exporter")
    transfer = vehicle.transfer(registration.cert_no)
    before = [registration.registered_on, *([transfer.transferred_on] if transfer else ())]
    after = [one.deregistered_on for one in vehicle.deregistered if one.cert_no == registration.cert_no]
    if body.released_on < max(before) or any(body.released_on > day for day in after):
        draft.flag("dates-disordered")
