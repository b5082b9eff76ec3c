"""Facts by car in little room: as bytes, made objects when they are asked for.

Most cars of a ledger have left the country long ago, and nothing more is said of them; but a correction may,
and the statements are answered from the facts of all. A fact comes to some 40 bytes, and to add one hardly
anything else of its car is read.

A fact is a row of numbers, and behind it those of its texts that stand nowhere yet::

    class and width (1 byte), bytes behind the row (2), the fields: 4 a number, 1 a truth value, 2 all else

A day counts from 1960-01-01, which is 1; the day before is -1 (a recording may be of any day). A text that
several cars have is kept once, with a number *n* of its own, and is ``2n + 1`` in the row; any other is
``2p + 2``, where *p* is its place in the bytes of the car. A tuple has such a place too. None is 0. Where a
number does not fit all of the row are wide: 8 bytes each.
"""

import marshal
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from functools import lru_cache
from operator import attrgetter
from sys import intern
from typing import Any, Final, NamedTuple, Protocol, TypeVar, get_args, get_origin, get_type_hints

from typing_extensions import override

_LONG: Final = 4_096
"""From so many bytes on, those of a car can grow in place, which takes more room; no text is sought there."""
_MET: Final = 4_096
"""So many texts of single cars are remembered at a time, to see whether another car has them too."""
_NARROW: Final = {int: "I", bool: "?"}
_WIDE: Final = {int: "q", bool: "?"}
_LONGER: Final = 255
"""In place of the length of a text: it stands in the 4 bytes that follow."""
_BEFORE_DAY_1: Final = date(1960, 1, 1).toordinal() - 1


class Placed(Protocol):
    """A fact: it stands at a place of the ledger."""

    @property
    def place(self) -> int:
        """See ``Event.place``."""
        ...


F = TypeVar("F", bound=Placed)


class Packed(Mapping[str, list[F]]):
    """Lists of facts (dataclasses of str, int, bool, date, None and tuples of str) by VIN.

    What is read is a copy.
    """

    def __init__(self, cars: Mapping[str, Iterable[F]] | None = None) -> None:
        self._cars: dict[str, bytes | bytearray] = {}
        self._kinds: dict[type[F], int] = {}
        """Classes of facts, numbered as they came."""
        self._shapes: list[_Shape] = []
        """By these numbers."""
        self._numbers: dict[str, int] = {}
        """Texts that several cars have, numbered as they came."""
        self._texts: list[str] = []
        """By these numbers."""
        self._met: set[str] = set()
        """Some of the texts that one car has."""
        self._marks = bytearray()
        """A bit for each place: whether a fact ever stood there."""
        self._holders: dict[int, list[str]] | None = None
        """By place the cars that ever had a fact there; made when one is first looked for among all cars."""
        for vin, facts in (cars or {}).items():
            self._cars[vin] = b""
            for fact in facts:
                self.add(vin, fact)

    @override
    def __getitem__(self, vin: str) -> list[F]:
        data, at = self._cars[vin], 0
        known: dict[int, str] = {}
        facts = []
        while at < len(data):
            shape = self._shapes[data[at] >> 1]
            row = shape.wide if data[at] & 1 else shape.narrow
            _, behind, *values = row.unpack_from(data, at)
            at += row.size + behind
            for place in shape.days:
                values[place] = _day(values[place])
            for place in shape.texts:
                code = values[place]
                if code & 1:
                    values[place] = self._texts[code >> 1]
                elif code in known:
                    values[place] = known[code]
                elif code:
                    values[place] = known[code] = intern(_text_at(data, (code >> 1) - 1).decode())
                else:
                    values[place] = None
            for place in shape.lists:
                code = values[place]
                values[place] = marshal.loads(_text_at(data, (code >> 1) - 1))  # noqa: S302  written below
            facts.append(shape.made(*values))
        return facts

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._cars)

    @override
    def __len__(self) -> int:
        return len(self._cars)

    @override
    def __contains__(self, vin: object) -> bool:
        return vin in self._cars

    def __delitem__(self, vin: str) -> None:
        del self._cars[vin]

    def add(self, vin: str, fact: F) -> None:
        """Add a fact behind the others of its car."""
        self._write(vin, self._cars.get(vin, b""), (fact,))
        self._mark(vin, fact.place)

    def insert(self, vin: str, fact: F) -> None:
        """Add a fact behind those of its car that stand at its place or before it."""
        self._write(vin, b"", sorted([*self.get(vin, ()), fact], key=attrgetter("place")))
        self._mark(vin, fact.place)

    def take(self, vin: str, place: int) -> None:
        """Take out the facts of a car that stand at a place."""
        self._write(vin, b"", [fact for fact in self[vin] if fact.place != place])

    def holders(self, place: int, likely: Iterable[str]) -> list[str]:
        """Return the cars with a fact at a place: of those that are likely, or if none is, of all."""
        if place >> 3 >= len(self._marks) or not self._marks[place >> 3] & 1 << (place & 7):
            return []
        found = [vin for vin in likely if self._holds(vin, place)]
        if found:
            return found
        if self._holders is None:
            self._holders = {}
            for vin, facts in self.items():
                for fact in facts:
                    self._holders.setdefault(fact.place, []).append(vin)
        return [vin for vin in dict.fromkeys(self._holders.get(place, ())) if self._holds(vin, place)]

    def _holds(self, vin: str, place: int) -> bool:
        return any(fact.place == place for fact in self.get(vin, ()))

    def _mark(self, vin: str, place: int) -> None:
        if (lacking := (place >> 3) + 1 - len(self._marks)) > 0:
            self._marks.extend(bytes(lacking))
        self._marks[place >> 3] |= 1 << (place & 7)
        if self._holders is not None:
            self._holders.setdefault(place, []).append(vin)

    def _write(self, vin: str, known: bytes | bytearray, facts: Iterable[F]) -> None:
        """Let the facts of a car be those known and these behind them."""
        for fact in facts:
            if len(known) >= _LONG and type(known) is bytes:
                known = bytearray(known)
            known += self._packed(fact, known)
        self._cars[vin] = known

    def _packed(self, fact: F, known: bytes | bytearray) -> bytes:
        """Return a fact as it stands behind what is known of its car."""
        kind = type(fact)
        number = self._kinds.get(kind)
        if number is None:
            number = self._kinds[kind] = len(self._kinds)
            self._shapes.append(_shape(kind))
        shape = self._shapes[number]
        values = [*shape.values(fact)]
        for place in shape.days:
            day = values[place]
            values[place] = 0 if day is None else _day_number(day)
        try:
            return self._row(shape, shape.narrow, 2 * number, values, known)
        except struct.error:
            self._met.difference_update(values[place] for place in shape.texts)  # no other car had them
            return self._row(shape, shape.wide, 2 * number + 1, values, known)

    def _row(
        self, shape: "_Shape", row: struct.Struct, head: int, values: list[Any], known: bytes | bytearray
    ) -> bytes:
        """Return a row with what stands behind it."""
        codes, behind, numbers = [*values], b"", self._numbers
        end = len(known) + row.size
        for place in shape.texts:
            text = values[place]
            if text is None:
                codes[place] = 0
            elif (number := numbers.get(text)) is not None:
                codes[place] = 2 * number + 1
            else:
                data = _with_length(text.encode())
                at = known.find(data, 0, _LONG)
                if at < 0 and self._is_shared(text):
                    codes[place] = 2 * numbers[text] + 1
                    continue
                if at < 0:
                    at = end + len(behind)
                    behind += data
                codes[place] = 2 * at + 2
        for place in shape.lists:
            codes[place] = 2 * (end + len(behind)) + 2
            behind += _with_length(marshal.dumps(values[place]))
        return row.pack(head, len(behind), *codes) + behind

    def _is_shared(self, text: str) -> bool:
        """Say whether a text that its car did not have yet was met with another; it has a number then."""
        if text in self._met:
            self._numbers[text] = len(self._texts)
            self._texts.append(text)
            return True
        if len(self._met) >= _MET:
            self._met.clear()
        self._met.add(text)
        return False


