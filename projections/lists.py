"""Lists out of the views, a page at a time, as they stood at one size of the ledger.

What is only ever added (timelines, flags, statements of account) is listed at any earlier size: what came
later is left out, and what was corrected since comes back from the entries themselves. Rows that change
(cases, cars) are those of the views' own position; as they stood before, a replay tells.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.bodies import ReconciliationStatementFiled
from domain.errors import FLAGS
from ledger.store import Reader
from ledger.stores import AnyStore
from projections.history.gathering import read_entry
from projections.reading import LIVE, Position, at_one_position
from projections.view import Page, View
from projections.views.cases import Cases, CaseSubjects
from projections.views.reconciliations import Reconciliations
from projections.views.vehicles import Vehicles

Row = Mapping[str, Any]
"""A row by the names of its columns."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The views' position, and the rows of a page with one more where there are more."""

    size: int
    rows: Sequence[Row]


def cases(
    store: AnyStore, after: str, limit: int, status: str | None = None, subjects: Sequence[str] = ()
) -> Listed:
    """List violation cases by id, from behind ``after``.

    Args:
        store: whose views have caught up.
        after: an id, or nothing.
        limit: how many are wanted; one more is given where there is one.
        status: OPEN, DECIDED or OVERTURNED.
        subjects: only those about each of these firms and cars, ``enterprise:…`` or ``vin:…``.
    """
    asked = _Asked("case_id > ?", [after])
    asked.equal("status", status)
    for subject in subjects:
        about = "SELECT case_id FROM case_subject WHERE subject = ? AND " + LIVE  # noqa: S608  our own names
        asked.add(f"case_id IN ({about})", subject)
    return _rows(store, Cases(), asked, "case_id", limit)


def vehicles(
    store: AnyStore,
    after: str,
    limit: int,
    firm: str | None = None,
    **filters: str | None,
) -> Listed:
    """List cars by VIN, from behind ``after``.

    Args:
        store: whose views have caught up.
        after: a VIN, or nothing.
        limit: how many are wanted; one more is given where there is one.
        firm: only cars on lines of which it is one of the two firms.
        filters: values of ``pair``, ``account``, ``exporter``, ``upstream``.
    """
    asked = _Asked("vin > ?", [after])
    for name, value in filters.items():
        asked.equal(name, value)
    if firm is not None:
        asked.add("(exporter = ? OR upstream = ?)", firm, firm)
    return _rows(store, Vehicles(), asked, "vin", limit)


def rows_of(view: View, state: Page) -> Iterator[Row]:
    """Yield the rows that a view makes of a state, by name; in the order of its first column."""
    rows = sorted(view.rows(state).rows, key=lambda row: str(row[0]))
    return (dict(zip(view.columns, row, strict=True)) for row in rows)


def case_subjects(page: Page) -> dict[str, set[str]]:
    """Return whom each case of a state is about."""
    found: dict[str, set[str]] = {}
    for row in rows_of(CaseSubjects(), page):
        found.setdefault(row["case_id"], set()).add(row["subject"])
    return found


def timeline(
    store: AnyStore, uscc: str, size: int, after: int, limit: int, named: bool = False
) -> Sequence[Row]:
    """List the entries of an enterprise's timeline below ``size``, from behind the index ``after``.

    Args:
        store: whose views have come as far as ``size``.
        uscc: the enterprise.
        size: entries that are taken in.
        after: an index, −1 for the beginning.
        limit: how many are wanted; one more is given where there is one.
        named: only entries that name the enterprise.
    """
    join = " JOIN subject ON subject.key = ? AND subject.idx = effect.idx" if named else ""
    sql = (
        f"SELECT {', '.join(f'effect.{name}' for name in _EFFECT)} FROM timeline"  # noqa: S608  our own names
        " JOIN effect ON effect.generation = timeline.generation AND effect.idx = timeline.idx"
        f"{join} WHERE timeline.{LIVE} AND timeline.enterprise = ? AND timeline.idx > ? AND timeline.idx < ?"
        " ORDER BY timeline.idx LIMIT ?"
    )
    first = [f"enterprise:{uscc}"] if named else []
    rows = at_one_position(store, lambda _: store.view_rows(sql, *first, uscc, after, size, limit + 1))
    return [dict(zip(_EFFECT, row, strict=True)) for row in rows]


def indexes_about(store: AnyStore, uscc: str, size: int) -> set[int]:
    """Return the entries below ``size`` in an enterprise's timeline."""
    sql = f"SELECT idx FROM timeline WHERE {LIVE} AND enterprise = ? AND idx < ?"  # noqa: S608  our own names
    return {index for (index,) in at_one_position(store, lambda _: store.view_rows(sql, uscc, size))}


