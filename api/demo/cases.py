"""Violation cases and suspensions, as acts of commerce."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api.demo.acts import Act, digest, document, moment
from api.demo.calendars import working_day


@dataclass(frozen=True, slots=True)
class Case:
    """A case against enterprises, about cars."""

    case_id: str
    ground: str
    usccs: Sequence[str]
    vins: Sequence[str] = ()

    def opened(self, at: datetime) -> Act:
        """Return 立案."""
        body = {
            "case_id": self.case_id,
            "ground": self.ground,
            "usccs": list(self.usccs),
            "vins": list(self.vins),
        }
        return Act(at, "commerce", "ViolationCaseOpened", body)

    def step(self, kind: str, on: date, hour: int, *, agency: str = "commerce") -> Act:
        """Return 补充证据, 陈述申辩 or 提请协调 on a day."""
        body = {
            "case_id": self.case_id,
            "on": on.isoformat(),
            "summary_sha256": digest(f"demo {kind} {self.case_id}"),
            "usccs": list(self.usccs),
        }
        return Act(moment(on, hour, 25), agency, kind, body, [document("其他", f"{kind} {self.case_id}")])

    def decided(self, on: date, decision: str, reasons: str) -> Act:
        """Return 处理决定 on a day."""
        body = {
            "case_id": self.case_id,
            "decision": decision,
            "document_no": f"DEMO-D-{self.case_id[-50:]}",
            "reasons": reasons,
            "usccs": list(self.usccs),
        }
        return Act(moment(on, 15, 35), "commerce", "CaseDecided", body, officers=2)

    def ended(self, kind: str, on: date) -> Act:
        """Return 整改完成 or 撤销处理决定 on a day."""
        body = {
            "case_id": self.case_id,
            "document_no": f"DEMO-E-{self.case_id[-50:]}",
            "usccs": list(self.usccs),
            "vins": list(self.vins),
        }
        return Act(moment(on, 15, 45), "commerce", kind, body, officers=2)

    def course(self, opened: date, decision: str, reasons: str) -> Iterator[Act]:
        """Yield the case from its opening over evidence and hearing to its decision, by time."""
        yield self.opened(moment(opened, 9, 50))
        yield self.step("CaseEvidenceAdded", working_day(opened, 2), 11, agency="police")
        yield self.step("HearingHeld", working_day(opened, 5), 14)
        yield self.decided(working_day(opened, 8), decision, reasons)


def suspension(
    suspension_id: str, uscc: str, case_id: str | None, effective_at: datetime, at: datetime, basis: str
) -> Act:
    """Return 暂停 of application and use."""
    body: dict[str, Any] = {
        "basis": basis,
        "case_id": case_id,
        "effective_at": effective_at.isoformat(),
        "scope": ["APPLY", "USE"],
        "suspension_id": suspension_id,
        "uscc": uscc,
    }
    return Act(at, "commerce", "EnterpriseSuspended", body, officers=2)


def notice(suspension_id: str, uscc: str, kind: str, served_at: datetime, at: datetime) -> Act:
    """Return 送达 to the enterprise."""
    body = {
        "kind": kind,
        "served_at": served_at.isoformat(),
        "suspension_id": suspension_id,
        "to": uscc,
        "uscc": uscc,
    }
    return Act(at, "commerce", "SuspensionNoticeServed", body)


def reinstatement(suspension_id: str, uscc: str, at: datetime) -> Act:
    """Return 恢复, from this moment on."""
    body = {"effective_at": at.isoformat(), "suspension_id": suspension_id, "uscc": uscc}
    return Act(at, "commerce", "EnterpriseReinstated", body, officers=2)


def unfounded(case: Case, uscc: str, day: date) -> Iterator[Act]:
    """Yield a case with an interim suspension that finds no violation, by time."""
    suspension_id = f"S-{case.case_id}"
    decided = working_day(day, 8)
    lifted = working_day(decided, 1)
    acts = [
        *case.course(day, "NO_VIOLATION", "未发现违规（虚构）"),
        case.step("CaseEscalated", working_day(day, 3), 11),
        suspension(suspension_id, uscc, case.case_id, moment(day, 10, 55), moment(day, 10, 55), "INTERIM"),
        notice(suspension_id, uscc, "SUSPEND", moment(day, 16, 5), moment(day, 16, 5)),
        reinstatement(suspension_id, uscc, moment(lifted, 9, 55)),
        notice(suspension_id, uscc, "REINSTATE", moment(lifted, 16, 5), moment(lifted, 16, 5)),
    ]
    yield from sorted(acts, key=lambda act: act.at)
