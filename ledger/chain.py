"""Does a store of bare entries hold together? For applications that keep their events in a ledger store.

A ledger of signed statements has far more to ask (``ledger.verification``). A bare entry has a hash, a link
to the entry before and a place in the Merkle tree. They show every change that was not carried through to the
end; one that was, by somebody who wrote all that follows anew, shows only against a size and root that were
kept elsewhere (``held``).
"""

from collections.abc import Iterator, Mapping

from ledger.canonical import Malformed
from ledger.entry import Header, parse_entry
from ledger.merkle import HASH_SIZE, Tile, Tree, leaf_hash
from ledger.source import Break
from ledger.store import Reader


def chain_breaks(store: Reader, held: Mapping[int, bytes] | None = None) -> Iterator[Break]:
    """Hash, chain and gather every entry anew, in bounded memory, and yield what does not agree.

    Looked at are each entry's form, index, link, instant and stored hash, whether its type and tags lead to
    it, and the tree and head of the store. Rows that lead to an entry by a tag that it lacks are not sought.

    Args:
        store: what to read; what is appended meanwhile is not looked at.
        held: roots that are known from elsewhere, by size (``head().size``, ``head().tree.root()``).

    Raises:
        StoreError: the store cannot be read.
    """
    head, held = store.head(), held or {}
    tree, recorded_at, tiles_hold = Tree.empty(), "", True
    # What the next link may name. A stored hash that is wrong is one break, not also one of the next link.
    links = {bytes(HASH_SIZE)}
    rows = zip(store.entries(0, head.size), store.leaf_hashes(0, head.size), strict=False)
    for index, (data, stored) in enumerate(rows):
        try:
            header = parse_entry(data).header
        except Malformed as error:
            yield Break("malformed", index, str(error))
        else:
            if header.index != index:
                yield Break("missing", index, f"entry {header.index} is in its place")
            if bytes.fromhex(header.prev) not in links:
                yield Break("prev", index, "it does not follow the entry before it")
            if header.recorded_at < recorded_at:
                yield Break("time", index, "it is recorded earlier than the entry before it")
            if not _is_found(store, index, header):
                yield Break("keys", index, "its type and tags do not lead to it")
            recorded_at = header.recorded_at
        leaf = leaf_hash(data)
        if leaf != stored:
            yield Break("leaf", index, "the stored hash is not that of the entry")
        links = {leaf, stored}
        for tile in tree.append([leaf]):
            tiles_hold = tiles_hold and _is_stored(store, tile)
        if tree.size in held and tree.root() != held[tree.size]:
            yield Break("inconsistent", index, f"the root of size {tree.size} is not the one that is held")
    if tree.size != head.size:
        yield Break("missing", tree.size, f"the head says {head.size} entries, {tree.size} are there")
    if head.leaf_hash not in links:
        yield Break("leaf", tree.size - 1, "the head names another hash for the last entry")
    if not tiles_hold or head.tree.root() != tree.root():
        yield Break("tree", None, "the stored tree is not that of the entries")
    for size in sorted(size for size in held if size > tree.size):
        yield Break("inconsistent", tree.size, f"the store ends before size {size}, whose root is held")


def _is_found(store: Reader, index: int, header: Header) -> bool:
    tags = {subject.key for subject in header.subjects} | set(header.tags)
    return any(True for _ in store.matching({header.type}, tags, index, index + 1))


def _is_stored(store: Reader, tile: Tile) -> bool:
    try:
        return store.read_tile(tile.level, tile.number, tile.width) == tile.data
    except KeyError:
        return False
