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
    """Why a decision is refused.

    Attributes:
        code: stable, kebab-case.
        article: of the policy or of the ledger's own rules.
        zh: the reason in Chinese.
        en: the same in English.
        figures: the values that stand in the texts.
        policy_version: in force at the time of recording, None before any; ``decide`` fills it in.
    """

    code: str
    article: str
    zh: str
    en: str
    figures: Mapping[str, object]
    policy_version: int | None = None


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
        # Corrections.
        "unknown-target": (
            _LEDGER,
            "没有第{index}条可供更正",
            "there is no entry {index} to correct",
        ),
        "target-differs": (
            _LEDGER,
            "第{index}条的叶哈希应为{wanted},而非{stated}",
            "the leaf hash of entry {index} is {wanted}, not {stated}",
        ),
        "not-correctable": (
            _LEDGER,
            "第{index}条({type})不可更正",
            "entry {index} ({type}) cannot be corrected: no key, policy, operator or correction entry can",
        ),
        "other-agency": (
            _LEDGER,
            "第{index}条由{agency}陈述,只能由其更正",
            "entry {index} was stated by {agency}, which alone may correct it",
        ),
        "already-corrected": (
            _LEDGER,
            "第{index}条已由第{by}条更正",
            "entry {index} was corrected by entry {by} already",
        ),
        "bad-replacement": (
            _LEDGER,
            "替换内容不合{type}的格式:{detail}",
            "the replacement is not a body of {type}: {detail}",
        ),
        "concerns-differ": (
            _LEDGER,
            "concerns应为原陈述与替换内容所涉主体:{wanted}",
            "concerns has to name whom the statement and its replacement concern: {wanted}",
        ),
        "moved-on": (
            _LEDGER,
            "{what}其后已有第{later}条:请先更正最新一条",
            "{what} has moved on since, with entry {later}: correct the newest first",
        ),
        "overdrawn": (
            _LEDGER,
            "更正后{what}的{account}将为{units}",
            "{what} would be left with {units} in {account}",
        ),
        # Quota, use, standing and cases.
        "withdrawn": (
            _M5,
            "出口企业{uscc}的备案已撤销({day})",
            "the export qualification of {uscc} is withdrawn ({day})",
        ),
        "renounced": (
            _ANNEX1,
            "{uscc}已自愿放弃备案资质或额度申请资格({day})",
            "{uscc} has given up its qualification or its right to apply for quota ({day})",
        ),
        "wrong-application": (
            _M5,
            "申请{app_id}的种类为{kind},应为{wanted}",
            "the application {app_id} is of the kind {kind}; {wanted} is wanted",
        ),
        "below-threshold": (
            _M5,
            "已使用{used}台,总量{total}台:未超过80%",
            "{used} of {total} units are used: not more than 80 %",
        ),
        "below-threshold-then": (
            _M5,
            "收到申请{app_id}时使用未超过80%,只能不予核定",
            "use was not above 80 % when {app_id} was received; it can only be rejected",
        ),
        "over-city-cap": (
            _LEDGER,
            "核定{units}台,全市已核定{issued}台,上限{cap}台",
            "{units} granted, {issued} issued to the city; its cap is {cap}",
        ),
        "over-reduction": (
            _M5,
            "核减{units}台,可用额度{available}台:应为1至可用数",
            "{units} units taken back, {available} available: from 1 to those available",
        ),
        "pair-not-drained": (
            _M5,
            "{pair_id}尚有未了结额度:{left}",
            "{pair_id} still holds units: {left}",
        ),
        "line-not-live": (
            _ANNEX2,
            "{line_id}({vin})不是有效的核定车辆",
            "{line_id} ({vin}) is no live approved line",
        ),
        "duplicate-case": (_LEDGER, "案件编号{case_id}已使用", "the case id {case_id} is used up"),
        "empty-case": (
            _M5,
            "案件{case_id}未载明企业或车辆",
            "the case {case_id} names neither an enterprise nor a car",
        ),
        "unknown-case": (_M5, "没有案件{case_id}", "there is no case {case_id}"),
        "hearing-missing": (
            _M5,
            "案件{case_id}尚未听取或放弃陈述申辩",
            "no hearing of the case {case_id} was held or waived",
        ),
        "reasons-missing": (
            _M5,
            "案件{case_id}属列明情形({ground}),不予暂停须说明理由",
            "the case {case_id} is on a named ground ({ground}): not to suspend takes reasons",
        ),
        "case-of-another": (
            _M5,
            "案件{case_id}不涉及{uscc}",
            "the case {case_id} is not about {uscc}",
        ),
        "units-in-use": (
            _LEDGER,
            "{pair_id}已有{used}台在用:请先更正其后记录",
            "{used} units of {pair_id} are in use: correct what stands on them first",
        ),
        "firm-in-pair": (
            _LEDGER,
            "{uscc}属于有效组对{pairs}:请先更正其后记录",
            "{uscc} belongs to the active pair {pairs}: correct what stands on its file first",
        ),
        "case-not-suspending": (
            _M5,
            "案件{case_id}为{state},不能据以最终暂停",
            "the case {case_id} is {state}: no final suspension can rest on it",
        ),
        # Cars.
        "not-unbacked": (_M5, "{vin}没有待补正的登记", "{vin} has no registration without a unit"),
        "no-cars": (_M5, "{document_no}未载明车辆", "{document_no} names no car"),
        "case-cleared": (
            _M5,
            "案件{case_id}认定无违规",
            "the case {case_id} found no violation",
        ),
        "car-of-another-case": (
            _M5,
            "案件{case_id}不涉及车辆{vin}",
            "the case {case_id} is not about the car {vin}",
        ),
        "not-determined": (
            _M5,
            "{vin}({line_id})未在案件{case_id}中被认定未用于出口",
            "{vin} ({line_id}) is not determined as not exported in the case {case_id}",
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
    # Quota, use, standing and cases.
    Flag("unknown-field", "C19", "档案无此项目,不计", "no member of the file; it changes nothing"),
    Flag("unknown-value", "C19", "该项目不能取此值,不计", "not a value of that member; it changes nothing"),
    Flag("declaration-missing", "C28", "未附放弃声明", "no declaration of renunciation is attached"),
    Flag("use-misstated", "C13", "所述使用数或总量与台账不符", "the use or total stated is not the ledger's"),
    Flag("below-threshold", "C13", "使用未超过80%", "use was not above 80 %"),
    Flag("nothing-to-end", "C14", "没有可终止的申请或车辆", "there is no open application or line to end"),
    Flag(
        "attribute-withdrawn",
        "C14",
        "额度属性已撤销,待取消",
        "quota attributes withdrawn; open until their lines are cancelled",
    ),
    Flag("unknown-suspension", "C28", "该企业没有此暂停", "no such suspension of that enterprise"),
    Flag("not-reinstated", "C28", "送达恢复时暂停尚未结束", "notice of an end that is not on record"),
    Flag("unknown-case", "C34", "没有此案件", "there is no such case"),
    Flag("case-late", "C34", "逾期车辆的案件立案过晚", "opened too late for a car that is overdue"),
    Flag("case-not-open", "C34", "案件已作决定", "the case was decided already"),
    Flag("case-undecided", "C34", "案件没有有效决定", "no decision of the case stands"),
    Flag("not-of-the-case", "C34", "车辆不属本案", "a car that the case is not about"),
    Flag("not-suspended", "C34", "列明情形未予暂停", "a named ground did not lead to suspension"),
    Flag("period-disordered", "C35", "期间先后颠倒", "the period ends before it begins"),
    Flag("unknown-count", "C35", "无法核对的项目", "a count of a name that cannot be compared"),
    # Cars.
    Flag("transfer-reversed", "C22", "转让待出口已撤销", "the transfer pending export was struck"),
    Flag("proof-overdue", "C22", "已逾期且无有效证明", "overdue: no valid proof after the due date"),
    Flag("unknown-declaration", "C29", "没有此报关单或已撤销", "no such declaration stands"),
    Flag("export-reversed", "C29", "放行已撤销", "the release was taken back"),
    Flag("loaded-unreleased", "C29", "装船时无放行记录", "loaded without a customs release"),
    Flag("licence-dates-differ", "C31", "许可证日期与台账不符", "the licence's dates are not the ledger's"),
    Flag("licence-too-large", "C31", "许可证超过20辆", "more than 20 vehicles on one licence"),
    Flag("licence-term", "C31", "许可证有效期超过六个月或跨年", "valid beyond six months or the year's end"),
    Flag(
        "after-sales-letter-missing",
        "C32",
        "登记未满180天且无售后维修服务确认书",
        "within 180 days of registration and without the after-sales letter",
    ),
    Flag("domestic-use", "C33", "转让待出口后在境内使用", "used at home after the transfer pending export"),
    Flag("road-use-review", "C34", "临时号牌有效期内上路,待核", "on a road under a valid temporary plate"),
    Flag("road-use-finding", "C34", "上路行驶", "on a road without a valid temporary plate"),
    Flag("export-lost", "C36", "注销后放行被撤销", "deregistered, and then its release was taken back"),
    Flag("fraud", "C36", "以欺骗取得登记被撤销", "the registration was annulled for fraud"),
)

FLAGS: Final[Mapping[str, Flag]] = MappingProxyType({flag.code: flag for flag in _FLAGS})


def refuse(code: str, **figures: object) -> Refusal:
    """Return the refusal ``code`` with its figures; a figure that its texts lack is an error."""
    article, zh, en = REFUSALS[code]
    return Refusal(code, article, zh.format_map(figures), en.format_map(figures), figures)
