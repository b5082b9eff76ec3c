"""The sequencer: request threads queue, one writer thread per process appends in groups.

A chain has one head, so appends are serial whatever one does; throughput comes from putting what waits
into one transaction. Several processes may each run a sequencer on one store: the head lock orders them.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.append import Appender, Entered, NotOpened, Outcome, WrongKey
from ledger.clock import Clock, system_clock
from ledger.ed25519 import key_id, raw_public_key
from ledger.opening import load_ring
from ledger.reading import Reading, read_submission
from ledger.receipt import Receipt, make_receipts
from ledger.signer import CheckpointSigner, ReleaseRefused, StaleStore
from ledger.store import CommitUnknown, ConnectionLost, Store, StoreError, Unreachable
from ledger.submission import NotAccepted, Submission, prepare

GROUP_ENVELOPES = 512
GROUP_STATEMENTS = 2_000
GROUP_BYTES = 8 * 1024 * 1024
QUEUE_ENVELOPES = 1_024
ATTEMPTS = 3
LOST_ATTEMPTS = 10  # when the database goes away in the middle, again and again

_log = logging.getLogger(__name__)


class QueueFull(Exception):
    """More waits than the bounded queue holds; try again later. Nothing was recorded."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    submission: Submission
    future: "Future[Outcome]"


@dataclass(frozen=True, slots=True)
class _HeadsWanted:
    future: "Future[int]"


@dataclass(frozen=True, slots=True)
class Written:
    """What one group was: for whoever watches the sequencer."""

    envelopes: int
    statements: int
    seconds: float
    """From the beginning of the transaction to the end of its commit, further attempts included."""


def _unwatched(written: Written) -> None:
    """Watch nothing."""


@dataclass(frozen=True, slots=True)
class _Together:
    waiting: list[_Waiting]


_Item = _Waiting | _Together | _HeadsWanted


