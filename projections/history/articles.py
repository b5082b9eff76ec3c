"""By which rule each type of statement moves units of quota (domain.md 4; docs/regulation-map.md)."""

from types import MappingProxyType
from typing import Final

_M5: Final = "沪商规〔2024〕19号 措施5"

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
