"""A ledger in which an investigator finds what the test has put there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.leads import Leads, leads


@pytest.fixture
def at(tmp_path: Path, url: str) -> Iterator[Leads]:
    with leads(tmp_path, url) as opened:
        yield opened
