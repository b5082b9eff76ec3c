"""One pass over the entries: each is hashed again, chained again and asked who signed it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ledger.canonical import Malformed
from ledger.entry import ZERO_HASH, Derived, Entry, Header, derive, parse_entry
from ledger.keys import KeyRing, Unauthorised
from ledger.merkle import HASH_SIZE, TILE_WIDTH, leaf_hash, tile_width
from ledger.source import Break, Gap, Source, StoredEntry
from ledger.verification.envelopes import EnvelopePass
from ledger.verification.housekeeping import Housekeeping
from ledger.verification.key_fold import KeyFold
from ledger.verification.result import Breaks
from ledger.verification.sequences import Sequences
from ledger.verification.statements import checked_statement, statement_number
from ledger.verification.subjects import SubjectChains
from ledger.verification.tree import TreePass
from ledger.verification.types import MaxAge, Types

SUBMISSION_REFUSED: Final = "SubmissionRefused"
KEY_TYPES: Final = frozenset({"LedgerOpened", "AgencyKeyRegistered", "AgencyKeyRevoked"})
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Seen:
    """An entry with its parsed form (or why it has none) and the hash of its bytes."""

    row: StoredEntry
    entry: Entry | None
    error: str
    computed: bytes


class Walk:
    """The state of the pass; memory grows by one row a subject key, a statement id and a leaf hash."""

    def __init__(self, source: Source, types: Types, tree: TreePass, breaks: Breaks) -> None:
        self.ring = KeyRing()
        self.subjects = SubjectChains()
        self.sequences = Sequences()
        self.last_recorded_at = ""
        self.stopped_at: int | None = None
        """Where the pass had to end because neither entries nor their hashes are there."""
        self._source = source
        self.audit = source.audit()
        """The second look at a store's rows, None for a bundle."""
        self._breaks = breaks
        self._tree = tree
        self._max_age = MaxAge()
        self._keys = KeyFold(self.ring, self._max_age, breaks)
        self._ids: dict[int, int] = {}
        self._doubtful: set[str] = set()
        self._also: dict[int, str] = {}
        self.envelopes = EnvelopePass(source, types, breaks, self._leaves_at, self.sequences)
        self.housekeeping = Housekeeping(self.subjects, self.sequences, breaks)

    def run(self, size: int, progress: Progress | None) -> None:
        """Walk the entries below ``size``; ``progress`` is told (entries done, size) now and then."""
        for item, next_prev in self._with_next(self._source.rows(size)):
            if isinstance(item, Gap):
                if not self._gap(item, next_prev, size):
                    break
            else:
                self._entry(item, next_prev)
            if progress is not None and self._tree.size % TILE_WIDTH == 0:
                progress(self._tree.size, size)
        self.envelopes.finish()
        self.housekeeping.finish()
        if progress is not None:
            progress(self._tree.size, size)

    def _with_next(self, rows: Iterator[StoredEntry | Gap]) -> Iterator[tuple[_Seen | Gap, str | None]]:
        """Yield each row with the ``prev`` of the entry after it, which tells who is right about a hash."""
        before: _Seen | Gap | None = None
        for row in rows:
            current = row if isinstance(row, Gap) else _look(row)
            if before is not None:
                entry = None if isinstance(current, Gap) else current.entry
                yield before, None if entry is None else entry.header.prev
            before = current
        if before is not None:
            yield before, None

    def _leaves_at(self, index: int) -> set[str]:
        """Return the leaf hashes that an entry is known by: two where its successor names another."""
        if index >= self._tree.size:
            return set()
        known = {self._tree.leaf(index).hex()}
        if index in self._also:
            known.add(self._also[index])
        return known

    def _gap(self, gap: Gap, next_prev: str | None, size: int) -> bool:
        """Go on behind a gap with the hashes that tiles still hold; say whether that was possible."""
        self._breaks.add(gap.class_, gap.start, f"entries {gap.start} to {gap.stop - 1}: {gap.detail}")
        self.envelopes.lost()
        self.envelopes.keys_doubtful = True
        tile: tuple[int, bytes] = (-1, b"")
        for index in range(gap.start, gap.stop):
            number, offset = divmod(index, TILE_WIDTH)
            if tile[0] != number:
                tile = number, self._tile(number, size)
            leaf = tile[1][offset * HASH_SIZE : (offset + 1) * HASH_SIZE]
            if not leaf and index == gap.stop - 1 and next_prev is not None:
                leaf = bytes.fromhex(next_prev)
            if not leaf:
                self.stopped_at = index
                return False
            self._doubtful.add(leaf.hex())
            self._tree.add(leaf)
        return True

    def _tile(self, number: int, size: int) -> bytes:
        try:
            return self._source.read_tile(0, number, tile_width(size, 0, number))
        except (KeyError, Malformed):
            return b""

    def _entry(self, seen: _Seen, next_prev: str | None) -> None:
        index, stored, computed = seen.row.index, seen.row.leaf, seen.computed
        if stored is not None and stored != computed and not self._entry_is_right(computed, next_prev):
            self._breaks.add("leaf", index, f"its bytes hash to {computed.hex()}, {stored.hex()} is stored")
            self._unsound(seen, stored)
            return
        if stored is not None and stored != computed:
            self._breaks.add(
                self._source.leaf_class,
                index,
                f"{stored.hex()} is stored, its bytes hash to {computed.hex()}, from which the chain goes on",
                cause=("tile", 0, index // TILE_WIDTH) if self._source.leaf_class == "tree" else None,
            )
        if seen.entry is None:
            self._breaks.add("malformed", index, seen.error)
            self._unsound(seen, computed)
            return
        self._chain(index, seen.entry)
        try:
            statement = checked_statement(seen.entry)
        except Malformed as error:
            self._breaks.add("malformed", index, str(error))
            self._unsound(seen, computed)
            return
        self._sound(index, seen.entry, statement, computed)
        self._tree.add(computed)

    def _entry_is_right(self, computed: bytes, next_prev: str | None) -> bool:
        """Say whether the stored hash rather than the entry is changed."""
        if next_prev is not None:
            return next_prev == computed.hex()
        return self._tree.would_fit(computed)

    def _unsound(self, seen: _Seen, leaf: bytes) -> None:
        """Pass an entry that is not what was entered: take from it what may help, believe nothing."""
        self._doubtful.add(leaf.hex())
        self._tree.add(leaf)
        self.envelopes.lost()
        try:
            if seen.entry is None:
                raise Malformed(seen.error)
            self.subjects.take(seen.entry.header.subjects, leaf.hex())
            statement = checked_statement(seen.entry)
            self._keys.fold(seen.row.index, statement)
            doubtful = statement["type"] in KEY_TYPES
        except (Malformed, Unauthorised):
            doubtful = True
        self.envelopes.keys_doubtful |= doubtful

    def _chain(self, index: int, entry: Entry) -> None:
        """Check the header's own place: index, ``prev`` and ``recorded_at``."""
        header = entry.header
        if header.index != index:
            self._breaks.add("missing", index, f"here stands an entry that says it is entry {header.index}")
        known = self._leaves_at(index - 1) if index > 0 else {ZERO_HASH}
        if header.prev not in known:
            wanted = ZERO_HASH if index == 0 else self._tree.leaf(index - 1).hex()
            self._breaks.add("prev", index, f"prev is {header.prev}, {wanted} is wanted")
            if index > 0:
                self._also[index - 1] = header.prev
                self._doubtful.add(header.prev)
        if header.recorded_at < self.last_recorded_at:
            self._breaks.add(
                "time", index, f"recorded at {header.recorded_at}, after an entry of {self.last_recorded_at}"
            )
        self.last_recorded_at = header.recorded_at

    def _sound(self, index: int, entry: Entry, statement: dict[str, Any], leaf: bytes) -> None:
        header = entry.header
        derived = derive(statement)
        if derived.subjects != tuple(s.key for s in header.subjects) or derived.tags != header.tags:
            self._breaks.add("keys", index, _difference(header, derived))
        number = statement_number(statement)
        if number in self._ids:
            self._breaks.add(
                "replayed", index, f"statement id {statement['id']} is that of entry {self._ids[number]}"
            )
        self._ids.setdefault(number, index)
        if index == 0:
            # Its signers are the officers that it names itself.
            self._keys.entry(index, statement, doubtful=self.envelopes.keys_doubtful)
        if self.ring.origin is not None and statement["ledger"] != self.ring.origin:
            self._breaks.add("envelope", index, f"a statement for ledger {statement['ledger']!r}")
        self.envelopes.entry(index, entry, statement, self.ring, self._max_age)
        # Heads are committed over the entries before this one.
        self.housekeeping.entry(index, statement)
        if statement["type"] == SUBMISSION_REFUSED and self.housekeeping.sound:
            self._refused_signer(index, statement["body"]["signer"])
        self.subjects.follow(index, header.subjects, leaf.hex(), self._doubtful, self._breaks)
        if self.audit is not None:
            for found in self._rows(index, entry, statement):
                self._breaks.add(found.class_, found.index, found.detail)
        if index > 0:
            self._keys.entry(index, statement, doubtful=self.envelopes.keys_doubtful)

    def _refused_signer(self, index: int, signer: str) -> None:
        """Only what a registered key signed is put on record as refused; all else is answered without."""
        if self.ring.public_key(signer) is None:
            tell = self._breaks.follow if self.envelopes.keys_doubtful else self._breaks.add
            tell("authority", index, f"unknown-key: a refusal of {signer}, which is not registered")

    def _rows(self, index: int, entry: Entry, statement: dict[str, Any]) -> Iterator[Break]:
        """Yield where a store's rows differ from this entry."""
        assert self.audit is not None
        header = entry.header
        subjects = [(subject.key, subject.number) for subject in header.subjects]
        yield from self.audit.entry(index, header.type, subjects, header.tags, statement["id"])
        opened = self.envelopes.opened
        if opened is not None:
            first = index + 1 - (header.item or 1)
            yield from self.audit.envelope(first, opened.digest, opened.head.signers[0], opened.head.seq)
        body = statement["body"]
        if statement["type"] == SUBMISSION_REFUSED and body.get("part") == 1 and self.housekeeping.sound:
            yield from self.audit.refused(
                index, body["envelope"], body["signer"], body["seq"],
                fresh=self.housekeeping.fresh, public_key=self.ring.public_key,
            )  # fmt: skip


def _look(row: StoredEntry) -> _Seen:
    try:
        entry, error = parse_entry(row.data), ""
    except Malformed as problem:
        entry, error = None, str(problem)
    return _Seen(row, entry, error, leaf_hash(row.data))


def _difference(header: Header, derived: Derived) -> str:
    """Say in which subjects and tags header and statement differ."""
    stated = {subject.key for subject in header.subjects} | set(header.tags)
    wanted = set(derived.subjects) | set(derived.tags)
    lacking, extra = sorted(wanted - stated), sorted(stated - wanted)
    return f"the header lacks {', '.join(lacking) or 'nothing'} and adds {', '.join(extra) or 'nothing'}"
