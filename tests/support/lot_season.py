"""A season with a green-channel lot of 300 cars, and agencies that send it over HTTP."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from api.client import Client, Entered, KeySigner
from api.demo import grant
from api.demo.acts import Act
from api.demo.agenda import Process
from api.demo.calendars import working_day
from api.demo.firms import open_files
from api.demo.fleet import enterprise
from api.demo.journey import start
from api.demo.lawful import ALL_KINDS_FROM, Lawful
from api.demo.pace import FIRST_DAY, plus
from api.demo.plan import Plan
from api.demo.play import SimulatedClock
from api.demo.stream import Place, Writer
from api.demo.world import Batch, Pair, World
from ledger.merkle import leaf_hash
from tests.support.season_server import FileClock

LOT: Final = 300
_HALF: Final = LOT // 2  # an application names 200 cars at most


class WithLot(Lawful):
    """A clean season in which one exporter brings 300 cars to the port on one day."""

    def __init__(self, plain: Lawful) -> None:
        """Take the place of the plain season's oddities, ``plain``: the same for every seed."""
        super().__init__(1, ALL_KINDS_FROM, plain.exporters)
        self._pair: Pair | None = None
        self._registered = date.min

    def stories(self, world: World) -> Iterator[Process]:
        """Yield the story of the lot."""
        world.own_cars = LOT
        yield self._lot(world)

    def car(self, plan: Plan) -> None:
        """Keep the cars of the lot together up to their proofs."""
        if plan.pair is not self._pair:
            super().car(plan)
            return
        plan.registered = plan.copied = self._registered
        plan.transferred = working_day(plus(self._registered, 4))
        plan.submitted = working_day(plan.transferred, 1)
        plan.accepted = working_day(plan.submitted, 1)

    def _lot(self, world: World) -> Process:
        firms = enterprise(801, "汽车出口"), enterprise(802, "汽车销售")
        opened = working_day(plus(FIRST_DAY, 2))
        yield from open_files([(firms[0], "EXPORTER"), (firms[1], "UPSTREAM")], opened)
        self._pair = pair = Pair(*firms, 1, is_spared=True)
        world.add(pair)
        applied = working_day(opened, 1)
        yield from grant.apply(pair, LOT, applied)
        granted = working_day(applied, 2)
        yield grant.grant(pair, LOT, granted)
        received, approved, classified = (working_day(granted, days) for days in (1, 3, 5))
        self._registered = working_day(classified, 2)
        for _ in range(2):
            cars = world.new_cars(_HALF)
            pair.batches += 1
            pair.free -= _HALF
            start(world, Batch(pair, pair.batches, cars, received, approved, classified, is_lot=True))


class Agencies:
    """Four agencies, each with a client and keys of its own, which act after one another."""

    def __init__(
        self,
        clients: dict[str, Client],
        keys: dict[str, KeySigner],
        here: SimulatedClock,
        there: FileClock,
        writer: Writer,
    ) -> None:
        """Make ready.

        Args:
            clients: by agency; they sign by ``here``.
            keys: by officer.
            here: the agencies' clock.
            there: the server's.
            writer: makes the statements.
        """
        self.sizes: Counter[tuple[str, int]] = Counter()
        """How many envelopes held so many statements of a type."""
        self._clients = clients
        self._keys = keys
        self._here = here
        self._there = there
        self._writer = writer
        self._places: dict[Act, Place] = {}

    def play(self, acts: Iterable[Act]) -> None:
        """Enter what one agency's officers sign at one moment as one envelope, however large."""
        for _, group in groupby(acts, key=lambda act: (act.at, act.agency, act.signers)):
            lot = list(group)
            statements = [self._writer.statement(act, self._places.__getitem__) for act in lot]
            self._here.now = lot[0].at + timedelta(seconds=30)
            self._there.set(max(self._there(), lot[0].at + timedelta(minutes=1)))
            signers = [self._keys[name] for name in lot[0].signers]
            self._note(lot, self._clients[lot[0].agency].enter(lot[0].agency, statements, *signers))

    def _note(self, lot: list[Act], entered: Entered) -> None:
        for act, proved in zip(lot, entered.receipts, strict=True):
            leaf = leaf_hash(proved.header.line() + b"\n" + proved.statement)
            self._places[act] = proved.header.index, leaf.hex()
        for kind, count in Counter(act.type for act in lot).items():
            self.sizes[kind, count] += 1
