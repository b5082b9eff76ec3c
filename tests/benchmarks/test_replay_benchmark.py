"""The benchmark of replays runs and prints its table."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_it_measures_two_small_ledgers() -> None:
    """Given two small sizes, when it runs, then each figure stands in its table, for the same entries."""
    command = [sys.executable, str(ROOT / "benchmarks/replay.py"), "--cars", "5", "--sizes", "600", "1200"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    rows = [line.split("|")[1].strip() for line in ran.stdout.splitlines()]
    assert rows[2].startswith("the replay of ")
    assert rows[3:] == [
        rows[2].replace("the replay", "the whole story as JSON"),
        "bare read of the same rows, entries a second",
        "rebuild of all views, entries a second",
        "the same on one core, entries a second",
    ]
