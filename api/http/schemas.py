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
BOOL: Final[Schema] = {"type": "boolean"}
WHOLE: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": MAX_INDEX}
DAY: Final[Schema] = {"type": "string", "format": "date"}
HASH: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_BASE64: Final[Schema] = {"type": "string", "contentEncoding": "base64"}
BYTES: Final[Schema] = {"type": "string", "format": "binary"}


def ref(name: str) -> Schema:
    """Return a reference to a named schema."""
    return {"$ref": _REF + name}


def list_of(of: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": of}


def or_null(schema: Schema) -> Schema:
    """Return a schema that null fits too."""
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
CURSOR: Final = {**or_null(TEXT), "description": "What to send as `cursor`; null on the last page."}
_REASON: Final = exactly(
    code=TEXT, article=TEXT, zh=TEXT, en=TEXT, figures={"type": "object", "additionalProperties": True}
)
POSTING: Final = exactly(
    pair_id=or_null(TEXT),
    source=or_null(TEXT),
    target=or_null(TEXT),
    units=WHOLE,
    line_id=or_null(TEXT),
    vin=or_null(TEXT),
)
_REFUSED: Final = {
    "type": "object",
    "properties": {"item": WHOLE, "code": TEXT, "title": TEXT, "article": TEXT, "detail": TEXT},
    "required": ["item", "code", "title", "article", "detail"],
}


def record_at(record: str) -> Schema:
    """Return the schema of an answer about a record: which, of which moment, and the record itself."""
    return exactly(
        key=TEXT,
        size={**WHOLE, "description": "Entries taken in; a present record may be newer."},
        as_of=or_null(DAY),
        source={"type": "string", "enum": ["record", "replay"]},
        unplaced={
            **list_of(WHOLE),
            "description": "Entries whose ground comes later in the order asked for.",
        },
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
                "refused": list_of(_REFUSED),
                "receipts": list_of(ref("Receipt")),
                "indexes": list_of(WHOLE),
                "errors": list_of(exactly(where=TEXT, what=TEXT)),
            },
            "required": ["type", "title", "status", "code", "detail"],
        },
        "Receipt": exactly(
            format={"const": "quota-ledger-receipt/1"},
            header={**TEXT, "description": "The entry's header line, exactly."},
            statement_sha256=HASH,
            flags=list_of(TEXT),
            proof={**or_null(TEXT), "description": "C2SP tlog-proof with the checkpoint."},
        ),
        "Entered": exactly(replayed=BOOL, receipts=list_of(ref("Receipt"))),
        "DryRun": exactly(
            size=WHOLE,
            would_enter=BOOL,
            statements=list_of(
                exactly(
                    item=WHOLE,
                    sha256=HASH,
                    type=or_null(TEXT),
                    four_eyes=BOOL,
                    accepted=BOOL,
                    refused=or_null(_REFUSED),
                    flags=list_of(_FLAG),
                    postings=list_of(POSTING),
                    due=or_null(exactly(strict=or_null(DAY), rolled=or_null(DAY))),
                )
            ),
        ),
        "Inclusion": exactly(
            index=WHOLE, size=WHOLE, leaf=_BASE64, hashes=list_of(_BASE64), proof=or_null(TEXT)
        ),
        "Consistency": exactly(first=WHOLE, second=WHOLE, hashes=list_of(_BASE64)),
        "Entry": exactly(
            index=WHOLE,
            leaf_hash=HASH,
            type=TEXT,
            type_zh=or_null(TEXT),
            recorded_at={"type": "string", "format": "date-time"},
            subjects=list_of(TEXT),
            tags=list_of(TEXT),
            header={**TEXT, "description": "The header line, exactly as it is hashed."},
            statement={**TEXT, "description": "The statement, exactly as it was signed."},
            flags=list_of(_FLAG),
            receipt=TEXT,
        ),
        "Event": {
            "type": "object",
            "description": "A server-sent event; `data` is an Entry, in JSON.",
            "properties": {"id": TEXT, "event": {"const": "entry"}, "data": TEXT},
        },
        "Entries": exactly(size=WHOLE, entries=list_of(ref("Entry")), next=CURSOR),
        **{f"{kind}At": record_at(kind) for kind in ("Enterprise", "Pair", "Batch")},
        "VehicleAt": record_at("Car"),
        **_records(),
        "Eligibility": exactly(
            vin={**TEXT, "pattern": VIN_PATTERN},
            size=WHOLE,
            on=DAY,
            line_id=or_null({**TEXT, "pattern": LINE_ID_PATTERN}),
            eligible=BOOL,
            reasons=list_of(_REASON),
        ),
        "Balances": exactly(
            size=WHOLE,
            as_of=or_null(DAY),
            pairs=list_of(
                exactly(
                    pair_id={**TEXT, "pattern": PAIR_ID_PATTERN},
                    balances=exactly(**{name: {"type": "integer"} for name in (*ACCOUNTS, "UNB")}),
                )
            ),
            next=CURSOR,
        ),
        "Kept": exactly(sha256=HASH, new=BOOL),
        "AccessLog": exactly(
            size=WHOLE,
            reads=list_of(
                exactly(
                    number=WHOLE,
                    at={"type": "string", "format": "date-time"},
                    role=TEXT,
                    who=TEXT,
                    route=TEXT,
                    subject=TEXT,
                )
            ),
            next=CURSOR,
        ),
        "Health": exactly(status={"const": "ok"}),
        "Ready": exactly(
            status={"const": "ok"},
            size=WHOLE,
            waiting=WHOLE,
            views=exactly(size=WHOLE, stopped={"type": ["string", "null"]}),
        ),
        "Heads": {"type": "object", "description": "heads.json of docs/spec/subject-bundle.md."},
    }
)