def findings(
    store: AnyStore,
    size: int,
    after: int,
    limit: int,
    code: str | None = None,
    control: str | None = None,
    uscc: str | None = None,
) -> Sequence[Row]:
    """List the flags that held at a size, by entry, from behind the index ``after``.

    A page ends with an entry's last flag, so it may hold a few more than ``limit``; one entry more is given
    where there is one.

    Args:
        store: whose views have come as far as ``size``.
        size: entries that are taken in.
        after: an index, −1 for the beginning.
        limit: how many are wanted.
        code: only this flag.
        control: only flags that bear on this statement of the verifier.
        uscc: only those of entries in this enterprise's timeline.
    """

    def ask(here: Position) -> list[Row]:
        asked = _Asked("idx > ? AND idx < ?", [after, size])
        asked.equal("code", code)
        asked.equal("control", control)
        if uscc is not None:
            mine = "SELECT idx FROM timeline WHERE enterprise = ? AND " + LIVE  # noqa: S608  our own names
            asked.add(f"idx IN ({mine})", uscc)
        sql = f"SELECT {', '.join(_FINDING)} FROM finding WHERE {LIVE} AND {asked.where}"  # noqa: S608
        last = f"{sql} ORDER BY idx LIMIT 1 OFFSET ?"
        until = next(iter(store.view_rows(last, *asked.values, limit)), (size,))[0]
        rows = store.view_rows(f"{sql} AND idx <= ? ORDER BY idx, code", *asked.values, until)
        found = [dict(zip(_FINDING, row, strict=True)) for row in rows]
        back = (one for index in _corrected_since(store, size) for one in _flags_of(store, index))
        return found + [
            one
            for one in back
            if after < one["idx"] <= until
            and code in (None, one["code"])
            and control in (None, one["control"])
            and (uscc is None or _in_timeline(store, uscc, one["idx"]))
        ]

    found = at_one_position(store, ask)
    return sorted(found, key=lambda one: (one["idx"], one["code"]))


def reconciliations(
    store: AnyStore, size: int, after: int, limit: int, agency: str | None = None
) -> Sequence[Row]:
    """List the statements of account that held at a size, by entry, from behind the index ``after``."""

    def ask(here: Position) -> list[Row]:
        asked = _Asked("idx > ? AND idx < ?", [after, size])
        asked.equal("agency", agency)
        names = Reconciliations.columns
        sql = f"SELECT {', '.join(names)} FROM reconciliation WHERE {LIVE} AND {asked.where}"  # noqa: S608
        rows = store.view_rows(f"{sql} ORDER BY idx LIMIT ?", *asked.values, limit + 1)
        back = (one for index in _corrected_since(store, size) for one in _filed(store, index))
        held = [one for one in back if one["idx"] > after and agency in (None, one["agency"])]
        return [dict(zip(names, row, strict=True)) for row in rows] + held

    found = at_one_position(store, ask)
    return sorted(found, key=lambda one: int(one["idx"]))[: limit + 1]


_EFFECT: Final = ("idx", "type", "agency", "effective_on", "recorded_at", "postings", "balances")
_FINDING: Final = ("idx", "code", "control", "type", "effective_on", "recorded_on")


class _Asked:
    """Conditions and their values."""

    def __init__(self, where: str, values: list[object]) -> None:
        self.where, self.values = where, values

    def add(self, where: str, *values: object) -> None:
        self.where += f" AND {where}"
        self.values += values

    def equal(self, name: str, value: str | None) -> None:
        if value is not None:
            self.add(f"{name} = ?", value)


def _rows(store: AnyStore, view: View, asked: _Asked, key: str, limit: int) -> Listed:
    sql = (
        f"SELECT {', '.join(view.columns)} FROM {view.table}"  # noqa: S608  our own names
        f" WHERE {LIVE} AND {asked.where} ORDER BY {key} LIMIT ?"
    )

    def ask(here: Position) -> Listed:
        rows = store.view_rows(sql, *asked.values, limit + 1)
        return Listed(here.size, [dict(zip(view.columns, row, strict=True)) for row in rows])

    return at_one_position(store, ask)


def _corrected_since(store: AnyStore, size: int) -> list[int]:
    """Return the entries below ``size`` that still held there and were corrected since."""
    rows = store.view_rows(f"SELECT target, idx FROM correction WHERE {LIVE}")  # noqa: S608  our own names
    before = {target for target, index in rows if index < size}
    return sorted({target for target, index in rows if index >= size > target} - before)


def _flags_of(store: AnyStore, index: int) -> Iterator[Row]:
    one = read_entry(store, index)
    assert one is not None
    for code in json.loads(store.flags(index)):
        dates = (one.effective_date.isoformat(), one.recorded_on.isoformat())
        yield dict(zip(_FINDING, (index, code, FLAGS[code].control, one.header.type, *dates), strict=True))


def _filed(reader: Reader, index: int) -> Iterator[Row]:
    one = read_entry(reader, index)
    said = None if one is None else one.statement
    if said is not None and isinstance(body := said.body, ReconciliationStatementFiled):
        counts = json.dumps(dict(body.counts), sort_keys=True, ensure_ascii=False)
        period = (body.period_from.isoformat(), body.period_to.isoformat())
        row = (index, said.agency, *period, body.list_sha256, counts, body.differences)
        yield dict(zip(Reconciliations.columns, row, strict=True))


def _in_timeline(store: AnyStore, uscc: str, index: int) -> bool:
    sql = f"SELECT 1 FROM timeline WHERE {LIVE} AND enterprise = ? AND idx = ?"  # noqa: S608  our own names
    return bool(store.view_rows(sql, uscc, index))
