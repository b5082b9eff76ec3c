"""Seasons of the demonstration in memory: every act is decided and checked, without signatures and store."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, timedelta

from api.demo.acts import Act
from api.demo.faults.kinds import planter_of
from api.demo.faults.planter import Planter
from api.demo.lawful import Lawful
from api.demo.season import default_exporters, season
from api.demo.stream import Place, Writer
from domain.decide import Accepted, decide
from domain.records import Record, Target
from domain.state import State
from domain.statements import parse_statement
from projections.proof.follower import Follower
from projections.proof.types import Event, Report, StatementResult

RECORDED_AFTER = timedelta(minutes=1)
OPENING = 1
"""Entry 0 opens a ledger and is no act of the season."""


class PlayedSeason:
    """A season as the checker has read it; ``key`` is what was planted, entry indices by code."""

    def __init__(self, vehicles: int, seed: int, *, faults: bool) -> None:
        self._follower = Follower()
        self._state = State(self)
        self._writer = Writer(seed)
        self._statements: list[tuple[str, str]] = []
        self._places: dict[Act, int] = {}
        planters: list[Planter] = []

        def plant(lawful: Lawful) -> Planter:
            planters.append(planter_of(seed, vehicles, lawful))
            return planters[0]

        for act in season(default_exporters(vehicles), vehicles, seed, plant if faults else None):
            self._enter(act)
        self.key = _indices(planters, self._places)

    @property
    def size(self) -> int:
        """The number of entries."""
        return OPENING + len(self._statements)

    def report(self) -> Report:
        """Return what the checker says of books, statements and headline."""
        return self._follower.checker.report()

    def results(self) -> dict[str, StatementResult]:
        """Return every answer that needs neither signatures nor a store, by code."""
        return {one.code: one for one in (*self._follower.results(), *self.report().statements)}

    def fetch(self, keys: Collection[str]) -> Mapping[str, Record]:
        """Return the entries among ``keys`` as corrections see them; there are no records beside the state's."""
        wanted = [key for key in keys if key.startswith("entry:")]
        return {key: Target(*self._statements[int(key[6:]) - OPENING]) for key in wanted}

    def _enter(self, act: Act) -> None:
        text = self._writer.statement(act, self._place).decode()
        statement = parse_statement(json.loads(text))
        index = self.size
        recorded_at = (act.at + RECORDED_AFTER).astimezone(UTC)
        answer = decide(self._state, statement, index, recorded_at)
        assert isinstance(answer, Accepted) is not act.refused, (act.type, act.at, answer)
        if isinstance(answer, Accepted):
            self._state.apply(answer.outcome.changes)
            leaf = f"{index:064x}"
            self._statements.append((leaf, text))
            self._places[act] = index
            self._follower.take(Event.of(index, leaf, statement, recorded_at))

    def _place(self, act: Act) -> Place:
        index = self._places[act]
        return index, self._statements[index - OPENING][0]


def _indices(planters: Iterable[Planter], places: Mapping[Act, int]) -> dict[str, set[int]]:
    key: dict[str, set[int]] = {}
    for planter in planters:
        for violation in planter.key.violations:
            for code, acts in violation.acts.items():
                key.setdefault(code, set()).update(places[act] for act in acts)
    return key
