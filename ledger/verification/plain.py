"""Entries in a row of which each, by itself and beside the others, is plainly as it should be.

What such a row leaves to be asked of the ledger before it is so little that the pass asks it of all of them
at once (``walk``). What is not plain, or of a type that changes what later entries are held against, stands
outside every row and is looked at as ever; nothing is said against it here.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from typing import Any, Final, NamedTuple

from ledger.entry import MAX_ENTRY_BYTES
from ledger.heads import HEADS_COMMITTED
from ledger.merkle import leaf_hash
from ledger.verification.key_fold import KEY_TYPES
from ledger.verification.mould import Cast, Moulds
from ledger.verification.quick import PlainHeader, plain_headers
from ledger.verification.rows import SUBMISSION_REFUSED
from ledger.verification.subjects import Link
from ledger.verification.types import POLICY_PUBLISHED


class Told(NamedTuple):
    """The entries of a row, for a reader."""

    start: int
    """Index of the first."""
    casts: Sequence[Cast]
    statements: Sequence[bytes]
    recorded_at: Sequence[str]


Reader = Callable[[Told], Any]
"""Entries in a row → what an observer wants to know of them. A function of a module, so that another process
finds it; it raises nothing, and what it returns can be pickled."""

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


_Sound = tuple[bytes, PlainHeader, Cast, bytes]
"""Leaf hash, header, what the statement says, its bytes: of an entry that by itself is as it should be."""


def rows_of(
    start: int, entries: Sequence[bytes], stored: Sequence[bytes | None], reader: Reader | None
) -> Iterator[Plain | bytes]:
    """Yield rows, and the bytes of each entry that stands outside of them, in order.

    Where one of the entries that could form a row does not go on from the one before it, all stand outside.

    Args:
        start: index of the first entry.
        entries: their bytes.
        stored: the leaf hash that lies beside each, where there is one; may be shorter.
        reader: is asked of every row.
    """
    sound: Sequence[Any] = _looked_at(start, entries, stored)
    for is_sound, places in groupby(range(len(entries)), lambda at: sound[at] is not None):
        at, *others = places
        stop = at + len(others) + 1
        row = _row(start + at, sound[at:stop], reader) if is_sound else None
        if row is not None:
            yield row
        else:
            yield from entries[at:stop]


def _looked_at(start: int, entries: Sequence[bytes], stored: Sequence[bytes | None]) -> list[_Sound | None]:
    """Look at each entry by itself, all of one type together."""
    parts = [data.partition(b"\n") if len(data) <= MAX_ENTRY_BYTES else (b"", b"", b"") for data in entries]
    statements = [statement for _, _, statement in parts]
    headers = plain_headers([line for line, _, _ in parts])
    by_type: dict[str, list[tuple[int, PlainHeader]]] = {}
    for at, header in enumerate(headers):
        if header is not None and header.index == str(start + at) and header.type not in APART:
            by_type.setdefault(header.type, []).append((at, header))
    sound: list[_Sound | None] = [None] * len(entries)
    for kind, some in by_type.items():
        casts = _MOULDS.casts(kind, [statements[at] for at, _ in some])
        for (at, header), cast in zip(some, casts, strict=True):
            if cast is None or not header.follows(cast.derived):
                continue
            leaf, beside = leaf_hash(entries[at]), stored[at] if at < len(stored) else None
            if beside is None or beside == leaf:
                sound[at] = leaf, header, cast, statements[at]
    return sound


def _row(start: int, sound: Sequence[_Sound], reader: Reader | None) -> Plain | None:
    """Return the row of entries, None where one does not go on from those before it."""
    leaves, headers, casts, statements = zip(*sound, strict=True)
    prevs = [header.prev for header in headers]
    recorded_at = [header.recorded_at for header in headers]
    hashes = [leaf.hex() for leaf in leaves]
    numbers = bytes.fromhex("".join([cast.id for cast in casts]).replace("-", ""))
    ids = [numbers[at : at + _ID_BYTES] for at in range(0, len(numbers), _ID_BYTES)]
    links = _links([header.links for header in headers], hashes)
    if (
        prevs[1:] != hashes[:-1]
        or recorded_at != sorted(recorded_at)
        or len(set(ids)) != len(ids)
        or len({cast.ledger for cast in casts}) != 1
        or links is None
    ):
        return None
    said = None if reader is None else reader(Told(start, casts, statements, recorded_at))
    return Plain(
        start, b"".join(leaves), prevs[0], recorded_at[0], recorded_at[-1], casts[0].ledger, ids,
        [sha256(statement).hexdigest() for statement in statements], links,
        sum([len(header.links) for header in headers]), sum([len(cast.derived.tags) for cast in casts]),
        _runs(headers, casts), said,
    )  # fmt: skip


def _links(of_entries: Sequence[Sequence[tuple[str, int, str]]], hashes: Sequence[str]) -> list[Link] | None:
    """Return where the chain of each subject enters and leaves a row, None where one does not go on in it."""
    links: dict[str, list[Any]] = {}
    for at, of_entry in enumerate(of_entries):
        for key, number, prev in of_entry:
            known = links.get(key)
            if known is None:
                links[key] = [key, number, prev, number, at]
            elif prev == hashes[known[4]] and number == known[3] + 1:
                known[3:] = number, at
            else:
                return None
    return [(key, first, prev, number, at) for key, first, prev, number, at in links.values()]


def _runs(headers: Sequence[PlainHeader], casts: Sequence[Cast]) -> list[Run]:
    runs, at = list[Run](), 0
    # Of items in a row and entries in a row the difference stays the same.
    offsets = [int(header.item) - at for at, header in enumerate(headers)]
    abouts = [
        (header.envelope, header.recorded_at, cast.type, cast.version, cast.agency)
        for header, cast in zip(headers, casts, strict=True)
    ]
    for (about, offset), some in groupby(zip(abouts, offsets, strict=True)):
        envelope, recorded_at, kind, version, agency = about
        entries = len(list(some))
        runs.append(Run(entries, envelope, at + offset, recorded_at, kind, version, agency))
        at += entries
    return runs


_ID_BYTES: Final = 16
_MOULDS: Final = Moulds()
