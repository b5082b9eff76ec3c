"""Runs the command in a process of its own: bounded in memory and time, and cut off from what it must not need."""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

MEMORY_BYTES = 1 << 30
"""Address space: the interpreter and the verifier with it take a fifth of it."""
SECONDS = 60
_ROOT = Path(__file__).parents[2]
_RUN = [sys.executable, "-c", "from api.cli import main; main()"]


def run_alone(
    *arguments: str | Path,
    cwd: Path,
    memory: int = MEMORY_BYTES,
    prefix: tuple[str, ...] = (),
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run ``quota-ledger`` with these arguments; fail when it has not ended after ``SECONDS``.

    Args:
        arguments: the command line.
        cwd: where it stands.
        memory: the most bytes of address space that it may have.
        prefix: a command that runs it, such as ``unshare --net``.
        env: variables beside those of this process.
    """
    return subprocess.run(
        [*prefix, *_RUN, *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(_ROOT)} | (env or {}),
        capture_output=True,
        text=True,
        errors="backslashreplace",
        check=False,
        timeout=SECONDS,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory)),
    )


def without_network() -> tuple[str, ...]:
    """Return the command that gives a process a network namespace where not even loopback is up."""
    return ("unshare", "--net", *(() if os.geteuid() == 0 else ("--map-root-user",)))
