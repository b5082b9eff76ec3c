"""What no ledger can tell, Z01–Z10, and the evidence from outside that could."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Unknowable:
    """What no ledger can tell, and the evidence from outside that could."""

    code: str
    what: Text
    evidence: Text


UNKNOWABLE: Final[Mapping[str, Unknowable]] = MappingProxyType(
    {
        code: Unknowable(code, Text(zh, en), Text(evidence_zh, evidence_en))
        for code, zh, en, evidence_zh, evidence_en in (
            (
                "Z01",
                "未进入账本的登记车辆",
                "cars registered off the ledger",
                "公安按额度属性提取的全量清单和市交通委数据库总数",
                "the full police extract by quota attribute, and the total of the transport database",
            ),
            (
                "Z02",
                "车辆是否实际离境（放行不等于离境）",
                "physical exit (a release is not an exit)",
                "舱单、理货报告、出境记录",
                "manifest, tally, exit record",
            ),
            (
                "Z03",
                "集装箱内是否为该车",
                "whether the right car was in the container",
                "查验照片、车辆识别代号拓印",
                "inspection photographs, rubbing of the VIN",
            ),
            (
                "Z04",
                "无牌上路（没有线索不说明没有上路）",
                "road use without plates (no sighting proves nothing)",
                "卡口和车辆识别代号预警、登记时和到港时的里程、保险理赔记录",
                "camera and VIN alerts, the odometer at registration and at the port, insurance claims",
            ),
            ("Z05", "扫描件真伪", "whether a scan is genuine", "公安登记记录", "the police record"),
            (
                "Z06",
                "两家企业的关联性和车辆是否实际购入",
                "whether the two firms are related and the car was bought",
                "股权、合同、发票",
                "equity, contracts, invoices",
            ),
            (
                "Z07",
                "上游企业的信用和开票能力",
                "the upstream's credit and its ability to issue VAT invoices",
                "信用平台、税务机关",
                "the credit platform, the tax authority",
            ),
            (
                "Z08",
                "签署人合谋、虚报发生时间",
                "signers who collude, a false time of occurrence",
                "时间戳、各部门系统日志",
                "time-stamps, the agencies' system logs",
            ),
            (
                "Z09",
                "复进口或转卖第三地",
                "re-import or diversion",
                "按车辆识别代号的海关进口记录、目的地登记记录",
                "customs imports by VIN, records of the destination",
            ),
            (
                "Z10",
                "运营方重写整条链",
                "an operator who rewrites the whole chain",
                "外部保存的检查点、各部门签名中的 seen",
                "checkpoints held outside, the agencies' seen",
            ),
        )
    }
)
