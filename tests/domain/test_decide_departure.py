"""Customs reversed and confirmed again, cars loaded, and what is seen of a car beside its road."""

from typing import Any

import pytest

from tests.support.cars import CAR, classified, proved, registered, submitted
from tests.support.domain import OTHER, PAIR, customs_body, registered_body, transfer_body, vin
from tests.support.history import History
from tests.support.vehicles import (
    LINE,
    car_evidence_body,
    customs_reversed_body,
    exported,
    gone,
    home_use_body,
    loaded_body,
    road_use_body,
)


def export_lost(history: History) -> bool:
    """Say whether the car's registration has lost its export."""
    current = history.replayed.vehicle(CAR).car.current()
    assert current is not None
    return current.export_lost


def test_a_reversal_posts_once_no_other_declaration_remains() -> None:
    """Given a car on two declarations, when one then the other is reversed, then only the second moves it."""
    history = exported()
    history.flags("2025-04-12", "CustomsExportConfirmed", customs_body(CAR, 2))
    first = history.say("2025-05-20", "CustomsExportReversed", customs_reversed_body())
    assert (first.outcome.postings, first.outcome.flags) == ((), ("second-declaration",))
    assert history.flags("2025-05-21", "CustomsExportReversed", customs_reversed_body(CAR, 2)) == (
        "export-reversed",
    )
    assert history.balances(PAIR)["T"] == 1


def test_a_reversed_declaration_that_is_confirmed_again_exports_the_car_again() -> None:
    """Given a reversed declaration, when customs confirms it anew, then the car is in X again."""
    history = exported()
    history.flags("2025-05-20", "CustomsExportReversed", customs_reversed_body())
    assert history.flags("2025-05-25", "CustomsExportConfirmed", customs_body(CAR, on="2025-05-25")) == ()
    assert history.balances(PAIR)["X"] == 1


def test_an_export_lost_after_deregistration_is_found_again_by_a_later_confirmation() -> None:
    """Given a car in D, when its release is reversed, then its export is lost, until customs confirms another."""
    history = gone()
    assert history.flags("2025-05-20", "CustomsExportReversed", customs_reversed_body()) == ("export-lost",)
    assert export_lost(history)
    assert history.balances(PAIR)["D"] == 1
    again = history.say("2025-06-01", "CustomsExportConfirmed", customs_body(CAR, 2, on="2025-05-09"))
    assert (again.outcome.postings, again.outcome.flags) == ((), ())
    assert not export_lost(history)


@pytest.mark.parametrize(
    ("body", "flags"),
    [
        (customs_reversed_body(number=7), ("unknown-declaration", "second-declaration")),
        (customs_reversed_body(on="2025-04-09"), ("dates-disordered", "export-reversed")),
        (customs_reversed_body(exporter_uscc=OTHER), ("wrong-exporter", "export-reversed")),
        (customs_reversed_body(vin(8)), ("unknown-declaration", "out-of-order")),
    ],
)
def test_a_reversal_is_flagged_for_each_rule_it_breaks(body: dict[str, Any], flags: tuple[str, ...]) -> None:
    """Given a car released on 10 April, when a reversal does not fit, then it is flagged."""
    assert exported().flags("2025-05-20", "CustomsExportReversed", body) == flags


def test_a_reversal_before_any_release_is_out_of_order() -> None:
    """Given a proved car, when customs reverses what is not on record, then nothing is posted."""
    flags = proved().flags("2025-05-20", "CustomsExportReversed", customs_reversed_body())
    assert flags == ("unknown-declaration", "out-of-order")


@pytest.mark.parametrize(
    ("body", "flags"),
    [
        (loaded_body(), ()),
        (loaded_body(on="2025-04-09"), ("dates-disordered",)),
        (loaded_body(exporter_uscc=OTHER), ("wrong-exporter",)),
        (loaded_body(vin(8)), ("out-of-order",)),
    ],
)
def test_loading_is_flagged_for_each_rule_it_breaks(body: dict[str, Any], flags: tuple[str, ...]) -> None:
    """Given a car released on 10 April, when loading does not fit, then it is flagged; nothing is posted."""
    history = exported()
    assert history.flags("2025-04-16", "PortLoadingConfirmed", body) == flags
    assert history.balances(PAIR)["X"] == 1


