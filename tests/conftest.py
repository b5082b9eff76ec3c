"""Databases for the tests: a SQLite file, and PostgreSQL servers that start with the first test to ask."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.support.postgres import FIRST, Server, any_server, older


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what takes a ``url`` on each kind of database, and what is marked ``every_postgres`` on the older one too."""
    more = list(older()) if metafunc.definition.get_closest_marker("every_postgres") else []
    if "postgres" in metafunc.fixturenames:
        if more:
            metafunc.parametrize("postgres", [FIRST, *more], indirect=True)
    elif "database" in metafunc.fixturenames:
        metafunc.parametrize("database", ["sqlite", FIRST, *more])


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], Server]]:
    """The running server of a kind, which starts when it is asked for first."""
    with ExitStack() as stack:
        yield cache(lambda kind: stack.enter_context(any_server(kind)))


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest, servers: Callable[[str], Server]) -> Server:
    return servers(getattr(request, "param", FIRST))


@pytest.fixture
def url(database: str, tmp_path: Path, servers: Callable[[str], Server]) -> Iterator[str]:
    """The URL of an empty database of either kind; a test that takes it runs on both."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path}/a ledger?.db"  # the name needs quoting in a URI
        return
    with servers(database).lent_database() as url:
        yield url
