"""Builders of the bodies about quota, its use, the standing of enterprises and cases."""

from typing import Any

from tests.support.domain import BATCH, EXPORTER, PAIR, attachment

DECLARATION = attachment("放弃声明")
TOP_UP = f"{PAIR}-q2"


def ended_body(identifier: str, reason: str | None = "材料不足") -> dict[str, Any]:
    """Return the rejection or withdrawal of an application, which is named by its id (batch or total)."""
    name = "app_id" if "-q" in identifier else "batch_id"
    return {name: identifier, "reason": reason}


def top_up_body(app_id: str = TOP_UP, units: int = 20, used: int = 0, total: int = 100) -> dict[str, Any]:
    """Return a joint application for more."""
    return {
        "app_id": app_id,
        "applicants": app_id.split("-")[:2],
        "applied_on": "2025-03-05",
        "total": total,
        "units": units,
        "used": used,
    }


def topped_up_body(app_id: str = TOP_UP, units: int = 20, used: int = 0, total: int = 100) -> dict[str, Any]:
    """Return the grant of more."""
    return {"app_id": app_id, "document_no": "沪商追-1", "total": total, "units": units, "used": used}


def reduced_body(units: int, pair: str = PAIR) -> dict[str, Any]:
    """Return a reduction."""
    return {"pair_id": pair, "reason": "需求减少", "units": units}


def closed_body(pair: str = PAIR) -> dict[str, Any]:
    """Return the closing of a pair."""
    return {"pair_id": pair}


def returned_body(revision: int = 1, batch: str = BATCH) -> dict[str, Any]:
    """Return a number sent back."""
    return {"batch_id": batch, "reason": "清单不清", "revision": revision}


def unattributed_body(*vins: str, batch: str = BATCH) -> dict[str, Any]:
    """Return the withdrawal of quota attributes."""
    return {"batch_id": batch, "reason": None, "vins": list(vins)}


def cancelled_body(line: str, one: str) -> dict[str, Any]:
    """Return the cancellation of a line."""
    return {"line_id": line, "reason": "车架号有误", "vin": one}


def changed_body(
    field: str, value: str | None, on: str = "2025-01-10", uscc: str = EXPORTER
) -> dict[str, Any]:
    """Return a change of an enterprise's file."""
    return {"field": field, "on": on, "uscc": uscc, "value": value}


def qualification_withdrawn_body(on: str, uscc: str = EXPORTER) -> dict[str, Any]:
    """Return the withdrawal of a qualification."""
    return {"on": on, "reason": None, "uscc": uscc}


def renounced_body(on: str, uscc: str = EXPORTER, scope: str = "BOTH") -> dict[str, Any]:
    """Return a renunciation."""
    return {"on": on, "scope": scope, "uscc": uscc}


def notice_body(
    kind: str = "SUSPEND", at: str = "2025-02-05T09:00:00+08:00", **more: object
) -> dict[str, Any]:
    """Return the notice of a suspension."""
    return {
        "kind": kind,
        "served_at": at,
        "suspension_id": "SUS-1",
        "to": "police",
        "uscc": EXPORTER,
        **more,
    }


def case_body(
    ground: str = "ROAD_USE", *vins: str, case_id: str = "CASE-1", **more: object
) -> dict[str, Any]:
    """Return the opening of a case against the exporter."""
    return {"case_id": case_id, "ground": ground, "usccs": [EXPORTER], "vins": list(vins), **more}


def case_step_body(on: str = "2025-04-02", case_id: str = "CASE-1", **more: object) -> dict[str, Any]:
    """Return a hearing, a piece of evidence or an escalation."""
    return {"case_id": case_id, "on": on, "summary_sha256": None, "usccs": [EXPORTER], **more}


def case_decided_body(
    decision: str = "SUSPEND", reasons: str = "查证属实", case_id: str = "CASE-1", **more: object
) -> dict[str, Any]:
    """Return the decision of a case."""
    return {
        "case_id": case_id,
        "decision": decision,
        "document_no": "沪商处-1",
        "reasons": reasons,
        "usccs": [EXPORTER],
        **more,
    }


def case_end_body(*vins: str, case_id: str = "CASE-1") -> dict[str, Any]:
    """Return the remedy of cars, or the fall of the decision."""
    return {"case_id": case_id, "document_no": "沪商改-1", "usccs": [EXPORTER], "vins": list(vins)}


def counts_body(first: str = "2025-03-01", last: str = "2025-03-31", **counts: int) -> dict[str, Any]:
    """Return an agency's own counts."""
    return {
        "counts": counts,
        "differences": None,
        "list_sha256": "12" * 32,
        "period_from": first,
        "period_to": last,
    }
