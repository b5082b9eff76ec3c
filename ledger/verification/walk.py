"""One pass over the entries: each is hashed again, chained again and asked who signed it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

from ledger.canonical import Malformed
from ledger.entry import ZERO_HASH, Header
from ledger.keys import KeyRing, Unauthorised
from ledger.merkle import HASH_SIZE, TILE_WIDTH, tile_width
from ledger.source import Gap, Source
from ledger.verification.ahead import Item, Seen, SeenPlain, looked_at
from ledger.verification.envelopes import EnvelopePass
from ledger.verification.housekeeping import Housekeeping
from ledger.verification.ids import ID_BYTES, StatementIds
from ledger.verification.key_fold import KEY_TYPES, KeyFold
from ledger.verification.observer import Observer, ReadingObserver
from ledger.verification.plain import Plain, Run
from ledger.verification.result import Breaks
from ledger.verification.resume import PassState
from ledger.verification.rows import SUBMISSION_REFUSED, RowsPass
from ledger.verification.sequences import Sequences
from ledger.verification.subjects import SubjectChains
from ledger.verification.tree import TreePass
from ledger.verification.types import MaxAge, Types

Progress = Callable[[int, int], None]


class Walk:
    """The state of the pass; memory grows by one row a subject key, a statement id and a leaf hash."""

    def __init__(
        self,
        source: Source,
        types: Types,
        tree: TreePass,
        breaks: Breaks,
        *,
        opening: KeyRing,
        observer: Observer | ReadingObserver | None,
    ) -> None:
        """Begin a pass.

        Args:
            source: the ledger.
            types: the catalogue.
            tree: takes the leaf hashes.
            breaks: where breaks are listed.
            opening: the keys that entry 0 names, by which signatures are looked at before it is believed.
            observer: follows the pass.
        """
        self.ring = KeyRing()
        self.subjects = SubjectChains()
        self.sequences = Sequences()
        self.last_recorded_at = ""
        self.stopped_at: int | None = None
        """Where the pass had to end because neither entries nor their hashes are there."""
        self._source = source
        self._breaks = breaks
        self._tree = tree
        self._opening = opening
        self._observer = observer
        self._max_age = MaxAge()
        self._keys = KeyFold(self.ring, self._max_age, breaks)
        self._ids = StatementIds()
        self._doubtful: set[str] = set()
        self._also: dict[int, str] = {}
        self.envelopes = EnvelopePass(source, types, breaks, self._leaves_at, self.sequences)
        self.housekeeping = Housekeeping(self.subjects, self.sequences, breaks)
        self.rows = RowsPass(source.audit(), self.housekeeping)

    def restore(self, state: PassState, leaves: Iterable[bytes]) -> None:
        """Go on behind the entries of an earlier pass, whose leaf hashes these are.

        Raises:
            Malformed: the state names no key of an operator.
        """
        for leaf in leaves:
            self._tree.add(leaf)
        self._source.skip(state.size, state.envelopes)
        self.ring = KeyRing.restored(
            state.operator_key, state.housekeeping_keyid, state.keys, state.key_changes
        )
        self._max_age.restore(state.max_ages)
        self._keys = KeyFold(self.ring, self._max_age, self._breaks)
        self.subjects.restore(state.subjects)
        self.sequences.restore(state.sequences)
        self._ids.restore(state.ids)
        self.last_recorded_at = state.last_recorded_at
        self.housekeeping.last_heads = state.last_heads
        self.envelopes.unknown_types.update(state.unknown_types)
        self.rows.restore(state.size, state.rows, state.envelopes)

    def state(self, root: bytes) -> PassState:
        """Return what a later pass needs to go on; only of a pass without a break, that has ended."""
        size = self._tree.size
        return PassState(
            size=size,
            root=root,
            operator_key=self.ring.operator_key,
            housekeeping_keyid=self.ring.housekeeping_keyid,
            keys=dict(self.ring.keys),
            key_changes=self.ring.changes,
            max_ages=self._max_age.saved(),
            subjects=self.subjects.saved(),
            sequences=self.sequences.saved(),
            ids=self._ids.saved(),
            last_recorded_at=self.last_recorded_at,
            last_heads=self.housekeeping.last_heads,
            unknown_types=dict(self.envelopes.unknown_types),
            rows=dict(self.rows.counts),
            envelopes=self.rows.envelopes(size),
        )

    def run(self, size: int, progress: Progress | None) -> None:
        """Walk the entries below ``size``; ``progress`` is told (entries done, size) now and then."""
        observer = self._observer
        reader = observer.reader if isinstance(observer, ReadingObserver) else None
        # An audit of a store's rows asks of every entry, and so does an observer that does not read.
        rows = self.rows.audit is None and (observer is None or reader is not None)
        seen = looked_at(
            self._source, self._tree.size, size, self._known_keys, self._expect, rows=rows, reader=reader
        )
        with closing(seen) as items:
            for item, next_prev in _with_next(items):
                if isinstance(item, Gap):
                    if not self._gap(item, next_prev, size):
                        break
                elif isinstance(item, Seen):
                    self._entry(item, next_prev)
                elif self._fits(item.plain):
                    self._row(item)
                else:
                    self._one_by_one(item, next_prev)
                if progress is not None and self._tree.size % TILE_WIDTH == 0:
                    progress(self._tree.size, size)
        self.envelopes.finish()
        self.housekeeping.finish()
        if progress is not None:
            progress(self._tree.size, size)

    def _expect(self, entries: list[Seen]) -> None:
        """Let the rows of entries be read together that are asked for one by one in their turn."""
        if self.rows.audit is not None:
            self.rows.audit.expect(
                [
                    (index, looked.header, looked.statement["id"])
                    for index, _, looked, _ in entries
                    if looked.header is not None and looked.statement is not None
                ]
            )

    def _known_keys(self) -> dict[str, bytes]:
        ring = self._opening if self.ring.origin is None else self.ring
        return {keyid: key.public_key for keyid, key in ring.keys.items()}

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

    def _fits(self, plain: Plain) -> bool:
        """Say whether a row of plain entries goes on from what the ledger holds before it; enter its ids."""
        start = plain.start
        return (
            start == self._tree.size > 0
            and plain.prev == self._tree.leaf(start - 1).hex()
            and plain.first_recorded_at >= self.last_recorded_at
            and self.ring.origin in {None, plain.ledger}
            and not self.envelopes.after_gap
            and self.subjects.fit(plain.links)
            and self._ids.add_new(start, plain.ids)
        )

    def _row(self, seen: SeenPlain) -> None:
        """Take in a row that fits: what is left are its envelopes, and what the tree is held against.

        Each step does for all entries at once what ``_sound`` does for each. No break can come of any but the
        envelopes and the tree, so these two go on together, and breaks stand in the order of the entries.
        """
        plain = seen.plain
        self.last_recorded_at = plain.last_recorded_at
        self.subjects.go_on(plain.links, plain.leaves.hex())
        self.rows.plain(plain.entries, plain.subjects, plain.tags)
        at = 0
        for run in plain.runs:
            stop = at + run.entries
            while at < stop:
                at += self._signed(seen, run, at)
                run = run._replace(entries=stop - at, item=run.item + run.entries - (stop - at))
        if isinstance(self._observer, ReadingObserver):
            self._observer.take_row(plain.start, plain.leaves, plain.said)

    def _signed(self, seen: SeenPlain, run: Run, at: int) -> int:
        """Check who signed the entries of a run, as far as that is done at once; return how many they are."""
        plain, index = seen.plain, seen.plain.start + at
        digests = plain.digests[at : at + run.entries]
        done = self.envelopes.run(index, run, plain.ledger, digests, self.ring, self._max_age, seen.envelopes)
        if self.envelopes.opened is not None:
            self.rows.opened(index, self.envelopes.opened.digest)
        self._tree.extend(plain.leaves[at * HASH_SIZE : (at + done) * HASH_SIZE])
        return done

    def _one_by_one(self, seen: SeenPlain, next_prev: str | None) -> None:
        """Look at each entry of a row that does not fit, to say what is wrong."""
        entries = seen.one_by_one()
        headers = [entry.looked.header for entry in entries]
        following = [None if header is None else header.prev for header in headers[1:]]
        for entry, follower in zip(entries, [*following, next_prev], strict=True):
            self._entry(entry, follower)

    def _entry(self, seen: Seen, next_prev: str | None) -> None:
        index, stored, looked, _ = seen
        computed = looked.leaf
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
        if looked.header is not None:
            self._chain(index, looked.header)
        if looked.header is None or looked.statement is None:
            self._breaks.add("malformed", index, looked.error)
            self._unsound(seen, computed)
            return
        self._sound(index, seen, looked.header, looked.statement)
        self._tree.add(computed)

    def _entry_is_right(self, computed: bytes, next_prev: str | None) -> bool:
        """Say whether the stored hash rather than the entry is changed."""
        if next_prev is not None:
            return next_prev == computed.hex()
        return self._tree.would_fit(computed)

    def _unsound(self, seen: Seen, leaf: bytes) -> None:
        """Pass an entry that is not what was entered: take from it what may help, believe nothing."""
        self._doubtful.add(leaf.hex())
        self._tree.add(leaf)
        self.envelopes.lost()
        header, statement = seen.looked.header, seen.looked.statement
        if header is not None:
            self.subjects.take(header.subjects, leaf.hex())
        doubtful = statement is None or statement["type"] in KEY_TYPES
        if statement is not None:
            try:
                self._keys.fold(seen.at, statement)
            except (Malformed, Unauthorised):
                doubtful = True
        self.envelopes.keys_doubtful |= doubtful

    def _chain(self, index: int, header: Header) -> None:
        """Check the header's own place: index, ``prev`` and ``recorded_at``."""
        if header.index != index:
            self._breaks.add("missing", index, f"here stands an entry that says it is entry {header.index}")
        wanted = ZERO_HASH if index == 0 else self._tree.leaf(index - 1).hex()
        if header.prev != wanted and header.prev != self._also.get(index - 1):
            self._breaks.add("prev", index, f"prev is {header.prev}, {wanted} is wanted")
            if index > 0:
                self._also[index - 1] = header.prev
                self._doubtful.add(header.prev)
        if header.recorded_at < self.last_recorded_at:
            self._breaks.add(
                "time", index, f"recorded at {header.recorded_at}, after an entry of {self.last_recorded_at}"
            )
        self.last_recorded_at = header.recorded_at

    def _sound(self, index: int, seen: Seen, header: Header, statement: dict[str, Any]) -> None:
        looked = seen.looked
        if looked.difference:
            self._breaks.add("keys", index, looked.difference)
        first = self._ids.enter(looked.number.to_bytes(ID_BYTES, "big"), index)
        if first != index:
            self._breaks.add("replayed", index, f"statement id {statement['id']} is that of entry {first}")
        if index == 0:
            # Its signers are the officers that it names itself.
            self._keys.entry(index, statement, doubtful=self.envelopes.keys_doubtful)
        if self.ring.origin is not None and statement["ledger"] != self.ring.origin:
            self._breaks.add("envelope", index, f"a statement for ledger {statement['ledger']!r}")
        self.envelopes.entry(
            index, header, statement, looked.digest, self.ring, self._max_age, seen.envelopes
        )
        # Heads are committed over the entries before this one.
        self.housekeeping.entry(index, statement)
        if statement["type"] == SUBMISSION_REFUSED and self.housekeeping.sound:
            self._refused_signer(index, statement["body"]["signer"])
        self.subjects.follow(index, header.subjects, looked.leaf.hex(), self._doubtful, self._breaks)
        for found in self.rows.entry(index, header, statement, self.envelopes.opened, self.ring.public_key):
            self._breaks.add(found.class_, found.index, found.detail)
        if index > 0:
            self._keys.entry(index, statement, doubtful=self.envelopes.keys_doubtful)
        if self._observer is not None:
            recorded_at = datetime.fromisoformat(header.recorded_at)
            self._observer(index, looked.leaf, header, statement, recorded_at)

    def _refused_signer(self, index: int, signer: str) -> None:
        """Only what a registered key signed is put on record as refused; all else is answered without."""
        if self.ring.public_key(signer) is None:
            tell = self._breaks.follow if self.envelopes.keys_doubtful else self._breaks.add
            tell("authority", index, f"unknown-key: a refusal of {signer}, which is not registered")


def _with_next(items: Iterator[Item]) -> Iterator[tuple[Item, str | None]]:
    """Yield each item with the ``prev`` of the entry after it, which tells who is right about a hash."""
    before: Item | None = None
    for current in items:
        if before is not None:
            yield before, _prev(current)
        before = current
    if before is not None:
        yield before, None


def _prev(item: Item) -> str | None:
    if isinstance(item, SeenPlain):
        return item.plain.prev
    header = None if isinstance(item, Gap) else item.looked.header
    return None if header is None else header.prev
