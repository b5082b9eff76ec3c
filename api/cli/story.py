"""Histories, clocks and explanations for people: tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from api.cli.context import console

_STATUS_STYLE: Final = {
    "DUE": "green", "PENDING": "green", "POSSIBLE": "green", "AT_RISK": "yellow", "LAPSING": "yellow",
    "UNDETERMINED": "yellow", "OVERDUE": "red", "MISSING": "red", "LAPSED": "red",
}  # fmt: skip
_KEY: Final = (
    "decision", "ground", "scope", "basis", "kind", "status", "declaration_no", "licence_no", "filing_no",
    "submission_id", "suspension_id", "cert_no", "document_no", "units", "revision", "days_used", "field",
    "value", "from_uscc", "to_uscc", "released_on", "deregistered_on", "exit_record", "evidence", "vessel",
    "port", "seen_at", "place", "on", "served_at", "effective_at", "valid_from", "valid_to", "period_from",
    "period_to", "counts", "version", "reason", "reasons",
)  # fmt: skip
"""Members of bodies that say what was decided or found, in the order in which they are shown."""
_DIGITS: Final = 16
"""Of a digest or key id that are shown; `--json` has all."""
_ABOUT: Final = ("line_id", "batch_id", "app_id", "pair_id", "case_id", "vin", "uscc", "cert_no")


def print_history(told: dict[str, Any]) -> None:
    """Print the object of ``history --json`` for people."""
    out = _wide_console()
    out.print(_entries(told["entries"], escape(_title(told))))
    _print_page(out, told, told["entries"])
    _print_standing(out, told["standing"])
    if told["deadlines"]:
        out.print(_deadlines(told["deadlines"], f"clocks on {told['as_of']}"))
    _print_wholeness(out, told)


def print_difference(told: dict[str, Any]) -> None:
    """Print the object of ``history --since --json`` for people."""
    out = _wide_console()
    day, since = told["as_of"], told["since"]
    out.print(_entries(told["learnt"], f"about {day}, not known at {since}"))
    _print_page(out, told, told["learnt"])
    if told["unsaid"]:
        shown = ", ".join(map(str, told["unsaid"]))
        out.print(f"corrected since, and no longer counted: entries {shown}", soft_wrap=True)
    table = Table("what", "known then", "known now", title=f"what stands otherwise on {day}")
    for one in told["changes"]:
        table.add_row(escape(one["path"]), escape(_value(one["then"])), escape(_value(one["now"])))
    out.print(table)
    _print_wholeness(out, told)


def print_deadlines(rows: Sequence[dict[str, Any]], title: str) -> None:
    """Print clocks, by last day."""
    _wide_console().print(_deadlines(rows, title))


def print_balance_grounds(told: dict[str, Any]) -> None:
    """Print every posting on one account."""
    out = _wide_console()
    title = f"{told['account']} of {told['pair_id'] or 'the city'}: {told['balance']}"
    what, rule = Column("what", overflow="fold"), Column("rule", overflow="fold")
    table = Table("entry", "recorded", what, "posting", "units", "balance", rule, title=title)
    for one in told["entries"]:
        posting = f"{one['posting']['source'] or '–'}→{one['posting']['target'] or '–'}"
        table.add_row(
            str(one["index"]),
            one["recorded_at"][:10],
            escape(_what(one)),
            posting,
            f"{one['units']:+d}",
            str(one["balance"]),
            escape(one["article"]),
        )
    out.print(table)


def print_grounds(told: dict[str, Any], entries: Sequence[dict[str, Any]]) -> None:
    """Print what a flag says, its rule, and its entries."""
    out = _wide_console()
    out.print(escape(f"{told['code']} ({told['control']}) {told['zh']}"), soft_wrap=True)
    _print_rule(out, told)
    table = _ruled_table("the entries that make it up")
    _add_ruled(table, "", entries)
    out.print(table)


def print_finding(told: dict[str, Any]) -> None:
    """Print the answer to a statement of the verifier, and what makes up each entry that it names."""
    out = _wide_console()
    out.print(escape(f"{told['code']} {told['zh']}"), soft_wrap=True)
    _print_rule(out, told)
    whose = "" if told["vin"] is None else f" ({told['vin']})"
    out.print(escape(f"{told['verdict']}{whose}: {told['detail']}"), soft_wrap=True)
    for one in told["missing"]:
        out.print(escape(f"· missing: {one}"), soft_wrap=True)
    if not told["entries"]:
        about = "" if told["vin"] is None else f" about {told['vin']}"
        out.print(f"it names no entry{about}", soft_wrap=True)
        return
    table = _ruled_table("the entries that make it up")
    for one in told["entries"]:
        _add_ruled(table, "\n".join([f"entry {one['index']}", *one["says"]]), one["grounds"])
        table.add_section()
    out.print(table)


def _print_rule(out: Console, told: dict[str, Any]) -> None:
    out.print(escape(told["en"]), soft_wrap=True)
    out.print(escape(f"rule: {told['source']}"), soft_wrap=True)


def _ruled_table(title: str) -> Table:
    what, rule = Column("what", overflow="fold"), Column("rule", overflow="fold")
    return Table("shown by", "entry", "takes effect", what, "signed by", rule, title=title)


def _add_ruled(table: Table, shown: str, entries: Sequence[dict[str, Any]]) -> None:
    for one in entries:
        table.add_row(
            escape(shown),
            str(one["index"]),
            f"{one['effective_date']}\n(recorded {one['recorded_at'][:10]})",
            escape(_what(one)),
            escape(_signed(one)),
            escape("\n".join([one["article"] or "–", *_flags(one)])),
        )
        shown = ""


def _entries(entries: Sequence[dict[str, Any]], title: str) -> Table:
    # Ids are folded, never cut: what tells two batches apart stands at their end.
    what, follows = Column("what", overflow="fold"), Column("moved, and what follows", overflow="fold")
    table = Table("entry", "takes effect", what, "signed by", follows, title=title)
    for one in entries:
        table.add_row(
            str(one["index"]),
            f"{one['effective_date']}\n(recorded {one['recorded_at'][:10]})",
            escape(_what(one)),
            escape(_signed(one)),
            escape("\n".join(_follows(one))),
        )
    return table


def _what(one: Mapping[str, Any]) -> str:
    body = one["body"] or {}
    about = next((str(body[name]) for name in _ABOUT if body.get(name)), "")
    vin = body.get("vin")
    extra = f"\n{vin}" if vin and vin != about else ""
    lines = [f"{one['zh'] or ''} {one['type']}".strip(), f"{about}{extra}", *_members(body, about)]
    lines += [f"{each['kind']} {each['sha256'][:_DIGITS]}…" for each in one["attachments"]]
    return "\n".join(filter(None, lines))


def _members(body: Mapping[str, Any], about: str) -> Iterator[str]:
    """Yield the members that say what was decided or found, in one line."""
    said = [(name, body[name]) for name in _KEY if body.get(name) not in (None, [], about)]
    told = "; ".join(f"{name} {_value(value)}" for name, value in said)
    if told:
        yield told


def _signed(one: Mapping[str, Any]) -> str:
    return ", ".join(one["officers"]) or one["agency"] or "–"


def _flags(one: Mapping[str, Any]) -> Iterator[str]:
    for each in one["flags"]:
        yield f"! {each['code']} ({each['control']}) {each['zh']}"


def _follows(one: Mapping[str, Any]) -> Iterator[str]:
    for each in one.get("balances", ()):
        before, after = each["before"], each["after"]
        moved = (f"{name} {before[name]}→{after[name]}" for name in after if after[name] != before[name])
        yield " ".join(moved)
    if not one.get("balances"):  # of a car alone: its unit
        for each in one.get("postings", ()):
            yield f"{each['source'] or '–'}→{each['target'] or '–'}"
    yield from _flags(one)
    if (who := one["tried"]) is not None:
        signer = f"{who['agency']}, {who['officer']}" if who["agency"] else f"key {who['keyid'][:_DIGITS]}…"
        yield f"tried by {signer}, seq {who['seq']}"
    for each in one["refused"]:
        yield f"refused: {each['code']} {each['article'] or ''}".rstrip()
    if (done := one["corrects"]) is not None:
        changed = (
            f"{each['member']} {_value(each['then'])} → {_value(each['now'])}" for each in done["changes"]
        )
        told = "taken back" if done["taken_back"] else "; ".join(changed) or "said again unchanged"
        yield f"corrects entry {done['index']}: {told}"
    if one.get("corrected_by") is not None:
        yield f"corrected by entry {one['corrected_by']}"
    if one["place"] != one["index"]:
        yield f"said instead of entry {one['place']}"
    for each in one.get("deadlines", ()):
        yield f"{each['kind']} {each['status']} {each['due'] or ''}".rstrip()


def _deadlines(rows: Sequence[dict[str, Any]], title: str) -> Table:
    table = Table("last day", "status", "clock", "whose", "figures", "rule", title=title)
    for one in rows:
        style = _STATUS_STYLE[one["status"]]
        table.add_row(
            one["due"] or "–",
            f"[{style}]{one['status']}[/]",
            one["kind"],
            escape(one["subject"]),
            escape(one["detail"]),
            escape(one["source"]),
        )
    return table


def _print_standing(out: Console, standing: dict[str, Any]) -> None:
    firm = standing["enterprise"]
    if firm is not None:
        suspended = ", ".join(firm["suspended"]) or "no"
        out.print(
            escape(f"{firm['name']}: qualification {firm['qualification'] or '–'}, suspended: {suspended}"),
            soft_wrap=True,
        )
    for pair_id, pair in standing["pairs"].items():
        units = " ".join(f"{name} {count}" for name, count in pair["balances"].items() if count)
        out.print(escape(f"pair {pair_id} {pair['status']}: {units or 'no units'}"), soft_wrap=True)
    for vin, car in standing["cars"].items():
        if car["overlays"]:
            out.print(escape(f"car {vin}: {', '.join(car['overlays'])}"), soft_wrap=True)
    for case_id, case in standing["cases"].items():
        decision = f", {case['decision']}" if case["decision"] else ""
        out.print(escape(f"case {case_id} {case['ground']} {case['status']}{decision}"), soft_wrap=True)


def _print_wholeness(out: Console, told: dict[str, Any]) -> None:
    links = f"{len(told['chains'])} chains hang together"
    proved, committed = told["proved_whole_up_to"], told["heads_at"]
    if proved is not None:
        heads = f"proved whole up to size {proved} by the heads that entry {proved} commits to"
    elif committed is None:
        heads = "no heads are committed yet: `quota-ledger export --fresh` has them committed"
    else:
        heads = f"below entry {committed}, which commits to their heads, `export` proves them whole"
    out.print(f"· {links}; {heads}", soft_wrap=True)


def _print_page(out: Console, told: dict[str, Any], entries: Sequence[dict[str, Any]]) -> None:
    if len(entries) == told["count"]:
        return
    ways = [f"--from {told[way]}: the {way} ones" for way in ("previous", "next") if told[way] is not None]
    out.print("; ".join([f"{len(entries)} of {told['count']} entries", *ways]), soft_wrap=True)


def _title(told: dict[str, Any]) -> str:
    order = "in the order of the ledger" if told["order"] == "recorded" else f"as of {told['as_of']}"
    known = told["as_known_at"]
    return f"{told['subject']}, {order}{'' if known is None else f', as known at {known}'}"


def _value(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {inner}" for name, inner in value.items()) or "none"
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _wide_console() -> Console:
    """Return the console with room for a pair's id in one piece."""
    out = console()
    out.width = max(out.width, 140)
    return out
