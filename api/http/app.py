"""The application: ``create_app`` puts routes, problems and limits together.

The clock is an argument for a season played on a simulated one; the command line never sets it.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.cli.context import files_of
from api.cli.keyfiles import checkpoint_signer, housekeeping_key, keys_directory
from api.http import envelopes, health, publication
from api.http.limits import Limits
from api.http.problems import Problem, answer
from api.http.services import Services
from api.http.settings import Settings
from ledger import stores
from ledger.clock import Clock, system_clock
from ledger.opening import load_ring
from ledger.sequencer import Sequencer
from ledger.store import StoreError

_log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None, *, clock: Clock = system_clock) -> FastAPI:
    """Return the application; the store is opened when it starts and closed, drained, when it ends.

    Args:
        settings: from the environment where none are given.
        clock: what time it is.
    """
    told = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        services = await run_in_threadpool(_open, told, clock)
        app.state.services = services
        yield
        # What was accepted is finished before the process ends.
        await run_in_threadpool(services.sequencer.close)
        await run_in_threadpool(services.store.close)

    app = FastAPI(
        title="Export Quota Ledger",
        version=version("export-quota-ledger"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(Limits, body_seconds=told.body_seconds)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(StoreError, _unavailable)
    app.add_exception_handler(Exception, _internal)
    for routes in (envelopes, publication, health):
        app.include_router(routes.router)
    return app


def _open(settings: Settings, clock: Clock) -> Services:
    files = files_of(settings.db)
    directory = keys_directory(Path(files), settings.keys)
    store = stores.open_store(settings.db)
    try:
        ring, _ = load_ring(store)
        signer = checkpoint_signer(ring.origin, directory) if ring.origin else None
        sequencer = Sequencer(
            store, housekeeping_key(directory), clock=clock, signer=signer, max_queue=settings.queue
        )
        assert ring.origin is not None, "the sequencer refuses a ledger that is not opened"
    except BaseException:
        store.close()
        raise
    return Services(settings, store, sequencer, ring.origin, clock)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"where": ".".join(str(step) for step in one["loc"]), "what": one["msg"]} for one in error.errors()
    ]
    first = errors[0]
    return answer(
        request, Problem("invalid-request", f"{first['where']}: {first['what']}", {"errors": errors})
    )


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not-found", 405: "method-not-allowed"}
    code = codes.get(error.status_code, "malformed")
    return answer(request, Problem(code, f"{request.method}: {error.detail}", {}, error.headers or {}))


async def _unavailable(request: Request, error: Exception) -> Response:
    _log.error("the store failed: %s", error)
    detail = "the database cannot be had now; the same request may be sent again"
    return answer(request, Problem("unavailable", detail, headers={"Retry-After": "5"}))


async def _internal(request: Request, error: Exception) -> Response:
    _log.exception("unexpected", exc_info=error)
    return answer(request, Problem("internal", "the operator's log has more; nothing was half-written"))
