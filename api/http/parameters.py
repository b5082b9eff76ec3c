"""Parameters that several routes take, and the cursors of their lists.

Whole numbers are digits and dates ``YYYY-MM-DD``, nothing else that a parser would let pass. A cursor is
opaque to its reader: it holds where the list goes on and at which size the list is pinned, and is good for
the same filters alone. It grants nothing: every page is judged anew.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Path, Query
from pydantic import BeforeValidator, WithJsonSchema

from api.http.problems import Problem
from domain.identifiers import BATCH_ID_PATTERN, LINE_ID_PATTERN, PAIR_ID_PATTERN, USCC_PATTERN, VIN_PATTERN

MAX_INDEX: Final = 2**53 - 1
MAX_LIMIT: Final = 200
KEY_PATTERN: Final = "^[a-z]+:[!-~]{1,150}$"

_DIGITS: Final = re.compile(r"0|[1-9][0-9]{0,15}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CURSOR: Final = re.compile(r"[A-Za-z0-9_-]{1,200}={0,2}")
_BAD_CURSOR: Final = "query.cursor: not one that this list gave for these filters; begin without"


def whole(value: object) -> object:
    """Return the number that a text of digits says; pass what is none on."""
    if isinstance(value, str):
        if not _DIGITS.fullmatch(value):
            raise ValueError("a whole number in digits is wanted")
        return int(value)
    return value


def day(value: object) -> object:
    """Return the date that ``YYYY-MM-DD`` says; pass what is no text on."""
    if isinstance(value, str):
        if not _DAY.fullmatch(value):
            raise ValueError("a date YYYY-MM-DD is wanted")
        return date.fromisoformat(value)
    return value


def _index_or_day(value: object) -> object:
    return day(value) if isinstance(value, str) and "-" in value else whole(value)


Whole = BeforeValidator(whole)
# The schemas are stated: what is checked before the bounds hides them.
_INDEX = WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAX_INDEX})
Index = Annotated[int, Whole, _INDEX, Path(ge=0, le=MAX_INDEX, description="Of an entry, from 0.")]
After = Annotated[
    int | None,
    Whole,
    _INDEX,
    Query(ge=0, le=MAX_INDEX, description="Begin behind this entry; without it, with what comes next."),
]
Uscc = Annotated[str, Path(pattern=USCC_PATTERN)]
Vin = Annotated[str, Path(pattern=VIN_PATTERN)]
PairText = Annotated[str, Path(pattern=PAIR_ID_PATTERN)]
BatchText = Annotated[str, Path(pattern=BATCH_ID_PATTERN)]
LineQuery = Annotated[str | None, Query(pattern=LINE_ID_PATTERN)]
Limit = Annotated[
    int,
    Whole,
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}),
    Query(ge=1, le=MAX_LIMIT, description="How many at most on a page."),
]
CursorText = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]
AsOf = Annotated[
    date | None,
    BeforeValidator(day),
    Query(description="Only what took effect by this day, in the order in which it took effect."),
]
_MOMENT = WithJsonSchema(
    {
        "anyOf": [
            {"type": "integer", "minimum": 0, "maximum": MAX_INDEX},
            {"type": "string", "format": "date"},
        ]
    }
)
AsKnownAt = Annotated[
    int | date | None,
    BeforeValidator(_index_or_day),
    _MOMENT,
    Query(description="Up to this entry, or to the last entry recorded on this day (Shanghai)."),
]
Since = Annotated[
    int | date | None,
    BeforeValidator(_index_or_day),
    _MOMENT,
    Query(description="Only what is known otherwise than at this earlier moment."),
]
OnDay = Annotated[
    date | None,
    BeforeValidator(day),
    Query(description="As known at the end of this day (Shanghai); by default that of the last entry."),
]


def encode_cursor(kind: str, filters: object, after: int | str, until: int) -> str:
    """Return the cursor of the page behind ``after``, a place or an id, in a list pinned at ``until``."""
    text = json.dumps([after, until, _digest(kind, filters)], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode()


def around(
    kind: str, filters: object, start: int, limit: int, count: int, size: int
) -> dict[str, str | None]:
    """Return ``next`` and ``previous`` of a page that begins at ``start`` in a list of ``count``."""
    more = start + limit < count
    return {
        "next": encode_cursor(kind, filters, start + limit, size) if more else None,
        "previous": encode_cursor(kind, filters, max(0, start - limit), size) if start else None,
    }


def decode_cursor(cursor: str | None, kind: str, filters: object) -> tuple[int, int] | None:
    """Return (after, until) of a cursor, None where there is none.

    Raises:
        Problem: not-found: not one that this list gave for these filters.
    """
    found = _decoded(cursor, kind, filters)
    if found is None:
        return None
    after, until = found
    if type(after) is not int or not 0 <= after <= MAX_INDEX:
        raise Problem("not-found", _BAD_CURSOR)
    return after, until


def decode_id_cursor(cursor: str | None, kind: str, filters: object) -> tuple[str, int] | None:
    """Return (after, until) of a cursor of a list that is ordered by ids, None where there is none.

    Raises:
        Problem: not-found: not one that this list gave for these filters.
    """
    found = _decoded(cursor, kind, filters)
    if found is None:
        return None
    after, until = found
    if not isinstance(after, str):
        raise Problem("not-found", _BAD_CURSOR)
    return after, until


def _decoded(cursor: str | None, kind: str, filters: object) -> tuple[object, int] | None:
    if cursor is None:
        return None
    try:
        if not _CURSOR.fullmatch(cursor):
            raise ValueError(cursor)
        after, until, digest = json.loads(urlsafe_b64decode(cursor))
        bounds = type(until) is int and 0 <= until <= MAX_INDEX
    except (ValueError, TypeError, RecursionError):
        raise Problem("not-found", _BAD_CURSOR) from None
    if not bounds or digest != _digest(kind, filters):
        raise Problem("not-found", _BAD_CURSOR)
    return after, until


def _digest(kind: str, filters: object) -> str:
    return sha256(f"{kind} {filters!r}".encode()).hexdigest()[:16]
