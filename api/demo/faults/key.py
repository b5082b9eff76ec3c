"""The answer key: for each violation planted, the statements it refutes and the entries that show it.

``{"format": "quota-ledger-answer-key/1", "seed", "vehicles", "violations": [{"kind", "vin", "codes"}]}``. A
statement C01 to C36 is refuted if and only if some violation names it, and the entries that it names are
those of all violations together. ``codes`` is empty where a kind only looks like a violation.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from api.demo.acts import Act

FORMAT: Final = "quota-ledger-answer-key/1"
Find = Callable[[Collection[str]], Mapping[str, int]]
"""Statement ids to the indices of their entries."""


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


class AnswerKey:
    """The violations of a season, in the order in which they were planted."""

    def __init__(self, seed: int, vehicles: int) -> None:
        self._seed = seed
        self._vehicles = vehicles
        self.violations: list[Violation] = []

    def add(self, kind: str, vin: str | None = None) -> Violation:
        """Return a new violation of a kind."""
        violation = Violation(kind, vin)
        self.violations.append(violation)
        return violation

    def to_json(self, find: Find) -> dict[str, Any]:
        """Return the key of a season that was played.

        Raises:
            KeyError: a statement that shows a violation is no entry of the ledger.
        """
        ids = [
            act.statement_id
            for violation in self.violations
            for acts in violation.acts.values()
            for act in acts
            if act.statement_id is not None
        ]
        found = find(ids)
        return {
            "format": FORMAT,
            "seed": self._seed,
            "vehicles": self._vehicles,
            "violations": [
                {
                    "kind": one.kind,
                    "vin": one.vin,
                    "codes": {
                        code: sorted({found[act.statement_id or ""] for act in acts})
                        for code, acts in sorted(one.acts.items())
                    },
                }
                for one in self.violations
            ],
        }
