"""What a car does on its way that it must not: road use, domestic use, no export."""

from datetime import date

from api.demo import way
from api.demo.acts import Act, moment
from api.demo.calendars import working_day
from api.demo.cases import Case
from api.demo.faults.key import Violation
from api.demo.faults.planter import Planter
from api.demo.faults.proofs import open_case, shows
from api.demo.pace import plus
from api.demo.plan import Plan


def _sighting(plan: Plan, day: date) -> Act:
    body = {
        "place": "外环高速（虚构）",
        "seen_at": moment(day, 12, 3).isoformat(),
        "source": "卡口抓拍（虚构）",
        "vin": plan.car.vin,
    }
    return Act(moment(day, 17, 50), "police", "RoadUseReported", body)


def road_use_without_case(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Seen on a road before the transfer, and no case: C34, C36."""
    day = plus(plan.registered, 1)
    if day >= plan.transferred:
        return False
    plan.extras.append(violation.show(_sighting(plan, day), "C34"))
    shows(plan, violation, "VehicleRegistered", "C36")
    return True


def road_use_with_case(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Seen on a road before the transfer; a case was opened in time: C36."""
    day = plus(plan.registered, 1)
    if day >= plan.transferred or open_case(plan, "ROAD_USE", day) is None:
        return False
    plan.extras.append(_sighting(plan, day))
    shows(plan, violation, "VehicleRegistered", "C36")
    return True


def road_use_to_review(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Seen on a road while its temporary plate was valid: to be reviewed, no violation."""
    del violation
    plan.extras.append(_sighting(plan, plus(plan.transferred, 2)))
    return True


def domestic_use(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """Resold, inspected or insured at home after the transfer: C33, C36."""
    plan.is_exported = False
    day = working_day(plus(plan.accepted, 10))
    body = {
        "kind": planter.random.choice(("TRANSFER", "INSPECTION", "INSURANCE")),
        "on": day.isoformat(),
        "source": "数据比对（虚构）",
        "vin": plan.car.vin,
    }
    agency = planter.random.choice(("police", "commerce"))
    plan.extras.append(violation.show(Act(moment(day, 17, 40), agency, "DomesticUseRecorded", body), "C33"))
    shows(plan, violation, "VehicleRegistered", "C36")
    return True


def _determined(plan: Plan) -> tuple[Case, dict[str, object], date]:
    """Add a decided case and the determination of non-export; return both and the day."""
    case = Case(f"C-{plan.car.cert_no}-9", "OTHER", [plan.pair.exporter.uscc], [plan.car.vin])
    opened = working_day(plus(plan.accepted, 20))
    day = working_day(opened, 9)
    body: dict[str, object] = {
        "case_id": case.case_id,
        "document_no": f"DEMO-N-{plan.car.cert_no}",
        "line_id": plan.line_id,
        "vin": plan.car.vin,
    }
    act = Act(moment(day, 15, 50), "commerce", "NonExportDetermined", body, officers=2)
    plan.extras += [*case.course(opened, "WARNING", "未实际用于出口（虚构）"), act]
    return case, body, day


def not_exported(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Commerce determined in a decided case that the unit was not used for export: C36."""
    _determined(plan)
    plan.is_exported = False
    shows(plan, violation, "VehicleRegistered", "C36")
    return True


def not_exported_overturned(_: Planter, plan: Plan, violation: Violation) -> bool:
    """That determination fell with its case, and the car was exported: no violation."""
    del violation
    case, body, day = _determined(plan)
    overturned = working_day(day, 10)
    plan.extras += [
        case.ended("CaseOverturned", overturned),
        Act(
            moment(working_day(overturned, 1), 15, 55),
            "commerce",
            "NonExportOverturned",
            body | {"document_no": f"DEMO-O-{plan.car.cert_no}"},
            officers=2,
        ),
    ]
    accepted = plan.accepted
    plan.edit("TransferProofAccepted", lambda _: [way.acceptance(plan, on=accepted)])
    plan.accepted = working_day(overturned, 2)  # it goes on a licence after that
    return True
