"""Reading a JSON body: bounded, its encoding plain, parsed away from the event loop."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request

from api.http.problems import Problem
from ledger.submission import NotAccepted

_T = TypeVar("_T")

PARSERS: Final = 4
"""Bodies parsed at once: 8 MiB of nested brackets are some 200 MB of objects for the blink of an eye."""

TEXTS: Final[dict[str, Any]] = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 1000}


def make_limiter() -> CapacityLimiter:
    """Return what keeps the parsers of one process apart."""
    return CapacityLimiter(PARSERS)


async def body_of(request: Request, wanted: str) -> bytes:
    """Return a body of the media type that is wanted.

    Raises:
        Problem: another media type.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != wanted:
        raise Problem("unsupported-media-type", f"content-type: {wanted} is wanted")
    return await request.body()


async def parsed(request: Request, limiter: CapacityLimiter, parse: Callable[[bytes], _T]) -> _T:
    """Return what ``parse`` makes of the body, in a worker thread.

    Raises:
        Problem: another media type than JSON, or the code of the NotAccepted that ``parse`` raises.
    """
    body = await body_of(request, "application/json")
    try:
        return await to_thread.run_sync(parse, body, limiter=limiter)
    except NotAccepted as error:
        request.app.state.metrics.not_accepted(error.code)
        raise Problem(error.code, str(error)) from None


def json_body(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what the OpenAPI document says of a body that is read here."""
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
    }


def object_of(**members: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with exactly these members."""
    return {
        "type": "object",
        "properties": members,
        "required": sorted(members),
        "additionalProperties": False,
    }
