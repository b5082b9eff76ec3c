"""Reading a car, and the question that the police ask before they register one."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.explanations import Account
from api.http.lists import changing_rows, cut, pinned_size
from api.http.moments import moment
from api.http.parameters import (
    AsKnownAt,
    AsOf,
    CursorText,
    Limit,
    LineQuery,
    Vin,
    decode_id_cursor,
    encode_cursor,
)
from api.http.problems import Problem, language
from api.http.replies import private_json
from api.http.services import Shared
from api.http.sight import sight_of
from api.http.subjects import car_object, firms
from domain.calendar import shanghai_date
from domain.errors import Refusal
from domain.identifiers import PAIR_ID_PATTERN, USCC_PATTERN
from domain.records import Vehicle
from domain.rules.eligibility import eligibility
from projections import lists
from projections.lists import Row
from projections.view import Page
from projections.views.vehicles import Vehicles

router = APIRouter(prefix="/v1/vehicles", tags=["reading"])


@router.get("")
def vehicles(
    request: Request,
    shared: Shared,
    caller: Known,
    pair_id: Annotated[str | None, Query(pattern=PAIR_ID_PATTERN)] = None,
    account: Annotated[Account | None, Query(description="Where the car's unit lies.")] = None,
    exporter: Annotated[str | None, Query(pattern=USCC_PATTERN)] = None,
    as_known_at: AsKnownAt = None,
    as_of: AsOf = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """List cars by VIN, each with its current registration, else its live line. All pages are of one size."""
    own = sight_of(caller).own
    pin = (pair_id, account, exporter, as_known_at, as_of, own)
    after, pinned = decode_id_cursor(cursor, "vehicles", pin) or ("", None)
    size = pinned_size(shared, as_known_at, pinned)
    filters = {"pair": pair_id, "account": account, "exporter": exporter}

    def replayed(page: Page) -> Iterator[Row]:
        for row in lists.rows_of(Vehicles(), page):
            chosen = all(value in (None, row[name]) for name, value in filters.items())
            if row["vin"] > after and chosen and own in (None, row["exporter"], row["upstream"]):
                yield row

    firm = own or exporter or (firms(pair_id)[0] if pair_id else None)
    rows = changing_rows(
        shared,
        () if firm is None else (f"enterprise:{firm}",),
        size,
        as_of,
        lambda store: lists.vehicles(store, after, limit, own, **filters),
        replayed,
    )
    page, more = cut(rows, limit)
    note_access(request, caller, [f"vin:{row['vin']}" for row in page])
    return private_json(
        {
            "size": size,
            "as_of": as_of and as_of.isoformat(),
            "vehicles": [_row_object(row, whole=own is None) for row in page],
            "next": encode_cursor("vehicles", pin, page[-1]["vin"], size) if more else None,
        }
    )


def _row_object(row: Row, *, whole: bool) -> dict[str, Any]:
    """Return a row; what it counts of others' registrations and of cases is not an enterprise's to know."""
    told = {**row, "pair_id": row["pair"], "proved": bool(row["proved"])}
    del told["pair"]
    return told if whole else told | {"registrations": None, "cases": None}


@router.get("/{vin}")
def vehicle(
    request: Request,
    shared: Shared,
    caller: Known,
    vin: Vin,
    as_known_at: AsKnownAt = None,
    as_of: AsOf = None,
) -> Response:
    """Return what the ledger knows of a car: its lines with their accounts, and the facts about it."""
    found = moment(shared.store, (f"vin:{vin}",), as_known_at, as_of)
    record = found.state.get(f"vin:{vin}")
    shown = sight_of(caller).of_car(record.car) if isinstance(record, Vehicle) else None
    if shown is None:
        raise Problem("not-found", f"vehicle {vin}: not there, or not for this reader")
    lines = {*shown.lines, *(one.line_id for one in shown.registrations if one.line_id)}
    note_access(
        request, caller, [f"vin:{vin}", *(f"enterprise:{uscc}" for line in lines for uscc in firms(line))]
    )
    return private_json({"key": f"vin:{vin}", **found.to_object(), "record": car_object(shown)})


@router.get("/{vin}/eligibility")
def vehicle_eligibility(
    request: Request, shared: Shared, caller: Known, vin: Vin, line_id: LineQuery = None
) -> Response:
    """Say whether the car may be registered today (Shanghai), under which line, and if not, why.

    Without ``line_id`` the car's classified line is taken. The answer holds for the size that it names.
    """
    found = moment(shared.store, (), None, None)
    today = shanghai_date(shared.clock())
    answer = eligibility(found.state, vin, line_id, today)
    asked = firms(answer.line_id) if answer.line_id else []
    note_access(request, caller, [f"vin:{vin}", *(f"enterprise:{uscc}" for uscc in asked)])
    return private_json(
        {
            "vin": vin,
            "size": found.size,
            "on": today.isoformat(),
            "line_id": answer.line_id,
            "eligible": not answer.reasons,
            "reasons": [_reason(reason) for reason in answer.reasons],
        },
        language(request),
    )


def _reason(reason: Refusal) -> dict[str, Any]:
    return {
        "code": reason.code,
        "article": reason.article,
        "zh": reason.zh,
        "en": reason.en,
        "figures": {name: _figure(value) for name, value in reason.figures.items()},
    }


def _figure(value: object) -> int | str:
    return value if isinstance(value, int | str) else str(value)
