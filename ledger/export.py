"""Writes the evidence bundle: a whole ledger as files, under one checkpoint (see ``ledger.bundle``).

The same ledger at the same size gives the same bytes, as a directory or as a zip archive. It is written
under another name beside its place and renamed when it is whole: what fails leaves nothing behind.
"""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Final, Protocol

from ledger.anchor import Anchor
from ledger.bundle import ANCHOR_PATH, DOCUMENTS
from ledger.canonical import Malformed
from ledger.checkpoint import open_checkpoint
from ledger.entry import parse_entry, parse_statement
from ledger.merkle import TILE_WIDTH, Tile, Tree, leaf_hash, tile_width
from ledger.tiles import (
    CHECKPOINT_PATH,
    encode_entries,
    encode_envelopes,
    entries_path,
    envelopes_path,
    tile_path,
)

Progress = Callable[[int, int], None]
Put = Callable[[str, bytes], None]

_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive can state
_FILE_MODE: Final = 0o100644 << 16


class ExportRefused(Exception):
    """The bundle was not written, and nothing was left behind; exit code 1."""


class LedgerReader(Protocol):
    """What an export reads of a store."""

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the entries start ≤ index < stop."""
        ...

    def envelope(self, digest: str) -> bytes | None:
        """Return an envelope that entered."""
        ...


def export_bundle(
    reader: LedgerReader,
    note: bytes,
    anchor: Anchor,
    out: str | Path,
    progress: Progress | None = None,
    documents: Path | None = None,
) -> int:
    """Write the ledger up to the checkpoint ``note`` and return its size.

    Args:
        reader: the store.
        note: a checkpoint that the anchor's key signed.
        anchor: goes along as ``anchor.json``, for convenience.
        out: a directory that is not there or empty, or a path ending in ``.zip`` that is not there.
        progress: told (entries written, size).
        documents: a folder of which goes along what the entries name; None: none do.

    Raises:
        Malformed, UnknownKeys, SignatureFailed: the note is not such a checkpoint.
        ExportRefused: the place is taken or cannot be written, or the store is not what the checkpoint says.
    """
    checkpoint = open_checkpoint(note, anchor.operator_key)
    try:
        with place_for(Path(out)) as put:
            named: set[str] | None = None if documents is None else set()
            root = _write(reader, checkpoint.size, put, progress, named)
            if documents is not None and named is not None:
                put_documents(documents, named, put)
            if root != checkpoint.root:
                raise ExportRefused(
                    f"the store does not have the checkpoint's root at size {checkpoint.size}"
                )
            put(CHECKPOINT_PATH, note)
            put(ANCHOR_PATH, anchor.to_bytes())
    except OSError as error:
        raise ExportRefused(f"{out}: cannot be written: {error}") from error
    return checkpoint.size


def _write(
    reader: LedgerReader, size: int, put: Put, progress: Progress | None, named: set[str] | None
) -> bytes:
    """Write entries, envelopes and tiles; return the root over what was written.

    The documents that the entries name are added to ``named``, if it is wanted.
    """
    tree = Tree.empty()
    last_envelope: str | None = None
    for start in range(0, size, TILE_WIDTH):
        number = start // TILE_WIDTH
        width = tile_width(size, 0, number)
        entries = read_entries(reader, number, width)
        envelopes, last_envelope = read_envelopes(reader, start, entries, last_envelope)
        put(entries_path(number, width), encode_entries(entries))
        put(envelopes_path(number, width), encode_envelopes(envelopes))
        if named is not None:
            named.update(name for data in entries for name in named_in(data))
        for tile in tree.append(map(leaf_hash, entries)):
            _put_tile(tile, put)
        if progress is not None:
            progress(start + width, size)
    for tile in tree.partial_tiles():
        _put_tile(tile, put)
    return tree.root()


def read_entries(reader: LedgerReader, number: int, width: int) -> list[bytes]:
    """Return the entries of bundle ``number``.

    Raises:
        ExportRefused: the store has fewer.
    """
    start = number * TILE_WIDTH
    entries = list(reader.entries(start, start + width))
    if len(entries) != width:
        raise ExportRefused(f"the store has no entry {start + len(entries)}, the checkpoint commits to it")
    return entries


def read_envelopes(
    reader: LedgerReader, start: int, entries: Sequence[bytes], before: str | None
) -> tuple[list[bytes], str | None]:
    """Return the envelopes to which ``entries`` are the first to refer, in order.

    Args:
        reader: the store.
        start: index of the first of them.
        entries: of one bundle.
        before: digest of the last envelope that the entries before ``start`` refer to.

    Returns:
        The envelopes, and the digest that is ``before`` for the next bundle.

    Raises:
        ExportRefused: an envelope is missing, or an entry is none.
    """
    envelopes: list[bytes] = []
    for offset, data in enumerate(entries):
        try:
            digest = parse_entry(data).header.envelope
        except Malformed as error:
            raise ExportRefused(f"the store's entry {start + offset}: {error}") from None
        # The entries of an envelope stand together, so a new digest is one never referred to before.
        if digest is None or digest == before:
            continue
        envelope = reader.envelope(digest)
        if envelope is None:
            raise ExportRefused(f"the store has no envelope {digest}, to which entry {start + offset} refers")
        envelopes.append(envelope)
        before = digest
    return envelopes, before


def _put_tile(tile: Tile, put: Put) -> None:
    put(tile_path(tile.level, tile.number, tile.width), tile.data)


def refuse_taken(out: Path) -> None:
    """Raise ExportRefused where no bundle can be put."""
    as_zip = out.suffix == ".zip"
    if os.path.lexists(out) and (as_zip or not out.is_dir() or any(out.iterdir())):
        raise ExportRefused(f"{out}: is there already{'' if as_zip else ' and not an empty directory'}")


@contextmanager
def place_for(out: Path) -> Iterator[Put]:
    """Give a function that writes a file of the bundle, which stands in its place when all is written."""
    refuse_taken(out)
    as_zip = out.suffix == ".zip"
    out.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        if as_zip:
            with _zip_writer(made / out.name) as put:
                yield put
            (made / out.name).rename(out)
        else:
            bundle = made / out.name
            bundle.mkdir()
            yield _directory_writer(bundle)
            bundle.rename(out)  # takes the place of an empty directory, and of no other
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _directory_writer(root: Path) -> Put:
    def put(path: str, data: bytes) -> None:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    return put


@contextmanager
def _zip_writer(path: Path) -> Iterator[Put]:
    with path.open("xb") as file, _archive(file) as archive:

        def put(name: str, data: bytes) -> None:
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.create_system = 3  # Unix wherever it is made, so that the bytes are the same
            info.external_attr = _FILE_MODE
            archive.writestr(info, data)

        yield put


def _archive(file: IO[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)  # stored: compressors differ between machines


def named_in(entry: bytes) -> list[str]:
    """Return the digests (lower-case hex) of the documents that an entry of the store names."""
    statement = parse_statement(parse_entry(entry).statement)
    return [one["sha256"] for one in statement["attachments"]]


def put_documents(folder: Path, digests: Iterable[str], put: Put) -> None:
    """Put each document that is there into the bundle, in ascending order.

    Raises:
        ExportRefused: a file does not hash to its name.
    """
    for digest in sorted(set(digests)):
        path = folder / digest
        if not path.is_file():
            continue
        data = path.read_bytes()
        if sha256(data).hexdigest() != digest:
            raise ExportRefused(f"{path}: its bytes do not hash to its name")
        put(f"{DOCUMENTS}{digest}", data)
