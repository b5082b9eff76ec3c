"""检查卷宗: all that the ledger holds about an enterprise, put together for an inspection.

Its file, qualification and suspensions; pairs and balances; every car; clocks, cases, flags and refused
submissions; the documents by their digests; how far the history is whole; and every entry. The statements of
the independent checker that name entries of the enterprise are found by a pass over the whole ledger, since a
document may have served another enterprise's car before; without ``findings`` only its own file is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from domain.firm import Enterprise
from domain.identifiers import PairId
from domain.state import State
from ledger.stores import AnyStore
from projections.history.replay import Replay
from projections.proof.answer import statement_json
from projections.proof.types import StatementResult
from projections.reports.basis import read_basis
from projections.reports.cars import cars_of
from projections.reports.city_pass import CityPass
from projections.reports.commands import regenerate, verify_enterprise, verify_ledger
from projections.reports.enterprise_statement import checked_pairs, told_to
from projections.reports.firms import names_of
from projections.reports.lines import Entry, flag_words, line_of, refusals_of, shanghai_text
from projections.reports.report import FORMAT, Report

TITLE: Final = {"zh": "企业额度使用检查卷宗", "en": "Inspection dossier of an enterprise"}
_FILE: Final = ("EnterpriseRegistered", "EnterpriseChanged")
_REFUSED: Final = "SubmissionRefused"


def build(store: AnyStore, uscc: str, note: bytes | None = None, *, findings: bool = True) -> Report:
    """Return the dossier of an enterprise.

    Args:
        store: the ledger; its balances are brought up to date first.
        uscc: the enterprise.
        note: the checkpoint on which it is to stand; None: the latest.
        findings: whether the whole ledger is read for the checker's statements that name its entries.

    Raises:
        ReportRefused: no checkpoint, one of another ledger, or figures that differ.
        ValueError, NoHistory, ChainBroken: see ``projections.history.chains.read_file``.
    """
    basis = read_basis(store, note)
    told, replay = told_to(store, uscc, basis)
    pairs = checked_pairs(store, replay, basis)
    state, stands, entries = replay.end(), told["standing"], told["entries"]
    firm = state.enterprise(uscc)
    names = names_of(store, (code for one in pairs for code in one.split("-")[:2]), basis.size, basis.day)
    statements = _statements(store, replay, basis.size) if findings else None
    content = {
        "format": FORMAT,
        "kind": "dossier",
        "title": TITLE,
        "subject": {"uscc": uscc, "name": firm.value_on("name", basis.day) or firm.name or None},
        "basis": basis.to_json(),
        "completeness": {"heads_at": basis.heads_at, "chains": len(told["chains"]), "entries": len(entries)},
        "enterprise": _enterprise(firm, stands["enterprise"], entries, uscc),
        "suspensions": list(_suspensions(state, firm)),
        "pairs": [
            {
                "pair_id": pair_id,
                "exporter": {"uscc": (pair := PairId.parse(pair_id)).exporter, "name": names[pair.exporter]},
                "upstream": {"uscc": pair.upstream, "name": names[pair.upstream]},
                "status": stands["pairs"][pair_id]["status"],
                "balances": dict(pairs[pair_id]),
                "applications": _applications(state, pair_id),
            }
            for pair_id in sorted(pairs)
        ],
        "batches": [{"batch_id": one, "status": stands["batches"][one]} for one in sorted(stands["batches"])],
        "cars": cars_of(replay, stands, entries),
        "deadlines": told["deadlines"],
        "cases": [
            {
                "case_id": case_id,
                **case,
                "entries": [one["index"] for one in entries if case_id in one["cases"]],
            }
            for case_id, case in sorted(stands["cases"].items())
        ],
        "flags": flag_words(entries),
        "flagged": [line_of(one) for one in entries if one["flags"]],
        "statements": statements,
        "refused": [refusals_of(one, basis.ring) for one in entries if one["type"] == _REFUSED],
        "documents": list(_documents(entries)),
        "entries": [line_of(one) for one in entries],
        "commands": [
            verify_ledger(basis.size),
            *verify_enterprise(uscc),
            regenerate(f"dossier {uscc}" + ("" if findings else " --without-findings")),
        ],
    }
    return Report("dossier", content)


def _enterprise(
    firm: Enterprise, stands: Mapping[str, Any], entries: Sequence[Entry], uscc: str
) -> dict[str, Any]:
    own = [one for one in entries if (one["body"] or {}).get("uscc") == uscc]
    opened = next((one for one in own if one["type"] == "EnterpriseRegistered"), None)
    body = {} if opened is None else opened["body"]
    numbers = {
        one["index"]: one["body"]["filing_no"] for one in own if one["type"] == "ExportQualificationFiled"
    }
    return {
        "registered": firm.registered,
        "opened_by": None if opened is None else opened["index"],
        "org_code": firm.org_code or None,
        "district": body.get("district"),
        "in_city": firm.in_city if firm.registered else None,
        "applicant_kind": body.get("applicant_kind"),
        "roles": stands["roles"],
        "qualification": stands["qualification"],
        "changes": [
            {"index": one.index, "on": one.on.isoformat(), "field": one.field, "value": one.value}
            for one in firm.changes
        ],
        "filings": [
            {
                "index": one.index,
                "filing_no": numbers.get(one.index),
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
            }
            for one in firm.filings
        ],
        "endings": [
            {"index": one.index, "on": one.on.isoformat(), "scope": one.scope} for one in firm.endings
        ],
    }


def _suspensions(state: State, firm: Enterprise) -> Iterator[dict[str, Any]]:
    for halt in firm.halts:
        known = state.suspension(halt.suspension_id)
        noticed = None if known is None else known.noticed_at
        yield {
            "suspension_id": halt.suspension_id,
            "index": None if known is None else known.index,
            "scope": list(halt.scope),
            "basis": None if known is None else known.basis,
            "case_id": None if known is None else known.case_id,
            "effective_at": shanghai_text(halt.effective_at.isoformat()),
            "noticed_at": None if noticed is None else shanghai_text(noticed.isoformat()),
            "ended_at": None if halt.ended_at is None else shanghai_text(halt.ended_at.isoformat()),
        }


def _applications(state: State, pair_id: str) -> list[dict[str, Any]]:
    return [
        {
            "app_id": app_id,
            "kind": one.kind,
            "units": one.units,
            "status": one.status,
            "granted": one.granted,
            "index": one.index,
            "ended": one.ended,
        }
        for app_id, one in sorted(state.pair(pair_id).applications.items())
    ]


def _statements(store: AnyStore, replay: Replay, size: int) -> list[dict[str, Any]]:
    """Return the checker's answers over the whole ledger, with the entries of this file that each names.

    Raises:
        ReportRefused: ``replays-differ``.
    """
    passed = CityPass(store)
    passed.to(size)
    passed.compare()
    own = replay.file.shown
    return [_narrowed(one, own) for one in passed.statements(replay.day)]


def _narrowed(one: StatementResult, own: frozenset[int]) -> dict[str, Any]:
    told = statement_json(one)
    return {
        "code": one.code,
        "title": told["title"],
        "verdict": told["verdict"],
        "own": [index for index in one.entries if index in own],
        "others": sum(index not in own for index in one.entries),
    }


def _documents(entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        for one in entry["attachments"]:
            yield {
                "index": entry["index"],
                "type": entry["type"],
                "zh": entry["zh"],
                "kind": one["kind"],
                "media_type": one["media_type"],
                "bytes": one["bytes"],
                "sha256": one["sha256"],
            }
