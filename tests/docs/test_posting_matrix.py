"""The posting table of docs/spec/verification.md is what the checker does, cell by cell."""

from datetime import date

import pytest

from projections.proof.facts import Fact
from projections.proof.units import UNBACKED, Car, advance, car_of
from tests.support.spec import section, table

PAIR = "91310115PDY00001XD-91310114PDY000028Y-1"
LINE, CERT, DECLARATION = f"{PAIR}-1-1", "310000000018", "222520250000153457"
COLUMNS = ("A", "C", "R", "T", "X", "D", "N", "UNB")

APPROVED = ("UseApplicationApproved",)
CLASSIFIED = (*APPROVED, "QuotaAttributeClassified")
REGISTERED = (*CLASSIFIED, "VehicleRegistered")
PROVED = (*REGISTERED, "TransferProofAccepted")
ROADS: dict[str, tuple[tuple[str, ...], ...]] = {
    "A": (APPROVED,),
    "C": (CLASSIFIED,),
    "R": (REGISTERED,),
    "T": (PROVED,),
    "X": ((*REGISTERED, "CustomsExportConfirmed"), (*PROVED, "CustomsExportConfirmed")),
    "D": tuple(
        (*road, "CustomsExportConfirmed", "VehicleDeregistered EXPORT") for road in (REGISTERED, PROVED)
    ),
    "N": ((*REGISTERED, "VehicleDeregistered OTHER"),),
    "UNB": (("VehicleRegistered",),),
}
"""How a car comes to stand in an account: proved and unproved, where both can be."""

ROWS = {row[0]: row[1:] for row in table(section(5), "Event")}


def fact(kind: str) -> Fact:
    """Return a fact about the one line, certificate and declaration."""
    day = date(2025, 3, 3)
    if kind == "QuotaAttributeClassified":
        return Fact(0, 0, day, kind, f"{PAIR}-1")
    if kind.startswith("Customs"):
        return Fact(0, 0, day, kind, ref=DECLARATION, note="SIGNED", uscc=PAIR[:18])
    return Fact(0, 0, day, kind, LINE, CERT, note="s1" if "Proof" in kind else None)


def moved(road: tuple[str, ...], event: str) -> str:
    """Return what the event does to a car that came this way, in the words of the table."""
    car = car_of(map(fact, road))
    before, marks, refused = accounts(car), flags(car), len(car.refused)
    number = "2" if event == "CustomsExportConfirmed" else ""  # the same declaration again tells nothing
    last = fact(event)
    advance(car, Fact(1, 1, last.on, last.kind, last.line_id, f"{last.ref or ''}{number}", note=last.note))
    if len(car.refused) > refused:
        return "refused"
    after = accounts(car)
    lost = [name for name in before if after.get(name, 0) < before[name]]
    gained = [name for name in after if after[name] > before.get(name, 0)]
    if UNBACKED in {*lost, *gained} and len({*lost, *gained}) == 1:
        return "UNB+1" if gained else "UNB−1"
    if lost or gained:
        return f"{lost[0]}→{gained[0]}"
    return next((word for word in flags(car) - marks), "–")


def accounts(car: Car) -> dict[str, int]:
    """Return the units by account."""
    return {name: units for (_, name), units in car.units().items() if name != "backed"}


def flags(car: Car) -> set[str]:
    """Return what is known of the car's registrations beside their accounts."""
    return {
        word
        for one in car.registrations
        for word, true in (
            ("proved", one.proved),
            ("not proved", not one.proved),
            ("lost", one.lost),
            ("fraud", one.fraud),
        )
        if true
    }


@pytest.mark.parametrize("event", ROWS)
def test_each_cell_is_what_the_checker_does(event: str) -> None:
    """Given a car in each account, when the event of the row comes, then the checker does what the cell says."""
    for column, cell in zip(COLUMNS, ROWS[event], strict=True):
        done = {moved(road, event) for road in ROADS[column]}
        if len(done) > 1:
            done.discard("–")
        assert " or ".join(sorted(done, reverse=True)).replace("or X→", "or ") == cell, column


def test_the_table_has_every_account() -> None:
    """Given the table, then each row has a cell for each account and for the unbacked car."""
    assert all(len(row) == len(COLUMNS) for row in ROWS.values())
