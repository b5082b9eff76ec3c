"""A report: what it says, in JSON values alone, and the digest by which one knows it again."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final, Literal

FORMAT: Final = "quota-ledger-report/1"
Kind = Literal["enterprise-statement", "agency-statement", "dossier", "city"]


class ReportRefused(Exception):
    """There is no such report, or none that could be vouched for; ``code`` is stable and kebab-case."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Report:
    """One report.

    Attributes:
        kind: which.
        content: what it says; ``format``, ``kind``, ``title``, ``basis`` and ``commands`` are in every one.
    """

    kind: Kind
    content: dict[str, Any]

    def to_bytes(self) -> bytes:
        """Return the content as one line of JSON, members in order; the digest is over these bytes."""
        text = json.dumps(self.content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode() + b"\n"

    @property
    def digest(self) -> str:
        """The SHA-256 of the content, lower-case hex: it stands on every page and sheet of it."""
        return hashlib.sha256(self.to_bytes()).hexdigest()
