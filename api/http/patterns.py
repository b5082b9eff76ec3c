"""The questions of an investigator, and who is joined to whom; each of the views' newest size."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BeforeValidator
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.parameters import day
from api.http.problems import Problem
from api.http.replies import private_json
from api.http.services import Shared
from projections.patterns.asking import FORMAT, Unanswerable, ask, summary
from projections.patterns.catalogue import PATTERNS
from projections.patterns.graph import graph as relations
from projections.runner import catch_up

router = APIRouter(prefix="/v1", tags=["patterns"])

LookFrom = Annotated[
    date | None,
    BeforeValidator(day),
    Query(description="The day from which one looks; by default that of the last entry."),
]


@router.get("/patterns")
def patterns(request: Request, shared: Shared, caller: Known, on: LookFrom = None) -> Response:
    """Ask every pattern with its default parameters: how many hits each has. A hit is a lead, no finding."""
    catch_up(shared.store)
    answers = summary(shared.store, on)
    first = answers[0]
    rows = [{**one.pattern.to_json(), "values": dict(one.values), "total": one.total} for one in answers]
    return private_json(
        {
            "format": FORMAT,
            "origin": shared.origin,
            "on": first.on.isoformat(),
            "size": first.size,
            "patterns": rows,
        }
    )


@router.get("/patterns/{name}")
def pattern(
    request: Request,
    shared: Shared,
    caller: Known,
    name: Annotated[str, Path(pattern="^[a-z0-9-]{1,60}$")],
    values: Annotated[
        str | None,
        Query(
            pattern="^([a-z]{1,20}:[0-9]{1,7})(,[a-z]{1,20}:[0-9]{1,7})*$",
            max_length=200,
            description="Parameters that differ from their defaults: `days:10,least:3`.",
        ),
    ] = None,
    on: LookFrom = None,
) -> Response:
    """Ask one pattern and list its hits, the first 1,000, with the entries to look at."""
    catch_up(shared.store)
    parts = (part.partition(":") for part in (values or "").split(",") if part)
    given = {one: int(value) for one, _, value in parts}
    try:
        answer = ask(shared.store, name, given, on)
    except Unanswerable as error:
        if name not in PATTERNS:
            raise Problem("not-found", str(error)) from None
        raise Problem("invalid-request", f"query.values: {error}") from None
    note_access(request, caller, _files(key for hit in answer.hits for key in hit.subjects))
    return private_json({"origin": shared.origin, **answer.to_json()})


@router.get("/graph")
def graph(request: Request, shared: Shared, caller: Known) -> Response:
    """Return who is joined to whom: exporters, upstreams, and documents that serve several cars."""
    catch_up(shared.store)
    found = relations(shared.store)
    note_access(request, caller, _files(node.id for node in found.nodes))
    whole: dict[str, Any] = found.to_json()
    return private_json({"origin": shared.origin, **whole})


def _files(keys: Iterable[str]) -> list[str]:
    return sorted({key for key in keys if key.startswith(("enterprise:", "vin:"))})
