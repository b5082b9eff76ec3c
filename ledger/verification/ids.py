"""Ids and digests that were met before, in two to three times the room that they take themselves."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import Final

ID_BYTES: Final = 16
_TAG: Final = (1 << 30) - 1  # greater numbers take longer
_LEAST: Final = 1 << 10


class KnownBytes:
    """A set of byte strings of one length, numbered in the order in which they came.

    They stand there joined, and a table says where: by its *tag*, of the value's hash (keyed by the process,
    so that nobody can choose what meets in one slot), a value lies in the slot of that number or, where
    others do, in the next free one. At most half of the slots are taken. A set takes four times the room.
    """

    def __init__(self) -> None:
        self._values = bytearray()
        self._count = 0
        self._tags = array("I", bytes(4 * _LEAST))
        """By slot; 0 where nothing lies."""
        self._places = array("I", bytes(4 * _LEAST))

    def __len__(self) -> int:
        return self._count

    def __bytes__(self) -> bytes:
        return bytes(self._values)

    def place(self, value: bytes) -> int | None:
        """Return how many came before this one; None if it is not there."""
        tags, last, tag = self._tags, len(self._tags) - 1, _tag(value)
        slot = tag & last
        while found := tags[slot]:
            if found == tag and self._lies_at(self._places[slot], value):
                return self._places[slot]
            slot = slot + 1 & last
        return None

    def add(self, value: bytes) -> bool:
        """Enter a value; say whether it is new."""
        return self.add_new([value])

    def add_new(self, values: Sequence[bytes]) -> bool:
        """Enter values if each is new and another one; say whether they are."""
        before = self._count
        if 2 * (before + len(values)) > len(self._tags):
            self._grow(before + len(values))
        self._values += b"".join(values)
        tags, places, last = self._tags, self._places, len(self._tags) - 1
        taken: list[int] = []
        for place, value in enumerate(values, before):
            tag = hash(value) & _TAG or 1  # as _tag has it
            slot = tag & last
            while found := tags[slot]:
                if found == tag and self._lies_at(places[slot], value):
                    for other in taken:
                        tags[other] = 0
                    del self._values[before * len(value) :]
                    return False
                slot = slot + 1 & last
            tags[slot] = tag
            places[slot] = place
            taken.append(slot)
        self._count += len(values)
        return True

    def _lies_at(self, place: int, value: bytes) -> bool:
        width = len(value)
        return self._values[place * width : (place + 1) * width] == value

    def _grow(self, count: int) -> None:
        size = len(self._tags)
        while size < 2 * count:
            size *= 2
        tags, places, last = array("I", bytes(4 * size)), array("I", bytes(4 * size)), size - 1
        for tag, place in zip(self._tags, self._places, strict=True):
            if tag:
                slot = tag & last
                while tags[slot]:
                    slot = slot + 1 & last
                tags[slot] = tag
                places[slot] = place
        self._tags, self._places = tags, places


class StatementIds:
    """The ids of all statements, and which entry was the first with an id."""

    def __init__(self) -> None:
        self._known = KnownBytes()
        self._steps: list[tuple[int, int]] = []
        """(place, index) from which on the ids are those of entries in a row."""

    def add_new(self, index: int, numbers: Sequence[bytes]) -> bool:
        """Enter the ids of entries in a row from ``index`` on if each is new; say whether they are."""
        at = len(self._known)
        if not self._known.add_new(numbers):
            return False
        if not self._steps or index - at != self._steps[-1][1] - self._steps[-1][0]:
            self._steps.append((at, index))
        return True

    def enter(self, number: bytes, index: int) -> int:
        """Enter the id of an entry unless it is known; return the first entry that has it."""
        if self.add_new(index, [number]):
            return index
        at = self._known.place(number)
        assert at is not None, "the id is known"
        start, first = self._steps[bisect_right(self._steps, at, key=itemgetter(0)) - 1]
        return first + at - start

    def saved(self) -> bytes:
        """Return all ids, in the order in which they were entered."""
        return bytes(self._known)

    def restore(self, saved: bytes) -> None:
        """Take up what :meth:`saved` returned of a ledger in which every entry has its own."""
        ids = [saved[at : at + ID_BYTES] for at in range(0, len(saved), ID_BYTES)]
        new = self.add_new(0, ids)
        assert new, "every entry has an id of its own"


def _tag(value: bytes) -> int:
    return hash(value) & _TAG or 1
