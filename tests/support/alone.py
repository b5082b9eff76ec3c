"""Runs a program in a process of its own: bounded in memory and time and, if asked, cut off from the world."""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

MEMORY_BYTES = 1 << 30
"""Of address space; the interpreter and the verifier with it take a fifth of it."""
SECONDS = 60
_ROOT = Path(__file__).parents[2]


def run_alone(
    *arguments: str | Path, cwd: Path, cut_off: bool = False, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``quota-ledger`` with these arguments; see :func:`run_program`."""
    return run_program(
        "from api.cli import main; main()", *arguments, cwd=cwd, cut_off=cut_off, env=env
    )  # fmt: skip


def run_program(
    code: str,
    *arguments: str | Path,
    cwd: Path,
    cut_off: bool = False,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a Python program; fail when it has not ended after ``SECONDS``.

    Args:
        code: the program.
        arguments: its command line.
        cwd: where it stands.
        cut_off: its network namespace is empty, not even loopback is up (a right that root has, or a user
            where the system grants it), and it can write no byte to any file; pipes stay open to it.
        env: variables beside those of this process.
    """

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        if cut_off:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    prefix = ("unshare", "--net", *(() if os.geteuid() == 0 else ("--map-root-user",))) if cut_off else ()
    return subprocess.run(
        [*prefix, sys.executable, "-c", code, *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(_ROOT)} | (env or {}),
        capture_output=True,
        text=True,
        errors="backslashreplace",
        check=False,
        timeout=SECONDS,
        preexec_fn=bound,
    )
