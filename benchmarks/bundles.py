"""Writes the evidence bundle of a ledger of any size, quickly: no store, no decisions, bounded memory.

Envelopes of a given number of statements, signed by one officer, and a HeadsCommitted as often as one is due.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from lots import HISTORY, KEYS, LOT, ORIGIN, statement

from api.cli.init import sign_opening
from ledger.anchor import Anchor
from ledger.bundle import ANCHOR_PATH
from ledger.canonical import parse_canonical
from ledger.checkpoint import Checkpoint, NoteSigner, sign_note
from ledger.clock import format_instant
from ledger.entry import MAX_STATEMENT_BYTES, ZERO_HASH, Header, Subject, derive, encode_entry
from ledger.envelope import Seen, sign_envelope
from ledger.heads import head_leaf, heads_due
from ledger.merkle import TILE_WIDTH, Tile, Tree, leaf_hash, root
from ledger.refusal import heads_statement
from ledger.tiles import (
    CHECKPOINT_PATH,
    encode_entries,
    encode_envelopes,
    entries_path,
    envelopes_path,
    tile_path,
)

_START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


class BundleWriter:
    """Chains statements and writes each bundle as it becomes full."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tree = Tree.empty()
        self._entries: list[bytes] = []
        self._envelopes: list[bytes] = []
        self._chains: dict[str, tuple[int, str]] = {}
        self._seqs: dict[str, int] = {}
        self._last_heads = 0
        self.size = 0
        self.genesis = self.last = ZERO_HASH

    @property
    def now(self) -> str:
        """The instant that the next envelope is signed and entered at."""
        return format_instant(_START + timedelta(milliseconds=self.size))

    def sign(self, officer: str, statements: Sequence[bytes]) -> None:
        """Enter statements in one envelope of this officer's."""
        agency = "operator" if officer == "housekeeping" else officer.partition("-")[0]
        seq, seen = self._seqs.get(officer, 0) + 1, Seen(self.size - 1, self.last)
        self.enter(
            sign_envelope(agency, ORIGIN, seen, seq, self.now, statements, [KEYS[officer]]), statements
        )
        self._seqs[officer] = seq

    def enter(self, envelope: bytes, statements: Sequence[bytes]) -> None:
        """Enter the statements of an envelope."""
        digest, now = sha256(envelope).hexdigest(), self.now
        self._envelopes.append(envelope)
        for item, data in enumerate(statements, start=1):
            whole = parse_canonical(data, max_bytes=MAX_STATEMENT_BYTES, what="statement")
            derived = derive(whole)
            subjects = tuple(self._link(key) for key in derived.subjects)
            header = Header(
                digest, self.size, item, self.last, now, subjects, derived.tags, str(whole["type"])
            )
            entry = encode_entry(header, data)
            self.last = leaf_hash(entry).hex()
            if self.size == 0:
                self.genesis = self.last
            self._chains.update((subject.key, (subject.number, self.last)) for subject in subjects)
            self._entries.append(entry)
            self.size += 1
            if self.size % TILE_WIDTH == 0:
                self._flush()

    def commit_heads_if_due(self) -> None:
        """Enter a HeadsCommitted where the operator owes one."""
        if heads_due(self.size - self._last_heads, len(self._chains)):
            leaves = [head_leaf(key, *self._chains[key]) for key in sorted(self._chains)]
            _, data = heads_statement(ORIGIN, self.size, len(leaves), root(leaves).hex(), self.now)
            self.sign("housekeeping", [data])
            self._last_heads = self.size

    def finish(self) -> Anchor:
        """Write what is left and the signed checkpoint; return the anchor."""
        if self._entries:
            self._flush()
        for tile in self._tree.partial_tiles():
            self._put_tile(tile)
        signer = NoteSigner(ORIGIN, KEYS["checkpoint"])
        note = sign_note(Checkpoint(ORIGIN, self.size, self._tree.root()).text(), signer)
        anchor = Anchor(ORIGIN, signer.verifier_key, self.genesis)
        self._put(CHECKPOINT_PATH, note)
        self._put(ANCHOR_PATH, anchor.to_bytes())
        return anchor

    def _link(self, key: str) -> Subject:
        number, leaf = self._chains.get(key, (0, ZERO_HASH))
        return Subject(key, number + 1, leaf)

    def _flush(self) -> None:
        number, width = (self.size - 1) // TILE_WIDTH, len(self._entries)
        self._put(entries_path(number, width), encode_entries(self._entries))
        self._put(envelopes_path(number, width), encode_envelopes(self._envelopes))
        for tile in self._tree.append(map(leaf_hash, self._entries)):
            self._put_tile(tile)
        self._entries, self._envelopes = [], []

    def _put_tile(self, tile: Tile) -> None:
        self._put(tile_path(tile.level, tile.number, tile.width), tile.data)

    def _put(self, path: str, data: bytes) -> None:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def write_bundle(folder: Path, entries: int, per_envelope: int) -> Anchor:
    """Write a bundle of ``entries`` entries, or a few more where the last envelope does not fit."""
    made = BundleWriter(folder)
    opening_id = str(UUID(bytes=bytes(16), version=4))
    envelope, opening = sign_opening(ORIGIN, KEYS, ZERO_HASH, opening_id, lambda: _START)
    made.enter(envelope, [opening])
    number = 0
    while made.size < entries:
        made.sign("commerce-2", [_statement(number + item) for item in range(per_envelope)])
        number += per_envelope
        made.commit_heads_if_due()
    return made.finish()


def _statement(number: int) -> bytes:
    """Return a statement: a hundred enterprises are registered, then each files nine times."""
    turn, place = divmod(number, LOT)
    kind = "EnterpriseRegistered" if turn % HISTORY == 0 else "ExportQualificationFiled"
    return statement(kind, turn // HISTORY * LOT + place, f"lot-{turn}-{place}")
