"""The group of the statements about single cars: one walk over the cars answers them all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from projections.proof.amended import Amendment
from projections.proof.car_store import CarStore
from projections.proof.cases import Cases
from projections.proof.counts import Counts, Reconciled
from projections.proof.deadlines import Deadlines
from projections.proof.departures import Declarations, Deregistrations, DomesticUses, Order
from projections.proof.documents import Documents
from projections.proof.files import CarFiles
from projections.proof.licences import LicenceJudge, Licences
from projections.proof.published import Published
from projections.proof.registered import Copies, Lines, Plates, Vins
from projections.proof.sanctions import Sanctions
from projections.proof.stays import vehicle_on
from projections.proof.tally import Judge, View
from projections.proof.transfers import Agreement, Parties
from projections.proof.types import Event, StatementResult


@dataclass(slots=True)
class CarStatements:
    """A group: C15, C18, C20, C22 to C27, C29 to C35.

    Attributes:
        published: shared.
        files: the facts of the units, shared with the books, which fold them.
    """

    published: Published
    files: CarFiles
    store: CarStore = field(default_factory=CarStore)
    licences: Licences = field(default_factory=Licences)
    sanctions: Sanctions = field(default_factory=Sanctions)
    counts: Counts = field(default_factory=Counts)

    def fold(self, event: Event) -> None:
        """Take in one statement."""
        for part in (self.store, self.licences, self.sanctions, self.counts):
            part.fold(event)

    def amend(self, amendment: Amendment) -> None:
        """Replace a statement."""
        for part in (self.store, self.licences, self.sanctions, self.counts):
            part.amend(amendment)

    def results(self, as_of: date) -> Iterable[StatementResult]:
        """Answer, car by car."""
        judges = self._judges(View(as_of, self.published), as_of)
        for vin in sorted(self.store.cars.keys() | self.files.cars.keys()):
            car = vehicle_on(vin, self.store.cars.get(vin, ()), self.files.cars.get(vin, []), as_of)
            for judge in judges:
                judge.look(car)
        for judge in judges:
            yield from judge.results()

    def _judges(self, view: View, as_of: date) -> tuple[Judge, ...]:
        return (
            Lines(),
            Vins(),
            Plates(),
            Deadlines(view),
            Parties(),
            Agreement(),
            Order(),
            Documents(),
            Copies(view),
            Declarations(),
            Deregistrations(view),
            LicenceJudge(self.licences, as_of),
            DomesticUses(),
            Cases(view, self.sanctions),
            Reconciled(self.counts, as_of),
        )
