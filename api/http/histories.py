"""The history of an enterprise or a car, page by page, and what is known otherwise since a moment.

The same story as ``quota-ledger history`` tells, of the reader's sight alone.
"""

from datetime import date
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.moments import known_size, replaying
from api.http.parameters import AsKnownAt, AsOf, CursorText, Limit, Since, Uscc, Vin, around, decode_cursor
from api.http.problems import Problem
from api.http.replays import REPLAYS
from api.http.replies import private_json
from api.http.services import Services, Shared
from api.http.sight import Sight, sight_of
from ledger.opening import load_ring
from projections.history.difference import NotEarlier, difference
from projections.history.moments import Moment
from projections.history.story import Story
from projections.history.wholeness import Wholeness
from projections.replay import MAX_ENTRIES

router = APIRouter(prefix="/v1", tags=["history"])

_WHOLENESS: Final = Wholeness()  # what it remembers is true of any ledger


@router.get("/enterprises/{uscc}/history")
def enterprise_history(
    request: Request,
    shared: Shared,
    caller: Known,
    uscc: Uscc,
    as_known_at: AsKnownAt = None,
    as_of: AsOf = None,
    since: Since = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """Tell the story of an enterprise, entry by entry; every page is of the same size of the ledger.

    ``standing`` and ``deadlines`` are those after the last entry of the page. With ``since`` the entries are
    those learnt since that moment, and ``changes`` say what stands otherwise on one and the same day.
    """
    sight, subject = sight_of(caller), f"enterprise:{uscc}"
    if sight.own not in (None, uscc):
        raise nothing_recorded(subject)
    told = _page(shared, sight, subject, (as_known_at, as_of, since), limit, cursor)
    note_access(request, caller, [subject, *told.pop("subjects")])
    return private_json(told)


@router.get("/vehicles/{vin}/history")
def vehicle_history(
    request: Request,
    shared: Shared,
    caller: Known,
    vin: Vin,
    as_known_at: AsKnownAt = None,
    as_of: AsOf = None,
    since: Since = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """Tell the story of a car, as that of an enterprise is told."""
    told = _page(shared, sight_of(caller), f"vin:{vin}", (as_known_at, as_of, since), limit, cursor)
    note_access(request, caller, [f"vin:{vin}", *told.pop("subjects")])
    return private_json(told)


def nothing_recorded(subject: str) -> Problem:
    """Return the answer to a question about what is not there, or not in sight."""
    return Problem("not-found", f"{subject}: not there, or not for this reader")


def _page(
    shared: Services,
    sight: Sight,
    subject: str,
    asked: tuple[int | date | None, date | None, int | date | None],
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Return a page of a history, and under ``subjects`` the keys of its entries."""
    as_known_at, as_of, since = asked
    pin = (subject, *asked, sight.own)
    start, pinned = decode_cursor(cursor, "history", pin) or (0, None)
    size = known_size(shared.store, as_known_at if pinned is None else pinned - 1)
    if isinstance(since, int) and since >= (last := shared.store.head().size):
        raise Problem("not-found", f"query.since: {since}, the ledger ends with {last - 1}")
    story = Story(shared.store, load_ring(shared.store)[0], _WHOLENESS)
    try:
        with replaying():
            if since is None:
                told = _told(story, sight, subject, size, as_of, start, limit)
            else:
                told = _learnt(story, sight, subject, Moment(size - 1, as_of), since, start, limit)
    except Problem as problem:
        if problem.code == "not-found":
            raise nothing_recorded(subject) from None
        raise
    if sight.own is not None:
        # How many entries a car's chain has tells of those that are not in sight.
        told["chains"] = {key: number for key, number in told["chains"].items() if key in sight.keys}
    return told | {"size": size} | around("history", pin, start, limit, told["count"], size)


def _told(
    story: Story, sight: Sight, subject: str, size: int, as_of: date | None, start: int, limit: int
) -> dict[str, Any]:
    replay, moment = REPLAYS.at(story.reader, subject, size, as_of), Moment(size - 1, as_of)
    told = story.tell(replay, moment, sight.scope(), start, limit)
    if not told["count"]:
        raise nothing_recorded(subject)
    shown = {one["index"] for one in told["entries"]}
    keys = {link.key for one in replay.entries if one.index in shown for link in one.header.subjects}
    return told | {"subjects": sorted(keys)}


def _learnt(
    story: Story, sight: Sight, subject: str, moment: Moment, since: int | date, start: int, limit: int
) -> dict[str, Any]:
    try:
        found = difference(story.reader, subject, since, moment, sight.scope(), MAX_ENTRIES)
    except NotEarlier as error:
        raise Problem("invalid-request", f"query.since: {error}") from None
    scope = sight.scope()
    if subject.startswith("vin:") and not any(
        story.shows(found.now, one, scope) for one in found.now.entries
    ):
        raise nothing_recorded(subject)
    keys = {link.key for one in found.learnt[start : start + limit] for link in one.header.subjects}
    return story.difference(found, since, moment, start, limit) | {"subjects": sorted(keys)}
