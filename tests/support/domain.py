"""Builders of statements: codes with right check digits, bodies with sensible values, a season that obeys.

Everything is a function of its arguments; ids count up within one ``Season`` and never repeat.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.catalogue import CATALOGUE
from domain.identifiers import vin_check
from domain.policy import DEFAULT_PARAMS
from domain.statements import Statement, parse_statement

LEDGER = "demo.example/export-quota"
EXPORTER = "91310115PDY00001XD"
UPSTREAM = "91310114PDY000028Y"
OTHER = "91310000PDY000036B"
ORG_CODES = {uscc: uscc[8:17] for uscc in (EXPORTER, UPSTREAM, OTHER)}
PAIR = f"{EXPORTER}-{UPSTREAM}-1"
APPLICATION = f"{PAIR}-q1"
BATCH = f"{PAIR}-1"
NATIONAL_DAY_2025 = tuple(f"2025-10-0{day}" for day in range(1, 9))


def vin(number: int, wmi: str = "LSV") -> str:
    """Return the ``number``-th VIN of a maker, with the right check digit."""
    draft = f"{wmi}AB6180R2{number:06d}"
    return draft[:8] + vin_check(draft) + draft[9:]


def wrong_vin(number: int, wmi: str = "LSV") -> str:
    """Return the same VIN with a check digit that fails."""
    right = vin(number, wmi)
    return right[:8] + ("1" if right[8] == "0" else "0") + right[9:]


def vin_list(vins: Iterable[str]) -> str:
    """Return the digest that binds a usage number to its cars."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(vins)).encode()).hexdigest()


def line_id(number: int, batch: str = BATCH) -> str:
    """Return the id of the ``number``-th line of a batch."""
    return f"{batch}-{number}"


def declaration(number: int, flag: str = "0") -> str:
    """Return a declaration number of the port 外港 in 2025."""
    return f"22252025{flag}{number:09d}"


def attachment(kind: str, name: str = "") -> dict[str, Any]:
    """Return an attachment of a kind; another ``name`` is another document."""
    return {
        "bytes": 1000,
        "kind": kind,
        "media_type": "application/pdf",
        "sha256": hashlib.sha256(f"{kind}/{name}".encode()).hexdigest(),
    }


LETTER_ATTACHMENTS = (attachment("承诺书"), attachment("营业执照", "E"), attachment("营业执照", "U"))


def statement_object(
    type_name: str,
    body: dict[str, Any],
    *,
    number: int = 1,
    agency: str | None = None,
    attachments: Sequence[dict[str, Any]] = (),
    occurred_at: str = "2026-01-05T10:00:00+08:00",
) -> dict[str, Any]:
    """Return a statement as its JSON object; the agency is the type's first unless given."""
    return {
        "agency": agency or min(CATALOGUE[type_name].agencies),
        "attachments": list(attachments),
        "body": body,
        "id": f"00000000-0000-4000-8000-{number:012x}",
        "ledger": LEDGER,
        "occurred_at": occurred_at,
        "type": type_name,
        "version": 1,
    }


def statement(type_name: str, body: dict[str, Any], **more: Any) -> Statement:
    """Return a parsed statement."""
    return parse_statement(statement_object(type_name, body, **more))


def policy_body(number: int = 1, effective_from: str = "2024-11-01", **params: object) -> dict[str, Any]:
    """Return a policy version; parameters are given with ``__`` for the point (``pair__max_active=2``)."""
    changed = {key.replace("__", "."): value for key, value in params.items()}
    return {
        "document_sha256": "ab" * 32,
        "from": effective_from,
        "params": {**DEFAULT_PARAMS, **changed},
        "policy_version": number,
    }


def calendar_body(
    year: int, rest_days: Iterable[str] = (), workdays: Iterable[str] = (), revision: int = 1
) -> dict[str, Any]:
    """Return a holiday table."""
    return {
        "notice": None,
        "rest_days": list(rest_days),
        "revision": revision,
        "workdays": list(workdays),
        "year": year,
    }


def enterprise_body(uscc: str, *roles: str, **more: object) -> dict[str, Any]:
    """Return the file of an enterprise of this city."""
    return {
        "applicant_kind": "DEALER",
        "district": "浦东新区",
        "in_city": True,
        "name": "示例有限公司",
        "org_code": uscc[8:17],
        "roles": list(roles),
        "uscc": uscc,
        **more,
    }


def qualification_body(
    uscc: str = EXPORTER, valid_from: str = "2024-11-01", valid_to: str = "2029-12-31"
) -> dict[str, Any]:
    """Return a filing of an export qualification."""
    return {"filing_no": "SH-2024-001", "uscc": uscc, "valid_from": valid_from, "valid_to": valid_to}


