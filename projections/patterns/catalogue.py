"""The patterns by name: what an investigator asks first, in two languages, with parameters and defaults.

The defaults are such that a season in which every rule is kept, and whose officers take turns, shows none.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from projections.patterns.corrections import corrected_often
from projections.patterns.deadlines import filed_at_deadline
from projections.patterns.evidence import same_certificate, same_invoice, same_scan
from projections.patterns.exports import deregistered_not_released, long_dwell, released_not_deregistered
from projections.patterns.hit import Parameter, Pattern, Words
from projections.patterns.officers import signs_alone, signs_at_night, signs_with_one_other
from projections.patterns.refusals import refused_again
from projections.patterns.sequences import seq_gaps
from projections.patterns.suspensions import registered_before_suspension
from projections.patterns.upstreams import shared_upstream


def _least(default: int, unit: str, zh: str, en: str, lowest: int = 1) -> Parameter:
    return Parameter("least", unit, default, lowest, 1_000_000, zh, en)


def _days(default: int, zh: str, en: str) -> Parameter:
    return Parameter("days", "days", default, 1, 3_650, zh, en)


_REUSE_SHOWS: Final = Words(
    "两辆车的登记或证明材料使用了同一份文件；被退回的证明也算。",
    "Registrations or proofs of two cars name one document; rejected proofs count.",
)
_REUSE_SHOWS_NOT: Final = Words(
    "哪一辆车的使用在先、哪一份是伪造：须调取原件。更正掉的、因登记错误撤销而作废的不算。",
    "Which of the uses is the honest one, or whether the document is forged: that takes the original. "
    "What was "
    "corrected away or annulled as a clerical error does not count.",
)
_OFFICERS_SHOW_NOT: Final = Words(
    "登记的是化名，不是人；轮值安排、休假和职责分工可以解释。",
    "Who the person is behind the pseudonym; rosters, leave and duties may explain it.",
)

_ALL: Final = (
    Pattern(
        "same-scan",
        Words("一份扫描件用于两车", "One scan on two cars"),
        Words(
            "哪些登记证书扫描件为两辆以上车辆提交？",
            "Which scan of a certificate was submitted for two or more cars?",
        ),
        _REUSE_SHOWS,
        _REUSE_SHOWS_NOT,
        same_scan,
    ),
    Pattern(
        "same-certificate",
        Words("一个证书编号用于两车", "One certificate number on two cars"),
        Words(
            "哪些登记证书编号用于两辆以上车辆？",
            "Which certificate number was registered or submitted for two or more cars?",
        ),
        _REUSE_SHOWS,
        _REUSE_SHOWS_NOT,
        same_certificate,
    ),
    Pattern(
        "same-invoice",
        Words("一个发票号用于两车", "One invoice number on two cars"),
        Words("哪些发票号为两辆以上车辆提交？", "Which invoice number was submitted for two or more cars?"),
        _REUSE_SHOWS,
        _REUSE_SHOWS_NOT,
        same_invoice,
    ),
    Pattern(
        "registered-before-suspension",
        Words("暂停前集中登记", "Registrations clustered before a suspension"),
        Words(
            "谁在被暂停前几天突击登记车辆？",
            "Whose cars were registered in a rush in the days before a suspension took effect?",
        ),
        Words(
            "暂停生效日之前若干天内登记数达到下限，且日均为此前的数倍。",
            "At least so many registrations in the days before the day on which it takes effect, at "
            "several times "
            "the rate a day of the days before these.",
        ),
        Words(
            "企业是否事先知情；这些登记本身合规。",
            "Whether anybody knew beforehand; the registrations themselves break no rule.",
        ),
        registered_before_suspension,
        (
            _days(14, "暂停前的天数", "days before the suspension"),
            _least(5, "cars", "至少登记车辆数", "cars registered in these days, at least"),
            Parameter("before", "days", 90, 1, 3_650, "比较期天数", "days before these to compare with"),
            Parameter("factor", "times", 3, 1, 1_000, "日均倍数", "times the rate a day of the days before"),
        ),
    ),
    Pattern(
        "shared-upstream",
        Words("一家上游服务多家出口企业", "An upstream that serves several exporters"),
        Words(
            "哪些上游企业服务多家出口企业，而这些企业共用材料？",
            "Which upstreams serve several exporters that share documents?",
        ),
        Words(
            "同一上游名下两家出口企业使用过同一份证书、扫描件或发票。",
            "Two exporters of one upstream have used the same certificate, scan or invoice.",
        ),
        Words(
            "服务多家出口企业本身合法：least 为 0 时只作列表，不是线索。",
            "Serving several exporters is lawful: with `least` 0 it is a plain list and no lead.",
        ),
        shared_upstream,
        (
            _least(
                1,
                "documents",
                "至少共用材料数，0 为全部列出",
                "documents shared, at least; 0 lists all",
                lowest=0,
            ),
        ),
    ),
    Pattern(
        "filed-at-deadline",
        Words("期限末尾成批提交", "Lots filed at the end of the term"),
        Words(
            "哪些企业在十五日期限的最后几小时成批提交证明？",
            "Which exporters handed in a lot of proofs in the last hours of the fifteen days?",
        ),
        Words(
            "同一企业、同一到期日，最后若干小时内提交的车辆数达到下限（遇休息日顺延）。",
            "At least so many cars of one exporter with one last day, handed in within the last hours "
            "before 24:00 of "
            "that day, rolled past rest days.",
        ),
        Words(
            "迟交：期限内即合规；迟交见 C22。证明材料是否真实。",
            "That anything is late: in time is in time, late proofs are C22. Nor that the papers are false.",
        ),
        filed_at_deadline,
        (
            Parameter("hours", "hours", 6, 1, 360, "期限最后的小时数", "hours before the end of the term"),
            _least(3, "cars", "至少车辆数", "cars, at least"),
        ),
    ),
    Pattern(
        "released-not-deregistered",
        Words("放行后未注销", "Released, never deregistered"),
        Words(
            "哪些车已放行而逾期未注销？",
            "Which cars were released and not deregistered when their term ended?",
        ),
        Words(
            "首个有效放行日起满若干月仍无注销登记。",
            "So many months after the first release that stands, there is no deregistration.",
        ),
        Words(
            "车辆是否离境；注销可能已办而未上链。",
            "Whether the car left; it may be deregistered without a record here.",
        ),
        released_not_deregistered,
        (Parameter("months", "months", 2, 0, 120, "放行后月数", "months after the release"),),
    ),
    Pattern(
        "deregistered-not-released",
        Words("注销而无放行", "Deregistered, never released"),
        Words(
            "哪些车以出口为由注销，却没有有效放行？",
            "Which cars were deregistered for export though no release stands?",
        ),
        Words(
            "有出口注销，无放行记录，或放行已被撤销。",
            "A deregistration for export; no release is on record, or each was taken back.",
        ),
        Words("车辆去向；放行可能尚未上链。", "Where the car is; a release may not have been recorded yet."),
        deregistered_not_released,
    ),
    Pattern(
        "long-dwell",
        Words("待出口滞留过久", "Long dwell in 待出口"),
        Words(
            "哪些车在待出口状态停留过久？", "Which cars wait, or waited, long between transfer and release?"
        ),
        Words(
            "最近一次有效转让待出口至放行（或至查询日）达到天数。",
            "So many days from the transfer that stands to the release, or to the day on which one looks.",
        ),
        Words(
            "违规：648号以来 180 天以上的等待是常态，默认 270 天；登记已终止的不列。",
            "A breach: since 648号 waiting for more than 180 days is usual, hence 270. Cars whose "
            "registration has ended "
            "otherwise are left out.",
        ),
        long_dwell,
        (_days(270, "待出口天数", "days between transfer and release"),),
    ),
    Pattern(
        "signs-alone",
        Words("总是单独签署", "Signs always alone"),
        Words("哪些经办人从不与他人共同签署？", "Which officers never sign together with another?"),
        Words(
            "按本机构双签比例应有若干次共同签署，实际一次也没有。",
            "At the share of signatures that the officers of the agency give together, this one would "
            "have given so "
            "many, and gave none.",
        ),
        _OFFICERS_SHOW_NOT,
        signs_alone,
        (
            _least(
                5, "signatures", "按比例应有的共同签署数", "signatures with another to be expected, at least"
            ),
        ),
    ),
    Pattern(
        "signs-at-night",
        Words("夜间签署", "Signs at night"),
        Words("哪些经办人在夜间签署？", "Which officers sign at night?"),
        Words(
            "签署时间（上海）在时段内的签署包达到下限。",
            "At least so many envelopes whose signing time lies in these hours (Shanghai; the first "
            "counts, the last "
            "does not).",
        ),
        Words(
            "时间由签署人自报；值班安排可以解释。",
            "The time is what the signer says; night duty may explain it.",
        ),
        signs_at_night,
        (
            Parameter("from", "hour", 22, 0, 23, "开始（时）", "the hour in which the night begins"),
            Parameter("to", "hour", 6, 0, 23, "结束（时，不含）", "the hour with which it ends"),
            _least(3, "envelopes", "至少签署包数", "envelopes, at least"),
        ),
    ),
    Pattern(
        "signs-with-one-other",
        Words("只与同一人双签", "Signs together with one other only"),
        Words(
            "哪些经办人只与同一人共同签署？", "Which officers sign together with always the same other one?"
        ),
        Words(
            "共同签署达到下限且对象始终同一人，而本机构还有他人参与双签。",
            "At least so many envelopes signed with another, always the same one, while a third "
            "officer of the agency "
            "signs in twos as well.",
        ),
        _OFFICERS_SHOW_NOT,
        signs_with_one_other,
        (_least(5, "envelopes", "至少共同签署包数", "envelopes signed with another, at least"),),
    ),
    Pattern(
        "refused-again",
        Words("被拒后反复提交", "Refused, and tried again"),
        Words(
            "哪些经办人就同一车辆（或企业）反复提交被拒？",
            "Which officers were refused again and again about one car, or one enterprise?",
        ),
        Words(
            "同一经办人、同一车辆，若干天内被拒的签署包达到下限；不涉车辆的按企业计。",
            "At least so many refused envelopes of one first signer about one car within these days; "
            "about an "
            "enterprise where they name no car.",
        ),
        Words(
            "意图：可能是操作错误。重复发送已入账内容不算。",
            "Intent: it may be a mistake. Sending again what stands already does not count.",
        ),
        refused_again,
        (
            _days(30, "天数", "days, the first and the last one included"),
            _least(3, "envelopes", "至少被拒次数", "refused envelopes, at least"),
        ),
    ),
    Pattern(
        "corrected-often",
        Words("更正集中于一人", "Corrections of one author"),
        Words(
            "本机构的更正是否集中于同一经办人的陈述？",
            "Whose statements do most corrections of an agency take back?",
        ),
        Words(
            "若干天内其陈述被更正的次数达到下限，并占本机构更正的多数。",
            "Within these days at least so many corrections of what this officer signed first, and "
            "that share of all "
            "corrections of the agency.",
        ),
        Words(
            "更正是否应当：更正本身合规，须双签。",
            "Whether a correction was right: correcting is lawful and takes two officers.",
        ),
        corrected_often,
        (
            _days(30, "天数", "days, the first and the last one included"),
            _least(8, "corrections", "至少更正次数", "corrections, at least"),
            Parameter(
                "share", "%", 75, 1, 100, "占本机构更正的百分比", "per cent of the agency's corrections"
            ),
        ),
    ),
    Pattern(
        "seq-gaps",
        Words("签署序号缺口", "Gaps in seq"),
        Words("哪些签署人的序号有缺口？", "Which signers have numbers that are nowhere in the ledger?"),
        Words(
            "首签人序号中有既未入账也未被拒的号，且已过可入账时限。",
            "Numbers of a first signer that were neither entered nor refused, and can enter no more.",
        ),
        Words(
            "缺号之下是否曾签署过内容：由机构说明。",
            "Whether anything was signed under them: that is for the agency to explain.",
        ),
        seq_gaps,
        (
            Parameter(
                "hours",
                "hours",
                72,
                0,
                8_784,
                "签署后可入账的小时数",
                "hours in which an envelope may still enter",
            ),
            _least(1, "numbers", "至少缺号数", "numbers, at least"),
        ),
    ),
)
PATTERNS: Final[Mapping[str, Pattern]] = MappingProxyType({one.name: one for one in _ALL})
