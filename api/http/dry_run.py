"""``POST /v1/dry-run``: what the ledger would make of unsigned statements now. Nothing is written.

Its answers tell what is in the ledger (balances, suspensions), so it serves agencies and not everyone.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.cli.context import json_text
from api.http.bodies import TEXTS, json_body, object_of, parsed
from api.http.caller import AGENCIES, Caller, Role, require
from api.http.problems import Language, language
from api.http.services import Shared
from api.http.words import flag_words, refused_line
from domain.postings import Posting
from ledger.canonical import Malformed, load_object
from ledger.dry_run import Preview, dry_run
from ledger.envelope import MAX_STATEMENTS
from ledger.submission import MAX_SUBMISSION_BYTES, NotAccepted

router = APIRouter(prefix="/v1", tags=["appending"])

_SCHEMA: Final = object_of(statements=TEXTS)


@router.post("/dry-run", openapi_extra=json_body(_SCHEMA))
async def try_statements(
    request: Request,
    shared: Shared,
    caller: Annotated[Caller, Depends(require(*AGENCIES, Role.OPERATOR))],
) -> Response:
    """Judge statements as they would be judged now, each on top of those before it that would be accepted."""
    tongue = language(request)
    statements = await parsed(request, shared.parsing, decode_statements)
    size, previews = await run_in_threadpool(dry_run, shared.store, statements, shared.clock())
    content = {
        "size": size,
        "would_enter": all(preview.code is None for preview in previews),
        "statements": [_line(preview, tongue) for preview in previews],
    }
    return Response(
        json_text(content),
        headers={"Cache-Control": "no-store", "Content-Language": tongue, "Vary": "Accept-Language"},
        media_type="application/json",
    )


def decode_statements(data: bytes) -> list[bytes]:
    """Return the bytes of each statement of ``{"statements": ["…", …]}``.

    Raises:
        NotAccepted: longer than a submission may be, more statements, or not of that form.
    """
    if len(data) > MAX_SUBMISSION_BYTES:
        raise NotAccepted(
            "too-long", f"dry run: {len(data)} bytes, at most {MAX_SUBMISSION_BYTES} are allowed"
        )
    try:
        whole = load_object(data, what="dry run")
        statements = whole.get("statements")
        if whole.keys() != {"statements"} or not isinstance(statements, list):
            raise Malformed('dry run: {"statements": ["<text>", …]} is wanted')
        if not all(isinstance(statement, str) for statement in statements):
            raise Malformed("dry run: statements is not a list of texts")
        if not 1 <= len(statements) <= MAX_STATEMENTS:
            raise Malformed(f"dry run: {len(statements)} statements, 1 to {MAX_STATEMENTS} are allowed")
        return [statement.encode() for statement in statements]
    except (Malformed, UnicodeEncodeError) as error:
        raise NotAccepted("malformed", str(error)) from None


def _line(preview: Preview, tongue: Language) -> dict[str, Any]:
    due = preview.due
    return {
        "item": preview.item,
        "sha256": preview.sha256,
        "type": preview.type,
        "four_eyes": preview.four_eyes,
        "accepted": preview.code is None,
        "refused": None
        if preview.code is None
        else refused_line(preview.item, preview.code, preview.detail, preview.reasons, tongue),
        "flags": [flag_words(code, tongue) for code in preview.flags],
        "postings": [_posting(posting) for posting in preview.postings],
        "due": due
        and {
            "strict": due.strict and due.strict.isoformat(),
            "rolled": due.rolled and due.rolled.isoformat(),
        },
    }


def _posting(posting: Posting) -> dict[str, Any]:
    return {
        "pair_id": posting.pair_id,
        "source": posting.source,
        "target": posting.target,
        "units": posting.units,
        "line_id": posting.line_id,
        "vin": posting.vin,
    }
