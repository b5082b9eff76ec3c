"""A published ledger as files: the evidence bundle, read for verification (docs/spec/ledger-format.md).

    checkpoint  anchor.json  tile/<L>/<N>[.p/<W>]  tile/entries/<N>[.p/<W>]
    envelopes/<N>[.p/<W>]  documents/<sha256>

Envelope bundle N holds each envelope that an entry of entry bundle N is the first to refer to, in that order.
Only the widths of one size belong in a bundle: a missing, further or overlong file is a break.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from ledger.bundle_files import Files, open_files
from ledger.canonical import Malformed
from ledger.envelope import MAX_ENVELOPE_BYTES
from ledger.merkle import HASH_SIZE, TILE_BYTES, TILE_WIDTH, leaf_hash, split, tile_width
from ledger.note import MAX_NOTE_BYTES
from ledger.source import Audit, Break, BreakClass, Gap, Later, StoredEntries, Unreadable
from ledger.tiles import (
    CHECKPOINT_PATH,
    MAX_ENTRY_BYTES,
    check_entries,
    decode_entries,
    decode_envelopes,
    entries_path,
    envelopes_path,
    tile_path,
)

ANCHOR_PATH: Final = "anchor.json"
DOCUMENTS: Final = "documents/"

_MAX_ENTRIES_BYTES = TILE_WIDTH * (MAX_ENTRY_BYTES + 2)
_MAX_ENVELOPES_BYTES = TILE_WIDTH * (MAX_ENVELOPE_BYTES + 4)
_PART = re.compile(
    r"(?P<kind>tile/(?P<level>\d{1,2})|tile/entries|envelopes)/(?P<groups>(?:x\d{3}/){0,5}\d{3})"
    r"(?:\.p/(?P<width>[1-9]\d{0,2}))?\Z",
    re.ASCII,
)


class _Envelopes:
    """One envelope bundle: what it holds, and what the entries have asked for so far."""

    def __init__(self, number: int, found: list[bytes], damage: str | None) -> None:
        self.number = number
        self.digests = [sha256(data).hexdigest() for data in found]
        self.by_digest = dict(zip(self.digests, found, strict=True))
        self.damage = damage
        self.damage_told = False
        self.wanted: list[str] = []

    def fault(self) -> str | None:
        """Say what is wrong besides the envelopes that were wanted and not there."""
        if self.damage is not None:
            return None if self.damage_told else self.damage
        missing = [digest for digest in self.wanted if digest not in self.by_digest]
        if len(self.digests) > len(self.wanted):
            extra = len(self.digests) - len(self.wanted)
            return f"envelope bundle {self.number}: {extra} more than its entries are the first to refer to"
        present = [digest for digest in self.digests if digest in self.wanted]
        if present != [digest for digest in self.wanted if digest not in missing]:
            return f"envelope bundle {self.number}: not in the order in which the entries refer to them"
        return None


class BundleSource:
    """See :class:`ledger.source.Source`."""

    leaf_class: BreakClass = "tree"

    def __init__(self, files: Files) -> None:
        self._files = files
        self._size = 0
        self._skipped = 0
        self._wanted: Sequence[str] = ()
        """Of the envelope bundle in whose midst the entries begin, what those before have asked for."""
        self._envelopes: _Envelopes | None = None
        self._faults: list[Break] = []
        self._entry_faults: list[Break] = []
        """Of entry bundles that were read ahead; they stand in ``_faults`` when their turn has come."""
        self._opened: set[int] = set()
        self._ahead: dict[str, bytes] = {}
        """Tiles that were read along with their entries, and are asked for once more."""
        self._near: dict[int, tuple[list[bytes], str | None]] = {}
        """Envelope bundles that were read ahead."""
        self._found = 0
        for path in files.paths:
            part = _parse(path)
            if part is not None and part[0] == "tile/entries":
                self._found = max(self._found, part[1] * TILE_WIDTH + part[2])
        if not self._found and CHECKPOINT_PATH not in files.paths:
            raise Unreadable("neither a checkpoint nor entries are there: no bundle of a ledger")

    def size(self, committed: int | None) -> int:
        """See :meth:`ledger.source.Source.size`."""
        self._size = self._found if committed is None else committed
        return self._size

    def checkpoints(self) -> list[bytes]:
        """See :meth:`ledger.source.Source.checkpoints`."""
        try:
            return [self._files.read(CHECKPOINT_PATH, MAX_NOTE_BYTES)]
        except KeyError:
            return []
        except Malformed:
            return [b""]  # there is something, and it is no note

    def rows(self, size: int) -> Iterator[StoredEntries | Gap]:
        """See :meth:`ledger.source.Source.rows`."""
        position = self._skipped
        for number in self._bundles(size):
            start, width = number * TILE_WIDTH, tile_width(size, 0, number)
            if start > position:
                yield Gap(position, start, "missing", "no entry bundle holds them")
            for row in self._bundle(number, width):
                yield from _behind(row, position)
            position = start + width
        if position < size:
            yield Gap(position, size, "missing", "no entry bundle holds them")

    def skip(self, size: int, envelopes: Sequence[str]) -> None:
        """See :meth:`ledger.source.Source.skip`."""
        self._skipped, self._wanted = size, envelopes

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        """See :meth:`ledger.source.Source.read_tile`."""
        path = tile_path(level, number, width)
        data = self._ahead.pop(path, None) or self._files.read(path, TILE_BYTES)
        if len(data) != width * HASH_SIZE:
            raise Malformed(f"{path}: {len(data)} bytes, {width * HASH_SIZE} are wanted")
        return data

    def envelope(self, digest: str, index: int) -> bytes | None:
        """See :meth:`ledger.source.Source.envelope`."""
        bundle = self._advance(index // TILE_WIDTH)
        if digest not in bundle.wanted:
            bundle.wanted.append(digest)
        data = bundle.by_digest.get(digest)
        if data is None and bundle.damage is not None:
            bundle.damage_told = True
            raise Malformed(bundle.damage)
        return data

    def envelopes_near(self, rows: StoredEntries) -> list[bytes]:
        """See :meth:`ledger.source.Source.envelopes_near`."""
        number = rows.start // TILE_WIDTH
        self._near[number] = self._read_envelopes(number)
        return self._near[number][0]

    def faults(self, size: int) -> list[Break]:
        """See :meth:`ledger.source.Source.faults`."""
        for number in self._bundles(size):
            if number not in self._opened:
                self._advance(number)
        self._close()
        self._take_entry_faults(size)
        if CHECKPOINT_PATH not in self._files.paths:
            self._faults.append(Break("checkpoint", None, f"{CHECKPOINT_PATH}: no such file"))
        return self._faults + list(self._strangers(size))

    def notes(self) -> list[str]:
        """See :meth:`ledger.source.Source.notes`."""
        known = ("tile/", "envelopes/", DOCUMENTS)
        others = sorted(
            path
            for path in self._files.paths
            if path not in {CHECKPOINT_PATH, ANCHOR_PATH} and not path.startswith(known)
        )
        names = ", ".join(map(repr, others[:10]))
        return [f"not part of the ledger, not looked at: {names}"] if others else []

    def audit(self) -> Audit | None:
        """See :meth:`ledger.source.Source.audit`."""
        return None

    def _bundles(self, size: int) -> list[int]:
        """Return the numbers of the entry bundles that are there, at the width that this size gives them."""
        parts = map(_parse, self._files.paths)
        return sorted(
            part[1]
            for part in parts
            if part
            and part[0] == "tile/entries"
            and part[2] == (width := tile_width(size, 0, part[1]))
            and part[1] * TILE_WIDTH + width > self._skipped
        )

    def _bundle(self, number: int, width: int) -> Iterator[StoredEntries | Gap]:
        start = number * TILE_WIDTH
        path = entries_path(number, width)
        leaves: Sequence[bytes] = ()
        try:
            tile = self._ahead[tile_path(0, number, width)] = self.read_tile(0, number, width)
            leaves = Later(width, split, tile)
        except (KeyError, Malformed):
            pass  # the tree's fault, which shows when the tile is compared
        try:
            data = self._files.read(path, _MAX_ENTRIES_BYTES)
        except Malformed as error:
            yield Gap(start, start + width, "malformed", str(error))
            return
        entries: Sequence[bytes]
        try:
            check_entries(data, number, width)
            entries, damage = Later(width, decode_entries, data, number, width), None
        except Malformed as error:
            # One wrong length spoils what follows. The stored hashes tell how far the records are sound.
            entries, damage = _sound(data, leaves), str(error)
            leaves = leaves[: len(entries)]
        count = len(entries)
        if entries:
            yield StoredEntries(start, entries, leaves or [None] * count)
        if count < width:
            yield Gap(start + count, start + width, "malformed", f"{path}: {damage}")
        elif damage is not None:
            self._entry_faults.append(Break("malformed", start + width - 1, f"{path}: {damage}"))

    def _advance(self, number: int) -> _Envelopes:
        """Open envelope bundle ``number``; the one before is done with."""
        if self._envelopes is None or self._envelopes.number != number:
            self._take_entry_faults(number * TILE_WIDTH)
            self._close()
            self._envelopes = self._open(number)
            self._opened.add(number)
            self._near = {one: read for one, read in self._near.items() if one > number}
        return self._envelopes

    def _take_entry_faults(self, stop: int) -> None:
        """Let the faults of entry bundles below ``stop`` stand."""
        while self._entry_faults and (self._entry_faults[0].index or 0) < stop:
            self._faults.append(self._entry_faults.pop(0))

    def _open(self, number: int) -> _Envelopes:
        bundle = _Envelopes(number, *(self._near.get(number) or self._read_envelopes(number)))
        if number == self._skipped // TILE_WIDTH:
            bundle.wanted.extend(self._wanted)
        return bundle

    def _read_envelopes(self, number: int) -> tuple[list[bytes], str | None]:
        """Return the envelopes of a bundle, and its damage if it has any."""
        width = tile_width(self._size, 0, number)
        path = envelopes_path(number, width)
        try:
            data = self._files.read(path, _MAX_ENVELOPES_BYTES)
        except KeyError:
            return [], f"{path}: no such file"
        except Malformed as error:
            return [], str(error)
        try:
            return decode_envelopes(data, number, width), None
        except Malformed as error:
            return _records(data, 4, width), f"{path}: {error}"

    def _close(self) -> None:
        if self._envelopes is not None:
            fault = self._envelopes.fault()
            if fault is not None:
                self._faults.append(Break("envelope", self._envelopes.number * TILE_WIDTH, fault))
            self._envelopes = None

    def _strangers(self, size: int) -> Iterator[Break]:
        """Yield a break for every file that the bundle of this size does not have."""
        for path in sorted(self._files.paths):
            part = _parse(path)
            if path.startswith(DOCUMENTS):
                yield from self._document(path)
            elif path.startswith(("tile/", "envelopes/")) and (
                part is None or part[2] != tile_width(size, part[3], part[1])
            ):
                yield Break(
                    _stranger_class(path), None, f"{path!r}: a bundle of size {size} has no such file"
                )

    def _document(self, path: str) -> Iterator[Break]:
        try:
            digest = self._files.sha256(path)
        except Malformed as error:
            digest = str(error)
        if digest != path.removeprefix(DOCUMENTS):
            yield Break("attachment", None, f"{path!r}: its bytes hash to {digest}")


def open_bundle(path: str | Path) -> BundleSource:
    """Return the bundle in a directory or zip archive.

    Raises:
        Unreadable: there is none.
    """
    return BundleSource(open_files(Path(path)))


def _parse(path: str) -> tuple[str, int, int, int] | None:
    """Return (kind, number, width, level) of a tile, entry or envelope bundle; None for every other path."""
    match = _PART.match(path)
    if match is None:
        return None
    number = int(match["groups"].replace("x", "").replace("/", ""))
    width = int(match["width"] or TILE_WIDTH)
    level = int(match["level"] or 0)
    if not 1 <= width <= TILE_WIDTH:
        return None
    kind = match["kind"]
    if kind == "tile/entries":
        same = entries_path(number, width)
    elif kind == "envelopes":
        same = envelopes_path(number, width)
    else:
        same = tile_path(level, number, width) if level <= 63 else ""
    return (kind, number, width, level) if same == path else None


def _behind(row: StoredEntries | Gap, start: int) -> Iterator[StoredEntries | Gap]:
    """Yield what is not below ``start``, if anything is not."""
    before = max(0, start - row.start)
    if not before:
        yield row
    elif isinstance(row, Gap):
        if row.stop > start:
            yield Gap(start, row.stop, row.class_, row.detail)
    elif before < len(row.data):
        yield StoredEntries(start, row.data[before:], row.leaves[before:])


def _stranger_class(path: str) -> BreakClass:
    if path.startswith("envelopes/"):
        return "envelope"
    return "malformed" if path.startswith("tile/entries/") else "tree"


def _sound(data: bytes, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the entries of a damaged bundle up to the first that the stored hashes do not bear out."""
    sound: list[bytes] = []
    for record, leaf in zip(_records(data, 2, TILE_WIDTH), leaves, strict=False):
        if leaf_hash(record) != leaf:
            break
        sound.append(record)
    return sound


def _records(data: bytes, length_bytes: int, most: int) -> list[bytes]:
    """Return the whole records at the beginning of ``data``, as far as their lengths lead."""
    records: list[bytes] = []
    offset = 0
    while offset + length_bytes <= len(data) and len(records) < most:
        start = offset + length_bytes
        offset = start + int.from_bytes(data[offset:start], "big")
        if offset > len(data):
            break
        records.append(data[start:offset])
    return records
