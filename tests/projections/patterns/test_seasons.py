"""Whole seasons, signed and entered: each planted pattern is found and nothing else; a clean one has none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.stores import AnyStore
from projections.patterns.asking import ask, summary
from projections.patterns.catalogue import PATTERNS
from tests.support.planted import play_season
from tests.support.postgres import FIRST, Server

SEASONS = [(60, 1), (60, 2), (60, 3), (60, 4), (150, 5), (150, 6), (400, 7)]


def found(store: AnyStore) -> dict[tuple[str, tuple[str, ...]], set[int]]:
    """Return the entries of each hit, by pattern and subjects."""
    return {(one.pattern.name, hit.subjects): set(hit.entries) for one in summary(store) for hit in one.hits}


@pytest.mark.parametrize(("vehicles", "seed"), SEASONS)
def test_every_planted_pattern_is_found_and_nothing_else(tmp_path: Path, vehicles: int, seed: int) -> None:
    """Given a season with faults, when all patterns are asked, then the hits are those of its answer key."""
    store, planted = play_season(tmp_path, f"sqlite:///{tmp_path}/l.db", vehicles, seed, faults=True)
    hits = found(store)
    store.close()
    key = {(one["name"], tuple(one["subjects"])): set(one["entries"]) for one in planted}

    assert {name for name, _ in key} == set(PATTERNS)
    assert hits.keys() == key.keys()
    assert [which for which, entries in key.items() if not entries <= hits[which]] == []


@pytest.mark.parametrize(("vehicles", "seed"), SEASONS)
def test_a_clean_season_shows_none(tmp_path: Path, vehicles: int, seed: int) -> None:
    """Given a season in which every rule is kept, when all patterns are asked, then none has a hit."""
    store, _ = play_season(tmp_path, f"sqlite:///{tmp_path}/l.db", vehicles, seed, faults=False)
    hits = found(store)
    store.close()

    assert hits == {}


def test_a_clean_season_may_share_an_upstream(tmp_path: Path) -> None:
    """Given 13 exporters of whom two have one upstream, when asked, then it is on the list and is no hit."""
    url = f"sqlite:///{tmp_path}/l.db"
    store, _ = play_season(tmp_path, url, 104, 8, faults=False, exporters=13)
    hits, listed = found(store), ask(store, "shared-upstream", {"least": 0}).hits
    store.close()

    assert hits == {}
    assert [hit.figures["shared_documents"] for hit in listed] == [0]
    assert [len(hit.subjects) for hit in listed] == [3]


def test_postgresql_answers_the_same(tmp_path: Path, servers: Callable[[str], Server]) -> None:
    """Given one season with faults in both stores, when asked, then the answers are the same to the last figure."""
    with servers(FIRST).lent_database() as url:
        answers = []
        for number, each in enumerate((f"sqlite:///{tmp_path}/l.db", url)):
            folder = tmp_path / str(number)
            folder.mkdir()
            store, _ = play_season(folder, each, 60, 1, faults=True)
            answers.append([one.to_json() for one in summary(store)])
            store.close()

    assert answers[0] == answers[1]
    assert all(one["total"] for one in answers[0])
