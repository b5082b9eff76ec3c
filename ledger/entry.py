"""An entry: a header line, a newline, and the statement's exact bytes (docs/spec/ledger-format.md, 3).

The header chains the entry (``prev``), places it in the history of everyone whom it concerns
(``subjects``) and names what it is about (``tags``). Subjects and tags follow from the statement alone
(:func:`derive`), so nobody can hide an entry from an enterprise's or a car's history.
Nothing is ever serialised again to verify: the leaf hash is over the bytes as they stand.
"""

import re
from dataclasses import dataclass
from typing import Any

from ledger.canonical import Malformed, parse_canonical
from ledger.header import MAX_ENTRY_BYTES, MAX_SUBJECTS, SUBJECT_KEY, ZERO_HASH, Header, Subject, parse_header

__all__ = [
    "KEYS_SUBJECT",
    "MAX_ENTRY_BYTES",
    "MAX_STATEMENT_BYTES",
    "MAX_SUBJECTS",
    "POLICY_SUBJECT",
    "ZERO_HASH",
    "Derived",
    "Entry",
    "Header",
    "Subject",
    "derive",
    "encode_entry",
    "parse_entry",
    "parse_header",
    "parse_statement",
]

MAX_STATEMENT_BYTES = 44 * 1024

KEYS_SUBJECT = "ledger:keys"
POLICY_SUBJECT = "ledger:policy"
_RESERVED_SUBJECT = {
    "LedgerOpened": KEYS_SUBJECT,
    "AgencyKeyRegistered": KEYS_SUBJECT,
    "AgencyKeyRevoked": KEYS_SUBJECT,
    "PolicyVersionPublished": POLICY_SUBJECT,
    "HolidayCalendarPublished": POLICY_SUBJECT,
}

_USCC = r"[0-9A-HJ-NPQRTUWXY]{18}"
_NUMBER = r"[1-9][0-9]{0,8}"
_ENTERPRISE = re.compile(rf"{_USCC}\Z")
_VIN = re.compile(r"[0-9A-HJ-NPR-Z]{17}\Z")
_PAIR = rf"({_USCC})-({_USCC})-{_NUMBER}"
_IDENTIFIER = {
    "pair_id": re.compile(rf"(?P<pair>{_PAIR})\Z"),
    "batch_id": re.compile(rf"(?P<batch>(?P<pair>{_PAIR})-{_NUMBER})\Z"),
    "line_id": re.compile(rf"(?P<batch>(?P<pair>{_PAIR})-{_NUMBER})-{_NUMBER}\Z"),
    "app_id": re.compile(rf"(?P<pair>{_PAIR})-q{_NUMBER}\Z"),
}
_CASE = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_USCCS = {"usccs", "applicants", "seals"}
_NAMED = {"vin", "vins", "concerns", "case_id", *_IDENTIFIER}


@dataclass(frozen=True, slots=True)
class Entry:
    """A parsed entry: its header and the statement's bytes as they were signed."""

    header: Header
    statement: bytes


@dataclass(frozen=True, slots=True)
class Derived:
    """Whom and what a statement concerns: keys in ascending byte order, none twice."""

    subjects: tuple[str, ...]
    tags: tuple[str, ...]


def encode_entry(header: Header, statement: bytes) -> bytes:
    """Return the entry's bytes.

    Raises:
        Malformed: the entry would be longer than 65,535 bytes.
    """
    data = header.line() + b"\n" + statement
    if len(data) > MAX_ENTRY_BYTES:
        raise Malformed(f"entry: {len(data)} bytes, at most {MAX_ENTRY_BYTES} are allowed")
    return data


def parse_entry(data: bytes) -> Entry:
    """Return the entry whose bytes are ``data``; the statement's own form is not looked at.

    Raises:
        Malformed: no header line, or a header that is not canonical, whole and within bounds.
    """
    if len(data) > MAX_ENTRY_BYTES:
        raise Malformed(f"entry: {len(data)} bytes, at most {MAX_ENTRY_BYTES} are allowed")
    line, newline, statement = data.partition(b"\n")
    if not newline:
        raise Malformed("entry: no newline after the header")
    return Entry(parse_header(line), statement)


def parse_statement(data: bytes) -> dict[str, Any]:
    """Return the statement as an object: canonical JSON of 44 KiB at most; its members are not looked at.

    Raises:
        Malformed: not canonical, or too long.
    """
    return parse_canonical(data, max_bytes=MAX_STATEMENT_BYTES, what="statement")


def derive(statement: dict[str, Any]) -> Derived:
    """Return the subject keys and tags of a statement, from the statement alone.

    Enterprise codes stand in the members ``uscc``, ``*_uscc``, ``usccs``, ``applicants`` and ``seals`` and
    inside pair, batch, line and app ids; VINs in ``vin`` and ``vins``; whole keys in ``concerns``; all
    of them at any depth of the body. A value that is not of the form is no key: whether a body is
    well-formed is asked elsewhere.
    """
    subjects: set[str] = set()
    tags: set[str] = set()
    kind = statement.get("type")
    if isinstance(kind, str) and kind in _RESERVED_SUBJECT:
        subjects.add(_RESERVED_SUBJECT[kind])
    _gather("", statement.get("body"), subjects, tags)
    return Derived(tuple(sorted(subjects)), tuple(sorted(tags)))


def _gather(name: str, value: object, subjects: set[str], tags: set[str]) -> None:
    """Add what every text below ``value`` says, by the name of the member that holds it, through lists."""
    if isinstance(value, str):
        if name == "uscc" or name.endswith("_uscc") or name in _USCCS:
            if _ENTERPRISE.match(value):
                subjects.add(f"enterprise:{value}")
        elif name in _NAMED:
            _gather_named(name, value, subjects, tags)
    elif isinstance(value, dict):
        for member, inner in value.items():
            _gather(member, inner, subjects, tags)
    elif isinstance(value, list):
        for inner in value:
            _gather(name, inner, subjects, tags)


def _gather_named(name: str, value: str, subjects: set[str], tags: set[str]) -> None:
    if name in {"vin", "vins"}:
        if _VIN.match(value):
            subjects.add(f"vin:{value}")
    elif name == "concerns":
        if SUBJECT_KEY.match(value):
            subjects.add(value)
    elif name == "case_id":
        if _CASE.match(value):
            tags.add(f"case:{value}")
    elif match := _IDENTIFIER[name].match(value):
        parts = match.groupdict()
        subjects.update(f"enterprise:{uscc}" for uscc in parts["pair"].split("-")[:2])
        tags.add(f"pair:{parts['pair']}")
        if "batch" in parts:
            tags.add(f"batch:{parts['batch']}")
