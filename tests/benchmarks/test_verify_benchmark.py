"""The benchmark of verification runs from its first line to its last, at a size at which it says nothing."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_it_measures_a_ledger_that_it_made() -> None:
    """Given a few hundred entries, when the benchmark runs, then it finds them whole and prints every line."""
    command = [sys.executable, str(ROOT / "benchmarks/verify.py"), "--entries", "600", "--runs", "1"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    lines = ran.stdout.splitlines()
    titles = [line.split("|")[1].strip() for line in lines if line.startswith("|")]
    assert titles == [
        "", "---", "bare SHA-256, one core, entries", "bare Ed25519, one core, signatures", "chain and tree",
        "chain, tree and signatures", "complete integrity", "complete audit",
        "a season", "---", "complete integrity", "complete audit",
    ]  # fmt: skip
    assert any(line.startswith("Peak memory") for line in lines)
