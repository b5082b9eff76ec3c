"""Sections that several reports have: the basis, the commands, entries, flags, refusals, units."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from api.reports.document import Cell, Column, Fact, Row, Section
from api.reports.words import WORDS, word
from projections.proof.statements import STATEMENTS
from projections.proof.unknowable import UNKNOWABLE, Text
from projections.reports.report import Report
from projections.views.balances import COLUMNS

Content = Mapping[str, Any]
INDEX: Final = Column(Text("序号", "index"), 6, "index")
DAY_RULE: Final = Text(
    "本月指账本记录时间（recorded_at）按上海日期在该月内的条目；生效日为事项自身日期，可在他月。",
    "The month holds the entries whose recorded_at falls on its Shanghai days; what they say may take effect"
    " in another month.",
)
CAREFUL: Final = (
    Text(
        "转让待出口证明、海关放行本身均不等于车辆已离境；“离境有据”仅指账本载有装船或出境记录。",
        "Neither a transfer proof nor a customs release alone shows that a car left the country; exit-proved"
        " means that a loading or an exit record is in the ledger.",
    ),
    Text(
        "账本对已记录事项完整，截至所列检查点；从未记入账本的车辆不在其中，须与各部门自有清单核对。",
        "The ledger is complete as to what was recorded, up to this checkpoint. Cars that never entered it"
        " are not in it; that takes the agencies' own lists.",
    ),
    Text(
        "检查点以下的改动可被发现；各时间为签署者所称；“双人”指两个登记的经办人身份签署。",
        "Changes below a checkpoint held elsewhere are detected. Times are what their makers say; where two"
        " signatures are needed, two registered officer identities signed.",
    ),
)


def arrow(move: Content) -> str:
    """Return one row of ``moves`` as text: ``C→R 1``."""
    return f"{move['source'] or '–'}→{move['target'] or '–'} {move['units']:,}"


def moves_text(moves: Sequence[Content]) -> str:
    """Return several, joined."""
    return "  ".join(map(arrow, moves))


def about_text(about: Content, pair_id: str | None = None) -> str:
    """Return whom an entry concerns in few words; ids inside the pair of the table lose its prefix."""
    shown = []
    for name in ("pair_id", "app_id", "batch_id", "line_id"):
        if name in about:
            text = str(about[name])
            short = pair_id is not None and text.startswith(f"{pair_id}-")
            shown = [f"#{text.removeprefix(f'{pair_id}-')}" if short else text]
            if text == pair_id:
                shown = []
    if "uscc" in about and "vin" not in about:
        shown.append(str(about["uscc"]))
    shown += [
        str(about[name])
        for name in (
            "vin",
            "case_id",
            "suspension_id",
            "submission_id",
            "declaration_no",
            "licence_no",
            "filing_no",
        )
        if name in about
    ]
    if "document_no" in about and len(shown) < 2:
        shown.append(str(about["document_no"]))
    if "cars" in about:
        shown.append(f"×{about['cars']}")
    elif "units" in about:
        shown.append(f"×{about['units']}")
    if "target_index" in about:
        shown.append(f"→ {about['target_index']}")
    return " ".join(dict.fromkeys(shown))


def flags_text(line: Content) -> str:
    """Return the flags of a line, and by which entry it was corrected."""
    shown = list(line["flags"])
    if line["corrected_by"] is not None:
        shown.append(f"corrected by {line['corrected_by']}")
    return ", ".join(shown)


def agency_text(code: str | None) -> str | None:
    """Return an agency in Chinese."""
    found = word("agency", code)
    return None if found is None else found.zh


def line_columns(*, about: int = 24) -> tuple[Column, ...]:
    """Return the columns that every list of entries begins with."""
    return (
        INDEX,
        Column(Text("记录时间", "recorded"), 15),
        Column(Text("生效日", "effective"), under=True),
        Column(Text("事项", "what"), 19),
        Column(Text("类型", "type"), under=True),
        Column(Text("涉及", "concerns"), about, "code"),
        Column(Text("签署", "signed by"), 12),
        Column(Text("经办人", "officers"), under=True),
    )


def line_cells(line: Content, pair_id: str | None = None) -> tuple[Cell, ...]:
    """Return the cells under ``line_columns``."""
    return (
        line["index"],
        line["recorded_at"],
        line["effective_date"],
        line["zh"],
        line["type"],
        about_text(line["about"], pair_id),
        agency_text(line["agency"]),
        ", ".join(line["officers"]),
    )


def entries_section(sheet: str, heading: Text, lines: Iterable[Content], *notes: Text) -> Section:
    """Return a list of entries without balances."""
    columns = (*line_columns(about=34), Column(Text("标记", "flags"), 14, "code"))
    rows = [Row((*line_cells(one), flags_text(one))) for one in lines]
    return Section(sheet, heading, (), notes, columns, rows)


def account_columns(width: int = 4) -> tuple[Column, ...]:
    """Return a column for each account."""
    return tuple(Column(Text(name, name), width, "number") for name in COLUMNS)


def account_cells(balances: Mapping[str, int]) -> tuple[Cell, ...]:
    """Return the cells under ``account_columns``."""
    return tuple(balances[name] for name in COLUMNS)


def accounts_note() -> Text:
    """Return what the accounts mean."""
    table = WORDS["account"]
    return Text(
        "单位：个（额度）。"
        + "；".join(f"{name} {table[name].zh}" for name in COLUMNS)
        + "。各科目（不含 UNB）合计为零。",
        "Units of quota. "
        + "; ".join(f"{name} {table[name].en}" for name in COLUMNS)
        + ". Without UNB the accounts sum to zero.",
    )


def flags_section(flags: Sequence[Content]) -> Section:
    """Return what each flag means, and how many entries carry it."""
    columns = (
        Column(Text("标记", "flag"), 20, "code"),
        Column(Text("对应陈述", "control"), 10, "code"),
        Column(Text("含义", "meaning"), 60),
        Column(Text("英文", "in English"), under=True),
        Column(Text("条目数", "entries"), 10, "number"),
    )
    rows = [Row((one["code"], one["control"], one["zh"], one["en"], one["entries"])) for one in flags]
    return Section("标记说明", Text("标记说明", "What the flags mean"), (), (), columns, rows)


def refused_section(refused: Sequence[Content]) -> Section:
    """Return the submissions that were refused, item by item."""
    columns = (
        INDEX,
        Column(Text("记录时间", "recorded"), 14),
        Column(Text("提交方", "sent by"), 13),
        Column(Text("经办人", "officer"), under=True),
        Column(Text("信封序号", "seq"), 6, "index"),
        Column(Text("项", "item"), 4, "index"),
        Column(Text("代码", "code"), 16, "code"),
        Column(Text("依据", "article"), 18),
        Column(Text("理由", "reason"), 24),
        Column(Text("英文", "in English"), under=True),
    )
    rows = [
        Row(
            (
                one["index"], one["recorded_at"], agency_text(one["agency"]), one["officer"], one["seq"],
                item["item"], item["code"], item["article"], item["zh"], item["en"],
            )
        )
        for one in refused
        for item in one["items"]
    ]  # fmt: skip
    note = Text(
        "已签名而被拒收的提交，均已记录在案，不产生任何过账。理由中的数字未入账，以“…”表示。",
        "Rightly signed submissions that were refused are on record and move nothing. The figures of a reason"
        " are not on record and stand as “…”.",
    )
    return Section("拒收记录", Text("被拒收的提交", "Refused submissions"), (), (note,), columns, rows)


def basis_facts(report: Report) -> tuple[Fact, ...]:
    """Return what every report says below its title of the checkpoint on which it stands."""
    basis = report.content["basis"]
    return (
        Fact(Text("账本", "ledger"), basis["origin"], "code"),
        Fact(
            Text("检查点", "checkpoint"),
            Text(f"{basis['size']} 条（第 0 至 {basis['as_known_at']} 条）", f"{basis['size']} entries"),
        ),
        Fact(Text("根散列", "root"), basis["root_hex"], "code"),
        Fact(
            Text("截至", "as known at"),
            Text(f"{basis['as_of']}（上海），第 {basis['as_known_at']} 条", f"entry {basis['as_known_at']}"),
        ),
        Fact(Text("内容摘要", "content digest"), report.digest, "code"),
    )


def basis_sections(report: Report) -> tuple[Section, ...]:
    """Return the last sections of every report: what it rests on and does not claim, how to verify it."""
    basis = report.content["basis"]
    heads = Text("尚未承诺链首", "no heads are committed yet")
    if basis["heads_at"] is not None:
        heads = Text(f"第 {basis['heads_at']} 条", f"entry {basis['heads_at']}")
    resting = Section(
        "依据与检查点",
        Text("依据与检查点", "What this rests on"),
        (
            Fact(Text("账本名称", "origin"), basis["origin"], "code"),
            Fact(Text("条目数", "ledger size"), basis["size"], "index"),
            Fact(Text("根散列（十六进制）", "root, hex"), basis["root_hex"], "code"),
            Fact(Text("根散列（base64）", "root, base64"), basis["root"], "code"),
            Fact(Text("最后一条记录于", "last entry recorded at"), basis["recorded_at"], "code"),
            Fact(Text("链首承诺", "heads committed"), heads),
            Fact(Text("运营方检查点公钥", "operator's checkpoint key"), basis["operator_key"], "code"),
            Fact(Text("检查点原文", "checkpoint, as signed"), basis["note"], "code"),
            Fact(Text("内容摘要 SHA-256", "content digest"), report.digest, "code"),
        ),
        CAREFUL,
    )
    columns = (
        Column(Text("目的", "what it shows"), 34),
        Column(Text("英文", "in English"), under=True),
        Column(Text("命令", "command"), 66, "code"),
    )
    notes = (
        Text(
            "账本由 --db 或 QUOTA_LEDGER_DB 指定。anchor.json 为核验者自有锚点；"
            "checkpoint.note 为上列检查点原文，亦作为附件随本 PDF 携带。",
            "The ledger is the one that --db or QUOTA_LEDGER_DB names. anchor.json is the verifier's own;"
            " checkpoint.note is the checkpoint above, which the PDF also carries as an attachment.",
        ),
    )
    rows = [Row((one["zh"], one["en"], one["command"])) for one in report.content["commands"]]
    return resting, Section("核验方法", Text("核验方法", "How to verify it"), (), notes, columns, rows)


def unknowable_section() -> Section:
    """Return what no ledger can show, and the evidence from elsewhere that could."""
    columns = (
        Column(Text("编号", "code"), 8, "code"),
        Column(Text("账本不能证明", "what no ledger can show"), 46),
        Column(Text("英文", "in English"), under=True),
        Column(Text("所需证据", "evidence needed"), 46),
        Column(Text("英文", "in English"), under=True),
    )
    rows = [
        Row((one.code, one.what.zh, one.what.en, one.evidence.zh, one.evidence.en))
        for one in UNKNOWABLE.values()
    ]
    return Section(
        "账本不能证明", Text("账本不能证明的事项", "What no ledger can show"), (), (), columns, rows
    )


def statement_source(code: str) -> str:
    """Return where a statement of the verifier comes from."""
    return STATEMENTS[code].source