class _Shape(NamedTuple):
    """How the facts of one class are packed: its fields in order, and at which of them stands what."""

    made: Any
    values: "attrgetter[Any]"
    days: tuple[int, ...]
    texts: tuple[int, ...]
    lists: tuple[int, ...]
    narrow: struct.Struct
    wide: struct.Struct


@lru_cache
def _shape(kind: Any) -> _Shape:
    hints = get_type_hints(kind)
    names = [one.name for one in fields(kind)]
    kinds = [_plain(hints[name]) for name in names]
    days, texts, lists = (
        tuple([at for at, one in enumerate(kinds) if one is wanted]) for wanted in (date, str, tuple)
    )
    narrow = struct.Struct(">BH" + "".join([_NARROW.get(one, "H") for one in kinds]))
    wide = struct.Struct(">BQ" + "".join([_WIDE.get(one, "q") for one in kinds]))
    return _Shape(kind, attrgetter(*names), days, texts, lists, narrow, wide)


def _plain(hint: Any) -> Any:
    """Return the class of what is not None."""
    kinds = {tuple, str, date, int, bool}
    return next(one for one in (get_origin(hint), *get_args(hint), hint) if one in kinds)


def _with_length(data: bytes) -> bytes:
    size = len(data)
    return (bytes((size,)) if size < _LONGER else bytes((_LONGER,)) + size.to_bytes(4, "big")) + data


def _text_at(data: bytes | bytearray, place: int) -> bytes | bytearray:
    size, start = data[place], place + 1
    if size == _LONGER:
        start += 4
        size = int.from_bytes(data[place + 1 : start], "big")
    return data[start : start + size]


@lru_cache(maxsize=10_000)
def _day(number: int) -> date | None:
    return date.fromordinal(number + (number < 0) + _BEFORE_DAY_1) if number else None


def _day_number(day: date) -> int:
    number = day.toordinal() - _BEFORE_DAY_1
    return number if number > 0 else number - 1
