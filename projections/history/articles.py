"""By which rule each type of statement moves units of quota, or bears on it (docs/regulation-map.md)."""

from types import MappingProxyType
from typing import Final

_M5: Final = "沪商规〔2024〕19号 措施5"
_A1: Final = "沪商规〔2024〕19号 附件1"
_A2: Final = "沪商规〔2024〕19号 附件2"
_N6: Final = "商务部等公告2024年第6号"

ARTICLES: Final = MappingProxyType(
    {
        "QuotaGranted": f"{_M5}：市商务委核定出口专用牌照额度总量",
        "QuotaToppedUp": f"{_M5}：额度使用超过80%的，可申请追加",
        "QuotaReduced": f"{_M5}：核减可用额度",
        "UseApplicationApproved": f"{_M5}、附件2：市商务委核定使用",
        "UseApplicationWithdrawn": f"{_M5}、附件2：申请撤回，未登记的额度退回",
        "ApprovedLineCancelled": f"{_M5}、附件2：取消未登记车辆，额度退回",
        "QuotaAttributeClassified": f"{_M5}：经市交通委额度属性分类",
        "VehicleRegistered": f"{_M5}：向市公安局申请办理机动车登记手续",
        "TransferProofAccepted": f"{_M5}：登记后15天内办理“转让待出口”并提交证明材料",
        "TransferProofRevoked": f"{_M5}：核收撤销，车辆回到未证明",
        "TransferReversed": "公安部令第164号 第二十八条：撤销转让待出口",
        "CustomsExportConfirmed": "公安部令第164号 第三十七条：办理海关出口通关手续",
        "CustomsExportReversed": "公安部令第164号 第三十七条：放行撤销",
        "VehicleDeregistered": "公安部令第164号 第三十七条、第三十九条：注销登记",
        "RegistrationAnnulled": "公安部令第164号 第四十条、第八十一条：登记更正或撤销",
        "RegistrationRegularised": f"{_M5}：补正登记，占用已核定额度",
        "NonExportDetermined": f"{_M5}：额度未实际用于出口",
        "NonExportOverturned": f"{_M5}：撤销未用于出口的认定",
        "EventCorrected": "台账规则：更正冲回原记载并重新记账",
    }
)
"""Type → the sentence or the rule of the ledger on which its posting rests."""

_BEARING: Final = MappingProxyType(
    {
        "LedgerOpened": "台账规则：建账",
        "AgencyKeyRegistered": "台账规则：密钥由本部门两名经办人登记",
        "AgencyKeyRevoked": "台账规则：密钥由本部门注销",
        "HeadsCommitted": "台账规则：链首承诺",
        "SubmissionRefused": "台账规则：拒收留痕",
        "PolicyVersionPublished": "沪商规〔2024〕19号：施行和有效期，参数以政策版本为准",
        "HolidayCalendarPublished": "国务院办公厅节假日安排：期限届满日顺延",
        "EnterpriseRegistered": f"{_A2}：统一社会信用代码、组织机构代码",
        "EnterpriseChanged": f"{_A2}：企业信息变更",
        "ExportQualificationFiled": f"{_N6}：二手车出口企业备案",
        "QualificationWithdrawn": f"{_N6}：撤销备案",
        "QualificationRenounced": f"{_A1}：自愿放弃备案资质和申请资格",
        "CommitmentLetterSigned": f"{_A1}：企业承诺书",
        "TotalQuotaApplicationReceived": f"{_M5}：共同提交申请书和承诺书",
        "QuotaApplicationRejected": f"{_M5}：不予核定额度总量",
        "QuotaApplicationWithdrawn": f"{_M5}：总量申请撤回",
        "TopUpApplicationReceived": f"{_M5}：额度使用超过80%的，可申请追加",
        "TopUpRejected": f"{_M5}：不予核定追加",
        "PairClosed": f"{_M5}：与1家本市上游关联企业，组合终止",
        "UseApplicationReceived": f"{_M5}、附件2：申请使用相应额度",
        "UseApplicationRejected": f"{_M5}、附件2：不予核定使用",
        "UsageNumberSent": f"{_M5}：向市交通委提交使用数量",
        "UsageNumberReturned": f"{_M5}：使用数量退回",
        "QuotaAttributeWithdrawn": f"{_M5}：撤销额度属性",
        "VehicleInfoCopied": f"{_M5}：登记的车辆信息抄告市商务委",
        "PendingExportTransferRecorded": f"{_M5}：登记后15天内办理“转让待出口”",
        "TransferProofSubmitted": f"{_M5}：登记后15天内将证明材料提交至市商务委",
        "TransferProofRejected": f"{_M5}：证明材料退回",
        "ExportLicenceIssued": f"{_N6}、商贸函〔2025〕648号：出口许可证",
        "PortLoadingConfirmed": f"{_A1}：额度均用于二手车出口，装船离境",
        "DomesticUseRecorded": f"{_M5}：额度未实际用于出口",
        "RoadUseReported": f"{_M5}：不具备道路行驶权限",
        "VehicleEvidenceFiled": f"{_A1}：提交材料完整、准确、真实",
        "SubstituteExporterDesignated": f"{_A1}：变更出口企业",
        "ViolationCaseOpened": f"{_M5}：上路行驶等行为，立案",
        "CaseEvidenceAdded": f"{_M5}：案件补充证据",
        "HearingHeld": f"{_M5}：陈述申辩",
        "CaseEscalated": f"{_M5}：提请协调",
        "CaseDecided": f"{_M5}：处理决定",
        "CaseRemedied": f"{_M5}：整改完成",
        "CaseOverturned": f"{_M5}：撤销处理决定",
        "EnterpriseSuspended": f"{_M5}：由市商务委暂停申请和使用额度",
        "SuspensionNoticeServed": f"{_M5}：暂停或恢复的决定送达",
        "EnterpriseReinstated": f"{_M5}：恢复申请和使用额度",
        "ReconciliationStatementFiled": "台账规则：部门对账单",
    }
)
"""Type → the sentence or the rule of the ledger that it applies where it moves no unit."""


def rule_of(type_name: str) -> str | None:
    """Return the rule that a statement of a type applies; None for a type that is not known."""
    return ARTICLES.get(type_name) or _BEARING.get(type_name)
