"""The use of quota (annex 2): application, approval, the number sent to transport, its classification."""

from collections import Counter
from collections.abc import Iterator

from domain.acts import Approved, Classified
from domain.batch import Batch, BatchStep, Line, Sent
from domain.bodies import (
    QuotaAttributeClassified,
    UsageNumberSent,
    UseApplicationApproved,
    UseApplicationReceived,
)
from domain.calendar import shanghai_date
from domain.errors import Refusal, refuse
from domain.identifiers import PairId, batch_of, organisation_code_of, pair_of
from domain.postings import LIVE
from domain.rules.common import (
    bad_codes,
    bad_pair_codes,
    lapsed,
    no_policy,
    outside_window,
    renounced,
    suspended,
    vin_list_digest,
)
from domain.rules.draft import Draft, Groundless, grounds
from domain.values import replace


def fold_application(draft: Draft, body: UseApplicationReceived) -> None:
    """Record the lines; a repeated id or a line of another batch is flagged and left out."""
    pair_id = pair_of(body.batch_id)
    parties = PairId.parse(pair_id)
    draft.flag_codes(
        usccs=(parties.exporter, parties.upstream), vins=tuple(dict.fromkeys(one.vin for one in body.lines))
    )
    if draft.batch(body.batch_id) is not None:
        draft.flag("duplicate-id")
        return
    if draft.pair(pair_id).status != "ACTIVE":
        draft.flag("pair-not-active")
    if body.org_code != organisation_code_of(parties.upstream):
        draft.flag("org-code-mismatch")
    draft.prefetch([f"vin:{line.vin}" for line in body.lines])
    lines: dict[str, Line] = {}
    seen: set[str] = set()
    for one in body.lines:
        if one.vin in seen or LIVE.intersection(draft.vehicle(one.vin).lines.values()):
            draft.flag("vin-repeated")
        seen.add(one.vin)
        if batch_of(one.line_id) != body.batch_id or one.line_id in lines:
            draft.flag("line-misplaced")
        else:
            lines[one.line_id] = Line(one.vin, one.brand_model)
    draft.put(f"batch:{body.batch_id}", Batch(body.org_code, lines, (BatchStep(draft.index, "RECEIVED"),)))


def guard_approved(draft: Draft, body: UseApplicationApproved) -> Iterator[Refusal]:
    """Lines of the application, within what is available, each car free; both firms in good standing."""
    pair_id = pair_of(body.batch_id)
    parties = PairId.parse(pair_id)
    batch = draft.batch(body.batch_id)
    yield from bad_pair_codes(pair_id)
    yield from bad_codes(vins=(line.vin for line in body.lines))
    yield from no_policy(draft)
    policy = draft.policy_on(draft.today)
    if batch is None:
        yield refuse("unknown-batch", batch_id=body.batch_id)
    else:
        if batch.status != "RECEIVED":
            yield refuse("wrong-state", what=body.batch_id, state=batch.status, wanted="RECEIVED")
        if batch.org_code != organisation_code_of(parties.upstream):
            yield refuse("org-code-mismatch", stated=batch.org_code, uscc=parties.upstream)
        yield from _misnamed(batch, body)
    pair = draft.pair(pair_id)
    if pair.status != "ACTIVE":
        yield refuse("pair-not-active", pair_id=pair_id)
    if not body.lines:
        yield refuse("no-lines", batch_id=body.batch_id)
    if len(body.lines) > pair.balances["AV"]:
        yield refuse("over-available", units=len(body.lines), available=pair.balances["AV"])
    if (wanted := vin_list_digest(line.vin for line in body.lines)) != body.vin_list_sha256:
        yield refuse("hash-mismatch", wanted=wanted, stated=body.vin_list_sha256)
    yield from suspended(draft, pair_id, "USE", draft.recorded_at)
    yield from renounced(draft, pair_id)
    yield from lapsed(draft, pair_id)
    if policy is not None:
        yield from outside_window(draft, policy)
        yield from _taken(draft, body, reuse_after_end=policy.vin_reuse_after_end)


def _misnamed(batch: Batch, body: UseApplicationApproved) -> Iterator[Refusal]:
    """Refuse lines that the application does not have, and lines or cars that stand twice."""
    ids = Counter(line.line_id for line in body.lines)
    vins = Counter(line.vin for line in body.lines)
    for line in body.lines:
        applied = batch.lines.get(line.line_id)
        if applied is None or applied.vin != line.vin or ids[line.line_id] > 1 or vins[line.vin] > 1:
            yield refuse("line-not-applied", line_id=line.line_id, vin=line.vin)


