"""The ids of all statements, each entered once: 16 bytes in the order of the entries, and a set to find them in.

An id is looked for in the one of some thousands of buckets that its hash names (keyed by the process, so that
nobody can choose ids that fall into one); there a search through its bytes takes less than a dictionary of all
ids takes room, some 180 bytes an entry.
"""

from collections.abc import Sequence
from typing import Final

ID_BYTES: Final = 16
_BUCKETS: Final = 1 << 13


class StatementIds:
    """The ids of the statements that were entered, and which entry was the first with an id.

    A first entry is found by reading them all, which only a replayed statement is reason for.
    """

    def __init__(self) -> None:
        self._ids = bytearray()
        """In the order of the entries that were the first with one."""
        self._indices: list[tuple[int, int]] = []
        """(position, index) from which on the ids are those of entries in a row."""
        self._buckets = [bytearray() for _ in range(_BUCKETS)]

    def are_new(self, numbers: Sequence[bytes]) -> bool:
        """Say whether none of these ids, each another one, was entered yet."""
        buckets, last = self._buckets, _BUCKETS - 1
        return not any([number in buckets[hash(number) & last] and self._is_known(number) for number in numbers])

    def add(self, index: int, numbers: Sequence[bytes]) -> None:
        """Enter ids that :meth:`are_new`, of entries in a row from ``index`` on."""
        buckets, last = self._buckets, _BUCKETS - 1
        position = len(self._ids) // ID_BYTES
        if not self._indices or index - position != self._indices[-1][1] - self._indices[-1][0]:
            self._indices.append((position, index))
        self._ids += b"".join(numbers)
        for number in numbers:
            buckets[hash(number) & last] += number

    def enter(self, number: bytes, index: int) -> int:
        """Enter the id of an entry unless it is known; return the first entry that has it."""
        if self._is_known(number):
            return self._first(number)
        self.add(index, [number])
        return index

    def saved(self) -> bytes:
        """Return all ids, in the order in which they were entered."""
        return bytes(self._ids)

    def restore(self, saved: bytes) -> None:
        """Take up what :meth:`saved` returned of a ledger in which every entry has its own."""
        self.add(0, [saved[at : at + ID_BYTES] for at in range(0, len(saved), ID_BYTES)])

    def _is_known(self, number: bytes) -> bool:
        return _position(self._buckets[hash(number) & (_BUCKETS - 1)], number) is not None

    def _first(self, number: bytes) -> int:
        position = _position(self._ids, number)
        assert position is not None, "the id is known"
        start, index = next(step for step in reversed(self._indices) if step[0] <= position)
        return index + position - start


def _position(ids: bytearray, number: bytes) -> int | None:
    """Return which of joined ids this one is; bytes of two neighbours are none."""
    at = ids.find(number)
    while at >= 0 and at % ID_BYTES:
        at = ids.find(number, at + 1)
    return None if at < 0 else at // ID_BYTES
