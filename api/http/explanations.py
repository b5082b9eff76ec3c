"""Which entries make up a balance, a flag or a finding, and the rule that each applied."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import WithJsonSchema
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.answered import answered
from api.http.moments import known_size, replaying
from api.http.parameters import (
    MAX_INDEX,
    AsKnownAt,
    CursorText,
    Limit,
    Whole,
    around,
    decode_cursor,
)
from api.http.problems import Problem
from api.http.replies import private_json
from api.http.services import Services, Shared
from api.http.sight import sight_of
from domain.identifiers import PAIR_ID_PATTERN, VIN_PATTERN, firms_of
from ledger.opening import load_ring
from projections.history.explain import NoFlag, explain_balance, explain_city, explain_flag
from projections.history.explained import balance_json, finding_json, grounds_json
from projections.history.findings import NotAnswered, check_code, finding_of
from projections.history.grounds import Grounds
from projections.history.story import Story
from projections.history.told import Told
from projections.replay import MAX_ENTRIES

router = APIRouter(prefix="/v1/explanations", tags=["history"])

TRIED: Final = 500
"""Entries that are left out in turn to find the grounds of a flag; the time grows with the square."""
Account = Literal["ISS", "AV", "A", "C", "R", "T", "X", "D", "N", "UNB"]


@router.get("/balance")
def balance(
    request: Request,
    shared: Shared,
    caller: Known,
    account: Account,
    pair_id: Annotated[
        str | None, Query(pattern=PAIR_ID_PATTERN, description="Without it: all pairs, and what has none.")
    ] = None,
    as_known_at: AsKnownAt = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """List every posting on one account of a pair or of the city, with the balance after it and its rule.

    Of an entry that an enterprise does not see it is told what moved, by which type and rule, and no more.
    """
    sight = sight_of(caller)
    if sight.own is not None and (pair_id is None or not sight.sees_id(pair_id)):
        raise _nothing(pair_id)
    pin = (pair_id, account, as_known_at, sight.own)
    start, pinned = decode_cursor(cursor, "explain-balance", pin) or (0, None)
    size = known_size(shared.store, as_known_at if pinned is None else pinned - 1)
    with replaying():
        if pair_id is None:
            moved = explain_city(shared.store, account, size - 1, MAX_ENTRIES)
        else:
            moved = explain_balance(shared.store, pair_id, account, size - 1, MAX_ENTRIES)
    page = slice(start, start + limit)
    told = balance_json(_story(shared), pair_id, account, moved, sight.scope(), page)
    note_access(
        request,
        caller,
        _subjects([one.told for one in moved[page]])
        if pair_id is None
        else [f"enterprise:{uscc}" for uscc in firms_of(pair_id)],
    )
    return private_json(
        told | _place(size, len(moved)) | around("explain-balance", pin, start, limit, len(moved), size)
    )


@router.get("/flag")
def flag(
    request: Request,
    shared: Shared,
    caller: Known,
    index: Annotated[
        int,
        Whole,
        WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAX_INDEX}),
        Query(ge=0, le=MAX_INDEX, description="Of the flagged entry."),
    ],
    code: Annotated[str, Query(pattern="^[a-z0-9-]{1,60}$", description="Of the flag.")],
) -> Response:
    """Return a flagged entry and the earlier entries without which it would not be flagged so."""
    with replaying():
        try:
            found = explain_flag(shared.store, index, code, MAX_ENTRIES, TRIED)
        except NoFlag as error:
            raise Problem("not-found", str(error)) from None
    note_access(request, caller, _subjects([found.told, *found.entries]))
    return private_json(grounds_json(_story(shared), code, found))


@router.get("/finding")
def finding(
    request: Request,
    shared: Shared,
    caller: Known,
    statement: Annotated[str, Query(pattern="^C[0-9]{2}$", description="C05 to C36.")],
    vin: Annotated[str | None, Query(pattern=VIN_PATTERN, description="Only entries about this car.")] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """Answer one statement of the verifier and list the entries that it names, with what makes each up.

    With ``vin`` a statement that judges cars is answered for this car alone.
    """
    pin = (statement, vin)
    start, pinned = decode_cursor(cursor, "explain-finding", pin) or (0, None)
    size = known_size(shared.store, None if pinned is None else pinned - 1)
    page = slice(start, start + limit)
    with replaying():
        try:
            check_code(statement)
            found = finding_of(shared.store, size, answered(shared.store, size), statement, vin)
        except NotAnswered as error:
            raise Problem("invalid-request", f"query.statement: {error}") from None
        grounds = Grounds(shared.store, size)
        shown = [grounds.of(statement, one, vin) for one in found.entries[page]]
    note_access(request, caller, _subjects([each for one in shown for each in one.grounds]))
    told = finding_json(_story(shared), statement, vin, found, shown)
    count = len(found.entries)
    return private_json(
        told | _place(size, count) | around("explain-finding", pin, start, limit, count, size)
    )


def _story(shared: Services) -> Story:
    return Story(shared.store, load_ring(shared.store)[0])


def _place(size: int, count: int) -> dict[str, Any]:
    return {"size": size, "count": count}


def _subjects(entries: list[Told]) -> list[str]:
    return sorted({link.key for one in entries for link in one.header.subjects})


def _nothing(pair_id: str | None) -> Problem:
    return Problem(
        "not-found", f"{'the city' if pair_id is None else f'pair {pair_id}'}: not for this reader"
    )
