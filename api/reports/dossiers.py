"""The inspection dossier of an enterprise, laid out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.reports.cars import cars_section
from api.reports.document import Column, Document, Fact, Row, Section
from api.reports.parts import (
    INDEX,
    account_cells,
    account_columns,
    accounts_note,
    basis_facts,
    basis_sections,
    entries_section,
    flags_section,
    flags_text,
    line_cells,
    line_columns,
    refused_section,
    statement_source,
    unknowable_section,
)
from api.reports.words import word, words
from domain.postings import USED
from projections.proof.unknowable import Text
from projections.reports.report import Report

Content = Mapping[str, Any]
_INDICES_SHOWN: Final = 12


def dossier_document(report: Report) -> Document:
    """Lay out a dossier."""
    content = report.content
    uscc, name = content["subject"]["uscc"], content["subject"]["name"]
    facts = (
        Fact(Text("被检查企业", "enterprise"), name),
        Fact(Text("统一社会信用代码", "USCC"), uscc, "code"),
        *basis_facts(report),
    )
    sections = (
        _glance(content),
        _file(content["enterprise"]),
        _qualification(content["enterprise"]),
        _suspensions(content["suspensions"]),
        _pairs(content["pairs"]),
        _applications(content["pairs"]),
        _batches(content["batches"]),
        cars_section(content["cars"]),
        _deadlines(content["deadlines"]),
        _cases(content["cases"]),
        _statements(content["statements"]),
        _flagged(content["flagged"]),
        flags_section(content["flags"]),
        refused_section(content["refused"]),
        _documents(content["documents"]),
        entries_section("全部条目", Text("全部条目", "Every entry"), content["entries"]),
        unknowable_section(),
        *basis_sections(report),
    )
    return Document(report, Text(name or uscc, uscc), facts, sections, wide=False, seals="inspection")


def _glance(content: Content) -> Section:
    """Return the figures that an inspector looks for first."""
    pairs, cars = content["pairs"], content["cars"]
    total = {name: sum(one["balances"][name] for one in pairs) for name in ("ISS", "AV", *USED)}
    unbacked = [one for one in cars if one["account"] == "UNB"]
    without = sum(one["line_id"] is None for one in unbacked)  # of no pair: no balance counts them
    levels = [one["level"] for one in cars if one["level"] is not None]
    overdue = sum(one["status"] == "OVERDUE" for one in content["deadlines"])
    open_cases = sum(one["status"] == "OPEN" for one in content["cases"])
    heads, chains = content["completeness"]["heads_at"], content["completeness"]["chains"]
    whole = Text(
        f"{chains} 条链逐条相连；尚未承诺链首，完整性证明须由运营方导出（见核验方法）",
        f"{chains} chains hang together; no heads are committed yet",
    )
    if heads is not None:
        whole = Text(
            f"{chains} 条链逐条相连；第 {heads} 条以下的链首已承诺，可证明无遗漏",
            f"{chains} chains hang together; below entry {heads} heads are committed",
        )
    found = content["statements"]
    against = None
    if found is not None:
        named = [one["code"] for one in found if one["own"]]
        listed = "、".join(named) if named else "无"
        against = Text(f"{len(named)} 项：{listed}", f"{len(named)} statements name entries of this firm")
    used = sum(total[name] for name in USED)
    proved = {
        name: levels.count(name) for name in ("exit-proved", "customs-proved", "on track", "undetermined")
    }
    facts = [
        Fact(
            Text("核定 / 已用 / 可用", "granted, used, available"),
            f"{-total['ISS']:,} / {used:,} / {total['AV']:,}",
        ),
        Fact(
            Text("登记的证明程度", "registrations by level"),
            Text(
                f"离境有据 {proved['exit-proved']}，海关有据 {proved['customs-proved']}，"
                f"办理中 {proved['on track']}，不能断定 {proved['undetermined']}，"
                f"例外 {levels.count('exception')}",
                f"{proved['exit-proved']} exit-proved, {proved['customs-proved']} customs-proved,"
                f" {proved['on track']} on track, {proved['undetermined']} undetermined,"
                f" {levels.count('exception')} exceptions",
            ),
        ),
        Fact(
            Text("无额度登记（其中未载明额度行）", "unbacked registrations (of these, that name no line)"),
            f"{len(unbacked)} ({without})",
        ),
        Fact(Text("逾期期限 / 在办案件", "overdue clocks, open cases"), f"{overdue} / {open_cases}"),
        Fact(
            Text("有标记条目 / 被拒收提交", "flagged entries, refused submissions"),
            f"{len(content['flagged'])} / {len(content['refused'])}",
        ),
        Fact(Text("独立核验不成立的陈述", "refuted by the checker"), against or Text("未核验", "not asked")),
        Fact(Text("记录完整性", "completeness"), whole),
    ]
    return Section("概要", Text("概要", "At a glance"), tuple(facts))


def _file(firm: Content) -> Section:
    opened = firm["opened_by"]
    facts = (
        Fact(
            Text("建档条目", "file opened by entry"),
            opened if opened is not None else Text("未建档", "no file"),
            "index",
        ),
        Fact(Text("组织机构代码", "organisation code"), firm["org_code"], "code"),
        Fact(Text("身份", "roles"), words("role", firm["roles"])),
        Fact(Text("申请人类别", "applicant kind"), word("applicant", firm["applicant_kind"])),
        Fact(Text("建档时住所区", "district when the file was opened"), firm["district"]),
        Fact(Text("建档时在本市", "in the city when it was opened"), _yes(firm["in_city"])),
    )
    columns = (
        INDEX,
        Column(Text("变更日", "from"), 15),
        Column(Text("项目", "member"), 30, "code"),
        Column(Text("变更为", "new value"), 50),
    )
    rows = [Row((one["index"], one["on"], one["field"], one["value"])) for one in firm["changes"]]
    return Section("企业档案", Text("企业档案及变更", "File, and its changes"), facts, (), columns, rows)


def _qualification(firm: Content) -> Section:
    columns = (
        INDEX,
        Column(Text("事项", "what"), 30),
        Column(Text("备案编号", "filing number"), 35, "code"),
        Column(Text("自", "from"), 15),
        Column(Text("至", "to"), 15),
    )
    rows = [
        Row((one["index"], Text("备案", "filed"), one["filing_no"], one["first"], one["last"]))
        for one in firm["filings"]
    ]
    rows += [
        Row((one["index"], word("ending", one["scope"]), None, one["on"], None)) for one in firm["endings"]
    ]
    facts = (Fact(Text("当日状态", "on the day"), word("qualification", firm["qualification"])),)
    return Section("出口资格", Text("出口资格", "Export qualification"), facts, (), columns, rows)


def _suspensions(suspensions: Sequence[Content]) -> Section:
    columns = (
        INDEX,
        Column(Text("暂停编号", "suspension"), 19, "code"),
        Column(Text("范围", "scope"), 12),
        Column(Text("性质", "basis"), 10),
        Column(Text("案件", "case"), 18, "code"),
        Column(Text("生效", "effective"), 12),
        Column(Text("送达", "noticed"), 12),
        Column(Text("结束", "ended"), 12),
    )
    rows = [
        Row(
            (
                one["index"], one["suspension_id"], words("scope", one["scope"]), word("basis", one["basis"]),
                one["case_id"], one["effective_at"], one["noticed_at"], one["ended_at"],
            )
        )
        for one in suspensions
    ]  # fmt: skip
    return Section("暂停", Text("暂停与恢复", "Suspensions"), (), (), columns, rows)


def _pairs(pairs: Sequence[Content]) -> Section:
    columns = (
        Column(Text("账户（企业对）", "account (pair)"), 34, "code"),
        Column(Text("出口企业 / 上游", "exporter, upstream"), under=True),
        Column(Text("状态", "status"), 8),
        *account_columns(6)[:-1],
        Column(Text("UNB", "UNB"), 5, "number"),
    )
    rows = [
        Row(
            (
                one["pair_id"],
                f"{one['exporter']['name'] or '–'} / {one['upstream']['name'] or '–'}",
                word("pair", one["status"]),
                *account_cells(one["balances"]),
            )
        )
        for one in pairs
    ]
    notes = (accounts_note(),)
    return Section("账户余额", Text("账户与余额", "Accounts and balances"), (), notes, columns, rows)


def _applications(pairs: Sequence[Content]) -> Section:
    columns = (
        INDEX,
        Column(Text("申请编号", "application"), 46, "code"),
        Column(Text("类别", "kind"), 14),
        Column(Text("申请", "applied"), 9, "number"),
        Column(Text("结果", "outcome"), 14),
        Column(Text("核定", "granted"), 9, "number"),
        Column(Text("决定条目", "decided by"), 8, "index"),
    )
    rows = [
        Row(
            (
                one["index"], one["app_id"], word("application", one["kind"]), one["units"],
                word("application", one["status"]), one["granted"], one["ended"],
            )
        )
        for pair in pairs
        for one in pair["applications"]
    ]  # fmt: skip
    return Section("额度申请", Text("额度申请与决定", "Applications and decisions"), (), (), columns, rows)


def _batches(batches: Sequence[Content]) -> Section:
    columns = (Column(Text("批次", "batch"), 70, "code"), Column(Text("状态", "status"), 30))
    rows = [Row((one["batch_id"], word("batch", one["status"]))) for one in batches]
    return Section("使用申请批次", Text("使用申请批次", "Use applications"), (), (), columns, rows)


def _deadlines(deadlines: Sequence[Content]) -> Section:
    columns = (
        Column(Text("期限", "clock"), 20),
        Column(Text("状态", "status"), 9),
        Column(Text("对象", "whose"), 33, "code"),
        Column(Text("起算", "since"), 10),
        Column(Text("末日", "last day"), 10),
        Column(Text("依据", "rule"), 18),
    )
    rows = [
        Row(
            (
                word("clock", one["kind"]), word("clock_status", one["status"]), one["subject"], one["since"],
                one["due"], one["source"],
            )
        )
        for one in deadlines
    ]  # fmt: skip
    return Section("期限", Text("正在运行的期限", "Clocks that run"), (), (), columns, rows)


def _cases(cases: Sequence[Content]) -> Section:
    columns = (
        Column(Text("案件编号", "case"), 22, "code"),
        Column(Text("事由", "ground"), 15),
        Column(Text("立案日", "opened"), 11),
        Column(Text("状态", "status"), 11),
        Column(Text("决定", "decision"), 12),
        Column(Text("涉及车辆", "cars"), 18, "code"),
        Column(Text("条目", "entries"), 11, "code"),
    )
    rows = [
        Row(
            (
                one["case_id"], word("ground", one["ground"]), one["opened_on"], word("case", one["status"]),
                word("decision", one["decision"]), " ".join(one["vins"]), _indices(one["entries"]),
            )
        )
        for one in cases
    ]  # fmt: skip
    return Section("案件", Text("案件", "Cases"), (), (), columns, rows)


def _statements(statements: Sequence[Content] | None) -> Section:
    heading = Text("独立核验的陈述", "Statements of the independent checker")
    if statements is None:
        note = Text(
            "本卷宗未作全账核验；请运行核验方法中的命令。",
            "The whole ledger was not read for this dossier: the commands below answer them.",
        )
        return Section("核验陈述", heading, (), (note,))
    columns = (
        Column(Text("陈述", "statement"), 8, "code"),
        Column(Text("内容", "what it says"), 34),
        Column(Text("英文", "in English"), under=True),
        Column(Text("全账结论", "whole ledger"), 17),
        Column(Text("所涉本企业条目", "entries of this firm"), 26, "code"),
        Column(Text("依据", "source"), 15),
    )
    rows = [
        Row(
            (
                one["code"], one["title"]["zh"], one["title"]["en"], word("verdict", one["verdict"]),
                _indices(one["own"]), statement_source(one["code"]),
            )
        )
        for one in statements
    ]  # fmt: skip
    notes = (
        Text(
            "核验程序独立于记账程序，按全部条目作答。C01–C04、C07 涉及账本完整与签名，"
            "由 quota-ledger verify 作答。",
            "The checker shares no code with what decides and reads every entry. C01 to C04 and C07 are about"
            " integrity: quota-ledger verify answers them.",
        ),
    )
    return Section("核验陈述", heading, (), notes, columns, rows)


def _flagged(lines: Sequence[Content]) -> Section:
    columns = (*line_columns(about=34), Column(Text("标记", "flags"), 14, "code"))
    rows = [Row((*line_cells(one), flags_text(one))) for one in lines]
    return Section("有标记的条目", Text("有标记的条目", "Flagged entries"), (), (), columns, rows)


def _documents(documents: Sequence[Content]) -> Section:
    columns = (
        INDEX,
        Column(Text("事项", "what"), 12),
        Column(Text("材料", "kind"), 10),
        Column(Text("格式", "media type"), 14, "code"),
        Column(Text("字节", "bytes"), 9, "number"),
        Column(Text("SHA-256", "SHA-256"), 49, "code"),
    )
    rows = [
        Row((one["index"], one["zh"], one["kind"], one["media_type"], one["bytes"], one["sha256"]))
        for one in documents
    ]
    notes = (
        Text(
            "材料本身不在账本内；以摘要核对：quota-ledger verify … --documents 目录。",
            "The documents themselves are not in the ledger; their digests are:"
            " quota-ledger verify … --documents DIR.",
        ),
    )
    return Section("材料", Text("材料清单", "Documents"), (), notes, columns, rows)


def _indices(indices: Sequence[int]) -> str | None:
    shown = ", ".join(map(str, indices[:_INDICES_SHOWN]))
    more = len(indices) - _INDICES_SHOWN
    return (f"{shown} …(+{more})" if more > 0 else shown) or None


def _yes(value: bool | None) -> Text | None:
    return None if value is None else Text("是", "yes") if value else Text("否", "no")
