"""Guards that several decisions share: policy in force, check characters, standing of the two firms."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from domain.calendar import shanghai_date
from domain.clocks import export_term
from domain.errors import Refusal, refuse
from domain.firm import Enterprise
from domain.identifiers import PairId, uscc_holds, vin_check_is_binding, vin_holds
from domain.policy import PolicyParams
from domain.rules.draft import Draft
from domain.state import CITY_KEY, State
from domain.values import replace

OPEN_END: Final = date.max


def vin_list_digest(vins: Iterable[str]) -> str:
    """Return the SHA-256 over VINs in byte order, each followed by a line feed, as hex."""
    return hashlib.sha256("".join(f"{vin}\n" for vin in sorted(vins)).encode()).hexdigest()


def joint(pair: PairId, stated: tuple[str, ...]) -> bool:
    """Say whether seals or applicants are those of both firms of a pair."""
    return set(stated) == {pair.exporter, pair.upstream}


def no_policy(draft: Draft) -> Iterator[Refusal]:
    """Refuse where no policy version is in force at the time of recording."""
    if draft.policy_on(draft.today) is None:
        yield refuse("no-policy", day=draft.today)


def outside_window(draft: Draft, policy: PolicyParams) -> Iterator[Refusal]:
    """Refuse new grants and approvals outside the policy window."""
    if not policy.window_holds(draft.today):
        yield refuse("outside-window", day=draft.today, first=policy.window_from, last=policy.sunset)


def bad_codes(usccs: Iterable[str] = (), vins: Iterable[str] = ()) -> Iterator[Refusal]:
    """Refuse codes whose check character is wrong; a VIN only where the maker was bound to compute it."""
    for uscc in dict.fromkeys(usccs):
        if not uscc_holds(uscc):
            yield refuse("bad-check-digit", value=uscc)
    for vin in dict.fromkeys(vins):
        if vin_check_is_binding(vin) and not vin_holds(vin):
            yield refuse("bad-check-digit", value=vin)


def bad_pair_codes(pair_id: str) -> Iterator[Refusal]:
    """Refuse a pair one of whose two codes fails its check."""
    pair = PairId.parse(pair_id)
    yield from bad_codes((pair.exporter, pair.upstream))


def unknown_firms(draft: Draft, pair_id: str) -> Iterator[Refusal]:
    """Refuse where a firm of the pair is not on file in its role on the day of recording."""
    pair = PairId.parse(pair_id)
    for uscc, role in ((pair.exporter, "EXPORTER"), (pair.upstream, "UPSTREAM")):
        if role not in draft.enterprise(uscc).roles_on(draft.today):
            yield refuse("unknown-enterprise", uscc=uscc, role=role)


def suspended(state: State, pair_id: str, scope: str, at: datetime) -> Iterator[Refusal]:
    """Refuse while a suspension of either firm is in force for ``scope`` (APPLY or USE)."""
    pair = PairId.parse(pair_id)
    for uscc in dict.fromkeys((pair.exporter, pair.upstream)):
        for halt in state.enterprise(uscc).halts:
            ended = halt.ended_at is not None and halt.ended_at <= at
            if scope in halt.scope and halt.effective_at <= at and not ended:
                yield refuse("suspended", uscc=uscc, scope=scope, suspension_id=halt.suspension_id)


def renounced(draft: Draft, pair_id: str) -> Iterator[Refusal]:
    """Refuse where either firm has given up qualification or quota: annex 1 binds both."""
    pair = PairId.parse(pair_id)
    for uscc in dict.fromkeys((pair.exporter, pair.upstream)):
        if draft.enterprise(uscc).renounced_on(draft.today):
            yield refuse("renounced", uscc=uscc, day=draft.today)


def lapsed(draft: Draft, pair_id: str) -> Iterator[Refusal]:
    """Refuse where the exporter has no export qualification on the day of recording."""
    exporter = PairId.parse(pair_id).exporter
    match draft.enterprise(exporter).standing_on(draft.today):
        case "LAPSED":
            yield refuse("lapsed", uscc=exporter, day=draft.today)
        case "WITHDRAWN":
            yield refuse("withdrawn", uscc=exporter, day=draft.today)
        case "VALID" | "RENOUNCED":  # a renunciation has its own refusal
            pass


def halted_on(enterprise: Enterprise, day: date) -> bool:
    """Say whether a suspension or renunciation held on a day; the day on which one ends is free again."""
    return enterprise.renounced_on(day) or any(
        shanghai_date(halt.effective_at)
        <= day
        < (shanghai_date(halt.ended_at) if halt.ended_at else OPEN_END)
        for halt in enterprise.halts
    )


def over_city_cap(draft: Draft, policy: PolicyParams, units: int) -> Iterator[Refusal]:
    """Refuse units above what the policy lets the whole city have, where it sets such a cap."""
    issued = draft.city().issued
    if policy.city_cap is not None and issued + units > policy.city_cap:
        yield refuse("over-city-cap", units=units, issued=issued, cap=policy.city_cap)


def issue(draft: Draft, pair_id: str, units: int) -> None:
    """Issue units to a pair (ISS→AV), or take back as many as ``-units`` (AV→ISS)."""
    if units > 0:
        draft.post(pair_id, "ISS", "AV", units)
    else:
        draft.post(pair_id, "AV", "ISS", -units)
    draft.put(CITY_KEY, replace(draft.city(), issued=draft.city().issued + units))


def note_move(draft: Draft, pair_id: str) -> None:
    """Note that this entry granted or took back units of the pair, or closed it."""
    pair = draft.pair(pair_id)
    draft.put(f"pair:{pair_id}", replace(pair, moves=(*pair.moves, draft.index)))


def due_date(state: State, registered_on: date) -> date | None:
    """Return the last day for a registered car's three acts, None where policy or calendar are missing.

    The policy version in force on the registration date judges.
    """
    policy = state.policy_on(registered_on)
    return export_term(registered_on, policy, state.year_table).rolled if policy else None
