"""Writes the evidence bundle of a ledger of any size, quickly: no store, no decisions, bounded memory.

Envelopes of a given number of statements, signed by one officer, or those of a season of the demonstration;
and a HeadsCommitted as often as one is due.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID
from weakref import WeakKeyDictionary

from lots import HISTORY, KEYS, LOT, ORIGIN, statement

from api.cli.init import sign_opening
from api.demo.acts import Act, lots, moment
from api.demo.keys import OFFICERS
from api.demo.keys import ORIGIN as DEMO_ORIGIN
from api.demo.pace import FIRST_DAY
from api.demo.season import default_exporters, season
from api.demo.stream import Place, Writer
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

    def __init__(self, folder: Path, origin: str = ORIGIN, began: datetime = _START) -> None:
        self.began = began
        """Entries are a millisecond apart from here on; it may be moved on, never back."""
        self._folder = folder
        self._origin = origin
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
        return format_instant(self.began + timedelta(milliseconds=self.size))

    def sign(self, officers: Sequence[str], statements: Sequence[bytes]) -> list[Place]:
        """Enter statements in one envelope of these officers'; return where they are."""
        first = officers[0]
        agency = "operator" if first == "housekeeping" else first.partition("-")[0]
        # Who signed entry 0 first has used seq 1.
        seq, seen = self._seqs.get(first, 1) + 1, Seen(self.size - 1, self.last)
        keys = [KEYS[officer] for officer in officers]
        self._seqs[first] = seq
        envelope = sign_envelope(agency, self._origin, seen, seq, self.now, statements, keys)
        return self.enter(envelope, statements)

    def enter(self, envelope: bytes, statements: Sequence[bytes]) -> list[Place]:
        """Enter the statements of an envelope; return where they are."""
        places: list[Place] = []
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
            places.append((self.size, self.last))
            self.size += 1
            if self.size % TILE_WIDTH == 0:
                self._flush()
        return places

    def commit_heads_if_due(self) -> None:
        """Enter a HeadsCommitted where the operator owes one."""
        if heads_due(self.size - self._last_heads, len(self._chains)):
            leaves = [head_leaf(key, *self._chains[key]) for key in sorted(self._chains)]
            own = heads_statement(self._origin, self.size, len(leaves), root(leaves).hex(), self.now)
            self.sign(["housekeeping"], [own.raw])
            self._last_heads = self.size

    def finish(self) -> Anchor:
        """Write what is left and the signed checkpoint; return the anchor."""
        if self._entries:
            self._flush()
        for tile in self._tree.partial_tiles():
            self._put_tile(tile)
        signer = NoteSigner(self._origin, KEYS["checkpoint"])
        note = sign_note(Checkpoint(self._origin, self.size, self._tree.root()).text(), signer)
        anchor = Anchor(self._origin, signer.verifier_key, self.genesis)
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
        made.sign(["commerce-2"], [_statement(number + item) for item in range(per_envelope)])
        number += per_envelope
        made.commit_heads_if_due()
    return made.finish()


def write_season(folder: Path, vehicles: int) -> Anchor:
    """Write the bundle of a clean season of the demonstration, its envelopes as they are signed there."""
    began = moment(FIRST_DAY, 8)
    made = BundleWriter(folder, DEMO_ORIGIN, began)
    opening_id = str(UUID(bytes=bytes(16), version=4))
    envelope, opening = sign_opening(DEMO_ORIGIN, KEYS, ZERO_HASH, opening_id, lambda: began, OFFICERS)
    made.enter(envelope, [opening])
    writer, places = Writer(0), WeakKeyDictionary[Act, Place]()
    for lot in lots(season(default_exporters(vehicles), vehicles, 0)):
        made.began = lot[0].at
        statements = [writer.statement(act, places.__getitem__) for act in lot]
        places.update(zip(lot, made.sign(lot[0].signers, statements), strict=True))
        made.commit_heads_if_due()
    return made.finish()


def _statement(number: int) -> bytes:
    """Return a statement: a hundred enterprises are registered, then each files nine times."""
    turn, place = divmod(number, LOT)
    kind = "EnterpriseRegistered" if turn % HISTORY == 0 else "ExportQualificationFiled"
    return statement(kind, turn // HISTORY * LOT + place, f"lot-{turn}-{place}")
