"""Release and deregistration: always accepted, flagged for what is wrong."""

from typing import Any

import pytest

from domain.errors import FLAGS, REFUSALS, refuse
from tests.support.cars import CAR, LINE, classified, proved, submitted
from tests.support.domain import (
    OTHER,
    PAIR,
    acceptance_body,
    customs_body,
    declaration,
    deregistered_body,
    registered_body,
    vin,
)


def test_a_car_exported_before_its_proof_is_flagged_and_can_still_be_proved() -> None:
    """Given an unproved release, then it posts R→X and is flagged; a later proof leaves it in X, proved."""
    history = submitted()
    assert history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(CAR)) == ("exported-unproved",)
    assert history.flags("2025-04-11", "TransferProofAccepted", acceptance_body(CAR, LINE)) == ()
    assert history.balances(PAIR)["X"] == 1
    current = history.replayed.vehicle(CAR).car.current()
    assert current is not None
    assert current.proved


@pytest.mark.parametrize(
    ("more", "flags"),
    [
        ({"declaration_no": declaration(1, "1")}, ("bad-declaration",)),
        ({"declaration_no": "2225"}, ("bad-declaration",)),
        ({"exporter_uscc": OTHER}, ("wrong-exporter",)),
        ({"released_on": "2025-03-09"}, ("dates-disordered",)),
    ],
)
def test_a_release_is_flagged_for_each_rule_it_breaks(more: dict[str, Any], flags: tuple[str, ...]) -> None:
    """Given a proved car, when its release breaks a rule, then it posts T→X and is flagged."""
    history = proved()
    assert history.flags("2025-04-10", "CustomsExportConfirmed", {**customs_body(CAR), **more}) == flags
    assert history.balances(PAIR)["X"] == 1


def test_the_same_declaration_again_is_a_status_update() -> None:
    """Given a release, when its declaration is closed, then nothing is posted or flagged."""
    history = proved()
    history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(CAR))
    answer = history.say("2025-04-12", "CustomsExportConfirmed", customs_body(CAR, status="CLOSED"))
    assert (answer.outcome.flags, answer.outcome.postings) == ((), ())
    assert [one.status for one in history.replayed.vehicle(CAR).car.declarations] == ["CLOSED"]


def test_a_copy_from_the_exporter_does_not_weaken_what_customs_signed() -> None:
    """Given a signed release, when the exporter's copy of it follows, then the evidence stays signed."""
    history = proved()
    history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(CAR))
    history.flags("2025-04-12", "CustomsExportConfirmed", customs_body(CAR, evidence="EXPORTER_COPY"))
    assert [one.evidence for one in history.replayed.vehicle(CAR).car.declarations] == ["SIGNED"]


def test_a_second_declaration_or_one_without_a_car_posts_nothing() -> None:
    """Given a car in X, one classified only and one unknown, when declared, then it is out of order."""
    history = proved()
    history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(CAR))
    flags = history.flags("2025-04-11", "CustomsExportConfirmed", customs_body(CAR, 2))
    assert flags == ("second-declaration", "out-of-order")
    unknown = customs_body(vin(8), 3)
    assert history.flags("2025-04-11", "CustomsExportConfirmed", unknown) == ("out-of-order",)
    waiting = classified()
    assert waiting.flags("2025-04-11", "CustomsExportConfirmed", customs_body(CAR)) == ("out-of-order",)
    assert waiting.balances(PAIR)["C"] == 1


@pytest.mark.parametrize(
    ("released", "on", "flags"),
    [
        ("2025-04-10", "2025-06-10", ()),
        ("2025-04-10", "2025-06-11", ("late-deregistration",)),
        ("2025-12-31", "2026-02-28", ()),
        ("2025-12-31", "2026-03-01", ("late-deregistration",)),
        ("2025-04-10", "2025-04-09", ("dates-disordered",)),
    ],
)
def test_deregistration_is_due_within_two_months(released: str, on: str, flags: tuple[str, ...]) -> None:
    """Given a release, when deregistered on the last day, the next, or before, then flagged accordingly."""
    history = proved()
    history.flags(released, "CustomsExportConfirmed", customs_body(CAR, on=released))
    assert history.flags(on, "VehicleDeregistered", deregistered_body(CAR, on)) == flags
    assert history.balances(PAIR)["D"] == 1


def test_a_deregistration_off_the_road_is_flagged() -> None:
    """Given no release, another reason, an unknown certificate or a second time, then it is flagged."""
    history = proved()
    unknown = deregistered_body(CAR, cert_no="310000000099")
    assert history.flags("2025-05-10", "VehicleDeregistered", unknown) == ("out-of-order",)
    body = deregistered_body(CAR)
    assert history.flags("2025-05-10", "VehicleDeregistered", body) == ("deregistered-unexported",)
    assert history.balances(PAIR)["D"] == 1
    assert "out-of-order" in history.flags("2025-05-11", "VehicleDeregistered", body)
    other = proved()
    scrapped = deregistered_body(CAR, reason="OTHER")
    assert other.flags("2025-05-10", "VehicleDeregistered", scrapped) == ("deregistered-other",)
    assert other.balances(PAIR)["N"] == 1


def test_an_unbacked_car_moves_no_unit() -> None:
    """Given an unbacked car, when exported and deregistered, then both are flagged and nothing is posted."""
    history = classified()
    history.flags("2025-03-03", "VehicleRegistered", registered_body(vin(5), None))
    assert history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(vin(5))) == ("unbacked",)
    assert history.flags("2025-05-10", "VehicleDeregistered", deregistered_body(vin(5))) == ("unbacked",)
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "C": 1}


def test_every_code_is_in_kebab_case_with_words_in_two_languages() -> None:
    """Given the catalogue, then codes have one form, flags a control, and refusals want their figures."""
    for code in (*FLAGS, *REFUSALS):
        assert code.replace("-", "").isalpha()
        assert code == code.lower()
    assert all(flag.zh and flag.en and flag.control[0] == "C" for flag in FLAGS.values())
    with pytest.raises(KeyError):
        refuse("over-available", units=1)
