"""Appends envelopes so that none is lost and none enters twice, and follows the ledger.

An envelope is kept before it is sent and sent again, byte for byte, until there is an answer: the ledger
knows it by its bytes. Every receipt is verified against the anchor before it counts, and becomes the next
``seen``. A server that releases no checkpoints gives no proofs, and its receipts do not count.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from httpx2 import Client, Response, TransportError

from api.client.outbox import Outbox
from ledger.anchor import Anchor
from ledger.canonical import Malformed
from ledger.envelope import Seen
from ledger.merkle import leaf_hash
from ledger.receipt import Receipt, parse_receipt
from ledger.verification.receipt import verify_receipt

ATTEMPTS: Final = 6
MOST_WAIT_SECONDS: Final = 30.0
_AGAIN: Final = frozenset({408, 429, 502, 503, 504})


class NoAnswer(Exception):
    """The server could not be reached, or not in time; the envelope is kept and may be sent again."""


class Refused(Exception):
    """A lawful no; ``problem`` is what the server said (docs/http.md)."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.problem = problem


class Untrue(Exception):
    """The server answered what does not verify: keep the answer, and ask who runs it."""


class LedgerClient:
    """One agency's line to the ledger."""

    def __init__(
        self, http: Client, anchor: Anchor, outbox: Outbox, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Use a connection whose base URL is the server; its headers hold the token, where one is needed.

        Args:
            http: the connection.
            anchor: which ledger this is, held from elsewhere.
            outbox: what is not forgotten.
            sleep: waits that many seconds between two attempts.
        """
        self._http = http
        self._anchor = anchor
        self._outbox = outbox
        self._sleep = sleep

    def submit(self, envelope: bytes, statements: Sequence[bytes]) -> list[Receipt]:
        """Append, and return the verified receipts in the order of the statements.

        Raises:
            NoAnswer: nothing is known; the envelope is kept for :meth:`resume`.
            Refused: it did not enter.
            Untrue: a receipt does not verify; the envelope is kept.
        """
        digest = self._outbox.keep(envelope, statements)
        content = json.dumps({"envelope": envelope.decode(), "statements": [s.decode() for s in statements]})
        answer = self._send(content.encode())
        if answer.status_code not in {200, 201}:
            problem = _object(answer)
            self._outbox.refused(digest, answer.content)
            raise Refused(problem)
        receipts = [json.dumps(one).encode() for one in _object(answer).get("receipts", ())]
        if len(receipts) != len(statements):
            raise Untrue(f"{len(receipts)} receipts for {len(statements)} statements")
        verified = [self._verified(*both) for both in zip(receipts, statements, strict=True)]
        self._outbox.entered(digest, answer.content)
        last = max(verified, key=lambda found: found[1].index)[1]
        self._outbox.saw(last)
        return [receipt for receipt, _ in verified]

    def resume(self) -> list[list[Receipt]]:
        """Send what has no answer yet, as it was, and return the receipts; see :meth:`submit`."""
        return [self.submit(envelope, statements) for envelope, statements in list(self._outbox.waiting())]

    def follow(self, after: int) -> Iterator[dict[str, Any]]:
        """Yield entries behind index ``after`` as they come, each once; only an error or the caller ends it.

        Raises:
            Refused: no access.
            NoAnswer: the server cannot be reached.
            Untrue: an entry does not hash to what it says, or is out of order.
        """
        failed = 0
        while failed < ATTEMPTS:
            try:
                for entry in self._stream(after):
                    failed, after = 0, entry["index"]
                    yield entry
            except TransportError:
                failed += 1
                self._sleep(_wait(failed))
        raise NoAnswer(f"no stream after {ATTEMPTS} attempts")

    def _stream(self, after: int) -> Iterator[dict[str, Any]]:
        with self._http.stream("GET", "/v1/entries/stream", headers={"Last-Event-ID": str(after)}) as answer:
            if answer.status_code in _AGAIN:
                raise TransportError(f"HTTP {answer.status_code}")
            if answer.status_code != 200:
                answer.read()
                raise Refused(_object(answer))
            for line in answer.iter_lines():
                if not line.startswith("data: "):
                    continue
                entry: dict[str, Any] = json.loads(line.removeprefix("data: "))
                data = f"{entry['header']}\n{entry['statement']}".encode()
                if leaf_hash(data).hex() != entry["leaf_hash"] or entry["index"] <= after:
                    raise Untrue(f"entry {entry['index']} behind {after} is not what it says")
                after = entry["index"]
                yield entry

    def _send(self, content: bytes) -> Response:
        why = ""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._http.post(
                    "/v1/envelopes", content=content, headers={"Content-Type": "application/json"}
                )
            except TransportError as error:  # entered or not: the same bytes tell
                why = str(error) or type(error).__name__
                told = None
            else:
                if answer.status_code not in _AGAIN:
                    return answer
                why, told = f"HTTP {answer.status_code}", answer.headers.get("retry-after")
            if attempt < ATTEMPTS:
                self._sleep(_wait(attempt, told))
        raise NoAnswer(f"{why}, {ATTEMPTS} times; the envelope is kept")

    def _verified(self, receipt: bytes, statement: bytes) -> tuple[Receipt, Seen]:
        try:
            parsed = parse_receipt(receipt)
        except Malformed as error:
            raise Untrue(str(error)) from None
        found = verify_receipt(receipt, statement, self._anchor)
        if found.verdict != "PROVED" or found.header is None:
            raise Untrue("; ".join(one.detail for one in found.breaks) or "a receipt without a proof")
        return parsed, Seen(found.header.index, leaf_hash(parsed.header + b"\n" + statement).hex())


def _wait(attempt: int, told: str | None = None) -> float:
    """Return how many seconds to wait: what the server says, else twice as long each time."""
    seconds = float(told) if told and told.isascii() and told.isdigit() else 0.5 * 2**attempt
    return min(seconds, MOST_WAIT_SECONDS)


def _object(answer: Response) -> dict[str, Any]:
    try:
        whole = answer.json()
    except ValueError:
        whole = None
    if not isinstance(whole, dict):
        raise Untrue(f"HTTP {answer.status_code} without a JSON object")
    return whole
