"""``/healthz``: the process answers. ``/readyz``: it can append and read."""

from fastapi import APIRouter

from api.http.services import Shared

router = APIRouter(tags=["operation"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that the process runs."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(shared: Shared) -> dict[str, object]:
    """Say how far the ledger has come; 503 while the database cannot be had."""
    return {"status": "ok", "size": shared.store.head().size}
