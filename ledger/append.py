"""One append transaction: a group of submissions becomes entries and refusals, under the head lock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.records import dump_record
from domain.state import State
from ledger.builder import EntryBuilder
from ledger.clock import format_instant
from ledger.ed25519 import key_id, raw_public_key
from ledger.entry import MAX_SUBJECTS, parse_entry, parse_statement
from ledger.envelope import Seen, sign_envelope
from ledger.heads import HEADS_COMMITTED, heads_due, heads_root, merge_heads
from ledger.judge import Judgement, Standing, judge
from ledger.keys import KeyRing
from ledger.opening import load_ring
from ledger.reading import Reading
from ledger.records import RecordCache, StoredRecords
from ledger.refusal import TYPE as SUBMISSION_REFUSED
from ledger.refusal import DeclinedItem, OwnStatement, concerned, heads_statement, refusal_statements
from ledger.store import Batch, Found, Head, Transaction


@dataclass(frozen=True, slots=True)
class Entered:
    """The statements are entries; ``replayed`` when they were before this submission."""

    indexes: tuple[int, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class Declined:
    """The envelope is on record as refused, in the SubmissionRefused entries ``indexes``."""

    items: tuple[DeclinedItem, ...]
    indexes: tuple[int, ...]
    replayed: bool
    repeated: tuple[int, ...] = ()
    """The first entries of the statements, when each of them stood in the ledger already."""


Outcome = Entered | Declined


class NotOpened(Exception):
    """The store holds no ledger yet."""


class WrongKey(Exception):
    """A key of the operator is not this ledger's: what it signed would be a break of its integrity."""


@dataclass(slots=True)
class Memory:
    """What a process knows of the ledger up to ``size``; correct for that size, or thrown away."""

    size: int = 0
    ring: KeyRing = field(default_factory=KeyRing)
    ring_number: int = 0
    """Number of the last entry of the keys' chain that ``ring`` holds."""
    records: RecordCache = field(default_factory=RecordCache)
    last_heads: int | None = None
    """Index of the last HeadsCommitted."""
    least_keys: int = 0
    """The number of subject keys when they were counted last; it only grows."""

    def catch_up(self, transaction: Transaction, size: int) -> None:
        """Take in what other processes have done since; every decision sees every earlier entry."""
        if self.size:  # a process that knows nothing yet has nothing to forget, however long the ledger is
            # Asked where nothing was appended too: records may have been rebuilt.
            self.records.forget(transaction.records_changed_since(self.size))
        if size == self.size:
            return
        self.ring, self.ring_number = load_ring(transaction, self.ring, self.ring_number)
        self.last_heads = transaction.last_of_type(HEADS_COMMITTED, size)
        self.size = size


class Appender:
    """Writes groups of submissions in one transaction each; not thread-safe, one per writer thread."""

    def __init__(self, housekeeping_key: Ed25519PrivateKey) -> None:
        self._key = housekeeping_key
        self._keyid = key_id(raw_public_key(housekeeping_key))
        self.memory = Memory()

    def append(
        self,
        transaction: Transaction,
        submissions: Sequence[Reading],
        now: datetime,
        *,
        heads: bool = False,
    ) -> tuple[list[Outcome], Memory]:
        """Write ``submissions`` in their order; nothing is durable before the transaction's end.

        Behind them goes a HeadsCommitted when one is due, or when ``heads`` asks for one and the last entry
        is none.

        Returns:
            The outcomes, and the memory to be kept once the commit is known.

        Raises:
            NotOpened: there is no entry 0.
        """
        head = transaction.head()
        if head.size == 0:
            raise NotOpened("this database holds no ledger yet; `quota-ledger init` opens one")
        self.memory.catch_up(transaction, head.size)
        return _Group(transaction, head, self.memory, self._key, self._keyid, submissions, now).write(heads)


