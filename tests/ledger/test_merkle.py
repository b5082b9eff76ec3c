"""ledger.merkle against RFC 6962's recursive definitions, another implementation, and its own limits."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from ledger.canonical import Malformed
from ledger.merkle import (
    EMPTY_ROOT,
    HASH_SIZE,
    TILE_BYTES,
    ProofError,
    Tile,
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    root_from_tiles,
    subtree_hash,
    tile_width,
    tree_at,
    verify_consistency,
    verify_inclusion,
)
from tests.support.merkle import ListReader, naive_path, naive_root, naive_subproof, some_leaves

# Past one full tile of level 1 would take 65,536 leaves; one test goes there.
SIZES = st.integers(1, 1100)
WORDS = [f"entry {number}".encode() for number in range(1100)]
READER = ListReader(WORDS)


def test_worked_example() -> None:
    """Given three entries, when they are hashed by hand, then the tree has that root."""
    a, b, c = (sha256(b"\x00" + word).digest() for word in (b"one", b"two", b"three"))
    by_hand = sha256(b"\x01" + sha256(b"\x01" + a + b).digest() + c).digest()

    assert root([leaf_hash(b"one"), leaf_hash(b"two"), leaf_hash(b"three")]) == by_hand
    assert by_hand.hex() == "5aac771c899ac292e74bf1afe2e6e302f8b55883b2d1bf197b46a6bea6dabca9"
    assert node_hash(node_hash(a, b), c) == by_hand


def test_the_empty_tree() -> None:
    """Given no leaves, when the root is taken any way, then it is SHA-256 of nothing."""
    assert sha256(b"").digest() == EMPTY_ROOT == root([]) == Tree.empty().root()
    assert root_from_tiles(READER, 0) == EMPTY_ROOT
    assert Tree.empty().partial_tiles() == []


@settings(deadline=None)
@given(SIZES)
def test_root_is_the_recursive_one(size: int) -> None:
    """Given any number of leaves, when the root is folded in rows, then it is RFC 6962's MTH."""
    assert root(READER.leaves[:size]) == naive_root(READER.leaves[:size])


@settings(deadline=None)
@given(st.lists(st.integers(0, 400), max_size=8))
def test_growing_in_any_steps(steps: list[int]) -> None:
    """Given leaves in batches, when they are appended, then root and tiles are those of the whole."""
    tree = Tree.empty()
    leaves = some_leaves(sum(steps))
    tiles: list[Tile] = []
    for step in steps:
        tiles += tree.append(leaves[tree.size : tree.size + step])

    assert tree.size == len(leaves)
    assert tree.root() == naive_root(leaves)
    assert [(tile.level, tile.number) for tile in tiles if tile.level == 0] == [
        (0, number) for number in range(len(leaves) // 256)
    ]
    for tile in [*tiles, *tree.partial_tiles()]:
        assert tile.width == tile_width(tree.size, tile.level, tile.number)
        step = 256**tile.level
        start = tile.number * 256 * step
        assert tile.data == b"".join(
            naive_root(leaves[start + i * step : start + (i + 1) * step]) for i in range(tile.width)
        )


def test_a_full_tile_of_level_one() -> None:
    """Given 70,000 leaves, when they are appended, then the tiles are those that tlog-tiles counts."""
    leaves = some_leaves(70_000)
    tree = Tree.empty()
    tiles = tree.append(leaves)

    assert len([tile for tile in tiles if tile.level == 0]) == 273
    assert [tile.number for tile in tiles if tile.level == 1] == [0]
    assert [(tile.level, tile.number, tile.width) for tile in tree.partial_tiles()] == [
        (0, 273, 112),
        (1, 1, 17),
        (2, 0, 1),
    ]
    assert all(len(tile.data) == TILE_BYTES for tile in tiles)
    assert tree.root() == naive_root(leaves)

    stored = {(tile.level, tile.number): tile.data for tile in [*tiles, *tree.partial_tiles()]}

    class Stored:
        def read_tile(self, level: int, number: int, width: int) -> bytes:
            return stored[level, number][: width * HASH_SIZE]

    proof = inclusion_proof(Stored(), 65_535, 70_000)
    assert proof == naive_path(65_535, leaves)
    assert consistency_proof(Stored(), 65_537, 70_000) == naive_subproof(65_537, leaves)
    assert subtree_hash(Stored(), 0, 65_536, 70_000) == naive_root(leaves[:65_536])
    assert tree_at(Stored(), 65_536).root() == naive_root(leaves[:65_536])


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_proofs_are_the_recursive_ones_and_verify(data: st.DataObject) -> None:
    """Given any size, when proofs are made from tiles, then they are RFC 6962's and verify."""
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    old_size = data.draw(st.integers(1, size))
    leaves = READER.leaves[:size]

    path = inclusion_proof(READER, index, size)
    assert path == naive_path(index, leaves)
    verify_inclusion(leaves[index], index, size, path, naive_root(leaves))

    proof = consistency_proof(READER, old_size, size)
    assert proof == naive_subproof(old_size, leaves)
    verify_consistency(old_size, size, proof, naive_root(leaves[:old_size]), naive_root(leaves))


def test_every_small_tree_in_full() -> None:
    """Given all trees of up to 20 leaves, when every proof is made, then it verifies at its place alone."""
    for size in range(1, 21):
        leaves = READER.leaves[:size]
        whole = naive_root(leaves)
        for index in range(size):
            path = inclusion_proof(READER, index, size)
            verify_inclusion(leaves[index], index, size, path, whole)
            for other in range(size):
                if other != index:
                    with pytest.raises(ProofError):
                        verify_inclusion(leaves[index], other, size, path, whole)
        for old_size in range(1, size + 1):
            proof = consistency_proof(READER, old_size, size)
            verify_consistency(old_size, size, proof, naive_root(leaves[:old_size]), whole)
            for other in range(1, size + 1):
                if other != old_size:
                    with pytest.raises(ProofError):
                        verify_consistency(other, size, proof, naive_root(leaves[:old_size]), whole)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 255, 256, 257, 513])
