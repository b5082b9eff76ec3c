"""Every refusal and every flag: its code, the article or control behind it, and its words in two languages.

A *refusal* stops a decision. A *flag* marks an accepted statement; ``control`` is the C-number of the
verifier statement that it bears on. Codes are stable and kebab-case; figures are filled into both texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_M5: Final = "沪商规〔2024〕19号 措施5"
_ANNEX1: Final = "沪商规〔2024〕19号 附件1"
_ANNEX2: Final = "沪商规〔2024〕19号 附件2"
_WINDOW: Final = "沪商规〔2024〕19号 有效期"
_LEDGER: Final = "台账规则"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a decision is refused; ``figures`` are the values that stand in the texts."""

    code: str
    article: str
    zh: str
    en: str
    figures: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Flag:
    """What a flag says; ``control`` is a C-number of the verifier."""

    code: str
    control: str
    zh: str
    en: str


REFUSALS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "no-policy": (
            _LEDGER,
            "{day}尚无生效的政策版本",
            "no policy version is in force on {day}",
        ),
        "outside-window": (
            _WINDOW,
            "{day}不在政策有效期{first}至{last}内",
            "{day} is outside the policy window {first} to {last}",
        ),
        "policy-version-gap": (
            _LEDGER,
            "政策版本号应为{wanted},而非{stated}",
            "the policy version has to be {wanted}, not {stated}",
        ),
        "calendar-revision-gap": (
            _LEDGER,
            "{year}年节假日修订号应为{wanted},而非{stated}",
            "the revision of the calendar {year} has to be {wanted}, not {stated}",
        ),
        "bad-calendar": (
            _LEDGER,
            "节假日表含{year}年以外或自相矛盾的日期:{day}",
            "the calendar {year} holds a day of another year, or one that both rests and works: {day}",
        ),
        "bad-check-digit": (
            "GB 32100、GB 11714、GB 16735",
            "{value}的校验码不符",
            "the check character of {value} is wrong",
        ),
        "org-code-mismatch": (
            _ANNEX2,
            "组织机构代码{stated}与统一社会信用代码{uscc}不符",
            "the organisation code {stated} is not that of {uscc}",
        ),
        "enterprise-known": (_LEDGER, "{uscc}已建档", "{uscc} is already on file"),
        "unknown-enterprise": (
            _M5,
            "{uscc}未建档为{role}",
            "{uscc} is not on file as {role}",
        ),
        "upstream-not-in-city": (
            _M5,
            "上游关联企业{uscc}不在本市",
            "the upstream {uscc} is not in the city",
        ),
        "suspended": (
            _M5,
            "{uscc}已被暂停({scope}):{suspension_id}",
            "{uscc} is suspended ({scope}): {suspension_id}",
        ),
        "lapsed": (
            _M5,
            "出口企业{uscc}在{day}无有效备案",
            "the exporter {uscc} has no export qualification on {day}",
        ),
        "letter-missing": (
            _ANNEX1,
            "{pair_id}没有完整的承诺书",
            "{pair_id} has no complete commitment letter",
        ),
        "unknown-application": (_M5, "没有总量申请{app_id}", "there is no application {app_id}"),
        "application-incomplete": (
            _M5,
            "总量申请{app_id}不是双方共同提交",
            "the application {app_id} is not by both firms",
        ),
        "same-firm": (
            _M5,
            "出口企业与上游关联企业同为{uscc}",
            "the exporter and its upstream are one firm, {uscc}",
        ),
        "pair-active": (
            _M5,
            "出口企业{uscc}已与{pairs}组对",
            "the exporter {uscc} already has the active pair {pairs}",
        ),
        "units-out-of-range": (
            _M5,
            "核定{units}台,申请{applied}台:应为1至申请数",
            "{units} granted, {applied} applied for: from 1 to the number applied for",
        ),
        "wrong-state": (
            _M5,
            "{what}处于{state},应为{wanted}",
            "{what} is {state}; {wanted} is wanted",
        ),
        "unknown-batch": (_ANNEX2, "没有使用申请{batch_id}", "there is no use application {batch_id}"),
        "pair-not-active": (_M5, "{pair_id}没有有效额度", "{pair_id} is not active"),
        "no-lines": (_ANNEX2, "{batch_id}未核定任何车辆", "no line of {batch_id} is approved"),
        "line-not-applied": (
            _ANNEX2,
            "{line_id}({vin})不在申请表中或重复",
            "{line_id} ({vin}) is not in the application, or stands twice",
        ),
        "over-available": (
            _M5,
            "核定{units}台,可用额度{available}台",
            "{units} units approved, {available} available",
        ),
        "vin-live": (
            _M5,
            "车辆{vin}已占用额度:{line_id}({account})",
            "the car {vin} already holds a unit: {line_id} ({account})",
        ),
        "hash-mismatch": (
            _M5,
            "车架号清单摘要应为{wanted},而非{stated}",
            "the digest of the VIN list is {wanted}, not {stated}",
        ),
        "numbers-differ": (
            _M5,
            "{what}应为{wanted},而非{stated}",
            "{what} is {wanted}, not {stated}",
        ),
        "wrong-revision": (
            _M5,
            "修订号应为{wanted},而非{stated}",
            "the revision is {wanted}, not {stated}",
        ),
        "unknown-attribute": (
            _M5,
            "额度属性{stated}不在代码表中",
            "the quota attribute {stated} is not in the code list",
        ),
        "unknown-submission": (
            _M5,
            "没有车辆{vin}的提交{submission_id}",
            "there is no submission {submission_id} for the car {vin}",
        ),
        "not-registrable": (
            _M5,
            "车辆{vin}没有已核定的额度行",
            "the car {vin} stands on no approved line",
        ),
        "not-registered": (
            _M5,
            "{vin}未以{line_id}、证书{cert_no}登记",
            "{vin} is not registered on {line_id} under certificate {cert_no}",
        ),
        "transfer-missing": (
            _M5,
            "{vin}没有转让待出口记录(证书{cert_no})",
            "no transfer pending export of {vin} is recorded (certificate {cert_no})",
        ),
        "transfer-mismatch": (
            _M5,
            "{vin}转让自{stated},应为{wanted}",
            "{vin} was transferred {stated}; {wanted} is wanted",
        ),
        "duplicate-suspension": (
            _LEDGER,
            "暂停编号{suspension_id}已使用",
            "the suspension id {suspension_id} is used up",
        ),
        "empty-scope": (_M5, "暂停{suspension_id}没有范围", "the suspension {suspension_id} has no scope"),
        "case-missing": (
            _M5,
            "最终暂停{suspension_id}未载明案件",
            "the final suspension {suspension_id} names no case",
        ),
        "suspension-not-open": (
            _M5,
            "{uscc}没有未结束的暂停{suspension_id}",
            "{uscc} has no open suspension {suspension_id}",
        ),
    }
)

