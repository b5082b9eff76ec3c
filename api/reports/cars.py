"""The cars of a dossier as a table: what belongs together stands in one column on paper."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.reports.document import Column, Row, Section
from api.reports.words import word, words
from projections.proof.unknowable import Text

Content = Mapping[str, Any]


def cars_section(cars: Sequence[Content]) -> Section:
    """Return the cars, a row a registration."""
    columns = (
        Column(Text("车辆识别代码", "VIN"), 18, "code"),
        Column(Text("品牌型号", "brand, model"), under=True),
        Column(Text("登记证书", "certificate"), under=True),
        Column(Text("科目", "account"), 12),
        Column(Text("批次-行", "line"), 8, "code"),
        Column(Text("注册登记", "registered"), 11),
        Column(Text("应办至", "due"), under=True),
        Column(Text("抄告", "copied"), under=True),
        Column(Text("转让", "transferred"), 12),
        Column(Text("提交", "submitted"), under=True),
        Column(Text("核收", "proof"), under=True),
        Column(Text("放行", "released"), 16, "code"),
        Column(Text("报关单", "declaration"), under=True),
        Column(Text("装船", "loaded"), 14),
        Column(Text("注销", "deregistered"), under=True),
        Column(Text("注销原因", "reason"), under=True),
        Column(Text("证明程度", "level"), 12),
        Column(Text("重叠状态", "overlays"), under=True),
        Column(Text("尚缺", "missing"), under=True),
    )
    rows = [Row(tuple(_car(one))) for one in cars]
    notes = (
        Text(
            "证明程度为独立核验程序就该车所作（C36）；“尚缺”为其英文原文。批次-行为该企业对之下的编号。",
            "The level is that of the independent checker (C36); what is missing stands in its own words."
            " A line is numbered within its pair.",
        ),
    )
    return Section("车辆", Text("车辆", "Cars"), (), notes, columns, rows)


def _car(one: Content) -> Iterator[Any]:
    yield from (one["vin"], one["brand_model"], one["cert_no"])
    account = word("account", one["account"])
    yield None if account is None else Text(f"{one['account']} {account.zh}", account.en)
    yield None if one["line_id"] is None else "-".join(one["line_id"].split("-")[2:])
    yield from (one["registered_on"], one["rolled_due"] or one["strict_due"], one["copied_on"])
    proof = word("proof", one["proof"])
    late = "（逾期）" if one["late"] else ""
    yield from (one["transferred_on"], one["submitted_on"], None if proof is None else f"{proof.zh}{late}")
    live = [each for each in one["declarations"] if not each["reversed"]]
    gone = [f"{each['declaration_no']} 已撤销" for each in one["declarations"] if each["reversed"]]
    yield ", ".join(each["released_on"] for each in live) or None
    yield ", ".join([*(each["declaration_no"] for each in live), *gone]) or None
    reason = word("deregistration", one["deregistration"])
    record = "，有出境记录" if one["exit_record"] else ""
    yield from (one["loaded_on"], one["deregistered_on"], None if reason is None else f"{reason.zh}{record}")
    yield word("level", one["level"])
    overlays = words("overlay", one["overlays"])
    yield None if overlays is None else overlays.zh
    yield one["missing"]
