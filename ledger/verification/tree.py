"""The Merkle tree, made again from the entries and compared with tiles and checkpoints of every size."""

from collections import defaultdict

from ledger.canonical import Malformed
from ledger.merkle import HASH_SIZE, TILE_WIDTH, Tile, Tree, split
from ledger.source import Source
from ledger.verification.anchoring import Commitment, Commitments
from ledger.verification.result import Breaks


class TreePass:
    """The leaf hashes in order, and the tree over them.

    The hashes stay in memory (32 bytes an entry) so that ``seen`` can name any of them.
    """

    def __init__(self, source: Source, commitments: Commitments, breaks: Breaks) -> None:
        self._source = source
        self._breaks = breaks
        self._tree = Tree.empty()
        self._hashes = bytearray()
        self._due: defaultdict[int, list[Commitment]] = defaultdict(list)
        for commitment in commitments.all:
            self._due[commitment.checkpoint.size].append(commitment)
        self._compare_roots(0)

    @property
    def size(self) -> int:
        """The number of leaves so far."""
        return len(self._hashes) // HASH_SIZE

    def leaf(self, index: int) -> bytes:
        """Return the leaf hash of an entry below ``size``."""
        return bytes(self._hashes[index * HASH_SIZE : (index + 1) * HASH_SIZE])

    def add(self, leaf: bytes) -> None:
        """Append a leaf; a tile that becomes full and a size that a checkpoint states are compared."""
        self._hashes += leaf
        self._reached(self.size)

    def extend(self, leaves: bytes) -> None:
        """Append joined leaves, none of them beyond the end of a tile."""
        size = self.size + len(leaves) // HASH_SIZE
        if any(self.size < due < size for due in self._due):
            for leaf in split(leaves):
                self.add(leaf)
            return
        self._hashes += leaves
        self._reached(size)

    def would_fit(self, leaf: bytes) -> bool:
        """Say whether a checkpoint states the root that the tree would have with this leaf."""
        due = self._due.get(self.size + 1)
        if not due:
            return False
        tree = self._tree.copy()
        tree.extend(self._pending() + leaf)
        return any(commitment.checkpoint.root == tree.root() for commitment in due)

    def finish(self) -> bytes:
        """Compare the incomplete tiles and what no size has answered yet; return the root."""
        self._flush()
        for tile in self._tree.partial_tiles():
            self._compare_tile(tile)
        for size, commitments in sorted(self._due.items()):
            for commitment in commitments:
                self._beyond(size, commitment)
        return self._tree.root()

    def _reached(self, size: int) -> None:
        if size % TILE_WIDTH == 0 or size in self._due:
            self._flush()
            self._compare_roots(size)

    def _flush(self) -> None:
        for tile in self._tree.extend(self._pending()):
            self._compare_tile(tile)

    def _pending(self) -> bytes:
        """Return the leaves that are not in the tree yet, joined."""
        return bytes(self._hashes[self._tree.size * HASH_SIZE :])

    def _compare_tile(self, tile: Tile) -> None:
        name = f"tile {tile.number} of level {tile.level}"
        first, detail = 0, f"{name} is not there"
        try:
            stored = self._source.read_tile(tile.level, tile.number, tile.width)
        except KeyError:
            pass
        except Malformed as error:
            detail = f"{name}: {error}"
        else:
            if stored == tile.data:
                return
            first = next(i for i in range(tile.width) if _hash(stored, i) != _hash(tile.data, i))
            detail = f"{name}: hash {first} is not that of the entries below it"
        index = (tile.number * TILE_WIDTH + first) * TILE_WIDTH**tile.level
        self._breaks.add("tree", index, detail, cause=("tile", tile.level, tile.number))

    def _compare_roots(self, size: int) -> None:
        for commitment in self._due.pop(size, ()):
            if self._tree.root() == commitment.checkpoint.root:
                continue
            detail = f"{commitment.name}: not the root of the first {size} entries"
            if commitment.class_ == "inconsistent":
                self._breaks.add("inconsistent", None, detail, cause=commitment.name)
            else:
                self._breaks.follow(commitment.class_, None, detail)

    def _beyond(self, size: int, commitment: Commitment) -> None:
        detail = f"{commitment.name} commits to {size} entries, {self.size} are there"
        if commitment.class_ == "inconsistent":
            self._breaks.add("inconsistent", None, detail, cause=commitment.name)
        else:
            self._breaks.add("missing", self.size, detail)


def _hash(data: bytes, number: int) -> bytes:
    return data[number * HASH_SIZE : (number + 1) * HASH_SIZE]
