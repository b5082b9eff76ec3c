"""The catalogue of statements C01–C36: what each says, where it comes from, and what it cannot say.

``open`` names what the ledger alone cannot know (Z01–Z10): a statement leaves it open whatever its verdict.
``about`` says what a statement looks at; an entry of unknown type that touches it leaves the statement
UNDETERMINED.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from projections.proof.unknowable import UNKNOWABLE, Text

__all__ = ["INTEGRITY", "STATEMENTS", "UNKNOWABLE", "About", "StatementInfo", "Text"]

About = Literal["enterprise", "vin"]


@dataclass(frozen=True, slots=True)
class StatementInfo:
    """One statement: its title, its source, what PROVED means, and which of Z01–Z10 it leaves open."""

    code: str
    title: Text
    source: str
    proves: Text
    open: tuple[str, ...]
    about: frozenset[About]


_ENTERPRISE: Final[frozenset[About]] = frozenset({"enterprise"})
_VIN: Final[frozenset[About]] = frozenset({"vin"})
_BOTH: Final[frozenset[About]] = _ENTERPRISE | _VIN
_NONE: Final[frozenset[About]] = frozenset()

# code, title zh, title en, source, what PROVED means zh, en, what it leaves open, what it looks at
_ROWS: Final = (
    (
        "C01",
        "账本完整",
        "The ledger is whole",
        "台账规则: docs/spec/ledger-format.md 3, 4; RFC 6962",
        "条目连续，字节重新散列后与链、树、主体链、链首承诺和检查点一致",
        "no gap; the bytes hash again to chain, tree, subject chains, committed heads and checkpoint",
        ("Z01", "Z10"),
        _NONE,
    ),
    (
        "C02",
        "签名有效",
        "Signatures hold",
        "台账规则: docs/spec/ledger-format.md 2; RFC 8032",
        "每个签名有效，签署密钥在该条目处已授权",
        "every signature verifies under a key authorised at the entry's own index",
        ("Z08",),
        _NONE,
    ),
    (
        "C03",
        "部门有权",
        "The agency may say it",
        "台账规则: docs/spec/statements/",
        "部门和密钥均有权签署该类型",
        "agency and key are authorised for the type",
        ("Z08",),
        _NONE,
    ),
    (
        "C04",
        "双人签署",
        "Two officers signed",
        "台账规则: docs/spec/statements/",
        "要求双人的条目由两名不同经办人的身份签署",
        "two registered officer identities signed every † entry",
        ("Z08",),
        _NONE,
    ),
    (
        "C05",
        "时间有序",
        "Times are in order",
        "台账规则: docs/spec/verification.md 3, 7",
        "记录时间不倒退，签署时间在窗口内，发生时间不晚于记录时间；长期补录逐条列出",
        "recorded times never go back, signing times lie in the window, nothing is recorded in advance",
        ("Z08",),
        _NONE,
    ),
    (
        "C06",
        "更正合规",
        "Corrections are lawful",
        "台账规则: docs/spec/corrections.md",
        "更正由同一部门作出，目标存在，且不重复更正",
        "each by the agency of its target, which exists and is corrected once",
        ("Z08",),
        _NONE,
    ),
    (
        "C07",
        "视图与重放一致",
        "Projections equal a replay",
        "台账规则: docs/spec/verification.md 9",
        "存储的视图与由条目重放的结果一致",
        "the stored views equal what a replay of the entries gives",
        (),
        _NONE,
    ),
    (
        "C08",
        "附件一致",
        "Attachments agree",
        "台账规则: docs/spec/verification.md 3, 7",
        "现有附件与条目中的散列值一致",
        "every document at hand has the hash that its entry states",
        ("Z05",),
        _NONE,
    ),
    (
        "C09",
        "政策有效",
        "A policy is in force",
        "措施5; 有效期至2029年10月18日止",
        "每项核定、分类和登记之日均有政策版本有效且在政策期内（含末日）",
        "each grant, approval, classification and registration has a version in force and lies in the window",
        ("Z08",),
        _BOTH,
    ),
    (
        "C10",
        "额度守恒",
        "Quota is conserved",
        "台账规则: docs/spec/verification.md 6",
        "每个条目之后：G = −ISS = AV + A + C + K，各账户合计为零且不为负",
        "after every entry G = −ISS = AV + A + C + K, the accounts sum to zero and none is negative",
        ("Z01",),
        _BOTH,
    ),
    (
        "C11",
        "与车辆明细相符",
        "Cross-foot with the lines",
        "台账规则: docs/spec/verification.md 5, 6",
        "除 AV 和 ISS 外每个账户等于处于该状态的车辆行数",
        "every account except AV and ISS equals the count of car lines in that state",
        ("Z01",),
        _BOTH,
    ),
    (
        "C12",
        "核定使用不超总量",
        "Approvals within the grant",
        "措施5: 核定出口专用牌照额度总量后",
        "任何时候已核定使用的数量不超过当时的总量",
        "at all times the units approved lie within the total granted by then",
        ("Z01",),
        _BOTH,
    ),
    (
        "C13",
        "追加条件",
        "Top-ups above 80 %",
        "措施5: 额度使用超过80%",
        "每次追加时已使用严格超过总量的80%，所述数字与重放一致",
        "at each top-up strictly more than 80 % was used, and the numbers stated are those of a replay",
        ("Z01",),
        _BOTH,
    ),
    (
        "C14",
        "核定、提交、分类一致",
        "Approved = sent = classified",
        "措施5: 提交使用数量，额度属性分类",
        "每批核定、提交和分类的数量相同，且为同一份车辆识别代号清单",
        "in each batch the numbers approved, sent and classified agree and bind the same list of VINs",
        ("Z01",),
        _BOTH,
    ),
    (
        "C15",
        "登记有额度",
        "Every registration has its line",
        "措施5: 上游关联企业可向市公安局申请办理机动车登记手续",
        "每次登记恰好使用一个此前核定、分类且未取消的同车行，所有人为该上游企业，品牌型号一致",
        "each registration uses one earlier approved, classified line of the same VIN, owner and model",
        ("Z01",),
        _BOTH,
    ),
    (
        "C16",
        "申请材料齐全",
        "Grants rest on complete applications",
        "措施5; 附件1",
        "每次核定前有共同申请、承诺书和两家企业的营业执照",
        "each grant was preceded by the joint application, the letter and both licences",
        ("Z05", "Z06", "Z07"),
        _ENTERPRISE,
    ),
    (
        "C17",
        "一车一额度",
        "One car, one unit",
        "措施5",
        "没有一辆车同时占用两个有效行，也没有一辆车使用两个额度",
        "no VIN stands in two live lines and none consumes two units",
        ("Z01", "Z03"),
        _VIN,
    ),
    (
        "C18",
        "车辆识别代号有效",
        "VINs are valid",
        "GB 16735; ISO 3779",
        "每个车辆识别代号的校验位正确（对须校验的制造厂）",
        "the check digit of every VIN holds where its maker is bound to it",
        ("Z03",),
        _VIN,
    ),
    (
        "C19",
        "企业代码有效",
        "Enterprise codes are valid",
        "GB 32100; GB 11714; 附件2",
        "统一社会信用代码和组织机构代码有效且相互一致",
        "every USCC and organisation code holds, and they agree",
        (),
        _ENTERPRISE,
    ),
    (
        "C20",
        "不核发实体牌照",
        "No physical plate",
        "措施5: 不核发实体牌照",
        "每次登记均未核发实体牌照",
        "no registration issued a physical plate",
        ("Z04",),
        _VIN,
    ),
    (
        "C21",
        "一家上游、备案有效",
        "One upstream, qualified exporter",
        "措施5: 与1家本市上游关联企业; 公告2024年第6号",
        "出口企业同时只有一个有效组合，每次核定、追加和核定使用时备案有效",
        "an exporter has one active pair, and is qualified at every grant, top-up and approval",
        ("Z06",),
        _ENTERPRISE,
    ),
    (
        "C22",
        "十五天内转让并提交",
        "Transfer and proof in 15 days",
        "措施5: 车辆登记后15天内",
        "每辆登记车辆在期限内办理转让待出口并提交证明",
        "every registered car was transferred and its proof submitted by the due date",
        ("Z01", "Z05", "Z08"),
        _VIN,
    ),
    (
        "C23",
        "转让给本组合出口企业",
        "Transferred to the right exporter",
        "措施5; 附件1",
        "每次转让均由上游企业转给同一组合的出口企业（或指定的变更企业）",
        "each transfer is from the upstream to the exporter of the same pair, or its designated substitute",
        ("Z06",),
        _BOTH,
    ),
    (
        "C24",
        "证明与公安记录一致",
        "Proof agrees with the police",
        "措施5: 证明材料",
        "核收的证明与公安记录的车辆、证书编号和日期一致",
        "each accepted proof agrees with the police record in VIN, certificate and date",
        ("Z05",),
        _VIN,
    ),
    (
        "C25",
        "时间顺序",
        "The order of a car's dates",
        "措施5; 公安部令164",
        "每辆车登记、转让、放行、注销的日期依次不早于前一项",
        "registration, transfer, release and deregistration of a car follow each other by their dates",
        ("Z08",),
        _VIN,
    ),
    (
        "C26",
        "材料不重复使用",
        "No document serves twice",
        "措施5: 变造、伪造申请和证明材料",
        "扫描件、登记证书编号和发票均未用于两辆车",
        "no scan, certificate number or invoice is used for two VINs",
        ("Z05",),
        _VIN,
    ),
    (
        "C27",
        "登记信息抄告",
        "Registrations are copied",
        "措施5: 抄告市商务委",
        "每次登记均已抄告；所用天数列出",
        "every registration was copied to commerce; the lag is reported",
        ("Z01",),
        _VIN,
    ),
    (
        "C28",
        "暂停期间不核定",
        "Nothing granted while suspended",
        "措施5: 暂停该企业申请和使用; 附件1",
        "暂停或放弃期间没有生效的核定、提交或分类，送达后没有登记；决定至送达之间的登记另行列出",
        "nothing granted, approved, sent, classified or (after notice) registered while barred",
        ("Z08",),
        _ENTERPRISE,
    ),
    (
        "C29",
        "报关单有效",
        "Declarations are sound",
        "海关报关单编号规则; 措施5",
        "报关单编号正确且为出口，每辆车只在一份有效报关单上，出口人为出口企业或变更企业",
        "well-formed, export flag, one live declaration a car, in the name of its exporter or substitute",
        ("Z02", "Z03", "Z09"),
        _BOTH,
    ),
    (
        "C30",
        "两个月内注销",
        "Deregistered in two months",
        "公安部令164 第三十七条",
        "每辆放行车辆在通关后二个月内注销登记",
        "every released car was deregistered within two months of its release",
        ("Z02", "Z08"),
        _VIN,
    ),
    (
        "C31",
        "许可证与账本一致",
        "Licences agree with the ledger",
        "公告2024年第6号; 商贸函〔2025〕648号",
        "许可证所列日期与账本一致，车辆数和有效期符合规定",
        "the dates on each licence are those of the ledger, at most 20 cars, valid for its term",
        ("Z05",),
        _BOTH,
    ),
    (
        "C32",
        "售后维修服务确认书",
        "After-sales letter",
        "商贸函〔2025〕648号",
        "自2026年1月1日起申请且登记不超过180天的车辆附有确认书",
        "licences applied for from 2026-01-01 for cars registered at most 180 days carry the letter",
        ("Z05",),
        _VIN,
    ),
    (
        "C33",
        "待出口后无境内使用",
        "No domestic use after transfer",
        "措施5; 公告2024年第6号",
        "转让待出口后账本未记录境内转让、检验、投保或复进口",
        "the ledger records no domestic transfer, inspection, insurance or re-import after the transfer",
        ("Z04", "Z09"),
        _VIN,
    ),
    (
        "C34",
        "违规均立案",
        "Every violation has its case",
        "措施5: 由市商务委暂停",
        "逾期、上路和无额度登记均在规定天数内立案；最终暂停和恢复有处理决定",
        "every overdue, road-use and unbacked car has a case in time; final suspensions follow decisions",
        ("Z04",),
        _BOTH,
    ),
    (
        "C35",
        "与部门对账单相符",
        "Agency statements agree",
        "台账规则: docs/spec/verification.md 7",
        "各部门对账单的数量与账本一致",
        "the counts that agencies state are those of the ledger",
        ("Z01",),
        _BOTH,
    ),
    (
        "C36",
        "额度只用于出口",
        "No quota used outside export",
        "措施5: 出口专用牌照额度未实际用于出口",
        "每个已使用的额度均有海关或离境证据，没有例外",
        "every used unit is customs- or exit-proved and there is no exception, as far as the ledger knows",
        ("Z01", "Z02", "Z03", "Z04", "Z05", "Z08", "Z09"),
        _BOTH,
    ),
)

STATEMENTS: Final[Mapping[str, StatementInfo]] = MappingProxyType(
    {
        code: StatementInfo(code, Text(title_zh, title_en), source, Text(zh, en), left_open, about)
        for code, title_zh, title_en, source, zh, en, left_open, about in _ROWS
    }
)
"""By code, in order."""

INTEGRITY: Final = tuple(f"C0{number}" for number in range(1, 9))
"""Answered by the verification of entries and signatures, not by the groups of this package."""
