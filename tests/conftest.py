"""Databases for the tests: a SQLite file, and a PostgreSQL server that starts with the first test to ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Server, any_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with any_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new database of either kind; a test that takes it runs on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/a ledger?.db"  # the name needs quoting in a URI
    server: Server = request.getfixturevalue("postgres")
    return server.database()
