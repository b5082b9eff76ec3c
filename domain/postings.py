"""Accounts of a pair and the postings that move units of quota between them.

Accounts: ISS issued (the contra account, negative), AV available, A approved, C classified, R registered and
unproved, T transfer-proved, X customs-exported, D deregistered after export, N closed and not exported; and
the memo UNB, registrations without a valid line. A unit in A … N is one car line.

    G = −ISS = AV + A + C + K;  K = R + T + X + D + N;  the sum of all accounts = 0;  each except ISS ≥ 0.

What a statement about a car does depends on the account the car is in: ``_TABLE`` is that state machine.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from domain.values import value

Account = Literal["ISS", "AV", "A", "C", "R", "T", "X", "D", "N"]
CarAccount = Literal["A", "C", "R", "T", "X", "D", "N"]
Place = Literal["A", "C", "R", "T", "X", "D", "N", "UNB"]
Action = Literal[
    "NOTHING", "REFUSE", "MOVE", "UNBACKED", "UNBACKED_ENDS", "PROVE", "UNPROVE", "LOST", "FRAUD"
]

ACCOUNTS: Final[tuple[Account, ...]] = ("ISS", "AV", "A", "C", "R", "T", "X", "D", "N")
PLACES: Final[tuple[Place, ...]] = ("A", "C", "R", "T", "X", "D", "N", "UNB")
USED: Final[tuple[CarAccount, ...]] = ("R", "T", "X", "D", "N")
"""The accounts that make up K."""
LIVE: Final[frozenset[CarAccount]] = frozenset({"A", "C", "R", "T", "X"})
"""The accounts in which a VIN stands in the way of another line with the same VIN."""


@value(frozen=True, slots=True)
class Posting:
    """``units`` pass from ``source`` to ``target``; for the memo UNB one of the two is None.

    Attributes:
        pair_id: whose accounts; None for the city's own UNB.
        source: the account that falls.
        target: the account that rises.
        units: at least 1.
        line_id: the line of the car concerned, None where none is.
        vin: the car concerned, None for postings of many units.
    """

    pair_id: str | None
    source: Account | Literal["UNB"] | None
    target: Account | Literal["UNB"] | None
    units: int
    line_id: str | None = None
    vin: str | None = None


@value(frozen=True, slots=True)
class Step:
    """What one statement does to a car in one place; ``target`` belongs to MOVE."""

    action: Action
    target: CarAccount | None = None


# . nothing; ! refused; an account: the unit moves there; + and - the memo UNB; p and u proved := 1 and 0;
# ? to T if proved, else to R; l EXPORT_LOST; f FRAUD.
_TABLE: Final = """
                            A C R T X D N UNB
VehicleRegistered           + R + + + + + .
TransferProofAccepted       ! ! T ! p p ! !
TransferProofRevoked        ! ! ! R u u ! !
TransferReversed            . . . R u u . .
CustomsExportConfirmed      . . X X . . . .
CustomsExportReversed       . . . . ? l . .
VehicleDeregistered EXPORT  . . D D D . . .
VehicleDeregistered OTHER   . . N N N . . .
RegistrationAnnulled CLERICAL . . C C . . . -
RegistrationAnnulled FRAUD  . . N N f f . .
NonExportDetermined         ! ! N N N N ! !
"""

_ACTIONS: Final[Mapping[str, Action]] = MappingProxyType(
    {
        ".": "NOTHING",
        "!": "REFUSE",
        "+": "UNBACKED",
        "-": "UNBACKED_ENDS",
        "p": "PROVE",
        "u": "UNPROVE",
        "l": "LOST",
        "f": "FRAUD",
    }
)
_CAR_ACCOUNTS: Final[Mapping[str, CarAccount]] = MappingProxyType(
    {"A": "A", "C": "C", "R": "R", "T": "T", "X": "X", "D": "D", "N": "N"}
)


def _step(cell: str, *, proved: bool) -> Step:
    if cell == "?":
        return Step("MOVE", "T" if proved else "R")
    if target := _CAR_ACCOUNTS.get(cell):
        return Step("MOVE", target)
    return Step(_ACTIONS[cell])


def _read(table: str) -> dict[tuple[str, Place, bool], Step]:
    steps: dict[tuple[str, Place, bool], Step] = {}
    for row in table.strip().splitlines()[1:]:
        words = row.split()
        event, cells = " ".join(words[: -len(PLACES)]), words[-len(PLACES) :]
        for place, cell in zip(PLACES, cells, strict=True):
            for proved in (False, True):
                steps[event, place, proved] = _step(cell, proved=proved)
    return steps


_STEPS: Final = MappingProxyType(_read(_TABLE))
EVENTS: Final = tuple(dict.fromkeys(event for event, _, _ in _STEPS))
"""The rows of the table: the type, with its kind where the posting depends on it."""


def step(event: str, place: Place, *, proved: bool = False) -> Step:
    """Return what ``event`` (one of ``EVENTS``) does to a car in ``place``.

    Args:
        event: the type of the statement, followed by its reason or kind where the table has one.
        place: the account of the car's line, UNB for an unbacked registration.
        proved: whether a transfer proof of the registration stands accepted.
    """
    return _STEPS[event, place, proved]
