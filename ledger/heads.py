r"""The tree of heads: where every subject's chain ends, under one hash (docs/spec/ledger-format.md, 3).

One leaf a subject key, keys strictly ascending by byte, hashed as RFC 6962 has it. The data of a leaf is::

    quota-ledger/head/v1\n<key>\n<number>\n<last leaf hash, lower-case hex>\n

``HeadsCommitted`` puts number and root of the leaves on record. So one audit path shows that a subject's
history ends with its ``number``-th entry: it is whole. Two neighbouring leaves around a key that has none, or
one at an edge, show that nothing is recorded of it. Verifying needs nothing but hashes; that the committed
root is that of the entries is what a full audit recomputes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.merkle import (
    EMPTY_ROOT,
    HASH_SIZE,
    ProofError,
    Tile,
    Tree,
    inclusion_proof,
    leaf_hash,
    verify_inclusion,
)

HEADS_COMMITTED: Final = "HeadsCommitted"
HEADS_DUE_ENTRIES: Final = 10_000

Head = tuple[str, int, bytes]
"""A key, the number of its last entry (from 1) and that entry's leaf hash."""


def head_leaf(key: str, number: int, leaf: str) -> bytes:
    """Return the leaf hash of a subject in the tree of heads; ``leaf`` is hex."""
    return leaf_hash(f"quota-ledger/head/v1\n{key}\n{number}\n{leaf}\n".encode())


def heads_due(entries: int, keys: int) -> bool:
    """Say whether this many entries since the last heads are as many as may stand without new ones."""
    return entries >= max(HEADS_DUE_ENTRIES, keys)


def merge_heads(stored: Iterable[Head], newer: Mapping[str, tuple[int, bytes]]) -> Iterator[Head]:
    """Yield the heads of ``stored``, keys ascending, with those of ``newer`` in their place or between."""
    waiting = sorted(newer, reverse=True)  # ASCII: by code point is by byte
    for key, number, leaf in stored:
        while waiting and waiting[-1] < key:
            yield waiting[-1], *newer[waiting.pop()]
        if waiting and waiting[-1] == key:
            yield key, *newer[waiting.pop()]
        else:
            yield key, number, leaf
    while waiting:
        yield waiting[-1], *newer[waiting.pop()]


def heads_root(heads: Iterable[Head]) -> tuple[int, bytes]:
    """Return how many heads there are and their root; nothing is kept but the tree's edge.

    Raises:
        ValueError: the keys do not ascend.
    """
    tree = Tree.empty()
    tree.append(_leaves(heads))
    return tree.size, tree.root()


@dataclass(frozen=True, slots=True)
class HeadProof:
    """One leaf of the tree of heads and its audit path, the sibling first."""

    key: str
    number: int
    leaf: str
    """Leaf hash (hex) of the subject's last entry."""
    index: int
    """Of the leaf in the tree of heads, from 0."""
    path: tuple[bytes, ...]

    def verify(self, count: int, root: bytes) -> None:
        """Check that this is one of the ``count`` leaves under ``root``.

        Raises:
            ProofError: it is not shown.
        """
        verify_inclusion(head_leaf(self.key, self.number, self.leaf), self.index, count, self.path, root)


class HeadsTree:
    """A whole tree of heads, of which some keys are to be proved; it holds one hash a key."""

    def __init__(self, heads: Iterable[Head], wanted: Collection[str]) -> None:
        """Take every head, keys ascending.

        Raises:
            ValueError: the keys do not ascend.
        """
        self._places: dict[str, tuple[tuple[int, Head], ...]] = {}
        self._tiles: dict[tuple[int, int], bytes] = {}
        tree = Tree.empty()
        self._keep(tree.append(_leaves(self._watched(heads, wanted))))
        self._keep(tree.partial_tiles())
        self.count = tree.size
        self.root = tree.root()

    def prove(self, key: str) -> tuple[HeadProof, ...]:
        """Return the proof of a wanted key's head: one leaf; or its neighbours when it has no history.

        Raises:
            KeyError: the key is not one of those wanted.
        """
        return tuple(
            HeadProof(name, number, leaf.hex(), index, tuple(inclusion_proof(self, index, self.count)))
            for index, (name, number, leaf) in self._places[key]
        )

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        """See :class:`ledger.merkle.TileReader`."""
        return self._tiles[level, number][: width * HASH_SIZE]

    def _keep(self, tiles: Iterable[Tile]) -> None:
        self._tiles.update({(tile.level, tile.number): tile.data for tile in tiles})

    def _watched(self, heads: Iterable[Head], wanted: Collection[str]) -> Iterator[Head]:
        """Pass the heads on; note where the wanted keys stand, or between which two they would."""
        waiting = sorted(set(wanted), reverse=True)
        before: tuple[tuple[int, Head], ...] = ()
        for index, head in enumerate(heads):
            while waiting and waiting[-1] < head[0]:
                self._places[waiting.pop()] = (*before, (index, head))
            if waiting and waiting[-1] == head[0]:
                self._places[waiting.pop()] = ((index, head),)
            before = ((index, head),)
            yield head
        self._places.update(dict.fromkeys(waiting, before))


def verify_head(key: str, proofs: Sequence[HeadProof], count: int, root: bytes) -> tuple[int, str] | None:
    """Check what ``proofs`` show of ``key`` in the tree of ``count`` heads under ``root``.

    Returns:
        Number and leaf hash (hex) of its last entry: its history is whole with it. None: it has no history.

    Raises:
        ProofError: neither is shown.
    """
    for proof in proofs:
        proof.verify(count, root)
    match proofs:
        case [HeadProof(key=found) as proof] if found == key:
            return proof.number, proof.leaf
        case []:
            shown = count == 0 and root == EMPTY_ROOT
        case [one]:  # the key would stand before the first leaf, or behind the last
            shown = one.index == 0 if key < one.key else one.index == count - 1
        case [low, high]:
            shown = low.key < key < high.key and high.index == low.index + 1
        case _:
            shown = False
    if not shown:
        raise ProofError(f"heads: {len(proofs)} leaves show neither where {key} ends nor that there is none")
    return None


def _leaves(heads: Iterable[Head]) -> Iterator[bytes]:
    before = ""
    for key, number, leaf in heads:
        if key <= before:
            raise ValueError(f"heads: {key} behind {before}, keys must ascend")
        before = key
        yield head_leaf(key, number, leaf.hex())