class Sequencer:
    """Appends signed envelopes to a store; close it, or use it as a context manager."""

    def __init__(
        self,
        store: Store,
        housekeeping_key: Ed25519PrivateKey,
        *,
        clock: Clock = system_clock,
        signer: CheckpointSigner | None = None,
        max_queue: int = QUEUE_ENVELOPES,
        watch: Callable[[Written], None] = _unwatched,
    ) -> None:
        """Begin to write.

        Args:
            store: holds an opened ledger.
            housekeeping_key: signs what the ledger itself must record.
            clock: the present.
            signer: releases a checkpoint after each group; without one receipts have no proof yet.
            max_queue: how many envelopes may wait.
            watch: called by the writer thread after the commit of each group of envelopes; raises nothing.

        Raises:
            NotOpened: the store holds no ledger.
            WrongKey: entry 0 names another housekeeping key, or another checkpoint key than the signer's.
        """
        self._store = store
        self._key = housekeeping_key
        self._clock = clock
        self._signer = signer
        self._watch = watch
        self._appender = Appender(housekeeping_key)
        ring, number = load_ring(store)
        if ring.origin is None:
            raise NotOpened("this database holds no ledger yet; `quota-ledger init` opens one")
        if key_id(raw_public_key(housekeeping_key)) != ring.housekeeping_keyid:
            raise WrongKey(f"{ring.origin} names another housekeeping key in entry 0 than this one")
        if signer is not None and str(signer.verifier_key) != ring.operator_key:
            raise WrongKey(f"{ring.origin} names another checkpoint key in entry 0 than the signer's")
        self._origin = ring.origin
        self._known = ring, number  # replaced as one, for request threads read it
        self._queue: queue.Queue[_Item | None] = queue.Queue(max_queue)
        self._closed = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._write_groups, name="sequencer", daemon=True)
        self._thread.start()

    def __enter__(self) -> "Sequencer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def waiting(self) -> int:
        """How many envelopes wait, those of the group being written not counted."""
        return self._queue.qsize()

    @property
    def is_alive(self) -> bool:
        """Whether the writer thread runs."""
        return self._thread.is_alive()

    def submit(self, envelope: bytes, statements: Sequence[bytes]) -> "Future[Outcome]":
        """Check what needs no head and queue the rest; the future is done after the commit.

        Raises:
            NotAccepted: answered without record.
            QueueFull: too much waits.
        """
        waiting = _Waiting(self._prepare(envelope, statements), Future())
        waiting.future.set_running_or_notify_cancel()  # what is queued cannot be taken back
        self._put(waiting)
        return waiting.future

    def append(self, envelope: bytes, statements: Sequence[bytes]) -> Outcome:
        """Submit and wait.

        Raises:
            NotAccepted, QueueFull: as :meth:`submit`.
            CommitUnknown: written or not; the same envelope sent again tells what became of it.
            StoreError: not written.
        """
        return self.submit(envelope, statements).result()

    def append_together(self, submissions: Sequence[tuple[bytes, Sequence[bytes]]]) -> list[Outcome]:
        """Submit (envelope, statements) of several and wait; they enter in this order, in one transaction.

        Each is judged by itself: one that is refused keeps no other out. All get one ``recorded_at``.

        Raises:
            ValueError: more than ``GROUP_ENVELOPES`` envelopes.
            NotAccepted, QueueFull, StoreError: as :meth:`append`; nothing was queued, or nothing written.
        """
        if len(submissions) > GROUP_ENVELOPES:
            raise ValueError(f"{len(submissions)} envelopes, at most {GROUP_ENVELOPES} enter together")
        waiting = [_Waiting(self._prepare(*submission), Future()) for submission in submissions]
        if waiting:
            self._put(_Together(waiting))
        return [one.future.result() for one in waiting]

    def commit_heads(self) -> int:
        """Put the heads of all subjects' chains on record, behind what waits; return the entry's index.

        When the last entry is a HeadsCommitted, nothing is written.

        Raises:
            QueueFull: as :meth:`submit`.
            CommitUnknown: written or not; asking again is harmless.
            StoreError: not written.
        """
        wanted = _HeadsWanted(Future())
        self._put(wanted)
        return wanted.future.result()

    def receipts(self, outcome: Outcome) -> tuple[Receipt, ...]:
        """Return the receipts of what entered, or of the first entries of what was repeated."""
        indexes = outcome.indexes if isinstance(outcome, Entered) else outcome.repeated
        return make_receipts(self._store, indexes)

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._closed:
            if self._is_closed:
                return
            self._is_closed = True
        self._queue.put(None)
        self._thread.join()

    def _put(self, item: _Item) -> None:
        with self._closed:
            if self._is_closed:
                raise RuntimeError("the sequencer is closed")
            try:
                self._queue.put_nowait(item)
            except queue.Full:
                raise QueueFull(f"{self._queue.maxsize} envelopes wait already; try again later") from None

    def _prepare(self, envelope: bytes, statements: Sequence[bytes]) -> Submission:
        ring, number = self._known
        try:
            return prepare(envelope, statements, ledger=self._origin, public_key=ring.public_key)
        except NotAccepted as error:
            if error.code != "unknown-key":
                raise
        # Another process may have registered the key a moment ago. Only what is new is read: anybody can
        # send unknown keys.
        ring, _ = load_ring(self._store, ring, number)
        return prepare(envelope, statements, ledger=self._origin, public_key=ring.public_key)

    def _write_groups(self) -> None:
        carried: _Item | None = None
        while True:
            first = carried or self._queue.get()
            carried = None
            if first is None:
                return
            if isinstance(first, _HeadsWanted):
                self._write_heads(first)
                continue
            if isinstance(first, _Together):
                self._write(first.waiting)
                continue
            group, carried, closing = self._gather(first)
            self._write(group)
            if closing:
                return

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], _Item | None, bool]:
        """Take what waits behind ``first`` up to the bounds of a group; one envelope always fits."""
        group = [first]
        statements, size = len(first.submission.statements), first.submission.size_bytes
        while len(group) < GROUP_ENVELOPES:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return group, None, True
            if not isinstance(waiting, _Waiting):
                return group, waiting, False
            statements += len(waiting.submission.statements)
            size += waiting.submission.size_bytes
            if statements > GROUP_STATEMENTS or size > GROUP_BYTES:
                return group, waiting, False
            group.append(waiting)
        return group, None, False

    def _write(self, group: list[_Waiting]) -> None:
        began = time.monotonic()
        try:
            outcomes = self._append([read_submission(waiting.submission) for waiting in group])
        except BaseException as error:  # noqa: BLE001  whoever waits must hear of it, whatever it is
            for waiting in group:
                waiting.future.set_exception(error)
            return
        statements = sum(len(waiting.submission.statements) for waiting in group)
        self._watch(Written(len(group), statements, time.monotonic() - began))
        self._release()
        for waiting, outcome in zip(group, outcomes, strict=True):
            waiting.future.set_result(outcome)

    def _write_heads(self, wanted: _HeadsWanted) -> None:
        try:
            self._append([], heads=True)
        except BaseException as error:  # noqa: BLE001  whoever waits must hear of it, whatever it is
            wanted.future.set_exception(error)
            return
        self._release()
        index = self._appender.memory.last_heads
        assert index is not None, "heads were asked for"
        wanted.future.set_result(index)

    def _append(self, submissions: list[Reading], *, heads: bool = False) -> list[Outcome]:
        unknown: CommitUnknown | None = None
        for attempt in count(1):
            try:
                with self._store.transaction() as transaction:
                    outcomes, memory = self._appender.append(
                        transaction, submissions, self._clock(), heads=heads
                    )
                # Committed: the entries are durable, and nobody has been told. A crash here loses an answer,
                # not an entry; the same envelope sent again gets it.
                self._appender.memory = memory
                self._known = memory.ring, memory.ring_number
            except StoreError as error:
                self._appender = Appender(self._key)
                # Whether the commit happened is found out by asking again: what entered is a replay now.
                unknown = error if isinstance(error, CommitUnknown) else unknown
                attempts = LOST_ATTEMPTS if isinstance(error, ConnectionLost) else ATTEMPTS
                if attempt >= attempts or isinstance(error, Unreachable):  # that has waited long enough
                    if unknown is None or unknown is error:
                        raise
                    raise CommitUnknown(f"{unknown}; asked what became of it: {error}") from error
                _log.warning("append failed, attempt %d of %d: %s", attempt, attempts, error)
                time.sleep(0.1 * attempt)
            except BaseException:
                self._appender = Appender(self._key)
                raise
            else:
                return outcomes
        raise AssertionError("an attempt returns or raises")

    def _release(self) -> None:
        """Sign what the store now holds; entries stand whether or not a checkpoint can be released."""
        if self._signer is None:
            return
        try:
            release_checkpoint(self._store, self._signer)
        except (ReleaseRefused, StoreError, OSError) as error:
            _log.error("no checkpoint released: %s", error)
        except Exception:  # noqa: BLE001  the entries are committed: whoever waits must hear of them
            _log.exception("no checkpoint released")


def release_checkpoint(store: Store, signer: CheckpointSigner) -> bytes:
    """Release a checkpoint of the store as it stands, keep it for readers and return it.

    Raises:
        ReleaseRefused: the store is stale or forked; nothing was signed.
        StoreError: it could not be read or written.
    """
    while True:
        size = store.head().size
        try:
            note = signer.release(size, store, store)
        except StaleStore:
            # Another process appended and released in between: then the head has moved past that.
            if store.head().size == size:
                raise
            continue
        store.save_checkpoint(size, note)
        return note
