"""``GET /v1/entries/stream``: entries as they are recorded, as server-sent events (HTML standard, 9.2).

The id of an event is the entry's index, so a reader that comes back with ``Last-Event-ID``, at whichever
server, goes on behind it: nothing is skipped and nothing comes twice. While nothing comes a heartbeat says
how far was looked; it carries an id as well, so that what does not concern the reader is not looked at again.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter, Header
from fastapi.responses import Response, StreamingResponse
from pydantic import WithJsonSchema
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.cli.context import json_text
from api.http.access import Known
from api.http.access_log import note_access
from api.http.caller import Caller
from api.http.entries import Filter, Filtered, entry_object, visible_entries
from api.http.parameters import After
from api.http.problems import Problem, language
from api.http.services import Services, Shared
from api.http.sight import sight_of
from ledger.store import StoreError

router = APIRouter(prefix="/v1/entries", tags=["reading"])

HEARTBEAT_SECONDS: Final = 15.0
PAGE: Final = 100
SPAN: Final = 5_000
"""Entries that are looked at in one go."""
RETRY_MILLISECONDS: Final = 2_000
_ID: Final = re.compile(r"0|[1-9][0-9]{0,14}")


@router.get("/stream", response_class=Response)
async def stream(
    request: Request,
    shared: Shared,
    caller: Known,
    chosen: Filtered,
    after: After = None,
    last_event_id: Annotated[
        str | None,
        Header(description="Begin behind this entry; it goes before `after`."),
        WithJsonSchema({"type": "string", "pattern": "^(0|[1-9][0-9]{0,14})$"}),
    ] = None,
) -> Response:
    """Follow the ledger: each entry in sight that passes the filter, once, in order."""
    start = _start(last_event_id, after)
    size = await run_in_threadpool(lambda: shared.store.head().size)
    if start is None:
        start = size
    if start > size:
        raise Problem("not-found", f"entry {start - 1} is not there yet; the ledger ends with {size - 1}")
    shared.heads.admit()
    return StreamingResponse(
        _events(request, shared, caller, chosen, start),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        media_type="text/event-stream",
    )


def _start(last_event_id: str | None, after: int | None) -> int | None:
    if last_event_id is None:
        return None if after is None else after + 1
    if not _ID.fullmatch(last_event_id):
        raise Problem("invalid-request", "header.last-event-id: the index of an entry is wanted")
    return int(last_event_id) + 1


async def _events(
    request: Request, shared: Services, caller: Caller, chosen: Filter, start: int
) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    until = loop.time() + _seconds_left(request, shared)
    follower = _Follower(request, shared, caller, chosen)
    with shared.heads.counted():
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        while (now := loop.time()) < until:
            try:
                size = await shared.heads.grown(start, min(until, now + HEARTBEAT_SECONDS))
                found, start = await run_in_threadpool(follower.page, start, size)
            except StoreError:  # the reader comes back with the last id that it has
                return
            for event in found:
                yield event
            if not found and start:
                yield f"id: {start - 1}\n: heartbeat\n\n"


def _seconds_left(request: Request, shared: Services) -> float:
    """Return how long a stream may last: no longer than its token."""
    expires: int | None = getattr(request.state, "token_expires", None)
    most = shared.settings.stream_seconds
    return most if expires is None else min(most, expires - shared.clock().timestamp())


class _Follower:
    """One reader: reads a part of the ledger at a time, in a worker thread."""

    def __init__(self, request: Request, shared: Services, caller: Caller, chosen: Filter) -> None:
        self._request = request
        self._shared = shared
        self._caller = caller
        self._chosen = chosen
        self._noted: set[str] = set()

    def page(self, start: int, size: int) -> tuple[list[str], int]:
        """Return the events of the next entries, and where to go on; each file is noted once a stream."""
        stop = min(start + SPAN, size)
        store, tongue = self._shared.store, language(self._request)
        candidates = visible_entries(store, sight_of(self._caller), self._chosen, start, stop)
        found = list(islice(candidates, PAGE))
        read = {subject.key for _, entry, _ in found for subject in entry.header.subjects} - self._noted
        note_access(self._request, self._caller, read)
        self._noted |= read
        shown = ((index, entry_object(store, index, data, entry, tongue)) for index, entry, data in found)
        events = [f"id: {index}\nevent: entry\ndata: {json_text(one)}\n\n" for index, one in shown]
        # A full page may have left something behind it; a shorter one has seen everything below stop.
        return events, found[-1][0] + 1 if len(found) == PAGE else max(start, stop)
