"""Statements of account, the inspection dossier and the overview of the city: as JSON, as PDF, as a workbook.

The same reports as ``quota-ledger report`` makes on the latest checkpoint, with the same bytes as JSON.
weasyprint and the writer of workbooks are loaded when the first page or sheet is made.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from anyio import to_thread
from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.histories import nothing_recorded
from api.http.moments import replaying
from api.http.parameters import Uscc
from api.http.problems import Problem
from api.http.services import Services, Shared
from api.http.sight import Sight, sight_of
from api.reports import CannotRender, TooLarge, render_excel, render_pdf
from api.reports.fonts import check_fonts
from ledger.entry import parse_header
from ledger.header import Header
from ledger.store import Reader
from ledger.stores import AnyStore
from projections.replay import MAX_ENTRIES, ReplayTooLong
from projections.reports import agency_statement, city, dossier, enterprise_statement
from projections.reports.months import Month
from projections.reports.report import Report, ReportRefused

_log = logging.getLogger(__name__)
router = APIRouter(prefix="/v1/reports", tags=["reports"])

MAX_PDF_ROWS: Final = 2_000
"""Of one PDF: it takes a minute or two. ``quota-ledger report`` makes longer ones."""
JSON: Final = "application/json"
PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEDIA: Final = MappingProxyType({"json": JSON, "pdf": PDF, "xlsx": XLSX})
_MAKES_IT: Final = "`quota-ledger report` makes it"
_MONTH: Final = "^2[0-9]{3}-(0[1-9]|1[0-2])$"
_TOLD: Final = "A month, of the Shanghai days on which entries were recorded."

Form = Annotated[Literal["json", "pdf", "xlsx"], Query(description="JSON, or a file to be saved.")]
MonthText = Annotated[str, Query(pattern=_MONTH, description=_TOLD)]
AnyMonth = Annotated[str | None, Query(pattern=_MONTH, description=f"{_TOLD} Its movement is shown besides.")]
Agency = Literal["commerce", "transport", "police", "customs"]
Build = Callable[[AnyStore], Report]


@router.get("/enterprises/{uscc}/statement", response_class=Response)
async def statement_of_enterprise(
    request: Request, shared: Shared, caller: Known, uscc: Uscc, month: MonthText, form: Form = "json"
) -> Response:
    """Make the monthly statement (对账单) of an enterprise.

    An enterprise gets its own of a month in which nothing is kept from it.
    """
    if sight_of(caller).own not in (None, uscc):
        raise nothing_recorded(f"enterprise:{uscc}")
    when = Month.parse(month)
    return await _answer(
        request, shared, caller, form,
        lambda store: enterprise_statement.build(store, uscc, when, most=MAX_ENTRIES),
    )  # fmt: skip


@router.get("/enterprises/{uscc}/dossier", response_class=Response)
async def dossier_of_enterprise(
    request: Request, shared: Shared, caller: Known, uscc: Uscc, form: Form = "json"
) -> Response:
    """Make the inspection dossier (检查卷宗) of an enterprise; every entry of the ledger is read."""
    return await _answer(request, shared, caller, form, _of_all(lambda store: dossier.build(store, uscc)))


@router.get("/agencies/{agency}/statement", response_class=Response)
async def statement_of_agency(
    request: Request, shared: Shared, caller: Known, agency: Agency, month: MonthText, form: Form = "json"
) -> Response:
    """Make the monthly statement (对账单) of an agency; every entry of the ledger is read."""
    when = Month.parse(month)
    build = _of_all(lambda store: agency_statement.build(store, agency, when))
    return await _answer(request, shared, caller, form, build)


@router.get("/city", response_class=Response)
async def overview_of_city(
    request: Request, shared: Shared, caller: Known, month: AnyMonth = None, form: Form = "json"
) -> Response:
    """Make the overview of the city (全市概览); every entry of the ledger is read."""
    when = None if month is None else Month.parse(month)
    build = _of_all(lambda store: city.build(store, when))
    return await _answer(request, shared, caller, form, build)


async def _answer(request: Request, shared: Services, caller: Known, form: Form, build: Build) -> Response:
    made = partial(_make, shared.store, sight_of(caller), form, build)
    # Files are made one at a time; who waits holds neither a thread nor a report.
    limiter = None if form == "json" else shared.rendering
    report, data, keys = await to_thread.run_sync(made, limiter=limiter)
    await run_in_threadpool(note_access, request, caller, keys)
    headers = {"Cache-Control": "no-store"}
    if form != "json":
        headers |= {
            "Content-Disposition": f'attachment; filename="{_name(report)}.{form}"',
            "X-Content-Type-Options": "nosniff",
        }
    return Response(data, headers=headers, media_type=_MEDIA[form])


def _make(store: AnyStore, sight: Sight, form: str, build: Build) -> tuple[Report, bytes, list[str]]:
    """Return a report, the bytes of its form, and whose files it shows.

    Raises:
        Problem: not-found: nothing recorded, released or in sight, or a month ahead; replay-too-long;
            too-many-rows; queue-full; unavailable: see :func:`replaying`, or this machine makes no PDF.
    """
    with _rendering():
        if form == "pdf":
            check_fonts()  # before the ledger is read for nothing
        with replaying(), _vouching():
            report = build(store)
            headers = list(_headers(store, _under("index", report.content)))
        if not sight.sees_all(headers):
            raise nothing_recorded(f"enterprise:{sight.own}")
        keys = {link.key for header in headers for link in header.subjects}
        keys.update(f"enterprise:{uscc}" for uscc in _under("uscc", report.content))
        match form:
            case "pdf":
                data = render_pdf(report, MAX_PDF_ROWS)
            case "xlsx":
                data = render_excel(report)
            case _:
                data = report.to_bytes()
    return report, data, sorted(keys)


def _of_all(build: Build) -> Build:
    """Return what builds a report that reads the whole ledger, where that is not too long."""

    def bounded(store: AnyStore) -> Report:
        if (size := store.head().size) > MAX_ENTRIES:
            raise ReplayTooLong(f"{size} entries would be read, {MAX_ENTRIES} at most")
        return build(store)

    return bounded


@contextmanager
def _vouching() -> Iterator[None]:
    """Turn what refuses a report into a problem."""
    try:
        yield
    except ReplayTooLong as error:
        raise Problem("replay-too-long", f"{error}; {_MAKES_IT}") from None
    except ReportRefused as error:
        match error.code:
            case "month-ahead":
                raise Problem("not-found", f"query.month: {error}") from None
            case "no-checkpoint":
                raise Problem("not-found", str(error)) from None
            case _:
                _log.error("no report can be vouched for: %s: %s", error.code, error)
                told = f"{error.code}: no report can be vouched for; the operator has to act"
                raise Problem("unavailable", told) from None


@contextmanager
def _rendering() -> Iterator[None]:
    """Turn what keeps a form from being made into a problem."""
    try:
        yield
    except TooLarge as error:
        raise Problem("too-many-rows", f"{error}; {_MAKES_IT}") from None
    except CannotRender as error:
        _log.error("no PDF can be made: %s", error)
        lacks = str(error).removeprefix("report: ")
        told = f"no PDF is made here, the operator has to install what is missing: {lacks}"
        raise Problem("unavailable", told) from None


def _under(name: str, value: Any) -> Iterator[Any]:
    """Yield what stands under a name, anywhere in a report."""
    if isinstance(value, dict):
        for key, member in value.items():
            if key == name and member is not None:
                yield member
            else:
                yield from _under(name, member)
    elif isinstance(value, list):
        for one in value:
            yield from _under(name, one)


def _headers(reader: Reader, indexes: Iterator[int]) -> Iterator[Header]:
    for index in sorted(set(indexes)):
        yield parse_header(next(iter(reader.entries(index, index + 1))).partition(b"\n")[0])


def _name(report: Report) -> str:
    """Return the name of the file: what, of whom, of which month, at which size of the ledger."""
    content = report.content
    subject, period = content["subject"], content.get("period")
    parts = (report.kind, subject.get("uscc"), subject.get("agency"), period and period["month"])
    return "-".join([*filter(None, parts), str(content["basis"]["size"])])
