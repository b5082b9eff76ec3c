"""A lawful season and one with violations of every kind, each played once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from ledger.stores import AnyStore, open_store
from tests.support.naive import Line, read_lines


@dataclass(frozen=True)
class Played:
    """A ledger, every entry of it, and whom it is about; ``key`` is what was planted in it."""

    store: AnyStore
    lines: list[Line]
    key: list[dict[str, Any]]

    def subjects(self, kind: str) -> list[str]:
        """Return the keys of all enterprises or cars, in order."""
        return sorted({key for line in self.lines for key in line.subjects if key.startswith(kind)})


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The season with violations."""
    yield from _played(tmp_path_factory, "--faults")


@pytest.fixture(scope="session")
def lawful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """A season with all that may lawfully happen, corrections of several kinds among it."""
    yield from _played(tmp_path_factory)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """A lawful season of a few cars, for what asks very often."""
    yield from _played(tmp_path_factory, "--vehicles", "8", "--exporters", "2")


@pytest.fixture(params=["season", "lawful"])
def either(request: pytest.FixtureRequest) -> Played:
    """One season after the other."""
    played: Played = request.getfixturevalue(request.param)
    return played


def _played(directories: pytest.TempPathFactory, *options: str) -> Iterator[Played]:
    path = directories.mktemp("season") / "ledger.db"
    url = f"sqlite:///{path}"
    assert run(["demo", *options, "--db", url, "--json"]) == 0
    store = open_store(url, read_only=True)
    answers = Path(f"{path}.answers.json")
    key = json.loads(answers.read_text())["violations"] if "--faults" in options else []
    yield Played(store, read_lines(store.entries(0, store.head().size)), key)
    store.close()
