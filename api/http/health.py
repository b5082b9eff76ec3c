"""``/healthz``: the process answers. ``/readyz``: it appends and reads. ``/metrics``: what it has counted."""

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.metrics import CONTENT_TYPE, Position
from api.http.problems import Problem
from api.http.services import Services, Shared
from ledger.checkpoint import parse_checkpoint_text
from ledger.entry import parse_header
from ledger.note import parse_note
from projections.reading import position

router = APIRouter(tags=["operation"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that the process runs."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(shared: Shared) -> dict[str, object]:
    """Say how far ledger and views have come; 503 while the database or the sequencer cannot be had.

    Views that stop at an entry keep nobody from appending: the status is then ``views-stopped``.
    """
    if not shared.sequencer.is_alive:
        raise Problem("unavailable", "the sequencer has stopped; this process appends nothing")
    here = position(shared.store)  # before the head, which only grows
    stopped = None if here is None else here.reason
    return {
        "status": "ok" if stopped is None else "views-stopped",
        "size": shared.store.head().size,
        "waiting": shared.sequencer.waiting,
        "views": {"size": 0 if here is None else here.size, "stopped": stopped},
    }


@router.get("/metrics", response_class=Response)
def metrics(shared: Shared) -> Response:
    """Return the metrics of all workers of this server (docs/operations.md)."""
    shared.metrics.waiting(shared.sequencer.waiting)
    return Response(shared.metrics.text(_position(shared)), media_type=CONTENT_TYPE)


def _position(shared: Services) -> Position:
    here = position(shared.store)
    views = (0, False) if here is None else (here.size, here.reason is not None)
    size = shared.store.head().size
    note = shared.store.checkpoint()
    if note is None:
        return Position(size, 0, None, *views)
    covered = parse_checkpoint_text(parse_note(note).text).size
    last = next(iter(shared.store.entries(covered - 1, covered)))
    recorded_at = datetime.fromisoformat(parse_header(last.partition(b"\n")[0]).recorded_at)
    return Position(size, covered, (shared.clock() - recorded_at).total_seconds(), *views)
