"""Moulds: what statements of one type have in common, so that only what differs is asked of each.

Whoever writes a ledger writes each type with the same members, so a statement that was looked at as a whole
(``quick``) is the mould of those that follow: its brackets and the names of its members stand where they
stood, and each text, number, ``null`` or truth value is a place for any of these. Bytes that fill a mould are
canonical as their model was; their outer members have its form; their subjects and tags are found in the same
places. What fills none is looked at as a whole.
"""

import json
import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

from ledger.entry import MAX_STATEMENT_BYTES, RESERVED_SUBJECT, Derived, Find, derive, found_in
from ledger.verification.quick import plain_statement
from ledger.verification.statements import PLAIN_ID, PLAIN_INSTANT, has_plain_members

MOST_MOULDS: Final = 8
"""Of one type; lists of another length are another mould."""
MOST_TYPES: Final = 100
"""With moulds; a ledger's own are some fifty."""
MOST_PLACES: Final = 100
"""In a mould: it is compiled, which takes as long as looking at some hundred statements."""
MOST_CHARACTERS: Final = 16_384
"""Of the pattern of a mould, most of them of its places."""
_NUMBER: Final = "0|-?[1-9][0-9]{0,14}"
# Without an escape, as in quick. Possessive: what stands in a place is never tried another way.
_PLACE: Final = rf'(?:"([^\x00-\x1f"\\]*+)"|null|true|false|{_NUMBER})'
_FIXED: Final = frozenset({"agency", "ledger", "type", "version"})
"""Outer members that are part of the mould."""


class Cast(NamedTuple):
    """What a statement says that the ledger itself relies on; plainly well-formed."""

    type: str
    version: int
    agency: str
    ledger: str
    id: str
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
        self._finds: list[tuple[int, Find]] = []
        """Which places hold keys, and what is found there."""
        self._id = 0
        self._text = self._whole(model)

    @property
    def is_small(self) -> bool:
        """Say whether its pattern is compiled in little time."""
        return self.places <= MOST_PLACES and len(self._text) <= MOST_CHARACTERS

    def cast(self, text: str) -> Cast | None:
        """Return what a statement says, None when it does not fill the mould."""
        match = self._fullmatch(text)
        return None if match is None else Cast(*self._about, match[self._id], self._derived(match))

    @cached_property
    def _fullmatch(self) -> Callable[[str], re.Match[str] | None]:
        return re.compile(self._text).fullmatch

    def _derived(self, match: re.Match[str]) -> Derived:
        found = [_keys(find, text) for at, find in self._finds if (text := match[at]) is not None]
        if len(found) == 1 and not self._own:
            return found[0]
        subjects, tags = set(self._own), set[str]()
        for one in found:
            subjects.update(one.subjects)
            tags.update(one.tags)
        return Derived(tuple(sorted(subjects)), tuple(sorted(tags)))

    def _whole(self, model: dict[str, Any]) -> str:
        parts: dict[str, str] = {}
        for name, value in sorted(model.items()):
            if name in _FIXED:
                parts[name] = re.escape(json.dumps(value, ensure_ascii=False))
            elif name == "occurred_at":
                parts[name] = f'"{PLAIN_INSTANT}"'
            elif name == "id":
                self._id = self.places = self.places + 1
                parts[name] = f'"({PLAIN_ID})"'
            else:
                parts[name] = self._open(value, None, body=name == "body")
        return _object(parts)

    def _open(self, value: Any, find: Find | None, *, body: bool) -> str:
        """Return the pattern of a value; the counterpart of ``ledger.entry.derive``, place by place."""
        if isinstance(value, dict):
            return _object(
                {
                    name: self._open(inner, found_in(name) if body else None, body=body)
                    for name, inner in value.items()
                }
            )
        if isinstance(value, list):
            return rf"\[{','.join([self._open(inner, find, body=body) for inner in value])}\]"
        self.places += 1
        if find is not None:
            self._finds.append((self.places, find))
        return _PLACE


class Moulds:
    """The moulds met so far. What they hold changes no answer, only how soon it comes."""

    def __init__(self) -> None:
        self._known: dict[str, list[Mould]] = {}

    def cast(self, kind: str, data: bytes) -> Cast | None:
        """Return what the bytes of a statement say, None when they are not plainly one of this type."""
        known = self._known.get(kind, [])
        if len(data) > MAX_STATEMENT_BYTES:
            return None
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return None
        for mould in known:
            if (cast := mould.cast(text)) is not None:
                return cast
        model = plain_statement(data)
        if model is None or not has_plain_members(model) or model["type"] != kind:
            return None
        self._keep(kind, model)
        about = (kind, model["version"], model["agency"], model["ledger"])
        return Cast(*about, model["id"], derive(model))

    def _keep(self, kind: str, model: dict[str, Any]) -> None:
        known = self._known.get(kind, [])
        if len(known) < MOST_MOULDS and (known or len(self._known) < MOST_TYPES):
            mould = Mould(model)
            if mould.is_small:
                self._known[kind] = [*known, mould]


@lru_cache(maxsize=4_096)
def _keys(find: Find, text: str) -> Derived:
    """Return what is found in one text; a car or an enterprise is named many times."""
    subjects, tags = set[str](), set[str]()
    find(text, subjects, tags)
    return Derived(tuple(sorted(subjects)), tuple(sorted(tags)))


def _object(parts: dict[str, str]) -> str:
    """Return the pattern of an object; a plain statement has its members in their order."""
    members = [f"{re.escape(json.dumps(name))}:{part}" for name, part in sorted(parts.items())]
    return rf"\{{{','.join(members)}\}}"
