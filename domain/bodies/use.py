"""Bodies about the use of quota: a batch of lines from application to classification (annex 2)."""

from typing import Annotated

from pydantic import Field

from domain.shapes import (
    MAX_VEHICLES,
    BatchIdText,
    BodyModel,
    Code,
    LineIdText,
    Name,
    Number,
    OrganisationCode,
    Sha256,
    Text,
    Units,
    Vin,
    Vins,
)


class AppliedLine(BodyModel):
    """One row of annex 2: a purchased car."""

    brand_model: Name
    line_id: LineIdText
    vin: Vin


class ApprovedLine(BodyModel):
    """One line that commerce approves, named by its id and its car."""

    line_id: LineIdText
    vin: Vin


class UseApplicationReceived(BodyModel):
    """使用申请 (annex 2): both firms apply to use quota for these cars."""

    batch_id: BatchIdText
    lines: Annotated[tuple[AppliedLine, ...], Field(strict=False, min_length=1, max_length=MAX_VEHICLES)]
    org_code: OrganisationCode
    purchase_evidence: Text | None


class UseApplicationApproved(BodyModel):
    """核定使用: commerce approves lines of an application; one unit of quota each."""

    batch_id: BatchIdText
    document_no: Code
    lines: Annotated[tuple[ApprovedLine, ...], Field(strict=False, max_length=MAX_VEHICLES)]
    vin_list_sha256: Sha256


class UsageNumberSent(BodyModel):
    """提交使用数量: commerce sends transport the number of live lines, bound to their list of VINs."""

    batch_id: BatchIdText
    revision: Number
    units: Units
    vin_list_sha256: Sha256


class QuotaAttributeClassified(BodyModel):
    """额度属性分类: transport classifies the number it was sent."""

    attribute_code: Code
    batch_id: BatchIdText
    revision: Number
    units: Units
    vin_list_sha256: Sha256


class UseApplicationRejected(BodyModel):
    """Commerce rejects a use application."""

    batch_id: BatchIdText
    reason: Text | None


class UseApplicationWithdrawn(BodyModel):
    """The two firms take back a use application; its unregistered lines go back to the pair."""

    batch_id: BatchIdText
    reason: Text | None


class UsageNumberReturned(BodyModel):
    """退回: transport sends a number back to commerce."""

    batch_id: BatchIdText
    reason: Text | None
    revision: Number


class QuotaAttributeWithdrawn(BodyModel):
    """Transport takes the quota attribute from cars of a batch; open until their lines are cancelled."""

    batch_id: BatchIdText
    reason: Text | None
    vins: Vins


class ApprovedLineCancelled(BodyModel):
    """取消: commerce cancels one approved line that is not registered; its unit is available again."""

    line_id: LineIdText
    reason: Text | None
    vin: Vin
