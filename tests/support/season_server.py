"""A server on a simulated clock, which all its workers read from one file; nothing but tests starts it.

The application takes its clock as an argument and the command line never sets one, so this factory is what
uvicorn is given instead.
"""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from api.http.app import create_app
from api.http.settings import Settings
from tests.support.server import Server

CLOCK: Final = "SEASON_CLOCK"
"""Names the file with the present instant."""
WORKER: Final = "x-season-worker"
"""A header that says which process answered."""
ROOT: Final = Path(__file__).resolve().parents[2]


class FileClock:
    """The instant that stands in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self) -> datetime:
        return datetime.fromisoformat(self.path.read_text(encoding="ascii"))

    def set(self, now: datetime) -> None:
        """Let it be ``now`` for whoever asks from here on."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(now.isoformat(), encoding="ascii")
        fresh.replace(self.path)


def app() -> ASGIApp:
    """Return the application of a worker."""
    made = create_app(Settings(), clock=FileClock(Path(os.environ[CLOCK])))

    async def named(scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (WORKER.encode(), str(os.getpid()).encode())]
            await send(message)

        await made(scope, receive, told)

    return named


class SeasonServer(Server):
    """Two workers on the clock in ``clock``."""

    def __init__(self, folder: Path, url: str, clock: FileClock) -> None:
        told = {"QUOTA_LEDGER_DB": url, "QUOTA_LEDGER_KEYS": str(folder / "keys"), CLOCK: str(clock.path)}
        super().__init__(folder, url, PYTHONPATH=str(ROOT), **told)

    @override
    def run(self, *listening: str) -> "subprocess.Popen[bytes]":
        factory = "tests.support.season_server:app"
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "uvicorn", factory, "--factory", "--workers", "2", "--http", "h11",
                 "--lifespan", "on", "--log-level", "warning", *listening],
                stderr=log, stdout=log, env=self._environment, cwd=ROOT, start_new_session=True,
            )  # fmt: skip
