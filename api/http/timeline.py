"""``GET /v1/enterprises/{uscc}/timeline``: the entries about an enterprise, its pairs and their cars."""

import json
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.histories import nothing_recorded
from api.http.lists import cut, pinned_size
from api.http.parameters import AsKnownAt, CursorText, Limit, Uscc, decode_cursor, encode_cursor
from api.http.replies import private_json
from api.http.services import Shared
from api.http.sight import sight_of
from domain.catalogue import CATALOGUE
from domain.identifiers import firms_of
from projections import lists
from projections.lists import Row

router = APIRouter(prefix="/v1", tags=["lists"])


@router.get("/enterprises/{uscc}/timeline")
def timeline(
    request: Request,
    shared: Shared,
    caller: Known,
    uscc: Uscc,
    as_known_at: AsKnownAt = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """List the entries about an enterprise in the order of the ledger, with what each moved on its pairs.

    Nothing is replayed for it, so it serves where a history has too many entries.
    """
    subject, sight = f"enterprise:{uscc}", sight_of(caller)
    if sight.own not in (None, uscc):
        raise nothing_recorded(subject)
    pin = (uscc, as_known_at, sight.own)
    behind, pinned = decode_cursor(cursor, "timeline", pin) or (0, None)
    size = pinned_size(shared, as_known_at, pinned)
    named = sight.own is not None
    rows = lists.timeline(shared.store, uscc, size, behind - 1, limit, named)
    if not rows and not behind:
        raise nothing_recorded(subject)
    page, more = cut(rows, limit)
    shown = [_object(row, uscc) for row in page]
    cars = {f"vin:{each['vin']}" for one in shown for each in one["postings"] if each["vin"]}
    note_access(request, caller, [subject, *sorted(cars)])
    return private_json(
        {
            "subject": subject,
            "size": size,
            "entries": shown,
            "next": encode_cursor("timeline", pin, page[-1]["idx"] + 1, size) if more else None,
        }
    )


def _object(row: Row, uscc: str) -> dict[str, Any]:
    """Return a row with the postings on the enterprise's own pairs, and these pairs after it."""
    postings = [one for one in json.loads(row["postings"]) if uscc in firms_of(one["pair_id"] or "-")]
    balances = {pair: after for pair, after in json.loads(row["balances"]).items() if uscc in firms_of(pair)}
    return {
        "index": row["idx"],
        "type": row["type"],
        "zh": CATALOGUE[row["type"]].zh if row["type"] in CATALOGUE else None,
        **{name: row[name] for name in ("agency", "effective_on", "recorded_at")},
        "postings": postings,
        "balances": balances,
    }
