"""The application: ``create_app`` puts routes, problems and limits together.

The clock is an argument for a season played on a simulated one; the command line never sets it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool

from api.http import (
    access_log,
    balances,
    bundles,
    cases,
    deadlines,
    docs_page,
    documents,
    dry_run,
    entries,
    envelopes,
    explanations,
    failures,
    findings,
    health,
    histories,
    patterns,
    proofs,
    publication,
    reconciliations,
    reports,
    stream,
    subjects,
    timeline,
    vehicles,
)
from api.http.access import guard, plain_query
from api.http.caller import Authenticate
from api.http.limits import Limits
from api.http.metrics import Metrics
from api.http.openapi import describe
from api.http.services import open_services
from api.http.settings import Settings
from api.http.tokens import token_reader
from api.http.watch import Watch
from ledger.clock import Clock, system_clock

# A module of routes has a `router`; new ones are added here.
_ROUTES = (
    docs_page,
    envelopes,
    dry_run,
    publication,
    proofs,
    stream,
    entries,
    subjects,
    vehicles,
    balances,
    histories,
    deadlines,
    explanations,
    bundles,
    timeline,
    cases,
    findings,
    patterns,
    reports,
    reconciliations,
    documents,
    access_log,
    health,
)  # fmt: skip  stream before entries, which would take "stream" for an index


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock = system_clock,
    authenticate: Authenticate | None = None,
) -> FastAPI:
    """Return the application; the store is opened when it starts and closed, drained, when it ends.

    Args:
        settings: from the environment where none are given.
        clock: what time it is.
        authenticate: reads who sent a request; by the tokens of the settings unless given.
    """
    told = settings or Settings()
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.services = await run_in_threadpool(open_services, told, clock, metrics)
        yield
        # What was accepted is finished before the process ends.
        await run_in_threadpool(app.state.services.close)

    app = FastAPI(
        title="Export Quota Ledger",
        version=version("export-quota-ledger"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(guard), Depends(plain_query), Depends(access_log.note_bundles)],
    )
    app.state.authenticate = authenticate or token_reader(told)
    app.state.metrics = metrics
    app.add_middleware(Limits, body_seconds=told.body_seconds)
    app.add_middleware(Watch, metrics=metrics)  # added last: outermost
    failures.register(app)
    for routes in _ROUTES:
        app.include_router(routes.router)
    describe(app)
    return app
