"""C26: no scan of a certificate, certificate number or invoice number serves two cars.

Of the cars that use the same document the one that stands first in the ledger keeps it; of each other car the
first entry that uses it is named. Asked are registrations and submissions, rejected ones too, but not what a
clerical annulment made void. Digests of scans are compared by their first 128 bits, and all documents
by 160 bits of BLAKE2b: two that were made to collide can name a car wrongly, and hide none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from struct import Struct
from typing import Final

from projections.proof.car_facts import Submitted
from projections.proof.stays import Vehicle
from projections.proof.tally import Tally
from projections.proof.types import StatementResult

_DIGEST_BYTES: Final = 20
_USE: Final = Struct(f">{_DIGEST_BYTES}sQQ")


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """The first use of a document for one car."""

    place: int
    index: int


@dataclass(slots=True)
class Documents:
    """C26; of each car the first use of every document is kept, packed: there are several a car.

    Attributes:
        uses: digest of the document, place and index, in the list that the first byte of the digest names.
    """

    tally: Tally = field(default_factory=lambda: Tally("C26"))
    uses: list[bytearray] = field(default_factory=lambda: [bytearray() for _ in range(256)])

    def look(self, car: Vehicle) -> None:
        """Enter the documents of one car."""
        used: dict[str, Use] = {}
        for document, use in _uses(car):
            used[document] = min(use, used.get(document, use))
        for document, use in used.items():
            digest = blake2b(document.encode(), digest_size=_DIGEST_BYTES).digest()
            self.uses[digest[0]] += _USE.pack(digest, use.place, use.index)

    def results(self) -> Iterable[StatementResult]:
        """Answer C26."""
        documents = shared = 0
        for packed in self.uses:
            cars: dict[bytes, list[Use]] = {}
            for digest, *use in _USE.iter_unpack(packed):
                cars.setdefault(digest, []).append(Use(*use))
            documents += len(cars)
            for uses in cars.values():
                shared += len(uses) > 1
                self.tally.entries.update(use.index for use in sorted(uses)[1:])
        yield self.tally.result(f"{documents} documents, {shared} of them used for more than one car")


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
