"""ledger.signer: with real files, threads and processes; the store is a list that can be tampered with."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoint import Checkpoint, NoteSigner, open_checkpoint, sign_note
from ledger.merkle import EMPTY_ROOT, consistency_proof, verify_consistency
from ledger.signer import CheckpointSigner, ForkRefused, MemoryBroken, ReleaseRefused, StaleStore
from tests.support.merkle import ListReader, naive_root

ORIGIN = "demo.example/log"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WORDS = [f"entry {number}".encode() for number in range(600)]
STORE = ListReader(WORDS)


def signer_in(folder: Path) -> CheckpointSigner:
    return CheckpointSigner(ORIGIN, KEY, folder / "checkpoint.key.released")


def release(signer: CheckpointSigner, size: int, store: ListReader = STORE) -> Checkpoint:
    note = signer.release(size, store, store)
    assert signer.last_released() == note
    return open_checkpoint(note, signer.verifier_key)


class Recording(ListReader):
    """A store that notes which entries were read."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        super().__init__(entries)
        self.read: list[tuple[int, int]] = []

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        self.read.append((start, stop))
        return super().entries(start, stop)


def test_the_first_release_hashes_everything(tmp_path: Path) -> None:
    """Given no memory and 300 entries, when a checkpoint is released, then all of them were read."""
    store = Recording(WORDS[:300])
    signer = signer_in(tmp_path)

    assert signer.last_released() is None
    assert release(signer, 300, store) == Checkpoint(ORIGIN, 300, naive_root(store.leaves))
    assert store.read == [(0, 300)]


def test_later_releases_hash_what_is_new(tmp_path: Path) -> None:
    """Given a checkpoint released, when more entries come, then only they are read and the two agree."""
    store = Recording(WORDS)
    sizes = [0, 1, 255, 256, 257, 600]
    released = [release(signer_in(tmp_path), size, store) for size in sizes]

    assert store.read == [(0, 0), (0, 1), (1, 255), (255, 256), (256, 257), (257, 600)]
    assert released[0].root == EMPTY_ROOT
    for old, new in pairwise(released[1:]):
        proof = consistency_proof(store, old.size, new.size)
        verify_consistency(old.size, new.size, proof, old.root, new.root)


def test_more_entries_than_are_hashed_at_a_time(tmp_path: Path) -> None:
    """Given 9,000 entries, when the first checkpoint is released, then its root is that of all of them."""
    store = ListReader([str(number).encode() for number in range(9_000)])
    assert release(signer_in(tmp_path), 9_000, store).root == naive_root(store.leaves)


