"""Everything that can go wrong behind a route becomes a problem (RFC 9457); nothing else is ever answered."""

import logging

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.http.problems import Problem, answer
from ledger.store import StoreError

_log = logging.getLogger(__name__)
_CODES = {404: "not-found", 405: "method-not-allowed"}


def register(app: FastAPI) -> None:
    """Put the handlers in place."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(StoreError, _unavailable)


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
    code = _CODES.get(error.status_code, "malformed")
    return answer(request, Problem(code, f"{request.method}: {error.detail}", {}, error.headers or {}))


async def _unavailable(request: Request, error: Exception) -> Response:
    _log.error("the store failed: %s", error)
    detail = "the database cannot be had now; the same request may be sent again"
    return answer(request, Problem("unavailable", detail, headers={"Retry-After": "5"}))
