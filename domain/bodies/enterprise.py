"""Bodies about an enterprise: its file and its export qualification (备案)."""

from typing import Annotated, Literal

from pydantic import Field

from domain.shapes import BodyModel, Code, Day, Name, OrganisationCode, Uscc

Role = Literal["EXPORTER", "UPSTREAM"]


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
