"""RFC 6962 section 2.1 as it stands there, recursive and slow, and a ledger in memory on it."""

from collections.abc import Iterator, Sequence
from hashlib import sha256


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH over leaf hashes (section 2.1)."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = largest_power_below(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH (section 2.1.1)."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(old_size: int, leaves: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF (section 2.1.2); PROOF is the one with ``whole``."""
    if old_size == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = largest_power_below(len(leaves))
    if old_size <= k:
        return [*naive_subproof(old_size, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_subproof(old_size - k, leaves[k:], False), naive_root(leaves[:k])]


def largest_power_below(n: int) -> int:
    """The largest power of two below n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def some_leaves(count: int, seed: str = "leaf") -> list[bytes]:
    """Different leaf hashes, the same for the same arguments."""
    return [sha256(f"{seed} {number}".encode()).digest() for number in range(count)]


class ListReader:
    """A ledger in memory that makes its tiles by their definition in tlog-tiles."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self._entries = entries
        self.leaves = [sha256(b"\x00" + entry).digest() for entry in entries]

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        return iter(self._entries[start:stop])

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        step = 256**level
        first = number * 256
        if (first + width) * step > len(self.leaves):
            raise LookupError(f"tile {level}/{number} of width {width}")
        return b"".join(
            naive_root(self.leaves[i * step : (i + 1) * step]) for i in range(first, first + width)
        )
