"""Bodies about an enterprise: its file and its export qualification (备案), from filing to its end."""

from typing import Annotated, Literal

from pydantic import Field

from domain.shapes import BodyModel, Code, Day, Name, OrganisationCode, Text, Uscc

Role = Literal["EXPORTER", "UPSTREAM"]
RenunciationScope = Literal["QUALIFICATION", "QUOTA", "BOTH"]


class EnterpriseRegistered(BodyModel):
    """企业建档: commerce opens the file of an exporter, an upstream, or both in one firm."""

    applicant_kind: Literal["MANUFACTURER", "DEALER", "OTHER"] | None
    district: Name | None
    in_city: bool
    name: Name
    org_code: OrganisationCode
    roles: Annotated[tuple[Role, ...], Field(strict=False, max_length=2)]
    uscc: Uscc


class ExportQualificationFiled(BodyModel):
    """备案: an exporter is qualified from a day to a day, both included."""

    filing_no: Code
    uscc: Uscc
    valid_from: Day
    valid_to: Day


class EnterpriseChanged(BodyModel):
    """企业变更: one member of an enterprise's file has a new value from a day on."""

    field: Code
    on: Day
    uscc: Uscc
    value: Text | None


class QualificationWithdrawn(BodyModel):
    """撤销备案: the exporter's qualification ends on a day, against its will."""

    on: Day
    reason: Text | None
    uscc: Uscc


class QualificationRenounced(BodyModel):
    """自愿放弃 (annex 1): an enterprise gives up its qualification, its right to apply for quota, or both."""

    on: Day
    scope: RenunciationScope
    uscc: Uscc
