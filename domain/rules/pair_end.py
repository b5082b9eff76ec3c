"""核减 and 关闭: units taken back, and the end of a pair."""

from collections.abc import Iterator
from typing import Final

from domain.bodies import PairClosed, QuotaReduced
from domain.errors import Refusal, refuse
from domain.identifiers import PairId
from domain.postings import Account
from domain.rules.common import bad_pair_codes, issue, no_policy, note_move
from domain.rules.draft import Draft
from domain.values import replace

_MUST_BE_EMPTY: Final[tuple[Account, ...]] = ("AV", "A", "C", "R")


def guard_reduced(draft: Draft, body: QuotaReduced) -> Iterator[Refusal]:
    """At least one unit, and no more than are available; of a closed pair too."""
    yield from bad_pair_codes(body.pair_id)
    yield from no_policy(draft)
    pair = draft.pair(body.pair_id)
    if pair.status == "NEW":
        yield refuse("pair-not-active", pair_id=body.pair_id)
    if not 0 < body.units <= pair.balances["AV"]:
        yield refuse("over-reduction", units=body.units, available=pair.balances["AV"])


def fold_reduced(draft: Draft, body: QuotaReduced) -> None:
    """Take the units back: AV→ISS."""
    issue(draft, body.pair_id, -body.units)
    note_move(draft, body.pair_id)


def guard_closed(draft: Draft, body: PairClosed) -> Iterator[Refusal]:
    """Nothing available (reduce first), approved, classified or unproved."""
    yield from bad_pair_codes(body.pair_id)
    yield from no_policy(draft)
    pair = draft.pair(body.pair_id)
    if pair.status != "ACTIVE":
        yield refuse("wrong-state", what=body.pair_id, state=pair.status, wanted="ACTIVE")
    if left := {name: pair.balances[name] for name in _MUST_BE_EMPTY if pair.balances[name]}:
        shown = ", ".join(f"{name}={units}" for name, units in left.items())
        yield refuse("pair-not-drained", pair_id=body.pair_id, left=shown)


def fold_closed(draft: Draft, body: PairClosed) -> None:
    """Close the pair: both firms are free for a successor; its cars run on to export."""
    draft.put(f"pair:{body.pair_id}", replace(draft.pair(body.pair_id), status="CLOSED"))
    note_move(draft, body.pair_id)
    leave(draft, body.pair_id)


def join(draft: Draft, pair_id: str) -> None:
    """Note with both firms that the pair is active."""
    parties = PairId.parse(pair_id)
    exporter = draft.enterprise(parties.exporter)
    active = (*exporter.active_pairs, pair_id)
    draft.put(f"enterprise:{parties.exporter}", replace(exporter, active_pairs=active))
    upstream = draft.enterprise(parties.upstream)
    draft.put(
        f"enterprise:{parties.upstream}",
        replace(upstream, upstream_of=(*upstream.upstream_of, pair_id)),
    )


def leave(draft: Draft, pair_id: str) -> None:
    """Note with both firms that the pair is active no more."""
    parties = PairId.parse(pair_id)
    exporter = draft.enterprise(parties.exporter)
    active = tuple(one for one in exporter.active_pairs if one != pair_id)
    draft.put(f"enterprise:{parties.exporter}", replace(exporter, active_pairs=active))
    upstream = draft.enterprise(parties.upstream)
    serves = tuple(one for one in upstream.upstream_of if one != pair_id)
    draft.put(f"enterprise:{parties.upstream}", replace(upstream, upstream_of=serves))
