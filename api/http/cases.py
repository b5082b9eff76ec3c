"""Violation cases: all of them, and one with what rests on it."""

import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import TypeAdapter
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.lists import changing_rows, cut, pinned_size
from api.http.moments import moment
from api.http.parameters import AsKnownAt, AsOf, CursorText, Limit, decode_id_cursor, encode_cursor
from api.http.problems import Problem
from api.http.replies import private_json
from api.http.services import Shared
from domain.case import Case
from domain.identifiers import REFERENCE_PATTERN, USCC_PATTERN, VIN_PATTERN
from projections import lists
from projections.lists import Row
from projections.view import Page
from projections.views.cases import Cases

router = APIRouter(prefix="/v1/cases", tags=["lists"])

_CASE = TypeAdapter(Case)
Status = Literal["OPEN", "DECIDED", "OVERTURNED"]


@router.get("")
def cases(
    request: Request,
    shared: Shared,
    caller: Known,
    case_status: Annotated[Status | None, Query(description="Only cases that stand so.")] = None,
    uscc: Annotated[str | None, Query(pattern=USCC_PATTERN, description="About this enterprise.")] = None,
    vin: Annotated[str | None, Query(pattern=VIN_PATTERN, description="About this car.")] = None,
    as_known_at: AsKnownAt = None,
    as_of: AsOf = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """List violation cases by id; every page is of the same size of the ledger."""
    asked = {"enterprise": uscc, "vin": vin}
    subjects = tuple(f"{kind}:{code}" for kind, code in asked.items() if code is not None)
    pin = (case_status, subjects, as_known_at, as_of)
    after, pinned = decode_id_cursor(cursor, "cases", pin) or ("", None)
    size = pinned_size(shared, as_known_at, pinned)

    def replayed(page: Page) -> Iterator[Row]:
        about = lists.case_subjects(page)
        for row in lists.rows_of(Cases(), page):
            mine = about.get(row["case_id"], set()).issuperset(subjects)
            if row["case_id"] > after and case_status in (None, row["status"]) and mine:
                yield row

    rows = changing_rows(
        shared,
        subjects,
        size,
        as_of,
        lambda store: lists.cases(store, after, limit, case_status, subjects),
        replayed,
    )
    page, more = cut(rows, limit)
    shown = [_object(row) for row in page]
    note_access(request, caller, sorted({key for one in shown for key in _about(one["usccs"], one["vins"])}))
    return private_json(
        {
            "size": size,
            "as_of": as_of and as_of.isoformat(),
            "cases": shown,
            "next": encode_cursor("cases", pin, page[-1]["case_id"], size) if more else None,
        }
    )


@router.get("/{case_id}")
def case(
    request: Request,
    shared: Shared,
    caller: Known,
    case_id: Annotated[str, Path(pattern=REFERENCE_PATTERN)],
    as_known_at: AsKnownAt = None,
    as_of: AsOf = None,
) -> Response:
    """Return a case: its grounds, hearings, evidence and decision, by the entries that say so."""
    now = moment(shared.store, (), None, None).state.case(case_id)
    if now is None:
        raise _nothing(case_id)
    about = _about([*now.usccs, *now.decided], now.vins)
    found = moment(shared.store, about, as_known_at, as_of)
    then = found.state.case(case_id)
    if then is None:
        raise _nothing(case_id)
    note_access(request, caller, about)
    record: dict[str, Any] = _CASE.dump_python(then, mode="json")
    return private_json(
        {"key": f"case:{case_id}", **found.to_object(), "status": then.status, "record": record}
    )


def _object(row: Row) -> dict[str, Any]:
    return {**row, "usccs": json.loads(row["usccs"]), "vins": json.loads(row["vins"])}


def _about(usccs: Iterable[str], vins: Iterable[str]) -> list[str]:
    return sorted({*(f"enterprise:{uscc}" for uscc in usccs), *(f"vin:{vin}" for vin in vins)})


def _nothing(case_id: str) -> Problem:
    return Problem("not-found", f"case {case_id}: not there")
