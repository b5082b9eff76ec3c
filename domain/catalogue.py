"""The catalogue of statement types: who may sign which, whether it decides or reports, and its own date.

A stored type name is looked up here and nowhere else; it is never a path into code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from domain import bodies
from domain.bodies import Body


class Kind(Enum):
    """A decision is refused when a rule forbids it; a fact is accepted and flagged."""

    DECISION = "DECISION"
    FACT = "FACT"


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """One row: ``effective_field`` names the body's own date, None where ``occurred_at`` serves."""

    name: str
    zh: str
    agencies: frozenset[str]
    kind: Kind
    four_eyes: bool
    effective_field: str | None
    body: type[Body]


_SIGNERS: Final = {
    "SC": ("commerce",),
    "ST": ("transport",),
    "PS": ("police",),
    "PS|SC": ("police", "commerce"),
    "PS|ST|SC": ("police", "transport", "commerce"),
    "CU|SC": ("customs", "commerce"),
    "OP": ("operator",),
    "OWN": ("commerce", "transport", "police", "customs"),
}
_DEC: Final = Kind.DECISION
_FACT: Final = Kind.FACT


def _row(
    body: type[Body],
    zh: str,
    signers: str,
    kind: Kind,
    effective_field: str | None = None,
    *,
    four_eyes: bool = False,
) -> TypeSpec:
    return TypeSpec(body.__name__, zh, frozenset(_SIGNERS[signers]), kind, four_eyes, effective_field, body)


