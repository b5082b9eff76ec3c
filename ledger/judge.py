"""Judges one submission under the head lock: every statement enters, or none does and each gets a code.

The order is: the envelope as a whole (sequence number, age, what it has seen), then each statement: form,
place, id, authority at its own index, the domain's rules, and length.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain.calendar import shanghai_date
from domain.catalogue import CATALOGUE
from domain.decide import Refused, decide
from domain.errors import Refusal, refuse
from domain.fold import Outcome
from domain.state import State
from domain.statements import MalformedStatement, Statement, UnknownType, parse_statement
from ledger.builder import EntryBuilder
from ledger.canonical import Malformed
from ledger.entry import MAX_STATEMENT_BYTES, MAX_SUBJECTS, Derived, derive
from ledger.envelope import Head as EnvelopeHead
from ledger.keys import KeyRing, Unauthorised, check_authority, check_registration, check_revocation
from ledger.reading import Reading, ReadStatement
from ledger.refusal import DeclinedItem

MAX_AGE_HOURS = 72
"""How old a signature may be while no policy version is in force."""
MAX_AHEAD = timedelta(minutes=5)


class Objection(Exception):
    """A lawful no to one statement."""

    def __init__(
        self, code: str, detail: str, reasons: tuple[Refusal, ...] = (), known: int | None = None
    ) -> None:
        """Say no.

        Args:
            code: stable, kebab-case.
            detail: one line of English with the figures.
            reasons: the domain's, where its rules object.
            known: the entry that the statement is already, byte for byte.
        """
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.reasons = reasons
        self.known = known


Authorise = Callable[[Statement, dict[str, Any]], None]
"""Raises Unauthorised, or Malformed, for a statement that may not be entered by whoever states it."""


@dataclass(slots=True)
class Standing:
    """What a submission is judged against; a trial copy becomes the next one when it enters."""

    ledger: str
    ring: KeyRing
    state: State
    known_ids: Mapping[str, int]
    """Statement ids among those at hand that are in the ledger, with their entry index."""
    sequences: set[tuple[str, int]]
    """(first signer, seq) pairs among those at hand that are used up."""


@dataclass(slots=True)
class Judgement:
    """The outcome: ``declined`` is empty when every statement was chained onto the builder."""

    standing: Standing
    flags: list[tuple[int, str]] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    declined: list[DeclinedItem] = field(default_factory=list)
    repeated: tuple[int, ...] | None = None
    """The first entries of the statements, when all of them are in the ledger already, byte for byte."""


def judge(
    reading: Reading,
    standing: Standing,
    builder: EntryBuilder,
    recorded_at: datetime,
    statement_at: Callable[[int], bytes],
) -> Judgement:
    """Judge a submission; entries that it yields are on the builder, to be kept or dropped by the caller.

    Args:
        reading: the submission, rightly signed by keys once registered here.
        standing: not changed; the judgement holds the trial copy.
        builder: chains what is accepted.
        recorded_at: the instant of the entries, aware UTC.
        statement_at: index → bytes of the statement that entered there, for repeated ids.
    """
    trial = Standing(
        standing.ledger, standing.ring, standing.state.fork(), standing.known_ids, standing.sequences
    )
    judgement = Judgement(trial)
    envelope = reading.envelope
    hashes = envelope.statement_hashes
    try:
        _check_envelope(envelope.head, trial, builder, recorded_at)
    except Objection as whole:
        judgement.declined = [DeclinedItem(n, h, whole.code, whole.detail) for n, h in enumerate(hashes, 1)]
        return judgement
    problems: dict[int, Objection] = {}

    def authorise(statement: Statement, whole: dict[str, Any]) -> None:
        spec = CATALOGUE[statement.type]
        check_authority(
            trial.ring,
            head_agency=envelope.head.agency,
            signers=envelope.head.signers,
            statement_agency=statement.agency,
            type=statement.type,
            type_agencies=spec.agencies,
            four_eyes=spec.four_eyes,
            index=builder.index,
            recorded_at=recorded_at,
        )
        check_key_statement(trial, statement, whole)

    for item, statement in enumerate(reading.statements, start=1):
        try:
            enter(statement, item, envelope.digest, judgement, builder, recorded_at, statement_at, authorise)
        except Objection as no:
            problems[item] = no
    if problems:
        fine = Objection("not-entered", "this statement is in order; another one of the envelope is not")
        for item, digest in enumerate(hashes, start=1):
            problem = problems.get(item, fine)
            judgement.declined.append(
                DeclinedItem(item, digest, problem.code, problem.detail, problem.reasons)
            )
        known = tuple(problem.known for problem in problems.values() if problem.known is not None)
        if len(known) == len(hashes):
            judgement.repeated = known
    return judgement


def _check_envelope(
    head: EnvelopeHead, trial: Standing, builder: EntryBuilder, recorded_at: datetime
) -> None:
    if head.agency == "operator":
        raise Objection("type-not-allowed", "the operator's entries are written by the ledger itself")
    if (head.signers[0], head.seq) in trial.sequences:
        raise Objection(
            "seq-used", f"seq {head.seq} of signer {head.signers[0]} is used up; take a higher one"
        )
    params = trial.state.policy_on(shanghai_date(recorded_at))
    hours = MAX_AGE_HOURS if params is None else params.envelope_max_age_hours
    age = recorded_at - head.signed_instant
    if not -MAX_AHEAD <= age <= timedelta(hours=hours):
        raise Objection(
            "stale", f"signed_at {head.signed_at} is not within −5 minutes and +{hours} hours of now"
        )
    if head.seen is None:
        raise Objection("forked-view", "seen is null, which only entry 0 may say")
    leaf = builder.leaf_hash_at(head.seen.index)
    if leaf is None or leaf.hex() != head.seen.leaf_hash:
        raise Objection(
            "forked-view", f"entry {head.seen.index} of this ledger has not the leaf hash that was seen"
        )


def enter(
    read: ReadStatement,
    item: int,
    envelope: str,
    judgement: Judgement,
    builder: EntryBuilder,
    recorded_at: datetime,
    statement_at: Callable[[int], bytes],
    authorise: Authorise,
) -> tuple[Statement, Outcome]:
    """Judge one statement and chain it; what it changes is on the judgement's standing.

    Raises:
        Objection: it may not be entered; nothing has changed.
    """
    trial = judgement.standing
    statement, whole = _parse(read)
    if statement.ledger != trial.ledger:
        raise Objection(
            "wrong-ledger", f"the statement is for {statement.ledger!r}, this ledger is {trial.ledger!r}"
        )
    if statement.id in judgement.ids:
        raise Objection("malformed", f"id: {statement.id} stands twice in this envelope")
    known = trial.known_ids.get(statement.id)
    if known is not None:
        if statement_at(known) != read.raw:
            raise Objection("id-conflict", f"id {statement.id} is entry {known}, with other bytes")
        raise Objection("repeated", f"the same statement is entry {known} already", known=known)
    try:
        authorise(statement, whole)
    except Unauthorised as error:
        raise Objection(error.code, str(error)) from None
    except Malformed as error:
        raise Objection("malformed", str(error)) from None
    index = builder.index
    verdict = decide(trial.state, statement, index, recorded_at)
    if isinstance(verdict, Refused):
        first, *more = verdict.refusals
        also = f" (and: {', '.join(refusal.code for refusal in more)})" if more else ""
        version = f", policy version {first.policy_version}" if first.policy_version else ""
        raise Objection(first.code, f"{first.en} [{first.article}{version}]{also}", verdict.refusals)
    if statement.type == "EventCorrected":
        _check_concerns(trial.state, whole["body"])
    try:
        builder.add(envelope, item, statement.type, read.raw, _few(read.derived), statement.id)
    except Malformed as error:
        raise Objection("too-long", str(error)) from None
    judgement.ids[statement.id] = index
    trial.state.apply(verdict.outcome.changes)
    if verdict.outcome.flags:
        judgement.flags.append((index, json.dumps(list(verdict.outcome.flags))))
    if statement.type in {"AgencyKeyRegistered", "AgencyKeyRevoked"}:
        trial.ring = trial.ring.copy()
        trial.ring.apply(index, statement.type, whole["body"], agency=statement.agency)
    return statement, verdict.outcome


def check_key_statement(standing: Standing, statement: Statement, whole: dict[str, Any]) -> None:
    """Ask of a statement about keys whether that key may be registered or revoked; pass any other.

    Raises:
        Unauthorised, Malformed: as :func:`ledger.keys.check_registration` and ``check_revocation``.
    """
    if statement.type == "AgencyKeyRegistered":
        check_registration(standing.ring, whole["body"], agency=statement.agency, ledger=standing.ledger)
    elif statement.type == "AgencyKeyRevoked":
        check_revocation(standing.ring, whole["body"], agency=statement.agency)


def _check_concerns(state: State, correction: dict[str, Any]) -> None:
    """A correction that would be accepted names exactly whom its target and the replacement concern."""
    target = state.target(correction["target_index"])
    assert target is not None, "without a target the correction is refused"
    told = json.loads(target.statement)
    wanted = set(derive(told).subjects)
    if correction["replacement"] is not None:
        wanted |= set(derive({**told, "body": correction["replacement"]}).subjects)
    if correction["concerns"] != sorted(wanted):
        refusal = refuse("concerns-differ", wanted=", ".join(sorted(wanted)))
        raise Objection(refusal.code, f"{refusal.en} [{refusal.article}]", (refusal,))


def _parse(read: ReadStatement) -> tuple[Statement, dict[str, Any]]:
    try:
        if isinstance(read.content, Malformed):
            raise read.content
        return parse_statement(read.content), read.content
    except UnknownType as error:
        raise Objection("unknown-type", str(error)) from None
    except (Malformed, MalformedStatement) as error:
        too_long = len(read.raw) > MAX_STATEMENT_BYTES
        raise Objection("too-long" if too_long else "malformed", str(error)) from None


def _few(derived: Derived) -> Derived:
    if len(derived.subjects) > MAX_SUBJECTS:
        raise Objection("too-long", f"{len(derived.subjects)} subjects, at most {MAX_SUBJECTS} are allowed")
    return derived
