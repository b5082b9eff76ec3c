"""The total quota of a pair: taken back (see ``domain.rules.undo``)."""

from domain.bodies import (
    CommitmentLetterSigned,
    PairClosed,
    QuotaApplicationRejected,
    QuotaApplicationWithdrawn,
    QuotaGranted,
    QuotaReduced,
    QuotaToppedUp,
    TopUpApplicationReceived,
    TopUpRejected,
    TotalQuotaApplicationReceived,
)
from domain.errors import refuse
from domain.identifiers import PairId, pair_of
from domain.rules.application import put_application
from domain.rules.common import issue
from domain.rules.draft import Draft, Moved
from domain.rules.pair_end import join, leave
from domain.statements import Statement
from domain.values import replace


def undo_letter(draft: Draft, body: CommitmentLetterSigned, statement: Statement) -> None:
    """The letter falls; a grant stands on the last complete one."""
    pair = draft.pair(body.pair_id)
    if draft.undoing not in pair.letters:
        return
    if len(pair.letters) == 1 and pair.moves:
        raise Moved(refuse("moved-on", what=f"pair:{body.pair_id}", later=pair.moves[-1]))
    left = tuple(one for one in pair.letters if one != draft.undoing)
    draft.put(f"pair:{body.pair_id}", replace(pair, letters=left))


def undo_application(draft: Draft, body: TotalQuotaApplicationReceived, statement: Statement) -> None:
    """The application id is free again."""
    _forget(draft, body.app_id)


def undo_topup_application(draft: Draft, body: TopUpApplicationReceived, statement: Statement) -> None:
    """The application id is free again."""
    _forget(draft, body.app_id)


def _forget(draft: Draft, app_id: str) -> None:
    pair_id = pair_of(app_id)
    pair = draft.pair(pair_id)
    application = pair.applications.get(app_id)
    if application is None or application.index != draft.undoing:
        return  # the id had been used up: it said nothing
    if application.ended is not None:
        raise Moved(refuse("moved-on", what=app_id, later=application.ended))
    left = {one: other for one, other in pair.applications.items() if one != app_id}
    draft.put(f"pair:{pair_id}", replace(pair, applications=left))


def undo_rejected(draft: Draft, body: QuotaApplicationRejected, statement: Statement) -> None:
    """The application is open again."""
    _reopen(draft, body.app_id)


def undo_topup_rejected(draft: Draft, body: TopUpRejected, statement: Statement) -> None:
    """The application is open again."""
    _reopen(draft, body.app_id)


def undo_withdrawn(draft: Draft, body: QuotaApplicationWithdrawn, statement: Statement) -> None:
    """The application is open again."""
    _reopen(draft, body.app_id)


def _reopen(draft: Draft, app_id: str) -> None:
    application = draft.pair(pair_of(app_id)).applications.get(app_id)
    if application is not None and application.ended == draft.undoing:
        put_application(draft, app_id, replace(application, status="PENDING", ended=None, granted=0))


def _unmove(draft: Draft, pair_id: str) -> None:
    """Drop the newest move of a pair; grants, reductions and closings stand on one another."""
    pair = draft.pair(pair_id)
    if pair.moves[-1] != draft.undoing:
        raise Moved(refuse("moved-on", what=f"pair:{pair_id}", later=pair.moves[-1]))
    draft.put(f"pair:{pair_id}", replace(pair, moves=pair.moves[:-1]))


def undo_granted(draft: Draft, body: QuotaGranted, statement: Statement) -> None:
    """AV→ISS, and the pair is not active; no unit of it may be in use."""
    pair_id = pair_of(body.app_id)
    _unmove(draft, pair_id)
    pair = draft.pair(pair_id)
    if pair.balances["AV"] != body.units:
        raise Moved(refuse("units-in-use", pair_id=pair_id, used=body.units - pair.balances["AV"]))
    draft.put(f"pair:{pair_id}", replace(pair, status="NEW"))
    issue(draft, pair_id, -body.units)
    leave(draft, pair_id)
    _reopen(draft, body.app_id)


def undo_topped_up(draft: Draft, body: QuotaToppedUp, statement: Statement) -> None:
    """AV→ISS, and the application for more is open again."""
    pair_id = pair_of(body.app_id)
    _unmove(draft, pair_id)
    issue(draft, pair_id, -body.units)
    _reopen(draft, body.app_id)


def undo_reduced(draft: Draft, body: QuotaReduced, statement: Statement) -> None:
    """ISS→AV."""
    _unmove(draft, body.pair_id)
    issue(draft, body.pair_id, body.units)


def undo_closed(draft: Draft, body: PairClosed, statement: Statement) -> None:
    """The pair is active again, unless its exporter has gone on to a successor."""
    _unmove(draft, body.pair_id)
    parties = PairId.parse(body.pair_id)
    if successors := draft.enterprise(parties.exporter).active_pairs:
        raise Moved(refuse("pair-active", uscc=parties.exporter, pairs=", ".join(successors)))
    draft.put(f"pair:{body.pair_id}", replace(draft.pair(body.pair_id), status="ACTIVE"))
    join(draft, body.pair_id)
