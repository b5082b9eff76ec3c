"""The shapes of reports, as JSON Schema. What only a report's layout reads is named and not taken apart."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from api.http.schemas import BOOL, DAY, HASH, TEXT, WHOLE, Schema, exactly, list_of, or_null
from api.http.schemas_history import BALANCES, by_id

_INTEGER: Final[Schema] = {"type": "integer"}
_PART: Final[Schema] = {"type": "object", "additionalProperties": True}
_PARTS: Final = list_of(_PART)
_WORDS: Final = exactly(zh=TEXT, en=TEXT)
_FIRM: Final = exactly(uscc=TEXT, name=or_null(TEXT))
_MOVES: Final = list_of(exactly(source=or_null(TEXT), target=or_null(TEXT), units=_INTEGER))
_PERIOD: Final = exactly(
    month=TEXT, first=DAY, last=DAY, whole=BOOL, by={"const": "recorded_at"}, zone={"const": "Asia/Shanghai"}
)
_LINE: Final[dict[str, Schema]] = {
    "index": WHOLE,
    "recorded_at": TEXT,
    "effective_date": DAY,
    "type": TEXT,
    "zh": or_null(TEXT),
    "about": _PART,
    "agency": or_null(TEXT),
    "officers": list_of(TEXT),
    "flags": list_of(TEXT),
    "corrected_by": or_null(_INTEGER),
}
_LINES: Final = list_of(exactly(**_LINE))
_REFUSALS: Final = list_of(
    exactly(
        index=WHOLE,
        recorded_at=TEXT,
        agency=or_null(TEXT),
        officer=or_null(TEXT),
        seq=WHOLE,
        envelope=HASH,
        items=_PARTS,
    )
)
_FLAGS: Final = list_of(exactly(code=TEXT, control=TEXT, zh=TEXT, en=TEXT, entries=WHOLE))
_PAIR: Final[dict[str, Schema]] = {
    "pair_id": TEXT,
    "exporter": _FIRM,
    "upstream": _FIRM,
    "status": or_null(TEXT),
    "balances": BALANCES,
}


def _report(kind: str, subject: Schema, **members: Schema) -> Schema:
    """Return the schema of one kind of report; its digest is over these bytes, members in order."""
    return exactly(
        format={"const": "quota-ledger-report/1"},
        kind={"const": kind},
        title=_WORDS,
        subject=subject,
        basis=exactly(
            origin=TEXT,
            size=WHOLE,
            root=TEXT,
            root_hex=HASH,
            note={**TEXT, "description": "The checkpoint on which the report stands, as it was signed."},
            operator_key=TEXT,
            as_known_at=WHOLE,
            as_of=DAY,
            recorded_at=TEXT,
            heads_at=or_null(WHOLE),
        ),
        commands=list_of(exactly(command=TEXT, zh=TEXT, en=TEXT)),
        **members,
    )


REPORTS: Final[Mapping[str, Schema]] = MappingProxyType(
    {
        "EnterpriseStatement": _report(
            "enterprise-statement",
            _FIRM,
            period=_PERIOD,
            accounts=list_of(
                exactly(
                    pair_id=TEXT,
                    role={"type": "string", "enum": ["EXPORTER", "UPSTREAM"]},
                    exporter=_FIRM,
                    upstream=_FIRM,
                    opening=BALANCES,
                    lines=list_of(exactly(**_LINE, moves=_MOVES, balances=BALANCES)),
                    moved=_MOVES,
                    closing=BALANCES,
                )
            ),
            other=_LINES,
            refused=_REFUSALS,
            flags=_FLAGS,
        ),
        "AgencyStatement": _report(
            "agency-statement",
            exactly(agency=TEXT),
            period=_PERIOD,
            city=exactly(opening=BALANCES, closing=BALANCES, moved=_MOVES),
            types=list_of(exactly(type=TEXT, zh=TEXT, entries=WHOLE)),
            lines=list_of(exactly(**_LINE, moves=_MOVES)),
            counts=exactly(
                by={"const": "effective_date"},
                period_from=DAY,
                period_to=DAY,
                counts=by_id(_INTEGER),
                filed=_PARTS,
            ),
            refused=_REFUSALS,
            flags=_FLAGS,
        ),
        "Dossier": _report(
            "dossier",
            _FIRM,
            completeness=exactly(heads_at=or_null(WHOLE), chains=WHOLE, entries=WHOLE),
            enterprise=_PART,
            suspensions=_PARTS,
            pairs=list_of(exactly(**_PAIR, applications=_PARTS)),
            batches=list_of(exactly(batch_id=TEXT, status=or_null(TEXT))),
            cars=_PARTS,
            deadlines=_PARTS,
            cases=_PARTS,
            flags=_FLAGS,
            flagged=_LINES,
            statements=list_of(
                exactly(code=TEXT, title=_WORDS, verdict=TEXT, own=list_of(WHOLE), others=WHOLE)
            ),
            refused=_REFUSALS,
            documents=_PARTS,
            entries=_LINES,
        ),
        "CityOverview": _report(
            "city",
            exactly(city=TEXT),
            period=or_null(_PERIOD),
            totals=BALANCES,
            figures=by_id(_INTEGER),
            pairs=list_of(exactly(**_PAIR, overdue=WHOLE)),
            headline=_PART,
            statements=_PARTS,
            books=TEXT,
            deadlines=list_of(exactly(kind=TEXT, status=TEXT, count=WHOLE)),
            cases=_PARTS,
            enterprises=_PARTS,
            movement=or_null(
                exactly(period=_PERIOD, opening=BALANCES, closing=BALANCES, moved=_MOVES, entries=WHOLE)
            ),
            entries=list_of(exactly(type=TEXT, entries=WHOLE)),
        ),
    }
)
