"""The two statements of account, laid out: an enterprise's pairs, and what an agency signed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from api.reports.document import Column, Document, Fact, Row, Section
from api.reports.parts import (
    DAY_RULE,
    account_cells,
    account_columns,
    accounts_note,
    arrow,
    basis_facts,
    basis_sections,
    entries_section,
    flags_section,
    flags_text,
    line_cells,
    line_columns,
    moves_text,
    refused_section,
)
from api.reports.words import word
from projections.proof.unknowable import Text
from projections.reports.report import Report
from projections.views.balances import COLUMNS

Content = Mapping[str, Any]
_OPENING: Final = Text("期初余额", "opening balance")
_CLOSING: Final = Text("期末余额", "closing balance")


def enterprise_document(report: Report) -> Document:
    """Lay out the statement of an enterprise."""
    content = report.content
    uscc, name = content["subject"]["uscc"], content["subject"]["name"]
    facts = (
        Fact(Text("企业", "enterprise"), name),
        Fact(Text("统一社会信用代码", "USCC"), uscc, "code"),
        Fact(Text("对账期间", "period"), _period(content["period"])),
        *basis_facts(report),
    )
    accounts = [_account(one, number) for number, one in enumerate(content["accounts"], 1)]
    sections = (
        _summary(content["accounts"]),
        *accounts,
        entries_section(
            "其他记录",
            Text("其他记录（不涉及上列账户）", "Other entries, of no account above"),
            content["other"],
        ),
        refused_section(content["refused"]),
        flags_section(content["flags"]),
        *basis_sections(report),
    )
    subject = Text(f"{name or uscc} {content['period']['month']}", uscc)
    return Document(report, subject, facts, sections, wide=True, seals="enterprise")


def agency_document(report: Report) -> Document:
    """Lay out the statement of an agency."""
    content = report.content
    agency = word("agency", content["subject"]["agency"])
    assert agency is not None
    facts = (
        Fact(Text("部门", "agency"), agency),
        Fact(Text("对账期间", "period"), _period(content["period"])),
        *basis_facts(report),
    )
    sections = (
        _city(content["city"]),
        _counts(content["counts"]),
        _types(content["types"]),
        _signed(content["lines"]),
        refused_section(content["refused"]),
        flags_section(content["flags"]),
        *basis_sections(report),
    )
    subject = Text(f"{agency.zh} {content['period']['month']}", f"{agency.en} {content['period']['month']}")
    return Document(report, subject, facts, sections, wide=True, seals="agency")


def movement_rows(
    opening: Mapping[str, int], moved: Sequence[Content], closing: Mapping[str, int]
) -> list[Row]:
    """Return opening, what fell and rose in each account, and closing."""
    fallen, risen = dict.fromkeys(COLUMNS, 0), dict.fromkeys(COLUMNS, 0)
    for move in moved:
        if move["source"] is not None:
            fallen[move["source"]] += move["units"]
        if move["target"] is not None:
            risen[move["target"]] += move["units"]
    return [
        Row((_OPENING, *account_cells(opening)), "balance"),
        Row((Text("本期转入", "in"), *account_cells(risen))),
        Row((Text("本期转出", "out"), *(-fallen[name] for name in COLUMNS))),
        Row((_CLOSING, *account_cells(closing)), "balance"),
    ]


def _period(period: Content) -> Text:
    told = Text(f"{period['first']} 至 {period['last']}", f"{period['first']} to {period['last']}")
    if period["whole"]:
        return told
    return Text(f"{told.zh}（截至检查点本月未满）", f"{told.en} (not over yet at the checkpoint)")


def _summary(accounts: Sequence[Content]) -> Section:
    columns = (
        Column(Text("账户（企业对）", "account (pair)"), 28, "code"),
        Column(Text("行", "row"), 12),
        *account_columns(6),
    )
    rows = [
        Row((one["pair_id"], *row.cells), row.style)
        for one in accounts
        for row in movement_rows(one["opening"], one["moved"], one["closing"])
    ]
    return Section(
        "余额汇总",
        Text("余额汇总", "Balances"),
        (),
        (DAY_RULE, accounts_note()),
        columns,
        rows,
    )


def _account(account: Content, number: int) -> Section:
    exporter, upstream = account["exporter"], account["upstream"]
    facts = (
        Fact(Text("账户", "account"), account["pair_id"], "code"),
        Fact(Text("出口企业", "exporter"), f"{exporter['name'] or '–'} {exporter['uscc']}"),
        Fact(Text("上游关联企业", "upstream"), f"{upstream['name'] or '–'} {upstream['uscc']}"),
        Fact(Text("本企业身份", "role"), word("role", account["role"])),
    )
    columns = (
        *line_columns(about=28),
        Column(Text("变动", "moved"), 13, "code"),
        *account_columns(5),
        Column(Text("标记", "flags"), 13, "code"),
    )
    pair_id = account["pair_id"]

    def balance(what: Text, balances: Mapping[str, int]) -> Row:
        blank = (None,) * 5
        return Row((None, None, None, what, *blank[1:], None, *account_cells(balances), None), "balance")

    rows = [
        balance(_OPENING, account["opening"]),
        *(
            Row(
                (
                    *line_cells(one, pair_id),
                    moves_text(one["moves"]),
                    *account_cells(one["balances"]),
                    flags_text(one),
                )
            )
            for one in account["lines"]
        ),
        balance(_CLOSING, account["closing"]),
    ]
    heading = Text(f"账户 {number} 明细", f"Account {number}, entry by entry")
    return Section(f"账户{number}", heading, facts, (), columns, rows)


def _city(city: Content) -> Section:
    columns = (Column(Text("全市", "whole city"), 20), *account_columns(8))
    moved = "；".join(map(arrow, city["moved"])) or "–"
    return Section(
        "全市余额",
        Text("全市额度余额", "Units of the whole city"),
        (Fact(Text("本期过账", "postings"), moved, "code"),),
        (DAY_RULE, accounts_note()),
        columns,
        movement_rows(city["opening"], city["moved"], city["closing"]),
    )


_COUNTS: Final = {
    "granted": Text("核定额度（含追加）", "units granted"),
    "approved": Text("核定使用车辆", "lines approved"),
    "registered": Text("注册登记", "registrations"),
    "proved": Text("核收证明", "proofs accepted"),
    "classified": Text("额度属性分类", "units classified"),
    "transferred": Text("转让待出口", "transfers pending export"),
    "deregistered": Text("注销登记", "deregistrations"),
    "released": Text("放行报关单", "declarations released"),
    "loaded": Text("装船离境", "loadings"),
}


def _counts(counts: Content) -> Section:
    columns = (
        Column(Text("名称", "name"), 22, "code"),
        Column(Text("计数内容", "what is counted"), 34),
        Column(Text("账本计数", "by the ledger"), 16, "number"),
        *(
            Column(Text(f"第 {one['index']} 条所报", f"filed by entry {one['index']}"), 14, "number")
            for one in counts["filed"]
        ),
    )
    rows = [
        Row((name, _COUNTS[name], units, *(one["counts"].get(name) for one in counts["filed"])))
        for name, units in counts["counts"].items()
    ]
    notes = [
        Text(
            "按生效日计数，口径同账本中的对账单条目（C35）：随登记更正失效或已被更正的不计。",
            "Counted by effective date, as a statement of account in the ledger has to state it (C35); what"
            " an annulment made void or a correction took back is not counted.",
        ),
        *map(_filed, counts["filed"]),
    ]
    if not counts["filed"]:
        notes.append(
            Text(
                "本部门尚未就本月提交对账单。", "The agency has filed no statement of account for this month."
            )
        )
    return Section("计数", Text("计数", "Counts"), (), tuple(notes), columns, rows)


def _filed(filed: Content) -> Text:
    zh, en = ("一致", "agrees") if filed["agrees"] else ("不一致", "differs")
    return Text(
        f"第 {filed['index']} 条对账单与账本计数{zh}。",
        f"The statement filed by entry {filed['index']} {en} with the ledger's counts."
        if filed["agrees"]
        else f"The statement filed by entry {filed['index']} differs from the ledger's counts.",
    )


def _types(types: Sequence[Content]) -> Section:
    columns = (
        Column(Text("事项", "what"), 40),
        Column(Text("类型", "type"), 40, "code"),
        Column(Text("条目数", "entries"), 20, "number"),
    )
    rows = [Row((one["zh"], one["type"], one["entries"])) for one in types]
    return Section("分类统计", Text("签署条目分类统计", "What was signed, by type"), (), (), columns, rows)


def _signed(lines: Sequence[Content]) -> Section:
    columns = (
        *line_columns(about=30),
        Column(Text("变动", "moved"), 14, "code"),
        Column(Text("标记", "flags"), 15, "code"),
    )
    rows = [Row(cells) for cells in _signed_cells(lines)]
    return Section("签署条目", Text("签署条目明细", "Entries signed"), (), (), columns, rows)


def _signed_cells(lines: Sequence[Content]) -> Iterator[tuple[Any, ...]]:
    for one in lines:
        yield (*line_cells(one), moves_text(one["moves"]), flags_text(one))
