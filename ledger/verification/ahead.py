"""The rows of a source in their order, each looked at when it comes; others look ahead meanwhile."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from typing import NamedTuple

from ledger.source import Gap, Source, StoredEntries
from ledger.store import StoreError
from ledger.verification.look import Looked, LookedEntry, LookedEnvelope, Work, look_at_entry
from ledger.verification.plain import Plain, Reader
from ledger.verification.workers import lookers


class Seen(NamedTuple):
    """An entry that lies there, what its bytes say, and the envelopes that were looked at along with it."""

    at: int
    """Its index."""
    stored: bytes | None
    """The leaf hash that lies beside it, if one does."""
    looked: LookedEntry
    envelopes: dict[bytes, LookedEnvelope]


class SeenPlain(NamedTuple):
    """Entries in a row that are plainly as they should be; see :class:`Seen`."""

    stored: StoredEntries
    """Those of the row, and others before and behind it."""
    plain: Plain
    envelopes: dict[bytes, LookedEnvelope]

    def one_by_one(self) -> list[Seen]:
        """Return the entries, each looked at by itself."""
        at = self.plain.start - self.stored.start
        data = self.stored.data[at : at + self.plain.entries]
        leaves = self.stored.leaves[at : at + self.plain.entries]
        return [
            Seen(index, leaf, look_at_entry(entry), self.envelopes)
            for index, (entry, leaf) in enumerate(zip(data, leaves, strict=True), self.plain.start)
        ]


Item = Seen | SeenPlain | Gap
_Waiting = tuple[StoredEntries, list[bytes], Future[Looked]] | Gap | StoreError


def looked_at(
    source: Source,
    start: int,
    size: int,
    keys: Callable[[], dict[str, bytes]],
    told: Callable[[list[Seen]], None],
    *,
    rows: bool,
    reader: Reader | None,
) -> Generator[Item, None, None]:
    """Yield every row of the source, which begins with ``start``, below ``size``.

    Args:
        source: it is read some way ahead of what is yielded.
        start: the first entry that it yields.
        size: how many entries to look for, those before ``start`` among them.
        keys: returns the public keys that are known so far, by keyid.
        told: is told of some entries in a row before the first of them is yielded.
        rows: whether entries that are plainly as they should be may come together.
        reader: is asked of those.

    Raises:
        StoreError: the source cannot be read, once all before has been yielded.
    """
    who = lookers(size - start)
    waiting: deque[_Waiting] = deque()
    try:
        for batch in _read(source.rows(size)):
            if isinstance(batch, StoredEntries):
                # Who looks at once knows no more keys than the pass itself, which so does it better.
                envelopes = _envelopes_near(source, batch) if who.ahead else []
                work = Work(batch.data, envelopes, keys(), batch.start, batch.leaves, rows, reader)
                waiting.append((batch, envelopes, who.submit(work)))
            else:
                waiting.append(batch)
            if len(waiting) > who.ahead:
                yield from _next(waiting, told)
        while waiting:
            yield from _next(waiting, told)
    finally:
        who.close()


def _next(waiting: deque[_Waiting], told: Callable[[list[Seen]], None]) -> Iterator[Item]:
    first = waiting.popleft()
    if isinstance(first, StoreError):
        raise first
    if isinstance(first, Gap):
        yield first
        return
    stored, raw, future = first
    entries, found = future.result()
    envelopes = dict(zip(raw, found, strict=True))
    seen: list[Seen | SeenPlain] = []
    at = 0
    for looked in entries:
        if isinstance(looked, LookedEntry):
            seen.append(Seen(stored.start + at, stored.leaves[at], looked, envelopes))
            at += 1
        else:
            seen.append(SeenPlain(stored, looked, envelopes))
            at += looked.entries
    assert at == len(stored.data), "every entry is looked at"
    told([one for one in seen if isinstance(one, Seen)])
    yield from seen


def _envelopes_near(source: Source, rows: StoredEntries) -> list[bytes]:
    try:
        return source.envelopes_near(rows)
    except StoreError:
        return []  # it fails again when their turn has come


def _read(rows: Iterator[StoredEntries | Gap]) -> Iterator[StoredEntries | Gap | StoreError]:
    """Yield what is read; a failure to read is an item too, the last one."""
    try:
        yield from rows
    except StoreError as error:
        yield error
