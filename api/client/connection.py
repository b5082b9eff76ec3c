"""Asking a server, and asking again: what is asked here may be asked any number of times.

An envelope sent twice enters once, so a request whose answer did not come, or is that the service is not
there now (502, 503, 504), that too much is asked (429) or that the body came too slowly (408), is sent again:
after ``Retry-After`` where the answer says so, else after a pause that doubles. Any other answer is final.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Final

from httpx2 import BaseTransport, Client, Timeout, TransportError

from api.client.errors import Unanswered

AGAIN: Final = frozenset({408, 429, 502, 503, 504})
FIRST_PAUSE_SECONDS: Final = 0.25
MAX_PAUSE_SECONDS: Final = 30.0
MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
"""A thousand receipts of the longest headers come to less."""
TIMEOUT: Final = Timeout(60.0, connect=10.0)
"""A server answers an append within 30 seconds, be it that it is not written yet."""


class Connection:
    """The connection to one server."""

    def __init__(self, url: str, patience_seconds: float, transport: BaseTransport | None) -> None:
        # Plain, so that nothing that is read here expands.
        headers = {"Accept-Encoding": "identity"}
        self.http = Client(base_url=url, timeout=TIMEOUT, transport=transport, headers=headers)
        self._patience = patience_seconds

    def close(self) -> None:
        """Give the sockets back."""
        self.http.close()

    def post(self, path: str, content: bytes, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Send JSON and return status and body.

        Raises:
            Unanswered: no answer within the time that this client is patient for.
        """
        return self._ask("POST", path, content, {"Content-Type": "application/json", **(headers or {})})

    def get(self, path: str) -> tuple[int, bytes]:
        """Fetch a path and return status and body.

        Raises:
            Unanswered: as :meth:`post`.
        """
        return self._ask("GET", path, None, {})

    def _ask(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        patience = Patience(self._patience)
        while True:
            wait = 0.0
            try:
                with self.http.stream(method, path, content=content, headers=dict(headers)) as answer:
                    if answer.status_code not in AGAIN:
                        return answer.status_code, _bounded(answer.iter_raw())
                    why = f"status {answer.status_code}"
                    wait = _retry_after(answer.headers.get("retry-after", ""))
            except TransportError as error:
                why = f"{type(error).__name__}: {error}"
            patience.wait(wait, f"{method} {path}: {why}")


class Patience:
    """Waits between tries, longer each time, until it is at an end."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._pause = FIRST_PAUSE_SECONDS

    def wait(self, least_seconds: float, why: str) -> None:
        """Wait before another try.

        Raises:
            Unanswered: the time would be over before; ``why`` stands in the message.
        """
        pause = max(least_seconds, self._pause)
        if time.monotonic() + pause > self._until:
            raise Unanswered(why)
        time.sleep(pause)
        self._pause = min(2 * self._pause, MAX_PAUSE_SECONDS)


def _retry_after(text: str) -> float:
    """Return the seconds that ``Retry-After`` states (RFC 9110, 10.2.3), 0 where it states a date."""
    return float(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0.0


def _bounded(chunks: Iterator[bytes]) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise Unanswered(f"an answer of more than {MAX_ANSWER_BYTES} bytes")
    return bytes(body)
