"""Flags that hold, and the statements of account that agencies filed."""

import json
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.answered import answered
from api.http.histories import nothing_recorded
from api.http.lists import entries_noted, pinned_size
from api.http.moments import replaying
from api.http.parameters import AsKnownAt, CursorText, Limit, Uscc, decode_cursor, encode_cursor
from api.http.problems import Problem, language
from api.http.reconciliations import subjects_in
from api.http.replies import private_json
from api.http.services import Shared
from api.http.words import flag_words
from domain.errors import FLAGS
from domain.identifiers import USCC_PATTERN
from domain.shapes import Agency
from projections import lists
from projections.proof.statements import STATEMENTS

router = APIRouter(prefix="/v1", tags=["lists"])


@router.get("/findings")
def findings(
    request: Request,
    shared: Shared,
    caller: Known,
    flag: Annotated[str | None, Query(pattern="^[a-z0-9-]{1,60}$", description="Only this flag.")] = None,
    statement: Annotated[
        str | None, Query(pattern="^C[0-9]{2}$", description="Only what bears on this statement.")
    ] = None,
    uscc: Annotated[
        str | None, Query(pattern=USCC_PATTERN, description="About this enterprise, its pairs and cars.")
    ] = None,
    as_known_at: AsKnownAt = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """List the flags that hold, by entry: none of an entry that was corrected. All pages are of one size.

    A page ends with the last flag of an entry, so it may hold a few more than ``limit``.
    """
    if flag is not None and flag not in FLAGS:
        raise Problem("invalid-request", f"query.flag: {flag} is no flag")
    if statement is not None and statement not in STATEMENTS:
        raise Problem("invalid-request", f"query.statement: {statement} is no statement of the verifier")
    pin = (flag, statement, uscc, as_known_at)
    behind, pinned = decode_cursor(cursor, "findings", pin) or (0, None)
    size = pinned_size(shared, as_known_at, pinned)
    rows = lists.findings(shared.store, size, behind - 1, limit, flag, statement, uscc)
    stop = limit
    while 0 < stop < len(rows) and rows[stop]["idx"] == rows[stop - 1]["idx"]:
        stop += 1
    page, tongue = rows[:stop], language(request)
    note_access(request, caller, entries_noted(shared, page))
    return private_json(
        {
            "size": size,
            "findings": [
                {
                    "index": row["idx"],
                    **flag_words(row["code"], tongue),
                    "type": row["type"],
                    "effective_on": row["effective_on"],
                    "recorded_on": row["recorded_on"],
                }
                for row in page
            ],
            "next": encode_cursor("findings", pin, page[-1]["idx"] + 1, size) if len(rows) > stop else None,
        },
        tongue,
    )


@router.get("/enterprises/{uscc}/statements")
def statements(request: Request, shared: Shared, caller: Known, uscc: Uscc) -> Response:
    """Answer the statements of the verifier over the whole ledger, with those entries that are about a firm.

    A verdict is of the ledger: REFUTED without an entry here is refuted by others' entries.
    """
    subject = f"enterprise:{uscc}"
    if next(iter(shared.store.subject_indexes(subject)), None) is None:
        raise nothing_recorded(subject)
    size = pinned_size(shared, None, None)
    with replaying():
        found = answered(shared.store, size)
    mine = lists.indexes_about(shared.store, uscc, size)
    note_access(request, caller, [subject])
    return private_json(
        {
            "subject": subject,
            "size": size,
            "statements": [
                {
                    "code": one.code,
                    "zh": STATEMENTS[one.code].title.zh,
                    "en": STATEMENTS[one.code].title.en,
                    "verdict": one.verdict.value,
                    "entries": sorted(mine & set(one.entries)),
                }
                for one in found
            ],
        }
    )


@router.get("/reconciliations")
def reconciliations(
    request: Request,
    shared: Shared,
    caller: Known,
    agency: Annotated[Agency | None, Query(description="Filed by this agency.")] = None,
    as_known_at: AsKnownAt = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """List the statements of account that hold, by entry; all pages are of one size."""
    pin = (agency, as_known_at)
    behind, pinned = decode_cursor(cursor, "reconciliations", pin) or (0, None)
    size = pinned_size(shared, as_known_at, pinned)
    rows = lists.reconciliations(shared.store, size, behind - 1, limit, agency)
    page = rows[:limit]
    note_access(request, caller, subjects_in(row["differences"] or "" for row in page))
    more = len(rows) > limit
    return private_json(
        {
            "size": size,
            "reconciliations": [
                {
                    "index": row["idx"],
                    **{name: row[name] for name in ("agency", "period_from", "period_to", "list_sha256")},
                    "counts": json.loads(row["counts"]),
                    "differences": row["differences"],
                }
                for row in page
            ],
            "next": encode_cursor("reconciliations", pin, page[-1]["idx"] + 1, size) if more else None,
        }
    )
