"""The head against the last entries: size, leaf hash, time, and the right edge of the Merkle tree.

Everything is hashed from the bytes of the entries, at most 512 of them and one tile a level, whatever the
size of the ledger. Others may append meanwhile: nothing that was there once is expected to change.
"""

from collections.abc import Iterator

from ledger.doctor.finding import AUDIT, Outcome, failed, ok, warning
from ledger.entry import parse_entry
from ledger.merkle import HASH_SIZE, TILE_WIDTH, leaf_hash, root
from ledger.merkle.hashes import split
from ledger.store import Head, Reader


def check_head(store: Reader) -> Outcome:
    """Compare the head with the entries that it stands for."""
    head = store.head()
    faults = list(_faults(store, head))
    if faults:
        return failed("; ".join(faults), AUDIT)
    if not head.size:
        return warning("the ledger has no entries", "`quota-ledger init` opens a ledger")
    return ok(f"{head.size} entries, the last recorded at {head.recorded_at}")


def _faults(store: Reader, head: Head) -> Iterator[str]:
    size = head.size
    # An entry beyond the head is one that was appended just now, or the head was put back.
    if next(iter(store.entries(size, size + 1)), None) is not None and store.head().size <= size:
        yield f"the head says {size} entries, and there is an entry {size}"
    if head.tree.size != size:
        yield f"the head says {size} entries, its tree has {head.tree.size}"
    if not size:
        return
    last = next(iter(store.entries(size - 1, size)), None)
    if last is None:
        yield f"the head says {size} entries, entry {size - 1} is not there"
        return
    leaf = leaf_hash(last)
    if leaf != head.leaf_hash:
        yield f"the head's leaf hash is not that of entry {size - 1}"
    if leaf != next(iter(store.leaf_hashes(size - 1, size)), None):
        yield f"the leaf hash stored with entry {size - 1} is not that of its bytes"
    if (stated := parse_entry(last).header).index != size - 1:
        yield f"entry {size - 1} calls itself {stated.index}"
    if stated.recorded_at != head.recorded_at:
        yield f"entry {size - 1} was recorded at {stated.recorded_at}, the head says {head.recorded_at!r}"
    if head.tree.size == size:
        yield from _edge_faults(store, head)


def _edge_faults(store: Reader, head: Head) -> Iterator[str]:
    """Hash the last entries, then each level's last full tile into the level above."""
    size, edge = head.size, head.tree.edge
    full = size // TILE_WIDTH * TILE_WIDTH
    if edge[0] != b"".join(map(leaf_hash, store.entries(full, size))):
        yield f"the head's tree does not hold the entries from {full} on"
    if full:
        below = b"".join(map(leaf_hash, store.entries(full - TILE_WIDTH, full)))
        if below != _tile(store, 0, full // TILE_WIDTH - 1):
            yield f"tile 0/{full // TILE_WIDTH - 1} does not hold the entries from {full - TILE_WIDTH} on"
    count, level = full // TILE_WIDTH, 1
    while count:
        number, place = divmod(count - 1, TILE_WIDTH)
        # The last hash of this level lies in the head's edge, or in a tile that is just full.
        hashes = edge[level] if count % TILE_WIDTH else _tile(store, level, number)
        below = root(split(_tile(store, level - 1, count - 1)))
        if hashes[place * HASH_SIZE : (place + 1) * HASH_SIZE] != below:
            yield f"level {level} of the tree does not follow from tile {level - 1}/{count - 1}"
        count, level = count // TILE_WIDTH, level + 1


def _tile(store: Reader, level: int, number: int) -> bytes:
    return store.read_tile(level, number, TILE_WIDTH)
