"""The commands of the README and of the auditor's guide run as they stand; both languages show the same ones."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = {"README.md": "README.zh.md", "docs/auditor.md": "docs/auditor.zh.md"}

_BLOCK = re.compile(r"^```(sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"^(.*?)  # exit (\d+)$", re.MULTILINE)


def blocks(name: str) -> list[tuple[str, str]]:
    """Return the command blocks of a document: (language, text)."""
    return _BLOCK.findall((ROOT / name).read_text())


@pytest.mark.parametrize(("english", "chinese"), DOCUMENTS.items())
def test_both_languages_show_the_same_commands(english: str, chinese: str) -> None:
    """Given a document in both languages, then their command blocks are alike to the letter."""
    assert len(blocks(english)) >= 2
    assert blocks(english) == blocks(chinese)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_do_what_is_said(tmp_path: Path, name: str) -> None:
    """Given the commands of a document in order, when a shell runs them, then each ends with its exit code."""
    script = "\n".join(text for language, text in blocks(name) if language == "sh")
    # A line with a stated exit code must end with that one, every other line with 0.
    script = _EXIT.sub(r"code=0; { \1; } || code=$?; [ $code -eq \2 ] || exit 99", script)
    command = tmp_path / "bin" / "quota-ledger"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -c "from api.cli import main; main()" "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("QUOTA_LEDGER_")}
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=tmp_path,
        env=kept | {"PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr
    for verdict in ("INTACT", "BROKEN", "UNANCHORED", "BALANCED", "PROVED", "REFUTED", "UNDETERMINED"):
        assert verdict in ran.stdout
