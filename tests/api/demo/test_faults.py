"""Planted violations: every kind is there, each with what it refutes, and the ledger takes and refuses as meant."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

import pytest

from api.demo.acts import Act
from api.demo.faults.kinds import KINDS, STORY_KINDS, planter_of
from api.demo.faults.planter import FEWEST_VEHICLES, Planter
from api.demo.lawful import Lawful
from api.demo.season import default_exporters, season
from api.demo.stream import stream
from domain.catalogue import CATALOGUE
from tests.support.cli import Cli

ALL_KINDS = {*KINDS.cars, *KINDS.batches, *STORY_KINDS}
LEDGERS_OWN = {"LedgerOpened", "HeadsCommitted", "SubmissionRefused"}
HARMLESS = {
    "vin-twice", "suspended-finally", "renounced", "backdated", "correction-corrected", "regularised",
    "road-use-to-review", "not-exported-overturned", "registered-before-notice",
}  # fmt: skip
TRACES = {
    "same-scan", "same-certificate", "same-invoice", "registered-before-suspension", "shared-upstream",
    "filed-at-deadline", "released-not-deregistered", "deregistered-not-released", "long-dwell", "signs-alone",
    "signs-at-night", "signs-with-one-other", "refused-again", "corrected-often", "seq-gaps",
}  # fmt: skip
SHOWN_BY = {
    "C05": {"VehicleEvidenceFiled"},
    "C15": {"VehicleRegistered"},
    "C18": {"UseApplicationReceived"},
    "C19": {"VehicleDeregistered"},
    "C20": {"VehicleRegistered"},
    "C21": {"UseApplicationApproved"},
    "C22": {"VehicleRegistered"},
    "C23": {"PendingExportTransferRecorded"},
    "C25": {"VehicleDeregistered"},
    "C26": {"TransferProofSubmitted"},
    "C27": {"VehicleRegistered"},
    "C28": {"VehicleRegistered", "UseApplicationApproved", "UsageNumberSent", "QuotaAttributeClassified"},
    "C29": {"CustomsExportConfirmed"},
    "C30": {"VehicleDeregistered", "VehicleRegistered"},
    "C31": {"ExportLicenceIssued"},
    "C32": {"ExportLicenceIssued"},
    "C33": {"DomesticUseRecorded"},
    "C34": {"VehicleRegistered", "RoadUseReported", "EnterpriseReinstated"},
    "C35": {"ReconciliationStatementFiled"},
    "C36": {"VehicleRegistered"},
}  # fmt: skip


def planted(vehicles: int, seed: int) -> tuple[Planter, list[Act]]:
    planters: list[Planter] = []

    def plant(lawful: Lawful) -> Planter:
        planters.append(planter_of(seed, vehicles, lawful))
        return planters[0]

    acts = season(default_exporters(vehicles), vehicles, seed, plant)
    done = [act for lot in stream(acts, seed) for act in lot.acts]
    return planters[0], done


@pytest.mark.parametrize("seed", range(1, 11))
def test_every_kind_is_planted_among_sixty_cars(seed: int) -> None:
    """Given sixty cars, when violations are planted, then each kind is there and everything is shown."""
    planter, acts = planted(FEWEST_VEHICLES, seed)

    assert planter.missing == []
    assert {one.kind for one in planter.key.violations} == ALL_KINDS
    done = set(acts)
    for one in planter.key.violations:
        assert (one.kind in HARMLESS) is (one.acts == {})
        for code, shown in one.acts.items():
            assert {act.type for act in shown} <= SHOWN_BY[code], one.kind
            assert done.issuperset(shown), one.kind


@pytest.mark.parametrize(("vehicles", "seed"), [*((60, seed) for seed in range(1, 11)), (150, 3), (400, 4)])
def test_every_pattern_is_planted(vehicles: int, seed: int) -> None:
    """Given planted violations, when the season is over, then its key names every pattern by acts of the season."""
    planter, acts = planted(vehicles, seed)
    told = {act.statement_id: index for index, act in enumerate(acts)}

    traces = planter.answers(lambda ids: {one: told[one] for one in ids})["patterns"]

    assert {one["name"] for one in traces} == TRACES
    assert all(one["subjects"] and one["entries"] for one in traces)
    assert len({(one["name"], *one["subjects"]) for one in traces}) == len(traces)


def test_the_same_seed_plants_the_same() -> None:
    """Given a seed twice, when violations are planted, then the acts that show them are the same."""
    first, again = (
        [(one.kind, one.vin, {c: [a.statement_id for a in acts] for c, acts in one.acts.items()})
         for one in planted(60, 5)[0].key.violations]
        for _ in range(2)
    )  # fmt: skip

    assert first == again


def test_rates_are_near_the_assumptions() -> None:
    """Given 2,000 cars, when violations are planted, then late ones are some per cent and others are rare."""
    planter, _ = planted(2_000, 1)
    count = {kind: sum(one.kind == kind for one in planter.key.violations) for kind in ALL_KINDS}

    late = sum(
        n for kind, n in count.items() if "late-proof" in kind or kind.startswith(("overdue", "rejected"))
    )
    assert 40 <= late <= 130
    assert 60 <= count["late-deregistration"] + late <= 260
    assert all(n >= 1 for n in count.values())
    assert count["without-line"] == count["on-another-line"] == 1


def test_a_season_of_two_hundred_has_every_type() -> None:
    """Given 200 cars, when violations are planted, then every type that agencies sign occurs."""
    _, acts = planted(200, 1)

    assert {act.type for act in acts if not act.refused} == set(CATALOGUE) - LEDGERS_OWN


def test_the_key_names_entries_of_the_ledger(cli: Cli) -> None:
    """Given planted violations, when the season is played, then the key names the entries that show them."""
    told = cli.json("demo", "--faults", "--vehicles", "60", "--db", cli.db)
    key = json.loads((cli.directory / "ledger.db.answers.json").read_text("utf-8"))
    with sqlite3.connect(cli.database) as connection:
        types: Mapping[int, str] = dict(connection.execute("SELECT idx, type FROM entry"))
    connection.close()

    assert told["answers"] == str(cli.directory / "ledger.db.answers.json")
    assert told["types"]["SubmissionRefused"] >= 4
    assert told["verification"]["integrity"] == {"verdict": "INTACT", "breaks": []}
    assert {name: key[name] for name in ("format", "seed", "vehicles")} == {
        "format": "quota-ledger-answer-key/1", "seed": 1, "vehicles": 60,
    }  # fmt: skip
    assert {one["kind"] for one in key["violations"]} == ALL_KINDS
    assert {one["name"] for one in key["patterns"]} == TRACES
    refused = {index for one in key["patterns"] if one["name"] == "refused-again" for index in one["entries"]}
    assert {types[index] for index in refused} == {"SubmissionRefused"}
    for one in key["violations"]:
        for code, entries in one["codes"].items():
            assert entries, one
            assert {types[index] for index in entries} <= SHOWN_BY[code], one


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--faults", "--vehicles", "59"), "60 vehicles at least"),
        (("--key", "answers.json"), "belongs to --faults"),
    ],
)
def test_what_cannot_be_planted_is_a_usage_error(cli: Cli, arguments: Any, told: str) -> None:
    """Given too few cars, or a key without violations, when asked for, then the command says what is right."""
    assert cli("demo", *arguments) == 2
    assert told in cli.err
    assert list(cli.directory.iterdir()) == []


def test_an_answer_key_is_not_overwritten(cli: Cli) -> None:
    """Given a file where the key would go, when violations are planted, then nothing is done."""
    answers = cli.directory / "mine.json"
    answers.write_text("mine", encoding="utf-8")

    assert cli("demo", "--faults", "--db", cli.db, "--key", str(answers)) == 1
    assert "exists already" in cli.err
    assert answers.read_text("utf-8") == "mine"
    assert not cli.database.exists()
