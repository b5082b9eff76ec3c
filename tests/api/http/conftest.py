"""Fixtures for the HTTP interface."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.web import Web, web


@pytest.fixture(autouse=True)
def untold(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting from outside reaches a test."""
    for name in ("DB", "KEYS", "HOUSEKEEPING_KEY", "CHECKPOINT_KEY"):
        monkeypatch.delenv(f"QUOTA_LEDGER_{name}", raising=False)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Web]:
    with web(tmp_path) as served:
        yield served
