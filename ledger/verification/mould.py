"""Moulds: what statements of one type have in common, so that only what differs is asked of each.

Whoever writes a ledger writes each type with the same members, so a statement that was looked at as a whole
(``quick``) is the mould of those that follow: its brackets and the names of its members stand where they
stood, and each text, number, ``null`` or truth value is a place for any of these. Bytes that fill a mould are
canonical as their model was; their outer members have its form; their subjects and tags are found in the same
places. What fills none is looked at as a whole.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache, partial
from itertools import repeat
from typing import Any, Final, NamedTuple

import orjson

from ledger.entry import RESERVED_SUBJECT, Derived, Find, derive, found_in
from ledger.verification.lines import LinePattern
from ledger.verification.quick import PLAIN_FORM, plain_statement
from ledger.verification.statements import PLAIN_ID, PLAIN_INSTANT, has_plain_members

MOST_MOULDS: Final = 8
"""Of one type; lists of another length are another mould."""
MOST_TYPES: Final = 100
"""With moulds, in one process; a ledger's own are some fifty. All further types are looked at as a whole."""
MOST_PLACES: Final = 100
"""In a mould: it is compiled, which takes as long as looking at some hundred statements."""
LONGEST: Final = 4_096
"""In bytes, of a statement that is a mould or fills one; nearly all are a tenth of it."""
_NUMBER: Final = "0|-?[1-9][0-9]{0,14}"
# Without an escape, as in quick. Possessive: what stands in a place is never tried another way.
_TEXT: Final = r'[^\x00-\x1f"\\]*+'
_BARE: Final = f"null|true|false|{_NUMBER}"
_FIXED: Final = frozenset({"agency", "ledger", "type", "version"})
"""Outer members that are part of the mould."""


class Cast(NamedTuple):
    """What a statement says that the ledger itself relies on; plainly well-formed."""

    type: str
    version: int
    agency: str
    ledger: str
    id: str
    occurred_at: str
    attachments: str
    """As JSON; so is the body."""
    body: str
    derived: Derived


class Mould:
    """The mould of a statement; ``places`` counts what stands open in it.

    Its pattern is compiled at its first use.
    """

    def __init__(self, model: dict[str, Any]) -> None:
        """Make it of a plain statement with plain outer members."""
        kind = model["type"]
        self.places = 0
        self._about = (kind, model["version"], model["agency"], model["ledger"])
        self._own = {RESERVED_SUBJECT[kind]} if kind in RESERVED_SUBJECT else set[str]()
        self._groups: list[str | Find] = []
        """Of each group of the pattern: an outer member, or what is found in a place that holds keys."""
        self._text = self._whole(model)
        self._members = [self._groups.index(name) for name in ("id", "occurred_at", "attachments", "body")]
        self._finds = [(at, find) for at, find in enumerate(self._groups) if not isinstance(find, str)]

    def casts(self, statements: Sequence[bytes]) -> list[Cast | None]:
        """Return what statements say, None for each that does not fill the mould."""
        rows = self._pattern.groups(statements)
        filled = [row for row in rows if row[0]]
        members = [[row[at] for row in filled] for at in self._members]
        about = [repeat(one, len(filled)) for one in self._about]
        made = map(_made, zip(*about, *members, self._derived(filled), strict=True))
        return list(made) if len(filled) == len(rows) else [next(made) if row[0] else None for row in rows]

    @cached_property
    def _pattern(self) -> LinePattern:
        return LinePattern(self._text)

    def _derived(self, rows: Sequence[tuple[str, ...]]) -> Iterable[Derived]:
        if len(self._finds) == 1 and not self._own:
            [(place, find)] = self._finds
            return [_keys(find, row[place]) for row in rows]
        return map(self._joined, rows)

    def _joined(self, row: tuple[str, ...]) -> Derived:
        subjects, tags = set(self._own), set[str]()
        for at, find in self._finds:
            found = _keys(find, row[at])
            subjects.update(found.subjects)
            tags.update(found.tags)
        return Derived(tuple(sorted(subjects)), tuple(sorted(tags)))

    def _whole(self, model: dict[str, Any]) -> str:
        parts: dict[str, str] = {}
        for name, value in sorted(model.items()):
            if name in _FIXED:
                parts[name] = re.escape(json.dumps(value, ensure_ascii=False))
                continue
            self._groups.append(name)
            if name == "id":
                parts[name] = f'"({PLAIN_ID})"'
            elif name == "occurred_at":
                parts[name] = f'"({PLAIN_INSTANT})"'
            else:
                parts[name] = f"({self._open(value, None, body=name == 'body')})"
        return _object(parts)

    def _open(self, value: Any, find: Find | None, *, body: bool) -> str:
        """Return the pattern of a value; the counterpart of ``ledger.entry.derive``, place by place."""
        if isinstance(value, dict):
            return _object(
                {
                    name: self._open(inner, found_in(name) if body else None, body=body)
                    for name, inner in sorted(value.items())
                }
            )
        if isinstance(value, list):
            return rf"\[{','.join([self._open(inner, find, body=body) for inner in value])}\]"
        self.places += 1
        if find is None:
            return rf'(?:"{_TEXT}"|{_BARE})'
        self._groups.append(find)
        return rf'(?:"({_TEXT})"|{_BARE})'


