"""追加: more quota for an active pair whose use is strictly above 80 % (measure 5)."""

from collections.abc import Iterator

from domain.bodies import QuotaToppedUp, TopUpApplicationReceived, TopUpRejected
from domain.errors import Refusal, refuse
from domain.identifiers import pair_of
from domain.policy import PolicyParams, is_above_threshold
from domain.postings import USED
from domain.records import Application, Pair
from domain.rules.application import pending, put_application, receive_application
from domain.rules.common import (
    bad_pair_codes,
    issue,
    lapsed,
    no_policy,
    note_move,
    outside_window,
    over_city_cap,
    renounced,
    suspended,
)
from domain.rules.draft import Draft, grounds
from domain.values import replace


def used_units(pair: Pair, policy: PolicyParams) -> int:
    """Return the units that count as used: registered ones (K), or by the other reading proved ones."""
    accounts = USED if policy.topup_basis == "REGISTERED" else ("T", "X", "D")
    return sum(pair.balances[account] for account in accounts)


def fold_application(draft: Draft, body: TopUpApplicationReceived) -> None:
    """Record the application; one that was below the threshold when it came can only be rejected."""
    complete = receive_application(draft, body.app_id, body.applicants)
    if complete is None:
        return
    pair = draft.pair(pair_of(body.app_id))
    if pair.status != "ACTIVE":
        draft.flag("pair-not-active")
    policy = draft.policy_on(draft.today)
    used = used_units(pair, policy) if policy else 0
    if (body.used, body.total) != (used, pair.issued):
        draft.flag("use-misstated")
    eligible = is_above_threshold(used, pair.issued)
    if not eligible:
        draft.flag("below-threshold")
    put_application(draft, body.app_id, Application(draft.index, body.units, complete, "TOP_UP", eligible))


def guard_topped_up(draft: Draft, body: QuotaToppedUp) -> Iterator[Refusal]:
    """Above the threshold when applied for and now, stated as the entries have it; firms in good standing."""
    pair_id = pair_of(body.app_id)
    pair = draft.pair(pair_id)
    yield from bad_pair_codes(pair_id)
    yield from no_policy(draft)
    yield from pending(draft, body.app_id, "TOP_UP")
    application = pair.applications.get(body.app_id)
    if application is not None:
        if not application.complete:
            yield refuse("application-incomplete", app_id=body.app_id)
        if not application.eligible:
            yield refuse("below-threshold-then", app_id=body.app_id)
        if not 0 < body.units <= application.units:
            yield refuse("units-out-of-range", units=body.units, applied=application.units)
    if pair.status != "ACTIVE":
        yield refuse("pair-not-active", pair_id=pair_id)
    yield from suspended(draft, pair_id, "APPLY", draft.recorded_at)
    yield from renounced(draft, pair_id)
    yield from lapsed(draft, pair_id)
    policy = draft.policy_on(draft.today)
    if policy is not None:
        yield from outside_window(draft, policy)
        yield from _above(pair, policy, body)
        yield from over_city_cap(draft, policy, body.units)


def _above(pair: Pair, policy: PolicyParams, body: QuotaToppedUp) -> Iterator[Refusal]:
    used, total = used_units(pair, policy), pair.issued
    if body.used != used:
        yield refuse("numbers-differ", what="used", wanted=used, stated=body.used)
    if body.total != total:
        yield refuse("numbers-differ", what="total", wanted=total, stated=body.total)
    if not is_above_threshold(used, total):
        yield refuse("below-threshold", used=used, total=total)


def fold_topped_up(draft: Draft, body: QuotaToppedUp) -> None:
    """Issue the further units: ISS→AV."""
    pair_id = pair_of(body.app_id)
    application = grounds(draft.pair(pair_id).applications.get(body.app_id))
    granted = replace(application, status="GRANTED", ended=draft.index, granted=body.units)
    put_application(draft, body.app_id, granted)
    issue(draft, pair_id, body.units)
    note_move(draft, pair_id)


def guard_rejected(draft: Draft, body: TopUpRejected) -> Iterator[Refusal]:
    """An open application for more."""
    yield from bad_pair_codes(pair_of(body.app_id))
    yield from no_policy(draft)
    yield from pending(draft, body.app_id, "TOP_UP")


def fold_rejected(draft: Draft, body: TopUpRejected) -> None:
    """Close the application."""
    application = grounds(draft.pair(pair_of(body.app_id)).applications.get(body.app_id))
    put_application(draft, body.app_id, replace(application, status="REJECTED", ended=draft.index))
