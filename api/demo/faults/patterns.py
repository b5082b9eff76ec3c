"""Stories that break no rule and that an investigator asks about: their cars come on top of the season's."""

from api.demo import firms, way
from api.demo.acts import Act, moment
from api.demo.agenda import Process
from api.demo.calendars import last_working_day, working_day
from api.demo.cases import Case, notice, reinstatement, suspension
from api.demo.faults import officers, stage
from api.demo.faults.planter import Planter
from api.demo.faults.proofs import shows
from api.demo.fleet import enterprise
from api.demo.pace import due, plus
from api.demo.plan import Plan
from api.demo.world import Pair

_SECOND_EXPORTER = 85_001
_RUSHED = 6
_LOT = 4
_LONG_DAYS = 285


def rushed_before_suspension(planter: Planter, number: int) -> Process:
    """Six cars are registered two days before their exporter is suspended, in a case that finds nothing."""
    pair = stage.new_pair(number)
    acts, received = stage.opened(planter, pair, number)
    batch = stage.extra_batch(planter.world, pair, received, _RUSHED)
    registered = working_day(batch.classified, 1)
    start = working_day(registered, 2)
    uscc = pair.exporter.uscc
    trace = planter.key.trace("registered-before-suspension", f"enterprise:{uscc}")
    case = Case(f"C-{pair.exporter.org_code}", "FORGERY", [uscc])
    name = f"S-{case.case_id}"
    end = working_day(start, 10)
    effective = moment(start, 10, 55)
    acts += [
        *stage.journey_of(batch),
        *case.course(start, "NO_VIOLATION", "未发现违规（虚构）"),
        trace.show(suspension(name, uscc, case.case_id, effective, effective, "INTERIM")),
        notice(name, uscc, "SUSPEND", moment(start, 16, 5), moment(start, 16, 5)),
        reinstatement(name, uscc, moment(end, 9, 55)),
        notice(name, uscc, "REINSTATE", moment(end, 16, 5), moment(end, 16, 5)),
    ]
    for plan in stage.plans(planter, batch, "rushed", registered):
        plan.edit("VehicleRegistered", lambda act: [trace.show(act)])
        stage.go(planter, plan)
    return stage.told(acts)


def shared_upstream(planter: Planter, number: int) -> Process:
    """One upstream serves two exporters, and a car of the second shows an invoice of the first: C26."""
    first = stage.new_pair(number)
    second = Pair(enterprise(_SECOND_EXPORTER + number, "汽车出口"), first.upstream, 1)
    acts, received = stage.opened(planter, first, number)
    acts += firms.open_files([(second.exporter, "EXPORTER")], received)
    acts += stage.granted(planter, second, received)
    cars: list[Plan] = []
    for pair, day in ((first, received), (second, working_day(received, 25))):
        batch = stage.extra_batch(planter.world, pair, day, 1)
        acts += stage.journey_of(batch)
        cars += stage.plans(planter, batch, "shared", working_day(batch.classified, 1))
    donor, plan = cars
    violation = planter.key.add("reused-invoice", plan.car.vin)
    invoice_no = way.submission(donor).body["invoice_no"]

    def reused(act: Act) -> list[Act]:
        act.body |= {"invoice_no": invoice_no}
        planter.traces.reuse("same-invoice", invoice_no, plan, donor, act)
        return [act]

    plan.edit("TransferProofSubmitted", reused)
    shows(plan, violation, "TransferProofSubmitted", "C26")
    for one in cars:
        stage.go(planter, one)
    return stage.told(acts)


def filed_at_deadline(planter: Planter, number: int) -> Process:
    """The proofs of a lot are handed in two hours before the term ends; the office enters them next day."""
    pair = stage.new_pair(number)
    acts, received = stage.opened(planter, pair, number)
    batch = stage.extra_batch(planter.world, pair, received, _LOT)
    acts += stage.journey_of(batch)
    registered = working_day(batch.classified, 1)
    last = due(registered)
    handed_in = moment(last, 22, 5)
    trace = planter.key.trace("filed-at-deadline", f"enterprise:{pair.exporter.uscc}")

    def late_in_the_day(act: Act) -> list[Act]:
        act.body |= {"submitted_at": handed_in.isoformat()}
        act.occurred_at, act.at = handed_in, moment(working_day(last, 1), 9, 5)
        return [trace.show(act)]

    for plan in stage.plans(planter, batch, "at-deadline", registered):
        plan.transferred = last_working_day(plus(last, -1))
        plan.submitted = last
        plan.accepted = working_day(last, 2)
        plan.edit("TransferProofSubmitted", late_in_the_day)
        stage.go(planter, plan)
    return stage.told(acts)


def long_dwell(planter: Planter, number: int) -> Process:
    """A car waits nine months in 待出口 before it leaves; nobody is told why."""
    plan, acts = _one_car(planter, number, "dwells")
    accepted = plan.accepted
    plan.edit("TransferProofAccepted", lambda _: [way.acceptance(plan, on=accepted)])
    plan.accepted = plus(plan.transferred, _LONG_DAYS)  # it goes on a licence after that
    stage.go(planter, plan)
    return stage.told(acts)


def officers_at_work(planter: Planter, number: int) -> Process:
    """Officers sign what they may sign, in ways that one would ask about."""
    plan, acts = _one_car(planter, number, "signed")
    officers.work(planter.key, plan)
    stage.go(planter, plan)
    return stage.told(acts)


def _one_car(planter: Planter, number: int, kind: str) -> tuple[Plan, list[Act]]:
    pair = stage.new_pair(number)
    acts, received = stage.opened(planter, pair, number)
    batch = stage.extra_batch(planter.world, pair, received, 1)
    acts += stage.journey_of(batch)
    return stage.plans(planter, batch, kind, working_day(batch.classified, 1))[0], acts
