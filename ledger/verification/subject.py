"""A subject bundle, verified offline: is this the whole history that was committed to, and who signed it?

Every entry is hashed and chained again by its subjects, from number 1 to the head that HeadsCommitted holds;
that entry is included under the checkpoint. Keys are folded from their own chain, which the bundle has whole.
What the bundle rests on: that the committed heads are those of the entries, which only a full audit shows.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from time import perf_counter
from typing import Final

from ledger.anchor import Anchor
from ledger.bundle import ANCHOR_PATH, DOCUMENTS
from ledger.bundle_files import Files
from ledger.canonical import Malformed
from ledger.checkpoint import Checkpoint
from ledger.entry import MAX_ENTRY_BYTES, ZERO_HASH, derive, parse_entry
from ledger.envelope import MAX_ENVELOPE_BYTES, statement_hash
from ledger.keys import KeyRing, Unauthorised
from ledger.merkle import leaf_hash
from ledger.note import MAX_NOTE_BYTES, VerifierKey
from ledger.subject_bundle import (
    ENTRIES,
    ENVELOPES,
    HEADS_PATH,
    MAX_HEADS_BYTES,
    SUMMARY_PATH,
    parse_heads_file,
)
from ledger.tiles import CHECKPOINT_PATH
from ledger.verification.anchoring import check_genesis, gather
from ledger.verification.completeness import CompletenessPass, HeldEntry
from ledger.verification.envelopes import EnvelopePass
from ledger.verification.key_fold import KeyFold
from ledger.verification.result import Breaks
from ledger.verification.sequences import Sequences
from ledger.verification.statements import checked_statement
from ledger.verification.subject_result import SubjectVerification
from ledger.verification.touched import note_touched
from ledger.verification.trusted import Trusted
from ledger.verification.types import MaxAge, Types

_RESTS_ON: Final = (
    "it rests on the operator's word that the heads committed in entry {0} are those of entries 0 to {1}: "
    "a full audit of the ledger recomputes them, this bundle cannot"
)


def verify_subject(
    files: Files,
    *,
    anchor: Anchor | None,
    trusted: Sequence[Trusted],
    unanchored: bool,
    lenient: bool,
    types: Types,
) -> SubjectVerification:
    """Verify the bundle of one subject.

    Args:
        files: the bundle; it has a ``heads.json``.
        anchor: which ledger it should be of, from elsewhere; None for none.
        trusted: checkpoint notes that the verifier trusts; one of the bundle's size can be compared with it.
        unanchored: answer without an anchor too.
        lenient: an open headline is exit code 0.
        types: the catalogue, type → agencies and four eyes.

    Returns:
        The answer; nothing in these files raises.
    """
    began = perf_counter()
    return _SubjectPass(files, types).run(anchor, trusted, unanchored, lenient, began)


class _SubjectPass:
    """The state of one verification."""

    def __init__(self, files: Files, types: Types) -> None:
        self._files = files
        self._types = types
        self._breaks = Breaks()
        self._held: dict[int, HeldEntry] = {}
        self._notes: list[str] = []
        self._doubtful = False
        """Whether an entry that may have said something about keys is not there."""

    def run(
        self, anchor: Anchor | None, trusted: Sequence[Trusted], unanchored: bool, lenient: bool, began: float
    ) -> SubjectVerification:
        """Verify everything, in the order in which the parts rest on each other."""
        try:
            heads = parse_heads_file(self._files.read(HEADS_PATH, MAX_HEADS_BYTES))
        except Malformed as error:
            self._breaks.add("malformed", None, str(error))
            heads = None
        self._read_entries()
        checkpoint, note, anchored = self._checkpoint(anchor, trusted)
        if heads is not None:
            chains = CompletenessPass(heads, self._held, self._breaks)
            chains.run(checkpoint, note)
            self._doubtful = self._doubtful or chains.keys_doubtful
        self._signatures()
        first = self._held.get(0)
        if anchor is not None and first is not None:
            check_genesis(anchor, bytes.fromhex(first.leaf), self._breaks)
        self._strangers()
        last = self._held[max(self._held)].header.recorded_at if self._held else None
        broken = any(found.class_ != "inconsistent" for found in self._breaks.found)
        complete_to = None if broken or heads is None else heads.proof.index
        if complete_to is not None and heads is not None:
            self._notes.insert(0, f"the history of {heads.subject} is whole up to size {complete_to}")
            self._notes.insert(1, _RESTS_ON.format(complete_to, complete_to - 1))
        self._notes += note_touched(self._breaks.found, self._broken_entries())
        if not anchored:
            self._notes.append("self-consistent only: without an anchor a ledger made anew looks the same")
        if self._breaks.following:
            self._notes.append(f"{self._breaks.following} further deviations follow from what is listed")
        return SubjectVerification(
            subject=None if heads is None else heads.subject,
            complete_to=complete_to,
            entries=len(self._held),
            checkpoint=checkpoint,
            note=note,
            anchored=anchored,
            unanchored=unanchored,
            lenient=lenient,
            recorded_at=None if last is None else datetime.fromisoformat(last),
            breaks=tuple(self._breaks.found),
            notes=tuple(self._notes),
            seconds=round(perf_counter() - began, 3),
        )

    def _read_entries(self) -> None:
        names = [path.removeprefix(ENTRIES) for path in self._files.paths if path.startswith(ENTRIES)]
        numbers = [int(name) for name in names if name.isascii() and name.isdecimal() and len(name) <= 16]
        for index in sorted(number for number in numbers if str(number) in names):
            path = f"{ENTRIES}{index}"
            try:
                data = self._files.read(path, MAX_ENTRY_BYTES)
                entry = parse_entry(data)
                statement = checked_statement(entry)
            except Malformed as error:
                self._breaks.add("malformed", index, f"{path}: {error}")
                self._doubtful = True
                continue
            if entry.header.index != index:
                self._breaks.add("missing", index, f"{path}: an entry that says it is {entry.header.index}")
                self._doubtful = True
                continue
            derived = derive(statement)
            if derived.subjects != tuple(s.key for s in entry.header.subjects) or (
                derived.tags != entry.header.tags
            ):
                self._breaks.add("keys", index, "subjects or tags are not those of the statement")
            self._held[index] = HeldEntry(entry, leaf_hash(data).hex(), statement)

    def _checkpoint(
        self, anchor: Anchor | None, trusted: Sequence[Trusted]
    ) -> tuple[Checkpoint | None, str | None, bool]:
        """Return the checkpoint if the ledger's key signed it, its note, and whether it is anchored."""
        try:
            notes = [self._files.read(CHECKPOINT_PATH, MAX_NOTE_BYTES)]
        except KeyError:
            self._breaks.add("checkpoint", None, f"{CHECKPOINT_PATH}: no such file")
            notes = []
        except Malformed as error:
            self._breaks.add("checkpoint", None, str(error))
            notes = []
        commitments = gather(notes, trusted, anchor, self._own_key(), self._breaks)
        own = next((c.checkpoint for c in commitments.all if c.class_ == "tree"), None)
        anchored = anchor is not None
        known = {} if own is None else {own.size: (own, "that of the bundle")}
        for commitment in commitments.all:
            if commitment.class_ == "tree":
                continue
            mark, name = commitment.checkpoint, commitment.name
            same, whose = known.setdefault(mark.size, (mark, name))
            if mark.root != same.root:
                self._breaks.add("inconsistent", None, f"{name} has another root than {whose}")
            elif own is not None and mark.size != own.size:
                self._notes.append(
                    f"{name} is of size {mark.size}, the bundle of {own.size}: "
                    "they cannot be compared without the ledger"
                )
            else:
                anchored = anchored or own is not None
        return own, commitments.text, anchored

    def _own_key(self) -> VerifierKey | None:
        """Return the operator key that entry 0 names."""
        first, ring = self._held.get(0), KeyRing()
        if first is None:
            return None
        try:
            ring.apply(0, first.header.type, first.statement["body"], agency=first.statement["agency"])
            return None if ring.operator_key is None else VerifierKey.parse(ring.operator_key)
        except (Malformed, Unauthorised):
            return None

    def _signatures(self) -> None:
        """Ask of each entry who signed it, with the keys as the bundle's own chain of keys has them."""
        ring, max_age, sequences = KeyRing(), MaxAge(), Sequences()
        source = _Envelopes(self._files)
        envelopes = EnvelopePass(source, self._types, self._breaks, self._leaves_at, sequences)
        envelopes.keys_doubtful = self._doubtful
        keys = KeyFold(ring, max_age, self._breaks)
        ids: dict[str, int] = {}
        before: tuple[int, str] = (-1, "")
        for index, held in self._held.items():
            header, statement = held.header, held.statement
            if before[0] != index - 1:
                envelopes.lost()  # what stands between is of others
            known = {ZERO_HASH} if index == 0 else self._leaves_at(index - 1)
            if known and header.prev not in known:
                self._breaks.add("prev", index, f"prev is {header.prev}, {known.pop()} is wanted")
            if header.recorded_at < before[1]:
                self._breaks.add(
                    "time", index, f"recorded at {header.recorded_at}, after an entry of {before[1]}"
                )
            if ids.setdefault(statement["id"], index) != index:
                self._breaks.add(
                    "replayed", index, f"the statement id is that of entry {ids[statement['id']]}"
                )
            if index == 0:
                keys.entry(0, statement, doubtful=self._doubtful)
            if ring.origin is not None and statement["ledger"] != ring.origin:
                self._breaks.add("envelope", index, f"a statement for ledger {statement['ledger']!r}")
            digest = statement_hash(held.entry.statement)
            envelopes.entry(index, header, statement, digest, ring, max_age)
            if index > 0:
                keys.entry(index, statement, doubtful=self._doubtful)
            before = index, header.recorded_at
        envelopes.lost()
        envelopes.finish()
        for name, index in envelopes.unknown_types.items():
            self._notes.append(f"{name} (first in entry {index}) is not known here")

    def _leaves_at(self, index: int) -> set[str]:
        return {self._held[index].leaf} if index in self._held else set()

    def _broken_entries(self) -> Iterator[tuple[int, bytes]]:
        for index in {found.index for found in self._breaks.found if found.index is not None}:
            with suppress(KeyError, Malformed):
                yield index, self._files.read(f"{ENTRIES}{index}", MAX_ENTRY_BYTES)

    def _strangers(self) -> None:
        """List files that the bundle should not have; note those that are none of it."""
        wanted = {f"{ENVELOPES}{held.header.envelope}" for held in self._held.values()}
        wanted |= {f"{ENTRIES}{index}" for index in self._held}
        wanted |= {f"{ENTRIES}{found.index}" for found in self._breaks.found}
        others = sorted(self._files.paths - wanted - {HEADS_PATH, SUMMARY_PATH, CHECKPOINT_PATH, ANCHOR_PATH})
        for path in others:
            if path.startswith(ENVELOPES):
                self._breaks.follow(
                    "envelope", None, f"{path!r}: no entry of the bundle refers to it", cause=path
                )
            elif path.startswith(ENTRIES):
                self._breaks.add("malformed", None, f"{path!r}: no entry's name", cause=path)
        strange = [path for path in others if not path.startswith((ENTRIES, ENVELOPES, DOCUMENTS))]
        if strange:
            self._notes.append(f"not part of the bundle, not looked at: {', '.join(map(repr, strange[:10]))}")


class _Envelopes:
    """The envelopes of the bundle, each a file of its own."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def envelope(self, digest: str, index: int) -> bytes | None:
        """Return an envelope; one that is not there is ``Malformed``, for none may lack here."""
        path = f"{ENVELOPES}{digest}"
        try:
            return self._files.read(path, MAX_ENVELOPE_BYTES)
        except KeyError:
            raise Malformed(f"{path}: no such file, entry {index} refers to it") from None
