"""Violations at registration: without a line, with a plate, by the wrong owner; and how some end."""

from datetime import date, timedelta

from api.demo import way
from api.demo.acts import Act, moment
from api.demo.calendars import working_day
from api.demo.faults.key import Violation
from api.demo.faults.planter import Planter
from api.demo.faults.proofs import CASE_DAYS, open_case, shows
from api.demo.lawful import corrected_registration
from api.demo.pace import due, plus
from api.demo.plan import Plan


def plate_issued(_: Planter, plan: Plan, violation: Violation) -> bool:
    """A physical plate was issued: C20."""
    plan.change("VehicleRegistered", physical_plate_issued=True)
    shows(plan, violation, "VehicleRegistered", "C20")
    return True


def wrong_owner(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Registered in the exporter's name, not the upstream's: C15."""
    plan.change("VehicleRegistered", owner_uscc=plan.pair.exporter.uscc)
    shows(plan, violation, "VehicleRegistered", "C15")
    return True


def brand_differs(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Registered as another brand and model than was applied for: C15."""
    plan.change("VehicleRegistered", brand_model="示例牌 与申请不符（虚构）")
    shows(plan, violation, "VehicleRegistered", "C15")
    return True


def not_copied(_: Planter, plan: Plan, violation: Violation) -> bool:
    """No 抄告 to commerce: C27."""
    plan.drop("VehicleInfoCopied")
    shows(plan, violation, "VehicleRegistered", "C27")
    return True


def fraud(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Annulled for fraud when it was proved: C36."""
    plan.is_exported = False
    day = working_day(plus(plan.accepted, 10))
    body = way.named(plan) | {"document_no": "DEMO-F-1", "kind": "FRAUD", "on": day.isoformat()}
    plan.extras.append(Act(moment(day, 15, 10), "police", "RegistrationAnnulled", body, officers=2))
    shows(plan, violation, "VehicleRegistered", "C36")
    return True


def deregistered_otherwise(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Deregistered for another reason than export: C36."""
    plan.is_exported = False
    plan.deregistered = working_day(plus(plan.accepted, 6))
    act = way.deregistration(plan)
    act.body |= {"exit_record": None, "reason": "OTHER"}
    plan.extras.append(act)
    shows(plan, violation, "VehicleRegistered", "C36")
    return True


def mistyped_code(_: Planter, plan: Plan, violation: Violation) -> bool:
    """The owner's code at deregistration has a wrong check character: C19."""
    uscc = plan.exporter.uscc
    plan.change("VehicleDeregistered", owner_uscc=uscc[:17] + ("0" if uscc[17] != "0" else "1"))
    shows(plan, violation, "VehicleDeregistered", "C19")
    return True


def backdated(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """抄告 recorded 40 days after it is said to have happened: listed by C05, which it does not refute."""
    del violation
    late = timedelta(days=planter.random.randint(40, 60))

    def delayed(act: Act) -> list[Act]:
        act.occurred_at, act.at = act.at, act.at + late
        return [act]

    plan.edit("VehicleInfoCopied", delayed)
    return True


def future_dated(_: Planter, plan: Plan, violation: Violation) -> bool:
    """A document said to have been made two days after it was recorded: C05."""

    def ahead(act: Act) -> list[Act]:
        if act.body["kind"] == "ODOMETER":
            act.occurred_at = act.at + timedelta(days=2)
            violation.show(act, "C05")
        return [act]

    plan.edit("VehicleEvidenceFiled", ahead)
    return True


def correction_corrected(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """Somebody tries to correct a correction: refused, on record."""
    del violation
    corrected_registration(planter.lawful, plan)

    def again(act: Act) -> list[Act]:
        if act.type != "EventCorrected":
            return [act]
        body = {"reason": "再次更正（虚构）", "replacement": None}
        at = act.at + timedelta(minutes=5)
        second = Act(at, "police", "EventCorrected", body, officers=2, corrects=act, refused=True)
        return [act, second]

    correct = plan.edits["VehicleRegistered"].pop()
    plan.edit("VehicleRegistered", lambda act: [new for one in correct(act) for new in again(one)])
    return True


def _stray(planter: Planter, plan: Plan, violation: Violation, line_id: str | None, *codes: str) -> Plan:
    """Register, copy, transfer and prove a car that was never applied for, beside the car of ``plan``."""
    stray = planter.stray(plan)
    registration = way.registration(stray)
    registration.body |= {"line_id": line_id}
    registration.unbacked = True
    others = [way.copy(stray), way.transfer(stray), way.submission(stray)]
    for act in others:
        act.body |= {"line_id": line_id}
    plan.extras += [violation.show(registration, *codes), *others]
    violation.vin = stray.car.vin
    return stray


def without_line(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """A car registered without any line, and no case: C15, C34, C36."""
    _stray(planter, plan, violation, None, "C15", "C34", "C36")
    return True


def on_another_line(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """A car registered on the line of another one; a case was opened in time: C15, C36."""
    if working_day(plan.registered, 1) > plus(plan.registered, CASE_DAYS):
        return False
    stray = _stray(planter, plan, violation, plan.line_id, "C15", "C36")
    case = open_case(stray, "OTHER", stray.registered)
    assert case is not None, "a working day is left"
    plan.extras += stray.extras
    return True


def _early(plan: Plan, then: date) -> bool:
    """Let the car be registered on the day of approval, before its line is classified.

    ``then`` is the day after which it is transferred and proved, in time.
    """
    if plan.classified <= plan.approved or working_day(then, 4) > due(plan.approved):
        return False

    def early(act: Act) -> list[Act]:
        act.at = moment(plan.registered, 14)
        act.unbacked = True
        return [act]

    plan.registered = plan.copied = plan.approved
    plan.edit("VehicleRegistered", early)
    return True


def before_classification(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Registered before classification and never regularised; a case was opened in time: C15, C36."""
    if plan.pair.tops_up:  # a unit that stays classified would keep the pair from its top-up
        return False
    if working_day(plan.approved, 1) > plus(plan.approved, CASE_DAYS) or not _early(plan, plan.approved):
        return False
    _time_from(plan, plan.registered)
    assert open_case(plan, "OTHER", plan.registered) is not None
    plan.is_exported = False
    plan.drop("TransferProofAccepted")
    shows(plan, violation, "VehicleRegistered", "C15", "C36")
    return True


def regularised(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Registered before classification, under a case at once, and regularised within days: no violation."""
    del violation
    day = working_day(plan.classified, 1)
    if day > plus(plan.approved, CASE_DAYS) or not _early(plan, day):
        return False
    _time_from(plan, day)
    case = open_case(plan, "OTHER", plan.registered)
    assert case is not None, "the car is regularised within the days of a case"
    body = {"line_id": plan.line_id, "vin": plan.car.vin}
    plan.extras += [
        Act(moment(day, 10, 35), "commerce", "RegistrationRegularised", body, officers=2),
        case.step("HearingHeld", working_day(day, 1), 14),
        case.decided(working_day(day, 2), "NO_VIOLATION", "已补正（虚构）"),
    ]
    return True


def _time_from(plan: Plan, first: date) -> None:
    """Let transfer and proof follow a day, in time."""
    plan.transferred = working_day(first, 2)
    plan.submitted = working_day(plan.transferred, 1)
    plan.accepted = working_day(plan.submitted, 2)
