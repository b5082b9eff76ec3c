"""Facts by car in little room: those of the cars met last as objects, those of the others as bytes.

Most cars of a ledger have left the country long ago, and nothing more is said of them; but a correction may,
and the statements are answered from the facts of all.
"""

import marshal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from functools import lru_cache
from operator import attrgetter
from sys import intern
from typing import Any, Final, NamedTuple, TypeVar, get_type_hints

from typing_extensions import override

_WARM: Final = 20_000
"""Cars whose facts are objects: about as many as are between approval and export at one time."""
F = TypeVar("F")


class _Shape(NamedTuple):
    """How the facts of one class are packed: their fields in order, days as their ordinal."""

    values: "attrgetter[Any]"
    days: tuple[int, ...]


class Packed(Mapping[str, list[F]]):
    """Lists of facts (dataclasses of str, int, bool, date, None and tuples of str) by VIN.

    What is read of a car may be a copy; :meth:`warm` gives the list itself, to be added to.
    """

    def __init__(self, cars: Mapping[str, list[F]] | None = None) -> None:
        self._cars: dict[str, list[F] | bytes] = {}
        self._warm: dict[str, None] = {}
        """Of which cars the facts are objects; the first have been so for longest."""
        self._kinds: list[type[F]] = []
        for vin, facts in (cars or {}).items():
            self.put(vin, facts)

    @override
    def __getitem__(self, vin: str) -> list[F]:
        facts = self._cars[vin]
        return self._unpacked(facts) if isinstance(facts, bytes) else facts

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
        self._warm.pop(vin, None)

    def warm(self, vin: str) -> list[F]:
        """Return the facts of a car, none for a new one; what is added before the next call is kept."""
        facts = self._cars.get(vin)
        return facts if isinstance(facts, list) else self.put(vin, self[vin] if facts else [])

    def put(self, vin: str, facts: list[F]) -> list[F]:
        """Let these be the facts of a car, and return the list that is kept."""
        self._cars[vin] = facts
        self._warm[vin] = None
        if len(self._warm) > _WARM:
            for one in list(self._warm)[: _WARM // 2]:
                del self._warm[one]
                self._cars[one] = self._packed(self[one])
        return facts

    def _packed(self, facts: list[F]) -> bytes:
        rows = []
        for fact in facts:
            kind: Any = type(fact)
            if kind not in self._kinds:
                self._kinds.append(kind)
            shape = _shape(kind)
            row = [self._kinds.index(kind), *shape.values(fact)]
            for at in shape.days:
                row[at] = row[at] and row[at].toordinal()
            rows.append(row)
        return marshal.dumps(rows)

    def _unpacked(self, data: bytes) -> list[F]:
        facts = []
        for number, *row in marshal.loads(data):  # noqa: S302  written above, by this process
            kind: Callable[..., F] = self._kinds[number]
            for at in _shape(kind).days:
                row[at - 1] = row[at - 1] and _day(row[at - 1])
            facts.append(kind(*[intern(value) if type(value) is str else value for value in row]))
        return facts


@lru_cache
def _shape(kind: Any) -> _Shape:
    hints = get_type_hints(kind)
    names = [one.name for one in fields(kind)]
    days = [at for at, name in enumerate(names, start=1) if hints[name] in {date, date | None}]
    return _Shape(attrgetter(*names), tuple(days))


_day: Final = lru_cache(maxsize=10_000)(date.fromordinal)
