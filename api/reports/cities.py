"""The overview of the city, laid out."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.reports.document import Column, Document, Fact, Row, Section
from api.reports.parts import (
    DAY_RULE,
    account_cells,
    account_columns,
    accounts_note,
    arrow,
    basis_facts,
    basis_sections,
    unknowable_section,
)
from api.reports.statements import movement_rows
from api.reports.words import word, words
from domain.catalogue import CATALOGUE
from projections.proof.unknowable import Text
from projections.reports.report import Report

Content = Mapping[str, Any]


def city_document(report: Report) -> Document:
    """Lay out the overview."""
    content = report.content
    sections = [_units(content), _headline(content["headline"])]
    if content["movement"] is not None:
        sections.append(_movement(content["movement"]))
    sections += [
        _pairs(content["pairs"]),
        _deadlines(content["deadlines"]),
        _cases(content["cases"]),
        _enterprises(content["enterprises"]),
        _statements(content["statements"]),
        _entries(content["entries"]),
        unknowable_section(),
        *basis_sections(report),
    ]
    subject = Text(content["basis"]["origin"], content["basis"]["as_of"])
    return Document(report, subject, basis_facts(report), tuple(sections), wide=False, seals="city")


def _units(content: Content) -> Section:
    figures, totals = content["figures"], content["totals"]
    books = word("verdict", content["books"])
    facts = (
        Fact(Text("核定额度", "granted"), figures["granted"]),
        Fact(Text("已使用", "used"), figures["used"]),
        Fact(Text("可用", "available"), figures["available"]),
        Fact(Text("未载明额度行的登记", "registrations that name no line"), figures["unbacked_without_line"]),
        Fact(Text("逐条平衡", "balance after every entry"), books),
    )
    columns = (Column(Text("全市", "whole city"), 20), *account_columns(8))
    rows = [Row((Text("余额", "balances"), *account_cells(totals)), "balance")]
    return Section(
        "全市余额", Text("全市额度", "Units of the whole city"), facts, (accounts_note(),), columns, rows
    )


def _headline(head: Content) -> Section:
    columns = (
        Column(Text("证明程度", "level"), 30),
        Column(Text("含义", "meaning"), 55),
        Column(Text("英文", "in English"), under=True),
        Column(Text("额度数", "units"), 15, "number"),
    )
    meaning = {
        "exit_proved": (
            "exit-proved",
            Text("账本载有装船或出境记录", "a loading or an exit record is in the ledger"),
        ),
        "customs_proved": (
            "customs-proved",
            Text("海关放行且报关单合规，尚无离境记录", "released on a sound declaration; no exit record yet"),
        ),
        "on_track": (
            "on track",
            Text("期限之内，出口证据尚缺", "within its terms; evidence of export is still missing"),
        ),
        "undetermined": ("undetermined", Text("证据不足，不能断定", "the evidence does not decide")),
        "exceptions": (
            "exception",
            Text(
                "未用于出口、逾期、撤销、骗取、境内使用、上路或无额度登记",
                "not used for export, overdue, reversed, fraud, domestic use, road use, or unbacked",
            ),
        ),
    }
    rows = [
        Row((word("level", level), told.zh, told.en, head[name])) for name, (level, told) in meaning.items()
    ]
    facts = (Fact(Text("C36 全部用于出口", "C36: used for export only"), word("verdict", head["verdict"])),)
    return Section("证明程度", Text("使用额度的证明程度", "How far use is proved"), facts, (), columns, rows)


def _movement(movement: Content) -> Section:
    period = movement["period"]
    columns = (Column(Text("行", "row"), 20), *account_columns(8))
    facts = (
        Fact(Text("期间", "period"), Text(f"{period['first']} 至 {period['last']}", period["month"])),
        Fact(Text("期内条目", "entries"), movement["entries"]),
        Fact(Text("过账", "postings"), "；".join(map(arrow, movement["moved"])) or None, "code"),
    )
    rows = movement_rows(movement["opening"], movement["moved"], movement["closing"])
    return Section("月度变动", Text("月度变动", "The month"), facts, (DAY_RULE,), columns, rows)


def _pairs(pairs: Sequence[Content]) -> Section:
    columns = (
        Column(Text("账户（企业对）", "account (pair)"), 32, "code"),
        Column(Text("出口企业", "exporter"), under=True),
        Column(Text("状态", "status"), 8),
        *account_columns(5),
        Column(Text("逾期", "overdue"), 8, "number"),
    )
    rows = [
        Row(
            (
                one["pair_id"], one["exporter"]["name"], word("pair", one["status"]),
                *account_cells(one["balances"]), one["overdue"],
            )
        )
        for one in pairs
    ]  # fmt: skip
    return Section("账户", Text("账户与余额", "Accounts and balances"), (), (), columns, rows)


def _deadlines(deadlines: Sequence[Content]) -> Section:
    columns = (
        Column(Text("期限", "clock"), 50),
        Column(Text("状态", "status"), 30),
        Column(Text("数量", "count"), 20, "number"),
    )
    rows = [
        Row((word("clock", one["kind"]), word("clock_status", one["status"]), one["count"]))
        for one in deadlines
    ]
    note = Text("逐项见：quota-ledger deadlines", "One by one: quota-ledger deadlines")
    return Section("期限", Text("正在运行的期限", "Clocks that run"), (), (note,), columns, rows)


def _cases(cases: Sequence[Content]) -> Section:
    columns = (
        Column(Text("事由", "ground"), 35),
        Column(Text("状态", "status"), 25),
        Column(Text("决定", "decision"), 25),
        Column(Text("数量", "count"), 15, "number"),
    )
    rows = [
        Row(
            (
                word("ground", one["ground"]),
                word("case", one["status"]),
                word("decision", one["decision"]),
                one["count"],
            )
        )
        for one in cases
    ]
    return Section("案件", Text("案件", "Cases"), (), (), columns, rows)


def _enterprises(enterprises: Sequence[Content]) -> Section:
    columns = (
        Column(Text("企业", "enterprise"), 38),
        Column(Text("统一社会信用代码", "USCC"), under=True),
        Column(Text("身份", "roles"), 20),
        Column(Text("资格", "qualification"), 14),
        Column(Text("未结束的暂停", "open suspensions"), 18, "code"),
        Column(Text("有效账户", "active accounts"), 10, "number"),
    )
    rows = [
        Row(
            (
                one["name"], one["uscc"], words("role", one["roles"]),
                word("qualification", one["qualification"]),
                ", ".join(one["suspended"]) or None, one["active_pairs"],
            )
        )
        for one in enterprises
    ]  # fmt: skip
    return Section("企业", Text("企业", "Enterprises"), (), (), columns, rows)


def _statements(statements: Sequence[Content]) -> Section:
    columns = (
        Column(Text("陈述", "statement"), 8, "code"),
        Column(Text("内容", "what it says"), 62),
        Column(Text("英文", "in English"), under=True),
        Column(Text("结论", "verdict"), 20),
        Column(Text("条目数", "entries"), 10, "number"),
    )
    rows = [
        Row(
            (
                one["code"], one["title"]["zh"], one["title"]["en"], word("verdict", one["verdict"]),
                len(one["entries"]),
            )
        )
        for one in statements
    ]  # fmt: skip
    notes = (
        Text(
            "C01–C04、C07 由 quota-ledger verify 作答；所涉条目见：quota-ledger explain finding 编号。",
            "quota-ledger verify answers C01 to C04 and C07; quota-ledger explain finding CODE shows the"
            " entries.",
        ),
    )
    return Section(
        "核验陈述", Text("独立核验的陈述", "Statements of the independent checker"), (), notes, columns, rows
    )


def _entries(entries: Sequence[Content]) -> Section:
    columns = (
        Column(Text("事项", "what"), 40),
        Column(Text("类型", "type"), 40, "code"),
        Column(Text("条目数", "entries"), 20, "number"),
    )
    rows = [Row((_zh(one["type"]), one["type"], one["entries"])) for one in entries]
    return Section("条目统计", Text("条目分类统计", "Entries by type"), (), (), columns, rows)


def _zh(name: str) -> str | None:
    return CATALOGUE[name].zh if name in CATALOGUE else None