def test_loading_without_a_release_is_flagged() -> None:
    """Given no release, or one that was reversed, when the car is loaded, then it is flagged."""
    assert proved().flags("2025-04-16", "PortLoadingConfirmed", loaded_body()) == ("loaded-unreleased",)
    history = exported()
    history.flags("2025-05-20", "CustomsExportReversed", customs_reversed_body())
    assert history.flags("2025-05-21", "PortLoadingConfirmed", loaded_body()) == ("loaded-unreleased",)


@pytest.mark.parametrize(
    ("at", "flag"),
    [
        ("2025-03-09T23:59:59+08:00", "road-use-finding"),
        ("2025-03-10T00:00:00+08:00", "road-use-review"),
        ("2025-05-09T23:59:59+08:00", "road-use-review"),
        ("2025-05-09T16:00:00Z", "road-use-finding"),
    ],
)
def test_a_sighting_under_a_valid_temporary_plate_is_reviewed(at: str, flag: str) -> None:
    """Given a temporary plate from 10 March to 9 May, when seen inside it, then review; outside, a finding."""
    history = registered()
    body = transfer_body(CAR, LINE, temp_plate_to="2025-05-09")
    history.flags("2025-03-10", "PendingExportTransferRecorded", body)
    assert history.flags("2025-06-01", "RoadUseReported", road_use_body(at=at)) == (flag,)


def test_a_sighting_without_a_temporary_plate_is_a_finding() -> None:
    """Given a registered car without transfer, or a transfer without plate, when seen, then it is a finding."""
    assert registered().flags("2025-03-20", "RoadUseReported", road_use_body()) == ("road-use-finding",)
    assert submitted().flags("2025-03-20", "RoadUseReported", road_use_body()) == ("road-use-finding",)
    assert classified().flags("2025-03-20", "RoadUseReported", road_use_body()) == ("out-of-order",)


@pytest.mark.parametrize("kind", ["TRANSFER", "INSPECTION", "INSURANCE", "REIMPORT", "MORTGAGE"])
def test_domestic_use_after_the_transfer_is_a_finding(kind: str) -> None:
    """Given a transfer of 10 March, when used at home later, then flagged; on the day itself or before, not."""
    history = submitted()
    assert history.flags("2025-03-20", "DomesticUseRecorded", home_use_body(kind, on="2025-03-11")) == (
        "domestic-use",
    )
    assert history.flags("2025-03-20", "DomesticUseRecorded", home_use_body(kind, on="2025-03-10")) == ()
    assert classified().flags("2025-03-20", "DomesticUseRecorded", home_use_body(kind)) == ("out-of-order",)


def test_a_document_about_a_car_changes_nothing() -> None:
    """Given a photo of a car, or of one unknown, when filed, then it is on record and no record changes."""
    history = registered()
    before = history.records()
    assert history.flags("2025-03-20", "VehicleEvidenceFiled", car_evidence_body()) == ()
    assert history.flags("2025-03-20", "VehicleEvidenceFiled", car_evidence_body(vin(8))) == ()
    assert history.records() == before


def test_an_unbacked_car_stays_in_the_memo_whatever_customs_says() -> None:
    """Given an unbacked car, when released and reversed, then both are flagged and nothing is posted."""
    history = classified()
    history.flags("2025-03-03", "VehicleRegistered", registered_body(vin(5), None))
    history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(vin(5)))
    flags = history.flags("2025-05-20", "CustomsExportReversed", customs_reversed_body(vin(5)))
    assert flags == ("unbacked",)
    assert history.replayed.city().unb == 1
