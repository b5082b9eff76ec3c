"""A season with violations of every kind, played once; no test writes to it."""

from collections.abc import Iterator

import pytest

from tests.support.reports import Season, played_season


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    with played_season(tmp_path_factory.mktemp("season")) as season:
        yield season
