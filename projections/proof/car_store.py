"""The car store: what the statements about single cars keep, by VIN, whatever corrections did to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from projections.proof.amended import Amendment
from projections.proof.car_facts import CarFact, read_facts
from projections.proof.packed import Packed
from projections.proof.types import Event


@dataclass(slots=True)
class CarStore:
    """Facts by VIN, each list in ascending order of place."""

    cars: Packed[CarFact] = field(default_factory=Packed)

    def fold(self, event: Event) -> None:
        """Enter what a statement says of each car that it names."""
        self.take(read_facts(event))

    def take(self, said: Iterable[tuple[str, CarFact]]) -> None:
        """Enter facts by VIN."""
        for vin, fact in said:
            if fact.place == fact.index:
                self.cars.add(vin, fact)
            else:  # a replacement stands where its target stood
                self.cars.insert(vin, fact)

    def amend(self, amendment: Amendment) -> None:
        """Take out what stood at a place, of every car; enter what is said instead."""
        for vin in self.cars.holders(amendment.place, amendment.vins):
            self.cars.take(vin, amendment.place)
        if amendment.replacement is not None:
            self.fold(amendment.replacement)