_FLAGS: Final = (
    Flag("outside-window", "C09", "登记日不在政策有效期内", "registered outside the policy window"),
    Flag("no-policy", "C09", "登记日尚无政策版本", "registered before a policy version was in force"),
    Flag("unbacked", "C15", "登记没有有效的核定车辆", "a registration without a valid approved line"),
    Flag("owner-not-upstream", "C15", "所有人不是上游关联企业", "the owner is not the upstream of the pair"),
    Flag("brand-differs", "C15", "品牌型号与申请表不同", "brand and model differ from the application"),
    Flag("letter-incomplete", "C16", "承诺书不完整", "seals, annex 1 or the two licences are missing"),
    Flag("application-incomplete", "C16", "不是双方共同申请", "not applied for by both firms"),
    Flag("duplicate-id", "C16", "编号已使用,内容不计", "the id is used up; this content does not count"),
    Flag("pair-not-active", "C16", "尚无核定总量", "no total quota has been granted"),
    Flag("vin-repeated", "C17", "车架号已占用额度或重复", "the VIN holds a unit elsewhere or stands twice"),
    Flag(
        "line-misplaced",
        "C17",
        "车辆序号不属本批或重复",
        "a line id of another batch, or one that stands twice",
    ),
    Flag("bad-vin", "C18", "车架号校验码不符", "the check character of the VIN is wrong"),
    Flag("vin-unverifiable", "C18", "进口车架号校验码不符(提示)", "wrong check character; not binding on it"),
    Flag("bad-uscc", "C19", "统一社会信用代码校验码不符", "the check character of a USCC is wrong"),
    Flag(
        "org-code-mismatch", "C19", "组织机构代码与上游关联企业不符", "not the upstream's organisation code"
    ),
    Flag("unknown-enterprise", "C19", "企业未建档", "an enterprise that is not on file"),
    Flag("plate-issued", "C20", "核发了实体牌照", "a physical plate was issued"),
    Flag("upstream-shared", "C21", "上游关联企业服务多家出口企业", "the upstream serves several exporters"),
    Flag("late-transfer", "C22", "转让待出口逾期", "transferred after the due date"),
    Flag("late-submission", "C22", "证明提交逾期", "submitted after the due date"),
    Flag("late-proof", "C22", "核收的证明逾期", "the accepted proof was late"),
    Flag("exported-unproved", "C22", "放行时尚未核收证明", "exported before a transfer proof was accepted"),
    Flag(
        "wrong-parties",
        "C23",
        "转让双方不是本对企业",
        "not transferred from the pair's upstream to its exporter",
    ),
    Flag("record-differs", "C24", "与登记记录不符", "differs from the police record of the registration"),
    Flag("dates-disordered", "C25", "日期先后颠倒", "the dates of the car's acts are out of order"),
    Flag("out-of-order", "C25", "没有可依附的登记状态,不记账", "no state to act on; nothing is posted"),
    Flag("document-reused", "C26", "证书、扫描件或发票用于多辆车", "a document already used for another car"),
    Flag("scan-missing", "C26", "未附登记证书扫描件", "no scan of the certificate is attached"),
    Flag("duplicate-submission", "C26", "提交编号已使用,内容不计", "the submission id is used up"),
    Flag("suspended", "C28", "登记时企业处于暂停", "registered while an enterprise was suspended"),
    Flag("bad-declaration", "C29", "报关单号不合规或非出口", "not a well-formed export declaration number"),
    Flag("second-declaration", "C29", "车辆已有另一报关单", "the car stands on another declaration"),
    Flag("wrong-exporter", "C29", "报关出口企业不符", "the exporter is not that of the pair"),
    Flag(
        "late-deregistration",
        "C30",
        "放行后超过二个月注销",
        "deregistered later than two months after release",
    ),
    Flag("deregistered-unexported", "C30", "注销时无放行记录", "deregistered without a customs release"),
    Flag("deregistered-other", "C36", "因其他原因注销", "deregistered for another reason than export"),
)

FLAGS: Final[Mapping[str, Flag]] = MappingProxyType({flag.code: flag for flag in _FLAGS})


def refuse(code: str, **figures: object) -> Refusal:
    """Return the refusal ``code`` with its figures; a figure that its texts lack is an error."""
    article, zh, en = REFUSALS[code]
    return Refusal(code, article, zh.format_map(figures), en.format_map(figures), figures)
