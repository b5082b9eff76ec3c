"""The answer key: what was planted in a season, and which entries show it.

``{"format": "quota-ledger-answer-key/1", "seed", "vehicles", "violations": [{"kind", "vin", "codes"}],
"patterns": [{"name", "subjects", "entries"}]}``. A statement C01 to C36 is refuted if and only if some
violation names it, and the entries that it names are those of all violations together. ``codes`` is empty
where a kind only looks like a violation. A pattern is found in exactly the subjects that the key names, and
the entries are among those to look at; most patterns break no rule.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from api.demo.acts import Act

FORMAT: Final = "quota-ledger-answer-key/1"
Find = Callable[[Collection[str]], Mapping[str, int]]
"""Statement ids to the indices of their entries; of a refused statement, to that of its refusal."""


@dataclass(slots=True)
class Violation:
    """One violation; ``acts`` holds by code those whose entries show it."""

    kind: str
    vin: str | None = None
    acts: dict[str, list[Act]] = field(default_factory=dict)

    def show(self, act: Act, *codes: str) -> Act:
        """Note that the entry of ``act`` shows the violation of these statements; return it."""
        for code in codes:
            self.acts.setdefault(code, []).append(act)
        return act


@dataclass(slots=True)
class Trace:
    """One pattern: its name, in whom it is found (``vin:…``, ``enterprise:…``, ``officer:…``), by what."""

    name: str
    subjects: tuple[str, ...]
    acts: list[Act] = field(default_factory=list)

    def show(self, act: Act) -> Act:
        """Note that the entry of ``act`` belongs to the pattern; return it."""
        self.acts.append(act)
        return act


class AnswerKey:
    """What was planted in a season, in the order in which it was planted."""

    def __init__(self, seed: int, vehicles: int) -> None:
        self._seed = seed
        self._vehicles = vehicles
        self.violations: list[Violation] = []
        self.traces: list[Trace] = []

    def add(self, kind: str, vin: str | None = None) -> Violation:
        """Return a new violation of a kind."""
        violation = Violation(kind, vin)
        self.violations.append(violation)
        return violation

    def trace(self, name: str, *subjects: str) -> Trace:
        """Return a new trace of a pattern."""
        trace = Trace(name, subjects)
        self.traces.append(trace)
        return trace

    def to_json(self, find: Find) -> dict[str, Any]:
        """Return the key of a season that was played.

        Raises:
            KeyError: a statement that shows something is nowhere in the ledger.
        """
        shown = [acts for violation in self.violations for acts in violation.acts.values()]
        shown += [trace.acts for trace in self.traces]
        ids = [act.statement_id for acts in shown for act in acts if act.statement_id is not None]
        found = find(ids)

        def indexes(acts: Collection[Act]) -> list[int]:
            return sorted({found[act.statement_id or ""] for act in acts})

        return {
            "format": FORMAT,
            "seed": self._seed,
            "vehicles": self._vehicles,
            "violations": [
                {
                    "kind": one.kind,
                    "vin": one.vin,
                    "codes": {code: indexes(acts) for code, acts in sorted(one.acts.items())},
                }
                for one in self.violations
            ],
            "patterns": [
                {"name": one.name, "subjects": list(one.subjects), "entries": indexes(one.acts)}
                for one in self.traces
            ],
        }
