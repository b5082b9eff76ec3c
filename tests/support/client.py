"""Clients of an agency for tests, and connections on which something happens to what is sent."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from httpx2 import BaseTransport, ByteStream, ReadError, Request, Response

from api.client import Client, KeySigner
from ledger.anchor import read_anchor
from tests.support.keys import private_key
from tests.support.web import Web

Happening = Callable[[Request, Callable[[], Response]], Response]
"""Given a request and what sends it on: the answer that arrives."""


def signer(officer: str) -> KeySigner:
    """Return the key of an officer."""
    return KeySigner(private_key(officer))


class Between(BaseTransport):
    """A connection to a real server on which ``happens`` is what happens next, and then nothing."""

    def __init__(self, inner: BaseTransport) -> None:
        self._inner = inner
        self.happenings: list[Happening] = []
        self.sent: list[Request] = []

    def handle_request(self, request: Request) -> Response:
        self.sent.append(request)
        if request.method == "POST" and self.happenings:
            return self.happenings.pop(0)(request, lambda: self._inner.handle_request(request))
        return self._inner.handle_request(request)


def made(status: int, text: str = "", **headers: str) -> Response:
    """Return an answer that comes over the connection and was not the server's."""
    return Response(status, headers=headers, stream=ByteStream(text.encode()))


def answer_is_lost(request: Request, send: Callable[[], Response]) -> Response:
    """The server does what is asked, and the connection breaks before its answer arrives."""
    send().read()
    raise ReadError("the connection broke", request=request)


def altered(change: Callable[[Any], None]) -> Happening:
    """The answer arrives with something else in it."""

    def happen(request: Request, send: Callable[[], Response]) -> Response:
        answer = send()
        content = json.loads(answer.read())
        change(content)
        return made(answer.status_code, json.dumps(content))

    return happen


def between(at: Web) -> Between:
    """Return a connection to a server in this process."""
    return Between(at.client._transport)


def client_of(at: Web, folder: Path, line: BaseTransport | None = None, **told: Any) -> Client:
    """Return a client of a server in this process."""
    return Client(
        "http://ledger", folder, read_anchor(at.anchor), clock=at.clock, transport=line or between(at), **told
    )
