"""A car: where each of its lines and registrations stands, as a pure function of its acts.

A *registration* is an episode. The facts about it move its ``place`` by the posting table whether or not it
is backed by a unit and whether or not commerce has determined non-export. The account of a backed one is
that place, or N while a determination stands; one without a unit counts in the memo UNB. So "where
the recorded facts of that registration place it" (补正, a late classification) and "where the facts
without the determination place it" (撤销认定) are the place itself.

``cert_no`` picks the registration. Acts without one concern the latest backed registration, else the latest
unbacked one. One ended by a clerical annulment is picked no more; its transfer and proofs are void.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Literal

from domain.postings import CarAccount, Place
from domain.values import value

SubmissionStatus = Literal["PENDING", "ACCEPTED", "REJECTED", "REVOKED", "VOID"]


@value(frozen=True, slots=True)
class Registration:
    """One registration episode.

    Attributes:
        line_id: the line named, or whose unit was given to it later.
        cert_no: the certificate that picks it.
        registered_on: its day.
        backed: whether it holds the unit of its line.
        place: where the facts about it alone place it; C once a clerical annulment took it from its unit.
        proved: whether a transfer proof of it stands accepted.
        late: what the acceptance said of the proof.
        determined: the case in which non-export was determined, while that stands.
        ended: annulled as a clerical error.
        fraud: annulled for fraud after export.
        export_lost: customs took back the export of a car that was deregistered.
        copied_on: the first copy to commerce.
    """

    line_id: str | None
    cert_no: str
    registered_on: date
    backed: bool
    place: CarAccount = "R"
    proved: bool = False
    late: bool | None = None
    determined: str | None = None
    ended: bool = False
    fraud: bool = False
    export_lost: bool = False
    copied_on: date | None = None

    @property
    def account(self) -> CarAccount:
        """The account of its line while it holds the unit."""
        return "N" if self.determined else self.place

    @property
    def column(self) -> Place:
        """The column of the posting table that an act on it reads."""
        return self.account if self.backed else "UNB"


@value(frozen=True, slots=True)
class Transfer:
    """转让待出口 of the registration ``cert_no``."""

    cert_no: str
    from_uscc: str
    to_uscc: str
    transferred_on: date
    temp_plate_to: date | None


@value(frozen=True, slots=True)
class Submission:
    """A transfer proof as handed in; VOID when its registration was annulled as a clerical error."""

    line_id: str | None
    cert_no: str
    submitted_at: datetime
    invoice_on: date | None
    status: SubmissionStatus = "PENDING"


@value(frozen=True, slots=True)
class Declaration:
    """A customs declaration on the car as last confirmed; ``cert_no`` is the registration it concerns."""

    declaration_no: str
    exporter_uscc: str
    cert_no: str | None
    released_on: date
    status: str
    evidence: str
    reversed: bool = False


@value(frozen=True, slots=True)
class Deregistration:
    """注销登记 of the registration ``cert_no``."""

    cert_no: str
    deregistered_on: date
    reason: str
    exit_record: bool


@value(frozen=True, slots=True)
class Car:
    """The state of one car.

    Attributes:
        lines: the account of each line that holds a unit for this car.
        registrations: in recorded order.
        transfers: those not struck and not void, in recorded order.
        submissions: by submission id.
        declarations: by number, in recorded order; reversed ones too.
        deregistered: in recorded order.
        substitutes: the exporters that took the car over.
        loaded: the days on which it was loaded, with the grade of evidence.
        home_use: kind and day of every domestic use.
        sightings: the days on which it was seen on a road.
        cases: the violation cases about it.
    """

    lines: Mapping[str, CarAccount] = field(default_factory=dict)
    registrations: tuple[Registration, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    submissions: Mapping[str, Submission] = field(default_factory=dict)
    declarations: tuple[Declaration, ...] = ()
    deregistered: tuple[Deregistration, ...] = ()
    substitutes: tuple[str, ...] = ()
    loaded: tuple[tuple[date, str], ...] = ()
    home_use: tuple[tuple[str, date], ...] = ()
    sightings: tuple[date, ...] = ()
    cases: tuple[str, ...] = ()

    def current(self) -> Registration | None:
        """Return the latest backed registration, else the latest unbacked one."""
        return _latest(self.registrations)

    def registration(self, cert_no: str) -> Registration | None:
        """Return the latest backed registration under a certificate number, else the latest unbacked one."""
        return _latest(tuple(one for one in self.registrations if one.cert_no == cert_no))

    def holder(self, line_id: str) -> Registration | None:
        """Return the registration that holds the unit of a line."""
        held = (one for one in self.registrations if one.backed and not one.ended and one.line_id == line_id)
        return next(held, None)

    def waiting(self, line_id: str) -> Registration | None:
        """Return the unbacked registration to which 补正 gives the unit of a line.

        It is the latest that names the line, else the latest.
        """
        free = [one for one in self.registrations if not one.backed and not one.ended]
        return next((one for one in reversed(free) if one.line_id == line_id), free[-1] if free else None)

    def transfer(self, cert_no: str) -> Transfer | None:
        """Return the latest transfer of the registration under a certificate number."""
        return next((one for one in reversed(self.transfers) if one.cert_no == cert_no), None)

    def declaration(self, declaration_no: str) -> Declaration | None:
        """Return a declaration on the car."""
        return next((one for one in self.declarations if one.declaration_no == declaration_no), None)

    def releases(self, cert_no: str) -> tuple[Declaration, ...]:
        """Return the declarations that stand for a registration."""
        return tuple(one for one in self.declarations if one.cert_no == cert_no and not one.reversed)

    def exporters(self, pair_exporter: str) -> tuple[str, ...]:
        """Return in whose name the car may leave: the exporter of its pair, or a designated substitute."""
        return (pair_exporter, *self.substitutes)

    def unbacked(self) -> tuple[Registration, ...]:
        """Return the registrations that the memo UNB counts."""
        return tuple(one for one in self.registrations if not one.backed and not one.ended)


def _latest(registrations: tuple[Registration, ...]) -> Registration | None:
    alive = tuple(one for one in registrations if not one.ended)
    backed = tuple(one for one in alive if one.backed) or alive
    return backed[-1] if backed else None
