"""Asks patterns of a ledger: parameters checked, views of one position, one day to look from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from domain.calendar import shanghai_date
from ledger.entry import parse_header
from ledger.stores import AnyStore
from projections.patterns.catalogue import PATTERNS
from projections.patterns.hit import Asked, Hit, Pattern
from projections.reading import Position, at_one_position

FORMAT: Final = "quota-ledger-patterns/1"
MAX_HITS: Final = 1_000
"""So many hits are listed; ``total`` counts all."""


class Unanswerable(ValueError):
    """There is no such pattern or parameter, or a value is out of bounds; the message says what is right."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one pattern.

    Attributes:
        pattern: what was asked.
        values: every parameter with its value.
        on: the day on which one looks.
        size: the entries that were known.
        hits: the first ``MAX_HITS``.
        total: how many there are.
    """

    pattern: Pattern
    values: Mapping[str, int]
    on: date
    size: int
    hits: tuple[Hit, ...]
    total: int

    def to_json(self) -> dict[str, Any]:
        """Return the pattern with its answer."""
        return {
            "format": FORMAT,
            **self.pattern.to_json(),
            "values": dict(self.values),
            "on": self.on.isoformat(),
            "size": self.size,
            "hits": [hit.to_json() for hit in self.hits],
            "total": self.total,
        }


def pattern(name: str) -> Pattern:
    """Return the pattern of a name.

    Raises:
        Unanswerable: there is none.
    """
    if name not in PATTERNS:
        raise Unanswerable(f"{name}: no such pattern; there are {', '.join(PATTERNS)}")
    return PATTERNS[name]


def values(asked: Pattern, given: Mapping[str, int]) -> dict[str, int]:
    """Return every parameter of a pattern: as given, else its default.

    Raises:
        Unanswerable: the pattern has no such parameter, or the value is out of its bounds.
    """
    known = {one.name: one for one in asked.parameters}
    for name, value in given.items():
        if name not in known:
            takes = ", ".join(known) or "none"
            raise Unanswerable(f"{asked.name} has no parameter {name}; it takes: {takes}")
        one = known[name]
        if not one.lowest <= value <= one.highest:
            raise Unanswerable(
                f"{asked.name}: {name} {value}: {one.lowest} to {one.highest} {one.unit} are wanted"
            )
    return {name: given.get(name, one.default) for name, one in known.items()}


def ask(store: AnyStore, name: str, given: Mapping[str, int] | None = None, on: date | None = None) -> Answer:
    """Ask one pattern of the live views.

    Args:
        store: the ledger; its views were made.
        name: of the pattern.
        given: parameters that differ from their defaults.
        on: the day on which one looks; None: the Shanghai day of the last entry that the views know.

    Raises:
        Unanswerable: see :func:`pattern` and :func:`values`.
        StoreError: no views were made, or they never stood still.
    """
    asked = pattern(name)
    chosen = values(asked, given or {})
    return at_one_position(store, lambda here: _answer(store, here, asked, chosen, on))


def summary(store: AnyStore, on: date | None = None) -> list[Answer]:
    """Ask every pattern with its defaults, all of one moment.

    Raises:
        StoreError: no views were made, or they never stood still.
    """
    return at_one_position(
        store,
        lambda here: [_answer(store, here, one, values(one, {}), on) for one in PATTERNS.values()],
    )


def _answer(
    store: AnyStore, here: Position, asked: Pattern, chosen: Mapping[str, int], on: date | None
) -> Answer:
    day = on or last_day(store, here)
    hits = asked.query(Asked(store, here, day, chosen))
    return Answer(asked, chosen, day, here.size, tuple(hits[:MAX_HITS]), len(hits))


def last_day(store: AnyStore, here: Position) -> date:
    """Return the Shanghai day on which the last entry that the views know was recorded."""
    for data in store.entries(here.size - 1, here.size) if here.size else ():
        return shanghai_date(datetime.fromisoformat(parse_header(data.partition(b"\n")[0]).recorded_at))
    return date.min
