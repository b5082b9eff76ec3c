"""Violations of the fifteen days: late, overdue, missing, to the wrong exporter."""

from datetime import date

from api.demo import way
from api.demo.acts import Act, moment
from api.demo.calendars import working_day
from api.demo.cases import Case
from api.demo.faults.key import Violation
from api.demo.faults.planter import Planter
from api.demo.pace import due, plus
from api.demo.plan import Plan

CASE_DAYS = 5
"""``case.open_within_days``: a case is in time so many days after it became due."""


def shows(plan: Plan, violation: Violation, kind: str, *codes: str) -> None:
    """Let the car's statement of a type show the violation of these statements."""
    plan.edit(kind, lambda act: [violation.show(act, *codes)])


def open_case(plan: Plan, ground: str, became_due: date, number: int = 1) -> Case | None:
    """Open a case about a car in time; None where no working day is left for it."""
    opened = working_day(became_due, 1)
    if opened > plus(became_due, CASE_DAYS):
        return None
    case = Case(f"C-{plan.car.cert_no}-{number}", ground, [plan.pair.exporter.uscc], [plan.car.vin])
    plan.extras.append(case.opened(moment(opened, 9, 50)))
    return case


def _submit_late(plan: Plan, day: date) -> None:
    plan.submitted = day
    plan.accepted = working_day(day, 1)
    plan.change("TransferProofAccepted", late=True)


def late_proof(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Submitted a day or two late, before a case would have been due: C22."""
    day = working_day(plus(due(plan.registered), 1))
    if day > plus(due(plan.registered), CASE_DAYS - 1):
        return False
    _submit_late(plan, day)
    shows(plan, violation, "VehicleRegistered", "C22")
    return True


def late_proof_with_case(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Submitted ten days late; a case was opened in time, decided and remedied: C22."""
    became_due = plus(due(plan.registered), 1)
    case = open_case(plan, "LATE_PROOF", became_due)
    if case is None:
        return False
    _submit_late(plan, working_day(plus(became_due, 10)))
    opened = working_day(became_due, 1)
    plan.extras += [
        case.step("CaseEvidenceAdded", working_day(opened, 1), 11),
        case.step("HearingHeld", working_day(opened, 3), 14),
        case.decided(working_day(opened, 5), "WARNING", "证明逾期提交，予以提醒（虚构）"),
        case.ended("CaseRemedied", working_day(max(plan.accepted, working_day(opened, 5)), 2)),
    ]
    shows(plan, violation, "VehicleRegistered", "C22")
    return True


def overdue_without_case(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """Submitted weeks late, and no case was opened meanwhile: C22, C34."""
    _submit_late(plan, working_day(plus(due(plan.registered), planter.random.randint(10, 30))))
    shows(plan, violation, "VehicleRegistered", "C22", "C34")
    return True


def rejected_then_late(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Submitted in time, rejected after the due date, and again at once: the clock did not stop: C22."""
    last = due(plan.registered)
    again = working_day(plus(last, 1))
    if again > plus(last, CASE_DAYS - 1):
        return False
    plan.extras += [
        way.submission(plan),
        way.verdict(plan, "TransferProofRejected", 1, again, 10, 20, reason="扫描件不清（虚构）"),
    ]
    plan.submitted = again
    plan.accepted = working_day(again, 1)
    plan.edit("TransferProofSubmitted", lambda _: [way.submission(plan, 2)])
    plan.edit("TransferProofAccepted", lambda _: [way.acceptance(plan, 2, late=True)])
    shows(plan, violation, "VehicleRegistered", "C22")
    return True


def never_proved(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """No proof at all, half of them not even transferred, and no case: C22, C34, C36."""
    plan.is_exported = False
    plan.drop("TransferProofSubmitted", "TransferProofAccepted")
    if planter.random.random() < 0.5:
        plan.drop("PendingExportTransferRecorded")
    shows(plan, violation, "VehicleRegistered", "C22", "C34", "C36")
    return True


def never_proved_with_case(_: Planter, plan: Plan, violation: Violation) -> bool:
    """No proof at all; a case was opened in time: C22, C36."""
    case = open_case(plan, "NOT_EXPORTED", plus(due(plan.registered), 1))
    if case is None:
        return False
    plan.is_exported = False
    plan.drop("TransferProofSubmitted", "TransferProofAccepted")
    plan.extras.append(case.step("CaseEscalated", working_day(due(plan.registered), 8), 11))
    shows(plan, violation, "VehicleRegistered", "C22", "C36")
    return True


def wrong_exporter_at_transfer(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """Transferred to an exporter of another pair, so it is never proved: C23; C22, C34, C36."""
    plan.is_exported = False
    plan.drop("TransferProofSubmitted", "TransferProofAccepted")
    plan.change("PendingExportTransferRecorded", to_uscc=planter.other_exporter(plan).uscc)
    shows(plan, violation, "PendingExportTransferRecorded", "C23")
    shows(plan, violation, "VehicleRegistered", "C22", "C34", "C36")
    return True


def reused_scan(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """The scan of another car's certificate was submitted: C26."""
    donor = planter.donor(plan.registered)
    if donor is None:
        return False

    def forged(act: Act) -> list[Act]:
        scan = way.submission(donor).attachments[0]
        act.attachments = [scan, *act.attachments[1:]]
        planter.traces.reuse("same-scan", scan["sha256"], plan, donor, act)
        return [violation.show(act, "C26")]

    plan.edit("TransferProofSubmitted", forged)
    return True


def reused_invoice(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """The number of another car's invoice was submitted: C26."""
    donor = planter.donor(plan.registered)
    if donor is None:
        return False
    invoice_no = f"DEMO{donor.car.cert_no}"

    def reused(act: Act) -> list[Act]:
        act.body |= {"invoice_no": invoice_no}
        planter.traces.reuse("same-invoice", invoice_no, plan, donor, act)
        return [violation.show(act, "C26")]

    plan.edit("TransferProofSubmitted", reused)
    return True


def reused_certificate(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """A first proof names another car's certificate and is rejected; the second is right and in time: C26."""
    donor = planter.donor(plan.registered)
    second = working_day(plan.submitted, 2)
    if donor is None or second > due(plan.registered):
        return False
    first = way.submission(plan)
    first.body = first.body | {"cert_no": donor.car.cert_no}
    planter.traces.reuse("same-certificate", donor.car.cert_no, plan, donor, first)
    plan.extras += [
        violation.show(first, "C26"),
        way.verdict(
            plan,
            "TransferProofRejected",
            1,
            working_day(plan.submitted, 1),
            16,
            20,
            reason="证号不符（虚构）",
        ),
    ]
    plan.submitted = second
    plan.accepted = working_day(second, 1)
    plan.edit("TransferProofSubmitted", lambda _: [way.submission(plan, 2)])
    plan.edit("TransferProofAccepted", lambda _: [way.acceptance(plan, 2)])
    return True
