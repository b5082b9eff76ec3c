"""An entry: a header line, a newline, and the statement's exact bytes (docs/spec/ledger-format.md, 3).

The header chains the entry (``prev``), places it in the history of everyone whom it concerns
(``subjects``) and names what it is about (``tags``). Subjects and tags follow from the statement alone
(:func:`derive`), so nobody can hide an entry from an enterprise's or a car's history.
Nothing is ever serialised again to verify: the leaf hash is over the bytes as they stand.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, NamedTuple

from ledger.canonical import Malformed, parse_canonical
from ledger.header import MAX_ENTRY_BYTES, MAX_SUBJECTS, SUBJECT_KEY, ZERO_HASH, Header, Subject, parse_header

__all__ = [
    "KEYS_SUBJECT",
    "MAX_ENTRY_BYTES",
    "MAX_STATEMENT_BYTES",
    "MAX_SUBJECTS",
    "POLICY_SUBJECT",
    "RESERVED_SUBJECT",
    "ZERO_HASH",
    "Derived",
    "Entry",
    "Find",
    "Header",
    "Subject",
    "derive",
    "encode_entry",
    "found_in",
    "parse_entry",
    "parse_header",
    "parse_statement",
]

MAX_STATEMENT_BYTES = 44 * 1024

KEYS_SUBJECT = "ledger:keys"
POLICY_SUBJECT = "ledger:policy"
RESERVED_SUBJECT = {
    "LedgerOpened": KEYS_SUBJECT,
    "AgencyKeyRegistered": KEYS_SUBJECT,
    "AgencyKeyRevoked": KEYS_SUBJECT,
    "PolicyVersionPublished": POLICY_SUBJECT,
    "HolidayCalendarPublished": POLICY_SUBJECT,
}
"""By type, the subject that does not follow from the body."""

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
Find = Callable[[str, set[str], set[str]], None]
"""Adds to the subjects and the tags what it finds in a text."""


class Entry(NamedTuple):
    """A parsed entry: its header and the statement's bytes as they were signed."""

    header: Header
    statement: bytes


class Derived(NamedTuple):
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
    if isinstance(kind, str) and kind in RESERVED_SUBJECT:
        subjects.add(RESERVED_SUBJECT[kind])
    _gather(None, statement.get("body"), subjects, tags)
    return Derived(tuple(sorted(subjects)), tuple(sorted(tags)))


def _gather(find: Find | None, value: object, subjects: set[str], tags: set[str]) -> None:
    """Add what every text below ``value`` says, by the name of the member that holds it, through lists.

    ``find`` is what is found in a text that stands here.
    """
    if isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(inner, (dict, list)):
                if (found := found_in(name)) is not None and isinstance(inner, str):
                    found(inner, subjects, tags)
            else:
                _gather(found_in(name), inner, subjects, tags)
    elif isinstance(value, list):
        for inner in value:
            _gather(find, inner, subjects, tags)
    elif find is not None and isinstance(value, str):
        find(value, subjects, tags)


@lru_cache(maxsize=256)
def found_in(name: str) -> Find | None:
    """Return what is found in the texts of a member of a body, whatever else it says; None for nothing."""
    if name == "uscc" or name.endswith("_uscc") or name in {"usccs", "applicants", "seals"}:
        return _find_enterprise
    if name in {"vin", "vins"}:
        return _find_vin
    if name == "concerns":
        return _find_key
    if name == "case_id":
        return _find_case
    return partial(_find_identified, _IDENTIFIER[name]) if name in _IDENTIFIER else None


def _find_enterprise(text: str, subjects: set[str], _tags: set[str]) -> None:
    if _ENTERPRISE.match(text):
        subjects.add(f"enterprise:{text}")


def _find_vin(text: str, subjects: set[str], _tags: set[str]) -> None:
    if _VIN.match(text):
        subjects.add(f"vin:{text}")


def _find_key(text: str, subjects: set[str], _tags: set[str]) -> None:
    if SUBJECT_KEY.match(text):
        subjects.add(text)


def _find_case(text: str, _subjects: set[str], tags: set[str]) -> None:
    if _CASE.match(text):
        tags.add(f"case:{text}")


def _find_identified(pattern: re.Pattern[str], text: str, subjects: set[str], tags: set[str]) -> None:
    if match := pattern.match(text):
        parts = match.groupdict()
        subjects.update(f"enterprise:{uscc}" for uscc in parts["pair"].split("-")[:2])
        tags.add(f"pair:{parts['pair']}")
        if "batch" in parts:
            tags.add(f"batch:{parts['batch']}")
