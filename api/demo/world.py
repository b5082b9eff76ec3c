"""What the processes of a season share: its agenda, its draws, its cars, its pairs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Protocol

from api.demo.acts import Act, vin_list_sha256
from api.demo.agenda import Agenda, Process
from api.demo.fleet import Car, Enterprise, car
from api.demo.plan import Plan
from domain.identifiers import pair_of


@dataclass(slots=True, eq=False)
class Pair:
    """An exporter with its upstream, and what of its quota is spoken for.

    Attributes:
        total: units granted so far.
        free: units of them that no application asks for.
        used: units used by registrations, clerical annulments taken off.
        open: lines that are approved or registered and not yet proved.
        running: batches that are not yet settled: their lines may come back.
        waiting: cars whose line came to nothing; they are applied for again.
        is_spared: nothing unlawful is planted here, because the pair is to be closed in good order.
        tops_up: the first grant is too small for its cars.
    """

    exporter: Enterprise
    upstream: Enterprise
    number: int
    total: int = 0
    free: int = 0
    used: int = 0
    open: int = 0
    running: int = 0
    batches: int = 0
    applications: int = 0
    waiting: list[Car] = field(default_factory=list)
    is_spared: bool = False
    tops_up: bool = False

    @property
    def id(self) -> str:
        """``<E uscc>-<U uscc>-<n>``."""
        return f"{self.exporter.uscc}-{self.upstream.uscc}-{self.number}"

    @property
    def firms(self) -> list[str]:
        """The codes of exporter and upstream."""
        return [self.exporter.uscc, self.upstream.uscc]

    def next_application(self) -> str:
        """Return the id of the pair's next application for total quota."""
        self.applications += 1
        return f"{self.id}-q{self.applications}"


@dataclass(slots=True, eq=False)
class Batch:
    """A use application on its way: ``cars`` stand in its lines; of those approved, some are cancelled.

    Attributes:
        fate: REJECTED, WITHDRAWN (before approval), RECALLED (after it) or None.
        left_out: places (from 0) of cars that commerce does not approve.
        cancelled: places of lines cancelled before the number is sent.
        dropped: places of lines cancelled after classification.
        is_stripped: transport had taken the attribute from the dropped lines before.
        is_returned: transport sends the first number back.
        is_lot: all its cars are registered in one go.
        also: rows of the application that commerce does not approve and nobody applies for again.
        extras: acts beside the clean ones, from approval to classification.
        marks: are shown the application.
    """

    pair: Pair
    number: int
    cars: list[Car]
    received: date
    approved: date
    classified: date
    fate: str | None = None
    left_out: set[int] = field(default_factory=set)
    cancelled: set[int] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)
    is_stripped: bool = False
    is_returned: bool = False
    is_lot: bool = False
    also: list[tuple[str, str]] = field(default_factory=list)
    extras: list[Act] = field(default_factory=list)
    marks: list[Callable[[Act], None]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """``<pair id>-<n>``."""
        return f"{self.pair.id}-{self.number}"

    def line_id(self, place: int) -> str:
        """Return the id of the line at a place from 0."""
        return f"{self.id}-{place + 1}"

    def number_of(self, places: list[int], revision: int) -> dict[str, object]:
        """Return the number that is sent for these lines, bound to their cars."""
        return {
            "batch_id": self.id,
            "revision": revision,
            "units": len(places),
            "vin_list_sha256": vin_list_sha256(self.cars[place].vin for place in places),
        }


class Oddities(Protocol):
    """What befalls cars and batches beside the plain way.

    Attributes:
        closes_pairs: whether a pair is drained and closed in the course of the season.
    """

    closes_pairs: bool

    def batch(self, batch: Batch) -> None:
        """Settle a batch that is about to be applied for."""

    def car(self, plan: Plan) -> None:
        """Settle a car that is about to be registered."""

    def statement(self, act: Act) -> None:
        """Settle a statement of account that is about to be filed."""

    def sign(self, act: Act) -> None:
        """Settle who signs an act that is about to be signed."""

    def stories(self, world: "World") -> Iterator[Process]:
        """Yield processes of their own, each with firms that no other process knows."""


class World:
    """The shared state of one season.

    Attributes:
        exporters: those on file, for whom others may be substituted.
        gone: codes of exporters that renew no qualification.
        own_cars: cars that stories take for themselves, out of all.
    """

    def __init__(self, seed: int, vehicles: int, odd: Oddities) -> None:
        # Not for secrets: the same seed gives the same season.
        self.random = Random(seed)  # noqa: S311
        self.agenda = Agenda()
        self.vehicles = vehicles
        self.odd = odd
        self.exporters: list[Enterprise] = []
        self.gone: set[str] = set()
        self.own_cars = 0
        self._cars = 0
        self._pairs: dict[str, Pair] = {}

    def new_cars(self, count: int) -> list[Car]:
        """Return the next cars of the season."""
        first = self._cars + 1
        self._cars += count
        return [car(number, self.random) for number in range(first, first + count)]

    def add(self, pair: Pair) -> None:
        """Keep the books of a pair from now on."""
        self._pairs[pair.id] = pair

    def note(self, act: Act) -> None:
        """Keep the books: units used, lines open."""
        body = act.body
        name = body.get("pair_id") or body.get("batch_id") or body.get("line_id")
        pair = self._pairs.get(pair_of(name)) if name else None
        if pair is None or act.refused:
            return
        match act.type:
            case "UseApplicationApproved":
                pair.open += len(body["lines"])
            case "VehicleRegistered":
                pair.used += not act.unbacked
            case "RegistrationRegularised":
                pair.used += 1
            case "RegistrationAnnulled" if body["kind"] == "CLERICAL":
                pair.used -= 1
            case "TransferProofAccepted" | "ApprovedLineCancelled":
                pair.open -= 1
            case "TransferProofRevoked" | "TransferReversed":
                pair.open += 1
            case _:
                pass
