"""The chains of the subjects and the root over their heads, folded from the entries."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from ledger.entry import ZERO_HASH, Subject
from ledger.heads import head_leaf
from ledger.merkle import HASH_SIZE, root, split
from ledger.verification.result import Breaks

_HEX: Final = 2 * HASH_SIZE
_FIRST: Final = (0, ZERO_HASH)


class Link(NamedTuple):
    """What a row says of one subject: where its chain enters the row and where it leaves."""

    key: str
    number: int
    """Of the first link."""
    prev: str
    """Leaf hash (hex) that the first link names."""
    last_number: int
    last: int
    """Place in the row of the last entry that concerns the subject."""


class SubjectChains:
    """For each subject key the number and leaf hash (hex) of its last entry: one row a key."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, str]] = {}
        self._rightly: dict[str, int] = {}
        """Where a link had the wrong number: the right one, from which the chain may also go on."""
        self._keys: list[str] = []
        """Those of which heads were asked last, in byte order."""
        self._leaves = bytearray()
        """Of each of ``_keys`` its leaf in the tree of heads, joined."""
        self._since: set[str] = set()
        """Keys with an entry since then."""

    def __len__(self) -> int:
        return len(self._last)

    def follow(
        self, index: int, subjects: tuple[Subject, ...], leaf: str, doubtful: set[str], breaks: Breaks
    ) -> None:
        """Check and take over the links of the entry at ``index``.

        ``doubtful`` are the leaf hashes of entries that could not be read as the ledger has them: a link to
        one of these is neither right nor wrong, its break is listed there.
        """
        self._since.update([subject.key for subject in subjects])
        for subject in subjects:
            key, number, before = subject.key, *self._last.get(subject.key, _FIRST)
            if subject.prev == before and subject.number == number + 1 and key not in self._rightly:
                self._last[key] = (number + 1, leaf)
                continue
            numbers = {number + 1, self._rightly.pop(subject.key, number) + 1}
            if (subject.prev != before or subject.number not in numbers) and subject.prev not in doubtful:
                self._rightly[subject.key] = number + 1
                breaks.add(
                    "subject_chain",
                    index,
                    f"{subject.key}: link {subject.number} to {subject.prev}, "
                    f"link {number + 1} to {before} is wanted",
                )
            # The chain goes on from what the entry says or should say, so that one wrong link is one break.
            self._last[subject.key] = (subject.number, leaf)

    def fit(self, links: Iterable[Link]) -> bool:
        """Say whether every link goes on from the last entry of its key."""
        if self._rightly:
            return False
        last = self._last
        return all([last.get(key, _FIRST) == (number - 1, prev) for key, number, prev, _, _ in links])

    def go_on(self, links: Iterable[Link], leaves: str) -> None:
        """Take over links that :meth:`fit`; ``leaves`` are the leaf hashes (hex) of their row, joined."""
        new = {key: (number, leaves[at * _HEX : (at + 1) * _HEX]) for key, _, _, number, at in links}
        self._last.update(new)
        self._since.update(new)

    def take(self, subjects: tuple[Subject, ...], leaf: str) -> None:
        """Take over the links of an entry that is not asked whether they are right."""
        for subject in subjects:
            self._last[subject.key] = (subject.number, leaf)
            self._since.add(subject.key)

    def saved(self) -> dict[str, tuple[int, str]]:
        """Return the number and leaf hash (hex) of each key's last entry, for chains without a break."""
        return dict(self._last)

    def restore(self, saved: Mapping[str, tuple[int, str]]) -> None:
        """Take up what :meth:`saved` returned."""
        self._last.update(saved)
        self._since.update(saved)

    def heads(self) -> tuple[int, str]:
        """Return (number of keys, root in hex) over the head of every subject, keys in byte order."""
        last, keys, leaves = self._last, list[str](), bytearray()
        at = 0
        for key in sorted(self._since):  # ASCII: by code point is by byte
            place = bisect_left(self._keys, key, at)
            keys += self._keys[at:place]
            leaves += self._leaves[at * HASH_SIZE : place * HASH_SIZE]
            keys.append(key)
            leaves += head_leaf(key, *last[key])
            at = place + (place < len(self._keys) and self._keys[place] == key)
        keys += self._keys[at:]
        leaves += self._leaves[at * HASH_SIZE :]
        self._keys, self._leaves = keys, leaves
        self._since.clear()
        return len(self._keys), root(split(self._leaves)).hex()
