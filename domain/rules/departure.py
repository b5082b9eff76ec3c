"""Customs reversed, and the loading of a car."""

from domain.acts import Loaded, ReleaseReversed
from domain.bodies import CustomsExportReversed, PortLoadingConfirmed
from domain.postings import step
from domain.rules.draft import Draft
from domain.rules.export import flag_exporter


def fold_reversed(draft: Draft, body: CustomsExportReversed) -> None:
    """X→T if proved, else X→R, once no other declaration of the car stands; in D the export is lost."""
    draft.flag_codes(usccs=(body.exporter_uscc,), vins=(body.vin,))
    before = draft.vehicle(body.vin).car
    after = draft.act(body.vin, ReleaseReversed(draft.index, body.declaration_no))
    known = before.declaration(body.declaration_no)
    if known is None or known.reversed:
        draft.flag("unknown-declaration")
    elif body.on < known.released_on:
        draft.flag("dates-disordered")
    registration = before.current()
    flag_exporter(draft, body.exporter_uscc, before, registration)
    if registration is None:
        draft.flag("out-of-order")
    elif not registration.backed:
        draft.flag("unbacked")
    elif not all(one.reversed for one in after.declarations):
        draft.flag("second-declaration")
    else:
        match step("CustomsExportReversed", registration.column, proved=registration.proved).action:
            case "MOVE":
                draft.flag("export-reversed")
            case "LOST":
                draft.flag("export-lost")
            case _:
                draft.flag("out-of-order")


def fold_loaded(draft: Draft, body: PortLoadingConfirmed) -> None:
    """Note that the car left; the exit is proved, nothing is posted."""
    draft.flag_codes(usccs=(body.exporter_uscc,), vins=(body.vin,))
    car = draft.act(body.vin, Loaded(draft.index, body.loaded_on, body.evidence))
    registration = car.current()
    if registration is None:
        draft.flag("out-of-order")
        return
    flag_exporter(draft, body.exporter_uscc, car, registration)
    released = [one.released_on for one in car.declarations if not one.reversed]
    if not released:
        draft.flag("loaded-unreleased")
    if body.loaded_on < max((registration.registered_on, *released[:1])):
        draft.flag("dates-disordered")
