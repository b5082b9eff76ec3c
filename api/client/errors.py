"""What can come instead of receipts: the server's problems (RFC 9457) as exceptions, and the client's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.canonical import Malformed, load_object


class ClientError(Exception):
    """Anything that a client raises by itself."""


class Unanswered(ClientError):
    """No answer came in the time that the client is patient for; ask again later.

    An envelope may have entered or not. It lies in the outbox, and ``resume`` finds out: the same envelope
    sent again enters once.
    """


class Unproved(ClientError):
    """The envelope entered, and no checkpoint covers it yet; ``resume`` asks again."""


class Unsettled(ClientError):
    """An earlier envelope waits in the outbox for its answer: ``resume`` goes first."""


class InUse(ClientError):
    """Another process works with this folder."""


class Distrust(ClientError):
    """The server said what does not verify. Nothing more is sent until a person has looked at the evidence.

    Attributes:
        evidence: the file that keeps what was known and what was received; while it is there, every client
            of this folder raises this.
    """

    def __init__(self, why: str, evidence: Path) -> None:
        super().__init__(f"{why}; the evidence is in {evidence}")
        self.evidence = evidence


@dataclass(frozen=True, slots=True)
class Line:
    """What was said of one statement of a refused envelope.

    Attributes:
        item: from 1.
        code: stable, kebab-case; ``not-entered`` for one that is in order itself.
        title: the code in words.
        article: of the regulation, or the rules of the ledger.
        figures: the values that the rule looked at; empty when a refusal is told a second time.
        detail: one line of English.
    """

    item: int
    code: str
    title: str
    article: str
    figures: Mapping[str, Any]
    detail: str


class Problem(ClientError):
    """The server's answer is a problem.

    Attributes:
        status: of HTTP.
        code: stable, kebab-case (docs/http.md).
        detail: one line of English.
        more: the other members.
    """

    def __init__(self, status: int, code: str, detail: str, more: Mapping[str, Any]) -> None:
        super().__init__(f"{code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.more = more


class NotAccepted(Problem):
    """The envelope is not in order; nothing is on record, and its ``seq`` is not used up."""


class Refused(Problem):
    """The envelope is refused as a whole, on record, and its ``seq`` is used up.

    Attributes:
        lines: what was said of each statement, in order.
        indexes: the entries that record it.
    """

    def __init__(self, status: int, code: str, detail: str, more: Mapping[str, Any]) -> None:
        super().__init__(status, code, detail, more)
        self.lines = tuple(_line(one) for one in more["refused"])
        self.indexes = tuple(int(index) for index in more["indexes"])


class Conflict(Refused):
    """Refused because something else stands there: ``seq-used``, ``id-conflict``, ``repeated`` and such."""


class ForkedView(Refused):
    """Refused because the ledger does not hold the entry that this client has seen and verified."""


_NOT_ACCEPTED = frozenset(
    {"malformed", "digest-mismatch", "too-long", "unknown-key", "bad-signature", "wrong-ledger"}
)
_ON_RECORD: Mapping[str, type[Refused]] = {
    "refused": Refused,
    "conflict": Conflict,
    "forked-view": ForkedView,
}


def problem_of(status: int, body: bytes) -> Problem:
    """Return the problem that an answer is; one in another form has the code ``unexpected``."""
    try:
        whole = load_object(body, what="problem")
        code, detail = whole["code"], whole["detail"]
        if not isinstance(code, str) or not isinstance(detail, str):
            raise Malformed("problem: code and detail are texts")
        if code in _ON_RECORD:
            return _ON_RECORD[code](status, code, detail, whole)
        return (NotAccepted if code in _NOT_ACCEPTED else Problem)(status, code, detail, whole)
    except (Malformed, KeyError, TypeError, ValueError):
        text = body[:200].decode("utf-8", "replace")
        return Problem(status, "unexpected", f"status {status} and no problem of this interface: {text}", {})


def _line(one: Mapping[str, Any]) -> Line:
    return Line(
        int(one["item"]), one["code"], one["title"], one["article"], dict(one["figures"]), one["detail"]
    )
