"""The clean season: its size, its codes, its dates, and what of it is held in memory."""

import tracemalloc
from collections import Counter
from datetime import date
from itertools import islice, pairwise
from typing import Any

import pytest
from stdnum.cn import uscc

from api.demo.acts import Act
from api.demo.fleet import enterprise, vin
from api.demo.pace import LETTER_DAYS, LETTER_FROM, MAX_LICENCE
from api.demo.season import default_exporters, season
from api.demo.stream import stream
from domain.catalogue import CATALOGUE
from domain.identifiers import (
    declaration_is_export,
    declaration_is_well_formed,
    vin_check_is_binding,
    vin_holds,
)
from domain.statements import parse_statement
from ledger.entry import parse_statement as parse_json

LEDGERS_OWN = {"LedgerOpened", "HeadsCommitted", "SubmissionRefused"}
ONLY_AFTER_A_VIOLATION = {
    "CaseOverturned",
    "CaseRemedied",
    "DomesticUseRecorded",
    "NonExportDetermined",
    "NonExportOverturned",
    "RegistrationRegularised",
    "RoadUseReported",
}


def played(vehicles: int, seed: int = 1, exporters: int | None = None) -> list[Act]:
    return list(season(exporters or default_exporters(vehicles), vehicles, seed))


def day(text: str) -> date:
    return date.fromisoformat(text)


def bodies(acts: list[Act], kind: str) -> list[dict[str, Any]]:
    return [act.body for act in acts if act.type == kind]


def test_the_same_seed_gives_the_same_statements() -> None:
    """Given a seed twice and another one, when streamed, then the first two agree and the third differs."""
    first, again, other = ([lot.statements for lot in stream(played(60, seed), seed)] for seed in (1, 1, 2))

    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("exporters", "vehicles"), [(1, 0), (3, 1), (2, 59), (1, 60), (7, 60), (3, 450), (60, 60)]
)
def test_every_car_is_registered_and_deregistered_once(exporters: int, vehicles: int) -> None:
    """Given any size, when a season is made, then each car goes all the way, in the order of time."""
    acts = played(vehicles, 7, exporters)

    assert all(one.at <= other.at for one, other in pairwise(acts))
    annulled = len(bodies(acts, "RegistrationAnnulled"))
    assert len(bodies(acts, "VehicleRegistered")) == vehicles + annulled
    gone = {body["vin"] for body in bodies(acts, "VehicleDeregistered")}
    assert len(gone) == len(bodies(acts, "VehicleDeregistered")) == vehicles


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_season_of_sixty_shows_every_lawful_type(seed: int) -> None:
    """Given sixty cars, when a season is made, then all types occur but those that follow a violation."""
    kinds = {act.type for act in played(60, seed)}

    assert kinds == set(CATALOGUE) - LEDGERS_OWN - ONLY_AFTER_A_VIOLATION


def test_every_statement_is_well_formed() -> None:
    """Given a season of 200, when its envelopes are streamed, then each statement parses and lots are whole."""
    for lot in stream(played(200, 3), 3):
        assert len({(act.agency, act.at, act.signers) for act in lot.acts}) == 1
        for act, raw in zip(lot.acts, lot.statements, strict=True):
            statement = parse_statement(parse_json(raw))
            assert (statement.type, statement.id) == (act.type, act.statement_id)
            assert act.officers == 2 or len(act.signers) == 2 or not statement.spec.four_eyes


def test_codes_have_their_check_characters() -> None:
    """Given a season of 450, when its codes are checked, then all hold but those of imported cars."""
    acts = played(450)
    vins = {body["vin"] for body in bodies(acts, "VehicleRegistered")}
    failing = {one for one in vins if not vin_holds(one)}

    assert len(vins) == 450
    assert 0 < len(failing) < 25
    assert not any(vin_check_is_binding(one) for one in failing)
    firms = bodies(acts, "EnterpriseRegistered")
    assert all(uscc.is_valid(firm["uscc"]) and firm["uscc"][8:17] == firm["org_code"] for firm in firms)
    numbers = [body["declaration_no"] for body in bodies(acts, "CustomsExportConfirmed")]
    assert all(declaration_is_well_formed(one) and declaration_is_export(one) for one in numbers)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("number", "code"), [(1, "91310115PDY00001XD"), (2, "91310114PDY000028Y"), (3, "91310000PDY000036B")]
)
def test_fictional_firms_have_right_codes(number: int, code: str) -> None:
    """Given numbers from the zone for own definitions, when made into codes, then they are the known ones."""
    assert enterprise(number, "").uscc == code


def test_published_vehicle_numbers_are_made_again() -> None:
    """Given published vehicle numbers, when their check digit is computed, then they are the same."""
    for known in ("LSVAB6189R2012345", "LSGXE8351S1000001", "LGXC14DF1S0123456", "1M8GDM9AXKP042788"):
        assert vin(known[:8], known[9:]) == known


def test_licences_are_lawful() -> None:
    """Given a season of 450, when its licences are read, then size, dates, term and letter are right."""
    acts = played(450)
    registered = {body["vin"]: body["registered_on"] for body in bodies(acts, "VehicleRegistered")}
    transferred = {
        body["vin"]: body["transferred_on"] for body in bodies(acts, "PendingExportTransferRecorded")
    }
    licences = bodies(acts, "ExportLicenceIssued")

    assert max(len(one["vehicles"]) for one in licences) <= MAX_LICENCE
    for one in licences:
        assert one["valid_from"] <= one["valid_to"] <= one["valid_from"][:4] + "-12-31"
        for car in one["vehicles"]:
            assert car["registered_on"] == registered[car["vin"]]
            assert car["transferred_on"] == transferred[car["vin"]]
            age = (day(one["applied_on"]) - day(car["registered_on"])).days
            if day(one["applied_on"]) >= LETTER_FROM and age <= LETTER_DAYS:
                assert one["after_sales_letter"]
    assert {True, False} == {one["after_sales_letter"] for one in licences}


def test_batches_and_lags_are_near_the_assumptions() -> None:
    """Given a season of 2,000, when measured, then batches are of 1 to 60 and transfers take a week."""
    acts = played(2_000)
    sizes = [len(body["lines"]) for body in bodies(acts, "UseApplicationReceived")]
    registered = {body["vin"]: day(body["registered_on"]) for body in bodies(acts, "VehicleRegistered")}
    transfers = bodies(acts, "PendingExportTransferRecorded")
    lags = sorted((day(one["transferred_on"]) - registered[one["vin"]]).days for one in transfers)

    assert min(sizes) >= 1
    assert max(sizes) <= 60
    assert 6 <= lags[len(lags) // 2] <= 9
    assert lags[-1] <= 25, "in time, rolled past the longest holidays"
    ports = Counter(body["declaration_no"][:4] for body in bodies(acts, "CustomsExportConfirmed"))
    assert ports["2225"] > ports["2248"] > ports["2202"] > 0


def test_a_large_season_is_made_while_it_is_asked_for() -> None:
    """Given 100,000 cars, when the first 20,000 acts are taken, then little is held in memory."""
    tracemalloc.start()
    try:
        taken = sum(1 for _ in islice(season(default_exporters(100_000), 100_000, 1), 20_000))
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert taken == 20_000
    assert peak_bytes < 64 * 1024 * 1024
