"""Violations on the way out: licence, declaration, deregistration."""

from datetime import date, timedelta

from api.demo import way
from api.demo.acts import Act, moment
from api.demo.calendars import working_day
from api.demo.faults.key import Violation
from api.demo.faults.planter import Planter
from api.demo.faults.proofs import shows
from api.demo.pace import LETTER_FROM, MAX_LICENCE, plus, two_months_after
from api.demo.plan import Plan

_LAST_WITH_LETTER = date(2026, 5, 31)
"""A car transferred later may leave in another year."""
_LAST_REGISTERED = date(2025, 9, 1)
"""A car that is never deregistered must have left early enough for two months to run out."""


def late_deregistration(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """Deregistered more than two months after release: C30."""
    late = planter.random.randint(3, 25)

    def delayed(act: Act) -> list[Act]:
        assert plan.released is not None
        plan.deregistered = working_day(plus(two_months_after(plan.released), late))
        return [violation.show(way.deregistration(plan), "C30")]

    plan.edit("VehicleDeregistered", delayed)
    return True


def never_deregistered(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Exported and loaded, but never deregistered: C30."""
    if plan.registered > _LAST_REGISTERED:
        return False
    plan.drop("VehicleDeregistered")
    shows(plan, violation, "VehicleRegistered", "C30")
    return True


def export_lost(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Customs took back the export of a deregistered car: C36."""

    def lost(act: Act) -> list[Act]:
        day = working_day(plus(act.at.date(), 10))
        release = way.release(plan).body
        body = {key: release[key] for key in ("declaration_no", "exporter_uscc", "vin")}
        body |= {"on": day.isoformat(), "reason": "复进口（虚构）"}
        return [Act(moment(day, 11, 30), "customs", "CustomsExportReversed", body)]

    plan.follow("VehicleDeregistered", lost)
    shows(plan, violation, "VehicleRegistered", "C36")
    return True


def wrong_exporter_at_customs(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """Declared by an exporter that has nothing to do with the car: C29."""
    plan.change("CustomsExportConfirmed", exporter_uscc=planter.other_exporter(plan).uscc)
    shows(plan, violation, "CustomsExportConfirmed", "C29")
    return True


def import_declaration(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Released on the number of an import declaration: C29."""

    def imported(act: Act) -> list[Act]:
        number = act.body["declaration_no"]
        act.body |= {"declaration_no": f"{number[:8]}1{number[9:]}"}
        return [violation.show(act, "C29")]

    plan.edit("CustomsExportConfirmed", imported)
    return True


def two_declarations(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Released on a second declaration while the first one stands: C29."""

    def second(act: Act) -> list[Act]:
        more = way.release(plan, 5)
        more.at = act.at + timedelta(hours=2)
        return [violation.show(more, "C29")]

    plan.follow("CustomsExportConfirmed", second)
    return True


def dates_disordered(_: Planter, plan: Plan, violation: Violation) -> bool:
    """Deregistered, by its date, on the day before the release: C25."""

    def before(act: Act) -> list[Act]:
        assert plan.released is not None
        assert plan.loaded is not None
        act.body |= {"deregistered_on": plus(plan.released, -1).isoformat()}
        act.at = moment(plus(plan.loaded, 1), 14)
        return [violation.show(act, "C25")]

    plan.edit("VehicleDeregistered", before)
    return True


def licence_dates(_: Planter, plan: Plan, violation: Violation) -> bool:
    """The licence states another registration date than the police: C31."""

    def other(act: Act) -> list[Act]:
        row = act.body["vehicles"][0]
        row |= {"registered_on": plus(plan.registered, 1).isoformat()}
        return [violation.show(act, "C31")]

    plan.edit("ExportLicenceIssued", other)
    return True


def licence_too_large(planter: Planter, plan: Plan, violation: Violation) -> bool:
    """One licence for 21 cars: C31."""
    others = planter.licensable(plan)[:MAX_LICENCE]
    if len(others) < MAX_LICENCE:
        return False

    def crowded(act: Act) -> list[Act]:
        rows = [
            {
                "registered_on": other.registered.isoformat(),
                "transferred_on": other.transferred.isoformat(),
                "vin": other.car.vin,
            }
            for other in others
        ]
        act.body |= {"after_sales_letter": True, "vehicles": [*act.body["vehicles"], *rows]}
        return [violation.show(act, "C31")]

    plan.edit("ExportLicenceIssued", crowded)
    return True


def licence_term(_: Planter, plan: Plan, violation: Violation) -> bool:
    """A licence valid into another year: C31."""

    def long(act: Act) -> list[Act]:
        year = int(act.body["valid_from"][:4])
        act.body |= {"valid_to": f"{year + 1}-03-31"}
        return [violation.show(act, "C31")]

    plan.edit("ExportLicenceIssued", long)
    return True


def letter_missing(_: Planter, plan: Plan, violation: Violation) -> bool:
    """A licence applied for in 2026 within 180 days of registration, without the letter: C32."""
    if not LETTER_FROM <= plan.transferred <= _LAST_WITH_LETTER:
        return False
    plan.needs_letter = True

    def without(act: Act) -> list[Act]:
        assert act.body["after_sales_letter"], "the letter is needed"
        act.body |= {"after_sales_letter": False}
        return [violation.show(act, "C32")]

    plan.edit("ExportLicenceIssued", without)
    return True
