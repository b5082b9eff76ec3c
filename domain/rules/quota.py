"""The total quota of a pair: commitment letter, joint application, grant."""

from collections.abc import Iterator
from typing import Final

from domain.bodies import CommitmentLetterSigned, QuotaGranted, TotalQuotaApplicationReceived
from domain.errors import Refusal, refuse
from domain.identifiers import PairId, pair_of
from domain.records import Application
from domain.rules.application import pending, put_application, receive_application
from domain.rules.common import (
    bad_pair_codes,
    issue,
    joint,
    lapsed,
    no_policy,
    note_move,
    outside_window,
    over_city_cap,
    renounced,
    suspended,
    unknown_firms,
)
from domain.rules.draft import Draft, grounds
from domain.rules.pair_end import join
from domain.values import replace

_LICENCES: Final = 2


def fold_letter(draft: Draft, body: CommitmentLetterSigned) -> None:
    """Record the letter; without both seals, annex 1 or the two licences it is flagged and does not count."""
    parties = PairId.parse(body.pair_id)
    draft.flag_codes(usccs=(parties.exporter, parties.upstream, *body.seals))
    attached = draft.statement.attachments
    licences = {attachment.sha256 for attachment in attached if attachment.kind == "营业执照"}
    letter = any(attachment.kind == "承诺书" for attachment in attached)
    complete = joint(parties, body.seals) and letter and len(licences) >= _LICENCES
    if not complete:
        draft.flag("letter-incomplete")
        return
    pair = draft.pair(body.pair_id)
    draft.put(f"pair:{body.pair_id}", replace(pair, letters=(*pair.letters, draft.index)))


def fold_application(draft: Draft, body: TotalQuotaApplicationReceived) -> None:
    """Record the application; one that is not joint is flagged and cannot be granted."""
    complete = receive_application(draft, body.app_id, body.applicants)
    if complete is None:
        return
    put_application(draft, body.app_id, Application(draft.index, body.units, complete))


def guard_granted(draft: Draft, body: QuotaGranted) -> Iterator[Refusal]:
    """A complete application and letter, a qualified and free exporter, an upstream in the city."""
    pair_id = pair_of(body.app_id)
    parties = PairId.parse(pair_id)
    pair = draft.pair(pair_id)
    yield from bad_pair_codes(pair_id)
    yield from no_policy(draft)
    policy = draft.policy_on(draft.today)
    yield from pending(draft, body.app_id, "TOTAL")
    application = pair.applications.get(body.app_id)
    if application is not None:
        if application.status == "PENDING" and pair.status != "NEW":  # more for an active pair is a top-up
            yield refuse("wrong-state", what=pair_id, state=pair.status, wanted="APPLIED")
        if not application.complete:
            yield refuse("application-incomplete", app_id=body.app_id)
        if not 0 < body.units <= application.units:
            yield refuse("units-out-of-range", units=body.units, applied=application.units)
    if not pair.letters:
        yield refuse("letter-missing", pair_id=pair_id)
    if parties.exporter == parties.upstream:
        yield refuse("same-firm", uscc=parties.exporter)
    yield from unknown_firms(draft, pair_id)
    if not draft.enterprise(parties.upstream).in_city_on(draft.today):
        yield refuse("upstream-not-in-city", uscc=parties.upstream)
    yield from suspended(draft, pair_id, "APPLY", draft.recorded_at)
    yield from renounced(draft, pair_id)
    yield from lapsed(draft, pair_id)
    if policy is not None:
        yield from outside_window(draft, policy)
        others = [other for other in draft.enterprise(parties.exporter).active_pairs if other != pair_id]
        if len(others) >= policy.pair_max_active:
            yield refuse("pair-active", uscc=parties.exporter, pairs=", ".join(others))
        yield from over_city_cap(draft, policy, body.units)


def fold_granted(draft: Draft, body: QuotaGranted) -> None:
    """Issue the units: ISS→AV, and the pair is active."""
    pair_id = pair_of(body.app_id)
    parties = PairId.parse(pair_id)
    application = grounds(draft.pair(pair_id).applications.get(body.app_id))
    granted = replace(application, status="GRANTED", ended=draft.index, granted=body.units)
    put_application(draft, body.app_id, granted)
    draft.put(f"pair:{pair_id}", replace(draft.pair(pair_id), status="ACTIVE"))
    issue(draft, pair_id, body.units)
    note_move(draft, pair_id)
    served = draft.enterprise(parties.upstream).upstream_of
    if any(PairId.parse(other).exporter != parties.exporter for other in served):
        draft.flag("upstream-shared")
    join(draft, pair_id)
