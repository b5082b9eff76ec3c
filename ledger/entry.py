"""An entry: a header line, a newline, and the statement's exact bytes (docs/spec/ledger-format.md, 3).

The header chains the entry (``prev``), places it in the history of everyone whom it concerns
(``subjects``) and names what it is about (``tags``). Subjects and tags follow from the statement alone
(:func:`derive`), so nobody can hide an entry from an enterprise's or a car's history.
Nothing is ever serialised again to verify: the leaf hash is over the bytes as they stand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from ledger.canonical import Malformed, canonical_bytes, parse_canonical

MAX_ENTRY_BYTES = 65_535
MAX_STATEMENT_BYTES = 44 * 1024
MAX_SUBJECTS = 250
ZERO_HASH = "0" * 64

KEYS_SUBJECT = "ledger:keys"
POLICY_SUBJECT = "ledger:policy"
_RESERVED_SUBJECT = {
    "LedgerOpened": KEYS_SUBJECT,
    "AgencyKeyRegistered": KEYS_SUBJECT,
    "AgencyKeyRevoked": KEYS_SUBJECT,
    "PolicyVersionPublished": POLICY_SUBJECT,
    "HolidayCalendarPublished": POLICY_SUBJECT,
}

_HASH = re.compile(r"[0-9a-f]{64}\Z")
_KEY = re.compile(r"[a-z]+:[!-~]{1,150}\Z")
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
# Hours to 23: a newer Python's fromisoformat also takes 24:00.
_RECORDED_AT = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d\.\d{6}Z\Z", re.ASCII)

_MEMBERS = {"envelope", "index", "item", "prev", "recorded_at", "subjects", "tags", "type", "v"}


@dataclass(frozen=True, slots=True)
class Subject:
    """One link of a subject's own chain: the ``number``-th entry (from 1) that concerns ``key``."""

    key: str
    number: int
    prev: str
    """Leaf hash (hex) of the key's previous entry, 64 zeros for its first."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header line of an entry; hashes are lower-case hex."""

    envelope: str | None
    index: int
    item: int | None
    prev: str
    recorded_at: str
    subjects: tuple[Subject, ...]
    tags: tuple[str, ...]
    type: str

    def line(self) -> bytes:
        """Return the canonical header line, without the newline."""
        return canonical_bytes(
            {
                "envelope": self.envelope,
                "index": self.index,
                "item": self.item,
                "prev": self.prev,
                "recorded_at": self.recorded_at,
                "subjects": [[s.key, s.number, s.prev] for s in self.subjects],
                "tags": list(self.tags),
                "type": self.type,
                "v": 1,
            }
        )


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


def parse_header(line: bytes) -> Header:
    """Return the header that ``line`` holds.

    Raises:
        Malformed: not canonical, members missing or unknown, or a value of the wrong form.
    """
    header = parse_canonical(line, max_bytes=MAX_ENTRY_BYTES, what="header")
    if header.keys() != _MEMBERS:
        raise Malformed(f"header: members {sorted(header.keys() ^ _MEMBERS)} are missing or unknown")
    if header["v"] != 1 or isinstance(header["v"], bool):
        raise Malformed(f"header: version {header['v']!r}, 1 is wanted")
    envelope, item = header["envelope"], header["item"]
    if (envelope is None) != (item is None):
        raise Malformed("header: envelope and item are null together or not at all")
    if envelope is not None:
        _hash(envelope, "envelope")
        _whole(item, "item", least=1)
    _whole(header["index"], "index", least=0)
    _hash(header["prev"], "prev")
    recorded_at, kind = header["recorded_at"], header["type"]
    if not isinstance(recorded_at, str) or not _RECORDED_AT.match(recorded_at):
        raise Malformed("header: recorded_at is not UTC with six decimals and Z")
    if not isinstance(kind, str):
        raise Malformed("header: type is not a text")
    try:
        datetime.fromisoformat(recorded_at)
    except ValueError:
        raise Malformed(f"header: recorded_at {recorded_at} is no instant") from None
    return Header(
        envelope, header["index"], item, header["prev"], recorded_at, _subjects(header["subjects"]),
        _tags(header["tags"]), kind,
    )  # fmt: skip


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
    for name, value in _texts(statement.get("body"), ""):
        if name == "uscc" or name.endswith("_uscc") or name in {"usccs", "applicants", "seals"}:
            if _ENTERPRISE.match(value):
                subjects.add(f"enterprise:{value}")
        elif name in {"vin", "vins"}:
            if _VIN.match(value):
                subjects.add(f"vin:{value}")
        elif name == "concerns":
            if _KEY.match(value):
                subjects.add(value)
        elif name == "case_id":
            if _CASE.match(value):
                tags.add(f"case:{value}")
        elif (pattern := _IDENTIFIER.get(name)) and (match := pattern.match(value)):
            parts = match.groupdict()
            subjects.update(f"enterprise:{uscc}" for uscc in parts["pair"].split("-")[:2])
            tags.add(f"pair:{parts['pair']}")
            if "batch" in parts:
                tags.add(f"batch:{parts['batch']}")
    return Derived(tuple(sorted(subjects)), tuple(sorted(tags)))


def _texts(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Yield every text below ``value`` with the name of the member that holds it, through lists."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for member, inner in value.items():
            yield from _texts(inner, member)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, name)


def _hash(value: object, name: str) -> None:
    if not isinstance(value, str) or not _HASH.match(value):
        raise Malformed(f"header: {name} is not 64 lower-case hex digits")


def _whole(value: object, name: str, *, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise Malformed(f"header: {name} is not a whole number from {least}")


def _subjects(value: object) -> tuple[Subject, ...]:
    if not isinstance(value, list) or len(value) > MAX_SUBJECTS:
        raise Malformed(f"header: subjects is not a list of {MAX_SUBJECTS} at most")
    subjects: list[Subject] = []
    for item in value:
        if not isinstance(item, list) or len(item) != 3:
            raise Malformed("header: a subject is not [key, number, leaf hash]")
        key, number, prev = item
        if not isinstance(key, str) or not _KEY.match(key):
            raise Malformed(f"header: subject key {key!r} is not of the form kind:name")
        _whole(number, "subject number", least=1)
        _hash(prev, "subject leaf hash")
        if subjects and subjects[-1].key >= key:
            raise Malformed(f"header: subject {key} is out of order or twice")
        subjects.append(Subject(key, number, prev))
    return tuple(subjects)


def _tags(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise Malformed("header: tags is not a list of texts")
    if any(a >= b for a, b in pairwise(value)):
        raise Malformed("header: tags are out of order or twice")
    return tuple(value)
