r"""The short road for what is as it should be: the same answer as the careful one, or none at all.

Whoever writes a ledger writes one form of it. A statement is parsed and written again (orjson, sorted
members): the same bytes are canonical, but for what the profile of ``ledger.canonical`` leaves out and JSON
does not, which is asked for besides. A header is taken by one pattern and held against its statement.

None means no more than that it is not plain to see: ``ledger.canonical`` and ``ledger.header`` say what it
is.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

import orjson

from ledger.canonical import MAX_DEPTH
from ledger.entry import MAX_STATEMENT_BYTES, Derived
from ledger.header import MAX_SUBJECTS
from ledger.verification.lines import LinePattern

# Sorted members, and no integer beyond ±(2^53−1).
PLAIN_FORM: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_LINK: Final = r'\["[!#-\[\]-~]++",[1-9][0-9]{0,14},"[0-9a-f]{64}"\]'
FRONT: Final = (
    r'\{"envelope":"([0-9a-f]{64})","index":(0|[1-9][0-9]{0,14}),"item":([1-9][0-9]{0,14}),'
    r'"prev":"([0-9a-f]{64})",'
)
"""How the header of a signed statement begins: envelope, index, item, prev."""
# No group is possessive, as in ledger.header.
_HEADER: Final = LinePattern(
    rf'{FRONT}"recorded_at":"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T(?:[01][0-9]|2[0-3]):[0-9]{{2}}:[0-9]{{2}}\.[0-9]{{6}}Z)",'
    rf'"subjects":\[((?>(?:{_LINK}(?:,{_LINK})*)?))\],"tags":\[([ -\\^-~]*+)\],'
    r'"type":"([0-9A-Za-z]++)","v":1\}'
)


class PlainHeader(NamedTuple):
    """The header of a signed statement; ``index`` and ``item`` are their digits."""

    envelope: str
    index: str  # type: ignore[assignment]  # as in Header
    item: str
    prev: str
    recorded_at: str
    written_links: str
    """What stands between the brackets."""
    tags: str
    """As ``written_links``, but nothing is known of it."""
    type: str
    links: list[tuple[str, int, str]]
    """Of each subject: key, number, leaf hash (hex)."""

    def follows(self, derived: Derived) -> bool:
        """Say whether subjects and tags are those of a statement, written as they should be."""
        subjects, tags = derived
        written = '"' + '","'.join(tags) + '"' if tags else ""
        return self.tags == written and tuple([key for key, _, _ in self.links]) == subjects


def plain_statement(data: bytes) -> dict[str, Any] | None:
    """Return the statement if its bytes are plainly canonical, as ``parse_statement`` would."""
    if len(data) > MAX_STATEMENT_BYTES or b"\\" in data or data[:1] != b"{":
        return None
    try:
        value: dict[str, Any] = orjson.loads(data)
        if orjson.dumps(value, option=PLAIN_FORM) != data:
            return None
    except (ValueError, TypeError):  # no JSON; nested too deep or an integer too large to be written again
        return None
    # JSON without an escape has no control character in a text but U+007F, which a name may not have either.
    return value if _is_plain(value, 1, data.isascii() and b"\x7f" not in data) else None


def plain_headers(lines: Sequence[bytes]) -> list[PlainHeader | None]:
    """Return of each line the header if it is plainly one, as ``parse_header`` would, but for order and tags.

    What it says of subjects and tags is the form that it should have only where it :meth:`follows
    <PlainHeader.follows>` from its statement.
    """
    rows = _HEADER.groups(lines)
    all_links = orjson.loads(f"[{','.join([f'[{row[5]}]' for row in rows])}]")
    return [
        _made((*row, links)) if row[0] and len(links) <= MAX_SUBJECTS and is_instant(row[4]) else None
        for row, links in zip(rows, all_links, strict=True)
    ]


_made: Final[Callable[[Iterable[Any]], PlainHeader]] = partial(tuple.__new__, PlainHeader)
"""As ``PlainHeader._make``, in a third of the time."""


@lru_cache(maxsize=256)
def is_instant(recorded_at: str) -> bool:
    """Say whether a text of the form of an instant names one; an envelope's entries name the same."""
    try:
        datetime.fromisoformat(recorded_at)
    except ValueError:
        return False
    return True


def _is_plain(value: Any, depth: int, plain_names: bool) -> bool:
    """Say whether nothing in a dict or list is outside the profile, texts and the size of integers aside."""
    if depth > MAX_DEPTH:
        return False
    members = value
    if type(value) is dict:
        members = value.values()
        if not plain_names and not ((names := "".join(value)).isascii() and names.isprintable()):
            return False
    for member in members:
        kind = type(member)
        if kind is str or kind is int:
            continue
        if kind is dict or kind is list:
            if not _is_plain(member, depth + 1, plain_names):
                return False
        elif kind is float:
            return False
    return True
