"""The header line of an entry (docs/spec/ledger-format.md, 3): one pattern takes its canonical form alone.

Within the profile of ``ledger.canonical`` the form is regular: members in one order, texts in which only
``"`` and a backslash are escaped. What the pattern does not take is parsed step by step, to say why.
"""

import re
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

from ledger.canonical import MAX_INTEGER, Malformed, canonical_bytes, parse_canonical

MAX_ENTRY_BYTES: Final = 65_535
MAX_SUBJECTS: Final = 250
ZERO_HASH: Final = "0" * 64
SUBJECT_KEY: Final = re.compile(r"[a-z]+:[!-~]{1,150}\Z")

_MEMBERS = {"envelope", "index", "item", "prev", "recorded_at", "subjects", "tags", "type", "v"}
_HASH = re.compile(r"[0-9a-f]{64}\Z")
# Hours to 23: a newer Python's fromisoformat also takes 24:00.
_RECORDED_AT = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d\.\d{6}Z\Z", re.ASCII)

# The same forms as they stand in canonical JSON. What matched is never tried another way (possessive and
# atomic groups), so that the time is in proportion to the length whatever the line holds. No group is
# possessive: before Python 3.11.5 half a repetition of one could count as whole (gh-106052).
_PLAIN = r"[!#-\[\]-~]"
_KEY_TEXT = rf'"([a-z]++:(?>{_PLAIN}{{1,150}}(?=")|(?:{_PLAIN}|\\["\\]){{1,150}}))"'
_TEXT = r'"((?>[^\x00-\x1f"\\]*(?:\\["\\][^\x00-\x1f"\\]*)*))"'
_INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
_SUBJECT = rf'\[{_KEY_TEXT},([1-9][0-9]{{0,15}}),"([0-9a-f]{{64}})"\]'


def _list_of(item: str) -> str:
    """Return the pattern of what stands between the brackets of a list, as one group."""
    plain = re.sub(r"(?<!\\)\((?!\?)", "(?:", item)
    return rf"((?>(?:{plain}(?:,{plain})*)?))"


_HEADER = re.compile(
    r'\{"envelope":(?:"([0-9a-f]{64})"|null),"index":(0|[1-9][0-9]{0,15}),"item":(?:([1-9][0-9]{0,15})|null),'
    rf'"prev":"([0-9a-f]{{64}})","recorded_at":"({_INSTANT})","subjects":\[{_list_of(_SUBJECT)}\],'
    rf'"tags":\[{_list_of(_TEXT)}\],"type":{_TEXT},"v":1\}}'
)
_SUBJECTS = re.compile(_SUBJECT)
_TEXTS = re.compile(_TEXT)
_ESCAPED = re.compile(r"\\(.)")


class Subject(NamedTuple):
    """One link of a subject's own chain: the ``number``-th entry (from 1) that concerns ``key``."""

    key: str
    number: int
    prev: str
    """Leaf hash (hex) of the key's previous entry, 64 zeros for its first."""


class Header(NamedTuple):
    """The header line of an entry; hashes are lower-case hex."""

    envelope: str | None
    index: int  # type: ignore[assignment]  # to nobody a header is a sequence with a method of this name
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


def parse_header(line: bytes) -> Header:
    """Return the header that ``line`` holds.

    Raises:
        Malformed: not canonical, members missing or unknown, or a value of the wrong form.
    """
    header = _at_once(line)
    return _step_by_step(line) if header is None else header


def _at_once(line: bytes) -> Header | None:
    """Return the header if the line is one; None leaves it to be said why it is none."""
    if len(line) > MAX_ENTRY_BYTES:
        return None
    try:
        match = _HEADER.fullmatch(line.decode())
        if match is None:
            return None
        envelope, index, item, prev, recorded_at, links, texts, kind = match.groups()
        datetime.fromisoformat(recorded_at)
    except ValueError:
        return None
    # Left are what no pattern tells: order, pairs and bounds.
    subjects: list[Subject] = []
    before = ""
    for written, number, leaf in _SUBJECTS.findall(links):
        key = _unescaped(written)
        if key <= before or len(subjects) == MAX_SUBJECTS or int(number) > MAX_INTEGER:
            return None
        before = key
        subjects.append(Subject(key, int(number), leaf))
    tags = tuple(map(_unescaped, _TEXTS.findall(texts))) if texts else ()
    if len(tags) > 1 and any(one >= two for one, two in pairwise(tags)):
        return None
    place, among = int(index), None if item is None else int(item)
    if max(place, among or 0) > MAX_INTEGER or (envelope is None) != (among is None):
        return None
    return Header(envelope, place, among, prev, recorded_at, tuple(subjects), tags, _unescaped(kind))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def _step_by_step(line: bytes) -> Header:
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
        if not isinstance(key, str) or not SUBJECT_KEY.match(key):
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
