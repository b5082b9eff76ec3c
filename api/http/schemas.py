"""The shapes of answers, as JSON Schema for the OpenAPI document."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from pydantic import TypeAdapter

from api.http.parameters import MAX_INDEX
from api.http.problems import KINDS
from domain.batch import Batch
from domain.car import Car
from domain.firm import Enterprise
from domain.identifiers import LINE_ID_PATTERN, PAIR_ID_PATTERN, VIN_PATTERN
from domain.postings import ACCOUNTS
from domain.records import Pair

Schema = dict[str, Any]

_REF: Final = "#/components/schemas/"
TEXT: Final[Schema] = {"type": "string"}
_BOOL: Final[Schema] = {"type": "boolean"}
_WHOLE: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": MAX_INDEX}
_DAY: Final[Schema] = {"type": "string", "format": "date"}
_HASH: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_BASE64: Final[Schema] = {"type": "string", "contentEncoding": "base64"}
BYTES: Final[Schema] = {"type": "string", "format": "binary"}


def ref(name: str) -> Schema:
    """Return a reference to a named schema."""
    return {"$ref": _REF + name}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def exactly(**members: Schema) -> Schema:
    """Return the schema of an object with exactly these members."""
    return {
        "type": "object",
        "properties": members,
        "required": sorted(members),
        "additionalProperties": False,
    }


_FLAG: Final = exactly(code=TEXT, control=TEXT, title=TEXT)
_CURSOR: Final = {**_or_null(TEXT), "description": "What to send as `cursor`; null on the last page."}
_REASON: Final = exactly(
    code=TEXT, article=TEXT, zh=TEXT, en=TEXT, figures={"type": "object", "additionalProperties": True}
)
_POSTING: Final = exactly(
    pair_id=_or_null(TEXT),
    source=_or_null(TEXT),
    target=_or_null(TEXT),
    units=_WHOLE,
    line_id=_or_null(TEXT),
    vin=_or_null(TEXT),
)
_REFUSED: Final = {
    "type": "object",
    "properties": {"item": _WHOLE, "code": TEXT, "title": TEXT, "article": TEXT, "detail": TEXT},
    "required": ["item", "code", "title", "article", "detail"],
}


def _moment(record: str) -> Schema:
    """Return the schema of an answer about a record: which, of which moment, and the record itself."""
    return exactly(
        key=TEXT,
        size={**_WHOLE, "description": "Entries taken in; a present record may be newer."},
        as_of=_or_null(_DAY),
        source={"type": "string", "enum": ["record", "replay"]},
        unplaced={**_list(_WHOLE), "description": "Entries whose ground comes later in the order asked for."},
        record=ref(record),
    )


def _records() -> dict[str, Schema]:
    """Return the schemas of what the domain knows of each, with those that they are made of."""
    found: dict[str, Schema] = {}
    for kind in (Enterprise, Pair, Batch, Car):
        whole = TypeAdapter(kind).json_schema(mode="serialization", ref_template=_REF + "{model}")
        found |= whole.pop("$defs", {})
        found[kind.__name__] = whole
    return found


COMPONENTS: Final[Mapping[str, Schema]] = MappingProxyType(
    {
        "Problem": {
            "type": "object",
            "properties": {
                "type": {"type": "string", "format": "uri"},
                "title": TEXT,
                "status": {"type": "integer"},
                "code": {"type": "string", "enum": list(KINDS)},
                "detail": TEXT,
                "refused": _list(_REFUSED),
                "receipts": _list(ref("Receipt")),
                "indexes": _list(_WHOLE),
                "errors": _list(exactly(where=TEXT, what=TEXT)),
            },
            "required": ["type", "title", "status", "code", "detail"],
        },
        "Receipt": exactly(
            format={"const": "quota-ledger-receipt/1"},
            header={**TEXT, "description": "The entry's header line, exactly."},
            statement_sha256=_HASH,
            flags=_list(TEXT),
            proof={**_or_null(TEXT), "description": "C2SP tlog-proof with the checkpoint."},
        ),
        "Entered": exactly(replayed=_BOOL, receipts=_list(ref("Receipt"))),
        "DryRun": exactly(
            size=_WHOLE,
            would_enter=_BOOL,
            statements=_list(
                exactly(
                    item=_WHOLE,
                    sha256=_HASH,
                    type=_or_null(TEXT),
                    four_eyes=_BOOL,
                    accepted=_BOOL,
                    refused=_or_null(_REFUSED),
                    flags=_list(_FLAG),
                    postings=_list(_POSTING),
                    due=_or_null(exactly(strict=_or_null(_DAY), rolled=_or_null(_DAY))),
                )
            ),
        ),
        "Inclusion": exactly(
            index=_WHOLE, size=_WHOLE, leaf=_BASE64, hashes=_list(_BASE64), proof=_or_null(TEXT)
        ),
        "Consistency": exactly(first=_WHOLE, second=_WHOLE, hashes=_list(_BASE64)),
        "Entry": exactly(
            index=_WHOLE,
            leaf_hash=_HASH,
            type=TEXT,
            type_zh=_or_null(TEXT),
            recorded_at={"type": "string", "format": "date-time"},
            subjects=_list(TEXT),
            tags=_list(TEXT),
            header={**TEXT, "description": "The header line, exactly as it is hashed."},
            statement={**TEXT, "description": "The statement, exactly as it was signed."},
            flags=_list(_FLAG),
            receipt=TEXT,
        ),
        "Event": {
            "type": "object",
            "description": "A server-sent event; `data` is an Entry, in JSON.",
            "properties": {"id": TEXT, "event": {"const": "entry"}, "data": TEXT},
        },
        "Entries": exactly(size=_WHOLE, entries=_list(ref("Entry")), next=_CURSOR),
        **{f"{kind}At": _moment(kind) for kind in ("Enterprise", "Pair", "Batch")},
        "VehicleAt": _moment("Car"),
        **_records(),
        "Eligibility": exactly(
            vin={**TEXT, "pattern": VIN_PATTERN},
            size=_WHOLE,
            on=_DAY,
            line_id=_or_null({**TEXT, "pattern": LINE_ID_PATTERN}),
            eligible=_BOOL,
            reasons=_list(_REASON),
        ),
        "Balances": exactly(
            size=_WHOLE,
            as_of=_or_null(_DAY),
            pairs=_list(
                exactly(
                    pair_id={**TEXT, "pattern": PAIR_ID_PATTERN},
                    balances=exactly(**{name: {"type": "integer"} for name in (*ACCOUNTS, "UNB")}),
                )
            ),
            next=_CURSOR,
        ),
        "Kept": exactly(sha256=_HASH, new=_BOOL),
        "AccessLog": exactly(
            size=_WHOLE,
            reads=_list(
                exactly(
                    number=_WHOLE,
                    at={"type": "string", "format": "date-time"},
                    role=TEXT,
                    who=TEXT,
                    route=TEXT,
                    subject=TEXT,
                )
            ),
            next=_CURSOR,
        ),
        "Health": exactly(status={"const": "ok"}),
        "Ready": exactly(
            status={"const": "ok"},
            size=_WHOLE,
            waiting=_WHOLE,
            views=exactly(size=_WHOLE, stopped={"type": ["string", "null"]}),
        ),
        "Heads": {"type": "object", "description": "heads.json of docs/spec/subject-bundle.md."},
    }
)
