"""Runs the application under uvicorn, with one or several workers, each with its own sequencer."""

import os
import shutil
import signal
import tempfile
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI

from api.http.app import create_app
from api.http.logs import configure
from api.http.settings import Settings

HEAD_BYTES: Final = 64 * 1024
"""The head of a request: its first line and its header fields."""
KEEP_ALIVE_SECONDS: Final = 20
_METRICS: Final = "PROMETHEUS_MULTIPROC_DIR"


def worker() -> FastAPI:
    """Return the application of a server process; what it is told stands in the environment."""
    settings = Settings()
    configure(settings.log_level)
    return create_app(settings)


def serve(settings: Settings, *, host: str, port: int, uds: Path | None, workers: int) -> int:
    """Serve until a signal ends it; return the exit code of the process.

    SIGTERM and SIGINT: no new connections, requests are finished within ``drain_seconds``, what is queued is
    written. Several workers are processes of their own, which read their settings from the environment.

    Args:
        settings: those that are in the environment too.
        host: address to listen on.
        port: 0 takes a free one.
        uds: path of a Unix socket to listen on instead.
        workers: how many processes.
    """
    configure(settings.log_level)
    # When its work is done uvicorn raises the signal that ended it once more: that is no failure.
    signal.signal(signal.SIGTERM, _end)
    shared = Path(tempfile.mkdtemp(prefix="quota-ledger-metrics-")) if workers > 1 else None
    if shared is not None:
        # Each process finds it when it imports prometheus_client.
        os.environ[_METRICS] = str(shared)
    try:
        uvicorn.run(
            "api.http.serving:worker",
            factory=True,
            host=host,
            port=port,
            uds=None if uds is None else str(uds),
            workers=workers,
            http="h11",  # strict, and bounds the head
            h11_max_incomplete_event_size=HEAD_BYTES,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # no decision rests on an address
            limit_concurrency=settings.connections,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=settings.drain_seconds,
        )
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        return 0
    finally:
        if shared is not None:
            shutil.rmtree(shared, ignore_errors=True)
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
