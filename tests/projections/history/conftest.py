"""A season with violations of every kind, played once."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from api.cli import run
from ledger.stores import AnyStore, open_store
from tests.support.naive import Line, read_lines


@dataclass(frozen=True)
class Played:
    """A ledger, every entry of it, and whom it is about."""

    store: AnyStore
    lines: list[Line]

    def subjects(self, kind: str) -> list[str]:
        """Return the keys of all enterprises or cars, in order."""
        return sorted({key for line in self.lines for key in line.subjects if key.startswith(kind)})


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    url = f"sqlite:///{tmp_path_factory.mktemp('season')}/ledger.db"
    assert run(["demo", "--faults", "--db", url, "--json"]) == 0
    store = open_store(url, read_only=True)
    yield Played(store, read_lines(store.entries(0, store.head().size)))
    store.close()
