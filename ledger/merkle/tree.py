"""A tree that grows by 256-wide tiles, and the reading of an existing one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from ledger.canonical import Malformed
from ledger.merkle.hashes import EMPTY_ROOT, HASH_SIZE, node_hash, root, split

TILE_WIDTH = 256
TILE_BYTES = TILE_WIDTH * HASH_SIZE
MAX_SIZE = 2**64 - 1

_LEVEL_BITS = 8  # a tile spans eight levels of the binary tree: 256 = 2^8
_SIZE_BYTES = 8  # what a size takes in Tree.to_bytes; MAX_SIZE fits exactly


class TileReader(Protocol):
    """Where the hashes of an existing tree are read."""

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        """Return the first ``width`` (1 to 256) hashes of a tile, joined: ``width`` * 32 bytes.

        Raises:
            LookupError: the tile is not there at this width.
        """
        ...


@dataclass(frozen=True, slots=True)
class Tile:
    """The hashes of one tile, joined; 1 to 256 of them."""

    level: int
    number: int
    data: bytes

    @property
    def width(self) -> int:
        """The number of hashes."""
        return len(self.data) // HASH_SIZE


def tile_width(size: int, level: int, number: int) -> int:
    """Return the width of a tile in the tree of ``size`` leaves; 0 when that tree does not have the tile."""
    hashes_at_level = size >> (_LEVEL_BITS * level)
    return min(TILE_WIDTH, max(0, hashes_at_level - number * TILE_WIDTH))


class Tree:
    """A growing tree: its size and its right edge, the one incomplete tile of each level.

    ``edge[l]`` is the data of the partial tile of level l (empty where the size needs none); there are as
    many levels as ``size`` has base-256 digits, and the digit is the width. Full tiles leave the tree as they
    are made, so it never holds more than 255 hashes a level. Copying shares the bytes and costs next to
    nothing.
    """

    __slots__ = ("_edge", "_size")

    def __init__(self, size: int, edge: Sequence[bytes]) -> None:
        if not 0 <= size <= MAX_SIZE:
            raise Malformed(f"Merkle tree: size {size} is not between 0 and 2^64 - 1")
        if [len(data) for data in edge] != _edge_lengths(size):
            raise Malformed(f"Merkle tree: the edge does not have the shape of a tree of size {size}")
        self._size = size
        self._edge = list(edge)

    @classmethod
    def empty(cls) -> Self:
        """Return the tree without leaves."""
        return cls(0, ())

    def copy(self) -> Self:
        """Return an independent tree of the same leaves."""
        return type(self)(self._size, self._edge)

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self._size

    @property
    def edge(self) -> tuple[bytes, ...]:
        """The data of the incomplete tile of each level, level 0 first."""
        return tuple(self._edge)

    def append(self, leaf_hashes: Iterable[bytes]) -> list[Tile]:
        """Add leaves at the right; return the tiles that became full, lower levels first."""
        leaves = list(leaf_hashes)
        assert all(len(leaf) == HASH_SIZE for leaf in leaves), "a leaf hash has 32 bytes"
        return self.extend(b"".join(leaves))

    def extend(self, leaf_hashes: bytes) -> list[Tile]:
        """Add joined leaves; see :meth:`append`."""
        assert len(leaf_hashes) % HASH_SIZE == 0, "a leaf hash has 32 bytes"
        rising = leaf_hashes
        size_before, self._size = self._size, self._size + len(rising) // HASH_SIZE
        full: list[Tile] = []
        level = 0
        while rising:
            if level == len(self._edge):
                self._edge.append(b"")
            data = self._edge[level] + rising
            number = size_before >> (_LEVEL_BITS * (level + 1))
            rising = b""
            cut = len(data) - len(data) % TILE_BYTES
            for start in range(0, cut, TILE_BYTES):
                tile = Tile(level, number, data[start : start + TILE_BYTES])
                full.append(tile)
                rising += root(split(tile.data))
                number += 1
            self._edge[level] = data[cut:]
            level += 1
        return full

    def root(self) -> bytes:
        """Return the RFC 6962 root.

        The partial tile of a level, followed by the root of all that is right of it, is again a row of
        subtrees of which only the last is imperfect: exactly what ``root`` takes.
        """
        right: list[bytes] = []
        for data in self._edge:
            row = split(data) + right
            right = [root(row)] if row else []
        return right[0] if right else EMPTY_ROOT

    def partial_tiles(self) -> list[Tile]:
        """Return the incomplete tiles (1 to 255 hashes wide) that a tree of this size publishes."""
        return [
            Tile(level, self._size >> (_LEVEL_BITS * (level + 1)), data)
            for level, data in enumerate(self._edge)
            if data
        ]

    def to_bytes(self) -> bytes:
        """Return the size (8 bytes, big-endian) and the edge, level 0 first; the size gives the lengths."""
        return self._size.to_bytes(_SIZE_BYTES, "big") + b"".join(self._edge)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the tree that ``to_bytes`` wrote.

        Raises:
            Malformed: the length does not fit the size that the first 8 bytes state.
        """
        if len(data) < _SIZE_BYTES:
            raise Malformed(f"Merkle tree: {len(data)} bytes, at least {_SIZE_BYTES} are wanted")
        size = int.from_bytes(data[:_SIZE_BYTES], "big")
        lengths = _edge_lengths(size)
        if len(data) != _SIZE_BYTES + sum(lengths):
            raise Malformed(
                f"Merkle tree: {len(data)} bytes, but size {size} takes {_SIZE_BYTES + sum(lengths)}"
            )
        edge: list[bytes] = []
        offset = _SIZE_BYTES
        for length in lengths:
            edge.append(data[offset : offset + length])
            offset += length
        return cls(size, edge)


