"""Connections to PostgreSQL: checked when lent, bounded in number, waited for up to a stated limit."""

import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from ledger.postgres_connections import (
    CONNECT_SECONDS,
    CONNECTIONS,
    IDLE_CONNECTIONS,
    RETRY_SECONDS,
    WAIT_SECONDS,
    Connections,
)
from ledger.postgres_reader import PgConnection
from ledger.sequencer import LOST_ATTEMPTS
from ledger.store import StoreError, Unreachable
from ledger.store_postgres import ASK_ATTEMPTS
from tests.support.postgres import Server, cut
from tests.support.waiting import within_a_minute

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "postgresql.md"


def to(url: str, wait_seconds: float = WAIT_SECONDS) -> Connections:
    return Connections(url, "a ledger", lambda _: None, wait_seconds)


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    with postgres.lent_database() as url:
        yield url


@pytest.fixture
def connections(url: str) -> Iterator[Connections]:
    with closing(to(url)) as connections:
        yield connections


def backend(connection: PgConnection) -> int:
    return connection.info.backend_pid


def opened(url: str) -> int:
    """Return how many other sessions the database has."""
    with psycopg.connect(url) as owner:
        row = owner.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        ).fetchone()
    assert row
    return int(row[0]) - 1


def test_the_limits_are_those_of_the_document() -> None:
    """Given docs/postgresql.md, then it states how long and how often is waited and asked, and how many connections there are."""
    stated = " ".join(DOCUMENT.read_text("utf-8").split())
    assert f"wait {WAIT_SECONDS} seconds for the server, ask every {RETRY_SECONDS} seconds" in stated
    assert f"an append up to {LOST_ATTEMPTS} times, a query {ASK_ATTEMPTS} times" in stated
    assert f"at most {CONNECTIONS} connections at a time, of which {IDLE_CONNECTIONS} stay open" in stated
    assert f"may take {CONNECT_SECONDS} seconds" in stated


def test_a_connection_is_used_again(connections: Connections) -> None:
    """Given a connection that came back in order, when the next is asked for, then it is the same one."""
    with connections.lent() as first:
        one = backend(first)
    with connections.lent() as second:
        assert backend(second) == one


def test_a_connection_that_died_while_idle_is_replaced(connections: Connections, url: str) -> None:
    """Given idle connections that the server has ended, when one is asked for, then a living one comes."""
    with connections.lent() as first, connections.lent() as second:
        dead = {backend(first), backend(second)}
    cut(url)
    with connections.lent() as living:
        assert backend(living) not in dead


def test_a_connection_within_a_transaction_is_not_used_again(connections: Connections) -> None:
    """Given a connection that comes back within a transaction, when the next is asked for, then it is a new one."""
    with connections.lent() as left:
        left.execute("BEGIN")
    assert left.closed
    with connections.lent() as fresh:
        assert fresh is not left


def test_connections_are_bounded_in_number(url: str) -> None:
    """Given all connections in use, when one more is asked for, then the limit is named; one given back is enough."""
    with closing(to(url, wait_seconds=0.1)) as connections:
        taken = [connections.take() for _ in range(CONNECTIONS)]
        with pytest.raises(Unreachable, match=r"a ledger: all 16 connections were in use for 0\.1 s"):
            connections.take()
        connections.give_back(taken.pop())
        taken.append(connections.take())
        for connection in taken:
            connections.give_back(connection)
        assert sum(not connection.closed for connection in taken) == IDLE_CONNECTIONS


def test_a_server_that_does_not_come_is_named(url: str) -> None:
    """Given no server, when a connection is asked for, then the error says how long it waited, and nothing is used up."""
    with closing(to("postgresql:///ledger?host=/nowhere", wait_seconds=0)) as connections:
        for _ in range(CONNECTIONS + 1):
            with pytest.raises(Unreachable, match=r"a ledger: no connection within 0 s: .*/nowhere"):
                connections.take()


def test_the_limit_is_waited_for(url: str) -> None:
    """Given no server and a limit of one second, when a connection is asked for, then it gives up no sooner."""
    with closing(to("postgresql:///ledger?host=/nowhere", wait_seconds=1)) as connections:
        started = time.monotonic()
        with pytest.raises(Unreachable):
            connections.take()
        assert time.monotonic() - started > 0.7  # one pause before the limit there is no use in another


@pytest.mark.parametrize(("more", "seconds"), [("", CONNECT_SECONDS), ("&connect_timeout=3", 3)])
def test_to_connect_takes_no_longer_than_the_url_says(url: str, more: str, seconds: int) -> None:
    """Given a URL with a limit for connecting, or without, then libpq keeps to it, or to the stated one."""
    with closing(to(url + more)) as connections, connections.lent() as connection:
        assert connection.info.get_parameters()["connect_timeout"] == str(seconds)


def test_a_server_that_accepts_and_says_nothing_is_given_up() -> None:
    """Given something that listens and never answers, when a connection is asked for, then that ends."""
    with socket.socket(socket.AF_UNIX) as mute, tempfile.TemporaryDirectory(dir="/tmp") as folder:
        mute.bind(f"{folder}/.s.PGSQL.5432")
        mute.listen()
        with (
            closing(
                to(f"postgresql:///ledger?host={folder}&connect_timeout=2", wait_seconds=0)
            ) as connections,
            pytest.raises(Unreachable, match="timeout"),
        ):
            connections.take()


def test_a_session_that_cannot_be_set_up_is_closed(url: str) -> None:
    """Given a set-up that fails, when a connection is asked for, then the error comes at once and no session stays."""

    def fail(connection: PgConnection) -> None:
        connection.execute("SET no_such_setting = 1")

    with closing(Connections(url, "a ledger", fail)) as connections:
        with pytest.raises(psycopg.errors.UndefinedObject):
            connections.take()
        assert within_a_minute(lambda: opened(url) == 0)  # a session ends some time after its client


def test_what_is_lent_at_the_end_is_closed_when_it_comes_back(connections: Connections) -> None:
    """Given a lent connection, when the store is closed, then it still serves, and is closed afterwards."""
    with connections.lent() as lent:
        connections.close()
        assert lent.execute("SELECT 1").fetchone() == (1,)
    assert lent.closed
    with pytest.raises(StoreError, match="a ledger: the store is closed"):
        connections.take()
