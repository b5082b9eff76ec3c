"""出口许可证, and the exporter in whose name a car leaves."""

from collections.abc import Iterator
from typing import Final

from domain.acts import Substituted
from domain.bodies import ExportLicenceIssued, SubstituteExporterDesignated
from domain.clocks import letter_is_needed, licence_last_day
from domain.errors import Refusal, refuse
from domain.rules.common import bad_codes, no_policy
from domain.rules.draft import Draft
from domain.rules.export import flag_exporter

MAX_LICENSED: Final = 20
"""公告2024年第6号: one licence for one batch of at most 20 vehicles of one HS code."""


def fold_issued(draft: Draft, body: ExportLicenceIssued) -> None:
    """Compare the licence with what the ledger knows of its cars; it changes nothing."""
    draft.prefetch([f"vin:{one.vin}" for one in body.vehicles])
    vins = [one.vin for one in body.vehicles]
    draft.flag_codes(usccs=(body.exporter_uscc,), vins=vins)
    if len(vins) > MAX_LICENSED:
        draft.flag("licence-too-large")
    if len(set(vins)) < len(vins):
        draft.flag("vin-repeated")
    if not body.valid_from <= body.valid_to <= licence_last_day(body.valid_from):
        draft.flag("licence-term")
    for one in body.vehicles:
        car = draft.vehicle(one.vin).car
        registration = car.current()
        transfer = car.transfer(registration.cert_no) if registration else None
        registered_on = registration.registered_on if registration else None
        transferred_on = transfer.transferred_on if transfer else None
        if (one.registered_on, one.transferred_on) != (registered_on, transferred_on):
            draft.flag("licence-dates-differ")
        flag_exporter(draft, body.exporter_uscc, car, registration)
        if not body.after_sales_letter and letter_is_needed(
            registered_on or one.registered_on, body.applied_on
        ):
            draft.flag("after-sales-letter-missing")


def guard_designated(draft: Draft, body: SubstituteExporterDesignated) -> Iterator[Refusal]:
    """A qualified exporter on file; cars that are registered and not closed yet."""
    yield from bad_codes((body.exporter_uscc,), body.vins)
    yield from no_policy(draft)
    exporter = draft.enterprise(body.exporter_uscc)
    if "EXPORTER" not in exporter.roles_on(draft.today):
        yield refuse("unknown-enterprise", uscc=body.exporter_uscc, role="EXPORTER")
    match exporter.standing_on(draft.today):
        case "LAPSED":
            yield refuse("lapsed", uscc=body.exporter_uscc, day=draft.today)
        case "WITHDRAWN":
            yield refuse("withdrawn", uscc=body.exporter_uscc, day=draft.today)
        case "RENOUNCED":
            yield refuse("renounced", uscc=body.exporter_uscc, day=draft.today)
        case "VALID":
            pass
    if not body.vins:
        yield refuse("no-cars", document_no=body.document_no)
    draft.prefetch([f"vin:{vin}" for vin in body.vins])
    for vin in dict.fromkeys(body.vins):
        registration = draft.vehicle(vin).car.current()
        if registration is None or registration.account not in ("R", "T", "X"):
            state = registration.account if registration else "-"
            yield refuse("wrong-state", what=vin, state=state, wanted="R | T | X")


def fold_designated(draft: Draft, body: SubstituteExporterDesignated) -> None:
    """From here on a transfer to this exporter, or an export in its name, is in order for these cars."""
    draft.prefetch([f"vin:{vin}" for vin in body.vins])
    for vin in dict.fromkeys(body.vins):
        draft.act(vin, Substituted(draft.index, body.exporter_uscc))
