"""``verify``: is this the ledger that was signed for, and is it the one that the anchor means?"""

from base64 import b64encode
from collections.abc import Sequence
from time import perf_counter
from typing import Final

from ledger.anchor import Anchor
from ledger.canonical import Malformed
from ledger.checkpoint import Checkpoint
from ledger.entry import parse_entry, parse_statement
from ledger.keys import KeyRing, Unauthorised
from ledger.merkle import leaf_hash
from ledger.note import VerifierKey
from ledger.source import Gap, Source
from ledger.store import StoreError
from ledger.verification.anchoring import Commitments, check_genesis, gather
from ledger.verification.observer import Observer, ReadingObserver
from ledger.verification.pause import collection_paused
from ledger.verification.result import Breaks, Verification
from ledger.verification.resume import PassState, leaves_below
from ledger.verification.touched import touched_in
from ledger.verification.tree import TreePass
from ledger.verification.trusted import Trusted
from ledger.verification.types import Types
from ledger.verification.walk import Progress, Walk

_SELF_CONSISTENT: Final = "self-consistent only: without an anchor a ledger made anew looks the same"


def unreadable(reason: str, *, unanchored: bool = False, lenient: bool = False) -> Verification:
    """Return the answer when nothing verifiable could be opened (exit code 3)."""
    return Verification(None, 0, None, None, False, (), True, unanchored, lenient, (reason,), 0.0)


def verify_source(
    source: Source,
    *,
    anchor: Anchor | None,
    trusted: Sequence[Trusted],
    unanchored: bool,
    lenient: bool,
    types: Types,
    progress: Progress | None = None,
    observer: Observer | ReadingObserver | None = None,
    since: PassState | None = None,
    known: Checkpoint | None = None,
    keep: bool = False,
) -> Verification:
    """Verify a whole ledger in one pass.

    Args:
        source: the bundle or store.
        anchor: which ledger it should be, from elsewhere; None for none.
        trusted: checkpoint notes of size ≥ 1 that the verifier trusts.
        unanchored: answer without an anchor too.
        lenient: an open headline is exit code 0.
        types: the catalogue, type → agencies and four eyes. Other types keep their integrity checks.
        progress: told (entries done, entries) now and then.
        observer: follows the pass, so that what else is asked of the entries needs no pass of its own.
        since: where an earlier pass of the verifier's own ended; entries below are not read again.
        known: a root that the verifier found earlier; what is not consistent with it stands against it.
        keep: have the answer say where the pass ended, if nothing is wrong.

    Returns:
        The answer; nothing that the source holds raises.

    Raises:
        AnotherHistory: the source does not go on from ``since``; the observer was told nothing.
    """
    began = perf_counter()
    answer = _Answer(anchor, bool(trusted))
    breaks = answer.breaks
    size = 0
    try:
        opening = _opening_keys(source)
        own_key = None if opening.operator_key is None else VerifierKey.parse(opening.operator_key)
        answer.commitments = gather(source.checkpoints(), trusted, anchor, own_key, breaks, known)
        size = source.size(answer.commitments.own_size)
        if size == 0 and answer.commitments.text is None and not breaks.found:
            return unreadable("the ledger has no entry", unanchored=unanchored, lenient=lenient)
        if size == 0:
            breaks.add("missing", 0, "entry 0, which opens the ledger, is not there")
        leaves = [] if since is None else leaves_below(source, since, size)
        tree = answer.tree = TreePass(source, answer.commitments, breaks)
        walk = answer.walk = Walk(source, types, tree, breaks, opening=opening, observer=observer)
        if since is not None:
            walk.restore(since, leaves)
        if isinstance(observer, ReadingObserver):
            observer.find_leaves(tree.leaf)
        with collection_paused():
            walk.run(size, progress)
        _finish(source, walk, tree, answer, size)
    except StoreError as error:  # it could be opened, so what cannot be read is lost
        breaks.add("malformed", answer.size, f"the store cannot be read any further: {error}")
    if isinstance(observer, ReadingObserver):
        observer.find_leaves(None)
    if anchor is not None and answer.tree is not None and answer.size > 0:
        check_genesis(anchor, answer.tree.leaf(0), breaks)
    if since is not None:
        source.skip(0, ())  # a break may touch an entry of any place
    answer.notes = [*touched_in(source, size, breaks.found), *answer.notes]
    return answer.verification(unanchored, lenient, round(perf_counter() - began, 3), keep=keep)


