"""Stories of firms of their own: suspended, withdrawn, renounced; each with a car or two."""

from datetime import date, timedelta

from api.demo.acts import Act, document, moment
from api.demo.agenda import Process
from api.demo.calendars import working_day
from api.demo.cases import Case, notice, reinstatement, suspension
from api.demo.faults import exports, registrations, stage
from api.demo.faults.key import Violation
from api.demo.faults.planter import Planter
from api.demo.journey import application, approval
from api.demo.pace import LETTER_FROM, plus
from api.demo.world import Batch, Pair


def registered_while_suspended(planter: Planter, number: int) -> Process:
    """A car is registered after the notice of a suspension, which ends with its case: C28."""
    violation = planter.key.add("registered-while-suspended")
    return _registered_meanwhile(planter, number, violation, 0, "C28")


def registered_before_notice(planter: Planter, number: int) -> Process:
    """A car is registered between the decision of a suspension and its notice: listed apart, no violation."""
    violation = planter.key.add("registered-before-notice")
    return _registered_meanwhile(planter, number, violation, 5)


def _registered_meanwhile(
    planter: Planter, number: int, violation: Violation, notice_after: int, *codes: str
) -> Process:
    """Register a car on the third working day of a suspension, of which notice is served later or at once."""
    pair = stage.new_pair(number)
    acts, received = stage.opened(planter, pair, number)
    batch = stage.new_batch(planter.world, pair, received)
    start = working_day(batch.classified, 1)
    uscc = pair.exporter.uscc
    case = Case(f"C-{pair.exporter.org_code}", "FORGERY", [uscc])
    name = f"S-{case.case_id}"
    end = working_day(start, 10)
    served = moment(working_day(start, notice_after), 16, 5)
    acts += [
        *stage.journey_of(batch),
        *case.course(start, "NO_VIOLATION", "未发现违规（虚构）"),
        suspension(name, uscc, case.case_id, moment(start, 10, 55), moment(start, 10, 55), "INTERIM"),
        notice(name, uscc, "SUSPEND", served, served),
        reinstatement(name, uscc, moment(end, 9, 55)),
        notice(name, uscc, "REINSTATE", moment(end, 16, 5), moment(end, 16, 5)),
    ]
    stage.car(planter, batch, violation, working_day(start, 3), *codes)
    return stage.told(acts)


def suspended_late(planter: Planter, number: int) -> Process:
    """A suspension served on paper is recorded twelve days later: what was decided meanwhile is C28."""
    pair = stage.new_pair(number)
    violation = planter.key.add("suspended-late")
    acts, start = stage.opened(planter, pair, number)
    batch = stage.new_batch(planter.world, pair, working_day(start, 1))
    uscc = pair.exporter.uscc
    case = Case(f"C-{pair.exporter.org_code}", "FORGERY", [uscc])
    name = f"S-{case.case_id}"
    recorded = working_day(plus(start, 12))
    end = working_day(recorded, 6)
    late = suspension(name, uscc, case.case_id, moment(start, 10, 55), moment(recorded, 10, 55), "INTERIM")
    served = notice(name, uscc, "SUSPEND", moment(start, 16, 5), moment(recorded, 11, 5))
    late.occurred_at = moment(start, 10, 55)
    served.occurred_at = moment(start, 16, 5)
    codes = dict.fromkeys(("UseApplicationApproved", "UsageNumberSent", "QuotaAttributeClassified"), "C28")
    acts += [
        *stage.marked(batch, violation, codes),
        *case.course(start, "NO_VIOLATION", "未发现违规（虚构）"),
        late,
        served,
        reinstatement(name, uscc, moment(end, 9, 55)),
        notice(name, uscc, "REINSTATE", moment(end, 16, 5), moment(end, 16, 5)),
    ]
    stage.car(planter, batch, violation, working_day(batch.classified, 1), "C28")
    return stage.told(acts)


def reinstated_undecided(planter: Planter, number: int) -> Process:
    """An interim suspension ends though its case was never decided: C34."""
    pair = stage.new_pair(number)
    violation = planter.key.add("reinstated-undecided")
    acts, start = stage.opened(planter, pair, number)
    uscc = pair.exporter.uscc
    case = Case(f"C-{pair.exporter.org_code}", "FORGERY", [uscc])
    name = f"S-{case.case_id}"
    end = working_day(start, 6)
    acts += [
        case.opened(moment(start, 9, 50)),
        suspension(name, uscc, case.case_id, moment(start, 10, 55), moment(start, 10, 55), "INTERIM"),
        notice(name, uscc, "SUSPEND", moment(start, 16, 5), moment(start, 16, 5)),
        violation.show(reinstatement(name, uscc, moment(end, 9, 55)), "C34"),
        notice(name, uscc, "REINSTATE", moment(end, 16, 5), moment(end, 16, 5)),
    ]
    return stage.told(acts)