class Moulds:
    """The moulds met so far. What they hold changes no answer, only how soon it comes."""

    def __init__(self) -> None:
        self._known: dict[str, list[Mould]] = {}

    def casts(self, kind: str, statements: Sequence[bytes]) -> list[Cast | None]:
        """Return what the bytes of statements say, None for each that is not plainly one of this type."""
        found = [_looked_at(kind, data) if len(data) > LONGEST else None for data in statements]
        left = [at for at, data in enumerate(statements) if len(data) <= LONGEST]
        for mould in self._known.get(kind, ()):
            left = _fill(mould, statements, left, found)
        while left:
            at, *left = left
            found[at] = _looked_at(kind, statements[at])
            if found[at] is not None and (made := self._keep(kind, statements[at])) is not None:
                left = _fill(made, statements, left, found)
        return found

    def _keep(self, kind: str, statement: bytes) -> Mould | None:
        """Make a mould of a statement, unless there are enough of them or it would be too large."""
        known = self._known.get(kind, [])
        if len(known) == MOST_MOULDS or (not known and len(self._known) == MOST_TYPES):
            return None
        mould = Mould(orjson.loads(statement))
        if mould.places > MOST_PLACES:
            return None
        self._known[kind] = [*known, mould]
        return mould


_made: Final[Callable[[Iterable[Any]], Cast]] = partial(tuple.__new__, Cast)
"""As ``Cast._make``, in a third of the time."""


def _fill(
    mould: Mould, statements: Sequence[bytes], left: Sequence[int], found: list[Cast | None]
) -> list[int]:
    """Enter in ``found`` which of the statements that are ``left`` fill a mould; return the others."""
    if not left:
        return []
    casts = mould.casts([statements[at] for at in left])
    for at, cast in zip(left, casts, strict=True):
        found[at] = cast
    return [at for at, cast in zip(left, casts, strict=True) if cast is None]


def _looked_at(kind: str, data: bytes) -> Cast | None:
    """Look at a statement as a whole."""
    model = plain_statement(data)
    if model is None or not has_plain_members(model) or model["type"] != kind:
        return None
    return Cast(
        kind, model["version"], model["agency"], model["ledger"], model["id"], model["occurred_at"],
        _written(model["attachments"]), _written(model["body"]), derive(model),
    )  # fmt: skip


def _written(value: Any) -> str:
    return orjson.dumps(value, option=PLAIN_FORM).decode()


@lru_cache(maxsize=4_096)
def _keys(find: Find, text: str) -> Derived:
    """Return what is found in one text, in an empty one nothing; a car is named many times."""
    subjects, tags = set[str](), set[str]()
    find(text, subjects, tags)
    return Derived(tuple(sorted(subjects)), tuple(sorted(tags)))


def _object(parts: dict[str, str]) -> str:
    """Return the pattern of an object from those of its members, which stand in their order."""
    members = [f"{re.escape(json.dumps(name))}:{part}" for name, part in parts.items()]
    return rf"\{{{','.join(members)}\}}"
