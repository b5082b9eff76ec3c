"""Proofs for auditors and witnesses: inclusion, consistency, completeness of one subject's history."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.cli.context import json_text
from api.http.problems import Problem
from api.http.publication import Auditing, published
from api.http.services import Shared
from ledger.merkle import consistency_proof, inclusion_proof
from ledger.proof import encode_proof
from ledger.subject_proof import NoHeads, subject_proof

router = APIRouter(prefix="/v1/proof", tags=["publication"])

MAX_SIZE: Final = 2**53 - 1
Size = Annotated[int, Query(ge=1, le=MAX_SIZE)]


@router.get("/inclusion")
def inclusion(
    shared: Shared,
    caller: Auditing,
    index: Annotated[int, Query(ge=0, le=MAX_SIZE)],
    size: Annotated[int | None, Query(ge=1, le=MAX_SIZE)] = None,
) -> Response:
    """Return the path from an entry to the root of the tree of ``size``, by default the checkpoint's.

    ``proof`` is the C2SP tlog-proof where the size is that of the latest checkpoint, else null.
    """
    note, latest = published(shared)
    wanted = latest if size is None else size
    _within(wanted, latest)
    if index >= wanted:
        raise Problem("invalid-request", f"query.index: {index} is not below size {wanted}")
    path = inclusion_proof(shared.store, index, wanted)
    leaf = next(iter(shared.store.leaf_hashes(index, index + 1)))
    return _json(
        {
            "index": index,
            "size": wanted,
            "leaf": b64encode(leaf).decode(),
            "hashes": _texts(path),
            "proof": encode_proof(index, path, note) if wanted == latest else None,
        }
    )


@router.get("/consistency")
def consistency(shared: Shared, caller: Auditing, first: Size, second: Size) -> Response:
    """Return the proof that the tree of ``second`` entries begins with that of ``first``."""
    _, latest = published(shared)
    _within(second, latest)
    if first > second:
        raise Problem("invalid-request", f"query.first: {first} is above second, {second}")
    path = consistency_proof(shared.store, first, second)
    return _json({"first": first, "second": second, "hashes": _texts(path)})


@router.get("/subject")
async def subject(
    shared: Shared,
    caller: Auditing,
    key: Annotated[str, Query(pattern=r"^[a-z]+:[!-~]{1,150}$")],
) -> Response:
    """Return where a subject's chain ends, or that it has none, in the form of ``heads.json``."""
    note, size = await to_thread.run_sync(published, shared)
    try:
        found = await to_thread.run_sync(
            subject_proof, shared.store, key, size, note, limiter=shared.counting
        )
    except NoHeads as error:
        raise Problem("not-found", str(error)) from None
    return Response(found.to_bytes(), headers={"Cache-Control": "no-store"}, media_type="application/json")


def _within(size: int, latest: int) -> None:
    if size > latest:
        raise Problem("not-found", f"size {size} is beyond the latest checkpoint, {latest}")


def _texts(hashes: Sequence[bytes]) -> list[str]:
    return [b64encode(value).decode() for value in hashes]


def _json(content: dict[str, Any]) -> Response:
    return Response(json_text(content), headers={"Cache-Control": "no-store"}, media_type="application/json")