def _opening_keys(source: Source) -> KeyRing:
    """Return the keys that entry 0 names, if its bytes are those that their stored hash is of."""
    ring = KeyRing()
    rows = next(source.rows(source.size(None)), None)
    if rows is None or isinstance(rows, Gap) or rows.leaves[0] not in {None, leaf_hash(rows.data[0])}:
        return ring
    try:
        entry = parse_entry(rows.data[0])
        statement = parse_statement(entry.statement)
        body = statement.get("body")
        ring.apply(0, entry.header.type, body if isinstance(body, dict) else {}, agency="operator")
    except (Malformed, Unauthorised):
        pass  # a failure leaves the ring without keys; the pass says what is wrong
    return ring


def _finish(source: Source, walk: Walk, tree: TreePass, answer: "_Answer", size: int) -> None:
    """Ask what only the end can answer."""
    breaks = answer.breaks
    for fault in source.faults(size):
        if fault.class_ == "checkpoint" and any(b.class_ == "checkpoint" for b in breaks.found):
            breaks.following += 1  # a note that is changed says another size too
            continue
        tell = breaks.follow if fault.class_ == "envelope" else breaks.add
        tell(fault.class_, fault.index, fault.detail, cause=fault)
    if walk.stopped_at is None:
        answer.root = tree.finish()
        if walk.rows.audit is not None and tree.size > 0:
            for fault in walk.rows.audit.finish(tree.size, tree.leaf(tree.size - 1), walk.last_recorded_at):
                # Rows without an entry may be those of an entry or envelope that is listed as changed.
                if fault.index is None and any(b.class_ != "inconsistent" for b in breaks.found):
                    breaks.following += 1
                else:
                    breaks.follow(fault.class_, fault.index, fault.detail)
    answer.notes = _notes(source, walk, breaks, tree.size)


def _notes(source: Source, walk: Walk, breaks: Breaks, size: int) -> list[str]:
    notes = source.notes()
    for name, index in walk.envelopes.unknown_types.items():
        notes.append(f"{name} (first in entry {index}) is not known here: only its integrity was checked")
    # A lost or changed entry would look like a gap too.
    for signer, gaps in () if breaks.found else walk.sequences.gaps():
        key = walk.ring.keys.get(signer)
        who = "an unknown key" if key is None else f"{key.agency}, {key.officer}"
        ranges = ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in gaps[:10])
        notes.append(f"seq {ranges} of signer {signer} ({who}) is nowhere: its agency can say why")
    if walk.housekeeping.overdue(size):
        notes.append("the operator owes a HeadsCommitted: completeness is shown only up to the last one")
    if walk.stopped_at is not None:
        notes.append(
            f"entries from {walk.stopped_at} on were not looked at: neither they nor hashes are there"
        )
    if breaks.following:
        notes.append(f"{breaks.following} further deviations follow from what is listed, or exceed the list")
    return notes


class _Answer:
    """What is known so far; a store that fails midway leaves the rest open."""

    def __init__(self, anchor: Anchor | None, trusted: bool) -> None:
        self.breaks = Breaks()
        self.commitments = Commitments(None, None, ())
        self.root: bytes | None = None
        self.notes: list[str] = []
        self.tree: TreePass | None = None
        self.walk: Walk | None = None
        self._anchor = anchor
        self._anchored = anchor is not None or trusted

    @property
    def size(self) -> int:
        """The number of entries walked."""
        return 0 if self.tree is None else self.tree.size

    def verification(self, unanchored: bool, lenient: bool, seconds: float, *, keep: bool) -> Verification:
        """Return the whole answer."""
        origin = None if self._anchor is None else self._anchor.origin
        if self.walk is not None:
            origin = self.walk.ring.origin or origin
        notes, own_size = list(self.notes), self.commitments.own_size
        if self.commitments.text is None:
            notes.append("no checkpoint is there")
        elif own_size is not None and own_size < self.size:
            notes.append(f"the newest checkpoint commits to {own_size} of {self.size} entries")
        if not self._anchored:
            notes.append(_SELF_CONSISTENT)
        return Verification(
            origin=origin,
            size=self.size,
            root=None if self.root is None else b64encode(self.root).decode(),
            checkpoint=self.commitments.text,
            anchored=self._anchored,
            breaks=tuple(self.breaks.found),
            unreadable=False,
            unanchored=unanchored,
            lenient=lenient,
            notes=tuple(notes),
            seconds=seconds,
            state=self._state() if keep else None,
        )

    def _state(self) -> PassState | None:
        if self.breaks.found or self.walk is None or self.root is None:
            return None
        return self.walk.state(self.root)
