"""Opening a ledger: entry 0, signed by the officers of all agencies; and the keys ever since."""

from datetime import timedelta

from domain.statements import MalformedStatement
from domain.statements import parse_statement as check_form
from ledger.anchor import Anchor
from ledger.builder import EntryBuilder
from ledger.clock import Clock, format_instant
from ledger.ed25519 import SignatureInvalid, key_id
from ledger.entry import derive, parse_entry, parse_statement
from ledger.envelope import parse_envelope, parse_instant, statement_hash, verify_signatures
from ledger.judge import MAX_AGE_HOURS, MAX_AHEAD
from ledger.keys import KeyRing, Unauthorised, check_opening
from ledger.note import VerifierKey
from ledger.store import Batch, Head, Reader, Store
from ledger.submission import NotAccepted


class AlreadyOpened(ValueError):
    """The store holds a ledger; there is one entry 0."""


def open_ledger(store: Store, envelope: bytes, statement: bytes, *, clock: Clock) -> bytes:
    """Write entry 0 and return its leaf hash.

    Args:
        store: an empty store.
        envelope: the exact bytes, signed by exactly the officers that the statement names, in their order.
        statement: the exact bytes of the LedgerOpened statement.
        clock: the present.

    Raises:
        AlreadyOpened: the store is not empty.
        NotAccepted, Malformed, Unauthorised: it is not a lawful entry 0.
    """
    parsed = parse_envelope(envelope)
    head = parsed.head
    whole = parse_statement(statement)
    if parsed.statement_hashes != (statement_hash(statement),):
        raise NotAccepted("digest-mismatch", "the envelope is not over this statement alone")
    if (whole.get("type"), whole.get("agency"), whole.get("ledger")) != (
        "LedgerOpened",
        "operator",
        head.ledger,
    ):
        raise Unauthorised(
            "opening", "entry 0 is a LedgerOpened of the operator for the ledger of its envelope"
        )
    try:
        check_form(whole)
    except MalformedStatement as error:
        raise NotAccepted("malformed", str(error)) from None
    body = whole["body"]
    check_opening(
        body, ledger=head.ledger, head_agency=head.agency, signers=head.signers, seq=head.seq, seen=head.seen
    )
    public_keys = [bytes.fromhex(officer["public_key"]) for officer in body["officers"]]
    try:
        verify_signatures(parsed, {key_id(key): key for key in public_keys}.get)
    except SignatureInvalid as error:
        raise NotAccepted("bad-signature", str(error)) from None
    with store.transaction() as transaction:
        before = transaction.head()
        if before.size:
            raise AlreadyOpened(f"the ledger has {before.size} entries already")
        recorded_at = format_instant(clock())
        if (
            not -MAX_AHEAD
            <= parse_instant(recorded_at) - head.signed_instant
            <= timedelta(hours=MAX_AGE_HOURS)
        ):
            raise Unauthorised(
                "opening",
                f"signed_at {head.signed_at} is not within −5 minutes and +{MAX_AGE_HOURS} hours of now",
            )
        builder = EntryBuilder(transaction, before, recorded_at)
        entry = builder.add(parsed.digest, 1, "LedgerOpened", statement, derive(whole), whole["id"])
        tree = before.tree.copy()
        tree.append([entry.leaf_hash])
        batch = Batch(
            entries=[entry],
            envelopes=[(parsed.digest, 0, envelope)],
            sequences=[(head.signers[0], head.seq, parsed.digest)],
        )
        transaction.write(batch, Head(1, entry.leaf_hash, recorded_at, tree))
    return entry.leaf_hash


def load_ring(reader: Reader, ring: KeyRing | None = None, after: int = 0) -> tuple[KeyRing, int]:
    """Fold the keys' own chain, from number ``after`` on, onto a copy of ``ring``.

    Returns:
        The ring and the number of the last entry of the chain.
    """
    ring = KeyRing() if ring is None else ring.copy()
    for index in reader.subject_indexes("ledger:keys", after):
        after += 1
        entry = parse_entry(next(iter(reader.entries(index, index + 1))))
        # A refusal that concerns the keys stands in their chain too; it changes none.
        if entry.header.type != "SubmissionRefused":
            whole = parse_statement(entry.statement)
            ring.apply(index, entry.header.type, whole["body"], agency=whole["agency"])
    return ring, after


def anchor_of(reader: Reader, ring: KeyRing) -> Anchor:
    """Return the anchor that the ledger itself names: for convenience, it anchors nothing."""
    genesis = next(iter(reader.leaf_hashes(0, 1))).hex()
    return Anchor(ring.origin or "", VerifierKey.parse(ring.operator_key or ""), genesis)