def test_the_same_size_gives_the_same_note(tmp_path: Path) -> None:
    """Given a checkpoint released, when the size is asked for again, then its very bytes are returned."""
    signer = signer_in(tmp_path)
    memory = tmp_path / "checkpoint.key.released"
    first = signer.release(300, STORE, STORE)
    # Another signature has come since, as of a witness: the bytes are the file's, not made anew.
    witness = NoteSigner("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
    countersigned = first + witness.sign(Checkpoint(ORIGIN, 300, bytes(32)).text()).line().encode()
    memory.write_bytes(countersigned)

    store = Recording(WORDS)
    assert signer.release(300, store, store) == countersigned
    assert store.read == []


def test_a_stale_store(tmp_path: Path) -> None:
    """Given a checkpoint of 300, when a restored store asks for 200, then it is refused with both sizes."""
    signer = signer_in(tmp_path)
    release(signer, 300)
    old = ListReader(WORDS[:200])

    with pytest.raises(StaleStore, match="size 200, a checkpoint of size 300") as refusal:
        signer.release(200, old, old)
    assert (refusal.value.size, refusal.value.remembered_size) == (200, 300)
    assert open_checkpoint(signer.last_released() or b"", signer.verifier_key).size == 300


@pytest.mark.parametrize("changed", [0, 128, 255, 256, 299])
@pytest.mark.parametrize("size", [300, 301, 600])
def test_a_fork(tmp_path: Path, changed: int, size: int) -> None:
    """Given a checkpoint of 300, when an earlier entry was exchanged in the store, then nothing is signed."""
    signer = signer_in(tmp_path)
    first = release(signer, 300)
    forked = ListReader([*WORDS[:changed], b"another past", *WORDS[changed + 1 :]])

    with pytest.raises(
        ForkRefused, match=f"at size 300 .*{naive_root(forked.leaves[:300]).hex()}"
    ) as refusal:
        signer.release(size, forked, forked)
    assert first.root.hex() in str(refusal.value)
    assert open_checkpoint(signer.last_released() or b"", signer.verifier_key) == first
    assert release(signer, 600) == Checkpoint(ORIGIN, 600, naive_root(STORE.leaves))


def test_old_tiles_over_another_past_do_not_help(tmp_path: Path) -> None:
    """Given the true tiles and exchanged new entries, when a checkpoint is asked for, then it is refused."""
    signer = signer_in(tmp_path)
    release(signer, 300)
    entries = ListReader([*WORDS[:400], b"exchanged", *WORDS[401:]])

    with pytest.raises(ForkRefused, match=f"at size 600 .*{naive_root(STORE.leaves).hex()}") as refusal:
        signer.release(600, entries, STORE)
    assert naive_root(entries.leaves).hex() in str(refusal.value)


def test_the_first_release_checks_the_stores_tree_too(tmp_path: Path) -> None:
    """Given no memory and tiles that are not those of the entries, when asked, then nothing is signed."""
    signer = signer_in(tmp_path)
    tiles = ListReader([b"exchanged", *WORDS[1:]])
    with pytest.raises(ForkRefused, match="its entries from 0 on hash to"):
        signer.release(600, STORE, tiles)
    assert signer.last_released() is None


@pytest.mark.parametrize("given", [599, 0])
def test_missing_entries(tmp_path: Path, given: int) -> None:
    """Given a store that gives fewer entries than its size, when asked, then nothing is signed."""
    signer = signer_in(tmp_path)
    with pytest.raises(ForkRefused, match=f"gave {given} entries where those of 0 to 599"):
        signer.release(600, ListReader(WORDS[:given]), STORE)
    assert signer.last_released() is None


@pytest.mark.parametrize("keep", [0, 1, 40, -1])
def test_a_torn_memory(tmp_path: Path, keep: int) -> None:
    """Given a memory cut short, when a checkpoint is asked for, then the signer stops."""
    signer = signer_in(tmp_path)
    note = signer.release(300, STORE, STORE)
    (tmp_path / "checkpoint.key.released").write_bytes(note[:keep])

    with pytest.raises(MemoryBroken, match="not a checkpoint of"):
        signer.release(600, STORE, STORE)
    with pytest.raises(MemoryBroken):
        signer.last_released()


def test_any_changed_byte_of_the_memory_stops_the_signer(tmp_path: Path) -> None:
    """Given a memory with one byte changed, when a checkpoint is asked for, then the signer stops."""
    signer = signer_in(tmp_path)
    note = signer.release(3, STORE, STORE)
    for place in range(len(note)):
        changed = note[:place] + bytes([note[place] ^ 1]) + note[place + 1 :]
        (tmp_path / "checkpoint.key.released").write_bytes(changed)
        with pytest.raises(MemoryBroken):
            signer.release(4, STORE, STORE)


def test_the_memory_of_another_key(tmp_path: Path) -> None:
    """Given a memory signed by another key of the same name, when asked, then the signer stops."""
    other = NoteSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
    forged = sign_note(Checkpoint(ORIGIN, 1, STORE.leaves[0]).text(), other)
    (tmp_path / "checkpoint.key.released").write_bytes(forged)
    with pytest.raises(MemoryBroken, match="none of these keys is known"):
        signer_in(tmp_path).release(600, STORE, STORE)


def test_a_published_checkpoint_restores_a_lost_memory(tmp_path: Path) -> None:
    """Given a lost memory, when the last published note is put there, then forks are refused again."""
    signer = signer_in(tmp_path)
    published = signer.release(300, STORE, STORE)
    memory = tmp_path / "checkpoint.key.released"
    memory.unlink()
    memory.write_bytes(published)

    forked = ListReader([b"another past", *WORDS[1:]])
    with pytest.raises(ForkRefused):
        signer.release(600, forked, forked)


def test_a_crash_before_the_memory_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a crash after the new note was written aside, when started again, then the old one counts."""
    signer = signer_in(tmp_path)
    first = signer.release(300, STORE, STORE)

    def crash(*_: object) -> None:
        raise OSError("power failure")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", crash)
        with pytest.raises(OSError, match="power failure"):
            signer.release(400, STORE, STORE)

    assert signer_in(tmp_path).last_released() == first
    assert release(signer_in(tmp_path), 350).size == 350


def test_a_crash_after_the_memory_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a crash when the new note was durable but not given out, then the next release keeps to it."""
    signer = signer_in(tmp_path)
    fsync, calls = os.fsync, 0

    def crash_at_the_directory(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError("power failure")
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", crash_at_the_directory)
        with pytest.raises(OSError, match="power failure"):
            signer.release(300, STORE, STORE)

    assert calls == 2
    forked = ListReader([b"another past", *WORDS[1:]])
    with pytest.raises(ForkRefused):
        signer_in(tmp_path).release(300, forked, forked)
    assert release(signer_in(tmp_path), 300).root == naive_root(STORE.leaves[:300])


def test_a_missing_tile(tmp_path: Path) -> None:
    """Given a store whose tree ends before its entries, when asked, then nothing is signed."""
    with pytest.raises(ForkRefused, match=r"at size 600 the store has no tree: .*tile 0/2 of width 88"):
        signer_in(tmp_path).release(600, STORE, ListReader(WORDS[:599]))


@pytest.mark.parametrize("size", [300, 600])
def test_a_broken_tile(tmp_path: Path, size: int) -> None:
    """Given a store with a short tile, when a checkpoint is asked for, then nothing is signed."""

    class Short(ListReader):
        def read_tile(self, level: int, number: int, width: int) -> bytes:
            return super().read_tile(level, number, width)[:-1]

    signer = signer_in(tmp_path)
    release(signer, 300)
    with pytest.raises(ForkRefused, match="at size 300 the store has no tree: tile 1 of level 0: 1407 bytes"):
        signer.release(size, STORE, Short(WORDS))
    assert release(signer, 600).size == 600


def test_an_error_of_the_store_passes_through(tmp_path: Path) -> None:
    """Given a store that cannot be read, when it works again, then no lock and no half note is left."""

    class Unreadable(ListReader):
        def entries(self, start: int, stop: int) -> Iterator[bytes]:
            raise OSError("disk gone")

    signer = signer_in(tmp_path)
    broken = Unreadable(WORDS)
    with pytest.raises(OSError, match="disk gone"):
        signer.release(600, broken, broken)
    assert signer.last_released() is None
    assert release(signer, 600).size == 600


def test_threads_share_a_signer(tmp_path: Path) -> None:
    """Given two pasts, when threads ask for checkpoints of both at once, then one past alone is signed."""
    signer = signer_in(tmp_path)
    forked = ListReader([b"another past", *WORDS[1:]])

    def ask(number: int) -> bytes | None:
        store = forked if number % 2 else STORE
        try:
            return signer.release(100 + number, store, store)
        except ReleaseRefused:
            return None

    with ThreadPoolExecutor(8) as pool:
        notes = [note for note in pool.map(ask, range(40)) if note]
    _assert_one_past(notes, [STORE, forked])


def _ask_in_a_process(folder: Path, past: bytes, sizes: list[int]) -> list[bytes]:
    store = ListReader([past, *WORDS[1:]])
    notes: list[bytes] = []
    for size in sizes:
        try:
            notes.append(signer_in(folder).release(size, store, store))
        except ReleaseRefused:
            notes.append(b"")
    return notes


def test_processes_share_a_key(tmp_path: Path) -> None:
    """Given processes with stores of different pasts, when all ask at once, then one past alone is signed."""
    pasts = [b"entry 0", b"another past"]
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        asked = [(tmp_path, pasts[n % 2], list(range(10 + n, 200, 10))) for n in range(4)]
        notes = [note for answers in pool.starmap(_ask_in_a_process, asked) for note in answers if note]
    _assert_one_past(notes, [ListReader([past, *WORDS[1:]]) for past in pasts])


def _assert_one_past(notes: list[bytes], stores: list[ListReader]) -> None:
    key = NoteSigner(ORIGIN, KEY).verifier_key
    signed = [open_checkpoint(note, key) for note in notes]
    assert signed
    agreeing = [
        store
        for store in stores
        if all(naive_root(store.leaves[: checkpoint.size]) == checkpoint.root for checkpoint in signed)
    ]
    assert len(agreeing) == 1
