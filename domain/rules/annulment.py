"""Registrations annulled, and unbacked ones regularised."""

from collections.abc import Iterator

from domain.acts import Annulled, Regularised
from domain.bodies import RegistrationAnnulled, RegistrationRegularised
from domain.errors import Refusal, refuse
from domain.identifiers import pair_of
from domain.postings import step
from domain.rules.common import bad_codes, bad_pair_codes, no_policy
from domain.rules.draft import Draft


def fold_annulled(draft: Draft, body: RegistrationAnnulled) -> None:
    """A clerical error gives the unit back to its line (R→C, T→C) or ends the memo; fraud closes it (→N)."""
    draft.flag_codes(vins=(body.vin,))
    before = draft.vehicle(body.vin).car
    draft.act(body.vin, Annulled(draft.index, body.cert_no, body.kind))
    if body.kind == "FRAUD":
        draft.flag("fraud")
    registration = before.registration(body.cert_no)
    if registration is None:
        draft.flag("out-of-order")
        return
    if body.line_id not in (None, registration.line_id):
        draft.flag("record-differs")
    if body.on < registration.registered_on:
        draft.flag("dates-disordered")
    if step(f"RegistrationAnnulled {body.kind}", registration.column).action == "NOTHING":
        draft.flag("out-of-order" if registration.backed else "unbacked")


def guard_regularised(draft: Draft, body: RegistrationRegularised) -> Iterator[Refusal]:
    """The line stands in C with this VIN, and the car has a registration without a unit."""
    yield from bad_pair_codes(pair_of(body.line_id))
    yield from bad_codes(vins=(body.vin,))
    yield from no_policy(draft)
    car = draft.vehicle(body.vin).car
    account = car.lines.get(body.line_id)
    if account is None:
        yield refuse("line-not-live", line_id=body.line_id, vin=body.vin)
    elif account != "C":
        yield refuse("wrong-state", what=body.line_id, state=account, wanted="C")
    if car.waiting(body.line_id) is None:
        yield refuse("not-unbacked", vin=body.vin)


def fold_regularised(draft: Draft, body: RegistrationRegularised) -> None:
    """C→ where the facts of the registration place it; the memo UNB falls where it had risen."""
    draft.act(body.vin, Regularised(draft.index, body.line_id))
