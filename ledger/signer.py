"""The checkpoint signer: it never signs two checkpoints of which one does not extend the other.

Whoever holds a signed checkpoint relies on the ledger only ever growing from there. The database cannot be
asked whether that holds, for it may have been restored from a backup or rewritten. So the last note released
is kept in a file beside the key, outside the database, and a new root is never taken from the database: it is
made by hashing the new entries onto the tree that the remembered note already commits to. What is signed is
therefore consistent with what was signed before, whatever the database says.

The file holds the note itself. If it is lost, copy the latest published checkpoint there; without it the
signer knows of no obligation, hashes every entry from 0 and signs what it finds.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.canonical import Malformed
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.merkle import TileReader, Tree, leaf_hash, tree_at
from ledger.note import MAX_NOTE_BYTES, NoteSigner, SignatureFailed, UnknownKeys, VerifierKey, sign_note

_BATCH = 4096  # entries hashed at a time: at most 256 MiB in memory


class EntryReader(Protocol):
    """Where the bytes of the entries are read."""

    def entries(self, start: int, stop: int) -> Iterable[bytes]:
        """Return the entries of index ``start`` to ``stop`` − 1, in order."""
        ...


class ReleaseRefused(Exception):
    """The signer does not sign; nothing was signed and its memory is unchanged."""


class StaleStore(ReleaseRefused):
    """The store is asked for at a smaller size than the last checkpoint released.

    It is an old or restored database, unless another process released a larger checkpoint meanwhile: read the
    head again, and if it is still below ``remembered_size`` the store has lost entries.
    """

    def __init__(self, size: int, remembered_size: int) -> None:
        super().__init__(f"the store has size {size}, a checkpoint of size {remembered_size} was released")
        self.size = size
        self.remembered_size = remembered_size


class ForkRefused(ReleaseRefused):
    """The store does not continue what the last checkpoint released commits to."""


class MemoryBroken(ReleaseRefused):
    """The file with the last checkpoint released does not hold a checkpoint signed by this key."""


class CheckpointSigner:
    """The operator's checkpoint key with its memory; several processes may share both.

    The name of the key is the ledger's origin. ``memory`` is the path of the file with the last note released
    (absent before the first); ``<memory>.lock`` beside it is locked while a checkpoint is made.
    """

    def __init__(self, origin: str, private_key: Ed25519PrivateKey, memory: Path) -> None:
        self._signer = NoteSigner(origin, private_key)
        self._memory = memory

    @property
    def verifier_key(self) -> VerifierKey:
        """The key that the checkpoints verify under."""
        return self._signer.verifier_key

    def last_released(self) -> bytes | None:
        """Return the last note released, or None before the first.

        Raises:
            MemoryBroken: the file holds something else.
        """
        remembered = self._remembered()
        return remembered[0] if remembered else None

    def release(self, size: int, entries: EntryReader, tiles: TileReader) -> bytes:
        """Return a signed checkpoint of the store's first ``size`` entries.

        The entries since the last checkpoint are read back as bytes and hashed again. For the size of the
        last checkpoint the same note is returned. An error of a reader passes through; nothing is signed.

        Raises:
            StaleStore: ``size`` is smaller than the last released.
            ForkRefused: the store's tree is not that of the last checkpoint, or not that of its own entries.
            MemoryBroken: the last checkpoint cannot be read.
        """
        with self._locked():
            remembered = self._remembered()
            if remembered is None:
                return self._sign(_extend(Tree.empty(), size, entries, tiles))
            note, last = remembered
            if size < last.size:
                raise StaleStore(size, last.size)
            tree = _stored_tree(tiles, last.size)
            if tree.root() != last.root:
                raise ForkRefused(
                    f"at size {last.size} the store's root is {tree.root().hex()}, "
                    f"the checkpoint released has {last.root.hex()}"
                )
            if size == last.size:
                return note
            return self._sign(_extend(tree, size, entries, tiles))

    def _sign(self, tree: Tree) -> bytes:
        checkpoint = Checkpoint(self.verifier_key.name, tree.size, tree.root())
        note = sign_note(checkpoint.text(), self._signer)
        # The signature exists, but only here: a crash up to this line leaves the old memory and no promise.
        self._remember(note)
        # The promise is durable and nobody has seen it. A crash now loses nothing: the next release for this
        # size returns the same bytes, and one for another size has to extend it.
        return note

    def _remember(self, note: bytes) -> None:
        """Replace the memory: at every instant the file is the whole old note or the whole new one."""
        fresh = self._memory.with_name(f"{self._memory.name}.new")
        with fresh.open("wb") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        # The new note is durable under its temporary name. A crash here leaves the old memory in force and a
        # stray file that the next release overwrites.
        fresh.replace(self._memory)
        # The new note is in force for every process, but after a power failure the name may still point to
        # the old one. So the note must not leave before the directory is durable too.
        directory = os.open(self._memory.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def _remembered(self) -> tuple[bytes, Checkpoint] | None:
        try:
            with self._memory.open("rb") as file:
                note = file.read(MAX_NOTE_BYTES + 1)
        except FileNotFoundError:
            return None
        try:
            return note, open_checkpoint(note, self.verifier_key)
        except (Malformed, UnknownKeys, SignatureFailed) as error:
            raise MemoryBroken(f"{self._memory}: not a checkpoint of {self.verifier_key}: {error}") from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep out other threads and processes; the system lets go of the lock of a process that dies."""
        lock = os.open(self._memory.with_name(f"{self._memory.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _stored_tree(tiles: TileReader, size: int) -> Tree:
    try:
        return tree_at(tiles, size)
    except (Malformed, LookupError) as error:
        raise ForkRefused(f"at size {size} the store has no tree: {error}") from error


def _extend(tree: Tree, size: int, entries: EntryReader, tiles: TileReader) -> Tree:
    """Hash the store's entries up to ``size`` onto ``tree``; the store's own tree must be the result."""
    start = tree.size
    unread = iter(entries.entries(start, size))
    while batch := [leaf_hash(entry) for entry in islice(unread, _BATCH)]:
        tree.append(batch)
    if tree.size != size:
        raise ForkRefused(
            f"the store gave {tree.size - start} entries where those of {start} to {size - 1} were asked for"
        )
    stored = _stored_tree(tiles, size)
    if stored.edge != tree.edge:  # of one size: then they are one tree, and no root need be made to say so
        raise ForkRefused(
            f"at size {size} the store's root is {stored.root().hex()}, its entries from {start} on hash to "
            f"{tree.root().hex()}"
        )
    return tree
