"""The files of all cars: the facts about each, in the order in which the ledger said them.

A correction takes the facts of its target out and enters those of its replacement last, as of now: what the
books do with it is to reverse and to post anew. (By the days on which things took effect, which is how the
headline reads the files, the replacement stands where its target stood: see ``Fact.place``.)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from pydantic import Field

from domain.identifiers import batch_of
from projections.proof.amended import Amendment
from projections.proof.facts import POSTING, Fact, batch_fact, car_facts
from projections.proof.packed import Packed
from projections.proof.published import Published
from projections.proof.types import Event
from projections.proof.units import USED, Car, Units, advance, car_of

REUSE: Final = "REUSE"
"""Noted with an approval when the policy lets a car use quota again after its end."""

_RECENT: Final = 5_000  # cars kept placed, some 2 KB each; to place one anew takes little


@dataclass(frozen=True, slots=True)
class Move:
    """What one statement changes in where the units of one car stand."""

    before: Units
    after: Units


@dataclass(slots=True)
class CarFiles:
    """Takes in statements and corrections; tells what each moves.

    Attributes:
        cars: by VIN; facts in ascending order of index.
        batches: by batch id, the cars that were ever approved in it.
        places: of the facts that concern a whole batch, the batch.
        recent: cars as last placed, to save placing them again from their facts; can be lost at any time.
    """

    cars: Packed[Fact] = field(default_factory=Packed)
    batches: dict[str, list[str]] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    recent: Annotated[dict[str, tuple[Car, Units]], Field(exclude=True)] = field(
        default_factory=dict, compare=False
    )

    def put(self, event: Event, published: Published) -> Iterator[Move]:
        """Enter what a statement says of each car that it names, or that its batch holds."""
        if shared := batch_fact(event):
            batch_id = shared.line_id or ""
            self.places[event.place] = batch_id
            for vin in self.batches.get(batch_id, ()):
                if self._waits(vin, batch_id):
                    yield from self._add(vin, shared)
            return
        yield from self.enter(car_facts(event), published)

    def enter(self, said: Iterable[tuple[str, Fact]], published: Published) -> Iterator[Move]:
        """Enter facts by VIN; none that concerns a batch as a whole."""
        for vin, fact in said:
            if fact.kind == "UseApplicationApproved":
                vins = self.batches.setdefault(batch_of(fact.line_id or ""), [])
                if vin not in vins:
                    vins.append(vin)
                params = published.in_force(fact.on)
                fact = replace(fact, note=REUSE) if params and params.vin_reuse_after_end else fact
            yield from self._add(vin, fact)

    def take(self, amendment: Amendment) -> Iterator[Move]:
        """Take out whatever stands at the place of a correction."""
        place = amendment.place
        holders = self._holders(amendment)
        self.places.pop(place, None)
        for vin in holders:
            _, before = self._placed(vin)
            self.cars.take(vin, place)
            del self.recent[vin]
            _, after = self._placed(vin)
            yield Move(before, after)

    def _add(self, vin: str, fact: Fact) -> Iterator[Move]:
        posts = fact.kind in POSTING
        known = self._placed(vin) if posts else self.recent.get(vin)
        self.cars.add(vin, fact)
        if known is not None:
            car, before = known
            advance(car, fact)
            after = car.units() if posts else before
            self.recent[vin] = car, after
            yield Move(before, after)

    def _placed(self, vin: str) -> tuple[Car, Units]:
        """Return a car as its facts place it, and its units."""
        known = self.recent.get(vin)
        if known is None:
            if len(self.recent) >= _RECENT:
                self.recent.clear()
            car = car_of(self.cars.get(vin, ()))
            known = self.recent[vin] = car, car.units()
        return known

    def _waits(self, vin: str, batch_id: str) -> bool:
        """Say whether a line of the car in a batch is still to be classified or registered.

        What is said of the batch leaves other lines alone, and goes on doing so if a correction takes the
        registration of one of them back.
        """
        car, _ = self._placed(vin)
        return any(state != USED and batch_of(line_id) == batch_id for line_id, state in car.lines.items())

    def _holders(self, amendment: Amendment) -> list[str]:
        """Return the cars that keep a fact of the corrected place; looks first where the correction says."""
        likely = self.batches.get(self.places.get(amendment.place, ""), amendment.vins)
        return self.cars.holders(amendment.place, likely)
