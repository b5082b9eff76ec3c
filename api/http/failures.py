"""Everything that can go wrong behind a route becomes a problem (RFC 9457); nothing else is ever answered."""

import logging

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from api.http.access import methods_of
from api.http.problems import Problem, answer
from ledger.store import StoreError
from projections.folding import ViewStopped

_log = logging.getLogger(__name__)


def register(app: FastAPI) -> None:
    """Put the handlers in place."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(StoreError, _unavailable)
    app.add_exception_handler(ViewStopped, _stopped)
    app.add_exception_handler(ClientDisconnect, _gone)


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
    if error.status_code == 404:
        return answer(request, Problem("not-found", "there is nothing at this path"))
    if error.status_code == 405:
        detail = f"{request.method} is not allowed at this path"
        # The router knows of the first route of a path alone (RFC 9110, 15.5.6: all methods are named).
        told = (error.headers or {}).get("allow", "").split(", ")
        allow = {*told, *methods_of(getattr(request.scope.get("route"), "path", request.url.path))} - {""}
        return answer(
            request, Problem("method-not-allowed", detail, headers={"Allow": ", ".join(sorted(allow))})
        )
    return answer(request, Problem("malformed", str(error.detail)))


async def _stopped(request: Request, error: Exception) -> Response:
    _log.error("%s", error)
    assert isinstance(error, ViewStopped)
    detail = f"the views stand before entry {error.index}, which they cannot take in; the operator has to act"
    return answer(request, Problem("unavailable", detail))


async def _unavailable(request: Request, error: Exception) -> Response:
    _log.error("the store failed: %s", error)
    detail = "the database cannot be had now; the same request may be sent again"
    return answer(request, Problem("unavailable", detail, headers={"Retry-After": "5"}))


async def _gone(request: Request, error: Exception) -> Response:
    return answer(request, Problem("malformed", "the client went away before the end of the body"))