_ROWS: Final = (
    _row(bodies.LedgerOpened, "建账", "OP", _DEC),
    _row(bodies.AgencyKeyRegistered, "密钥登记", "OWN", _DEC, four_eyes=True),
    _row(bodies.AgencyKeyRevoked, "密钥注销", "OWN", _DEC),
    _row(bodies.HeadsCommitted, "链首承诺", "OP", _FACT),
    _row(bodies.SubmissionRefused, "拒收记录", "OP", _FACT),
    _row(bodies.PolicyVersionPublished, "政策版本", "SC", _DEC, four_eyes=True),
    _row(bodies.HolidayCalendarPublished, "节假日", "SC", _DEC),
    _row(bodies.EnterpriseRegistered, "企业建档", "SC", _DEC),
    _row(bodies.EnterpriseChanged, "企业变更", "SC", _FACT, "on"),
    _row(bodies.ExportQualificationFiled, "备案", "SC", _FACT, "valid_from"),
    _row(bodies.QualificationWithdrawn, "撤销备案", "SC", _FACT, "on"),
    _row(bodies.QualificationRenounced, "自愿放弃", "SC", _FACT, "on"),
    _row(bodies.CommitmentLetterSigned, "承诺书", "SC", _FACT, "signed_on"),
    _row(bodies.TotalQuotaApplicationReceived, "总量申请", "SC", _FACT, "applied_on"),
    _row(bodies.QuotaGranted, "核定总量", "SC", _DEC, four_eyes=True),
    _row(bodies.QuotaApplicationRejected, "总量申请不予核定", "SC", _DEC),
    _row(bodies.QuotaApplicationWithdrawn, "总量申请撤回", "SC", _FACT),
    _row(bodies.TopUpApplicationReceived, "追加申请", "SC", _FACT, "applied_on"),
    _row(bodies.QuotaToppedUp, "核定追加", "SC", _DEC, four_eyes=True),
    _row(bodies.TopUpRejected, "追加申请不予核定", "SC", _DEC),
    _row(bodies.QuotaReduced, "核减", "SC", _DEC, four_eyes=True),
    _row(bodies.PairClosed, "关闭", "SC", _DEC),
    _row(bodies.UseApplicationReceived, "使用申请", "SC", _FACT),
    _row(bodies.UseApplicationApproved, "核定使用", "SC", _DEC),
    _row(bodies.UseApplicationRejected, "使用申请不予核定", "SC", _DEC),
    _row(bodies.UseApplicationWithdrawn, "使用申请撤回", "SC", _FACT),
    _row(bodies.UsageNumberSent, "提交使用数量", "SC", _DEC),
    _row(bodies.UsageNumberReturned, "退回使用数量", "ST", _DEC),
    _row(bodies.QuotaAttributeClassified, "额度属性分类", "ST", _DEC),
    _row(bodies.QuotaAttributeWithdrawn, "撤销额度属性", "ST", _FACT),
    _row(bodies.ApprovedLineCancelled, "取消", "SC", _DEC, four_eyes=True),
    _row(bodies.VehicleRegistered, "注册登记", "PS", _FACT, "registered_on"),
    _row(bodies.VehicleInfoCopied, "抄告", "PS", _FACT, "copied_on"),
    _row(bodies.PendingExportTransferRecorded, "转让待出口", "PS", _FACT, "transferred_on"),
    _row(bodies.TransferReversed, "撤销转让", "PS", _FACT, "on"),
    _row(bodies.TransferProofSubmitted, "提交证明", "SC", _FACT),
    _row(bodies.TransferProofAccepted, "核收", "SC", _DEC),
    _row(bodies.TransferProofRejected, "退回证明", "SC", _DEC),
    _row(bodies.TransferProofRevoked, "撤销核收", "SC", _DEC, four_eyes=True),
    _row(bodies.ExportLicenceIssued, "出口许可证", "SC", _FACT, "applied_on"),
    _row(bodies.CustomsExportConfirmed, "放行/结关", "CU|SC", _FACT, "released_on"),
    _row(bodies.CustomsExportReversed, "退关/删单/复进口", "CU|SC", _FACT, "on"),
    _row(bodies.PortLoadingConfirmed, "装船离境", "CU|SC", _FACT, "loaded_on"),
    _row(bodies.VehicleDeregistered, "注销登记", "PS", _FACT, "deregistered_on"),
    _row(bodies.RegistrationAnnulled, "更正/撤销", "PS", _FACT, "on", four_eyes=True),
    _row(bodies.RegistrationRegularised, "补正", "SC", _DEC, four_eyes=True),
    _row(bodies.DomesticUseRecorded, "境内使用", "PS|SC", _FACT, "on"),
    _row(bodies.RoadUseReported, "上路线索", "PS|ST|SC", _FACT),
    _row(bodies.VehicleEvidenceFiled, "车况/评估/保险", "OWN", _FACT, "on"),
    _row(bodies.SubstituteExporterDesignated, "变更出口企业", "SC", _DEC, four_eyes=True),
    _row(bodies.NonExportDetermined, "认定未用于出口", "SC", _DEC, four_eyes=True),
    _row(bodies.NonExportOverturned, "撤销认定", "SC", _DEC, four_eyes=True),
    _row(bodies.ViolationCaseOpened, "立案", "SC", _DEC),
    _row(bodies.CaseEvidenceAdded, "补充证据", "OWN", _FACT, "on"),
    _row(bodies.HearingHeld, "陈述申辩", "SC", _FACT, "on"),
    _row(bodies.CaseEscalated, "提请协调", "SC", _FACT, "on"),
    _row(bodies.CaseDecided, "处理决定", "SC", _DEC, four_eyes=True),
    _row(bodies.CaseRemedied, "整改完成", "SC", _FACT, four_eyes=True),
    _row(bodies.CaseOverturned, "撤销处理决定", "SC", _DEC, four_eyes=True),
    _row(bodies.EnterpriseSuspended, "暂停", "SC", _DEC, four_eyes=True),
    _row(bodies.SuspensionNoticeServed, "送达", "SC", _FACT, "served_at"),
    _row(bodies.EnterpriseReinstated, "恢复", "SC", _DEC, four_eyes=True),
    _row(bodies.EventCorrected, "更正", "OWN", _DEC, four_eyes=True),
    _row(bodies.ReconciliationStatementFiled, "对账单", "OWN", _FACT),
)

CATALOGUE: Final[Mapping[str, TypeSpec]] = MappingProxyType({row.name: row for row in _ROWS})
