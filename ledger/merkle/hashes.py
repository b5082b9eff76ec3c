"""The hashes of RFC 6962 section 2.1."""

from collections.abc import Sequence
from hashlib import sha256
from struct import Struct

HASH_SIZE = 32
_ONE = Struct(f"{HASH_SIZE}s")
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 || data), the leaf hash of an entry."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right), the hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the RFC 6962 root over these leaf hashes.

    Hashing neighbours and carrying an odd last one up unchanged, level by level, splits every subtree at the
    largest power of two, as the recursive definition does.
    """
    row = list(leaf_hashes)
    while len(row) > 1:
        above = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        if len(row) % 2:
            above.append(row[-1])
        row = above
    return row[0] if row else EMPTY_ROOT


def split(data: bytes | bytearray) -> list[bytes]:
    """Return the single hashes of joined ones."""
    return [one for (one,) in _ONE.iter_unpack(data)]
