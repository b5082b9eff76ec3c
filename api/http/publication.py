"""Publication after C2SP tlog-tiles: the checkpoint and the tiles that it commits to."""

import re
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.problems import Problem
from api.http.services import Shared

router = APIRouter(tags=["publication"])
_TEXT: Final = "text/plain; charset=utf-8"
_NUMBER: Final = re.compile(r"(?:x[0-9]{3}/)*[0-9]{3}")
_FOREVER: Final = "public, max-age=31536000, immutable"


@router.get("/checkpoint")
def checkpoint(shared: Shared) -> Response:
    """Return the latest signed checkpoint."""
    note = shared.store.checkpoint()
    if note is None:
        raise Problem("not-found", "no checkpoint is released yet")
    return Response(note, headers={"Cache-Control": "no-cache"}, media_type=_TEXT)
