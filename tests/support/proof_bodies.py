"""Bodies for the checker's tests, of the types that ``tests.support.domain`` does not build."""

from typing import Any

from tests.support.domain import EXPORTER, PAIR, cert_no, declaration, line_id, vin

CAR = vin(1)
LINE = line_id(1)
MORE = f"{PAIR}-q2"


def annulled(kind: str, one: str = CAR, line: str | None = LINE, on: str = "2025-03-20") -> dict[str, Any]:
    """Return the annulment of a registration."""
    return {
        "cert_no": cert_no(one),
        "document_no": "公交管-1",
        "kind": kind,
        "line_id": line,
        "on": on,
        "vin": one,
    }


def transfer_reversed(one: str = CAR, line: str | None = LINE, on: str = "2025-03-20") -> dict[str, Any]:
    """Return the striking of a transfer."""
    return {"cert_no": cert_no(one), "line_id": line, "on": on, "reason": None, "vin": one}


def customs_reversed(one: str = CAR, number: int = 1, on: str = "2025-04-20") -> dict[str, Any]:
    """Return the reversal of a declaration."""
    return {
        "declaration_no": declaration(number),
        "exporter_uscc": EXPORTER,
        "on": on,
        "reason": None,
        "vin": one,
    }


def judged_proof(one: str = CAR, line: str = LINE, submission: str = "", **more: object) -> dict[str, Any]:
    """Return a rejection (``reason``) or revocation (``case_id``) of a proof."""
    return {"line_id": line, "submission_id": submission or f"S-{one}", "vin": one, **more}


def determination(one: str = CAR, line: str = LINE) -> dict[str, Any]:
    """Return a determination that a unit was not used for export, or the end of one."""
    return {"case_id": "CASE-1", "document_no": "沪商认-1", "line_id": line, "vin": one}


def loaded(one: str = CAR, on: str = "2025-04-15") -> dict[str, Any]:
    """Return the loading of a car."""
    return {
        "evidence": "SIGNED",
        "exporter_uscc": EXPORTER,
        "loaded_on": on,
        "vessel": "示例轮",
        "vin": one,
        "voyage": None,
    }


def domestic(kind: str = "INSPECTION", one: str = CAR, on: str = "2025-03-15") -> dict[str, Any]:
    """Return an act of domestic use."""
    return {"kind": kind, "on": on, "source": "检验系统", "vin": one}


def road_use(one: str = CAR, at: str = "2025-03-15T08:00:00+08:00") -> dict[str, Any]:
    """Return a sighting on a road."""
    return {"place": "延安路", "seen_at": at, "source": "卡口", "vin": one}


def cancelled(one: str = CAR, line: str = LINE) -> dict[str, Any]:
    """Return the cancellation of an approved line."""
    return {"line_id": line, "reason": None, "vin": one}


def regularised(one: str = CAR, line: str = LINE) -> dict[str, Any]:
    """Return the regularisation of an unbacked registration."""
    return {"line_id": line, "vin": one}


def more_applied(used: int, total: int, units: int = 10, app_id: str = MORE) -> dict[str, Any]:
    """Return an application for more quota."""
    return {
        "app_id": app_id,
        "applicants": app_id.split("-")[:2],
        "applied_on": "2025-06-02",
        "total": total,
        "units": units,
        "used": used,
    }


def more_granted(used: int, total: int, units: int = 10, app_id: str = MORE) -> dict[str, Any]:
    """Return a grant of more quota."""
    return {"app_id": app_id, "document_no": "沪商追-1", "total": total, "units": units, "used": used}


def reduced(units: int, pair: str = PAIR) -> dict[str, Any]:
    """Return a reduction of what is available."""
    return {"pair_id": pair, "reason": "核减", "units": units}


def substituted(exporter: str, *vins: str) -> dict[str, Any]:
    """Return the designation of a substitute exporter."""
    return {"document_no": "沪商变-1", "exporter_uscc": exporter, "vins": list(vins)}