def test_another_implementation_agrees(size: int) -> None:
    """Given the same entries, when pymerkle hashes them, then its roots and paths are ours."""
    other = InmemoryTree(algorithm="sha256")
    for word in WORDS[:size]:
        other.append_entry(word)

    assert other.get_root() == root_from_tiles(READER, size)
    for index in {0, size // 2, size - 1}:
        theirs = other.prove_inclusion(index + 1).serialize()["path"]
        # its path begins with the leaf itself
        assert [bytes.fromhex(value) for value in theirs[1:]] == inclusion_proof(READER, index, size)


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_any_changed_bit_is_found(data: st.DataObject) -> None:
    """Given sound proofs, when one bit of a hash or one size changes, then they are refused."""
    size = data.draw(st.integers(2, 300))
    leaves = READER.leaves[:size]
    index = data.draw(st.integers(0, size - 1))
    inputs = [leaves[index], naive_root(leaves), *inclusion_proof(READER, index, size)]
    which = data.draw(st.integers(0, len(inputs) - 1))
    inputs[which] = _flip(inputs[which], data.draw(st.integers(0, 255)))
    with pytest.raises(ProofError):
        verify_inclusion(inputs[0], index, size, inputs[2:], inputs[1])

    old_size = data.draw(st.integers(1, size - 1))
    inputs = [naive_root(leaves[:old_size]), naive_root(leaves), *consistency_proof(READER, old_size, size)]
    which = data.draw(st.integers(0, len(inputs) - 1))
    inputs[which] = _flip(inputs[which], data.draw(st.integers(0, 255)))
    with pytest.raises(ProofError):
        verify_consistency(old_size, size, inputs[2:], inputs[0], inputs[1])


def _flip(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value, "big") ^ (1 << bit)).to_bytes(len(value), "big")


ROOT_8 = naive_root(READER.leaves[:8])
PATH_5 = naive_path(5, READER.leaves[:8])


@pytest.mark.parametrize(
    ("leaf", "index", "size", "proof", "said"),
    [
        (READER.leaves[5], 8, 8, PATH_5, "index 8 is not below size 8"),
        (READER.leaves[5], -1, 8, PATH_5, "index -1 is not below size 8"),
        (READER.leaves[5], 5, 8, PATH_5[:-1], "2 hashes are too few"),
        (READER.leaves[5], 5, 8, [*PATH_5, ROOT_8], "4 hashes are too many"),
        (READER.leaves[5], 5, 8, [*PATH_5[:-1], b"short"], "does not have 32 bytes"),
        (b"", 5, 8, PATH_5, "does not have 32 bytes"),
        (READER.leaves[4], 5, 8, PATH_5, "index 5 of size 8 does not lead to the root"),
    ],
)
def test_bad_inclusion(leaf: bytes, index: int, size: int, proof: list[bytes], said: str) -> None:
    """Given a bad inclusion proof, when it is verified, then the error says what is wrong."""
    with pytest.raises(ProofError, match=said):
        verify_inclusion(leaf, index, size, proof, ROOT_8)


ROOT_6 = naive_root(READER.leaves[:6])
PROOF_6 = naive_subproof(6, READER.leaves[:8])


@pytest.mark.parametrize(
    ("old_size", "size", "proof", "old_root", "said"),
    [
        (0, 8, [], EMPTY_ROOT, "sizes 0 and 8"),
        (0, 0, [], EMPTY_ROOT, "sizes 0 and 0"),
        (9, 8, PROOF_6, ROOT_6, "sizes 9 and 8"),
        (8, 8, PROOF_6, ROOT_8, "equal sizes it must be empty"),
        (8, 8, [], ROOT_6, "two roots for one size 8"),
        (6, 8, [], ROOT_6, "no hashes between sizes 6 and 8"),
        (6, 8, PROOF_6[:-1], ROOT_6, "2 hashes are too few"),
        (6, 8, [*PROOF_6, ROOT_8], ROOT_6, "4 hashes are too many"),
        (6, 8, PROOF_6, ROOT_8, "the old root of size 6"),
        (6, 8, [*PROOF_6[:-2], ROOT_6, PROOF_6[-1]], ROOT_6, "the new root of size 8"),
        (6, 8, [*PROOF_6[:-1], b"short"], ROOT_6, "does not have 32 bytes"),
    ],
)
def test_bad_consistency(old_size: int, size: int, proof: list[bytes], old_root: bytes, said: str) -> None:
    """Given a bad consistency proof, when it is verified, then the error says what is wrong."""
    with pytest.raises(ProofError, match=said):
        verify_consistency(old_size, size, proof, old_root, ROOT_8)