def letter_body(pair: str = PAIR, **more: object) -> dict[str, Any]:
    """Return a commitment letter with both seals."""
    return {
        "letter_text_sha256": "cd" * 32,
        "pair_id": pair,
        "relation_basis": "同一集团",
        "seals": pair.split("-")[:2],
        "signed_on": "2024-11-04",
        **more,
    }


def application_body(app_id: str = APPLICATION, units: int = 100, **more: object) -> dict[str, Any]:
    """Return a joint application for total quota."""
    return {
        "app_id": app_id,
        "applicants": app_id.split("-")[:2],
        "applied_on": "2024-11-04",
        "need_statement": None,
        "units": units,
        **more,
    }


def grant_body(app_id: str = APPLICATION, units: int = 100) -> dict[str, Any]:
    """Return a grant."""
    return {"app_id": app_id, "document_no": "沪商核2024-1", "units": units}


def use_body(vins: Sequence[str], batch: str = BATCH, **more: object) -> dict[str, Any]:
    """Return an application for use, a line a VIN."""
    lines = [
        {"brand_model": "大众 示例", "line_id": line_id(number, batch), "vin": one}
        for number, one in enumerate(vins, 1)
    ]
    org_code = batch.split("-")[1][8:17]
    return {"batch_id": batch, "lines": lines, "org_code": org_code, "purchase_evidence": None, **more}


def approval_body(vins: Sequence[str], batch: str = BATCH, **more: object) -> dict[str, Any]:
    """Return an approval of every line that ``use_body`` makes of the same VINs."""
    lines = [{"line_id": line_id(number, batch), "vin": one} for number, one in enumerate(vins, 1)]
    return {
        "batch_id": batch,
        "document_no": "沪商用-1",
        "lines": lines,
        "vin_list_sha256": vin_list(vins),
        **more,
    }


def sent_body(vins: Sequence[str], batch: str = BATCH, revision: int = 1, **more: object) -> dict[str, Any]:
    """Return a usage number."""
    return {
        "batch_id": batch,
        "revision": revision,
        "units": len(vins),
        "vin_list_sha256": vin_list(vins),
        **more,
    }


def classified_body(
    vins: Sequence[str], batch: str = BATCH, revision: int = 1, **more: object
) -> dict[str, Any]:
    """Return a classification of the number sent."""
    return {"attribute_code": "EXP", **sent_body(vins, batch, revision), **more}


def registered_body(one: str, line: str | None, on: str = "2025-03-03", **more: object) -> dict[str, Any]:
    """Return a registration in the name of the pair's upstream."""
    return {
        "brand_model": "大众 示例",
        "cert_no": cert_no(one),
        "line_id": line,
        "owner_uscc": UPSTREAM,
        "physical_plate_issued": False,
        "registered_on": on,
        "service_point": "外高桥口岸",
        "vehicle_type": "K33",
        "vin": one,
        **more,
    }


def copied_body(one: str, line: str | None, on: str = "2025-03-04") -> dict[str, Any]:
    """Return the copy of a registration."""
    return {
        "cert_no": cert_no(one),
        "copied_on": on,
        "info_sha256": "ef" * 32,
        "line_id": line,
        "vin": one,
    }


def transfer_body(one: str, line: str | None, on: str = "2025-03-10", **more: object) -> dict[str, Any]:
    """Return the transfer pending export from upstream to exporter."""
    return {
        "accepted_on": on,
        "cert_no": cert_no(one),
        "from_uscc": UPSTREAM,
        "line_id": line,
        "temp_plate_to": None,
        "to_uscc": EXPORTER,
        "transferred_on": on,
        "vin": one,
        **more,
    }


def proof_body(
    one: str, line: str | None, at: str = "2025-03-11T09:00:00+08:00", *, submission: str = "", **more: object
) -> dict[str, Any]:
    """Return a proof handed in."""
    return {
        "cert_no": cert_no(one),
        "invoice_no": f"INV-{one}",
        "invoice_on": "2025-03-10",
        "line_id": line,
        "submission_id": submission or f"S-{one}",
        "submitted_at": at,
        "vin": one,
        **more,
    }


def acceptance_body(
    one: str, line: str, days_used: int = 8, late: bool | None = False, *, submission: str = ""
) -> dict[str, Any]:
    """Return the acceptance of a proof."""
    return {
        "days_used": days_used,
        "late": late,
        "line_id": line,
        "submission_id": submission or f"S-{one}",
        "vin": one,
    }


def customs_body(one: str, number: int = 1, on: str = "2025-04-10", **more: object) -> dict[str, Any]:
    """Return a customs release."""
    return {
        "declaration_no": declaration(number),
        "evidence": "SIGNED",
        "exporter_uscc": EXPORTER,
        "port": "2225",
        "released_on": on,
        "status": "RELEASED",
        "vin": one,
        **more,
    }


