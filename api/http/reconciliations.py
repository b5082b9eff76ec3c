"""``POST /v1/reconciliations/preview``: an agency's list against the ledger. Nothing is written."""

import re
from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BeforeValidator
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.bodies import body_of
from api.http.moments import replaying
from api.http.parameters import day
from api.http.problems import Problem
from api.http.replies import private_json
from api.http.services import Services, Shared
from domain.identifiers import BATCH_ID_PATTERN, VIN_PATTERN, firms_of
from projections.extracts import BadExtract
from projections.reconciliation import Reconciliation, reconcile
from projections.replay import MAX_ENTRIES

router = APIRouter(prefix="/v1/reconciliations", tags=["history"])

_CSV: Final = "text/csv"
_BODY: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {_CSV: {"schema": {"type": "string"}}}}
}
_VIN: Final = re.compile(rf"\b{VIN_PATTERN.strip('^$')}\b")
_BATCH: Final = re.compile(BATCH_ID_PATTERN.strip("^$"))


@router.post("/preview", openapi_extra=_BODY)
async def preview(
    request: Request,
    shared: Shared,
    caller: Known,
    period_from: Annotated[date, BeforeValidator(day), Query(description="The first day of the period.")],
    period_to: Annotated[date, BeforeValidator(day), Query(description="Its last day.")],
) -> Response:
    """Match the caller's own list of a period with the ledger: counts, differences, the statement to sign.

    The list is a CSV file of the formats of `verify --compare`, in UTF-8 or GB18030.
    """
    if period_from > period_to:
        raise Problem("invalid-request", f"query.period_to: {period_to} is before {period_from}")
    data = await body_of(request, _CSV)
    matched = partial(_match, shared, caller.role.value, data, period_from, period_to)
    found = await to_thread.run_sync(matched, limiter=shared.parsing)
    told = [one.what for one in found.differences if one.index is not None]
    await run_in_threadpool(note_access, request, caller, subjects_in(told))
    return private_json({"origin": shared.origin, **found.to_object()})


def _match(shared: Services, agency: str, data: bytes, first: date, last: date) -> Reconciliation:
    with replaying():
        try:
            return reconcile(shared.store, agency, data, first, last, MAX_ENTRIES)
        except BadExtract as error:
            raise Problem("malformed", f"the list: {error}") from None


def subjects_in(told: Iterable[str]) -> list[str]:
    """Return whose file differences in words tell of: the cars, and the firms of the batches."""
    cars, firms = set[str](), set[str]()
    for what in told:
        cars.update(f"vin:{vin}" for vin in _VIN.findall(what))
        firms.update(firm for match in _BATCH.finditer(what) for firm in firms_of(match[0]))
    return sorted(cars | {f"enterprise:{firm}" for firm in firms})
