"""Publication after C2SP tlog-tiles: checkpoint and tiles for everyone, what they commit to for auditors.

What is served is what ``quota-ledger export`` writes, to the byte, and nothing beyond the latest checkpoint.
A tile once served never changes, a partial one neither: its name says how wide it is.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api.http.caller import Caller, Role, require
from api.http.problems import Problem
from api.http.services import Services, Shared
from ledger.canonical import Malformed
from ledger.checkpoint import parse_checkpoint_text
from ledger.entry import parse_entry
from ledger.export import read_entries, read_envelopes
from ledger.merkle import TILE_WIDTH, tile_width
from ledger.note import parse_note
from ledger.tiles import MAX_LEVEL, encode_entries, encode_envelopes, parse_number

router = APIRouter(tags=["publication"])

_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"
_FOREVER: Final = "public, max-age=31536000, immutable"
_FOREVER_PRIVATE: Final = "private, max-age=31536000, immutable"

Auditing = Annotated[Caller, Depends(require(Role.AUDITOR, Role.WITNESS, Role.OPERATOR))]


@router.head("/checkpoint", include_in_schema=False)
@router.get("/checkpoint", response_class=Response)
def checkpoint(shared: Shared) -> Response:
    """Return the latest signed checkpoint."""
    note, _ = published(shared)
    return Response(note, headers={"Cache-Control": "no-cache"}, media_type=_TEXT)


# Before /tile/{level}, which would take "entries" for a level.
@router.head("/tile/entries/{place:path}", include_in_schema=False)
@router.get("/tile/entries/{place:path}", response_class=Response)
def entry_bundle(shared: Shared, caller: Auditing, place: str) -> Response:
    """Return a bundle of entries, a 2-byte big-endian length before each."""
    number, width = _bundle(shared, place)
    data = encode_entries(read_entries(shared.store, number, width))
    return Response(data, headers={"Cache-Control": _FOREVER_PRIVATE}, media_type=_BYTES)


@router.head("/envelopes/{place:path}", include_in_schema=False)
@router.get("/envelopes/{place:path}", response_class=Response)
def envelope_bundle(shared: Shared, caller: Auditing, place: str) -> Response:
    """Return the envelopes that a bundle's entries are the first to refer to, a 4-byte length before each."""
    number, width = _bundle(shared, place)
    start, store = number * TILE_WIDTH, shared.store
    before = [parse_entry(data).header.envelope for data in store.entries(max(start - 1, 0), start)]
    found, _ = read_envelopes(store, start, read_entries(store, number, width), before[0] if before else None)
    return Response(encode_envelopes(found), headers={"Cache-Control": _FOREVER_PRIVATE}, media_type=_BYTES)


@router.head("/tile/{level}/{place:path}", include_in_schema=False)
@router.get("/tile/{level}/{place:path}", response_class=Response)
def tile(shared: Shared, level: str, place: str) -> Response:
    """Return a tile of hashes, 32 bytes each."""
    if not level.isascii() or not level.isdigit() or level != str(int(level[:3])) or int(level) > MAX_LEVEL:
        raise Problem("not-found", f"a tile's level is a number from 0 to {MAX_LEVEL}")
    number, width = _published(shared, int(level), place)
    data = shared.store.read_tile(int(level), number, width)
    return Response(data, headers={"Cache-Control": _FOREVER}, media_type=_BYTES)


def published(shared: Services) -> tuple[bytes, int]:
    """Return the latest checkpoint and its size.

    Raises:
        Problem: not-found: none is released yet.
    """
    note = shared.store.checkpoint()
    if note is None:
        raise Problem("not-found", "no checkpoint is released yet")
    return note, parse_checkpoint_text(parse_note(note).text).size


def _bundle(shared: Services, place: str) -> tuple[int, int]:
    return _published(shared, 0, place)


def _published(shared: Services, level: int, place: str) -> tuple[int, int]:
    """Return number and width of a tile that the latest checkpoint commits to.

    Raises:
        Problem: not-found: another name, or not published yet.
    """
    try:
        number, width = parse_number(place)
    except Malformed as error:
        raise Problem("not-found", str(error)) from None
    _, size = published(shared)
    if width > (most := tile_width(size, level, number)):
        raise Problem("not-found", f"the checkpoint of size {size} commits to {most} of these {width}")
    return number, width
