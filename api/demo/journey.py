"""One batch of cars on its way: applied for, approved, sent, classified; then each car from plate to port."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from api.demo.acts import Act, document, moment, vin_list_sha256
from api.demo.calendars import last_working_day, working_day
from api.demo.fleet import Car, Enterprise

_PORTS = (("2225", "外高桥港区海关"), ("2225", "外高桥港区海关"), ("2248", "洋山海关"))


def journey(
    exporter: Enterprise,
    upstream: Enterprise,
    batch_id: str,
    fleet: Sequence[Car],
    received: date,
    random: Random,
) -> Iterator[Act]:
    """Yield the acts of a batch that is applied for on ``received``, a working day."""
    lines = [(f"{batch_id}-{number}", car) for number, car in enumerate(fleet, 1)]
    approved = working_day(received, random.randint(1, 3))
    classified = working_day(approved, random.randint(1, 3))
    number = {
        "batch_id": batch_id,
        "revision": 1,
        "units": len(lines),
        "vin_list_sha256": vin_list_sha256(car.vin for car in fleet),
    }
    application = {
        "batch_id": batch_id,
        "lines": [{"brand_model": c.brand_model, "line_id": line_id, "vin": c.vin} for line_id, c in lines],
        "org_code": upstream.org_code,
        "purchase_evidence": "采购合同（虚构）",
    }
    yield Act(
        moment(received, 9), "commerce", "UseApplicationReceived", application, [document("申请表", batch_id)]
    )
    approval = {
        "batch_id": batch_id,
        "document_no": f"DEMO-{batch_id[-40:]}",
        "lines": [{"line_id": line_id, "vin": car.vin} for line_id, car in lines],
        "vin_list_sha256": number["vin_list_sha256"],
    }
    yield Act(moment(approved, 10, 30), "commerce", "UseApplicationApproved", approval)
    yield Act(moment(approved, 11), "commerce", "UsageNumberSent", dict(number))
    classification: dict[str, Any] = number | {"attribute_code": "EXPORT"}
    yield Act(moment(classified, 11, 30), "transport", "QuotaAttributeClassified", classification)
    for line_id, car in lines:
        registered = working_day(classified, random.randint(1, 8))
        yield from _car(exporter, upstream, line_id, car, registered, random)


def _car(
    exporter: Enterprise, upstream: Enterprise, line_id: str, car: Car, registered: date, random: Random
) -> Iterator[Act]:
    """Yield the way of one car, every term kept: transfer and proof lie within 15 days of registration."""
    named = {"cert_no": car.cert_no, "line_id": line_id, "vin": car.vin}
    last = registered + timedelta(days=15)
    copied = working_day(registered, random.randint(0, 3))
    transferred = min(
        working_day(registered + timedelta(days=random.randint(2, 9))),
        last_working_day(last - timedelta(days=1)),
    )
    submitted = min(working_day(transferred, random.randint(0, 1)), last_working_day(last))
    accepted = working_day(submitted, random.randint(1, 3))
    released = working_day(accepted + timedelta(days=random.randint(10, 45)))
    deregistered = working_day(released + timedelta(days=random.randint(8, 40)))
    customs, port = random.choice(_PORTS)
    registration = named | {
        "brand_model": car.brand_model,
        "owner_uscc": upstream.uscc,
        "physical_plate_issued": False,
        "registered_on": registered.isoformat(),
        "service_point": "外高桥口岸机动车综合受理服务点",
        "vehicle_type": "K33",
    }
    yield Act(moment(registered, 10), "police", "VehicleRegistered", registration)
    info = {"copied_on": copied.isoformat(), "info_sha256": document("其他", car.vin)["sha256"]}
    yield Act(moment(copied, 16), "police", "VehicleInfoCopied", named | info)
    transfer = named | {
        "accepted_on": transferred.isoformat(),
        "from_uscc": upstream.uscc,
        "temp_plate_to": (transferred + timedelta(days=60)).isoformat(),
        "to_uscc": exporter.uscc,
        "transferred_on": transferred.isoformat(),
    }
    yield Act(moment(transferred, 13, 30), "police", "PendingExportTransferRecorded", transfer)
    submission = {"submission_id": f"proof-{car.vin}", "line_id": line_id, "vin": car.vin}
    proof = submission | {
        "cert_no": car.cert_no,
        "invoice_no": f"DEMO{car.cert_no}",
        "invoice_on": transferred.isoformat(),
        "submitted_at": moment(submitted, 15).isoformat(),
    }
    scans = [document("登记证书", car.vin), document("发票", car.vin)]
    yield Act(moment(submitted, 15), "commerce", "TransferProofSubmitted", proof, scans)
    acceptance = submission | {"days_used": (submitted - registered).days, "late": False}
    yield Act(moment(accepted, 16, 30), "commerce", "TransferProofAccepted", acceptance)
    release = {
        "declaration_no": f"{customs}{released.year}0{int(car.cert_no) % 10**9:09d}",
        "evidence": "SIGNED",
        "exporter_uscc": exporter.uscc,
        "port": port,
        "released_on": released.isoformat(),
        "status": "RELEASED",
        "vin": car.vin,
    }
    yield Act(moment(released, 9, 30), "customs", "CustomsExportConfirmed", release)
    deregistration = {
        "cert_no": car.cert_no,
        "deregistered_on": deregistered.isoformat(),
        "exit_record": "出境记录（虚构）",
        "owner_uscc": exporter.uscc,
        "reason": "EXPORT",
        "vin": car.vin,
    }
    yield Act(moment(deregistered, 14), "police", "VehicleDeregistered", deregistration)
