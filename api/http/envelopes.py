"""``POST /v1/envelopes`` and ``POST /v1/dry-run``: appending, and asking what appending would do."""

import asyncio
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.cli.context import json_text
from api.http.problems import Problem
from api.http.services import Services, Shared
from ledger.append import Declined, Entered
from ledger.sequencer import QueueFull
from ledger.submission import NotAccepted, decode_submission

router = APIRouter(prefix="/v1", tags=["appending"])

_CONFLICTS: Final = frozenset({"id-conflict", "seq-used", "repeated", "wrong-ledger", "not-entered"})


@router.post("/envelopes", status_code=201)
async def append(request: Request, shared: Shared) -> Response:
    """Enter a signed envelope with its statements; the answer comes after the commit."""
    envelope, statements = await _submission(request)
    try:
        future = await run_in_threadpool(shared.sequencer.submit, envelope, statements)
        outcome = await asyncio.wrap_future(future)
    except NotAccepted as error:
        raise Problem(error.code, str(error)) from None
    except QueueFull as error:
        raise Problem("queue-full", str(error), headers={"Retry-After": "1"}) from None
    return await run_in_threadpool(_answer, shared, outcome)


async def _submission(request: Request) -> tuple[bytes, list[bytes]]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem("unsupported-media-type", "content-type: application/json is wanted")
    try:
        return decode_submission(await request.body())
    except NotAccepted as error:
        raise Problem(error.code, str(error)) from None


def _answer(shared: Services, outcome: Entered | Declined) -> Response:
    receipts = [receipt.to_object() for receipt in shared.sequencer.receipts(outcome)]
    if isinstance(outcome, Entered):
        content = {"replayed": outcome.replayed, "receipts": receipts}
        status = 200 if outcome.replayed else 201
        return Response(json_text(content), status, media_type="application/json")
    refused = [{"item": one.item, "code": one.code, "detail": one.detail} for one in outcome.items]
    codes = {one.code for one in outcome.items}
    code = "refused"
    if codes == {"forked-view"}:
        code = "forked-view"
    elif codes <= _CONFLICTS:
        code = "conflict"
    fault = next((one for one in outcome.items if one.code != "not-entered"), outcome.items[0])
    more: dict[str, Any] = {
        "replayed": outcome.replayed,
        "indexes": list(outcome.indexes),
        "refused": refused,
        "receipts": receipts,
    }
    detail = f"statement {fault.item}: {fault.code}{f': {fault.detail}' if fault.detail else ''}"
    raise Problem(code, detail, more)
