"""The posting table, read cell by cell against the rules it stands for."""

import pytest

from domain.postings import EVENTS, PLACES, USED, Step, step


def test_every_event_has_a_step_in_every_place() -> None:
    """The table has eleven rows and no gap."""
    assert len(EVENTS) == 11
    for event in EVENTS:
        for place in PLACES:
            assert isinstance(step(event, place), Step)


@pytest.mark.parametrize(
    ("event", "place", "target"),
    [
        ("VehicleRegistered", "C", "R"),
        ("TransferProofAccepted", "R", "T"),
        ("TransferProofRevoked", "T", "R"),
        ("CustomsExportConfirmed", "R", "X"),
        ("CustomsExportConfirmed", "T", "X"),
        ("VehicleDeregistered EXPORT", "X", "D"),
        ("VehicleDeregistered OTHER", "T", "N"),
        ("RegistrationAnnulled CLERICAL", "T", "C"),
        ("RegistrationAnnulled FRAUD", "R", "N"),
        ("NonExportDetermined", "D", "N"),
    ],
)
def test_the_normal_road_moves_one_account_on(event: str, place: str, target: str) -> None:
    """Given a car in its expected account, when the statement arrives, then its unit moves."""
    assert step(event, place) == Step("MOVE", target)  # type: ignore[arg-type]


def test_a_registration_is_backed_only_from_classified() -> None:
    """Given a line anywhere but in C, when its car is registered, then the memo UNB rises."""
    assert {place for place in PLACES if step("VehicleRegistered", place).action == "UNBACKED"} == {
        *USED,
        "A",
    }


def test_a_proof_is_refused_where_there_is_no_unproved_backed_registration() -> None:
    """Given a car not registered, already proved, closed or unbacked, then a proof cannot be accepted."""
    refused = {place for place in PLACES if step("TransferProofAccepted", place).action == "REFUSE"}
    assert refused == {"A", "C", "T", "N", "UNB"}


def test_a_reversed_export_goes_back_to_where_the_proof_left_the_car() -> None:
    """Given a car in X, when customs reverses, then it returns to T if proved and to R if not."""
    assert step("CustomsExportReversed", "X", proved=True) == Step("MOVE", "T")
    assert step("CustomsExportReversed", "X", proved=False) == Step("MOVE", "R")


def test_a_unit_never_returns_to_quota_by_a_fact() -> None:
    """Whatever arrives, a car's unit moves only between car accounts, and back to C only when clerical."""
    back = {(e, p) for e in EVENTS for p in PLACES if step(e, p).target in ("A", "C")}
    assert back == {("RegistrationAnnulled CLERICAL", "R"), ("RegistrationAnnulled CLERICAL", "T")}
