"""The shapes of histories, clocks, explanations and reconciliations, as JSON Schema."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, get_args

from pydantic import TypeAdapter

from api.http.schemas import (
    BOOL,
    CURSOR,
    DAY,
    HASH,
    POSTING,
    TEXT,
    WHOLE,
    Schema,
    exactly,
    list_of,
    or_null,
    record_at,
    ref,
)
from domain.case import Case
from domain.postings import ACCOUNTS
from projections.history.deadlines import Kind, Status

_INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
_INTEGER: Final[Schema] = {"type": "integer"}
_ANYTHING: Final[Schema] = {"type": "object", "additionalProperties": True}
BALANCES: Final = exactly(**{name: _INTEGER for name in (*ACCOUNTS, "UNB")})
_PREVIOUS: Final = {
    **or_null(TEXT),
    "description": "What to send as `cursor` to step back; null on the first page.",
}
PAGED: Final[dict[str, Schema]] = {"next": CURSOR, "previous": _PREVIOUS}
_COUNT: Final = {**WHOLE, "description": "How many there are in all."}
_FLAG: Final = exactly(code=TEXT, control=TEXT, zh=TEXT, en=TEXT)
_ATTACHMENT: Final = exactly(bytes=WHOLE, kind=TEXT, media_type=TEXT, sha256=HASH)


def by_id(schema: Schema) -> Schema:
    """Return the schema of an object whose members are ids."""
    return {"type": "object", "additionalProperties": schema}


_ENTRY: Final[dict[str, Schema]] = {
    "index": WHOLE,
    "place": {
        **WHOLE,
        "description": "Where it stands among the others: its index, or that of what it restates.",
    },
    "type": TEXT,
    "zh": or_null(TEXT),
    "recorded_at": _INSTANT,
    "occurred_at": or_null(_INSTANT),
    "effective_date": DAY,
    "agency": or_null(TEXT),
    "officers": list_of(TEXT),
    "signed_at": or_null(TEXT),
    "seq": or_null(WHOLE),
    "envelope": or_null(HASH),
    "attachments": list_of(_ATTACHMENT),
    "body": or_null(_ANYTHING),
    "flags": list_of(_FLAG),
    "refused": list_of(exactly(item=WHOLE, sha256=HASH, code=TEXT, article=or_null(TEXT))),
    "tried": {
        **or_null(exactly(agency=or_null(TEXT), officer=or_null(TEXT), keyid=HASH, seq=WHOLE)),
        "description": "Who signed what was refused.",
    },
    "corrects": {
        **or_null(
            exactly(
                index=WHOLE,
                type=or_null(TEXT),
                taken_back=BOOL,
                changes=list_of(exactly(member=TEXT, then={}, now={})),
            )
        ),
        "description": "What a correction says otherwise than the entry that it corrects.",
    },
    "cases": list_of(TEXT),
}
_RULED: Final = exactly(**_ENTRY, article={**or_null(TEXT), "description": "The rule that it applied."})
_REGISTRATION: Final = exactly(
    cert_no=TEXT,
    registered_on=DAY,
    account=TEXT,
    copied_on=or_null(DAY),
    proved=BOOL,
    strict_due=or_null(DAY),
    rolled_due=or_null(DAY),
)
_STANDING: Final = exactly(
    enterprise=or_null(
        exactly(
            registered=BOOL,
            name=or_null(TEXT),
            roles=list_of(TEXT),
            qualification=or_null(TEXT),
            suspended=by_id(list_of(TEXT)),
        )
    ),
    pairs=by_id(exactly(status=TEXT, balances=BALANCES, applications=by_id(TEXT))),
    batches=by_id(TEXT),
    cars=by_id(
        exactly(
            lines=by_id(TEXT),
            registrations=list_of(_REGISTRATION),
            overlays=list_of(TEXT),
            transfers=list_of(
                exactly(
                    cert_no=TEXT, from_uscc=TEXT, to_uscc=TEXT, transferred_on=DAY, temp_plate_to=or_null(DAY)
                )
            ),
            submissions=by_id(exactly(cert_no=TEXT, submitted_on=DAY, status=TEXT)),
            declarations=by_id(exactly(released_on=DAY, status=TEXT, evidence=TEXT, reversed=BOOL)),
            loaded_on=list_of(DAY),
            deregistered=list_of(exactly(cert_no=TEXT, deregistered_on=DAY, reason=TEXT, exit_record=BOOL)),
            home_use=list_of(exactly(kind=TEXT, on=DAY)),
            seen_on=list_of(DAY),
        )
    ),
    cases={
        **or_null(
            by_id(
                exactly(
                    status=TEXT,
                    ground=TEXT,
                    opened_on=DAY,
                    decision=or_null(TEXT),
                    usccs=list_of(TEXT),
                    vins=list_of(TEXT),
                )
            )
        ),
        "description": "Null for an enterprise.",
    },
)
_FRAME: Final[dict[str, Schema]] = {
    "format": {"const": "quota-ledger-history/1"},
    "origin": TEXT,
    "subject": TEXT,
    "size": {**WHOLE, "description": "Entries of the ledger that are taken in."},
    "heads_at": or_null(WHOLE),
    "proved_whole_up_to": {
        **or_null(WHOLE),
        "description": "The size up to which nothing recorded in these chains is missing.",
    },
    "as_known_at": WHOLE,
    "as_of": DAY,
    "chains": by_id(WHOLE),
    "count": _COUNT,
    **PAGED,
}
_EXPLAINED: Final[dict[str, Schema]] = {
    "format": {"const": "quota-ledger-explanation/1"},
    "origin": TEXT,
    "kind": TEXT,
}

_ACTS: Final = ("registered", "copied", "transferred", "submitted", "released", "loaded", "deregistered")
_WORDS: Final = exactly(zh=TEXT, en=TEXT)
_PATTERN: Final[dict[str, Schema]] = {
    "name": TEXT,
    "title": _WORDS,
    "question": _WORDS,
    "shows": _WORDS,
    "shows_not": _WORDS,
    "parameters": list_of(
        exactly(name=TEXT, unit=TEXT, default=WHOLE, lowest=WHOLE, highest=WHOLE, zh=TEXT, en=TEXT)
    ),
    "values": by_id(WHOLE),
    "total": WHOLE,
}
_VERDICT: Final = {"type": "string", "enum": ["PROVED", "REFUTED", "UNDETERMINED"]}
_CASE_STATUS: Final = {"type": "string", "enum": ["OPEN", "DECIDED", "OVERTURNED"]}


def _case_at() -> dict[str, Schema]:
    """Return the schema of one case at a moment, with those that it is made of."""
    whole = TypeAdapter(Case).json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    at = record_at("Case")
    at["properties"] = at["properties"] | {"status": _CASE_STATUS}
    at["required"] = sorted(at["properties"])
    return {**whole.pop("$defs", {}), "Case": whole, "CaseAt": at}


HISTORY: Final[Mapping[str, Schema]] = MappingProxyType(
    {
        "Deadline": exactly(
            kind={"type": "string", "enum": list(get_args(Kind))},
            status={"type": "string", "enum": list(get_args(Status))},
            subject=TEXT,
            due=or_null(DAY),
            since=or_null(DAY),
            pair_id=or_null(TEXT),
            source=TEXT,
            detail=TEXT,
        ),
        "Ruled": _RULED,
        "Told": exactly(**_ENTRY),
        "History": exactly(
            **_FRAME,
            order={"type": "string", "enum": ["recorded", "effective"]},
            entries=list_of(
                exactly(
                    **_ENTRY,
                    corrected_by=or_null(WHOLE),
                    postings=list_of(POSTING),
                    balances=list_of(exactly(pair_id=TEXT, before=BALANCES, after=BALANCES)),
                    deadlines=list_of(ref("Deadline")),
                )
            ),
            standing=_STANDING,
            deadlines=list_of(ref("Deadline")),
        ),
        "Difference": exactly(
            **_FRAME,
            since=TEXT | {"type": ["string", "integer"]},
            learnt=list_of(ref("Told")),
            unsaid=list_of(WHOLE),
            changes=list_of(exactly(path=TEXT, then={}, now={})),
        ),
        "Deadlines": exactly(
            format={"const": "quota-ledger-deadlines/1"},
            origin=TEXT,
            subject=or_null(TEXT),
            size=WHOLE,
            on=DAY,
            count=_COUNT,
            deadlines=list_of(ref("Deadline")),
            **PAGED,
        ),
        "BalanceExplained": exactly(
            **_EXPLAINED,
            pair_id={**or_null(TEXT), "description": "Null for the city."},
            account=TEXT,
            balance=_INTEGER,
            size=WHOLE,
            count=_COUNT,
            entries=list_of(
                exactly(**_ENTRY, posting=POSTING, units=_INTEGER, balance=_INTEGER, article=TEXT)
            ),
            **PAGED,
        ),
        "FlagExplained": exactly(
            **_EXPLAINED,
            code=TEXT,
            control=TEXT,
            zh=TEXT,
            en=TEXT,
            source=TEXT,
            flagged=ref("Ruled"),
            entries=list_of(ref("Ruled")),
        ),
        "FindingExplained": exactly(
            **_EXPLAINED,
            code=TEXT,
            control=TEXT,
            zh=TEXT,
            en=TEXT,
            source=TEXT,
            proves=exactly(zh=TEXT, en=TEXT),
            verdict=_VERDICT,
            detail=TEXT,
            missing=list_of(TEXT),
            vin=or_null(TEXT),
            size=WHOLE,
            count=_COUNT,
            entries=list_of(
                exactly(**_ENTRY, article=or_null(TEXT), says=list_of(TEXT), grounds=list_of(ref("Ruled")))
            ),
            **PAGED,
        ),
        "Timeline": exactly(
            subject=TEXT,
            size=WHOLE,
            entries=list_of(
                exactly(
                    index=WHOLE,
                    type=TEXT,
                    zh=or_null(TEXT),
                    agency=or_null(TEXT),
                    effective_on=DAY,
                    recorded_at=_INSTANT,
                    postings=list_of(POSTING),
                    balances=by_id(BALANCES),
                )
            ),
            next=CURSOR,
        ),
        "Vehicles": exactly(
            size=WHOLE,
            as_of=or_null(DAY),
            vehicles=list_of(
                exactly(
                    vin=TEXT,
                    account=or_null(TEXT),
                    line_id=or_null(TEXT),
                    pair_id=or_null(TEXT),
                    exporter=or_null(TEXT),
                    upstream=or_null(TEXT),
                    cert_no=or_null(TEXT),
                    proved=BOOL,
                    **{f"{act}_on": or_null(DAY) for act in _ACTS},
                    registrations={**or_null(WHOLE), "description": "All; null for an enterprise."},
                    cases={**or_null(WHOLE), "description": "Null for an enterprise."},
                )
            ),
            next=CURSOR,
        ),
        "Cases": exactly(
            size=WHOLE,
            as_of=or_null(DAY),
            cases=list_of(
                exactly(
                    case_id=TEXT,
                    status=_CASE_STATUS,
                    ground=TEXT,
                    opened_on=DAY,
                    opened_by=WHOLE,
                    decision=or_null(TEXT),
                    decided_by=or_null(WHOLE),
                    overturned_by=or_null(WHOLE),
                    hearings=WHOLE,
                    usccs=list_of(TEXT),
                    vins=list_of(TEXT),
                )
            ),
            next=CURSOR,
        ),
        **_case_at(),
        "Findings": exactly(
            size=WHOLE,
            findings=list_of(
                exactly(
                    index=WHOLE,
                    code=TEXT,
                    control=TEXT,
                    title=TEXT,
                    type=TEXT,
                    effective_on=DAY,
                    recorded_on=DAY,
                )
            ),
            next=CURSOR,
        ),
        "Statements": exactly(
            subject=TEXT,
            size=WHOLE,
            statements=list_of(
                exactly(code=TEXT, zh=TEXT, en=TEXT, verdict=_VERDICT, entries=list_of(WHOLE))
            ),
        ),
        "Patterns": exactly(
            format={"const": "quota-ledger-patterns/1"},
            origin=TEXT,
            on=DAY,
            size=WHOLE,
            patterns=list_of(exactly(**_PATTERN)),
        ),
        "PatternAnswered": exactly(
            format={"const": "quota-ledger-patterns/1"},
            origin=TEXT,
            on=DAY,
            size=WHOLE,
            **_PATTERN,
            hits=list_of(exactly(subjects=list_of(TEXT), entries=list_of(WHOLE), figures=_ANYTHING)),
        ),
        "Graph": exactly(
            format={"const": "quota-ledger-graph/1"},
            origin=TEXT,
            size=WHOLE,
            nodes=list_of(exactly(id=TEXT, kinds=list_of(TEXT), label=TEXT, cars=WHOLE)),
            edges=list_of(exactly(source=TEXT, target=TEXT, kind=TEXT, cars=WHOLE, entries=list_of(WHOLE))),
        ),
        "Reconciliations": exactly(
            size=WHOLE,
            reconciliations=list_of(
                exactly(
                    index=WHOLE,
                    agency=TEXT,
                    period_from=DAY,
                    period_to=DAY,
                    list_sha256=HASH,
                    counts=by_id(WHOLE),
                    differences=or_null(TEXT),
                )
            ),
            next=CURSOR,
        ),
        "Reconciled": exactly(
            format={"const": "quota-ledger-reconciliation/1"},
            origin=TEXT,
            agency=TEXT,
            period_from=DAY,
            period_to=DAY,
            list_sha256=HASH,
            rows=WHOLE,
            size=WHOLE,
            counts=by_id(WHOLE),
            differences=list_of(
                exactly(
                    side={"type": "string", "enum": ["extract", "ledger", "both"]},
                    what=TEXT,
                    line=or_null(WHOLE),
                    index=or_null(WHOLE),
                )
            ),
            unread=list_of(WHOLE),
            standing={
                **list_of(exactly(index=WHOLE, list_sha256=HASH, counts=by_id(WHOLE))),
                "description": "The agency's statements of account on this very period that hold already.",
            },
            statement={**_ANYTHING, "description": "Unsigned; `sign` and `append` it as any other."},
        ),
    }
)