def test_sizes_near_the_limit() -> None:
    """Given a tree of 2^64 − 1 leaves, when a proof of its height is verified, then it is followed."""
    size = 2**64 - 1
    leaf = READER.leaves[0]
    path = READER.leaves[1:65]
    expected = leaf
    for sibling in path:
        expected = node_hash(expected, sibling)
    verify_inclusion(leaf, 0, size, path, expected)
    with pytest.raises(ProofError, match="too few"):
        verify_inclusion(leaf, 0, size, path[:-1], expected)


def test_no_proof_of_what_is_not_there() -> None:
    """Given sizes and an index outside the tree, when a proof is asked for, then there is none."""
    with pytest.raises(ValueError, match="index 8 is not below size 8"):
        inclusion_proof(READER, 8, 8)
    with pytest.raises(ValueError, match="sizes 0 and 8"):
        consistency_proof(READER, 0, 8)
    with pytest.raises(ValueError, match="sizes 9 and 8"):
        consistency_proof(READER, 9, 8)


@settings(deadline=None, max_examples=40)
@given(SIZES)
def test_a_tree_comes_back_from_tiles_and_bytes(size: int) -> None:
    """Given a tree of any size, when it is read from tiles or bytes, then it grows on as the original."""
    tree = Tree.empty()
    tree.append(READER.leaves[:size])

    for again in (tree_at(READER, size), Tree.from_bytes(tree.to_bytes()), tree.copy()):
        assert (again.size, again.edge, again.root()) == (size, tree.edge, tree.root())
        again.append(some_leaves(3))
        assert again.root() == naive_root(READER.leaves[:size] + some_leaves(3))
    assert tree.root() == naive_root(READER.leaves[:size])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(7),
        bytes(8) + b"x",
        (3).to_bytes(8, "big") + bytes(3 * 32 - 1),
        (3).to_bytes(8, "big") + bytes(3 * 32 + 1),
        (256).to_bytes(8, "big"),
        bytes([255] * 8),
    ],
)
def test_a_tree_of_another_length_is_malformed(data: bytes) -> None:
    """Given bytes whose length does not fit their size, when a tree is read, then it is malformed."""
    with pytest.raises(Malformed, match="Merkle tree"):
        Tree.from_bytes(data)


def test_an_edge_of_another_shape_is_malformed() -> None:
    """Given an edge that is not that of the size, when a tree is made, then it is malformed."""
    with pytest.raises(Malformed, match="shape of a tree of size 2"):
        Tree(2, [bytes(32)])
    with pytest.raises(Malformed, match="size -1"):
        Tree(-1, [])
    with pytest.raises(Malformed, match="size 18446744073709551616"):
        Tree(2**64, [])


def test_a_tile_of_another_length_is_malformed() -> None:
    """Given a store with a short tile, when a proof is made, then the error names the tile."""

    class Short:
        def read_tile(self, level: int, number: int, width: int) -> bytes:
            return bytes(width * 32 - 1)

    with pytest.raises(Malformed, match="tile 1 of level 0: 31 bytes, 1 hashes"):
        tree_at(Short(), 257)
    with pytest.raises(Malformed, match="tile 0 of level 0: 255 bytes, 8 hashes"):
        inclusion_proof(Short(), 0, 8)


@pytest.mark.parametrize(
    ("size", "level", "number", "width"),
    [
        (0, 0, 0, 0),
        (1, 0, 0, 1),
        (255, 1, 0, 0),
        (256, 0, 0, 256),
        (256, 0, 1, 0),
        (256, 1, 0, 1),
        (70_000, 0, 273, 112),
        (70_000, 1, 1, 17),
        (70_000, 2, 0, 1),
        (70_000, 3, 0, 0),
    ],
)
def test_tile_width(size: int, level: int, number: int, width: int) -> None:
    """Given a size, when the width of a tile is asked, then it is tlog-tiles' (its example is 70,000)."""
    assert tile_width(size, level, number) == width


def test_a_subtree_must_be_one() -> None:
    """Given a range that no proof contains, when its hash is asked for, then that is a bug of the caller."""
    with pytest.raises(AssertionError, match="not a subtree"):
        subtree_hash(READER, 1, 3, 8)
    with pytest.raises(AssertionError, match="not a range"):
        subtree_hash(READER, 4, 9, 8)
