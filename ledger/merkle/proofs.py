"""Inclusion and consistency proofs: made from tiles, verified from nothing but the hashes given."""

from collections.abc import Sequence

from ledger.merkle.hashes import HASH_SIZE, node_hash
from ledger.merkle.tree import TileReader, subtree_hash


class ProofError(ValueError):
    """A Merkle proof that does not prove what it should; the message says which check failed."""


def inclusion_proof(reader: TileReader, index: int, size: int) -> list[bytes]:
    """Return the path from a leaf to the root of the tree of ``size`` leaves, the leaf's sibling first.

    RFC 6962 section 2.1.1, PATH(index, D[size]).

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"inclusion proof: index {index} is not below size {size}")
    siblings: list[tuple[int, int]] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split_point(stop - start)
        if index < middle:
            siblings.append((middle, stop))
            stop = middle
        else:
            siblings.append((start, middle))
            start = middle
    return [subtree_hash(reader, *sibling, size) for sibling in reversed(siblings)]


def consistency_proof(reader: TileReader, old_size: int, size: int) -> list[bytes]:
    """Return the proof that the tree of ``size`` leaves begins with that of ``old_size``.

    RFC 6962 section 2.1.2, PROOF(old_size, D[size]); empty when the sizes are equal.

    Raises:
        ValueError: not 1 ≤ old_size ≤ size. Every tree extends the empty one, so there is nothing to prove.
    """
    if not 1 <= old_size <= size:
        raise ValueError(f"consistency proof: sizes {old_size} and {size} are not 1 <= old <= new")
    subtrees: list[tuple[int, int]] = []
    start, stop = 0, size
    while old_size != stop:
        middle = start + _split_point(stop - start)
        if old_size <= middle:
            subtrees.append((middle, stop))
            stop = middle
        else:
            subtrees.append((start, middle))
            start = middle
    if start > 0:  # the verifier does not know this last piece of the old tree; were it all of it, it would
        subtrees.append((start, stop))
    return [subtree_hash(reader, *subtree, size) for subtree in reversed(subtrees)]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the tree of ``size`` leaves under ``root`` has the leaf hash ``leaf`` at ``index``.

    RFC 9162 section 2.1.3.2.

    Raises:
        ProofError: it is not shown.
    """
    _check_hashes("inclusion proof", leaf, root, *proof)
    if not 0 <= index < size:
        raise ProofError(f"inclusion proof: index {index} is not below size {size}")
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError(f"inclusion proof: {len(proof)} hashes are too many for size {size}")
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            node, last = _skip_carried(node, last)
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError(f"inclusion proof: {len(proof)} hashes are too few for size {size}")
    if result != root:
        raise ProofError(f"inclusion proof: index {index} of size {size} does not lead to the root")


def verify_consistency(
    old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes
) -> None:
    """Check that the tree under ``root`` begins with the whole tree under ``old_root``.

    RFC 9162 section 2.1.4.2. An ``old_size`` of 0 is refused: everything extends the empty tree.

    Raises:
        ProofError: it is not shown.
    """
    if not 1 <= old_size <= size:
        raise ProofError(f"consistency proof: sizes {old_size} and {size} are not 1 <= old <= new")
    if old_size == size:
        if proof:
            raise ProofError("consistency proof: between equal sizes it must be empty")
        if old_root != root:
            raise ProofError(f"consistency proof: two roots for one size {size}")
        return
    _check_hashes("consistency proof", old_root, root, *proof)
    # A perfect old tree is itself the first subtree of the path, so the proof leaves it out.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        raise ProofError(f"consistency proof: no hashes between sizes {old_size} and {size}")
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old_result = result = path[0]
    for subtree in path[1:]:
        if last == 0:
            raise ProofError(f"consistency proof: {len(proof)} hashes are too many for size {size}")
        if node & 1 or node == last:
            old_result, result = node_hash(subtree, old_result), node_hash(subtree, result)
            node, last = _skip_carried(node, last)
        else:
            result = node_hash(result, subtree)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError(f"consistency proof: {len(proof)} hashes are too few for size {size}")
    if old_result != old_root:
        raise ProofError(f"consistency proof: does not lead to the old root of size {old_size}")
    if result != root:
        raise ProofError(f"consistency proof: does not lead to the new root of size {size}")


def _skip_carried(node: int, last: int) -> tuple[int, int]:
    """Climb past the levels on which a last node without a sibling is carried up unchanged."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _check_hashes(what: str, *hashes: bytes) -> None:
    if any(len(value) != HASH_SIZE for value in hashes):
        raise ProofError(f"{what}: a hash does not have {HASH_SIZE} bytes")


def _split_point(length: int) -> int:
    """Return the largest power of two below ``length`` (which is 2 or more)."""
    return 1 << (length - 1).bit_length() - 1
