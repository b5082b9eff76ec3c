"""``GET /v1/access-log``, and the note that every read of a file leaves there before it is answered."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.access_log import read_access, write_access
from api.http.access import Known, known
from api.http.caller import Caller
from api.http.parameters import KEY_PATTERN, CursorText, Limit, decode_cursor, encode_cursor
from api.http.replies import private_json
from api.http.services import Shared

router = APIRouter(prefix="/v1", tags=["reading"])

_BUNDLES: Final = {"/tile/entries/{place:path}": "entries", "/envelopes/{place:path}": "envelopes"}
_PLACE: Final = re.compile(r"(?:x[0-9]{3}/){0,6}[0-9]{3}(?:\.p/[0-9]{1,3})?")


def note_access(request: Request, caller: Caller, subjects: Iterable[str]) -> None:
    """Write who reads what in this request; only enterprises and cars have files.

    Raises:
        StoreError: nothing was written, and nothing may be answered.
    """
    services = request.app.state.services
    files = [key for key in subjects if key.startswith(("enterprise:", "vin:"))]
    write_access(
        services.store, services.clock, caller.role.value, caller.subject, request.scope["route"].path, files
    )


async def note_bundles(request: Request) -> None:
    """Write who fetches a bundle of entries or envelopes: whole files of whoever is in it.

    Raises:
        StoreError: nothing was written, and nothing may be answered.
    """
    kind = _BUNDLES.get(request.scope["route"].path)
    place = request.path_params.get("place", "")
    if kind is None or not _PLACE.fullmatch(place):  # the route says that there is no such bundle
        return
    caller, services = known(request), request.app.state.services
    await run_in_threadpool(
        write_access, services.store, services.clock, caller.role.value, caller.subject,
        request.scope["route"].path, [f"{kind}:{place}"],
    )  # fmt: skip


@router.get("/access-log")
def access_log(
    shared: Shared,
    caller: Known,
    subject: Annotated[str | None, Query(pattern=KEY_PATTERN)] = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List who has read which enterprise's or car's file, oldest first; for auditors."""
    after, until = decode_cursor(cursor, "access-log", subject) or (0, None)
    until, rows = read_access(shared.store, subject, after, until, limit + 1)
    found = rows[:limit]
    more = encode_cursor("access-log", subject, found[-1].number, until) if len(rows) > limit else None
    return private_json({"size": until, "reads": [asdict(one) for one in found], "next": more})
