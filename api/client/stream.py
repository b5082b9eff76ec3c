"""Following the ledger: server-sent events (HTML standard, 9.2), resumed behind the last entry that came."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from httpx2 import Client, Timeout, TransportError

from api.client.connection import AGAIN, Patience
from api.client.errors import problem_of
from api.client.trust import DoesNotVerify
from ledger.canonical import Malformed, load_object
from ledger.header import Header, parse_header
from ledger.merkle import leaf_hash

PATH: Final = "/v1/entries/stream"
SILENCE_SECONDS: Final = 45.0
"""The server says every 15 seconds that it is there."""
MAX_EVENT_BYTES: Final = 1024 * 1024
"""An entry has 64 KiB at most; as JSON in JSON it is a few times longer."""


@dataclass(frozen=True, slots=True)
class Followed:
    """An entry of the stream. Its bytes hash to ``leaf_hash``; a receipt or a checkpoint proves that."""

    header: Header
    leaf_hash: str
    statement: bytes
    flags: tuple[str, ...]


def follow(http: Client, token: str | None, after: int, patience_seconds: float) -> Iterator[Followed]:
    """Yield what is behind entry ``after`` in the stream of ``token``, without end.

    Raises:
        Problem, Unanswered: as :meth:`api.client.Client.follow`.
        DoesNotVerify: an entry is not what its hash says, or comes out of order.
    """
    headers = {"Accept": "text/event-stream"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    last, patience = after, Patience(patience_seconds)
    while True:
        why = "the stream ended"
        try:
            with http.stream(
                "GET",
                PATH,
                headers=headers | {"Last-Event-ID": str(last)},
                timeout=Timeout(10.0, read=SILENCE_SECONDS),
            ) as answer:
                if answer.status_code in AGAIN:
                    why = f"status {answer.status_code}"
                elif answer.status_code != 200:
                    raise problem_of(answer.status_code, answer.read())
                else:
                    for number, data in events(answer.iter_raw()):
                        patience = Patience(patience_seconds)
                        if data is not None:
                            yield _followed(data, number, last)
                        last = max(last, number)
        except TransportError as error:
            why = f"{type(error).__name__}: {error}"
        patience.wait(0.0, f"GET {PATH}: {why}")


def events(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Yield (id, data) of each event that has an id; data is None where it only says how far was looked.

    Raises:
        DoesNotVerify: a line of no bound, or an id that is no number.
    """
    number, data, held = -1, None, b""
    for chunk in chunks:
        *lines, held = (held + chunk).split(b"\n")
        if len(held) > MAX_EVENT_BYTES:
            raise DoesNotVerify(f"the stream: a line of more than {MAX_EVENT_BYTES} bytes")
        for line in lines:
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if name == b"id":
                if not value.isdigit() or len(value) > 16:
                    raise DoesNotVerify(f"the stream: id {value[:40]!r} is no index")
                number = int(value)
            elif name == b"data":
                data = value
            elif not line and number >= 0:
                yield number, data
                number, data = -1, None


def _followed(data: bytes, number: int, last: int) -> Followed:
    try:
        whole = load_object(data, what="event")
        header, statement = parse_header(whole["header"].encode()), whole["statement"].encode()
        flags = tuple(str(flag["code"]) for flag in whole["flags"])
        told = str(whole["leaf_hash"])
    except (Malformed, KeyError, TypeError, AttributeError, ValueError) as error:
        raise DoesNotVerify(f"the stream: entry {number}: {error}") from None
    if header.index != number or number <= last:
        raise DoesNotVerify(f"the stream: entry {header.index} under the id {number}, behind {last}")
    if leaf_hash(header.line() + b"\n" + statement).hex() != told:
        raise DoesNotVerify(
            f"the stream: entry {number} does not hash to its leaf hash", header=whole["header"]
        )
    return Followed(header, told, statement, flags)
