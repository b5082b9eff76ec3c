"""``PUT`` and ``GET /v1/documents/{sha256}``: scans that statements name, for those whom they concern."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.cli.context import json_text
from api.http.access import Known
from api.http.access_log import note_access
from api.http.document_store import CHUNK_BYTES, MEDIA_TYPES, Document, DocumentStore, NotThisDocument
from api.http.problems import Problem
from api.http.services import Services, Shared
from api.http.sight import Sight, sight_of
from ledger.entry import parse_entry
from projections.runner import catch_up
from projections.views.attachments import attached_to

router = APIRouter(prefix="/v1/documents", tags=["documents"])

_RANGE: Final = re.compile(r"bytes=(?:([0-9]{1,12})-([0-9]{0,12})|-([0-9]{1,12}))")
_DIGEST: Final = "^[0-9a-f]{64}$"
Digest = Annotated[str, Path(pattern=_DIGEST, description="SHA-256 of the bytes, in hex.")]

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES},
    }
}


@router.put("/{sha256}", status_code=201, openapi_extra=_BODY)
async def put_document(request: Request, shared: Shared, caller: Known, sha256: Digest) -> Response:
    """Keep a scan: 201 when it is new, 200 when it was there; its bytes are checked in either case."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in MEDIA_TYPES:
        raise Problem("unsupported-media-type", f"content-type: one of {', '.join(MEDIA_TYPES)} is wanted")
    try:
        new = await _receive(request, shared.documents, sha256, kind)
    except NotThisDocument as error:
        raise Problem(error.code, str(error)) from None
    except OSError as error:
        raise Problem("unavailable", f"the scan cannot be kept now: {error.strerror}") from error
    place = f"/v1/documents/{sha256}"
    return Response(
        json_text({"sha256": sha256, "new": new}),
        201 if new else 200,
        {"Location": place, "Cache-Control": "no-store"},
        "application/json",
    )


async def _receive(request: Request, documents: DocumentStore, digest: str, kind: str) -> bool:
    upload = await run_in_threadpool(documents.upload, digest, kind)
    with upload:
        waiting = bytearray()
        async for data in request.stream():
            waiting += data
            if len(waiting) >= CHUNK_BYTES:
                await run_in_threadpool(upload.write, bytes(waiting))
                waiting.clear()
        await run_in_threadpool(upload.write, bytes(waiting))
        return await run_in_threadpool(upload.finish)


@router.get("/{sha256}", response_class=Response)
def document(
    request: Request,
    shared: Shared,
    caller: Known,
    sha256: Digest,
    range_: Annotated[str | None, Header(alias="range", description="One range of bytes.")] = None,
) -> Response:
    """Return a scan, or one range of it, to be saved and not shown."""
    sight = sight_of(caller)
    concerned = _concerned(shared, sight, sha256)
    found = shared.documents.find(sha256)
    if found is None or (concerned is None and sight.own is not None):
        raise Problem("not-found", "no such document, or not for this reader")
    start, stop, partial = _range(range_, found)
    note_access(request, caller, concerned or ())
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{sha256}{found.extension}"',
        "Content-Length": str(stop - start),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "ETag": f'"{sha256}"',
        "X-Content-Type-Options": "nosniff",
    }
    if partial:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{found.size_bytes}"
    return StreamingResponse(
        shared.documents.read(sha256, start, stop), 206 if partial else 200, headers, found.media_type
    )


def _concerned(shared: Services, sight: Sight, digest: str) -> list[str] | None:
    """Return the subject keys of the entries in sight to which a document is attached, None without one."""
    catch_up(shared.store)
    keys: set[str] | None = None
    for index in attached_to(shared.store, digest):
        header = parse_entry(next(iter(shared.store.entries(index, index + 1)))).header
        if sight.sees_entry(header):
            keys = (keys or set()) | {subject.key for subject in header.subjects}
    return None if keys is None else sorted(keys)


def _range(header: str | None, found: Document) -> tuple[int, int, bool]:
    """Return (start, stop, whether it is a part); several ranges, or another unit, give the whole.

    Raises:
        Problem: range-not-satisfiable.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None:
        return 0, found.size_bytes, False
    first, last, suffix = match.groups()
    if suffix is not None:
        start, stop = max(found.size_bytes - int(suffix), 0), found.size_bytes
    else:
        start = int(first)
        stop = min(int(last) + 1, found.size_bytes) if last else found.size_bytes
        if last and int(last) < start:  # not a range at all (RFC 9110, 14.1.1)
            return 0, found.size_bytes, False
    if start >= stop:
        raise Problem(
            "range-not-satisfiable",
            f"range: the document has {found.size_bytes} bytes",
            headers={"Content-Range": f"bytes */{found.size_bytes}"},
        )
    return start, stop, True
