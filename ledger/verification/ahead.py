"""The rows of a source in their order, each looked at when it comes; others look ahead meanwhile."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from typing import NamedTuple

from ledger.merkle import TILE_WIDTH
from ledger.source import Gap, Source, StoredEntry
from ledger.store import StoreError
from ledger.verification.look import Looked, LookedEntry, LookedEnvelope, Work
from ledger.verification.plain import Plain, Reader
from ledger.verification.workers import lookers


class Seen(NamedTuple):
    """An entry as it lies there, what its bytes say, and the envelopes that were looked at along with it."""

    row: StoredEntry
    looked: LookedEntry
    envelopes: dict[bytes, LookedEnvelope]


class SeenPlain(NamedTuple):
    """Entries in a row that are plainly as they should be; see :class:`Seen`."""

    rows: list[StoredEntry]
    plain: Plain
    envelopes: dict[bytes, LookedEnvelope]


Item = Seen | SeenPlain | Gap
_Waiting = tuple[list[StoredEntry], list[bytes], Future[Looked]] | Gap | StoreError


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
        for batch in _batches(source.rows(size)):
            if isinstance(batch, list):
                # Who looks at once knows no more keys than the pass itself, which so does it better.
                envelopes = _envelopes_near(source, batch) if who.ahead else []
                entries, stored = [row.data for row in batch], [row.leaf for row in batch]
                work = Work(entries, envelopes, keys(), batch[0].index, stored, rows, reader)
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
            seen.append(Seen(stored[at], looked, envelopes))
            at += 1
        else:
            seen.append(SeenPlain(stored[at : at + looked.entries], looked, envelopes))
            at += looked.entries
    assert at == len(stored), "every entry is looked at"
    told([one for one in seen if isinstance(one, Seen)])
    yield from seen


def _envelopes_near(source: Source, rows: list[StoredEntry]) -> list[bytes]:
    try:
        return source.envelopes_near(rows)
    except StoreError:
        return []  # it fails again when their turn has come


def _batches(rows: Iterator[StoredEntry | Gap]) -> Iterator[list[StoredEntry] | Gap | StoreError]:
    """Yield the entries of each tile together; a failure to read is an item too, the last one."""
    batch: list[StoredEntry] = []
    failure: StoreError | None = None
    try:
        for row in rows:
            if batch and (isinstance(row, Gap) or row.index % TILE_WIDTH == 0):
                yield batch
                batch = []
            if isinstance(row, Gap):
                yield row
            else:
                batch.append(row)
    except StoreError as error:
        failure = error
    if batch:
        yield batch
    if failure is not None:
        yield failure
