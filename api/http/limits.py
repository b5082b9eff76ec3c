"""Limits on what a request may send: length, time, encoding. Answered before any route sees the body.

Each is in docs/http.md. The head of a request is bounded by the server (``api.http.serving``).
"""

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import Problem, answer

MAX_BODY_BYTES: Final = 12 * 1024 * 1024
"""8 MiB of submission, with room for the escapes of another JSON writer."""
MAX_DOCUMENT_BYTES: Final = 25 * 1024 * 1024
MAX_HELD_BYTES: Final = 256 * 1024 * 1024
"""The bodies of all requests that one process holds at a time."""
BODY_SECONDS: Final = 60.0
"""A whole body must have arrived in this time."""
_DIGITS: Final = 12


class Limits:
    """ASGI middleware: a body too long, too slow or encoded ends in a problem, and is read no further."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        body_seconds: float = BODY_SECONDS,
        held_bytes: int = MAX_HELD_BYTES,
    ) -> None:
        self._app = app
        self._body_seconds = body_seconds
        self._room = _Room(held_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body bounded."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        path: str = scope["path"]
        most = MAX_DOCUMENT_BYTES if path.startswith("/v1/documents/") else MAX_BODY_BYTES
        body = _Body(receive, most, self._body_seconds, self._room)
        started = False

        async def note(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                if body.is_open(request):
                    # An answer before the end of the body: the rest would be read without bounds.
                    message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        try:
            if not path.isprintable():
                # A router's pattern lets a line feed at the end pass.
                raise Problem("not-found", "there is nothing at this path")
            _check_headers(request, most)
            await self._app(scope, body.receive, note)
        except Problem as problem:
            if started:  # a second answer cannot be given
                raise
            await answer(request, problem)(scope, receive, note)
        finally:
            body.forget()


def _check_headers(request: Request, most: int) -> None:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise Problem("unsupported-media-type", "content-encoding: bodies are taken as they are, not encoded")
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        raise Problem("malformed", "content-length: a number of bytes is wanted")
    if len(length) > _DIGITS or int(length) > most:
        raise Problem("too-long", f"{length[:_DIGITS]} bytes are announced, at most {most} are allowed")


class _Room:
    """How many bytes of bodies a process may still take."""

    def __init__(self, bytes_left: int) -> None:
        self.bytes_left = bytes_left


class _Body:
    """The body of one request, counted as it comes."""

    def __init__(self, receive: Receive, most: int, seconds: float, room: _Room) -> None:
        self._receive, self._most, self._seconds, self._room = receive, most, seconds, room
        self._bytes = 0
        self._whole = False
        self._until: float | None = None

    def is_open(self, request: Request) -> bool:
        """Return whether a part of the body has not been read."""
        has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
        return has_body and not self._whole

    def forget(self) -> None:
        """Give back the room that the body took."""
        self._room.bytes_left += self._bytes
        self._bytes = 0

    async def receive(self) -> Message:
        """Return the next message.

        Raises:
            Problem: too-long, too-slow; queue-full when this process holds too many bodies.
        """
        if self._whole:  # what comes now is the client going away: a stream may wait for that
            return await self._receive()
        loop = asyncio.get_running_loop()
        self._until = self._until or loop.time() + self._seconds
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise Problem("too-slow", f"the body did not arrive within {self._seconds:g} seconds") from None
        length = len(message.get("body", b""))
        self._bytes += length
        self._room.bytes_left -= length
        if self._bytes > self._most:
            raise Problem("too-long", f"more than {self._most} bytes")
        if self._room.bytes_left < 0:
            raise Problem("queue-full", "too many requests with bodies at once", headers={"Retry-After": "1"})
        self._whole = not message.get("more_body", False)
        return message
