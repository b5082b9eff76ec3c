"""An agency's extract against the ledger: what is on one side only is named with its line or entry."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from projections.extracts import parse_extract
from projections.proof.amended import Amended, Amendment
from projections.proof.comparison import Comparable, Difference
from projections.proof.types import Event
from tests.support.domain import BATCH, declaration, statement, vin

DAY = date(2026, 3, 1)
ONE, TWO, CERT = vin(1), vin(2), "310000000001"


def registered(car: str, on: str = "2026-01-05", cert_no: str = CERT) -> tuple[str, dict[str, Any]]:
    """Return a registration."""
    body = {
        "brand_model": "大众 示例",
        "cert_no": cert_no,
        "line_id": None,
        "owner_uscc": "91310114PDY000028Y",
        "physical_plate_issued": False,
        "registered_on": on,
        "service_point": None,
        "vehicle_type": "K33",
        "vin": car,
    }
    return "VehicleRegistered", body


def annulled(car: str) -> tuple[str, dict[str, Any]]:
    """Return a clerical annulment of the registration under ``CERT``."""
    body = {"cert_no": CERT, "document_no": None, "kind": "CLERICAL", "line_id": None, "on": "2026-01-06"}
    return "RegistrationAnnulled", {**body, "vin": car}


def deregistered(car: str) -> tuple[str, dict[str, Any]]:
    """Return a deregistration after export."""
    body = {"cert_no": CERT, "deregistered_on": "2026-02-01", "exit_record": None, "reason": "EXPORT"}
    return "VehicleDeregistered", {**body, "owner_uscc": "91310114PDY000028Y", "vin": car}


def released(car: str, number: int = 1) -> tuple[str, dict[str, Any]]:
    """Return a customs release."""
    body = {"declaration_no": declaration(number), "evidence": "SIGNED", "port": "外港", "status": "RELEASED"}
    return "CustomsExportConfirmed", {
        **body,
        "exporter_uscc": "91310115PDY00001XD",
        "released_on": "2026-01-20",
        "vin": car,
    }


def unreleased(car: str) -> tuple[str, dict[str, Any]]:
    """Return the reversal of that release."""
    body = {"declaration_no": declaration(1), "on": "2026-01-25", "reason": None, "vin": car}
    return "CustomsExportReversed", {**body, "exporter_uscc": "91310115PDY00001XD"}


def classified(units: int) -> tuple[str, dict[str, Any]]:
    """Return a classification of the batch."""
    body = {"attribute_code": "出口", "batch_id": BATCH, "revision": 1, "units": units}
    return "QuotaAttributeClassified", {**body, "vin_list_sha256": "ab" * 32}


def withdrawn(index: int) -> tuple[str, dict[str, Any]]:
    """Return a correction that takes an entry back."""
    body = {"concerns": [], "reason": "误录", "replacement": None, "target_leaf": "00" * 32}
    return "EventCorrected", {**body, "target_index": index}


POLICE = "vin,registered_on,cert_no,deregistered_on\n"
CUSTOMS = "vin,declaration_no,released_on\n"
CASES = {
    "police agree": (
        [registered(ONE), deregistered(ONE)],
        f"{POLICE}{ONE},2026-01-05,{CERT},2026-02-01\n",
        [],
    ),
    "off the ledger": (
        [],
        f"{POLICE}{ONE},2026-01-05,{CERT},\n",
        [("extract", f"{ONE}, registered 2026-01-05", 2, None)],
    ),
    "not a VIN": (
        [registered(ONE)],
        f"{POLICE}lsvab6189o2012345,2026-01-05,,\n{ONE.lower()},2026/1/5,{CERT},\n",
        [("extract", "'lsvab6189o2012345' (not a VIN), registered 2026-01-05", 2, None)],
    ),
    "released and not a VIN": (
        [],
        f"{CUSTOMS}Ü{'x' * 50},222520260000000001,2026/2/3\n",
        [("extract", f"'Ü{'x' * 39}…' (not a VIN), declaration 222520260000000001", 2, None)],
    ),
    "not in the extract": ([registered(ONE)], POLICE, [("ledger", f"{ONE}, registered 2026-01-05", None, 0)]),
    "other day and certificate": (
        [registered(ONE)],
        f"{POLICE}{ONE},2026-01-07,9,\n",
        [
            (
                "both",
                f"{ONE}: registered 2026-01-07, in the ledger 2026-01-05; certificate 9, in the ledger {CERT}",
                2,
                0,
            )
        ],
    ),
    "deregistration unknown here": (
        [registered(ONE)],
        f"{POLICE}{ONE},2026-01-05,{CERT},2026-02-01\n",
        [("both", f"{ONE}: deregistered 2026-02-01, in the ledger not", 2, 0)],
    ),
    "registered twice": (
        [registered(ONE), annulled(ONE), registered(ONE, "2026-01-08", "7")],
        f"{POLICE}{ONE},2026-01-08,7,\n",
        [],
    ),
    "said twice": ([registered(ONE), registered(ONE)], f"{POLICE}{ONE},2026-01-05,{CERT},\n", []),
    "after the day": ([registered(ONE, "2026-03-02")], f"{POLICE}{TWO},2026-03-03,1,\n", []),
    "taken back": (
        [registered(ONE), withdrawn(0)],
        f"{POLICE}{ONE},2026-01-05,{CERT},\n",
        [("extract", f"{ONE}, registered 2026-01-05", 2, None)],
    ),
    "customs agree": ([released(ONE)], f"{CUSTOMS}{ONE},{declaration(1)},2026-01-20\n", []),
    "customs differ": (
        [released(ONE), released(TWO, 2)],
        f"{CUSTOMS}{ONE},{declaration(1)},2026-01-21\n{TWO},{declaration(3)},2026-01-20\n",
        [
            (
                "both",
                f"{ONE}, declaration {declaration(1)}: released 2026-01-21, in the ledger 2026-01-20",
                2,
                0,
            ),
            ("extract", f"{TWO}, declaration {declaration(3)}", 3, None),
            ("ledger", f"{TWO}, declaration {declaration(2)}", None, 1),
        ],
    ),
    "reversed at customs": ([released(ONE), unreleased(ONE)], CUSTOMS, []),
    "transport agree": ([classified(40)], f"batch_id,units\n{BATCH},40\nTOTAL,40\n", []),
    "transport differ": (
        [classified(40)],
        f"batch_id,units\n{BATCH},41\n{BATCH}0,1\n合计,42\n",
        [
            ("both", f"batch {BATCH}: 41 units, in the ledger 40", 2, 0),
            ("extract", f"batch {BATCH}0: 1 units", 3, None),
            ("both", "42 units in all, in the ledger 40", 4, None),
        ],
    ),
    "a total alone": ([classified(40)], "batch_id,units\nTOTAL,40\n", []),
}


def compared(said: list[tuple[str, dict[str, Any]]], text: str, *period: date) -> list[Difference]:
    """Return what an extract differs in, as of a day and perhaps from another on."""
    amended, comparable = Amended(), Comparable()
    for index, (kind, body) in enumerate(said):
        parsed = statement(kind, body, number=index + 1)
        item = amended.read(Event.of(index, "00" * 32, parsed, datetime(2026, 3, 1, tzinfo=UTC)))
        if isinstance(item, Amendment):
            comparable.amend(item)
        elif item is not None:
            comparable.fold(item)
    return list(comparable.compare("list.csv", parse_extract(text.encode()), *period).differences)


@pytest.mark.parametrize("name", CASES)
def test_differences(name: str) -> None:
    """Each side's surplus and each difference is named, and nothing else."""
    said, text, wanted = CASES[name]
    assert compared(said, text, DAY) == [Difference(*one) for one in wanted]