def _taken(draft: Draft, body: UseApplicationApproved, *, reuse_after_end: bool) -> Iterator[Refusal]:
    """Refuse cars that hold a unit already; one that is D or N is free only where the policy says so."""
    draft.prefetch([f"vin:{line.vin}" for line in body.lines])
    for line in body.lines:
        for line_id, account in draft.vehicle(line.vin).lines.items():
            if account in LIVE or not reuse_after_end:
                yield refuse("vin-live", vin=line.vin, line_id=line_id, account=account)


def fold_approved(draft: Draft, body: UseApplicationApproved) -> None:
    """Bind one unit to each line: AV→A."""
    batch = grounds(draft.batch(body.batch_id))
    for line in body.lines:
        if grounds(batch.lines.get(line.line_id)).vin != line.vin:
            raise Groundless
    approved = tuple(line.line_id for line in body.lines)
    draft.put(f"batch:{body.batch_id}", replace(batch.stepped(draft.index, "APPROVED"), approved=approved))
    draft.prefetch([f"vin:{line.vin}" for line in body.lines])
    for line in body.lines:
        draft.act(line.vin, Approved(draft.index, line.line_id))


def guard_sent(draft: Draft, body: UsageNumberSent) -> Iterator[Refusal]:
    """The number of live lines, their list, the next revision; repeatable until classified."""
    yield from _guard_number(draft, body, states=("APPROVED", "SENT"), step=1)


def guard_classified(draft: Draft, body: QuotaAttributeClassified) -> Iterator[Refusal]:
    """The latest number sent, for the lines still live; an attribute of the policy's list."""
    yield from _guard_number(draft, body, states=("SENT",), step=0)
    batch = draft.batch(body.batch_id)
    last = batch.sent[-1] if batch is not None and batch.sent else None
    if last is not None and (last.units, last.vin_list_sha256) != (body.units, body.vin_list_sha256):
        yield refuse(
            "numbers-differ",
            what=f"{body.batch_id} revision {last.revision}",
            wanted=f"{last.units} {last.vin_list_sha256}",
            stated=f"{body.units} {body.vin_list_sha256}",
        )
    policy = draft.policy_on(draft.today)
    if policy is not None and policy.quota_attribute and body.attribute_code not in policy.quota_attribute:
        yield refuse("unknown-attribute", stated=body.attribute_code)


def _guard_number(
    draft: Draft, body: UsageNumberSent | QuotaAttributeClassified, *, states: tuple[str, ...], step: int
) -> Iterator[Refusal]:
    pair_id = pair_of(body.batch_id)
    batch = draft.batch(body.batch_id)
    yield from bad_pair_codes(pair_id)
    yield from no_policy(draft)
    yield from suspended(draft, pair_id, "USE", draft.recorded_at)
    yield from renounced(draft, pair_id)
    if batch is None:
        yield refuse("unknown-batch", batch_id=body.batch_id)
        return
    if batch.status not in states:
        yield refuse("wrong-state", what=body.batch_id, state=batch.status, wanted=" | ".join(states))
    if body.revision != batch.revision + step:
        yield refuse("wrong-revision", wanted=batch.revision + step, stated=body.revision)
    if body.units != len(batch.approved):
        yield refuse("numbers-differ", what=body.batch_id, wanted=len(batch.approved), stated=body.units)
    wanted = vin_list_digest(batch.lines[line_id].vin for line_id in batch.approved)
    if wanted != body.vin_list_sha256:
        yield refuse("hash-mismatch", wanted=wanted, stated=body.vin_list_sha256)


def fold_sent(draft: Draft, body: UsageNumberSent) -> None:
    """Note what was sent."""
    batch = grounds(draft.batch(body.batch_id))
    sent = Sent(draft.index, body.revision, body.units, body.vin_list_sha256)
    draft.put(f"batch:{body.batch_id}", replace(batch.stepped(draft.index, "SENT"), sent=(*batch.sent, sent)))


def fold_classified(draft: Draft, body: QuotaAttributeClassified) -> None:
    """A→C for each line; a car whose registration was recorded earlier goes to where its facts put it."""
    batch = grounds(draft.batch(body.batch_id))
    on = shanghai_date(draft.statement.occurred_at)
    draft.put(f"batch:{body.batch_id}", batch.stepped(draft.index, "CLASSIFIED"))
    draft.prefetch([f"vin:{batch.lines[line_id].vin}" for line_id in batch.approved])
    for line_id in batch.approved:
        draft.act(batch.lines[line_id].vin, Classified(draft.index, line_id, on))
