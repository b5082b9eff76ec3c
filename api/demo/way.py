"""The way of one registered car, as acts: plate to proof, then out through the port."""

from collections.abc import Iterator
from datetime import date, timedelta

from api.demo.acts import Act, digest, document, moment
from api.demo.agenda import Process
from api.demo.plan import Plan


def named(plan: Plan) -> dict[str, object]:
    """Return the members by which police statements name the car's registration."""
    return {"cert_no": plan.car.cert_no, "line_id": plan.line_id, "vin": plan.car.vin}


def registration(plan: Plan) -> Act:
    """Return 注册登记."""
    body = named(plan) | {
        "brand_model": plan.car.brand_model,
        "owner_uscc": plan.pair.upstream.uscc,
        "physical_plate_issued": False,
        "registered_on": plan.registered.isoformat(),
        "service_point": plan.service_point,
        "vehicle_type": "K33",
    }
    return Act(moment(plan.registered, 10), "police", "VehicleRegistered", body)


def copy(plan: Plan) -> Act:
    """Return 抄告."""
    body = named(plan) | {
        "copied_on": plan.copied.isoformat(),
        "info_sha256": digest(f"demo info {plan.car.vin}"),
    }
    return Act(moment(plan.copied, 16), "police", "VehicleInfoCopied", body)


def transfer(plan: Plan, on: date | None = None) -> Act:
    """Return 转让待出口, on its day or another."""
    day = on or plan.transferred
    body = named(plan) | {
        "accepted_on": day.isoformat(),
        "from_uscc": plan.pair.upstream.uscc,
        "temp_plate_to": (day + timedelta(days=60)).isoformat(),
        "to_uscc": plan.pair.exporter.uscc,
        "transferred_on": day.isoformat(),
    }
    return Act(moment(day, 13, 30), "police", "PendingExportTransferRecorded", body)


def submission(plan: Plan, number: int = 1, on: date | None = None) -> Act:
    """Return the ``number``-th 提交证明 of the car, on its day or another."""
    day = on or plan.submitted
    body = {
        "cert_no": plan.car.cert_no,
        "invoice_no": f"DEMO{plan.car.cert_no}",
        "invoice_on": min(plan.transferred, day).isoformat(),
        "line_id": plan.line_id,
        "submission_id": submission_id(plan, number),
        "submitted_at": moment(day, 15).isoformat(),
        "vin": plan.car.vin,
    }
    scans = [document("登记证书", plan.car.vin), document("发票", plan.car.vin)]
    return Act(moment(day, 15), "commerce", "TransferProofSubmitted", body, scans)


def submission_id(plan: Plan, number: int = 1) -> str:
    """Return the id of the ``number``-th proof of the car."""
    return f"proof-{plan.car.cert_no}-{number}"


def acceptance(
    plan: Plan, number: int = 1, submitted: date | None = None, on: date | None = None, *, late: bool = False
) -> Act:
    """Return 核收 of the ``number``-th proof of the car."""
    body = {
        "days_used": ((submitted or plan.submitted) - plan.registered).days,
        "late": late,
        "line_id": plan.line_id,
        "submission_id": submission_id(plan, number),
        "vin": plan.car.vin,
    }
    return Act(moment(on or plan.accepted, 16, 30), "commerce", "TransferProofAccepted", body)


def verdict(plan: Plan, kind: str, number: int, at: date, hour: int, minute: int, **more: object) -> Act:
    """Return a statement of commerce about the ``number``-th proof of the car."""
    body = {"line_id": plan.line_id, "submission_id": submission_id(plan, number), "vin": plan.car.vin}
    officers = 2 if kind == "TransferProofRevoked" else 1
    return Act(moment(at, hour, minute), "commerce", kind, body | more, officers=officers)


def evidence(plan: Plan, kind: str, on: date, source: str, agency: str, hour: int) -> Act:
    """Return a document about the car itself."""
    body = {"kind": kind, "on": on.isoformat(), "source": source, "vin": plan.car.vin}
    return Act(moment(on, hour, 20), agency, "VehicleEvidenceFiled", body)


def to_proof(plan: Plan) -> Iterator[Act]:
    """Yield the clean acts from plate to proof, by time."""
    yield registration(plan)
    yield evidence(plan, "ODOMETER", plan.registered, "登记查验里程（虚构）", "police", 14)
    if plan.copied <= plan.transferred:
        yield from sorted((copy(plan), transfer(plan)), key=lambda act: act.at)
    else:
        yield transfer(plan)
    tail = [submission(plan), acceptance(plan)]
    tail += [] if plan.copied <= plan.transferred else [copy(plan)]
    tail.append(evidence(plan, "VALUATION", plan.submitted, "鉴定评估报告（虚构）", "commerce", 15))
    yield from sorted(tail, key=lambda act: act.at)


def release(plan: Plan, serial: int = 0, on: date | None = None) -> Act:
    """Return 放行 on the declaration that the car's number and ``serial`` make."""
    customs, port = plan.port
    day = on or plan.released
    assert day is not None, plan.car.vin
    body = {
        "declaration_no": f"{customs}{day.year}0{serial * 10**8 + int(plan.car.cert_no) % 10**8:09d}",
        "evidence": "SIGNED",
        "exporter_uscc": plan.exporter.uscc,
        "port": port,
        "released_on": day.isoformat(),
        "status": "RELEASED",
        "vin": plan.car.vin,
    }
    return Act(moment(day, 9, 30), "customs", "CustomsExportConfirmed", body)


def loading(plan: Plan) -> Act:
    """Return 装船离境."""
    assert plan.loaded is not None, plan.car.vin
    body = {
        "evidence": "SIGNED",
        "exporter_uscc": plan.exporter.uscc,
        "loaded_on": plan.loaded.isoformat(),
        "vessel": plan.vessel[0],
        "vin": plan.car.vin,
        "voyage": plan.vessel[1],
    }
    return Act(moment(plan.loaded, 17), "customs", "PortLoadingConfirmed", body)


def deregistration(plan: Plan) -> Act:
    """Return 注销登记."""
    assert plan.deregistered is not None, plan.car.vin
    body = {
        "cert_no": plan.car.cert_no,
        "deregistered_on": plan.deregistered.isoformat(),
        "exit_record": "出境记录（虚构）",
        "owner_uscc": plan.exporter.uscc,
        "reason": "EXPORT",
        "vin": plan.car.vin,
    }
    return Act(moment(plan.deregistered, 14), "police", "VehicleDeregistered", body)


def to_exit(plan: Plan) -> Iterator[Act]:
    """Yield the clean acts from release to deregistration, by time."""
    yield release(plan)
    assert plan.released is not None, plan.car.vin
    yield evidence(plan, "PHOTO", plan.released, "口岸查验照片（虚构）", "customs", 15)
    yield loading(plan)
    yield deregistration(plan)


def way(plan: Plan) -> Process:
    """The process of a car from plate to proof; one that is twisted is drawn up when it begins."""
    if not plan.is_twisted:
        yield from to_proof(plan)
        return
    acts = [*plan.edited(to_proof(plan)), *plan.extras]
    yield from sorted(acts, key=lambda act: act.at)


def departure(plan: Plan) -> Process:
    """The process of a car from release to deregistration."""
    yield from plan.edited(to_exit(plan)) if plan.is_twisted else to_exit(plan)
