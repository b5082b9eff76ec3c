"""C23 and C24: a transfer is between the two firms of the pair, and an accepted proof agrees with the police.

C23 names the transfer that is not from the pair's upstream to its exporter. To a substitute that commerce
designated for the car, from either of them, it is lawful, whenever the designation was made. A struck
transfer is not asked. C24 names the acceptance whose submission is unknown or of another car, whose
certificate is not that of a registration on its line, that has no transfer under that certificate by the day
of submission, or whose days used are not those from registration to submission. A revoked acceptance is not
asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.identifiers import PairId, pair_of
from projections.proof.car_facts import Accepted, Transferred
from projections.proof.stays import Proof, Stay, Vehicle
from projections.proof.tally import Tally
from projections.proof.types import StatementResult


@dataclass(slots=True)
class Parties:
    """C23."""

    tally: Tally = field(default_factory=lambda: Tally("C23"))

    def look(self, car: Vehicle) -> None:
        """Hold each transfer against the pair of its registration, else of the line that it names."""
        substitutes = {one.exporter for one in car.substitutes}
        for stay in car.stays:
            for fact in stay.standing:
                self._judge(car.vin, fact, stay.line_id or fact.line_id, substitutes)
        for one in car.astray:
            if isinstance(one, Transferred):
                self._judge(car.vin, one, one.line_id, substitutes)

    def _judge(self, vin: str, fact: Transferred, line_id: str | None, substitutes: set[str]) -> None:
        self.tally.looked += 1
        if line_id is None:
            self.tally.lack(f"the pair of the car {vin}: neither registration nor transfer names a line")
            return
        pair = PairId.parse(pair_of(line_id))
        between = fact.seller == pair.upstream and fact.buyer == pair.exporter
        taken_over = fact.buyer in substitutes and fact.seller in {pair.upstream, pair.exporter}
        if not between and not taken_over:
            self.tally.entries.add(fact.index)

    def results(self) -> Iterable[StatementResult]:
        """Answer C23."""
        bad = len(self.tally.entries)
        yield self.tally.result(f"{self.tally.looked} transfers, {bad} between other parties")


@dataclass(slots=True)
class Agreement:
    """C24."""

    tally: Tally = field(default_factory=lambda: Tally("C24"))

    def look(self, car: Vehicle) -> None:
        """Hold each acceptance against the submission and the registration that it is about."""
        ended = {fact.submission_id for fact in car.ended_proofs if fact.revoked}
        void = {one.index for stay in car.void for proof in stay.proofs for one in proof.accepted}
        for fact in car.accepted:
            if fact.submission_id in ended or fact.index in void:
                continue
            self.tally.looked += 1
            if not any(_agrees(stay, proof, fact) for stay in car.stays for proof in stay.proofs):
                self.tally.entries.add(fact.index)

    def results(self) -> Iterable[StatementResult]:
        """Answer C24."""
        bad = len(self.tally.entries)
        yield self.tally.result(f"{self.tally.looked} accepted proofs, {bad} differ from the police record")


def _agrees(stay: Stay, proof: Proof, fact: Accepted) -> bool:
    handed_in = proof.fact
    return (
        handed_in.submission_id == fact.submission_id
        and handed_in.place < fact.place
        and handed_in.line_id in (None, fact.line_id)
        and stay.line_id == fact.line_id
        and any(one.fact.on <= handed_in.submitted_on for one in stay.transfers)
        and (handed_in.submitted_on - stay.fact.on).days == fact.days_used
    )
