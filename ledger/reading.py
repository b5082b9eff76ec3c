"""A submission whose statements have been read: once, and before the head is locked.

A statement may name 250 subjects and a submission holds 1,000 statements, so that parsing them, and finding
whom they concern, takes longer than anything else that a refusal needs.
"""

from dataclasses import dataclass
from typing import Any

from ledger.canonical import Malformed
from ledger.entry import Derived, derive, parse_statement
from ledger.envelope import Envelope
from ledger.submission import Submission


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """A statement's bytes and what they say."""

    raw: bytes
    content: dict[str, Any] | Malformed
    """The object; or why the bytes are none in canonical form."""
    derived: Derived
    """Its subjects and tags, none where there is no object."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A submission, its statements in the order of the envelope's lines."""

    envelope: Envelope
    statements: tuple[ReadStatement, ...]


def read_submission(submission: Submission) -> Reading:
    """Read every statement of a submission; nothing is refused here."""
    return Reading(submission.envelope, tuple(map(read_statement, submission.statements)))


def read_statement(raw: bytes) -> ReadStatement:
    """Read the bytes of one statement, whatever they are."""
    try:
        content = parse_statement(raw)
    except Malformed as error:
        return ReadStatement(raw, error, Derived((), ()))
    return ReadStatement(raw, content, derive(content))
