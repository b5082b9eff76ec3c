"""The city at a glance: units by account and pair, what is due, the cases, how far exports are proved.

Figures are of one pass over the whole ledger (``city_pass``). How far the use of each unit is proved is C36
of the checker, in its own five levels: a transfer proof or a customs release alone is never called an export.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from domain.firm import Enterprise
from domain.identifiers import PairId
from domain.postings import USED, Posting
from domain.state import State
from ledger.stores import AnyStore
from projections.history.deadlines import Deadline, deadlines
from projections.history.standing import enterprise_standing
from projections.history.told import Told
from projections.proof.answer import headline_json, statement_json
from projections.reports.agency_statement import bounds
from projections.reports.basis import Basis, read_basis
from projections.reports.city_pass import CityPass
from projections.reports.commands import regenerate, verify_ledger
from projections.reports.figures import read_figures
from projections.reports.months import Month
from projections.reports.moves import Moved, add_up, count_moves, moves_json
from projections.reports.report import FORMAT, Report

TITLE: Final = {"zh": "全市额度使用概览", "en": "The city's use of quota: an overview"}
_REFUSED: Final = "SubmissionRefused"


def build(store: AnyStore, month: Month | None = None, note: bytes | None = None) -> Report:
    """Return the overview; every entry of the ledger is read.

    Args:
        store: the ledger; its balances are brought up to date first.
        month: whose movement is to be shown besides, by the days on which entries were recorded.
        note: the checkpoint on which it is to stand; None: the latest.

    Raises:
        ReportRefused: no checkpoint, one of another ledger, a month ahead of it, or figures that differ.
        ChainBroken: an entry cannot be read.
    """
    basis = read_basis(store, note)
    period = None if month is None else month.to_json(basis.day)
    figures = read_figures(store)
    passed, seen = CityPass(store), _Seen()
    movement = None
    if month is not None and period is not None:
        first, stop = bounds(store, month, basis)
        passed.to(first, seen.look)
        opening, seen.moved = passed.totals(), Counter()
        passed.to(stop, seen.look)
        closing = passed.totals()
        add_up(opening, seen.moved, closing)
        movement = {
            "period": period,
            "opening": opening,
            "moved": moves_json(seen.moved),
            "closing": closing,
            "entries": stop - first,
        }
    passed.to(basis.size, seen.look)
    content = {
        "format": FORMAT,
        "kind": "city",
        "title": TITLE,
        "subject": {"city": basis.origin},
        "period": period,
        "basis": basis.to_json(),
        **_standing(passed, basis),
        "movement": movement,
        "entries": [{"type": name, "entries": count} for name, count in sorted(seen.types.items())],
        "commands": [
            verify_ledger(basis.size),
            regenerate("city" if month is None else f"city --month {month}"),
        ],
    }
    passed.check(figures)
    return Report("city", content)


@dataclass(slots=True)
class _Seen:
    types: Counter[str] = field(default_factory=Counter)
    moved: Moved = field(default_factory=Counter)

    def look(self, one: Told, postings: Collection[Posting]) -> None:
        self.types[one.header.type] += 1
        count_moves(self.moved, postings)


def _standing(passed: CityPass, basis: Basis) -> dict[str, Any]:
    pairs, state = passed.compare(), passed.state
    report = passed.follower.checker.report(basis.day)
    clocks = deadlines(state, list(state.changes), basis.day, passed.recorded.__getitem__)
    totals = passed.totals()
    return {
        "totals": totals,
        "figures": {
            "granted": -totals["ISS"],
            "available": totals["AV"],
            "used": sum(totals[name] for name in USED),
            "unbacked_without_line": state.city().unb,
        },
        "pairs": [
            {
                "pair_id": pair_id,
                "exporter": _firm(state, PairId.parse(pair_id).exporter, basis),
                "upstream": _firm(state, PairId.parse(pair_id).upstream, basis),
                "status": state.pair(pair_id).status,
                "balances": {name: balances[name] for name in totals},
                "overdue": sum(one.pair_id == pair_id and one.status == "OVERDUE" for one in clocks),
            }
            for pair_id, balances in sorted(pairs.items())
        ],
        "headline": headline_json(report.headline),
        "statements": [statement_json(one) for one in passed.statements(basis.day)],
        "books": report.books.verdict.value,
        "deadlines": _clocks(clocks),
        "cases": _cases(state),
        "enterprises": _enterprises(state, basis),
    }


def _firm(state: State, uscc: str, basis: Basis) -> dict[str, Any]:
    firm = state.enterprise(uscc)
    return {"uscc": uscc, "name": firm.value_on("name", basis.day) or firm.name or None}


def _clocks(clocks: Sequence[Deadline]) -> list[dict[str, Any]]:
    counts = Counter((one.kind, one.status) for one in clocks)
    return [{"kind": kind, "status": status, "count": n} for (kind, status), n in sorted(counts.items())]


def _cases(state: State) -> list[dict[str, Any]]:
    ids = sorted(key[5:] for key in state.changes if key.startswith("case:"))
    cases = [case for case in map(state.case, ids) if case is not None]
    counts = Counter((case.ground, case.status, case.decision) for case in cases)
    rows = sorted(counts.items(), key=str)
    return [
        {"ground": ground, "status": status, "decision": decision, "count": n}
        for (ground, status, decision), n in rows
    ]


def _enterprises(state: State, basis: Basis) -> list[dict[str, Any]]:
    """Return each enterprise with a file: roles, qualification, open suspensions, active pairs."""
    found = []
    for key in sorted(key for key in state.changes if key.startswith("enterprise:")):
        firm = state.get(key)
        if isinstance(firm, Enterprise) and firm.registered:
            stands = enterprise_standing(firm, basis.day)
            found.append(
                {
                    **_firm(state, key[11:], basis),
                    "roles": stands["roles"],
                    "qualification": stands["qualification"],
                    "suspended": sorted(stands["suspended"]),
                    "active_pairs": len(firm.active_pairs) + len(firm.upstream_of),
                }
            )
    return found
