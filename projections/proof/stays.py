"""One car as its facts show it on a day: its registrations, and what belongs to each of them.

A *stay* is one registration with what happened under it. Whether a unit backs it, where it stands and whether
an annulment ended it, the units say (``projections.proof.units``); which facts belong to it follows from the
certificate number, or, where a fact has none, from the car alone: of the stays that began before the fact was
recorded and had not ended, the latest backed one, else the latest. A fact recorded before any registration
belongs to the first that comes.

What a clerical annulment ended is void, with its transfer and its proofs: ``Vehicle.stays`` leaves it out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from projections.proof.car_facts import (
    Accepted,
    Applied,
    Approved,
    AttributeWithdrawn,
    CarFact,
    Copied,
    Deregistered,
    Designated,
    DomesticUse,
    Licensed,
    ProofEnded,
    Registered,
    Released,
    ReleaseReversed,
    Sighted,
    Submitted,
    Transferred,
    TransferStruck,
)
from projections.proof.facts import Fact
from projections.proof.headline import placed_as_of
from projections.proof.units import car_of

_ANNULLED: Final = "RegistrationAnnulled CLERICAL"


@dataclass(slots=True)
class Transfer:
    """A transfer; ``struck`` is the day on which the police struck it."""

    fact: Transferred
    struck: date | None = None


@dataclass(slots=True)
class Proof:
    """A submission; ``until`` is the day on which it ceased to count (rejected, revoked, transfer struck)."""

    fact: Submitted
    until: date | None = None
    accepted: list[Accepted] = field(default_factory=list)


@dataclass(slots=True)
class Declaration:
    """The statements about one live declaration, the first of them its release."""

    facts: list[Released]


@dataclass(slots=True)
class Stay:
    """One registration of the car; see the module.

    Attributes:
        backed_by: the line whose unit it uses, None while it is unbacked.
        regularised: whether commerce gave it its unit afterwards.
        ended_at: the place of the clerical annulment that ended it.
    """

    fact: Registered
    backed_by: str | None
    regularised: bool
    ended_at: int | None = None
    copies: list[Copied] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    declarations: list[Declaration] = field(default_factory=list)
    deregistrations: list[Deregistered] = field(default_factory=list)

    @property
    def line_id(self) -> str | None:
        """The line that it uses, else the one that it names."""
        return self.backed_by or self.fact.line_id

    @property
    def standing(self) -> list[Transferred]:
        """The transfers that were not struck."""
        return [one.fact for one in self.transfers if one.struck is None]

    @property
    def released(self) -> Released | None:
        """The earliest release of a live declaration."""
        return min((one.facts[0] for one in self.declarations), key=lambda fact: fact.on, default=None)


@dataclass(slots=True)
class Vehicle:
    """Everything known of one car on a day.

    Attributes:
        stays: the registrations that stand; ``void`` are those that a clerical annulment ended.
        repeated: statements of a registration that was unbacked already: nothing new was registered.
        astray: facts of a registration that is not on record.
        released: the first confirmation of each declaration, taken back or not.
        loaded: days.
    """

    vin: str
    stays: list[Stay] = field(default_factory=list)
    void: list[Stay] = field(default_factory=list)
    released: list[Released] = field(default_factory=list)
    loaded: list[date] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    approved: list[Approved] = field(default_factory=list)
    withdrawn: list[AttributeWithdrawn] = field(default_factory=list)
    repeated: list[Registered] = field(default_factory=list)
    astray: list[CarFact] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    ended_proofs: list[ProofEnded] = field(default_factory=list)
    licensed: list[Licensed] = field(default_factory=list)
    domestic: list[DomesticUse] = field(default_factory=list)
    sighted: list[Sighted] = field(default_factory=list)
    substitutes: list[Designated] = field(default_factory=list)

    @property
    def all_stays(self) -> list[Stay]:
        """Void ones too, in the order of the ledger."""
        return sorted([*self.void, *self.stays], key=lambda stay: stay.fact.place)

    def stay_of(self, fact: CarFact, cert_no: str | None = None) -> Stay | None:
        """Return the stay to which a fact belongs, void or not; see the module."""
        known = [one for one in self.all_stays if cert_no is None or one.fact.cert_no == cert_no]
        begun = [one for one in known if one.fact.place < fact.place]
        open_then = [one for one in begun if one.ended_at is None or one.ended_at > fact.place]
        if open_then:
            backed = [one for one in open_then if one.backed_by]
            return (backed or open_then)[-1]
        later = [one for one in known if one.fact.place > fact.place]
        if later and (not begun or later[0].fact.on <= fact.on):
            return later[0]
        return begun[-1] if begun else None


def vehicle_on(vin: str, facts: Iterable[CarFact], units: list[Fact], as_of: date) -> Vehicle:
    """Return the car on a day.

    Args:
        vin: of the car.
        facts: about it, in order of place.
        units: the facts of its units, in order of place.
        as_of: what took effect after this day is left out.
    """
    known = placed_as_of(units, as_of)
    car = Vehicle(vin)
    _put_stays(car, [one for one in facts if isinstance(one, Registered) and one.on <= as_of], known)
    for fact in facts:
        if fact.on <= as_of:
            _put(car, fact)
    return car


def _put_stays(car: Vehicle, registered: list[Registered], units: list[Fact]) -> None:
    by_index = {one.index: one for one in registered}
    regularised = {one.line_id for one in units if one.kind == "RegistrationRegularised"}
    endings = [one for one in units if one.kind == _ANNULLED]
    for one in units:
        if one.kind == "PortLoadingConfirmed":
            car.loaded.append(one.on)
    for unit in car_of(units).registrations:
        fact = by_index.pop(unit.index)
        stay = Stay(fact, unit.backed_by, unit.backed_by in regularised)
        if unit.ended:
            ending = next(one for one in endings if one.ref == fact.cert_no)
            endings.remove(ending)
            stay.ended_at = ending.place
        (car.void if unit.ended else car.stays).append(stay)
    car.repeated = list(by_index.values())


def _put(car: Vehicle, fact: CarFact) -> None:
    match fact:
        case Applied():
            car.applied.append(fact)
        case Approved():
            car.approved.append(fact)
        case AttributeWithdrawn():
            car.withdrawn.append(fact)
        case Licensed():
            car.licensed.append(fact)
        case DomesticUse():
            car.domestic.append(fact)
        case Sighted():
            car.sighted.append(fact)
        case Designated():
            car.substitutes.append(fact)
        case Accepted() | ProofEnded():
            _judge_proof(car, fact)
        case Released() | ReleaseReversed():
            _put_release(car, fact)
        case _:
            _put_under_certificate(car, fact)


def _put_under_certificate(car: Vehicle, fact: CarFact) -> None:
    if not isinstance(fact, Copied | Transferred | TransferStruck | Submitted | Deregistered):
        return
    stay = car.stay_of(fact, fact.cert_no)
    if stay is None:
        car.astray.append(fact)
        return
    match fact:
        case Copied():
            stay.copies.append(fact)
        case Transferred():
            stay.transfers.append(Transfer(fact))
        case TransferStruck():
            _strike(stay, fact)
        case Submitted():
            stay.proofs.append(Proof(fact))
        case Deregistered():
            stay.deregistrations.append(fact)


def _strike(stay: Stay, fact: TransferStruck) -> None:
    """Strike what stands, and with it the proofs of it."""
    for transfer in stay.transfers:
        if transfer.struck is None and transfer.fact.on <= fact.on:
            transfer.struck = fact.on
    for proof in stay.proofs:
        if proof.until is None and proof.fact.submitted_on <= fact.on:
            proof.until = fact.on


def _judge_proof(car: Vehicle, fact: Accepted | ProofEnded) -> None:
    if isinstance(fact, Accepted):
        car.accepted.append(fact)
    else:
        car.ended_proofs.append(fact)
    for stay in (*car.stays, *car.void):
        for proof in stay.proofs:
            if proof.fact.submission_id != fact.submission_id:
                continue
            if isinstance(fact, Accepted):
                proof.accepted.append(fact)
            elif proof.until is None:
                proof.until = fact.on


def _put_release(car: Vehicle, fact: Released | ReleaseReversed) -> None:
    number = fact.declaration_no
    for stay in (*car.stays, *car.void):
        for known in stay.declarations:
            if known.facts[0].declaration_no == number:
                if isinstance(fact, Released):
                    known.facts.append(fact)
                else:
                    stay.declarations.remove(known)
                return
    if isinstance(fact, Released):
        stay_now = car.stay_of(fact)
        if stay_now is None:
            car.astray.append(fact)
        else:
            stay_now.declarations.append(Declaration([fact]))
        car.released.append(fact)
