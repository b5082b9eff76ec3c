"""Facts by car in little room: as bytes, made objects when they are asked for.

Most cars of a ledger have left the country long ago, and nothing more is said of them; but a correction may,
and the statements are answered from the facts of all. A fact comes to a tenth of the room as bytes, and to
add one nothing else of its car is read.
"""

import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from functools import lru_cache
from operator import attrgetter
from sys import intern
from typing import Any, Final, NamedTuple, Protocol, TypeVar, get_type_hints

from typing_extensions import override

_LENGTH: Final = 4
"""Bytes that say how many follow."""
_LONG: Final = 4_096
"""From so many bytes on, those of a car can grow in place, which takes more room."""


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
        data, kinds, at = self._cars[vin], list(self._kinds), 0
        facts = []
        while at < len(data):
            start = at + _LENGTH
            at = start + int.from_bytes(data[at:start], "big")
            number, *row = marshal.loads(data[start:at])  # noqa: S302  written below, by this process
            kind: Callable[..., F] = kinds[number]
            for day in _shape(kind).days:
                row[day] = row[day] and _day(row[day])
            facts.append(kind(*[intern(value) if type(value) is str else value for value in row]))
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
        if len(known) >= _LONG and type(known) is bytes:
            known = bytearray(known)
        known += b"".join([self._packed(fact) for fact in facts])
        self._cars[vin] = known

    def _packed(self, fact: F) -> bytes:
        kind: Any = type(fact)
        shape = _shape(kind)
        row = list(shape.values(fact))
        for day in shape.days:
            row[day] = row[day] and row[day].toordinal()
        data = marshal.dumps((self._kinds.setdefault(kind, len(self._kinds)), *row))
        return len(data).to_bytes(_LENGTH, "big") + data


class _Shape(NamedTuple):
    """How the facts of one class are packed: their fields in order, those at ``days`` as ordinals."""

    values: "attrgetter[Any]"
    days: tuple[int, ...]


@lru_cache
def _shape(kind: Any) -> _Shape:
    hints = get_type_hints(kind)
    names = [one.name for one in fields(kind)]
    days = [at for at, name in enumerate(names) if hints[name] in {date, date | None}]
    return _Shape(attrgetter(*names), tuple(days))


_day: Final = lru_cache(maxsize=10_000)(date.fromordinal)