def deregistered_body(one: str, on: str = "2025-05-10", **more: object) -> dict[str, Any]:
    """Return a deregistration after export."""
    return {
        "cert_no": cert_no(one),
        "deregistered_on": on,
        "exit_record": None,
        "owner_uscc": EXPORTER,
        "reason": "EXPORT",
        "vin": one,
        **more,
    }


def suspended_body(
    uscc: str = EXPORTER, *scope: str, suspension: str = "SUS-1", **more: object
) -> dict[str, Any]:
    """Return an interim suspension, of both scopes unless given."""
    return {
        "basis": "INTERIM",
        "case_id": None,
        "effective_at": "2025-02-01T00:00:00+08:00",
        "scope": list(scope or ("APPLY", "USE")),
        "suspension_id": suspension,
        "uscc": uscc,
        **more,
    }


def reinstated_body(
    uscc: str = EXPORTER, at: str = "2025-02-20T00:00:00+08:00", suspension: str = "SUS-1"
) -> dict[str, Any]:
    """Return the end of a suspension."""
    return {"effective_at": at, "suspension_id": suspension, "uscc": uscc}


def cert_no(one: str) -> str:
    """Return the certificate number of a car's first registration: 12 digits from its serial."""
    return f"310000{int(one[-6:]):06d}"


@dataclass(frozen=True, slots=True)
class Step:
    """One statement with the instant at which the ledger records it."""

    statement: Statement
    recorded_at: datetime


def at(day: str, hour: int = 12) -> datetime:
    """Return an instant of a Shanghai day, by its hour."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=hour - 8)


class Season:
    """A history of one pair that obeys the rules: set-up, then n cars from application to deregistration."""

    def __init__(self, cars: int, units: int = 100) -> None:
        self.cars = cars
        self.units = units
        self.vins = [vin(number) for number in range(1, cars + 1)]
        self._number = 0

    def step(self, day: str, type_name: str, body: dict[str, Any], *attachments: dict[str, Any]) -> Step:
        """Return the next step, recorded at noon of the day on which it happened."""
        self._number += 1
        one = statement(
            type_name,
            body,
            number=self._number,
            attachments=attachments,
            occurred_at=f"{day}T10:00:00+08:00",
        )
        return Step(one, at(day))

    def set_up(self) -> Iterator[Step]:
        """Policy, holiday tables, the two firms, letter, application and grant."""
        yield self.step("2024-11-01", "PolicyVersionPublished", policy_body())
        yield self.step("2024-11-01", "HolidayCalendarPublished", calendar_body(2024))
        yield self.step("2024-12-01", "HolidayCalendarPublished", calendar_body(2025, NATIONAL_DAY_2025))
        yield self.step("2024-12-01", "EnterpriseRegistered", enterprise_body(EXPORTER, "EXPORTER"))
        yield self.step("2024-12-01", "EnterpriseRegistered", enterprise_body(UPSTREAM, "UPSTREAM"))
        yield self.step("2024-12-01", "ExportQualificationFiled", qualification_body())
        yield self.step("2024-12-02", "CommitmentLetterSigned", letter_body(), *LETTER_ATTACHMENTS)
        yield self.step("2024-12-02", "TotalQuotaApplicationReceived", application_body(units=self.units))
        yield self.step("2024-12-05", "QuotaGranted", grant_body(units=self.units))

    def classified(self) -> Iterator[Step]:
        """One batch with every car, from application to classification."""
        yield self.step("2025-02-10", "UseApplicationReceived", use_body(self.vins), attachment("申请表"))
        yield self.step("2025-02-12", "UseApplicationApproved", approval_body(self.vins))
        yield self.step("2025-02-13", "UsageNumberSent", sent_body(self.vins))
        yield self.step("2025-02-17", "QuotaAttributeClassified", classified_body(self.vins))

    def exported(self) -> Iterator[Step]:
        """Every car from registration to deregistration after export."""
        lines = [(line_id(number), one) for number, one in enumerate(self.vins, 1)]
        for line, one in lines:
            yield self.step("2025-03-03", "VehicleRegistered", registered_body(one, line))
            yield self.step("2025-03-04", "VehicleInfoCopied", copied_body(one, line))
        for line, one in lines:
            yield self.step("2025-03-10", "PendingExportTransferRecorded", transfer_body(one, line))
            scan = attachment("登记证书", one)
            yield self.step("2025-03-11", "TransferProofSubmitted", proof_body(one, line), scan)
            yield self.step("2025-03-12", "TransferProofAccepted", acceptance_body(one, line))
        for number, (_, one) in enumerate(lines, 1):
            yield self.step("2025-04-10", "CustomsExportConfirmed", customs_body(one, number))
            yield self.step("2025-05-10", "VehicleDeregistered", deregistered_body(one))

    def steps(self) -> list[Step]:
        """The whole history."""
        return [*self.set_up(), *self.classified(), *self.exported()]
