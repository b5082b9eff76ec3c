"""Watches every request: its id, its log line, its place in the metrics, and what no handler has caught.

The log line holds route, method, status and time. It holds no path, query, header, address or body: in those
stand codes of enterprises and cars, and names.
"""

import re
import secrets
import time
from typing import Final

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.metrics import Metrics
from api.http.problems import Problem, answer

HEADER: Final = "x-request-id"
_GIVEN: Final = re.compile(r"[0-9a-f]{32}")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_log = structlog.stdlib.get_logger("api.http")


class Watch:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and say what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        given = request.headers.get(HEADER, "")
        # 32 hex digits, as a proxy makes them; anything else might carry what a log must not hold.
        request_id = given if _GIVEN.fullmatch(given) else secrets.token_hex(16)
        status = 0

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (HEADER.encode(), request_id.encode())]
            await send(message)

        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, note)
            except Exception:  # noqa: BLE001  the client gets a problem, the log what failed
                _log.exception("unexpected")
                if status == 0:
                    problem = Problem("internal", "the operator's log has more; nothing was half-written")
                    await answer(request, problem)(scope, receive, note)
            finally:
                seconds = time.perf_counter() - began
                route = getattr(scope.get("route"), "path", None) or "unknown"
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._metrics.answered(route, method, status, seconds)
                _log.info("request", route=route, method=method, status=status, ms=round(seconds * 1000, 1))