class _Group:
    """The state of one append transaction."""

    def __init__(
        self,
        transaction: Transaction,
        head: Head,
        memory: Memory,
        key: Ed25519PrivateKey,
        keyid: str,
        submissions: Sequence[Reading],
        now: datetime,
    ) -> None:
        self._transaction = transaction
        self._head = head
        self._memory = memory
        self._key = key
        self._submissions = submissions
        # The clock may stand behind another process's; recorded_at never goes back.
        self._recorded_text = max(format_instant(now), head.recorded_at)
        self._recorded_at = datetime.fromisoformat(self._recorded_text)
        self._builder = EntryBuilder(transaction, head, self._recorded_text)
        self._batch = Batch()
        self._operator_seq = transaction.last_sequence(keyid)
        self._keyid = keyid
        self._outcomes: dict[str, Outcome] = {}
        statements = [statement for submission in submissions for statement in submission.statements]
        contents = [s.content for s in statements if isinstance(s.content, dict)]
        ids = {content["id"] for content in contents if isinstance(content.get("id"), str)}
        # Those with more subjects cannot enter.
        derived = [s.derived for s in statements if len(s.derived.subjects) <= MAX_SUBJECTS]
        self._builder.prefetch({key for d in derived for key in d.subjects})
        records = StoredRecords(memory.records, transaction)
        records.fetch({key for d in derived for key in (*d.subjects, *d.tags)})
        heads = [submission.envelope.head for submission in submissions]
        origin = memory.ring.origin
        assert origin is not None, "entry 0 names the ledger"
        self._standing = Standing(
            ledger=origin,
            ring=memory.ring,
            state=State(records),
            known_ids=transaction.find_statements(ids),
            sequences=set(transaction.used_sequences({(h.signers[0], h.seq) for h in heads})),
        )
        self._found = transaction.find_envelopes({s.envelope.digest for s in submissions})

    def write(self, heads: bool) -> tuple[list[Outcome], Memory]:
        outcomes = [self._one(submission) for submission in self._submissions]
        last_heads, least_keys = self._commit_heads(heads)
        entries = self._builder.entries
        if not entries:
            return outcomes, self._memory
        tree = self._head.tree.copy()
        self._batch.entries = entries
        self._batch.tiles = tree.append(entry.leaf_hash for entry in entries)
        changes = self._standing.state.changes
        self._batch.records = {key: dump_record(record) for key, record in changes.items()}
        head = Head(self._builder.index, self._builder.last_leaf_hash, self._recorded_text, tree)
        self._transaction.write(self._batch, head)
        keys_entries = sum(1 for entry in entries for key, _ in entry.subjects if key == "ledger:keys")
        memory = Memory(
            head.size,
            self._standing.ring,
            self._memory.ring_number + keys_entries,
            self._memory.records,
            last_heads,
            least_keys,
        )
        # The cache is shared, not copied: a transaction that fails clears it (Sequencer).
        memory.records.absorb(changes)
        return outcomes, memory

    def _one(self, submission: Reading) -> Outcome:
        digest = submission.envelope.digest
        if digest in self._outcomes:
            first = self._outcomes[digest]
            return (
                Entered(first.indexes, replayed=True)
                if isinstance(first, Entered)
                else Declined(first.items, first.indexes, True, first.repeated)
            )
        if digest in self._found:
            return replay(self._transaction, submission, self._found[digest])
        judgement = judge(submission, self._standing, self._builder, self._recorded_at, self._statement_at)
        outcome = (
            self._decline(submission, judgement) if judgement.declined else self._enter(submission, judgement)
        )
        head = submission.envelope.head
        if (head.signers[0], head.seq) not in self._standing.sequences:
            self._standing.sequences.add((head.signers[0], head.seq))
            self._batch.sequences.append((head.signers[0], head.seq, digest))
        self._outcomes[digest] = outcome
        return outcome

    def _enter(self, submission: Reading, judgement: Judgement) -> Entered:
        indexes = tuple(judgement.ids.values())
        self._builder.keep()
        self._batch.envelopes.append((submission.envelope.digest, indexes[0], submission.envelope.raw))
        self._batch.flags.extend(judgement.flags)
        self._standing.state.apply(judgement.standing.state.changes)
        self._standing.ring = judgement.standing.ring
        self._standing.known_ids = {**self._standing.known_ids, **judgement.ids}
        return Entered(indexes, replayed=False)

    def _decline(self, submission: Reading, judgement: Judgement) -> Declined:
        self._builder.drop()
        envelope, builder = submission.envelope, self._builder
        concerns = concerned(statement.derived for statement in submission.statements)
        statements = list(
            refusal_statements(
                ledger=self._standing.ledger,
                envelope=envelope.digest,
                signer=envelope.head.signers[0],
                seq=envelope.head.seq,
                items=judgement.declined,
                concerns=concerns,
                recorded_at=self._recorded_text,
                prev=builder.last_leaf_hash.hex(),
            )
        )
        if envelope.head.signers[0] == self._keyid:  # its number is used up like anybody's
            self._operator_seq = max(self._operator_seq, envelope.head.seq)
        first = builder.index
        self._keep_house(SUBMISSION_REFUSED, statements)
        self._batch.refused.append((envelope.digest, first, envelope.raw))
        return Declined(
            tuple(judgement.declined), tuple(range(first, builder.index)), False, judgement.repeated or ()
        )

    def _commit_heads(self, wanted: bool) -> tuple[int | None, int]:
        """Write a HeadsCommitted if it is due or wanted; return the index of the last and the keys counted.

        Counting the keys takes time, so it waits until as many entries stand behind the last heads as there
        were keys before.
        """
        builder, last, keys = self._builder, self._memory.last_heads, self._memory.least_keys
        since = builder.index - (0 if last is None else last + 1)
        if since == 0:
            return last, keys
        due = bool(builder.entries) and heads_due(since, keys)
        if due:
            keys = self._transaction.key_count()
            due = heads_due(since, keys)
        if not due and not wanted:
            return last, keys
        newer = {key: (number, e.leaf_hash) for e in builder.entries for key, number in e.subjects}
        count, root = heads_root(merge_heads(self._transaction.heads(self._head.size), newer))
        index = builder.index
        statement = heads_statement(self._standing.ledger, index, count, root.hex(), self._recorded_text)
        self._keep_house(HEADS_COMMITTED, [statement])
        return index, count

    def _keep_house(self, kind: str, statements: Sequence[OwnStatement]) -> None:
        """Enter an envelope of the operator's own."""
        builder = self._builder
        self._operator_seq += 1
        self._standing.sequences.add((self._keyid, self._operator_seq))
        raw = sign_envelope(
            "operator",
            self._standing.ledger,
            Seen(builder.index - 1, builder.last_leaf_hash.hex()),
            self._operator_seq,
            self._recorded_text,
            [statement.raw for statement in statements],
            [self._key],
        )
        digest = sha256(raw).hexdigest()
        first = builder.index
        for item, statement in enumerate(statements, start=1):
            builder.add(digest, item, kind, statement.raw, statement.derived, statement.id)
        builder.keep()
        self._batch.envelopes.append((digest, first, raw))
        self._batch.sequences.append((self._keyid, self._operator_seq, digest))

    def _statement_at(self, index: int) -> bytes:
        if index >= self._head.size:
            data = self._builder.entries[index - self._head.size].data
        else:
            data = next(iter(self._transaction.entries(index, index + 1)))
        return parse_entry(data).statement


def replay(transaction: Transaction, submission: Reading, found: Found) -> Outcome:
    """Return the first outcome of an envelope that is on record already."""
    count = len(submission.statements)
    if found.entered:
        return Entered(tuple(range(found.index, found.index + count)), replayed=True)
    items: list[DeclinedItem] = []
    index, parts = found.index, 1
    while index - found.index < parts:
        entry = parse_entry(next(iter(transaction.entries(index, index + 1))))
        body = parse_statement(entry.statement)["body"]
        parts = body["parts"]
        items += [DeclinedItem(i["item"], i["sha256"], i["code"], "") for i in body["items"]]
        index += 1
    repeated: tuple[int, ...] = ()
    if all(item.code == "repeated" for item in items):
        ids = [s.content["id"] for s in submission.statements if isinstance(s.content, dict)]
        known = transaction.find_statements(ids)
        repeated = tuple(known[statement_id] for statement_id in ids)
    return Declined(tuple(items), tuple(range(found.index, index)), True, repeated)
