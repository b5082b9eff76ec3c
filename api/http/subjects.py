"""Reading what is known of an enterprise, a pair, a batch: at present, or as it stood at a moment."""

import json
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import TypeAdapter
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.caller import Caller
from api.http.moments import Moment, moment
from api.http.parameters import AsKnownAt, AsOf, BatchText, PairText, Uscc
from api.http.problems import Problem
from api.http.replies import private_json
from api.http.services import Services, Shared
from api.http.sight import sight_of
from domain.car import Car
from domain.identifiers import pair_of
from domain.records import Record, dump_record

_CAR: Final = TypeAdapter(Car)
router = APIRouter(prefix="/v1", tags=["reading"])


@router.get("/enterprises/{uscc}")
def enterprise(
    request: Request,
    shared: Shared,
    caller: Known,
    uscc: Uscc,
    as_known_at: AsKnownAt = None,
    as_of: AsOf = None,
) -> Response:
    """Return what the ledger knows of an enterprise."""
    own = sight_of(caller).own
    if own not in (None, uscc):
        raise _nothing("enterprise", uscc)
    found = moment(shared.store, (f"enterprise:{uscc}",), as_known_at, as_of)
    return _answer(request, caller, found, "enterprise", uscc, [uscc])


@router.get("/pairs/{pair_id}")
def pair(
    request: Request,
    shared: Shared,
    caller: Known,
    pair_id: PairText,
    as_known_at: AsKnownAt = None,
    as_of: AsOf = None,
) -> Response:
    """Return a pair: its letter, its applications, its balances in units by account."""
    found = _of_pair(shared, caller, "pair", pair_id, as_known_at, as_of)
    return _answer(request, caller, found, "pair", pair_id, firms(pair_id))


@router.get("/batches/{batch_id}")
def batch(
    request: Request,
    shared: Shared,
    caller: Known,
    batch_id: BatchText,
    as_known_at: AsKnownAt = None,
    as_of: AsOf = None,
) -> Response:
    """Return a use application with its lines."""
    found = _of_pair(shared, caller, "batch", batch_id, as_known_at, as_of)
    return _answer(request, caller, found, "batch", batch_id, firms(batch_id))


def firms(identifier: str) -> list[str]:
    """Return the codes of the two firms in a pair, batch or line id."""
    return pair_of(identifier).split("-")[:2]


def record_object(record: Record) -> dict[str, Any]:
    """Return a record as JSON; its members are those of the record's class."""
    whole: dict[str, Any] = json.loads(dump_record(record))
    return whole


def car_object(car: Car) -> dict[str, Any]:
    """Return where a car stands as JSON; its members are those of ``domain.car``."""
    whole: dict[str, Any] = _CAR.dump_python(car, mode="json")
    return whole


def _of_pair(
    shared: Services, caller: Caller, kind: str, identifier: str, as_known_at: AsKnownAt, as_of: AsOf
) -> Moment:
    if not sight_of(caller).sees_id(identifier):
        raise _nothing(kind, identifier)
    roots = [f"enterprise:{uscc}" for uscc in firms(identifier)]
    return moment(shared.store, roots, as_known_at, as_of)


def _answer(
    request: Request, caller: Caller, found: Moment, kind: str, identifier: str, usccs: list[str]
) -> Response:
    record = found.state.get(f"{kind}:{identifier}")
    if record is None:
        raise _nothing(kind, identifier)
    note_access(request, caller, [f"enterprise:{uscc}" for uscc in usccs])
    return private_json({"key": f"{kind}:{identifier}", **found.to_object(), "record": record_object(record)})


def _nothing(kind: str, identifier: str) -> Problem:
    return Problem("not-found", f"{kind} {identifier}: not there, or not for this reader")
