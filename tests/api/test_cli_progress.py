"""The bar of a verification: on a terminal, for people, and nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.cli import Cli


def on_terminal(*arguments: str | Path) -> str:
    """Run a command line whose stderr is a terminal, and return what it wrote there."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-c", "from api.cli import main; main()", *map(str, arguments)]
    subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=theirs, timeout=120, env=os.environ | {"TERM": "xterm"}
    )
    os.close(theirs)
    written = b""
    try:
        while part := os.read(ours, 65_536):
            written += part
    except OSError:  # how Linux says that nobody holds the other end
        pass
    os.close(ours)
    return written.decode()


def test_a_terminal_shows_how_far_and_how_long(cli: Cli) -> None:
    """Given a terminal, when a ledger is verified, then a bar shows entries done and the time that is left."""
    cli.init()
    shown = on_terminal("verify", "--db", cli.db)
    assert "verifying" in shown
    assert "1/1" in shown
    assert "left:" in shown


def test_machines_see_no_bar(cli: Cli) -> None:
    """Given --json on a terminal, or a pipe, when a ledger is verified, then stderr stays empty."""
    cli.init()
    assert on_terminal("verify", "--db", cli.db, "--json") == ""
    cli("verify", "--db", cli.db)
    assert cli.err == ""