def approved_while_withdrawn(planter: Planter, number: int) -> Process:
    """A qualification withdrawn on paper is recorded twelve days later, and a batch was approved: C21."""
    pair = stage.new_pair(number)
    violation = planter.key.add("approved-while-withdrawn")
    acts, start = stage.opened(planter, pair, number)
    batch = stage.new_batch(planter.world, pair, working_day(start, 1))
    body = {"on": start.isoformat(), "reason": "备案条件丧失（虚构）", "uscc": pair.exporter.uscc}
    recorded = moment(working_day(plus(start, 12)), 9, 35)
    acts += [
        *stage.marked(batch, violation, {"UseApplicationApproved": "C21"}),
        Act(recorded, "commerce", "QualificationWithdrawn", body, occurred_at=moment(start, 9, 35)),
    ]
    stage.car(planter, batch, violation, working_day(batch.classified, 1))
    return stage.told(acts)


def letter_missing(planter: Planter, number: int) -> Process:
    """A car of 2026 leaves within 180 days of registration without an after-sales letter: C32."""
    pair = stage.new_pair(number)
    violation = planter.key.add("letter-missing")
    acts, start = stage.opened(planter, pair, number, LETTER_FROM)
    batch = stage.new_batch(planter.world, pair, working_day(start, 1))
    acts += stage.journey_of(batch)
    plan = stage.plan(planter, batch, violation, working_day(batch.classified, 1))
    assert exports.letter_missing(planter, plan, violation), "it is registered in the first months of 2026"
    stage.go(planter, plan)
    return stage.told(acts)


def before_classification(planter: Planter, number: int) -> Process:
    """A car is registered before its line is classified, and never regularised: C15, C36."""
    pair = stage.new_pair(number)
    violation = planter.key.add("before-classification")
    acts, start = stage.opened(planter, pair, number)
    batch = stage.new_batch(planter.world, pair, working_day(start, 1))
    acts += stage.journey_of(batch)
    plan = stage.plan(planter, batch, violation, working_day(batch.classified, 1))
    assert registrations.before_classification(planter, plan, violation), "no holiday is near"
    stage.go(planter, plan)
    return stage.told(acts)


def suspended_finally(planter: Planter, number: int) -> Process:
    """A final suspension, first tried undecided; while it lasts an approval is refused: no violation."""
    pair = stage.new_pair(number)
    planter.key.add("suspended-finally")
    acts, start = stage.opened(planter, pair, number)
    uscc = pair.exporter.uscc
    case = Case(f"C-{pair.exporter.org_code}", "FORGERY", [uscc])
    name = f"S-{case.case_id}"
    decided = working_day(start, 8)
    final = working_day(decided, 1)
    early = suspension(name, uscc, case.case_id, moment(start, 10, 55), moment(start, 10, 55), "FINAL")
    early.refused = True
    acts += [
        *case.course(start, "SUSPEND", "提交变造材料（虚构）"),
        early,
        suspension(name, uscc, case.case_id, moment(final, 10, 55), moment(final, 10, 55), "FINAL"),
        notice(name, uscc, "SUSPEND", moment(final, 16, 5), moment(final, 16, 5)),
        *_vain_batch(planter, pair, working_day(final, 2)),
    ]
    return stage.told(acts)


def renounced(planter: Planter, number: int) -> Process:
    """A firm renounces after a case; an approval is refused afterwards: no violation."""
    pair = stage.new_pair(number)
    planter.key.add("renounced")
    acts, start = stage.opened(planter, pair, number)
    uscc = pair.exporter.uscc
    case = Case(f"C-{pair.exporter.org_code}", "FORGERY", [uscc])
    day = working_day(start, 12)
    body = {"on": day.isoformat(), "scope": "BOTH", "uscc": uscc}
    papers = [document("放弃声明", uscc)]
    acts += [
        *case.course(start, "RENUNCIATION", "提交变造材料（虚构）"),
        Act(moment(day, 9, 40), "commerce", "QualificationRenounced", body, papers),
        *_vain_batch(planter, pair, working_day(day, 2)),
    ]
    return stage.told(acts)


def _vain_batch(planter: Planter, pair: Pair, received: date) -> list[Act]:
    """Return an application whose approval the ledger refuses, so commerce rejects it."""
    pair.batches += 1
    approved = working_day(received, 2)
    batch = Batch(pair, pair.batches, planter.world.new_cars(1), received, approved, approved)
    attempt = approval(batch, [0])
    attempt.refused = True
    body = {"batch_id": batch.id, "reason": "企业已停止使用额度（虚构）"}
    at = attempt.at + timedelta(minutes=45)
    return [application(batch), attempt, Act(at, "commerce", "UseApplicationRejected", body)]
