"""Which car and which batch get a violation of which kind."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any, Final

from api.demo.acts import Act
from api.demo.agenda import Process
from api.demo.faults.key import AnswerKey, Find, Violation
from api.demo.faults.officers import FaultyRota
from api.demo.faults.traces import Traces
from api.demo.fleet import Enterprise, enterprise
from api.demo.lawful import Lawful
from api.demo.plan import Plan
from api.demo.world import Batch, World

FEWEST_VEHICLES: Final = 60
CLOSES_PAIRS_FROM: Final = 200
"""In a smaller season every car is wanted for a violation, and no lawful detour is forced."""
LAST_CLASSIFIED: Final = date(2026, 5, 31)
"""A car classified later is left alone: whatever ran out must have run out when the season ends."""
_DONORS: Final = 400


class Planter:
    """Plants each kind at least once, then each at its rate; all other cars go lawful ways."""

    def __init__(self, seed: int, vehicles: int, lawful: Lawful, kinds: "Kinds") -> None:
        # Not for secrets: the same seed gives the same season.
        self.random = Random(f"faults {seed}")  # noqa: S311
        self.key = AnswerKey(seed, vehicles)
        self.traces = Traces(self.key)
        self._rota = FaultyRota(self.key)
        self.closes_pairs = vehicles >= CLOSES_PAIRS_FROM
        self.lawful = lawful
        if not self.closes_pairs:
            lawful.wanted.clear()
            lawful.wanted_batches.clear()
        self._kinds = kinds
        self._wanted = [kind for kind in kinds.cars if kind not in kinds.told]
        self._wanted_batches = list(kinds.batches)
        self._misstates = True
        self._world: World | None = None
        self._done: deque[Plan] = deque(maxlen=_DONORS)

    @property
    def world(self) -> World:
        """The season that is planted in."""
        assert self._world is not None, "stories begin the season"
        return self._world

    @property
    def missing(self) -> list[str]:
        """The kinds that found no car and no batch yet."""
        return self._wanted + self._wanted_batches

    def stories(self, world: World) -> Iterator[Process]:
        """Yield the stories of firms of their own."""
        self._world = world
        for number, tell in enumerate(self._kinds.stories):
            yield tell(self, number)

    def batch(self, batch: Batch) -> None:
        """Plant a violation in a batch, or let it go a lawful way."""
        drawn = self.random.random()
        self.lawful.batch(batch)
        if batch.pair.is_spared or batch.fate is not None or batch.classified > LAST_CLASSIFIED:
            return
        for kind in self._wanted_batches:
            if self._kinds.batches[kind][0](self, batch):
                self._wanted_batches.remove(kind)
                return
        for settle, rate in self._kinds.batches.values():
            if drawn < rate:
                settle(self, batch)
                return
            drawn -= rate

    def car(self, plan: Plan) -> None:
        """Plant a violation in a car, or let it go a lawful way."""
        drawn = self.random.random()
        if not plan.pair.is_spared:
            self._plant(plan, drawn)
        if not plan.is_twisted:
            self.lawful.car(plan)
        self._done.append(plan)

    def _plant(self, plan: Plan, drawn: float) -> None:
        for kind in self._wanted:
            if self._settle(kind, plan):
                self._wanted.remove(kind)
                return
        for kind, (_, rate) in self._kinds.cars.items():
            if drawn < rate:
                self._settle(kind, plan)
                return
            drawn -= rate

    def _settle(self, kind: str, plan: Plan) -> bool:
        if plan.classified > LAST_CLASSIFIED and kind not in self._kinds.told:
            return False
        settle = self._kinds.cars[kind][0]
        if not settle(self, plan, violation := Violation(kind, plan.car.vin)):
            return False
        self.key.violations.append(violation)
        plan.kind = kind
        self.traces.follow(plan.car.vin, kind)
        return True

    def statement(self, act: Act) -> None:
        """Misstate one of the statements of account."""
        counts = act.body["counts"]
        if act.agency == "police" and counts.get("registered") and self._misstates:
            self._misstates = False
            counts["registered"] += 1
            self.key.add("misstated-account").show(act, "C35")

    def sign(self, act: Act) -> None:
        """Let the officers sign whose turn it is, and see the act go by."""
        self._rota.sign(act)
        self.traces.note(act)

    def answers(self, find: Find) -> dict[str, Any]:
        """Return the answer key of the season, which has been played."""
        self.traces.settle()
        return self.key.to_json(find)

    def donor(self, before: date) -> Plan | None:
        """Return a car whose one proof was accepted in good order before a day."""
        for plan in self._done:
            plain = not {"TransferProofSubmitted", "TransferProofAccepted"} & plan.edits.keys()
            if plan.accepted < before and plain and plan.is_exported:
                return plan
        return None

    def licensable(self, like: Plan) -> list[Plan]:
        """Return cars of the same exporter whose recorded dates are those of their plan."""
        return [
            plan
            for plan in self._done
            if plan.exporter is like.exporter
            and plan.is_exported
            and plan.accepted < like.accepted
            and "PendingExportTransferRecorded" not in plan.edits
        ]

    def live(self, on: date) -> Plan | None:
        """Return a car that holds a unit on a day."""
        for plan in reversed(self._done):
            determined = plan.kind is not None and plan.kind.startswith("not-exported")
            if plan.released is not None and not determined and plan.registered < on < plan.released:
                return plan
        return None

    def stray(self, plan: Plan) -> Plan:
        """Return the plan of a car that nobody applied for, with the days of another one."""
        stray = replace(plan, car=self.world.new_cars(1)[0], edits={}, extras=[])
        self.traces.follow(stray.car.vin, "stray")
        return stray

    def other_exporter(self, plan: Plan) -> Enterprise:
        """Return an exporter that has nothing to do with a car."""
        others = [firm for firm in self.world.exporters if firm is not plan.pair.exporter]
        return self.random.choice(others) if others else enterprise(90_001, "汽车出口")


CarKind = Callable[[Planter, Plan, Violation], bool]
"""Settles a car and says what shows it, or says that the kind does not suit it."""
BatchKind = Callable[[Planter, Batch], bool]
Story = Callable[[Planter, int], Process]


class Kinds:
    """The kinds of violation: of cars and batches with their shares, and stories.

    Attributes:
        told: kinds of cars that a story shows in any case; among the others they may come at any time.
    """

    def __init__(
        self,
        cars: dict[str, tuple[CarKind, float]],
        batches: dict[str, tuple[BatchKind, float]],
        stories: tuple[Story, ...],
        told: frozenset[str],
    ) -> None:
        self.cars = cars
        self.batches = batches
        self.stories = stories
        self.told = told
