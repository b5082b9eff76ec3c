"""The whole history of an enterprise or a car as a bundle that proves itself without this server.

Written to a temporary file and sent from it: a reader that is slow holds no memory.
"""

import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Final

from anyio import to_thread
from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.histories import nothing_recorded
from api.http.parameters import Uscc, Vin
from api.http.problems import Problem
from api.http.publication import published
from api.http.services import Services, Shared
from api.http.sight import Sight, sight_of
from ledger.checkpoint import Checkpoint
from ledger.entry import parse_header
from ledger.export import ExportRefused
from ledger.export_subject import TooLong, export_subject
from ledger.opening import anchor_of, load_ring
from projections.proof.summary import summary_of

router = APIRouter(prefix="/v1", tags=["history"])

MAX_BUNDLE_BYTES: Final = 64 * 1024 * 1024
"""Of entries and envelopes: some 20,000 entries. ``quota-ledger export`` writes longer ones."""
_CHUNK: Final = 256 * 1024


@router.get("/enterprises/{uscc}/bundle", response_class=Response)
async def enterprise_bundle(request: Request, shared: Shared, caller: Known, uscc: Uscc) -> Response:
    """Return an enterprise's whole history with the proof that it is whole, as a zip archive.

    It is whole up to the last committed heads. An enterprise gets its own where nothing is kept from it.
    """
    if sight_of(caller).own not in (None, uscc):
        raise nothing_recorded(f"enterprise:{uscc}")
    return await _bundle(request, shared, caller, f"enterprise:{uscc}")


@router.get("/vehicles/{vin}/bundle", response_class=Response)
async def vehicle_bundle(request: Request, shared: Shared, caller: Known, vin: Vin) -> Response:
    """Return a car's whole history with the proof that it is whole, as a zip archive."""
    return await _bundle(request, shared, caller, f"vin:{vin}")


async def _bundle(request: Request, shared: Services, caller: Known, subject: str) -> Response:
    made = partial(_make, shared, sight_of(caller), subject)
    # Every subject key is gone through for the proof, as for the proof alone.
    file, size, keys = await to_thread.run_sync(made, limiter=shared.counting)
    try:
        await run_in_threadpool(note_access, request, caller, keys)
    except BaseException:
        file.close()
        raise
    name = f"{subject.partition(':')[2]}-{size}.zip"
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(file.seek(0, 2)),
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(_chunks(file), headers=headers, media_type="application/zip")


def _make(shared: Services, sight: Sight, subject: str) -> tuple[IO[bytes], int, list[str]]:
    """Return the bundle as a file without a name, the size up to which it is whole, and whose files it has.

    Raises:
        Problem: not-found: nothing is recorded, committed, or in sight; replay-too-long: too much of it.
    """
    store = shared.store
    if next(iter(store.subject_indexes(subject)), None) is None:
        raise nothing_recorded(subject)
    note, _ = published(shared)
    anchor = anchor_of(store, load_ring(store)[0])
    keys: set[str] = set()

    def summary(
        subject: str,
        size: int,
        checkpoint: Checkpoint,
        entries: Mapping[int, bytes],
        envelopes: Mapping[str, bytes],
    ) -> bytes:
        headers = [parse_header(data.partition(b"\n")[0]) for data in entries.values()]
        if not sight.sees_all(headers) or not any(map(sight.sees_entry, headers)):
            raise nothing_recorded(subject)
        keys.update(link.key for header in headers for link in header.subjects)
        return summary_of(subject, size, checkpoint, entries, envelopes)

    with tempfile.TemporaryDirectory(prefix="quota-ledger-") as folder:
        path = Path(folder) / "bundle.zip"
        try:
            size = export_subject(
                store, subject, note, anchor, path, summary=summary, most_bytes=MAX_BUNDLE_BYTES
            )
        except TooLong as error:
            raise Problem("replay-too-long", f"{error}; `quota-ledger export` writes them") from None
        except ExportRefused as error:
            raise Problem("not-found", str(error)) from None
        return path.open("rb"), size, sorted(keys)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while data := file.read(_CHUNK):
            yield data
