"""Entries in a row of which each, by itself and beside the others, is plainly as it should be.

What such a row leaves to be asked of the ledger before it is so little that the pass asks it of all of them
at once (``walk``). What is not plain, or of a type that changes what later entries are held against, stands
outside every row and is looked at as ever; nothing is said against it here.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from ledger.entry import MAX_ENTRY_BYTES
from ledger.heads import HEADS_COMMITTED
from ledger.merkle import leaf_hash
from ledger.verification.key_fold import KEY_TYPES
from ledger.verification.mould import Cast, Moulds
from ledger.verification.quick import PlainHeader, plain_header
from ledger.verification.rows import SUBMISSION_REFUSED
from ledger.verification.subjects import Link
from ledger.verification.types import POLICY_PUBLISHED


class Told(NamedTuple):
    """An entry of a row, for a reader."""

    type: str
    subjects: Sequence[str]
    statement: bytes
    recorded_at: str


Reader = Callable[[int, Sequence[Told]], Any]
"""(index of the first, entries in a row) → what an observer wants to know of them. A function of a module, so
that another process finds it; it raises nothing, and what it returns can be pickled."""

APART: Final = KEY_TYPES | {POLICY_PUBLISHED, HEADS_COMMITTED, SUBMISSION_REFUSED}
"""Types that the pass looks at one by one."""


class Run(NamedTuple):
    """Entries in a row that are items in a row of one envelope and of which authority asks the same."""

    entries: int
    envelope: str
    item: int
    """Of the first of them."""
    recorded_at: str
    type: str
    version: int
    agency: str


class Plain(NamedTuple):
    """A row. Within it index, ``prev``, times, ids and the chains of subjects go on from entry to entry."""

    start: int
    """Index of the first entry."""
    leaves: bytes
    """Leaf hashes, joined."""
    prev: str
    """Leaf hash (hex) that the first entry names."""
    first_recorded_at: str
    last_recorded_at: str
    ledger: str
    ids: list[bytes]
    """Of each statement, 16 bytes."""
    digests: list[str]
    """SHA-256 (hex) of each statement's bytes."""
    links: list[Link]
    subjects: int
    """How many there are in all headers."""
    tags: int
    runs: list[Run]
    said: Any
    """What the reader returned; None without one."""

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return len(self.ids)


class Row:
    """A row that is being made."""

    def __init__(self, index: int, header: PlainHeader, ledger: str) -> None:
        self.start = index
        self._first = header
        self._ledger = ledger
        self._recorded_at = ""
        self._last = header.prev
        self._leaves: list[bytes] = []
        self._ids: dict[bytes, None] = {}
        self._digests: list[str] = []
        self._links: dict[str, list[Any]] = {}
        self._subjects = self._tags = 0
        self._runs: list[list[Any]] = []
        self._told: list[Told] = []

    def goes_on(self, header: PlainHeader, ledger: str, number: bytes) -> bool:
        """Say whether an entry can stand behind those that are in it."""
        if header.prev != self._last or header.recorded_at < self._recorded_at or ledger != self._ledger:
            return False
        if number in self._ids:
            return False
        at, links = len(self._ids) - 1, self._links
        for key, link, prev in header.links:
            known = links.get(key)
            if known is not None:
                _, _, _, last_number, last = known
                before = self._last if last == at else self._leaves[last].hex()
                if prev != before or int(link) != last_number + 1:
                    return False
        return True

    def add(self, leaf: bytes, header: PlainHeader, cast: Cast, number: bytes, statement: bytes) -> None:
        """Take in an entry that is the first of the row, or with which it goes on."""
        at, links = len(self._leaves), self._links
        self._leaves.append(leaf)
        self._last = leaf.hex()
        self._ids[number] = None
        self._digests.append(sha256(statement).hexdigest())
        for key, link, prev in header.links:
            known = links.get(key)
            if known is None:
                first = int(link)
                links[key] = [key, first, prev, first, at]
            else:
                known[3] += 1
                known[4] = at
        self._subjects += len(header.links)
        self._tags += len(cast.derived.tags)
        envelope, _, item, _, recorded_at, _, _, _ = header
        self._recorded_at = recorded_at
        about = (envelope, recorded_at, cast.type, cast.version, cast.agency)
        runs = self._runs
        if runs and runs[-1][0] == about and runs[-1][1] + runs[-1][2] == int(item):
            runs[-1][2] += 1
        else:
            runs.append([about, int(item), 1])
        self._told.append(Told(cast.type, cast.derived.subjects, statement, recorded_at))

    def plain(self, reader: Reader | None) -> Plain:
        """Return the row, and what the reader says of it."""
        runs = [
            Run(count, envelope, item, recorded_at, kind, version, agency)
            for (envelope, recorded_at, kind, version, agency), item, count in self._runs
        ]
        said = None if reader is None else reader(self.start, self._told)
        return Plain(
            self.start, b"".join(self._leaves), self._first.prev, self._first.recorded_at, self._recorded_at,
            self._ledger, list(self._ids), self._digests, [Link(*link) for link in self._links.values()],
            self._subjects, self._tags, runs, said,
        )  # fmt: skip


def rows_of(
    start: int, entries: Sequence[bytes], stored: Sequence[bytes | None], reader: Reader | None
) -> Iterator[Plain | bytes]:
    """Yield rows, and the bytes of each entry that stands outside of them, in order.

    Args:
        start: index of the first entry.
        entries: their bytes.
        stored: the leaf hash that lies beside each, where there is one; may be shorter.
        reader: is asked of every row.
    """
    row: Row | None = None
    for index, (data, beside) in enumerate(zip_longest(entries, stored), start):
        leaf = leaf_hash(data)
        line, _, statement = data.partition(b"\n")
        header, cast = plain_header(line), None
        if (
            header is not None
            and header.index == str(index)
            and header.type not in APART
            and (beside is None or beside == leaf)
            and len(data) <= MAX_ENTRY_BYTES
        ):
            cast = _MOULDS.cast(header.type, statement)
        if header is None or cast is None or not header.follows(cast.derived):
            if row is not None:
                yield row.plain(reader)
                row = None
            yield data
            continue
        number = bytes.fromhex(cast.id.replace("-", ""))
        if row is None or not row.goes_on(header, cast.ledger, number):
            if row is not None:
                yield row.plain(reader)
            row = Row(index, header, cast.ledger)
        row.add(leaf, header, cast, number, statement)
    if row is not None:
        yield row.plain(reader)


_MOULDS: Final = Moulds()
