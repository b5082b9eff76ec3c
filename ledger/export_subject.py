"""Writes a subject bundle: one enterprise's or car's whole history under one checkpoint.

Without one entry that is in none of its chains: other enterprises' statements stay with the ledger. The same
history at the same checkpoint gives the same bytes (see ``ledger.subject_bundle``).
"""

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

from ledger.anchor import Anchor
from ledger.bundle import ANCHOR_PATH
from ledger.canonical import Malformed
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.entry import Entry, parse_entry, parse_statement
from ledger.export import ExportRefused, named_in, place_for, put_documents, refuse_taken
from ledger.heads import HEADS_COMMITTED, HeadsTree, verify_head
from ledger.merkle import inclusion_proof
from ledger.proof import InclusionText
from ledger.store import Reader
from ledger.subject_bundle import (
    ENTRIES,
    ENVELOPES,
    HEADS_PATH,
    SUBJECT,
    SUMMARY_PATH,
    Chain,
    HeadsFile,
    required_chains,
)
from ledger.tiles import CHECKPOINT_PATH

Summary = Callable[[str, int, Checkpoint, Mapping[int, bytes], Mapping[str, bytes]], bytes]
"""(subject, size up to which it is complete, checkpoint, entries by index, envelopes by digest) → page."""


class TooLong(ExportRefused):
    """The bundle would have more bytes than it may."""


def export_subject(
    reader: Reader,
    subject: str,
    note: bytes,
    anchor: Anchor,
    out: str | Path,
    *,
    summary: Summary,
    most_bytes: int | None = None,
    documents: Path | None = None,
) -> int:
    """Write the bundle of ``subject`` and return the size up to which it is complete.

    Args:
        reader: the store.
        subject: ``enterprise:<USCC>`` or ``vin:<VIN>``.
        note: a checkpoint that the anchor's key signed.
        anchor: goes along as ``anchor.json``, for convenience.
        summary: makes ``summary.html``; what it raises ends the export.
        out: a directory that is not there or empty, or a path ending in ``.zip`` that is not there.
        most_bytes: of entries and envelopes together; None: as many as there are.
        documents: a folder of which goes along what the entries name; None: none do.

    Raises:
        TooLong: they have more.
        Malformed, UnknownKeys, SignatureFailed: the note is not such a checkpoint.
        ExportRefused: no subject; no heads are committed below the checkpoint, or not those that the store
            has; the place is taken or cannot be written.
    """
    check_request(subject, out)
    checkpoint = open_checkpoint(note, anchor.operator_key)
    size = checkpoint.size
    committed = reader.last_of_type(HEADS_COMMITTED, size)
    if committed is None:
        raise ExportRefused(
            f"no heads are committed below size {size}: `quota-ledger export --fresh` does it, or"
            " `quota-ledger checkpoint --heads`"
        )
    export = _Export(reader, committed, most_bytes)
    chains = export.chains(subject)
    proof = InclusionText(committed, tuple(inclusion_proof(reader, committed, size)), note)
    try:
        with place_for(Path(out)) as put:
            for index in sorted(export.entries):
                put(f"{ENTRIES}{index}", export.entries[index])
            for digest, data in sorted(export.envelopes.items()):
                put(f"{ENVELOPES}{digest}", data)
            if documents is not None:
                named = (name for data in export.entries.values() for name in named_in(data))
                put_documents(documents, named, put)
            put(HEADS_PATH, HeadsFile(subject, proof, chains).to_bytes())
            page = summary(subject, committed, checkpoint, export.entries, export.envelopes)
            put(SUMMARY_PATH, page)
            put(CHECKPOINT_PATH, note)
            put(ANCHOR_PATH, anchor.to_bytes())
    except OSError as error:
        raise ExportRefused(f"{out}: cannot be written: {error}") from error
    return committed


def check_request(subject: str, out: str | Path) -> None:
    """Raise ExportRefused when this is no subject, or the place is taken; nothing is read or written."""
    if not SUBJECT.match(subject):
        raise ExportRefused(f"{subject}: neither an enterprise's code (18 characters) nor a VIN (17)")
    refuse_taken(Path(out))


class _Export:
    """What goes into the bundle, gathered from the store."""

    def __init__(self, reader: Reader, committed: int, most_bytes: int | None) -> None:
        self._reader = reader
        self._most_bytes = most_bytes
        self._bytes = 0
        self._size = committed
        self.entries: dict[int, bytes] = {}
        self.envelopes: dict[str, bytes] = {}
        self._body = parse_statement(self._take(committed).statement)["body"]

    def chains(self, subject: str) -> tuple[Chain, ...]:
        """Take the entries of every chain and return the proofs of their heads."""
        own = [index for index in self._reader.subject_indexes(subject) if index < self._size]
        keys = sorted(required_chains(subject, (self._take(index).header for index in own)))
        tree = HeadsTree(self._reader.heads(self._size), keys)
        if (tree.count, tree.root.hex()) != (self._body["count"], self._body["root"]):
            raise ExportRefused(f"the store's heads are not those that entry {self._size} commits to")
        chains = []
        for key in keys:
            proofs = tree.prove(key)
            head = verify_head(key, proofs, tree.count, tree.root)
            for index in islice(self._reader.subject_indexes(key), 0 if head is None else head[0]):
                self._take(index)
            chains.append(Chain(key, proofs))
        return tuple(chains)

    def _take(self, index: int) -> Entry:
        """Put an entry and its envelope into the bundle; return it parsed."""
        data = self.entries.get(index) or next(self._reader.entries(index, index + 1), None)
        if data is None:
            raise ExportRefused(f"the store has no entry {index}, the heads commit to it")
        try:
            entry = parse_entry(data)
        except Malformed as error:
            raise ExportRefused(f"the store's entry {index}: {error}") from None
        self._count(data)
        self.entries[index] = data
        digest = entry.header.envelope
        if digest is not None and digest not in self.envelopes:
            envelope = self._reader.envelope(digest)
            if envelope is None:
                raise ExportRefused(f"the store has no envelope {digest}, to which entry {index} refers")
            self._count(envelope)
            self.envelopes[digest] = envelope
        return entry

    def _count(self, data: bytes) -> None:
        self._bytes += len(data)
        if self._most_bytes is not None and self._bytes > self._most_bytes:
            raise TooLong(f"entries and envelopes of more than {self._most_bytes} bytes")
