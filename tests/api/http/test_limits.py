"""Limits on requests: length, encoding, time, all bodies together; each answered, none half-read."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from anyio import to_thread
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from api.http.bodies import PARSERS, make_limiter
from api.http.limits import MAX_BODY_BYTES, Limits
from api.http.serving import HEAD_BYTES
from ledger.submission import MAX_SUBMISSION_BYTES
from tests.support.desk import enterprise
from tests.support.server import Server, server
from tests.support.web import JSON, Web, problem


def test_announced_length(at: Web) -> None:
    """Given a body announced as too long, when it is sent, then 413 before it is read."""
    headers = JSON | {"content-length": str(MAX_BODY_BYTES + 1)}
    answer = at.client.post("/v1/envelopes", content=b"", headers=headers)
    problem(answer, 413, "too-long")
    assert answer.headers["connection"] == "close"
    headers = JSON | {"content-length": "9" * 400}
    problem(at.client.post("/v1/envelopes", content=b"", headers=headers), 413, "too-long")


@pytest.mark.parametrize("length", [b"-1", b"1e3", "٣".encode(), b"1, 1", b""])
def test_length_that_is_none(at: Web, length: bytes) -> None:
    """Given a content-length that is no number, when sent, then 400."""
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    problem(at.client.post("/v1/envelopes", content=b"", headers=headers), 400, "malformed")


def test_length_found_while_reading(at: Web) -> None:
    """Given a body without a length that goes on, when it passes the limit, then 413."""

    def endless() -> Iterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 1_000_000 + 2):
            yield b" " * 1_000_000

    problem(at.client.post("/v1/envelopes", content=endless(), headers=JSON), 413, "too-long")


def test_submission_longer_than_the_ledger_takes(at: Web) -> None:
    """Given a body within the limit of HTTP with a submission beyond its own, when sent, then 413."""
    envelope = at.envelope([enterprise()], "commerce-1").decode()
    padded = json.dumps({"envelope": envelope, "statements": [" " * MAX_SUBMISSION_BYTES]}).encode()
    assert len(padded) < MAX_BODY_BYTES
    problem(at.client.post("/v1/envelopes", content=padded, headers=JSON), 413, "too-long")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, identity", "x"])
def test_compressed_bodies(at: Web, encoding: str) -> None:
    """Given a compressed body, which may expand without end, when sent, then 415 and it is not expanded."""
    bomb = gzip.compress(b" " * 50_000_000)
    headers = JSON | {"content-encoding": encoding}
    problem(at.client.post("/v1/envelopes", content=bomb, headers=headers), 415, "unsupported-media-type")


def test_parsers_are_few() -> None:
    """Given the limiter of parsers, when made, then it lets as many through as the page says."""
    page = (Path(__file__).parents[3] / "docs" / "http.md").read_text(encoding="utf-8")
    assert make_limiter().total_tokens == PARSERS
    assert f"| bodies parsed at a time | {PARSERS} a process" in page


def test_all_bodies_together() -> None:
    """Given room for one body, when a second comes meanwhile, then 503; when the first is answered, it has room."""
    read, go_on = threading.Event(), threading.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        read.set()
        await to_thread.run_sync(go_on.wait, 30)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    app = Limits(slow, held_bytes=150)
    first: list[int] = []
    sender = threading.Thread(
        target=lambda: first.append(TestClient(app).post("/", content=b"x" * 100).status_code)
    )
    sender.start()
    assert read.wait(10)
    full = TestClient(app).post("/", content=b"x" * 100)
    problem(full, 503, "queue-full")
    assert full.headers["retry-after"] == "1"
    go_on.set()
    sender.join(10)
    assert first == [204]
    assert TestClient(app).post("/", content=b"x" * 100).status_code == 204


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    with server(folder, f"sqlite:///{folder}/ledger.db", QUOTA_LEDGER_BODY_SECONDS="1") as running:
        yield running


def answer_of(connection: socket.socket) -> bytes:
    """Read until the server closes; it may do so with bytes of ours unread, which is a reset after its answer."""
    data = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            data += part
    return data


HEAD = b"POST /v1/envelopes HTTP/1.1\r\nHost: ledger\r\nContent-Type: application/json\r\n"


def test_slow_body(served: Server) -> None:
    """Given a body that comes byte by byte, when its time is over, then 408 and the connection is closed."""
    with served.raw() as connection:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
        began = time.monotonic()
        with suppress(ConnectionError):
            for _ in range(8):
                connection.sendall(b" ")
                time.sleep(0.2)
        answer = answer_of(connection)
    assert time.monotonic() - began < 5
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"too-slow"' in answer


def test_body_that_never_ends(served: Server) -> None:
    """Given chunks without end, when they pass the limit, then 413 and the connection is closed."""
    with served.raw() as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        sent = 0
        with suppress(ConnectionError):
            while sent < 40:
                connection.sendall(chunk)
                sent += 1
        assert sent < 30
        with suppress(ConnectionResetError):  # what was on its way when the server closed
            assert answer_of(connection)[:12] in {b"HTTP/1.1 413", b""}
    with served.client() as client:
        assert client.get("/healthz").status_code == 200


def test_long_head(served: Server) -> None:
    """Given a head that does not end, when it passes 64 KiB, then 400 and the connection is closed."""
    with served.raw() as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: ledger\r\n")
        sent = 0
        with suppress(ConnectionError):
            for sent in range(20 * HEAD_BYTES // 1000):
                connection.sendall(b"X-%d: " % sent + b"x" * 1000 + b"\r\n")
        with suppress(ConnectionResetError):  # what was on its way when the server closed
            assert answer_of(connection).startswith(b"HTTP/1.1 400 ")
        assert sent < 10 * HEAD_BYTES // 1000


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 2\r\n X: y\r\n\x00\r\n\r\n{}",
        b"Accept-Language: zh\x00\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=["two-lengths", "encoded-transfer", "null", "null-in-value"],
)
def test_heads_that_two_servers_read_differently(served: Server, head: bytes) -> None:
    """Given a head that is not of HTTP, when sent, then it is refused and the connection is closed."""
    with served.raw() as connection:
        connection.sendall(HEAD + head)
        connection.shutdown(socket.SHUT_WR)
        answer = answer_of(connection)
    assert answer.split(b" ")[1] in {b"400", b"501"}


def test_header_injection(served: Server) -> None:
    """Given line feeds in a path, a query and an id, when sent, then no answer has a header of the client's."""
    with served.raw() as connection:
        connection.sendall(
            b"GET /nothing%0d%0aX-Injected:%20yes?a=%0d%0aX-Injected:%20yes HTTP/1.1\r\nHost: ledger\r\n"
            b"X-Request-ID: injected\r\nAccept-Language: zh%0d%0aX-Injected: yes\r\nConnection: close\r\n\r\n"
        )
        answer = answer_of(connection)
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/1.1 404 ")
    assert b"injected" not in head
