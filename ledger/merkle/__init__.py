"""The Merkle tree of RFC 6962 section 2.1, cut into the 256-wide tiles of C2SP tlog-tiles.

    leaf hash  = SHA-256(0x00 || entry)
    node       = SHA-256(0x01 || left || right)
    empty root = SHA-256("")

A tree of n > 1 leaves is a node over its first k and its other n − k leaves, k being the largest power of two
below n. A hash is 32 bytes. An *index* counts leaves from 0; a *size* is a number of leaves. The *n*-th tile
of level *l* holds up to 256 roots of perfect subtrees of 256^l leaves each, the first of them beginning at
leaf n · 256^(l+1); so level 0 holds leaf hashes, and only full tiles are hashed into the level above.

Everything here is pure; the hashes of an existing tree are read through the one method of ``TileReader``.
"""

from ledger.merkle.hashes import EMPTY_ROOT, HASH_SIZE, leaf_hash, node_hash, root, split
from ledger.merkle.proofs import (
    ProofError,
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from ledger.merkle.tree import (
    MAX_SIZE,
    TILE_BYTES,
    TILE_WIDTH,
    Tile,
    TileReader,
    Tree,
    root_from_tiles,
    subtree_hash,
    tile_width,
    tree_at,
)

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE",
    "MAX_SIZE",
    "TILE_BYTES",
    "TILE_WIDTH",
    "ProofError",
    "Tile",
    "TileReader",
    "Tree",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "root",
    "root_from_tiles",
    "split",
    "subtree_hash",
    "tile_width",
    "tree_at",
    "verify_consistency",
    "verify_inclusion",
]
