"""Bodies about a violation case: opened, heard, decided, remedied or overturned."""

from typing import Literal

from domain.shapes import BodyModel, Code, Day, Reference, Sha256, Text, Usccs, Vins

Ground = Literal["FORGERY", "NOT_EXPORTED", "ROAD_USE", "LATE_PROOF", "OTHER"]
CaseDecision = Literal["NO_VIOLATION", "WARNING", "SUSPEND", "RENUNCIATION", "REFERRED"]


class ViolationCaseOpened(BodyModel):
    """立案: commerce opens a case against enterprises, about cars."""

    case_id: Reference
    ground: Ground
    usccs: Usccs
    vins: Vins


class CaseEvidenceAdded(BodyModel):
    """An agency adds evidence to a case; its summary stays outside the ledger."""

    case_id: Reference
    on: Day
    summary_sha256: Sha256 | None
    usccs: Usccs


class HearingHeld(BodyModel):
    """陈述申辩: the enterprises were heard; without a summary they waived the hearing."""

    case_id: Reference
    on: Day
    summary_sha256: Sha256 | None
    usccs: Usccs


class CaseEscalated(BodyModel):
    """The case went to the coordination of measure 13."""

    case_id: Reference
    on: Day
    summary_sha256: Sha256 | None
    usccs: Usccs


class CaseDecided(BodyModel):
    """处理决定: commerce decides the case."""

    case_id: Reference
    decision: CaseDecision
    document_no: Code
    reasons: Text
    usccs: Usccs


class CaseRemedied(BodyModel):
    """The cars of a decided case were put right."""

    case_id: Reference
    document_no: Code | None
    usccs: Usccs
    vins: Vins


class CaseOverturned(BodyModel):
    """复议、诉讼: the decision of a case fell."""

    case_id: Reference
    document_no: Code
    usccs: Usccs
    vins: Vins
