"""The example of docs/eventsourcing.md runs as it stands and prints what the document says."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.postgres import Server

ROOT = Path(__file__).resolve().parents[2]

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [
        text
        for kind, text in _BLOCK.findall((ROOT / "docs/eventsourcing.md").read_text())
        if kind == language
    ]


def run(folder: Path, program: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the document's command in an empty folder, its Python blocks saved under the name that it gives."""
    (folder / "courses.py").write_text(program)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUOTA_LEDGER_")}
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    (command,) = blocks("sh")
    return subprocess.run(
        ["sh", "-eu", "-c", command],
        cwd=folder,
        env=kept | {"PATH": path, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"} | settings,
        capture_output=True,
        text=True,
    )


def test_the_example_prints_what_the_document_says(tmp_path: Path) -> None:
    """Given the blocks of the document, when they are saved and run, then the output is the one shown."""
    ran = run(tmp_path, "".join(blocks("python")))
    (shown,) = blocks("text")
    assert (ran.stderr, ran.stdout, ran.returncode) == ("", shown, 0)


def test_the_example_prints_the_same_on_postgresql(tmp_path: Path, postgres: Server) -> None:
    """Given an empty PostgreSQL database, when the blocks are run on it, then the output is the one shown."""
    ran = run(tmp_path, "".join(blocks("python")), COURSES_QUOTA_LEDGER_DB=postgres.database())
    (shown,) = blocks("text")
    assert (ran.stderr, ran.stdout, ran.returncode) == ("", shown, 0)
    assert not (tmp_path / "courses.db").exists()


def test_the_example_finds_no_break_where_nothing_is_changed(tmp_path: Path) -> None:
    """Given the example without its forger, when it verifies, then every entry is chained and none is broken."""
    ran = run(tmp_path, "".join(text for text in blocks("python") if "unguard" not in text))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith("\n3 entries, 0 breaks\n")


def test_a_setting_of_the_applications_own_goes_first(tmp_path: Path) -> None:
    """Given a store named for this application alone, when the example runs, then that one holds its events."""
    ran = run(tmp_path, blocks("python")[0], COURSES_QUOTA_LEDGER_DB="sqlite:///own.db")
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "own.db").exists()
    assert not (tmp_path / "courses.db").exists()
