"""``quota-ledger serve`` as a process of its own, on a Unix socket in a short directory."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from httpx2 import Client, HTTPTransport

from ledger.clock import system_clock
from tests.support.desk import TurnedClock
from tests.support.web import JSON, lay_anchor, lay_keys, lay_ledger

COMMAND = (sys.executable, "-c", "from api.cli import main; main()")
_START_SECONDS = 30.0


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class UnixConnection(HTTPConnection):
    """One HTTP connection to a Unix socket; nothing stays open when there is no server."""

    def __init__(self, path: Path) -> None:
        super().__init__("ledger", timeout=60)
        self._path = path

    def connect(self) -> None:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(60)
            connection.connect(str(self._path))
        except OSError:
            connection.close()
            raise
        self.sock = connection


class Server:
    """A server with a ledger of its own, opened now by the system's clock."""

    def __init__(self, folder: Path, url: str, *options: str, **environment: str) -> None:
        self.url = url
        self.keys = folder / "keys"
        self.socket = Path(tempfile.mkdtemp(prefix="ql-", dir="/tmp")) / "s"  # 107 bytes at most
        self.log = folder / "server.log"
        self._options = options
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("QUOTA_LEDGER_")
        } | environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return when it is ready."""
        self.process = self.run("--uds", str(self.socket))
        until = time.monotonic() + _START_SECONDS
        while not self._listens():
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < until, self.log.read_text(encoding="utf-8")
            time.sleep(0.05)
        with self.client() as client:
            assert client.get("/readyz").status_code == 200

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(str(self.socket)) == 0

    def run(self, *listening: str) -> "subprocess.Popen[bytes]":
        """Run the command with the standard error that its log file keeps."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*COMMAND, "serve", "--db", self.url, "--keys", str(self.keys), *listening, *self._options],
                stderr=log,
                stdout=log,
                env=self._environment,
                start_new_session=True,  # so that its workers can be killed with it
            )

    def client(self, **more: Any) -> Client:
        """Return a client of its socket."""
        return Client(
            transport=HTTPTransport(uds=str(self.socket)), base_url="http://ledger", timeout=60, **more
        )

    def post(self, body: bytes) -> tuple[int, Any]:
        """Send a submission on a connection of its own; return status and content of the answer.

        Raises:
            OSError, HTTPException: there was none.
        """
        with closing(UnixConnection(self.socket)) as connection:
            connection.request("POST", "/v1/envelopes", body, JSON)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def raw(self) -> socket.socket:
        """Return a connection that sends whatever a test wants."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(30)
        connection.connect(str(self.socket))
        return connection

    def kill(self) -> None:
        """Kill it with all its workers, as the kernel does when memory is short."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)
        self.socket.unlink(missing_ok=True)

    def end(self) -> int:
        """Ask it to end, and return its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=60)


@contextmanager
def server(folder: Path, url: str, *options: str, **environment: str) -> Iterator[Server]:
    """Serve a new ledger at ``url``; its anchor lies in ``folder``."""
    lay_keys(folder)
    lay_anchor(folder, lay_ledger(url, TurnedClock(system_clock())))
    made = Server(folder, url, *options, **environment)
    try:
        made.start()
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.kill()
        shutil.rmtree(made.socket.parent, ignore_errors=True)
