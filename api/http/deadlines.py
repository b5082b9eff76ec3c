"""What is due, at risk or overdue on a day: of one enterprise, or of the whole city."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.histories import nothing_recorded
from api.http.moments import known_size, replaying
from api.http.parameters import CursorText, Limit, OnDay, Uscc, around, decode_cursor
from api.http.replays import REPLAYS
from api.http.replies import private_json
from api.http.services import Services, Shared
from api.http.sight import sight_of
from domain.identifiers import firms_of
from projections.due import city_clocks
from projections.history.chains import NoHistory
from projections.history.deadlines import Deadline, Kind, Status
from projections.history.moments import deadlines_of
from projections.history.story import deadline_json
from projections.replay import MAX_ENTRIES, recorded_on
from projections.runner import catch_up

router = APIRouter(prefix="/v1", tags=["history"])

FORMAT: Final = "quota-ledger-deadlines/1"
OfKind = Annotated[Kind | None, Query(description="Only clocks of this kind.")]
OfStatus = Annotated[Status | None, Query(description="Only clocks that stand so.")]


@router.get("/deadlines")
def deadlines(
    request: Request,
    shared: Shared,
    caller: Known,
    on: OnDay = None,
    kind: OfKind = None,
    status: OfStatus = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List the clocks of every enterprise that run on a day, by their last day."""
    return _list(request, shared, caller, None, on, kind, status, limit, cursor)


@router.get("/enterprises/{uscc}/deadlines")
def enterprise_deadlines(
    request: Request,
    shared: Shared,
    caller: Known,
    uscc: Uscc,
    on: OnDay = None,
    kind: OfKind = None,
    status: OfStatus = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List the clocks of an enterprise, its pairs and the cars on their lines, by their last day."""
    subject = f"enterprise:{uscc}"
    recorded = next(iter(shared.store.subject_indexes(subject)), None)
    if recorded is None or sight_of(caller).own not in (None, uscc):
        raise nothing_recorded(subject)
    return _list(request, shared, caller, uscc, on, kind, status, limit, cursor)


def _list(
    request: Request,
    shared: Services,
    caller: Known,
    uscc: str | None,
    on: date | None,
    kind: Kind | None,
    status: Status | None,
    limit: int,
    cursor: str | None,
) -> Response:
    sight = sight_of(caller)
    pin = (uscc, on, kind, status, sight.own)
    start, pinned = decode_cursor(cursor, "deadlines", pin) or (0, None)
    size, day, clocks = _clocks(shared, uscc or sight.own, on, pinned)
    scope = sight.scope()
    found = [
        one for one in clocks
        if kind in (None, one.kind) and status in (None, one.status) and scope.shows_clock(one)
    ]  # fmt: skip
    page = found[start : start + limit]
    note_access(request, caller, _subjects(page, uscc))
    return private_json(
        {
            "format": FORMAT,
            "origin": shared.origin,
            "subject": uscc and f"enterprise:{uscc}",
            "size": size,
            "on": day.isoformat(),
            "count": len(found),
            "deadlines": [deadline_json(one) for one in page],
            **around("deadlines", pin, start, limit, len(found), size),
        }
    )


def _clocks(
    shared: Services, uscc: str | None, on: date | None, pinned: int | None
) -> tuple[int, date, list[Deadline]]:
    """Return (size, day, clocks) of one enterprise or, from the view where it is of that moment, of all.

    A past day is answered as known at its end, which no view holds: from a replay, as one enterprise's are.
    """
    store = shared.store
    size = pinned or known_size(store, on)
    day = on or recorded_on(store, size - 1)
    if uscc is not None:
        with replaying():
            try:
                replay = REPLAYS.at(store, f"enterprise:{uscc}", size)
            except NoHistory:
                return size, day, []
            return size, day, _own(deadlines_of(replay.end(), replay.file, day), uscc)
    catch_up(store)
    with replaying():
        return city_clocks(store, day, size, MAX_ENTRIES)


def _own(clocks: Sequence[Deadline], uscc: str) -> list[Deadline]:
    """Return the clocks of an enterprise, without those of cars that are on no line of its pairs."""
    return [one for one in clocks if uscc in one.subject or (one.pair_id and uscc in firms_of(one.pair_id))]


def _subjects(page: Sequence[Deadline], uscc: str | None) -> list[str]:
    keys = {one.subject for one in page} | ({f"enterprise:{uscc}"} if uscc else set())
    return sorted(
        keys | {f"enterprise:{firm}" for one in page if one.pair_id for firm in firms_of(one.pair_id)}
    )
