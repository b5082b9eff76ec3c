"""``POST /v1/envelopes``: a signed envelope with its statements, answered after the commit.

The officers' signatures authenticate a writer: nothing else is asked for, and nothing else is enough.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.cli.context import json_text
from api.http.bodies import TEXTS, json_body, object_of, parsed
from api.http.problems import Language, Problem, language
from api.http.services import Services, Shared
from api.http.words import refused_line
from ledger.append import Declined, Entered, Outcome
from ledger.sequencer import QueueFull
from ledger.submission import decode_submission

router = APIRouter(prefix="/v1", tags=["appending"])

CONFLICTS: Final = frozenset({"id-conflict", "seq-used", "repeated", "wrong-ledger", "not-entered"})
"""Codes that say: something else stands there already. An envelope whose lines have no other is a 409."""

_SCHEMA: Final = object_of(envelope={"type": "string"}, statements=TEXTS)


@router.post("/envelopes", status_code=201, openapi_extra=json_body(_SCHEMA))
async def append(request: Request, shared: Shared) -> Response:
    """Enter a signed envelope; 201 with receipts, 200 when it was entered before, else a problem."""

    def submit(body: bytes) -> "Future[Outcome]":
        try:
            return shared.sequencer.submit(*decode_submission(body))
        except QueueFull as error:
            raise Problem("queue-full", str(error), headers={"Retry-After": "1"}) from None

    future = await parsed(request, shared.parsing, submit)
    shared.metrics.waiting(shared.sequencer.waiting)
    try:
        # What is queued is not taken back: who stops waiting has not stopped the writer.
        outcome = await asyncio.wait_for(
            asyncio.shield(asyncio.wrap_future(future)), shared.settings.answer_seconds
        )
    except TimeoutError:
        raise Problem(
            "not-yet",
            "the envelope still waits to be written; the same envelope sent again tells what became of it",
            headers={"Retry-After": "5"},
        ) from None
    return await run_in_threadpool(_answer, shared, outcome, language(request))


def _answer(shared: Services, outcome: Outcome, tongue: Language) -> Response:
    receipts = [receipt.to_object() for receipt in shared.sequencer.receipts(outcome)]
    shared.metrics.outcome(outcome)
    if isinstance(outcome, Entered):
        content = {"replayed": outcome.replayed, "receipts": receipts}
        status = 200 if outcome.replayed else 201
        return Response(json_text(content), status, media_type="application/json")
    raise _refusal(outcome, receipts, tongue)


def _refusal(outcome: Declined, receipts: Sequence[dict[str, object]], tongue: Language) -> Problem:
    codes = {one.code for one in outcome.items}
    code = "refused"
    if codes == {"forked-view"}:
        code = "forked-view"
    elif codes <= CONFLICTS:
        code = "conflict"
    fault = next((one for one in outcome.items if one.code != "not-entered"), outcome.items[0])
    more: dict[str, Any] = {
        "replayed": outcome.replayed,
        "indexes": list(outcome.indexes),
        "refused": [
            refused_line(one.item, one.code, one.detail, one.reasons, tongue) for one in outcome.items
        ],
        "receipts": list(receipts),
    }
    return Problem(
        code, f"statement {fault.item}: {fault.code}{f': {fault.detail}' if fault.detail else ''}", more
    )
