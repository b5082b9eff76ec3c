"""Bodies of what may happen to a car beside the straight road to export: struck, annulled, licensed, seen."""

from typing import Any

from tests.support.domain import EXPORTER, cert_no, declaration


def struck_body(one: str, line: str | None, on: str, **more: object) -> dict[str, Any]:
    """Return the striking of a transfer."""
    return {"cert_no": cert_no(one), "line_id": line, "on": on, "reason": None, "vin": one, **more}


def rejection_body(one: str, line: str | None, *, submission: str = "") -> dict[str, Any]:
    """Return the rejection of a proof."""
    return {"line_id": line, "reason": "字迹不清", "submission_id": submission or f"S-{one}", "vin": one}


def revocation_body(one: str, line: str, *, submission: str = "") -> dict[str, Any]:
    """Return the revocation of an acceptance."""
    return {"case_id": None, "line_id": line, "submission_id": submission or f"S-{one}", "vin": one}


def annulment_body(
    one: str, line: str | None, on: str, kind: str = "CLERICAL", **more: object
) -> dict[str, Any]:
    """Return the annulment of a registration."""
    return {
        "cert_no": cert_no(one),
        "document_no": None,
        "kind": kind,
        "line_id": line,
        "on": on,
        "vin": one,
        **more,
    }


def reversal_body(one: str, number: int = 1, on: str = "2025-04-15") -> dict[str, Any]:
    """Return the reversal of a declaration."""
    return {
        "declaration_no": declaration(number),
        "exporter_uscc": EXPORTER,
        "on": on,
        "reason": None,
        "vin": one,
    }


def loading_body(one: str, on: str = "2025-04-12") -> dict[str, Any]:
    """Return a loading."""
    return {
        "evidence": "SIGNED",
        "exporter_uscc": EXPORTER,
        "loaded_on": on,
        "vessel": "示例轮",
        "vin": one,
        "voyage": None,
    }


def licence_body(*cars: tuple[str, str, str], **more: object) -> dict[str, Any]:
    """Return an export licence for cars given as (VIN, registered on, transferred on)."""
    return {
        "after_sales_letter": False,
        "applied_on": "2025-03-13",
        "exporter_uscc": EXPORTER,
        "hs_code": "8703234",
        "licence_no": "25-AB-000001",
        "valid_from": "2025-03-17",
        "valid_to": "2025-09-17",
        "vehicles": [
            {"registered_on": registered_on, "transferred_on": transferred_on, "vin": one}
            for one, registered_on, transferred_on in cars
        ],
        **more,
    }


def substitute_body(exporter: str, *vins: str) -> dict[str, Any]:
    """Return the designation of a substitute exporter."""
    return {"document_no": "沪商变-1", "exporter_uscc": exporter, "vins": list(vins)}


def home_use_body(one: str, on: str, kind: str = "INSURANCE") -> dict[str, Any]:
    """Return a domestic use."""
    return {"kind": kind, "on": on, "source": "保险平台", "vin": one}


def sighting_body(one: str, seen_at: str) -> dict[str, Any]:
    """Return a report of road use."""
    return {"place": "延安高架", "seen_at": seen_at, "source": "卡口", "vin": one}


def case_body(*vins: str, case: str = "CASE-1", ground: str = "NOT_EXPORTED") -> dict[str, Any]:
    """Return the opening of a case against the exporter."""
    return {"case_id": case, "ground": ground, "usccs": [EXPORTER], "vins": list(vins)}


def decision_body(decision: str = "SUSPEND", case: str = "CASE-1", uscc: str = EXPORTER) -> dict[str, Any]:
    """Return the decision of a case."""
    return {
        "case_id": case,
        "decision": decision,
        "document_no": "沪商处-1",
        "reasons": "逾期未出口",
        "usccs": [uscc],
    }


def overturning_body(case: str = "CASE-1") -> dict[str, Any]:
    """Return the overturning of a decision."""
    return {"case_id": case, "document_no": "沪复-1", "usccs": [EXPORTER], "vins": []}


def account_body(
    counts: dict[str, int], first: str = "2025-01-01", last: str = "2025-05-31"
) -> dict[str, Any]:
    """Return a statement of account."""
    return {
        "counts": counts,
        "differences": None,
        "list_sha256": "ab" * 32,
        "period_from": first,
        "period_to": last,
    }
