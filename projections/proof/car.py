"""One car and its units: lines, registrations, proofs and declarations, as its facts leave them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from domain.identifiers import pair_of
from projections.proof.facts import Fact

USED: Final = "USED"
UNBACKED: Final = "UNB"
BACKED: Final = "backed"
LIVE: Final = frozenset({"A", "C", "R", "T", "X"})


Units = dict[tuple[str, str], int]
"""Numbers by (pair, account); the account UNB counts unbacked registrations, ``backed`` the others."""


@dataclass(slots=True)
class Registration:
    """One registration of a car, from the police's statement on; ``account`` is where its facts place it."""

    index: int
    on: date
    line_id: str | None
    cert_no: str | None
    backed_by: str | None = None
    account: str = "R"
    proved: bool = False
    determined: bool = False
    annulled: bool = False
    ended: bool = False
    lost: bool = False
    fraud: bool = False
    transferred_on: date | None = None
    temp_plates: list[tuple[date, date]] = field(default_factory=list)
    loaded: bool = False
    exit_record: bool = False
    domestic: bool = False

    @property
    def stands_in(self) -> str:
        """The account of its unit."""
        return "N" if self.determined else self.account


@dataclass(slots=True)
class Proof:
    """One submission of a transfer proof; ``pending`` until it is judged."""

    registration: Registration | None
    submitted_on: date
    pending: bool = True


@dataclass(slots=True)
class Declaration:
    """One customs declaration on the car, with the best evidence seen for it."""

    number: str
    evidence: str
    exporter: str
    live: bool = True


@dataclass(slots=True)
class Car:
    """What the facts say of one car.

    Attributes:
        lines: by line id: A, C or USED.
        registrations: in order, ended ones too.
        proofs: by submission id.
        declarations: by number.
        substitutes: exporters designated for this car.
        seen: days on which it was seen on a road.
        refused: entries that the posting table refuses: a decision about a unit that is not there.
        doubled: entries that approved a line while another line of the car was live.
    """

    lines: dict[str, str] = field(default_factory=dict)
    registrations: list[Registration] = field(default_factory=list)
    proofs: dict[str, Proof] = field(default_factory=dict)
    declarations: dict[str, Declaration] = field(default_factory=dict)
    substitutes: list[str] = field(default_factory=list)
    seen: list[date] = field(default_factory=list)
    refused: list[Fact] = field(default_factory=list)
    doubled: list[Fact] = field(default_factory=list)

    def account(self, line_id: str) -> str | None:
        """Return the account in which a line of the car stands, None where it has no unit."""
        state = self.lines.get(line_id)
        if state != USED:
            return state
        return next(one.stands_in for one in reversed(self.registrations) if self._holds(one, line_id))

    @staticmethod
    def _holds(one: Registration, line_id: str) -> bool:
        return one.backed_by == line_id and not one.ended

    def under(self, cert_no: str | None) -> Registration | None:
        """Return the registration under a certificate number: the latest backed, else the latest unbacked."""
        return _latest([one for one in self.registrations if one.cert_no == cert_no])

    def current(self) -> Registration | None:
        """Return the latest backed registration, else the latest unbacked one."""
        return _latest(self.registrations)

    def of_line(self, line_id: str | None) -> Registration | None:
        """Return the registration that uses a line."""
        if line_id is None:
            return None
        return next((one for one in reversed(self.registrations) if self._holds(one, line_id)), None)

    def units(self) -> Units:
        """Return how many units the car has in each account of each pair, and its registrations."""
        found: Units = {}
        for line_id, state in self.lines.items():
            account = self.account(line_id) if state == USED else state
            key = (pair_of(line_id), account or state)
            found[key] = found.get(key, 0) + 1
        for one in self.registrations:
            if not one.ended:
                pair_id = one.backed_by or one.line_id
                key = (pair_of(pair_id) if pair_id else "", BACKED if one.backed_by else UNBACKED)
                found[key] = found.get(key, 0) + 1
        return found


def _latest(registrations: list[Registration]) -> Registration | None:
    if len(registrations) == 1:  # most cars
        return None if registrations[0].ended else registrations[0]
    standing = [one for one in registrations if not one.ended]
    backed = [one for one in standing if one.backed_by]
    chosen = backed or standing
    return chosen[-1] if chosen else None
