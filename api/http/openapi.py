"""The OpenAPI 3.1 document: what FastAPI knows of the routes, with who may, every answer, and examples.

``docs/openapi.json`` is this document; ``make docs`` writes it and a test compares.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.http.access import ACCESS, Row
from api.http.document_store import MEDIA_TYPES
from api.http.problems import KINDS, MEDIA_TYPE
from api.http.reports import PDF, XLSX
from api.http.schemas import BYTES, COMPONENTS, TEXT, Schema, ref
from api.http.schemas_history import HISTORY
from api.http.schemas_reports import REPORTS

_JSON: Final = "application/json"
_PLAIN: Final = "text/plain"
_OCTETS: Final = "application/octet-stream"
_ZIP: Final = "application/zip"


class Answers(NamedTuple):
    """What one route answers: (status, media types, schema) of what went well, and its own problems."""

    good: tuple[tuple[int, tuple[str, ...], Schema], ...]
    problems: tuple[int, ...] = ()


def _json(name: str, *problems: int) -> Answers:
    return Answers(((200, (_JSON,), ref(name)),), problems)


def _bytes(kind: str, schema: Schema, *problems: int) -> Answers:
    return Answers(((200, (kind,), schema),), problems)


def _report(name: str) -> Answers:
    return Answers(((200, (_JSON,), ref(name)), (200, (PDF, XLSX), BYTES)), (404, 409, 422))


_HISTORY: Final = Answers(((200, (_JSON,), {"oneOf": [ref("History"), ref("Difference")]}),), (404, 409, 422))
_SUBMITTED: Final = ((200, (_JSON,), ref("Entered")), (201, (_JSON,), ref("Entered")))
ANSWERS: Final[Mapping[tuple[str, str], Answers]] = MappingProxyType(
    {
        ("post", "/v1/envelopes"): Answers(_SUBMITTED, (403, 409, 422)),
        ("post", "/v1/dry-run"): _json("DryRun", 422),
        ("get", "/checkpoint"): _bytes(_PLAIN, TEXT, 404),
        ("get", "/tile/{level}/{place}"): _bytes(_OCTETS, BYTES, 404),
        ("get", "/tile/entries/{place}"): _bytes(_OCTETS, BYTES, 404),
        ("get", "/envelopes/{place}"): _bytes(_OCTETS, BYTES, 404),
        ("get", "/v1/proof/inclusion"): _json("Inclusion", 404, 422),
        ("get", "/v1/proof/consistency"): _json("Consistency", 404, 422),
        ("get", "/v1/proof/subject"): _json("Heads", 404, 422),
        ("get", "/v1/entries"): _json("Entries", 404, 422),
        ("get", "/v1/entries/stream"): _bytes("text/event-stream", ref("Event"), 404, 422),
        ("get", "/v1/entries/{index}"): _json("Entry", 404, 422),
        ("get", "/v1/entries/{index}/receipt"): _json("Receipt", 404, 422),
        ("get", "/v1/enterprises/{uscc}"): _json("EnterpriseAt", 404, 409, 422),
        ("get", "/v1/pairs/{pair_id}"): _json("PairAt", 404, 409, 422),
        ("get", "/v1/batches/{batch_id}"): _json("BatchAt", 404, 409, 422),
        ("get", "/v1/vehicles/{vin}"): _json("VehicleAt", 404, 409, 422),
        ("get", "/v1/vehicles/{vin}/eligibility"): _json("Eligibility", 422),
        ("get", "/v1/balances"): _json("Balances", 404, 409, 422),
        ("put", "/v1/documents/{sha256}"): Answers(
            ((200, (_JSON,), ref("Kept")), (201, (_JSON,), ref("Kept"))), (422,)
        ),
        ("get", "/v1/documents/{sha256}"): Answers(
            ((200, MEDIA_TYPES, BYTES), (206, MEDIA_TYPES, BYTES)), (404, 416, 422)
        ),
        ("get", "/v1/enterprises/{uscc}/history"): _HISTORY,
        ("get", "/v1/vehicles/{vin}/history"): _HISTORY,
        ("get", "/v1/enterprises/{uscc}/deadlines"): _json("Deadlines", 404, 409, 422),
        ("get", "/v1/deadlines"): _json("Deadlines", 404, 409, 422),
        ("get", "/v1/explanations/balance"): _json("BalanceExplained", 404, 409, 422),
        ("get", "/v1/explanations/flag"): _json("FlagExplained", 404, 409, 422),
        ("get", "/v1/explanations/finding"): _json("FindingExplained", 404, 409, 422),
        ("get", "/v1/enterprises/{uscc}/bundle"): _bytes(_ZIP, BYTES, 404, 409, 422),
        ("get", "/v1/vehicles/{vin}/bundle"): _bytes(_ZIP, BYTES, 404, 409, 422),
        ("get", "/v1/enterprises/{uscc}/timeline"): _json("Timeline", 404, 422),
        ("get", "/v1/vehicles"): _json("Vehicles", 404, 409, 422),
        ("get", "/v1/cases"): _json("Cases", 404, 409, 422),
        ("get", "/v1/cases/{case_id}"): _json("CaseAt", 404, 409, 422),
        ("get", "/v1/enterprises/{uscc}/statements"): _json("Statements", 404, 409, 422),
        ("get", "/v1/findings"): _json("Findings", 404, 422),
        ("get", "/v1/patterns"): _json("Patterns", 422),
        ("get", "/v1/patterns/{name}"): _json("PatternAnswered", 404, 422),
        ("get", "/v1/graph"): _json("Graph"),
        ("get", "/v1/reports/enterprises/{uscc}/statement"): _report("EnterpriseStatement"),
        ("get", "/v1/reports/enterprises/{uscc}/dossier"): _report("Dossier"),
        ("get", "/v1/reports/agencies/{agency}/statement"): _report("AgencyStatement"),
        ("get", "/v1/reports/city"): _report("CityOverview"),
        ("get", "/v1/reconciliations"): _json("Reconciliations", 404, 422),
        ("post", "/v1/reconciliations/preview"): _json("Reconciled", 409, 422),
        ("get", "/v1/access-log"): _json("AccessLog", 404, 422),
        ("get", "/healthz"): _json("Health"),
        ("get", "/readyz"): _json("Ready"),
        ("get", "/metrics"): _bytes(_PLAIN, TEXT),
    }
)
EVERYWHERE: Final = (400, 408, 413, 415, 422, 503)
"""Any request may be too long, too slow, encoded, or have a parameter too many; the database may be away."""

_WORDS: Final = {
    200: "Done.",
    201: "Done, for the first time.",
    206: "The part that was asked for.",
}
_EXAMPLES: Final = Path(__file__).parent / "examples.json"


def describe(app: FastAPI) -> None:
    """Let the application describe itself by this module."""
    examples: dict[str, Any] = json.loads(_EXAMPLES.read_text(encoding="utf-8"))

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app, examples)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to replace it


def document(app: FastAPI, examples: dict[str, Any]) -> dict[str, Any]:
    """Return the document.

    Args:
        app: its routes are those of ``ANSWERS``.
        examples: ``parameters`` by name, ``answers`` by schema or media type, ``bodies`` by route.
    """
    whole: dict[str, Any] = get_openapi(
        title=app.title, version=app.version, routes=app.routes, description=_DESCRIPTION
    )
    rows = {(row.method.lower(), row.route.replace(":path", "")): row for row in ACCESS.values()}
    for path, operations in whole["paths"].items():
        for method, operation in operations.items():
            _describe(operation, rows[method, path], ANSWERS[method, path], examples, f"{method} {path}")
    whole["components"] = {
        "schemas": dict(sorted({**COMPONENTS, **HISTORY, **REPORTS}.items())),
        "responses": {str(status): _problem(status) for status in sorted({k.status for k in KINDS.values()})},
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
    }
    return whole


_DESCRIPTION: Final = (
    "Agencies append signed envelopes; whoever holds a token reads what docs/access.md grants its role. "
    "Everything that fails is a problem (RFC 9457) with a stable code."
)


def _describe(
    operation: dict[str, Any], row: Row, answers: Answers, examples: dict[str, Any], name: str
) -> None:
    summary, _, more = operation.get("description", "").partition("\n")
    roles = "everyone" if row.roles is None else ", ".join(sorted(role.value for role in row.roles))
    own = f" An enterprise: {row.enterprise}." if row.enterprise else ""
    operation["summary"] = summary.strip()
    operation["description"] = f"{more.strip()}\n\nFor: {roles}.{own}".strip()
    if row.roles is not None:
        operation["security"] = [{"token": []}]
    statuses = {*EVERYWHERE, *answers.problems, *((401, 403) if row.roles is not None else ())}
    if "{" in row.route:
        statuses.add(404)  # what is no value of the path is no route
    operation["responses"] = {
        **_answers(answers, examples),
        **{str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)},
    }
    for parameter in operation.get("parameters", ()):
        kinds = [one for one in parameter["schema"].get("anyOf", ()) if one != {"type": "null"}]
        if len(kinds) == 1:
            del parameter["schema"]["anyOf"]  # absent, which a query says by leaving it out
            parameter["schema"] |= kinds[0]
        parameter["example"] = examples["parameters"][parameter["name"]]
    for kind in operation.get("requestBody", {}).get("content", {}).values():
        kind["example"] = examples["bodies"][name]


def _answers(answers: Answers, examples: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, kinds, schema in answers.good:
        answer = found.setdefault(str(status), {"description": _WORDS[status], "content": {}})
        answer["content"] |= _content(kinds, schema, examples)
    return found


def _content(kinds: tuple[str, ...], schema: Schema, examples: dict[str, Any]) -> dict[str, Any]:
    named = (schema.get("oneOf") or [schema])[0].get("$ref", "").rpartition("/")[2]
    return {
        kind: {"schema": schema, "example": examples["answers"][named or kind.partition("/")[0]]}
        for kind in kinds
    }


def _problem(status: int) -> dict[str, Any]:
    code, kind = next((code, kind) for code, kind in KINDS.items() if kind.status == status)
    codes = [code for code, kind in KINDS.items() if kind.status == status]
    example = {
        "type": f"urn:quota-ledger:problem:{code}", "title": kind.en, "status": status, "code": code,
        "detail": "what is wrong, where, and what would be right",
    }  # fmt: skip
    content = {MEDIA_TYPE: {"schema": ref("Problem"), "example": example}}
    return {"description": f"A problem: {', '.join(codes)}.", "content": content}
