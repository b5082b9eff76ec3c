"""Connections to one PostgreSQL database, lent to threads; a server that went away is waited for.

psycopg_pool leaves connecting to workers that pause 1, 2, 4, 8, 16 s and so on: after an outage of 16 s it
stays away for as long again, while those who wait give up. Here whoever wants a connection connects itself,
at a steady pace, so the first attempt after the server's return is the one that succeeds.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from ledger.postgres_reader import PgConnection, message_of
from ledger.store import StoreError, Unreachable

CONNECTIONS: Final = 16
IDLE_CONNECTIONS: Final = 4  # kept open while nobody uses them
WAIT_SECONDS: Final = 90
RETRY_SECONDS: Final = 0.25
CONNECT_SECONDS: Final = 10  # for one host, unless the URL says otherwise (connect_timeout)

_log = logging.getLogger(__name__)


class Connections:
    """At most ``CONNECTIONS`` at a time, each checked before it is lent; safe to use from several threads."""

    def __init__(
        self,
        url: str,
        name: str,
        configure: Callable[[PgConnection], None],
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        """Connect to nothing yet.

        Args:
            url: as libpq reads it.
            name: the database as errors may show it.
            configure: sets up each new session.
            wait_seconds: how long a server that cannot be reached, or a free connection, is waited for.
        """
        self._url = url
        self._name = name
        self._configure = configure
        self._wait = wait_seconds
        self._more: dict[str, Any] = {"autocommit": True}
        if "connect_timeout" not in conninfo_to_dict(url):  # libpq's own is to wait for minutes
            self._more["connect_timeout"] = CONNECT_SECONDS
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        self._lock = threading.Lock()
        self._idle: list[PgConnection] = []
        self._closed = False

    @contextmanager
    def lent(self) -> Iterator[PgConnection]:
        """Lend a connection for the block; errors as :meth:`take`."""
        connection = self.take()
        try:
            yield connection
        finally:
            self.give_back(connection)

    def take(self) -> PgConnection:
        """Return a connection that answered a moment ago; it must be given back.

        Raises:
            Unreachable: none could be had, however long it was waited.
            StoreError: closed.
        """
        deadline = time.monotonic() + self._wait
        self._refuse_closed()
        if not self._free.acquire(timeout=self._wait):
            raise Unreachable(f"{self._name}: all {CONNECTIONS} connections were in use for {self._wait:g} s")
        try:
            return self._alive() or self._connected(deadline)
        except BaseException:
            self._free.release()
            raise

    def give_back(self, connection: PgConnection) -> None:
        """Take a connection back: one that is broken or within a transaction is closed."""
        try:
            with self._lock:
                idle = connection.info.transaction_status is TransactionStatus.IDLE
                if idle and not self._closed and len(self._idle) < IDLE_CONNECTIONS:
                    self._idle.append(connection)
                    return
            connection.close()
        finally:
            self._free.release()

    def close(self) -> None:
        """Close what is idle, and what is lent when it comes back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreError(f"{self._name}: the store is closed")

    def _alive(self) -> PgConnection | None:
        """Return an idle connection whose server answers; the others are dropped."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            with suppress(psycopg.Error):
                connection.execute("")
                return connection
            connection.close()

    def _connected(self, deadline: float) -> PgConnection:
        """Return a new connection; one that fails is tried again and again until ``deadline``."""
        waiting = False
        while True:
            self._refuse_closed()
            try:
                connection = self._connect()
            except psycopg.OperationalError as error:
                if time.monotonic() + RETRY_SECONDS > deadline:
                    raise Unreachable(
                        f"{self._name}: no connection within {self._wait:g} s: {message_of(error)}"
                    ) from error
                if not waiting:
                    _log.warning(
                        "%s: waiting up to %g s for the server: %s", self._name, self._wait, message_of(error)
                    )
                waiting = True
                time.sleep(RETRY_SECONDS)
                continue
            if waiting:
                _log.warning("%s: the server answers again", self._name)
            return connection

    def _connect(self) -> PgConnection:
        connection = psycopg.connect(self._url, **self._more)
        try:
            self._configure(connection)
        except BaseException:
            connection.close()
            raise
        return connection