OFF = ("extract", f"{ONE}, registered 2026-01-05", 2, None)
ENDED = ("both", f"{ONE}: deregistered not, in the ledger 2026-02-01", 2, 0)
PERIODS = {
    "registered before it": ([registered(ONE)], POLICE, "2026-01-06", []),
    "registered on its first day": ([], f"{POLICE}{ONE},2026-01-05,{CERT},\n", "2026-01-05", [OFF]),
    "a row from before it": ([], f"{POLICE}{ONE},2026-01-05,{CERT},\n", "2026-01-06", []),
    "deregistered in it": (
        [registered(ONE), deregistered(ONE)], f"{POLICE}{ONE},2026-01-05,{CERT},\n", "2026-02-01", [ENDED],
    ),
    "deregistered before it": (
        [registered(ONE), deregistered(ONE)], f"{POLICE}{ONE},2026-01-05,{CERT},\n", "2026-02-02", [],
    ),
    "deregistered in it, and not in the extract": (
        [registered(ONE), deregistered(ONE)], POLICE, "2026-02-01",
        [("ledger", f"{ONE}, registered 2026-01-05", None, 0)],
    ),
    "deregistered in it, which the extract does not tell": (
        [registered(ONE), deregistered(ONE)], "vin,registered_on\n", "2026-02-01", [],
    ),
    "the day differs across its beginning": (
        [registered(ONE)], f"{POLICE}{ONE},2026-01-07,{CERT},\n", "2026-01-06",
        [("both", f"{ONE}: registered 2026-01-07, in the ledger 2026-01-05", 2, 0)],
    ),
    "released before it": (
        [released(ONE)], f"{CUSTOMS}{TWO},{declaration(3)},2026-01-20\n", "2026-01-21", [],
    ),
    "released in it": (
        [released(ONE)], CUSTOMS, "2026-01-20",
        [("ledger", f"{ONE}, declaration {declaration(1)}", None, 0)],
    ),
    "classified before it": ([classified(40)], "batch_id,units\nTOTAL,0\n", "2026-01-06", []),
}  # fmt: skip


@pytest.mark.parametrize("name", PERIODS)
def test_differences_of_a_period(name: str) -> None:
    """Given a first day, when compared, then a difference counts where one of its days lies in the period."""
    said, text, first, wanted = PERIODS[name]
    assert compared(said, text, DAY, date.fromisoformat(first)) == [Difference(*one) for one in wanted]
