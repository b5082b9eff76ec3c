"""What befalls a PostgreSQL server while others work with it."""

import threading
from contextlib import suppress
from random import Random
from types import TracebackType

import psycopg
from typing_extensions import override

PAUSES = (0.05, 0.3)
"""Shortest and longest time between two cuts, in seconds."""


class Cutter(threading.Thread):
    """Ends other sessions of a database one by one at random moments, from entering the block to its end.

    Each of ``sessions`` is as likely to be hit as any other; where fewer are open the cut may hit none, so
    that the last ones to work are not cut more often than they were among many.
    """

    def __init__(self, url: str, sessions: int, seed: int) -> None:
        super().__init__(name="cutter")
        self.cuts = 0
        self._url, self._sessions = url, sessions
        self._random = Random(seed)
        self._done = threading.Event()

    def __enter__(self) -> "Cutter":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self.join()

    @override
    def run(self) -> None:
        while not self._done.wait(self._random.uniform(*PAUSES)):
            hit = self._random.randrange(self._sessions)
            with suppress(psycopg.OperationalError):  # the server is away itself
                self._cut(hit)

    def _cut(self, hit: int) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            found = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend' ORDER BY pid LIMIT 1 OFFSET %s",
                (hit,),
            ).fetchone()
        self.cuts += found == (True,)
