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
from typing import Any, Final, NamedTuple, TypeVar, get_type_hints

from typing_extensions import override

_LENGTH: Final = 4
"""Bytes that say how many follow."""
F = TypeVar("F")


class Packed(Mapping[str, list[F]]):
    """Lists of facts (dataclasses of str, int, bool, date, None and tuples of str) by VIN.

    What is read is a copy; to be kept it is :meth:`put`.
    """

    def __init__(self, cars: Mapping[str, Iterable[F]] | None = None) -> None:
        self._cars: dict[str, bytes] = {}
        self._kinds: dict[type[F], int] = {}
        """Classes of facts, numbered as they came."""
        for vin, facts in (cars or {}).items():
            self.put(vin, facts)

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
        self._cars[vin] = self._cars.get(vin, b"") + self._packed(fact)

    def put(self, vin: str, facts: Iterable[F]) -> None:
        """Let these be the facts of a car."""
        self._cars[vin] = b"".join(map(self._packed, facts))

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
