"""Whom breaks touch: the enterprises and cars of the entries at which something is broken.

An entry names them twice, in its header and in its statement. Where one of the two is changed or cannot be
read the other still tells; both are taken, for a break says that one of them may be wrong.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import Final

from ledger.canonical import Malformed
from ledger.entry import derive, parse_header, parse_statement
from ledger.source import Break, Gap, Source
from ledger.store import StoreError

MAX_NAMED: Final = 50
_KINDS: Final = ("enterprise:", "vin:")


def touched_in(source: Source, size: int, breaks: Collection[Break]) -> list[str]:
    """Return the note about a whole ledger; its entries are read again, up to the last that is broken.

    Args:
        source: has been verified.
        size: how many entries were looked for.
        breaks: what was found.
    """
    broken = _places(breaks)
    if not broken:
        return []
    return note_touched(breaks, _entries(source, size, max(broken)))


def note_touched(breaks: Collection[Break], entries: Iterable[tuple[int, bytes]]) -> list[str]:
    """Return one note that names who is touched, at most 50 of them; none when no break is at an entry.

    Args:
        breaks: of all classes; those against an anchor touch the whole ledger, and nobody by name.
        entries: (index, bytes) of those that are there, the broken ones among them.
    """
    broken = _places(breaks)
    keys: set[str] = set()
    silent = set(broken)
    for index, data in entries:
        if index in broken:
            parts = list(_parts(data))
            keys.update(key for part in parts for key in part if key.startswith(_KINDS))
            if parts:
                silent.discard(index)
    if not broken:
        return []
    named = ", ".join(sorted(keys)[:MAX_NAMED]) or "no enterprise and no car"
    more = f" and {len(keys) - MAX_NAMED} more" if len(keys) > MAX_NAMED else ""
    lost = f"; {len(silent)} of these entries cannot be read and may touch others" if silent else ""
    return [f"touched by what is broken at {len(broken)} entries: {named}{more}{lost}"]


def _places(breaks: Collection[Break]) -> set[int]:
    return {one.index for one in breaks if one.index is not None and one.class_ != "inconsistent"}


def _entries(source: Source, size: int, last: int) -> Iterator[tuple[int, bytes]]:
    try:
        for row in source.rows(size):
            if isinstance(row, Gap):
                continue
            if row.start > last:
                return
            yield from enumerate(row.data, row.start)
    except StoreError:
        return  # that it cannot be read on is listed


def _parts(data: bytes) -> Iterator[Collection[str]]:
    """Yield the keys of the header, and those of the statement, each if it can be read."""
    line, _, statement = data.partition(b"\n")
    with suppress(Malformed):
        yield [subject.key for subject in parse_header(line).subjects]
    with suppress(Malformed):
        yield derive(parse_statement(statement)).subjects
