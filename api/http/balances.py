"""``GET /v1/balances``: units by account, pair by pair."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.moments import moment
from api.http.parameters import AsKnownAt, AsOf, CursorText, Limit, decode_cursor, encode_cursor
from api.http.replies import private_json
from api.http.services import Services, Shared
from api.http.sight import sight_of
from api.http.subjects import firms
from domain.identifiers import PAIR_ID_PATTERN, USCC_PATTERN
from domain.records import Pair
from projections.runner import catch_up
from projections.views.balances import read_balances

router = APIRouter(prefix="/v1", tags=["reading"])

_Rows = Mapping[str, Mapping[str, int]]


@router.get("/balances")
def balances(
    request: Request,
    shared: Shared,
    caller: Known,
    uscc: Annotated[
        str | None, Query(pattern=USCC_PATTERN, description="Of pairs with this enterprise.")
    ] = None,
    pair_id: Annotated[str | None, Query(pattern=PAIR_ID_PATTERN)] = None,
    as_known_at: AsKnownAt = None,
    as_of: AsOf = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List balances in units by account, by pair; every page of a list is of the same size of the ledger."""
    sight = sight_of(caller)
    pin = (uscc, pair_id, as_known_at, as_of, sight.own)
    place, pinned = decode_cursor(cursor, "balances", pin) or (0, None)
    if pinned is not None:
        as_known_at = pinned - 1
    usccs = {code for code in (uscc, sight.own) if code is not None}
    roots = sorted(f"enterprise:{code}" for code in usccs or (firms(pair_id) if pair_id else ()))
    size, rows = _rows(shared, roots, as_known_at, as_of)
    chosen = [pair for pair in sorted(rows) if usccs <= set(firms(pair)) and pair_id in (None, pair)]
    page = chosen[place : place + limit]
    note_access(request, caller, [f"enterprise:{code}" for pair in page for code in firms(pair)])
    more = place + limit < len(chosen)
    return private_json(
        {
            "size": size,
            "as_of": as_of and as_of.isoformat(),
            "pairs": [{"pair_id": pair, "balances": dict(rows[pair])} for pair in page],
            "next": encode_cursor("balances", pin, place + limit, size) if more else None,
        }
    )


def _rows(shared: Services, roots: list[str], as_known_at: AsKnownAt, as_of: AsOf) -> tuple[int, _Rows]:
    """Return the size and the balances of at least the pairs of ``roots``, from the view where it serves."""
    if as_of is None:
        catch_up(shared.store)
        book = read_balances(shared.store)
        if as_known_at in (None, book.size - 1):
            return book.size, {row.pair_id: row.balances for row in book.pairs}
    found = moment(shared.store, roots, as_known_at, as_of)
    return found.size, {
        key.removeprefix("pair:"): record.balances
        for key, record in found.state.changes.items()
        if isinstance(record, Pair)
    }
