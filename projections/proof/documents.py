"""C26: no scan of a certificate, certificate number or invoice number serves two cars.

Of the cars that use the same document the one that stands first in the ledger keeps it; of each other car the
first entry that uses it is named. Asked are registrations and submissions, rejected ones too, but not what a
clerical annulment made void. Equal digests of scans are compared by their first 128 bits.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from projections.proof.car_facts import Submitted
from projections.proof.stays import Vehicle
from projections.proof.tally import Tally
from projections.proof.types import StatementResult


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """The first use of a document for one car."""

    place: int
    index: int


@dataclass(slots=True)
class Documents:
    """C26; one use a document is kept, and every use of those that serve more than one car."""

    tally: Tally = field(default_factory=lambda: Tally("C26"))
    first: dict[str, Use] = field(default_factory=dict)
    shared: dict[str, list[Use]] = field(default_factory=dict)

    def look(self, car: Vehicle) -> None:
        """Enter the documents of one car."""
        used: dict[str, Use] = {}
        for document, use in _uses(car):
            used[document] = min(use, used.get(document, use))
        for document, use in used.items():
            if document not in self.first:
                self.first[document] = use
            else:
                self.shared.setdefault(document, [self.first[document]]).append(use)

    def results(self) -> Iterable[StatementResult]:
        """Answer C26."""
        for uses in self.shared.values():
            self.tally.entries.update(use.index for use in sorted(uses)[1:])
        shared = len(self.shared)
        yield self.tally.result(f"{len(self.first)} documents, {shared} of them used for more than one car")


def _uses(car: Vehicle) -> Iterator[tuple[str, Use]]:
    for stay in car.stays:
        yield f"certificate {stay.fact.cert_no}", Use(stay.fact.place, stay.fact.index)
    handed_in = [proof.fact for stay in car.stays for proof in stay.proofs]
    for fact in (*handed_in, *(one for one in car.astray if isinstance(one, Submitted))):
        use = Use(fact.place, fact.index)
        yield f"certificate {fact.cert_no}", use
        if fact.invoice_no is not None:
            yield f"invoice {fact.invoice_no}", use
        for scan in fact.scans:
            yield f"scan {scan}", use
