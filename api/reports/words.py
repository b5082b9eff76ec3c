"""The words of reports in Chinese and English: accounts, agencies, clocks, cases, standings, levels."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from projections.proof.unknowable import Text

_ROWS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "account": {
        "ISS": ("已核发（对方科目）", "issued (contra)"),
        "AV": ("可用", "available"),
        "A": ("已核定使用", "approved"),
        "C": ("已分类", "classified"),
        "R": ("已登记、未核收证明", "registered"),
        "T": ("转让证明已核收", "transfer proved"),
        "X": ("海关已放行", "customs-released"),
        "D": ("放行后注销", "deregistered after export"),
        "N": ("终结、未出口", "closed, not exported"),
        "UNB": ("无额度登记（备查）", "unbacked (memo)"),
    },
    "agency": {
        "commerce": ("市商务委", "commerce"),
        "transport": ("市交通委", "transport"),
        "police": ("市公安局", "police"),
        "customs": ("海关", "customs"),
        "operator": ("账本运营方", "operator"),
    },
    "role": {
        "EXPORTER": ("二手车出口企业", "exporter"),
        "UPSTREAM": ("上游关联企业", "upstream"),
    },
    "applicant": {
        "MANUFACTURER": ("生产企业", "manufacturer"),
        "DEALER": ("经销企业", "dealer"),
        "OTHER": ("其他", "other"),
    },
    "qualification": {
        "VALID": ("有效", "valid"),
        "LAPSED": ("已过期", "lapsed"),
        "WITHDRAWN": ("已撤销", "withdrawn"),
        "RENOUNCED": ("已放弃", "renounced"),
    },
    "ending": {
        "WITHDRAWN": ("撤销备案", "withdrawn"),
        "QUALIFICATION": ("放弃备案", "qualification renounced"),
        "QUOTA": ("放弃额度申请", "quota renounced"),
        "BOTH": ("放弃备案及额度申请", "both renounced"),
    },
    "scope": {"APPLY": ("申请", "apply"), "USE": ("使用", "use")},
    "basis": {"INTERIM": ("临时", "interim"), "FINAL": ("最终", "final")},
    "pair": {
        "NEW": ("未核定", "new"),
        "ACTIVE": ("有效", "active"),
        "CLOSED": ("已关闭", "closed"),
    },
    "application": {
        "TOTAL": ("总量申请", "total"),
        "TOP_UP": ("追加申请", "top-up"),
        "PENDING": ("待核定", "pending"),
        "GRANTED": ("已核定", "granted"),
        "REJECTED": ("不予核定", "rejected"),
        "WITHDRAWN": ("已撤回", "withdrawn"),
    },
    "batch": {
        "RECEIVED": ("已受理", "received"),
        "APPROVED": ("已核定使用", "approved"),
        "SENT": ("已提交使用数量", "sent"),
        "CLASSIFIED": ("已分类", "classified"),
        "REJECTED": ("不予核定", "rejected"),
        "WITHDRAWN": ("已撤回", "withdrawn"),
        "ENDED": ("已终止", "ended"),
    },
    "clock": {
        "EXPORT_TERM": ("十五日内转让并提交证明", "transfer and proof"),
        "DEREGISTRATION": ("放行后二个月内申请注销", "deregistration"),
        "COPY": ("抄告市商务委", "copy to commerce"),
        "CASE": ("应当立案", "case to be opened"),
        "QUALIFICATION": ("备案有效期", "qualification"),
        "TOP_UP": ("可申请追加", "top-up"),
    },
    "clock_status": {
        "DUE": ("期限内", "due"),
        "AT_RISK": ("临近", "at risk"),
        "OVERDUE": ("逾期", "overdue"),
        "PENDING": ("待核收", "pending"),
        "UNDETERMINED": ("不能断定", "undetermined"),
        "MISSING": ("未抄告", "missing"),
        "LAPSING": ("将到期", "lapsing"),
        "LAPSED": ("已过期", "lapsed"),
        "POSSIBLE": ("可以申请", "possible"),
    },
    "ground": {
        "FORGERY": ("变造、伪造材料", "forgery"),
        "NOT_EXPORTED": ("未实际用于出口", "not exported"),
        "ROAD_USE": ("上路行驶", "road use"),
        "LATE_PROOF": ("逾期证明", "late proof"),
        "OTHER": ("其他", "other"),
    },
    "case": {
        "OPEN": ("在办", "open"),
        "DECIDED": ("已决定", "decided"),
        "OVERTURNED": ("已撤销", "overturned"),
    },
    "decision": {
        "NO_VIOLATION": ("无违规", "no violation"),
        "WARNING": ("警告", "warning"),
        "SUSPEND": ("暂停", "suspend"),
        "RENUNCIATION": ("放弃资格", "renunciation"),
        "REFERRED": ("移送", "referred"),
    },
    "proof": {
        "PENDING": ("待核收", "pending"),
        "ACCEPTED": ("已核收", "accepted"),
        "REJECTED": ("已退回", "rejected"),
        "REVOKED": ("核收已撤销", "revoked"),
        "VOID": ("随登记更正失效", "void"),
    },
    "overlay": {
        "OVERDUE": ("逾期未证明", "overdue"),
        "LATE": ("逾期证明", "late"),
        "UNDER_CASE": ("在办案件", "under case"),
        "ROAD_USE": ("上路行驶", "road use"),
        "HOME_USE": ("境内使用", "domestic use"),
        "EXPORT_LOST": ("出口被撤销", "export lost"),
        "FRAUD": ("骗取登记", "fraud"),
    },
    "level": {
        "exception": ("例外", "exception"),
        "exit-proved": ("离境有据", "exit-proved"),
        "customs-proved": ("海关有据", "customs-proved"),
        "on track": ("办理中", "on track"),
        "undetermined": ("不能断定", "undetermined"),
    },
    "verdict": {
        "PROVED": ("成立", "PROVED"),
        "REFUTED": ("不成立", "REFUTED"),
        "UNDETERMINED": ("不能断定", "UNDETERMINED"),
        "BALANCED": ("平衡", "BALANCED"),
        "UNBALANCED": ("不平衡", "UNBALANCED"),
    },
    "deregistration": {"EXPORT": ("出口", "export"), "OTHER": ("其他", "other")},
}
WORDS: Final[Mapping[str, Mapping[str, Text]]] = MappingProxyType(
    {kind: {code: Text(*pair) for code, pair in rows.items()} for kind, rows in _ROWS.items()}
)


def word(kind: str, code: str | None) -> Text | None:
    """Return the words of a code of a kind; a code that is not in the table stands for itself."""
    if code is None:
        return None
    return WORDS[kind].get(code) or Text(code, code)


def words(kind: str, codes: list[str]) -> Text | None:
    """Return the words of several codes, joined."""
    found = [WORDS[kind].get(code) or Text(code, code) for code in codes]
    if not found:
        return None
    return Text("、".join(one.zh for one in found), ", ".join(one.en for one in found))
