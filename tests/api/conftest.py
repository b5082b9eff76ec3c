"""Fixtures for the command line."""

from pathlib import Path

import pytest

from tests.support.cli import Cli


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QUOTA_LEDGER_DB", raising=False)
    monkeypatch.delenv("QUOTA_LEDGER_KEYS", raising=False)
    return Cli(tmp_path, capsys)
