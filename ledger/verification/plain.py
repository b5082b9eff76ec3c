"""Entries in a row of which each, by itself and beside the others, is plainly as it should be.

What such a row leaves to be asked of the ledger before it is so little that the pass asks it of all of them
at once (``walk``). What is not plain, or of a type that changes what later entries are held against, stands
outside every row and is looked at as ever; nothing is said against it here.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from ledger.entry import MAX_ENTRY_BYTES, Derived, derive
from ledger.heads import HEADS_COMMITTED
from ledger.merkle import leaf_hash
from ledger.verification.key_fold import KEY_TYPES
from ledger.verification.quick import PlainHeader, plain_header, plain_statement
from ledger.verification.rows import SUBMISSION_REFUSED
from ledger.verification.statements import has_plain_members
from ledger.verification.subjects import Link
from ledger.verification.types import POLICY_PUBLISHED

Reader = Callable[[int, Sequence[str], dict[str, Any], datetime], Any]
"""(index, subject keys, statement, recorded_at) → what an observer wants to know of an entry. A function of a
module, so that another process finds it; it raises nothing, and what it returns can be pickled."""

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
    said: list[Any]
    """What the reader returned; empty without one."""

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
        self._said: list[Any] = []

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

    def add(
        self,
        leaf: bytes,
        header: PlainHeader,
        statement: dict[str, Any],
        digest: str,
        number: bytes,
        tags: int,
    ) -> None:
        """Take in an entry that is the first of the row, or with which it goes on."""
        at, links = len(self._leaves), self._links
        self._leaves.append(leaf)
        self._last = leaf.hex()
        self._ids[number] = None
        self._digests.append(digest)
        for key, link, prev in header.links:
            known = links.get(key)
            if known is None:
                first = int(link)
                links[key] = [key, first, prev, first, at]
            else:
                known[3] += 1
                known[4] = at
        self._subjects += len(header.links)
        self._tags += tags
        envelope, _, item, _, self._recorded_at, _ = header
        about = [envelope, self._recorded_at, statement["type"], statement["version"], statement["agency"]]
        if self._runs and self._runs[-1][0] == about and self._runs[-1][1] + self._runs[-1][2] == int(item):
            self._runs[-1][2] += 1
        else:
            self._runs.append([about, int(item), 1])

    def say(self, said: Any) -> None:
        """Keep what a reader returned of the entry taken in last."""
        self._said.append(said)

    def plain(self) -> Plain:
        """Return the row."""
        runs = [
            Run(count, envelope, item, recorded_at, kind, version, agency)
            for (envelope, recorded_at, kind, version, agency), item, count in self._runs
        ]
        return Plain(
            self.start, b"".join(self._leaves), self._first.prev, self._first.recorded_at, self._recorded_at,
            self._ledger, list(self._ids), self._digests, [Link(*link) for link in self._links.values()],
            self._subjects, self._tags, runs, self._said,
        )  # fmt: skip


def rows_of(
    start: int, entries: Sequence[bytes], stored: Sequence[bytes | None], reader: Reader | None
) -> Iterator[Plain | bytes]:
    """Yield rows, and the bytes of each entry that stands outside of them, in order.

    Args:
        start: index of the first entry.
        entries: their bytes.
        stored: the leaf hash that lies beside each, where there is one; may be shorter.
        reader: is asked of every entry in a row.
    """
    row: Row | None = None
    for index, (data, beside) in enumerate(zip_longest(entries, stored), start):
        leaf = leaf_hash(data)
        line, _, raw = data.partition(b"\n")
        statement, header, derived = plain_statement(raw), None, _NOTHING
        if (
            statement is not None
            and (beside is None or beside == leaf)
            and has_plain_members(statement)
            and statement["type"] not in APART
        ):
            derived = derive(statement)
            header = plain_header(line, derived, statement["type"])
        if statement is None or header is None or header.index != str(index) or len(data) > MAX_ENTRY_BYTES:
            if row is not None:
                yield row.plain()
                row = None
            yield data
            continue
        number = bytes.fromhex(statement["id"].replace("-", ""))
        if row is None or not row.goes_on(header, statement["ledger"], number):
            if row is not None:
                yield row.plain()
            row = Row(index, header, statement["ledger"])
        row.add(leaf, header, statement, sha256(raw).hexdigest(), number, len(derived.tags))
        if reader is not None:
            row.say(reader(index, derived.subjects, statement, _instant(header.recorded_at)))
    if row is not None:
        yield row.plain()


_NOTHING: Final = Derived((), ())
_instant: Final = lru_cache(maxsize=256)(datetime.fromisoformat)
