"""The PostgreSQL server goes away and comes back: who waits goes on, and what was unknown is found out."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from typing_extensions import override

from ledger.append import Entered
from ledger.postgres_connections import RETRY_SECONDS, Connections
from ledger.postgres_reader import PgConnection
from ledger.sequencer import Sequencer
from ledger.store import StoreError
from ledger.store_postgres import PostgresStore
from tests.support.desk import Desk, TurnedClock, enterprise, open_desk_ledger
from tests.support.keys import private_key
from tests.support.postgres import LocalServer, local_server
from tests.support.stores import grow


@pytest.fixture(scope="module")
def own() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server


@pytest.fixture
def pauses(own: LocalServer, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses last no time and are written down; at the fortieth the server is started."""
    taken: list[float] = []

    def pause(seconds: float) -> None:
        taken.append(seconds)
        if len(taken) == 40:
            own.start()

    monkeypatch.setattr(time, "sleep", pause)
    return taken


def test_a_server_that_restarts_is_waited_for(own: LocalServer) -> None:
    """Given a server that is stopped at once and started again, when a writer waits, then it goes on and lost nothing."""
    url = own.database()
    with closing(PostgresStore(url, create=True)) as store:
        grow(store, 3)
        own.stop("immediate")
        sizes: list[int] = []
        writer = threading.Thread(target=lambda: sizes.append(grow(store, 2).size))
        writer.start()
        own.start()
        writer.join(timeout=60)
        assert sizes == [5]
        assert list(store.entries(0, 9)) == [b"entry %d" % index for index in range(5)]


def test_however_long_it_was_away_the_server_is_found_at_once(own: LocalServer, pauses: list[float]) -> None:
    """Given a server that was away for forty attempts, when it is back, then the next attempt connects."""
    with closing(Connections(own.database(), "a ledger", lambda _: None)) as connections:
        own.stop("immediate")
        with connections.lent() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert pauses == [RETRY_SECONDS] * 40


class StoppedAtCommit(PostgresStore):
    """Its server stops without warning around the next COMMIT: after it is done, or before it is asked for."""

    server: LocalServer | None = None
    committed = False

    @override
    def _commit(self, connection: PgConnection) -> None:
        server, self.server = self.server, None
        if server is not None:
            if self.committed:
                connection.execute("COMMIT")
            server.stop("immediate")
        super()._commit(connection)


@pytest.mark.parametrize("committed", [True, False])
def test_an_unknown_commit_is_resolved_although_the_server_is_still_away(
    own: LocalServer, pauses: list[float], committed: bool
) -> None:
    """Given a server that dies at COMMIT, when it is asked what became of it, then it is waited for and the entry stands once."""
    clock = TurnedClock()
    with closing(StoppedAtCommit(own.database(), create=True)) as store:
        open_desk_ledger(store, clock)
        with Sequencer(store, private_key("housekeeping"), clock=clock) as sequencer:
            at = Desk(store, clock, sequencer)
            store.server, store.committed = own, committed
            assert at.send([enterprise(1)], "commerce-1") == Entered((1,), replayed=committed)
            assert at.send([enterprise(2)], "commerce-1") == Entered((2,), replayed=False)
        assert store.head().size == 3
    assert pauses.count(RETRY_SECONDS) == 39  # and one before the question


def test_a_long_reading_goes_on_after_a_restart(own: LocalServer) -> None:
    """Given a reader in the middle of many entries, when the server restarts, then it gives the rest."""
    with closing(PostgresStore(own.database(), create=True)) as store:
        grow(store, 5_000)
        reading = store.entries(0, 5_000)
        first = [next(reading) for _ in range(10)]
        own.stop("immediate")
        own.start()
        assert [*first, *reading] == [b"entry %d" % index for index in range(5_000)]


def test_opening_does_not_wait(own: LocalServer, pauses: list[float]) -> None:
    """Given a server that is stopped, when a ledger is opened, then that fails at once and names the database."""
    url = own.database()
    own.stop("immediate")
    try:
        with pytest.raises(StoreError, match="postgresql:///ledger_"):
            PostgresStore(url)
    finally:
        own.start()
    assert pauses == []
