"""The total quota of a pair, as acts: letter, joint application, grant; top-up; reduction and closing."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from api.demo.acts import Act, digest, document, moment
from api.demo.calendars import working_day
from api.demo.world import Pair, World

_TOP_UP_PERCENT = 80


def apply(pair: Pair, units: int, on: date) -> Iterator[Act]:
    """Yield 承诺书 and 总量申请 of a pair."""
    licences = [document("营业执照", firm) for firm in pair.firms]
    letter = {
        "letter_text_sha256": digest("demo text 附件1"),
        "pair_id": pair.id,
        "relation_basis": "二手车出口业务合作协议（虚构）",
        "seals": pair.firms,
        "signed_on": on.isoformat(),
    }
    papers = [document("承诺书", pair.id), *licences]
    yield Act(moment(on, 9, 30), "commerce", "CommitmentLetterSigned", letter, papers)
    yield application(pair, units, on, 9, 45)


def application(pair: Pair, units: int, on: date, hour: int, minute: int) -> Act:
    """Return 总量申请 under the pair's next id."""
    app_id = pair.next_application()
    body = {
        "app_id": app_id,
        "applicants": pair.firms,
        "applied_on": on.isoformat(),
        "need_statement": f"拟出口二手车 {units} 辆（虚构）",
        "units": units,
    }
    licences = [document("营业执照", firm) for firm in pair.firms]
    papers = [document("申请书", app_id), *licences]
    return Act(moment(on, hour, minute), "commerce", "TotalQuotaApplicationReceived", body, papers)


def end_application(pair: Pair, kind: str, on: date) -> Act:
    """Return the rejection or withdrawal of the pair's latest application."""
    reason = "申请人撤回（虚构）" if kind == "QuotaApplicationWithdrawn" else "材料待补正（虚构）"
    body = {"app_id": f"{pair.id}-q{pair.applications}", "reason": reason}
    return Act(moment(on, 10, 5), "commerce", kind, body)


def grant(pair: Pair, units: int, on: date) -> Act:
    """Return 核定总量 on the pair's latest application; the units are free from now on."""
    pair.total = pair.free = units
    body = {
        "app_id": f"{pair.id}-q{pair.applications}",
        "document_no": f"DEMO-{pair.exporter.org_code}-{pair.number}",
        "units": units,
    }
    return Act(moment(on, 10, 10), "commerce", "QuotaGranted", body, officers=2)


def is_above_threshold(pair: Pair) -> bool:
    """Say whether the pair has used strictly more than 80 per cent of its units."""
    return pair.used * 100 > _TOP_UP_PERCENT * pair.total


def top_up_application(pair: Pair, units: int, at: datetime) -> Act:
    """Return 追加申请 with the numbers of this moment."""
    body = {
        "app_id": pair.next_application(),
        "applicants": pair.firms,
        "applied_on": at.date().isoformat(),
        "total": pair.total,
        "units": units,
        "used": pair.used,
    }
    return Act(at, "commerce", "TopUpApplicationReceived", body, [document("申请书", str(body["app_id"]))])


def top_up(world: World, pair: Pair, units: int) -> Iterator[Act | datetime]:
    """Wait until a pair may ask for more, ask, and get it; nothing where units come back meanwhile."""
    assert world.agenda.now is not None
    day = working_day(world.agenda.now.date(), 1)
    while not is_above_threshold(pair):
        if pair.free:
            return
        yield moment(day, 8, 20)
        day = working_day(day, 1)
    yield moment(day, 8, 20)
    yield top_up_application(pair, units, moment(day, 8, 25))
    day = working_day(day, world.random.randint(2, 5))
    yield moment(day, 8, 30)  # the decision states the numbers of its own day
    body = {
        "app_id": f"{pair.id}-q{pair.applications}",
        "document_no": f"DEMO-{pair.exporter.org_code}-{pair.applications}",
        "total": pair.total,
        "units": units,
        "used": pair.used,
    }
    yield Act(moment(day, 8, 35), "commerce", "QuotaToppedUp", body, officers=2)
    pair.total += units
    pair.free += units


def vain_top_up(world: World, pair: Pair, day: date) -> Iterator[Act]:
    """Yield a top-up asked for below the threshold, and its rejection."""
    yield top_up_application(pair, 10, moment(day, 8, 25))
    body = {"app_id": f"{pair.id}-q{pair.applications}", "reason": "使用未超过80%（虚构）"}
    on = moment(working_day(day, 2), 8, 40)
    yield Act(on, "commerce", "TopUpRejected", body)


def close(pair: Pair, day: date) -> Iterator[Act]:
    """Yield how a drained pair comes to its end: what is free is taken back first."""
    body: dict[str, Any]
    if pair.free:
        body = {"pair_id": pair.id, "reason": "配对终止，核减剩余（虚构）", "units": pair.free}
        yield Act(moment(day, 10, 50), "commerce", "QuotaReduced", body, officers=2)
    yield Act(moment(day, 11, 10), "commerce", "PairClosed", {"pair_id": pair.id})
