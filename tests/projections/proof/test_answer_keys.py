"""Precision and recall of the checker: it names what was planted in a season, and nothing else."""

import pytest

from projections.proof.types import BooksVerdict, Verdict
from tests.support.seasons import PlayedSeason

SEEDS = range(1, 21)
SEASONS = [(vehicles, seed) for vehicles in (60, 150, 400) for seed in SEEDS]
NEEDS_DOCUMENTS = {"C08"}


@pytest.mark.parametrize(("vehicles", "seed"), SEASONS)
def test_every_planted_violation_is_found_and_nothing_else(vehicles: int, seed: int) -> None:
    """Given planted violations, when they are checked, then the key's entries are named, and no other."""
    season = PlayedSeason(vehicles, seed, faults=True)
    results = season.results()

    assert season.key.keys() == {code for code, one in results.items() if one.verdict is Verdict.REFUTED}
    for code, one in results.items():
        assert set(one.entries) == season.key.get(code, set()), (code, one.detail)
    assert season.report().books.verdict is BooksVerdict.BALANCED


@pytest.mark.parametrize(("vehicles", "seed"), SEASONS)
def test_a_clean_season_is_proved(vehicles: int, seed: int) -> None:
    """Given a season in which every term is kept, when it is checked, then all is proved and balanced."""
    season = PlayedSeason(vehicles, seed, faults=False)
    results, report = season.results(), season.report()

    assert {f"C{number:02}" for number in range(9, 37)} <= results.keys()
    open_codes = {code for code, one in results.items() if one.verdict is not Verdict.PROVED}
    assert open_codes <= NEEDS_DOCUMENTS
    assert report.headline.verdict is Verdict.PROVED
    assert report.headline.exit_proved + report.headline.customs_proved == vehicles
    assert report.books.verdict is BooksVerdict.BALANCED
