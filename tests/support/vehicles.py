"""Builders of the bodies about a car beside its main road, and histories that bring a car to each place."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.support.cars import CAR, LINE, classified, proved, submitted
from tests.support.domain import (
    EXPORTER,
    OTHER,
    Season,
    approval_body,
    cert_no,
    customs_body,
    declaration,
    deregistered_body,
    enterprise_body,
    qualification_body,
    registered_body,
    sent_body,
    use_body,
    vin,
)
from tests.support.history import History
from tests.support.quota import case_body, case_decided_body, case_step_body

SUBMISSION: Final = f"S-{CAR}"
CASE: Final = "CASE-1"


def struck_body(one: str = CAR, on: str = "2025-03-13", **more: object) -> dict[str, Any]:
    """Return the note of a transfer struck."""
    return {"cert_no": cert_no(one), "line_id": None, "on": on, "reason": None, "vin": one, **more}


def sent_back_body(one: str = CAR, line: str | None = LINE, submission: str = "") -> dict[str, Any]:
    """Return a proof sent back."""
    return {
        "line_id": line,
        "reason": "扫描件不清",
        "submission_id": submission or f"S-{one}",
        "vin": one,
    }


def revoked_body(one: str = CAR, line: str = LINE, case_id: str | None = None) -> dict[str, Any]:
    """Return an acceptance taken back."""
    return {"case_id": case_id, "line_id": line, "submission_id": f"S-{one}", "vin": one}


def customs_reversed_body(
    one: str = CAR, number: int = 1, on: str = "2025-05-20", **more: object
) -> dict[str, Any]:
    """Return a declaration taken back."""
    return {
        "declaration_no": declaration(number),
        "exporter_uscc": EXPORTER,
        "on": on,
        "reason": None,
        "vin": one,
        **more,
    }


def loaded_body(one: str = CAR, on: str = "2025-04-15", **more: object) -> dict[str, Any]:
    """Return a car loaded."""
    return {
        "evidence": "SIGNED",
        "exporter_uscc": EXPORTER,
        "loaded_on": on,
        "vessel": "示例轮",
        "vin": one,
        "voyage": None,
        **more,
    }


def annulled_body(
    kind: str = "CLERICAL", one: str = CAR, on: str = "2025-05-20", **more: object
) -> dict[str, Any]:
    """Return a registration annulled."""
    return {
        "cert_no": cert_no(one),
        "document_no": None,
        "kind": kind,
        "line_id": None,
        "on": on,
        "vin": one,
        **more,
    }


def on_line_body(one: str = CAR, line: str = LINE) -> dict[str, Any]:
    """Return an unbacked registration regularised."""
    return {"line_id": line, "vin": one}


def in_case_body(one: str = CAR, line: str = LINE, case_id: str = CASE) -> dict[str, Any]:
    """Return a determination of non-export, or its end."""
    return {"case_id": case_id, "document_no": "沪商认-1", "line_id": line, "vin": one}


def licence_body(*cars: tuple[str, str, str], **more: object) -> dict[str, Any]:
    """Return an export licence for cars given as VIN, registration and transfer date."""
    return {
        "after_sales_letter": False,
        "applied_on": "2025-03-20",
        "exporter_uscc": EXPORTER,
        "hs_code": "8703234990",
        "licence_no": "25-AA-000001",
        "valid_from": "2025-03-25",
        "valid_to": "2025-09-25",
        "vehicles": [
            {"registered_on": registered_on, "transferred_on": transferred_on, "vin": one}
            for one, registered_on, transferred_on in cars
        ],
        **more,
    }


def substitute_body(*vins: str, exporter: str = OTHER) -> dict[str, Any]:
    """Return the designation of another exporter."""
    return {"document_no": "沪商变-1", "exporter_uscc": exporter, "vins": list(vins)}


def home_use_body(kind: str = "INSURANCE", one: str = CAR, on: str = "2025-03-20") -> dict[str, Any]:
    """Return an act of domestic use."""
    return {"kind": kind, "on": on, "source": "车险平台", "vin": one}


def road_use_body(one: str = CAR, at: str = "2025-03-20T08:00:00+08:00") -> dict[str, Any]:
    """Return a sighting on a road."""
    return {"place": "延安高架", "seen_at": at, "source": "电子警察", "vin": one}


def car_evidence_body(one: str = CAR) -> dict[str, Any]:
    """Return a document about the car."""
    return {"kind": "PHOTO", "on": "2025-03-20", "source": "港口", "vin": one}


def open_exporter(history: History, uscc: str = OTHER) -> None:
    """Put another qualified exporter on file."""
    history.flags("2025-03-01", "EnterpriseRegistered", enterprise_body(uscc, "EXPORTER"))
    history.flags("2025-03-01", "ExportQualificationFiled", qualification_body(uscc))


def decide_case(history: History, *vins: str, decision: str = "SUSPEND") -> None:
    """Open, hear and decide a case about cars."""
    history.flags("2025-04-01", "ViolationCaseOpened", case_body("NOT_EXPORTED", *vins))
    history.flags("2025-04-02", "HearingHeld", case_step_body())
    history.flags("2025-04-03", "CaseDecided", case_decided_body(decision))


def approved(cars: int = 1) -> History:
    """Cars approved, their number sent, not classified."""
    history = History(Season(0).set_up())
    vins = [vin(number) for number in range(1, cars + 1)]
    history.say("2025-02-10", "UseApplicationReceived", use_body(vins))
    history.say("2025-02-12", "UseApplicationApproved", approval_body(vins))
    history.say("2025-02-13", "UsageNumberSent", sent_body(vins))
    return history


def exported() -> History:
    """One car released by customs, proved."""
    history = proved()
    history.flags("2025-04-10", "CustomsExportConfirmed", customs_body(CAR))
    return history


def gone() -> History:
    """One car deregistered after export."""
    history = exported()
    history.flags("2025-05-10", "VehicleDeregistered", deregistered_body(CAR))
    return history


def scrapped() -> History:
    """One car deregistered for another reason."""
    history = proved()
    history.flags("2025-04-10", "VehicleDeregistered", deregistered_body(CAR, "2025-04-10", reason="OTHER"))
    return history


def unbacked() -> History:
    """One car on a classified line, registered without naming it."""
    history = classified()
    history.flags("2025-03-03", "VehicleRegistered", registered_body(CAR, None))
    return history


PLACES: Final[Mapping[str, Callable[[], History]]] = {
    "A": approved,
    "C": classified,
    "R": submitted,
    "T": proved,
    "X": exported,
    "D": gone,
    "N": scrapped,
    "UNB": unbacked,
}
"""How one car comes to each place; in R it is transferred and its proof waits."""
