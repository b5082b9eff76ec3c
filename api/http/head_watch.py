"""How far the ledger has come, asked once per interval for all live streams of a process together."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from starlette.concurrency import run_in_threadpool

from api.http.problems import Problem
from ledger.store import Store

RETRY_SECONDS: Final = 5


class HeadWatch:
    """Asks for the head; its streams are counted on the event loop alone."""

    def __init__(self, store: Store, seconds: float, streams: int) -> None:
        self._store = store
        self._seconds = seconds
        self._streams = streams
        self._open = 0
        self._lock = threading.Lock()
        self._size = 0
        self._asked_at = float("-inf")

    def admit(self) -> None:
        """Let one more stream begin.

        Raises:
            Problem: queue-full: this process serves as many as it may.
        """
        if self._open >= self._streams:
            raise Problem(
                "queue-full",
                f"{self._streams} live streams are open already",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count one stream while it lasts."""
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    async def grown(self, size: int, until: float) -> int:
        """Return the size as soon as it is above ``size``, or what it is at the loop's time ``until``.

        Raises:
            StoreError: the database cannot be had now.
        """
        loop = asyncio.get_running_loop()
        while (now := await run_in_threadpool(self._head)) <= size and (left := until - loop.time()) > 0:
            await asyncio.sleep(min(self._seconds, left))
        return now

    def _head(self) -> int:
        """Return the size of the ledger, not older than the interval."""
        with self._lock:
            if time.monotonic() - self._asked_at >= self._seconds:
                self._size = self._store.head().size
                self._asked_at = time.monotonic()
            return self._size
