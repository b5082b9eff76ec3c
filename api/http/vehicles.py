"""Reading a car, and the question that the police ask before they register one."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.moments import moment
from api.http.parameters import AsKnownAt, AsOf, LineQuery, Vin
from api.http.problems import Problem, language
from api.http.replies import private_json
from api.http.services import Shared
from api.http.sight import sight_of
from api.http.subjects import car_object, firms
from domain.calendar import shanghai_date
from domain.errors import Refusal
from domain.records import Vehicle
from domain.rules.eligibility import eligibility

router = APIRouter(prefix="/v1/vehicles", tags=["reading"])


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
