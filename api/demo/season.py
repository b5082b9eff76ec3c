"""The season: policy and calendars, enterprises, grants, then batch after batch of cars until deregistration.

All of it follows from the number of exporters and cars and the seed. Every car keeps every term.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from api.demo.acts import Act, document, moment
from api.demo.calendars import working_day
from api.demo.fleet import Car, Enterprise, cars, enterprise
from api.demo.journey import journey
from domain.holidays import HOLIDAYS
from domain.policy import DEFAULT_PARAMS

# SHA-256 of the text of 沪商规〔2024〕19号 as this project read it (UTF-8).
POLICY_DOCUMENT_SHA256: Final = "7490ccaa07ac96b101e379afc29bc535c3b8fa7a8bdaf3ce9acce6594f76f5f7"
FIRST_DAY: Final = date(2025, 3, 3)
SPREAD_DAYS: Final = 100
MAX_EXPORTERS: Final = 1_000
MAX_VEHICLES: Final = 100_000


def season(exporters: int, vehicles: int, seed: int) -> list[Act]:
    """Return every act of the season; ``lots`` puts them in the order of time."""
    # Not for secrets: the same seed gives the same season.
    random = Random(seed)  # noqa: S311
    fleet = cars(vehicles, random)
    acts = list(_rules())
    for number in range(exporters):
        exporter = enterprise(2 * number + 1, "汽车出口")
        upstream = enterprise(2 * number + 2, "汽车销售")
        acts += _pair(exporter, upstream, fleet[number::exporters], random)
    return acts


def _rules() -> Iterator[Act]:
    policy = {
        "document_sha256": POLICY_DOCUMENT_SHA256,
        "from": "2024-11-01",
        "params": dict(DEFAULT_PARAMS),
        "policy_version": 1,
    }
    yield Act(moment(FIRST_DAY, 9), "commerce", "PolicyVersionPublished", policy, officers=2)
    for one in HOLIDAYS:
        body = {
            "notice": one.source,
            "rest_days": sorted(day.isoformat() for day in one.table.rest_days),
            "revision": 1,
            "workdays": sorted(day.isoformat() for day in one.table.workdays),
            "year": one.year,
        }
        yield Act(moment(FIRST_DAY, 9, 30), "commerce", "HolidayCalendarPublished", body)


def _pair(exporter: Enterprise, upstream: Enterprise, fleet: Sequence[Car], random: Random) -> Iterator[Act]:
    """Yield the way of one pair: files, letter, grant, then its batches."""
    pair_id = f"{exporter.uscc}-{upstream.uscc}-1"
    app_id = f"{pair_id}-q1"
    firms = [exporter.uscc, upstream.uscc]
    units = len(fleet) + len(fleet) // 4 + 5
    commerce = "commerce"
    for firm, role in ((exporter, "EXPORTER"), (upstream, "UPSTREAM")):
        yield Act(moment(FIRST_DAY, 10), commerce, "EnterpriseRegistered", _file(firm, role))
    filing = {
        "filing_no": f"DEMO-2025-{exporter.org_code}",
        "uscc": exporter.uscc,
        "valid_from": "2025-01-01",
        "valid_to": "2025-12-31",
    }
    yield Act(moment(FIRST_DAY, 11), commerce, "ExportQualificationFiled", filing)
    applied = working_day(FIRST_DAY, 1)
    licences = [document("营业执照", firm) for firm in firms]
    letter = {
        "letter_text_sha256": document("承诺书", pair_id)["sha256"],
        "pair_id": pair_id,
        "relation_basis": "二手车出口业务合作协议（虚构）",
        "seals": firms,
        "signed_on": applied.isoformat(),
    }
    yield Act(
        moment(applied, 9),
        commerce,
        "CommitmentLetterSigned",
        letter,
        [document("承诺书", pair_id), *licences],
    )
    application = {
        "app_id": app_id,
        "applicants": firms,
        "applied_on": applied.isoformat(),
        "need_statement": f"本季拟出口二手车 {len(fleet)} 辆（虚构）",
        "units": units,
    }
    yield Act(
        moment(applied, 10),
        commerce,
        "TotalQuotaApplicationReceived",
        application,
        [document("申请书", app_id), *licences],
    )
    granted = working_day(applied, random.randint(1, 5))
    grant = {"app_id": app_id, "document_no": f"DEMO-{exporter.org_code}-1", "units": units}
    yield Act(moment(granted, 10, 30), commerce, "QuotaGranted", grant, officers=2)
    size = min(max(-(-len(fleet) // 4), 1), 200)
    starts = range(0, len(fleet), size)
    for number, start in enumerate(starts, 1):
        received = working_day(granted, 1) + timedelta(
            days=(number - 1) * min(21, SPREAD_DAYS // len(starts))
        )
        yield from journey(
            exporter,
            upstream,
            f"{pair_id}-{number}",
            fleet[start : start + size],
            working_day(received),
            random,
        )


def _file(firm: Enterprise, role: str) -> dict[str, Any]:
    return {
        "applicant_kind": "DEALER",
        "district": firm.district,
        "in_city": True,
        "name": firm.name,
        "org_code": firm.org_code,
        "roles": [role],
        "uscc": firm.uscc,
    }
