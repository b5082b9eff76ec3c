"""The rows of a source in their order, each looked at when it comes; others look ahead meanwhile."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from typing import NamedTuple

from ledger.merkle import TILE_WIDTH
from ledger.source import Gap, Source, StoredEntry
from ledger.store import StoreError
from ledger.verification.look import Looked, LookedEntry, LookedEnvelope, Work
from ledger.verification.workers import lookers


class Seen(NamedTuple):
    """An entry as it lies there, what its bytes say, and the envelopes that were looked at along with it."""

    row: StoredEntry
    looked: LookedEntry
    envelopes: dict[bytes, LookedEnvelope]


def looked_at(
    source: Source,
    start: int,
    size: int,
    keys: Callable[[], dict[str, bytes]],
    told: Callable[[list[Seen]], None],
) -> Generator[Seen | Gap, None, None]:
    """Yield every row of the source, which begins with ``start``, below ``size``.

    Args:
        source: it is read some way ahead of what is yielded.
        start: the first entry that it yields.
        size: how many entries to look for, those before ``start`` among them.
        keys: returns the public keys that are known so far, by keyid.
        told: is told of some entries in a row before the first of them is yielded.

    Raises:
        StoreError: the source cannot be read, once all before has been yielded.
    """
    who = lookers(size - start)
    waiting: deque[tuple[list[StoredEntry], list[bytes], Future[Looked]] | Gap | StoreError] = deque()
    try:
        for batch in _batches(source.rows(size)):
            if isinstance(batch, list):
                # Who looks at once knows no more keys than the pass itself, which so does it better.
                envelopes = _envelopes_near(source, batch) if who.ahead else []
                work = Work([row.data for row in batch], envelopes, keys())
                waiting.append((batch, envelopes, who.submit(work)))
            else:
                waiting.append(batch)
            if len(waiting) > who.ahead:
                yield from _next(waiting, told)
        while waiting:
            yield from _next(waiting, told)
    finally:
        who.close()


def _next(
    waiting: deque[tuple[list[StoredEntry], list[bytes], Future[Looked]] | Gap | StoreError],
    told: Callable[[list[Seen]], None],
) -> Iterator[Seen | Gap]:
    first = waiting.popleft()
    if isinstance(first, StoreError):
        raise first
    if isinstance(first, Gap):
        yield first
        return
    rows, raw, future = first
    entries, found = future.result()
    envelopes = dict(zip(raw, found, strict=True))
    seen = [Seen(row, looked, envelopes) for row, looked in zip(rows, entries, strict=True)]
    told(seen)
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
