"""The posting table of domain.md, section 4, cell by cell, each driven through decide and fold."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from domain.decide import Accepted, Refused
from domain.postings import EVENTS, Posting
from tests.support.cars import CAR, LINE
from tests.support.domain import (
    PAIR,
    acceptance_body,
    customs_body,
    deregistered_body,
    registered_body,
)
from tests.support.history import History
from tests.support.vehicles import (
    PLACES,
    annulled_body,
    customs_reversed_body,
    decide_case,
    in_case_body,
    revoked_body,
    struck_body,
    submitted,
)

TABLE: Final = """
| Event | A | C | R | T | X | D | N | UNB |
| VehicleRegistered | UNB+1 | C→R | UNB+1 | UNB+1 | UNB+1 | UNB+1 | UNB+1 | – |
| TransferProofAccepted | refuse | refuse | R→T | refuse | proved := 1 | proved := 1 | refuse | refuse |
| TransferProofRevoked | refuse | refuse | refuse | T→R | proved := 0 | proved := 0 | refuse | refuse |
| TransferReversed | – | – | – | T→R | proved := 0 | proved := 0 | – | – |
| CustomsExportConfirmed | – | – | R→X | T→X | – | – | – | – |
| CustomsExportReversed | – | – | – | – | X→T if proved, else X→R | – EXPORT_LOST | – | – |
| VehicleDeregistered EXPORT | – | – | R→D | T→D | X→D | – | – | – |
| VehicleDeregistered OTHER | – | – | R→N | T→N | X→N | – | – | – |
| RegistrationAnnulled CLERICAL | – | – | R→C | T→C | – | – | – | UNB−1 |
| RegistrationAnnulled FRAUD | – | – | R→N | T→N | – FRAUD | – FRAUD | – | – |
| NonExportDetermined | refuse | refuse | R→N | T→N | X→N | D→N | refuse | refuse |
"""
OFF_THE_ROAD: Final = {"out-of-order", "unbacked"}


def cells() -> Iterator[tuple[str, str, str]]:
    """Yield event, place and cell of the table."""
    head, *rows = ([word.strip() for word in row.split("|")[1:-1]] for row in TABLE.strip().splitlines())
    for event, *row in rows:
        for place, cell in zip(head[1:], row, strict=True):
            if " if " in cell:
                proved, unproved = re.findall(r"X→[TR]", cell)
                yield event, place, proved
                yield event, f"{place} unproved", unproved
            else:
                unproved_first = cell == "proved := 1"
                yield event, f"{place} unproved" if unproved_first else place, cell


def at_place(place: str) -> History:
    """Return a history with the car in a place; an unproved car's proof still waits."""
    name, _, unproved = place.partition(" ")
    if not unproved:
        return PLACES[name]()
    history = submitted()
    history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(CAR))
    if name == "D":
        history.flags("2025-05-10", "VehicleDeregistered", deregistered_body(CAR))
    return history


def body_of(event: str, history: History) -> dict[str, Any]:
    """Return the statement of a row; customs speaks of a new declaration, or takes back every one."""
    match event:
        case "VehicleRegistered":
            return registered_body(CAR, LINE)
        case "TransferProofAccepted":
            return acceptance_body(CAR, LINE)
        case "TransferProofRevoked":
            return revoked_body()
        case "TransferReversed":
            return struck_body()
        case "CustomsExportConfirmed":
            return customs_body(CAR, 9)
        case "CustomsExportReversed":
            return customs_reversed_body()
        case "VehicleDeregistered EXPORT" | "VehicleDeregistered OTHER":
            return deregistered_body(CAR, reason=event.split()[1])
        case "RegistrationAnnulled CLERICAL" | "RegistrationAnnulled FRAUD":
            return annulled_body(event.split()[1])
        case _:
            decide_case(history, CAR)
            return in_case_body()


@pytest.mark.parametrize(("event", "place", "cell"), list(cells()), ids=lambda value: str(value))
def test_a_cell_of_the_posting_table(event: str, place: str, cell: str) -> None:
    """Given a car in a place, when the statement of a row comes, then it does what the cell says, no more."""
    history = at_place(place)
    before = history.replayed.vehicle(CAR).car.current()
    answer = history.say("2025-06-01", event.split()[0], body_of(event, history))
    if cell == "refuse":
        assert isinstance(answer, Refused)
        return
    assert isinstance(answer, Accepted), answer
    assert answer.outcome.postings == tuple(postings(cell, place))
    after = history.replayed.vehicle(CAR).car.current()
    match cell:
        case "–":
            assert OFF_THE_ROAD.intersection(answer.outcome.flags) or event == "TransferReversed"
        case "proved := 1":
            assert before
            assert after
            assert (before.proved, after.proved) == (False, True)
        case "proved := 0":
            assert before
            assert after
            assert (before.proved, after.proved) == (True, False)
        case "– EXPORT_LOST":
            assert after
            assert after.export_lost
            assert "export-lost" in answer.outcome.flags
        case "– FRAUD":
            assert after
            assert after.fraud
            assert "fraud" in answer.outcome.flags


def postings(cell: str, place: str) -> Iterator[Posting]:
    """Yield what a cell posts; the memo of a car registered without a line is the city's."""
    match cell:
        case "UNB+1":
            yield Posting(PAIR, None, "UNB", 1, LINE, CAR)
        case "UNB−1":
            yield Posting(None, "UNB", None, 1, None, CAR)
        case _ if "→" in cell:
            source, target = cell.split("→")
            assert place.startswith(source)
            yield Posting(PAIR, source, target, 1, LINE, CAR)  # type: ignore[arg-type]


def test_the_table_here_has_the_rows_of_the_code() -> None:
    """Given both tables, then they have the same rows: neither says more than the other."""
    assert tuple(dict.fromkeys(event for event, _, _ in cells())) == EVENTS
