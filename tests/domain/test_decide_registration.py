"""A registration and its copy: always accepted, backed by a unit or not, flagged for what is wrong."""

from typing import Any

import pytest

from tests.support.cars import CAR, FOREIGN_LINE, LINE, SCAN, classified, registered
from tests.support.domain import (
    EXPORTER,
    OTHER,
    PAIR,
    UPSTREAM,
    cert_no,
    copied_body,
    deregistered_body,
    line_id,
    proof_body,
    registered_body,
    suspended_body,
    vin,
    wrong_vin,
)


@pytest.mark.parametrize(
    ("more", "flags"),
    [
        ({"physical_plate_issued": True}, ("plate-issued",)),
        ({"brand_model": "别的"}, ("brand-differs",)),
        ({"owner_uscc": OTHER}, ("owner-not-upstream",)),
        ({"owner_uscc": UPSTREAM[:17] + "0"}, ("bad-uscc", "owner-not-upstream")),
        ({"registered_on": "2029-10-19"}, ("outside-window",)),
        ({"registered_on": "2029-10-18"}, ()),
        ({"registered_on": "2024-10-31"}, ("no-policy",)),
    ],
)
def test_a_registration_is_flagged_for_each_rule_it_breaks(
    more: dict[str, Any], flags: tuple[str, ...]
) -> None:
    """Given a classified line, when its registration breaks a rule, then it posts C→R and is flagged."""
    history = classified()
    assert history.flags("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE, **more)) == flags
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "R": 1}


@pytest.mark.parametrize(("line", "pair_unb", "city_unb"), [(FOREIGN_LINE, 1, 0), (None, 0, 1), (LINE, 1, 0)])
def test_a_registration_without_its_line_is_unbacked(line: str | None, pair_unb: int, city_unb: int) -> None:
    """Given another car on the line, an unknown line or none, when registered, then UNB rises there."""
    history = classified()
    body = registered_body(vin(5), line)
    assert "unbacked" in history.flags("2025-03-03", "VehicleRegistered", body)
    assert history.balances(PAIR).get("UNB", 0) == pair_unb
    assert history.balances(PAIR)["C"] == 1
    assert history.replayed.city().unb == city_unb


def test_an_unbacked_registration_counts_once() -> None:
    """Given an unbacked registration, when it is reported again under its certificate, then UNB stays."""
    history = classified()
    history.flags("2025-03-03", "VehicleRegistered", registered_body(vin(5), LINE))
    again = history.flags("2025-03-04", "VehicleRegistered", registered_body(vin(5), LINE))
    assert (again, history.balances(PAIR)["UNB"]) == (("out-of-order",), 1)


def test_a_car_registered_twice_consumes_one_unit() -> None:
    """Given a registered car, when registered again, then UNB rises and the first registration stays."""
    history = registered()
    again = history.flags("2025-03-05", "VehicleRegistered", registered_body(CAR, LINE, "2025-03-05"))
    assert again == ("unbacked",)
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "R": 1, "UNB": 1}
    assert history.flags("2025-04-10", "VehicleDeregistered", deregistered_body(CAR, reason="OTHER")) == (
        "deregistered-other",
    )
    assert history.balances(PAIR) == {"ISS": -100, "AV": 99, "N": 1, "UNB": 1}


def test_a_car_registered_off_its_live_line_is_flagged_as_repeated() -> None:
    """Given a car live on one line, when registered on another, then vin-repeated is flagged."""
    flags = classified(2).flags("2025-03-03", "VehicleRegistered", registered_body(CAR, line_id(2)))
    assert flags == ("vin-repeated", "unbacked")


@pytest.mark.parametrize(
    ("on", "flags"), [("2025-02-28", ()), ("2025-03-01", ("suspended",)), ("2025-03-05", ())]
)
def test_a_registration_is_judged_by_the_suspensions_of_its_own_day(on: str, flags: tuple[str, ...]) -> None:
    """Given a suspension from 1 to 4 March recorded first, then only a registration inside is flagged."""
    history = classified()
    start = suspended_body(effective_at="2025-03-01T00:00:00+08:00")
    history.flags("2025-03-06", "EnterpriseSuspended", start)
    end = {"effective_at": "2025-03-05T00:00:00+08:00", "suspension_id": "SUS-1", "uscc": EXPORTER}
    history.flags("2025-03-06", "EnterpriseReinstated", end)
    assert history.flags("2025-03-06", "VehicleRegistered", registered_body(CAR, LINE, on)) == flags
    assert history.balances(PAIR)["R"] == 1


def test_one_certificate_or_scan_for_two_cars_is_flagged() -> None:
    """Given a certificate, scan and invoice used before, when used for another car, then it is flagged."""
    history = classified(2)
    history.flags("2025-03-03", "VehicleRegistered", registered_body(CAR, LINE))
    second = registered_body(vin(2), line_id(2), cert_no=cert_no(CAR))
    assert history.flags("2025-03-03", "VehicleRegistered", second) == ("document-reused",)
    history.flags("2025-03-11", "TransferProofSubmitted", proof_body(CAR, LINE), SCAN)
    other = proof_body(vin(2), line_id(2), cert_no="310000000077")
    flags = history.flags("2025-03-11", "TransferProofSubmitted", other, SCAN)
    assert flags == ("document-reused", "out-of-order")


def test_a_copy_belongs_to_a_registration() -> None:
    """Given a copy before, of another line, or of an unknown certificate, then it is flagged."""
    history = registered()
    flags = history.flags("2025-03-04", "VehicleInfoCopied", copied_body(CAR, None, "2025-03-01"))
    assert flags == ("record-differs", "dates-disordered")
    assert history.flags("2025-03-04", "VehicleInfoCopied", copied_body(wrong_vin(7), LINE)) == (
        "bad-vin",
        "out-of-order",
    )
