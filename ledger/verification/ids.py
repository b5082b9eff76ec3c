"""Ids and digests that were met before, in little more room than they take themselves."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

ID_BYTES: Final = 16
_BUCKETS: Final = 1 << 16
_EMPTY: Final = bytearray()


class KnownBytes:
    """A set of byte strings of one length, each of them random or a hash.

    One is looked for in the bucket, of some ten thousands, that its hash names (keyed by the process, so that
    nobody can choose what falls into one). To search through its bytes takes hardly longer than to look into
    a set of all, which takes four times the room.
    """

    def __init__(self) -> None:
        self._buckets: defaultdict[int, bytearray] = defaultdict(bytearray)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, value: bytes) -> bool:
        """Enter a value; say whether it is new."""
        bucket = self._buckets[hash(value) & (_BUCKETS - 1)]
        if value in bucket and position(bucket, value) is not None:
            return False
        bucket += value
        self._count += 1
        return True

    def update(self, values: Sequence[bytes]) -> None:
        """Enter values of which :meth:`holds_none`, each another one."""
        buckets, last = self._buckets, _BUCKETS - 1
        for value in values:
            buckets[hash(value) & last] += value
        self._count += len(values)

    def holds_none(self, values: Sequence[bytes]) -> bool:
        """Say whether no value is in it."""
        buckets, last = self._buckets, _BUCKETS - 1
        near = [value for value in values if value in buckets.get(hash(value) & last, _EMPTY)]
        return not any(position(buckets[hash(value) & last], value) is not None for value in near)


class StatementIds:
    """The ids of all statements, and which entry was the first with an id.

    A first entry is found by reading them all, which only a replayed statement is reason for.
    """

    def __init__(self) -> None:
        self._ids = bytearray()
        """In the order of the entries that were the first with one."""
        self._steps: list[tuple[int, int]] = []
        """(position, index) from which on the ids are those of entries in a row."""
        self._known = KnownBytes()

    def are_new(self, numbers: Sequence[bytes]) -> bool:
        """Say whether none of these ids was entered yet."""
        return self._known.holds_none(numbers)

    def add(self, index: int, numbers: Sequence[bytes]) -> None:
        """Enter ids that :meth:`are_new`, each another one, of entries in a row from ``index`` on."""
        at = len(self._ids) // ID_BYTES
        if not self._steps or index - at != self._steps[-1][1] - self._steps[-1][0]:
            self._steps.append((at, index))
        self._ids += b"".join(numbers)
        self._known.update(numbers)

    def enter(self, number: bytes, index: int) -> int:
        """Enter the id of an entry unless it is known; return the first entry that has it."""
        if self.are_new([number]):
            self.add(index, [number])
            return index
        at = position(self._ids, number)
        assert at is not None, "the id is known"
        start, first = next(step for step in reversed(self._steps) if step[0] <= at)
        return first + at - start

    def saved(self) -> bytes:
        """Return all ids, in the order in which they were entered."""
        return bytes(self._ids)

    def restore(self, saved: bytes) -> None:
        """Take up what :meth:`saved` returned of a ledger in which every entry has its own."""
        self.add(0, [saved[at : at + ID_BYTES] for at in range(0, len(saved), ID_BYTES)])


def position(values: bytearray, value: bytes) -> int | None:
    """Return which of joined values of one length this one is; bytes of two neighbours are none."""
    width = len(value)
    at = values.find(value)
    while at >= 0 and at % width:
        at = values.find(value, at + 1)
    return None if at < 0 else at // width
