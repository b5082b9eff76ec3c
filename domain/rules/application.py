"""Applications for total or more quota: received by one rule, and those that end without a grant."""

from collections.abc import Iterator
from typing import Literal

from domain.bodies import QuotaApplicationRejected, QuotaApplicationWithdrawn
from domain.errors import Refusal, refuse
from domain.identifiers import PairId, pair_of
from domain.records import Application
from domain.rules.common import bad_pair_codes, joint, no_policy
from domain.rules.draft import Draft, grounds
from domain.values import replace


def pending(draft: Draft, app_id: str, kind: Literal["TOTAL", "TOP_UP"]) -> Iterator[Refusal]:
    """Refuse unless the application is on record, of this kind and still open."""
    application = draft.pair(pair_of(app_id)).applications.get(app_id)
    if application is None:
        yield refuse("unknown-application", app_id=app_id)
        return
    if application.kind != kind:
        yield refuse("wrong-application", app_id=app_id, kind=application.kind, wanted=kind)
    if application.status != "PENDING":
        yield refuse("wrong-state", what=app_id, state=application.status, wanted="PENDING")


def put_application(draft: Draft, app_id: str, application: Application) -> None:
    """Write an application into its pair."""
    pair_id = pair_of(app_id)
    pair = draft.pair(pair_id)
    applications = {**pair.applications, app_id: application}
    draft.put(f"pair:{pair_id}", replace(pair, applications=applications))


def receive_application(draft: Draft, app_id: str, applicants: tuple[str, ...]) -> bool | None:
    """Flag what is wrong with who applies; return whether both firms do, None where the id is used up."""
    parties = PairId.parse(pair_of(app_id))
    draft.flag_codes(usccs=(parties.exporter, parties.upstream, *applicants))
    if app_id in draft.pair(pair_of(app_id)).applications:
        draft.flag("duplicate-id")
        return None
    complete = joint(parties, applicants)
    if not complete:
        draft.flag("application-incomplete")
    return complete


def guard_rejected(draft: Draft, body: QuotaApplicationRejected) -> Iterator[Refusal]:
    """An open application for a first total."""
    yield from bad_pair_codes(pair_of(body.app_id))
    yield from no_policy(draft)
    yield from pending(draft, body.app_id, "TOTAL")


def fold_rejected(draft: Draft, body: QuotaApplicationRejected) -> None:
    """Close the application; the pair may apply again under another id."""
    application = grounds(draft.pair(pair_of(body.app_id)).applications.get(body.app_id))
    put_application(draft, body.app_id, replace(application, status="REJECTED", ended=draft.index))


def fold_withdrawn(draft: Draft, body: QuotaApplicationWithdrawn) -> None:
    """Close an open application, first or additional; one that is not open is flagged and stays."""
    pair_id = pair_of(body.app_id)
    parties = PairId.parse(pair_id)
    draft.flag_codes(usccs=(parties.exporter, parties.upstream))
    application = draft.pair(pair_id).applications.get(body.app_id)
    if application is None or application.status != "PENDING":
        draft.flag("nothing-to-end")
        return
    put_application(draft, body.app_id, replace(application, status="WITHDRAWN", ended=draft.index))
