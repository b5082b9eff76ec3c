"""Reading entries: lists pinned to one size of the ledger, one entry, its receipt."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from starlette.requests import Request

from api.http.access import Known
from api.http.access_log import note_access
from api.http.moments import known_size
from api.http.parameters import (
    KEY_PATTERN,
    AsKnownAt,
    AsOf,
    CursorText,
    Index,
    Limit,
    decode_cursor,
    encode_cursor,
)
from api.http.problems import Language, Problem, language
from api.http.replies import private_json
from api.http.services import Services, Shared
from api.http.sight import Sight, sight_of
from api.http.words import flag_words
from domain.calendar import shanghai_date
from domain.catalogue import CATALOGUE
from domain.errors import FLAGS
from domain.shapes import Agency
from domain.statements import UnknownType, parse_statement
from ledger.canonical import load_object
from ledger.entry import Entry, parse_entry
from ledger.entry import parse_statement as parse_object
from ledger.merkle import leaf_hash
from ledger.receipt import make_receipt
from ledger.store import Reader

router = APIRouter(prefix="/v1/entries", tags=["reading"])

SCANNED: Final = 5_000
"""How many entries one page looks at where agency or ``as_of`` has to be read from the entries themselves."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are asked for; ``keys`` are subject keys and tags that an entry must have."""

    types: tuple[str, ...]
    keys: tuple[str, ...]
    agency: str | None = None
    as_of: date | None = None

    @property
    def stored_types(self) -> tuple[str, ...]:
        """The types to ask the store for: none of them for all."""
        if self.types or self.agency is None:
            return self.types
        return tuple(name for name, spec in CATALOGUE.items() if self.agency in spec.agencies)

    def passes(self, entry: Entry) -> bool:
        """Say whether an entry that the store gave is one, by what its statement says."""
        if self.agency is None and self.as_of is None:
            return True
        whole = parse_object(entry.statement)
        if self.agency is not None and whole.get("agency") != self.agency:
            return False
        return self.as_of is None or effective_date(whole) <= self.as_of


def entry_filter(
    type: Annotated[str | None, Query(pattern="^[A-Za-z]{1,60}$", description="Of this type.")] = None,
    agency: Annotated[Agency | None, Query(description="Signed by this agency.")] = None,
    subject: Annotated[
        str | None, Query(pattern=KEY_PATTERN, description="In this subject's chain: enterprise:…, vin:….")
    ] = None,
    tag: Annotated[
        str | None, Query(pattern=KEY_PATTERN, description="With this tag: pair:…, batch:…, case:….")
    ] = None,
) -> Filter:
    """Return the filter that the query states."""
    return Filter(
        () if type is None else (type,), tuple(key for key in (subject, tag) if key is not None), agency
    )


Filtered = Annotated[Filter, Depends(entry_filter)]


@router.get("")
def entries(
    request: Request,
    shared: Shared,
    caller: Known,
    chosen: Filtered,
    as_known_at: AsKnownAt = None,
    as_of: AsOf = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """List entries in the order of their index; every page of one list is of the same size of the ledger.

    ``next`` is null on the last page. A page before it may hold fewer than ``limit``, even none.
    """
    chosen = Filter(chosen.types, chosen.keys, chosen.agency, as_of)
    sight, pin = sight_of(caller), (chosen, as_known_at, sight_of(caller).own)
    start, size = decode_cursor(cursor, "entries", pin) or (0, None)
    if size is None:
        size = known_size(shared.store, as_known_at)
    found, stopped = _page(shared, sight, chosen, start, size, limit)
    note_access(request, caller, (s.key for _, entry, _ in found for s in entry.header.subjects))
    more = None if stopped is None else encode_cursor("entries", pin, stopped, size)
    tongue = language(request)
    shown = [entry_object(shared.store, index, data, entry, tongue) for index, entry, data in found]
    return private_json({"size": size, "entries": shown, "next": more}, tongue)


@router.get("/{index}")
def entry(request: Request, shared: Shared, caller: Known, index: Index) -> Response:
    """Return one entry: header and statement as they stand, flags in words, where its receipt is."""
    found, data = _visible(shared.store, sight_of(caller), index)
    note_access(request, caller, (subject.key for subject in found.header.subjects))
    tongue = language(request)
    return private_json(entry_object(shared.store, index, data, found, tongue), tongue)


@router.get("/{index}/receipt")
def entry_receipt(request: Request, shared: Shared, caller: Known, index: Index) -> Response:
    """Return the receipt of an entry under the latest checkpoint."""
    found, _ = _visible(shared.store, sight_of(caller), index)
    note_access(request, caller, (subject.key for subject in found.header.subjects))
    return private_json(make_receipt(shared.store, index, shared.store.checkpoint()).to_object())


def visible_entries(
    reader: Reader, sight: Sight, chosen: Filter, start: int, stop: int
) -> Iterator[tuple[int, Entry, bytes]]:
    """Yield (index, entry, bytes) of what is asked for and in sight, from start to below stop."""
    for index, data in reader.matching(chosen.stored_types, (*chosen.keys, *sight.keys), start, stop):
        found = parse_entry(data)
        if sight.sees_entry(found.header) and chosen.passes(found):
            yield index, found, data


def entry_object(reader: Reader, index: int, data: bytes, found: Entry, tongue: Language) -> dict[str, Any]:
    """Return an entry as it is shown: ``header`` and ``statement`` are the exact texts that are hashed."""
    header = found.header
    codes = load_object(b'{"flags":%b}' % reader.flags(index).encode(), what="flags")["flags"]
    return {
        "index": index,
        "leaf_hash": leaf_hash(data).hex(),
        "type": header.type,
        "type_zh": CATALOGUE[header.type].zh if header.type in CATALOGUE else None,
        "recorded_at": header.recorded_at,
        "subjects": [subject.key for subject in header.subjects],
        "tags": list(header.tags),
        "header": header.line().decode(),
        "statement": found.statement.decode(),
        "flags": [_flag(code, tongue) for code in codes],
        "receipt": f"/v1/entries/{index}/receipt",
    }


def effective_date(whole: dict[str, Any]) -> date:
    """Return the day on which a statement takes effect; of an unknown type, that of ``occurred_at``."""
    try:
        return parse_statement(whole).effective_date
    except UnknownType:
        return shanghai_date(datetime.fromisoformat(whole["occurred_at"]))


def _flag(code: str, tongue: Language) -> dict[str, str]:
    # A later version may have flagged what this one has no words for.
    return flag_words(code, tongue) if code in FLAGS else {"code": code, "control": "", "title": code}


def _page(
    shared: Services, sight: Sight, chosen: Filter, start: int, size: int, limit: int
) -> tuple[list[tuple[int, Entry, bytes]], int | None]:
    """Return the entries of a page, and where the next one starts: None where there is none."""
    found: list[tuple[int, Entry, bytes]] = []
    candidates = shared.store.matching(chosen.stored_types, (*chosen.keys, *sight.keys), start, size)
    for index, data in islice(candidates, SCANNED):
        one = parse_entry(data)
        if len(found) == limit:
            return found, index
        if sight.sees_entry(one.header) and chosen.passes(one):
            found.append((index, one, data))
        start = index + 1
    return found, start if next(candidates, None) is not None else None


def _visible(reader: Reader, sight: Sight, index: int) -> tuple[Entry, bytes]:
    data = next(iter(reader.entries(index, index + 1)), None)
    found = None if data is None else parse_entry(data)
    if data is None or found is None or not sight.sees_entry(found.header):
        raise Problem("not-found", f"entry {index}: not there, or not for this reader")
    return found, data
