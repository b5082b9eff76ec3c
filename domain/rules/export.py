"""Customs: the release of a car for export."""

from domain.acts import Released
from domain.bodies import CustomsExportConfirmed
from domain.car import Car, Registration
from domain.identifiers import PairId, declaration_is_export, declaration_is_well_formed, pair_of
from domain.postings import step
from domain.rules.draft import Draft


def fold_confirmed(draft: Draft, body: CustomsExportConfirmed) -> None:
    """R→X or T→X of the car's current registration; the same declaration again only updates its status."""
    car = draft.vehicle(body.vin).car
    act = Released(
        draft.index, body.declaration_no, body.exporter_uscc, body.released_on, body.status, body.evidence
    )
    draft.act(body.vin, act)
    known = car.declaration(body.declaration_no)
    if known is not None and not known.reversed:
        return
    registration = car.current()
    _flag(draft, body, car, registration)
    if registration is None:
        draft.flag("out-of-order")
    elif not registration.backed:
        draft.flag("unbacked")
    elif step("CustomsExportConfirmed", registration.column).action == "MOVE":
        if registration.column == "R" and not registration.proved:
            draft.flag("exported-unproved")
    elif not registration.export_lost:  # a car that left again after all ends its loss
        draft.flag("out-of-order")


def _flag(draft: Draft, body: CustomsExportConfirmed, car: Car, registration: Registration | None) -> None:
    draft.flag_codes(usccs=(body.exporter_uscc,), vins=(body.vin,))
    number = body.declaration_no
    if not declaration_is_well_formed(number) or not declaration_is_export(number):
        draft.flag("bad-declaration")
    if not all(one.reversed for one in car.declarations):
        draft.flag("second-declaration")
    if registration is None:
        return
    flag_exporter(draft, body.exporter_uscc, car, registration)
    transfer = car.transfer(registration.cert_no)
    before = [registration.registered_on, *([transfer.transferred_on] if transfer else ())]
    after = [one.deregistered_on for one in car.deregistered if one.cert_no == registration.cert_no]
    if body.released_on < max(before) or any(body.released_on > day for day in after):
        draft.flag("dates-disordered")


def flag_exporter(draft: Draft, exporter: str, car: Car, registration: Registration | None) -> None:
    """Flag an exporter that is neither the pair's nor a designated substitute of the car."""
    if registration is None or registration.line_id is None:
        return
    if exporter not in car.exporters(PairId.parse(pair_of(registration.line_id)).exporter):
        draft.flag("wrong-exporter")
