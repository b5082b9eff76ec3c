"""C19: enterprise codes and organisation codes hold and agree."""

from typing import Any

import pytest

from domain.identifiers import uscc_check
from tests.support.car_entries import CAR_KEY, holds
from tests.support.domain import (
    BATCH,
    EXPORTER,
    OTHER,
    UPSTREAM,
    customs_body,
    deregistered_body,
    enterprise_body,
    letter_body,
    registered_body,
    transfer_body,
    use_body,
)
from tests.support.proof import CAR, LINE, classified, granted, refuted

BAD = f"{OTHER[:17]}{'0' if OTHER[17] != '0' else '1'}"


def test_codes_that_hold_are_right() -> None:
    """Given a clean set-up, then C19 holds and counts the codes."""
    entries = classified()
    assert holds(entries, "C19")
    assert entries.answer("C19").detail.startswith("2 enterprise codes")


@pytest.mark.parametrize(
    ("type_name", "body"),
    [
        ("VehicleRegistered", registered_body(CAR, LINE, owner_uscc=BAD)),
        ("PendingExportTransferRecorded", transfer_body(CAR, LINE, to_uscc=BAD)),
        ("CustomsExportConfirmed", customs_body(CAR, exporter_uscc=BAD)),
        ("VehicleDeregistered", deregistered_body(CAR, owner_uscc=BAD)),
        ("CommitmentLetterSigned", letter_body(seals=[EXPORTER, BAD])),
        ("CommitmentLetterSigned", letter_body(f"{EXPORTER}-{BAD}-1")),
        ("EnterpriseRegistered", enterprise_body(BAD, "EXPORTER")),
        ("EnterpriseRegistered", enterprise_body(OTHER, "EXPORTER", org_code=EXPORTER[8:17])),
    ],
)
def test_an_entry_with_a_code_that_does_not_hold_is_named(type_name: str, body: dict[str, Any]) -> None:
    """Given a statement with a wrong code, in a field, a list or an id, then C19 names it and nothing else."""
    entries = classified()
    index = entries.say("2025-06-01", type_name, body)
    assert refuted(entries.answer("C19", as_of="2025-06-02")) == (index,)


def test_before_it_took_effect_nobody_is_accused() -> None:
    """Given a registration of 3 March with a wrong code, then C19 holds as of the 2nd."""
    entries = classified()
    entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE, owner_uscc=BAD))
    assert holds(entries, "C19", as_of="2025-03-02")


def test_a_correction_takes_the_code_away() -> None:
    """Given a registration with a wrong code, when it is corrected, then C19 holds."""
    entries = classified()
    index = entries.say("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE, owner_uscc=BAD))
    entries.correct("2025-03-04", index, registered_body(CAR, LINE), CAR_KEY)
    assert holds(entries, "C19")


def test_an_application_with_another_organisation_code_is_named_whatever_came_of_it() -> None:
    """Given annex 2 with a code that is not the upstream's, then C19 names it, rejected or not, until corrected."""
    entries = granted()
    body = use_body([CAR], org_code=EXPORTER[8:17])
    index = entries.say("2025-02-10", "UseApplicationReceived", body)
    assert refuted(entries.answer("C19")) == (index,)
    entries.say("2025-02-12", "UseApplicationRejected", {"batch_id": BATCH, "reason": None})
    assert refuted(entries.answer("C19")) == (index,)
    entries.correct("2025-02-13", index, use_body([CAR]))
    assert holds(entries, "C19")


def test_the_organisation_code_of_the_upstream_is_right() -> None:
    """Given annex 2 with the upstream's own code, then C19 holds."""
    entries = granted()
    entries.say("2025-02-10", "UseApplicationReceived", use_body([CAR], org_code=UPSTREAM[8:17]))
    assert holds(entries, "C19")


def test_an_organisation_code_inside_a_right_uscc_has_to_hold_too() -> None:
    """Given a USCC that holds around an organisation code that does not, then C19 names the file."""
    first = f"{OTHER[:8]}PDY000037"
    entries = classified()
    body = enterprise_body(first + uscc_check(first), "EXPORTER")
    index = entries.say("2025-06-01", "EnterpriseRegistered", body)
    assert refuted(entries.answer("C19")) == (index,)
