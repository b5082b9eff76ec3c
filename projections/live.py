"""Keeps the views current while a server runs: it works when it is told, and after a pause in any case.

Who appends in this process tells; what other processes append is found after the pause. A database that
goes away is asked again after each pause, and so is an entry at which the views stopped: only a
rebuild or another program gets past it.
"""

import threading
from collections.abc import Callable
from typing import Final

from ledger.store import StoreError
from ledger.stores import AnyStore
from projections.folding import ViewStopped
from projections.runner import catch_up

PAUSE_SECONDS: Final = 1.0


class _Closed(Exception):
    """The thread is to end."""


class Projector:
    """A thread of its own; close it before the store."""

    def __init__(
        self, store: AnyStore, troubled: Callable[[str], None], pause_seconds: float = PAUSE_SECONDS
    ) -> None:
        """Begin.

        Args:
            store: the ledger.
            troubled: told why the views do not get on, each reason once until they do again.
            pause_seconds: how long it waits without being told.
        """
        self._store = store
        self._troubled = troubled
        self._pause = pause_seconds
        self._told = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="projector", daemon=True)
        self._thread.start()

    def tell(self) -> None:
        """Say that something was appended."""
        self._told.set()

    def close(self) -> None:
        """Finish the page at hand and end."""
        self._closed = True
        self._told.set()
        self._thread.join()

    def _run(self) -> None:
        trouble = None
        while not self._closed:
            try:
                catch_up(self._store, self._go_on)
            except _Closed:
                return
            except (StoreError, ViewStopped) as error:
                if trouble != (trouble := str(error)):
                    self._troubled(trouble)
            else:
                trouble = None
            self._told.wait(self._pause)
            self._told.clear()

    def _go_on(self, _done: int, _size: int) -> None:
        if self._closed:
            raise _Closed