def tree_at(reader: TileReader, size: int) -> Tree:
    """Return the tree of the first ``size`` leaves, its edge read from tiles.

    Raises:
        Malformed: the reader gave a tile of another length than asked for.
    """
    edge: list[bytes] = []
    for level, length in enumerate(_edge_lengths(size)):
        width = length // HASH_SIZE
        edge.append(_read(reader, level, size >> (_LEVEL_BITS * (level + 1)), width) if width else b"")
    return Tree(size, edge)


def root_from_tiles(reader: TileReader, size: int) -> bytes:
    """Return the root of the first ``size`` leaves, as the incomplete tiles have it.

    It trusts each level for the one below; whoever checks a ledger hashes the entries themselves.
    """
    return tree_at(reader, size).root()


def subtree_hash(reader: TileReader, start: int, stop: int, size: int) -> bytes:
    """Return the hash over leaves ``start`` to ``stop`` of the tree of ``size`` leaves (MTH(D[start:stop])).

    The range must be a subtree that occurs in RFC 6962 proofs: ``start`` is a multiple of the least power of
    two that is not below ``stop − start``.
    """
    length = stop - start
    assert 0 <= start < stop <= size, "not a range of this tree"
    assert start % (1 << (length - 1).bit_length()) == 0, "not a subtree"
    # The binary digits of the length are the perfect subtrees that the range consists of, the largest at the
    # left. Each is hashed from one tile; folding them from the right gives the RFC's tree.
    result: bytes | None = None
    for height in range(length.bit_length()):
        if length >> height & 1:
            stop -= 1 << height
            perfect = _perfect_subtree(reader, height, stop >> height, size)
            result = perfect if result is None else node_hash(perfect, result)
    assert result is not None
    return result


def _edge_lengths(size: int) -> list[int]:
    """Return the bytes of the incomplete tile of each level: 32 times the base-256 digits of the size."""
    lengths: list[int] = []
    while size:
        lengths.append(size % TILE_WIDTH * HASH_SIZE)
        size >>= _LEVEL_BITS
    return lengths


def _perfect_subtree(reader: TileReader, height: int, number: int, size: int) -> bytes:
    """Return the hash of the ``number``-th subtree of 2^height leaves, all of them below ``size``."""
    level, rise = divmod(height, _LEVEL_BITS)
    first = number << rise
    tile, offset = divmod(first, TILE_WIDTH)
    data = _read(reader, level, tile, tile_width(size, level, tile))
    return root(split(data)[offset : offset + (1 << rise)])


def _read(reader: TileReader, level: int, number: int, width: int) -> bytes:
    data = reader.read_tile(level, number, width)
    if len(data) != width * HASH_SIZE:
        raise Malformed(
            f"tile {number} of level {level}: {len(data)} bytes, {width} hashes of {HASH_SIZE} are wanted"
        )
    return data
