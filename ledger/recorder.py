"""The ``eventsourcing`` library's DCB recorder contract on a ledger store.

A position is the index plus one; the DCB tags of an entry are its subject keys and its tags. Any ledger can
be read and followed through it. Bare entries (no envelope, no subjects) can be appended only to a store that
is not a ledger of signed statements; they are chained, hashed and put in the tree like all others.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from heapq import merge
from itertools import islice
from threading import Event

from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBQueryItem,
    DCBReadResponse,
    DCBRecorder,
    DCBSequencedEvent,
)
from eventsourcing.dcb.persistence import DCBListenNotifySubscription
from eventsourcing.persistence import DataError, IntegrityError, OperationalError, ProgrammingError
from typing_extensions import override

from ledger.canonical import Malformed
from ledger.clock import Clock, format_instant, system_clock
from ledger.entry import Header, encode_entry, parse_entry
from ledger.merkle import leaf_hash
from ledger.store import Batch, Head, NewEntry, Reader, Store, StoreError

POLL_SECONDS = 0.5
"""How long a subscription may be behind what another process, or the sequencer, has appended."""
MAX_NAME_BYTES = 2_000
"""Of a type or a tag in UTF-8: an index of PostgreSQL takes a third of a page, 2,704 bytes, at most."""

_OPENING = "LedgerOpened"


class LedgerRecorder(DCBRecorder):
    """Reads, appends to and follows one store; safe to use from several threads."""

    def __init__(self, store: Store, *, clock: Clock = system_clock) -> None:
        self._store = store
        self._clock = clock
        self._listeners: set[Event] = set()

    @override
    def read(
        self, query: DCBQuery | None = None, *, after: int | None = None, limit: int | None = None
    ) -> DCBReadResponse:
        """Return the events that match ``query`` at positions above ``after``, in order.

        What is appended while the response is read does not show in it. Its ``head`` is the position of
        the last entry of all, or with a ``limit`` that of the last event in it; None when there is none.

        Raises:
            OperationalError: the store failed.
            DataError: an entry in the store is no entry.
        """
        with _library_errors():
            size = self._store.head().size
        events = _events(self._store, query, after, size)
        if limit is None:
            return _Response(events, size or None)
        page = list(islice(events, limit))
        return _Response(iter(page), page[-1].position if page else None)

    @override
    def append(self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None) -> int:
        """Append bare entries, all of them or none, and return the position of the last.

        Raises:
            ProgrammingError: no events, or a ledger of signed statements: its entries enter by the sequencer.
            IntegrityError: an entry matches the condition.
            DataError: a type or tag that no header can hold or longer than 2,000 bytes, or more than 65,535
                bytes in all.
            OperationalError: the store failed.
        """
        if not events:
            raise ProgrammingError("no events to append")
        with _library_errors(), self._store.transaction() as transaction:
            head = transaction.head()
            opening = transaction.matching((_OPENING,), (), 0, head.size)
            if any(event.type == _OPENING for event in events) or any(True for _ in opening):
                raise ProgrammingError("a ledger of signed statements takes no bare entries")
            if condition is not None:
                conflict = _events(transaction, condition.fail_if_events_match, condition.after, head.size)
                if any(True for _ in conflict):
                    raise IntegrityError(condition)
            recorded_at = max(format_instant(self._clock()), head.recorded_at)
            entries = _chain(events, head, recorded_at)
            tree = head.tree.copy()
            tiles = tree.append(entry.leaf_hash for entry in entries)
            new_head = Head(tree.size, entries[-1].leaf_hash, recorded_at, tree)
            transaction.write(Batch(entries=entries, tiles=tiles), new_head)
        for listener in tuple(self._listeners):
            listener.set()
        return new_head.size

    @override
    def subscribe(self, query: DCBQuery | None = None, *, after: int | None = None) -> "LedgerSubscription":
        """Return a subscription that gives the matching events above ``after`` and then waits for more."""
        return LedgerSubscription(self, query=query, after=after)

    def listen(self, listener: Event) -> None:
        """Set ``listener`` after each append of this recorder."""
        self._listeners.add(listener)

    def unlisten(self, listener: Event) -> None:
        """Set ``listener`` no longer."""
        self._listeners.discard(listener)


class LedgerSubscription(DCBListenNotifySubscription[LedgerRecorder]):
    """Events as they are recorded: its own recorder notifies it, for other writers it polls."""

    def __init__(
        self, recorder: LedgerRecorder, query: DCBQuery | None = None, after: int | None = None
    ) -> None:
        super().__init__(recorder=recorder, query=query, after=after)
        self._recorder.listen(self._has_been_notified)

    @override
    def stop(self) -> None:
        """Stop: whoever waits for the next event gets StopIteration, or the error that ended it."""
        super().stop()
        self._recorder.unlisten(self._has_been_notified)

    @override
    def _loop_on_pull(self) -> None:
        try:
            while not self._has_been_stopped:
                self._pull()
                self._has_been_notified.wait(POLL_SECONDS)
        except BaseException as error:  # noqa: BLE001 - the thread that reads the subscription raises it
            self._thread_error = error
            self.stop()


class _Response(DCBReadResponse):
    def __init__(self, events: Iterator[DCBSequencedEvent], head: int | None) -> None:
        self._events = events
        self._head = head

    @property
    @override
    def head(self) -> int | None:
        return self._head

    @override
    def __next__(self) -> DCBSequencedEvent:
        return next(self._events)


def _events(
    reader: Reader, query: DCBQuery | None, after: int | None, stop: int
) -> Iterator[DCBSequencedEvent]:
    """Yield what matches any query item, in order and once, of the entries below ``stop``.

    The entries below a size never change, so pages that are read later belong to the same moment.
    """
    items = (query and query.items) or [DCBQueryItem()]
    start = max(after or 0, 0)
    found = [reader.matching(set(item.types), set(item.tags), start, stop) for item in items]
    last = -1
    with _library_errors():
        for index, data in merge(*found):
            if index == last:
                continue
            last = index
            entry = parse_entry(data)
            tags = [subject.key for subject in entry.header.subjects] + list(entry.header.tags)
            yield DCBSequencedEvent(DCBEvent(entry.header.type, entry.statement, tags), index + 1)


def _chain(events: Sequence[DCBEvent], head: Head, recorded_at: str) -> list[NewEntry]:
    entries: list[NewEntry] = []
    prev = head.leaf_hash
    for index, event in enumerate(events, head.size):
        if not all(isinstance(text, str) for text in (event.type, *event.tags)):
            raise DataError("the type and the tags of an event are texts")
        for name in (event.type, *event.tags):
            if (length := len(name.encode(errors="surrogatepass"))) > MAX_NAME_BYTES:
                raise DataError(f"a type or tag of {length} bytes: {MAX_NAME_BYTES} at most are allowed")
        tags = tuple(sorted(set(event.tags)))
        header = Header(None, index, None, prev.hex(), recorded_at, (), tags, event.type)
        data = encode_entry(header, event.data)
        prev = leaf_hash(data)
        entries.append(NewEntry(index, prev, event.type, data, (), tags, None))
    return entries


@contextmanager
def _library_errors() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise OperationalError(str(error)) from error
    except Malformed as error:
        raise DataError(str(error)) from error
