"""What a pattern is: a question with its parameters, and the hits that a query over the views returns.

A hit names subjects (``vin:…``, ``enterprise:…``, ``officer:<agency>/<pseudonym>``), the entries to look at
and the figures on which it rests. It is a lead and no finding: most patterns break no rule.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from ledger.stores import AnyStore
from projections.reading import Position

MAX_ENTRIES: Final = 20
"""So many entries of a hit are named, the first ones; its figures count all."""

Figure = int | str | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Hit:
    """Whom a pattern is found in, by which entries (ascending indices), with what figures."""

    subjects: tuple[str, ...]
    entries: tuple[int, ...]
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the hit."""
        return {"subjects": list(self.subjects), "entries": list(self.entries), "figures": dict(self.figures)}


def some(entries: Sequence[int] | set[int]) -> tuple[int, ...]:
    """Return the first ``MAX_ENTRIES`` of these entries, ascending, each once."""
    return tuple(sorted(set(entries))[:MAX_ENTRIES])


@dataclass(frozen=True, slots=True)
class Parameter:
    """A whole number that a question depends on, with its unit and its bounds (both allowed)."""

    name: str
    unit: str
    default: int
    lowest: int
    highest: int
    zh: str
    en: str

    def to_json(self) -> dict[str, Any]:
        """Return the parameter."""
        return {
            "name": self.name,
            "unit": self.unit,
            "default": self.default,
            "lowest": self.lowest,
            "highest": self.highest,
            "zh": self.zh,
            "en": self.en,
        }


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str

    def to_json(self) -> dict[str, str]:
        """Return the text."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query is asked with.

    Attributes:
        store: the ledger.
        here: where its views stand.
        on: the Shanghai day on which one looks; what depends on the present depends on it.
        values: every parameter of the pattern, by name.
    """

    store: AnyStore
    here: Position
    on: date
    values: Mapping[str, int]


Query = Callable[[Asked], list[Hit]]
"""Returns the hits, in an order that follows from the ledger and the parameters alone."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A named question.

    Attributes:
        name: stable, kebab-case.
        title: what it is called.
        question: what it asks.
        shows: what a hit shows.
        shows_not: what it does not.
        parameters: in the order in which they are listed.
        query: answers it.
    """

    name: str
    title: Words
    question: Words
    shows: Words
    shows_not: Words
    query: Query
    parameters: tuple[Parameter, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the pattern without its answer."""
        return {
            "name": self.name,
            "title": self.title.to_json(),
            "question": self.question.to_json(),
            "shows": self.shows.to_json(),
            "shows_not": self.shows_not.to_json(),
            "parameters": [one.to_json() for one in self.parameters],
        }
