"""Who may do what: one table, asked at every request and rendered into docs/access.md.

A route that the table lacks serves nobody. ``HEAD`` is asked for as ``GET``.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, NamedTuple

from fastapi import Depends
from fastapi.dependencies.models import Dependant
from starlette.requests import Request

from api.http.caller import AGENCIES, Caller, Role, caller_of
from api.http.problems import Problem
from domain.catalogue import CATALOGUE

READERS: Final = AGENCIES | {Role.AUDITOR, Role.INVESTIGATOR}
_AUDITING: Final = frozenset({Role.AUDITOR, Role.WITNESS, Role.OPERATOR})
_INSPECTING: Final = frozenset({Role.AUDITOR, Role.INVESTIGATOR})
_SIGNERS: Final = ("commerce", "transport", "police", "customs", "operator")
_OWN: Final = READERS | {Role.ENTERPRISE}


class Row(NamedTuple):
    """One route; ``roles`` is None where no token is asked for."""

    method: str
    route: str
    roles: frozenset[Role] | None
    what: str
    enterprise: str = ""
    """What of it an enterprise sees, where it is served."""


_ROWS: Final = (
    Row("POST", "/v1/envelopes", None, "append: the officers' signatures authorise, nothing else does"),
    Row("POST", "/v1/dry-run", AGENCIES | {Role.OPERATOR}, "ask what appending would do"),
    Row("GET", "/checkpoint", None, "the latest checkpoint"),
    Row("GET", "/tile/{level}/{place:path}", None, "tiles of hashes"),
    Row("GET", "/tile/entries/{place:path}", _AUDITING, "entry bundles: the whole ledger"),
    Row("GET", "/envelopes/{place:path}", _AUDITING, "envelope bundles"),
    Row("GET", "/v1/proof/inclusion", _AUDITING, "inclusion proofs"),
    Row("GET", "/v1/proof/consistency", _AUDITING, "consistency proofs"),
    Row("GET", "/v1/proof/subject", _AUDITING, "proofs that a history is whole"),
    Row("GET", "/v1/entries", _OWN, "list entries", "entries that name it"),
    Row("GET", "/v1/entries/stream", _OWN, "follow entries", "entries that name it"),
    Row("GET", "/v1/entries/{index}", _OWN, "one entry", "entries that name it"),
    Row("GET", "/v1/entries/{index}/receipt", _OWN, "the receipt of an entry", "entries that name it"),
    Row("GET", "/v1/enterprises/{uscc}", _OWN, "an enterprise", "itself"),
    Row("GET", "/v1/pairs/{pair_id}", _OWN, "a pair with its balances", "pairs of which it is a firm"),
    Row("GET", "/v1/batches/{batch_id}", _OWN, "a use application", "batches of its pairs"),
    Row(
        "GET", "/v1/vehicles/{vin}", _OWN, "a car",
        "cars on lines of its pairs, and of those what concerns these lines",
    ),
    Row(
        "GET", "/v1/vehicles/{vin}/eligibility", AGENCIES,
        "may this car be registered now: what the police ask before they register",
    ),
    Row("GET", "/v1/balances", _OWN, "balances of pairs", "its pairs"),
    Row(
        "GET", "/v1/enterprises/{uscc}/history", _OWN, "the story of an enterprise",
        "its own, of the entries that name it; no cases, no sightings",
    ),
    Row(
        "GET", "/v1/vehicles/{vin}/history", _OWN, "the story of a car",
        "of the entries that name it, and of the car what concerns its pairs' lines",
    ),
    Row(
        "GET", "/v1/enterprises/{uscc}/deadlines", _OWN, "an enterprise's clocks",
        "its own: terms of export and deregistration, qualification, top-up",
    ),
    Row("GET", "/v1/deadlines", _OWN, "the clocks of all", "those of its pairs and its own"),
    Row(
        "GET", "/v1/explanations/balance", _OWN, "what makes up a balance",
        "its pairs; of entries that do not name it, what moved and by which rule",
    ),
    Row("GET", "/v1/explanations/flag", READERS, "what a flag rests on"),
    Row("GET", "/v1/explanations/finding", READERS, "a statement of the verifier, with its entries"),
    Row(
        "GET", "/v1/enterprises/{uscc}/bundle", _OWN, "an enterprise's whole history as a bundle",
        "its own, where nothing in it is kept from it",
    ),
    Row(
        "GET", "/v1/vehicles/{vin}/bundle", _OWN, "a car's whole history as a bundle",
        "a car's, where nothing in it is kept from it",
    ),
    Row(
        "GET", "/v1/enterprises/{uscc}/timeline", _OWN, "the entries about an enterprise",
        "its own, of the entries that name it",
    ),
    Row("GET", "/v1/vehicles", _OWN, "list cars", "those on lines of its pairs, without what counts cases"),
    Row("GET", "/v1/cases", READERS, "list violation cases"),
    Row("GET", "/v1/cases/{case_id}", READERS, "a violation case"),
    Row("GET", "/v1/findings", READERS, "list flags"),
    Row(
        "GET", "/v1/enterprises/{uscc}/statements", _INSPECTING,
        "the statements of the verifier, with an enterprise's entries",
    ),
    Row("GET", "/v1/patterns", _INSPECTING, "what an investigator asks first"),
    Row("GET", "/v1/patterns/{name}", _INSPECTING, "one pattern with its hits"),
    Row("GET", "/v1/graph", _INSPECTING, "who is joined to whom"),
    Row(
        "GET", "/v1/reports/enterprises/{uscc}/statement", _OWN, "an enterprise's monthly statement",
        "its own, of a month in which nothing is kept from it",
    ),
    Row("GET", "/v1/reports/enterprises/{uscc}/dossier", READERS, "an enterprise's inspection dossier"),
    Row("GET", "/v1/reports/agencies/{agency}/statement", READERS, "an agency's monthly statement"),
    Row("GET", "/v1/reports/city", READERS, "the overview of the city"),
    Row("GET", "/v1/reconciliations", READERS, "list statements of account"),
    Row(
        "POST", "/v1/reconciliations/preview", frozenset({Role.POLICE, Role.TRANSPORT, Role.CUSTOMS}),
        "match the agency's own list with the ledger",
    ),
    Row("PUT", "/v1/documents/{sha256}", AGENCIES, "hand in a scan"),
    Row("GET", "/v1/documents/{sha256}", _OWN, "fetch a scan", "scans attached to entries that name it"),
    Row("GET", "/v1/access-log", frozenset({Role.AUDITOR}), "who has read what"),
    Row("GET", "/openapi.json", None, "this interface, as OpenAPI 3.1"),
    Row("GET", "/docs", None, "the same for people"),
    Row("GET", "/healthz", None, "the process answers"),
    Row("GET", "/readyz", None, "the process appends and reads"),
    Row("GET", "/metrics", None, "counters; keep the route inside by the proxy"),
)  # fmt: skip

ACCESS: Final[Mapping[tuple[str, str], Row]] = MappingProxyType(
    {(row.method, row.route): row for row in _ROWS}
)

OUTSIDE: Final = (
    ("Insurer, bank, tax office, buyer abroad", "the subject bundle that the enterprise hands over"),
    ("The public", "the checkpoint and the tiles of hashes, which name nobody"),
)
"""Readers without a token, and what they go by."""


async def guard(request: Request) -> None:
    """Let the request pass where the table serves its caller; where no token is asked for, none is read.

    Raises:
        Problem: ``unauthenticated`` (401) without a known caller, ``forbidden`` (403) for another role, or
            for a route that the table does not have.
    """
    method = "GET" if request.method == "HEAD" else request.method
    row = ACCESS.get((method, request.scope["route"].path))
    if row is None:
        raise Problem("forbidden", "this route serves nobody: it is not in the table of access")
    if row.roles is None:
        return
    caller = caller_of(request)
    if caller is None:
        raise Problem(
            "unauthenticated", "this is not open to everyone", headers={"WWW-Authenticate": "Bearer"}
        )
    if caller.role not in row.roles:
        raise Problem("forbidden", f"role {caller.role.value} has no access to this")
    request.state.caller = caller


def methods_of(route: str) -> set[str]:
    """Return the methods that the table has for a route."""
    return {row.method for row in _ROWS if row.route == route}


async def plain_query(request: Request) -> None:
    """Let the request pass when its query names parameters of the route alone, each once.

    A filter that is misspelt would otherwise give more than was asked for, and nobody would notice.

    Raises:
        Problem: ``invalid-request``.
    """
    known = _parameters(request.scope["route"].dependant)
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if name not in known:
            takes = ", ".join(sorted(known)) or "none"
            raise Problem("invalid-request", f"query.{name[:60]!a}: unknown; this route takes {takes}")
        if names.count(name) > 1:
            raise Problem("invalid-request", f"query.{name}: given more than once")


def _parameters(dependant: Dependant) -> set[str]:
    return {one.alias for one in dependant.query_params}.union(*map(_parameters, dependant.dependencies))


def known(request: Request) -> Caller:
    """Return whom the guard has let pass."""
    caller: Caller = request.state.caller
    return caller


Known = Annotated[Caller, Depends(known)]
"""The caller of a route that the table gives to roles."""


def as_markdown() -> str:
    """Return the table as docs/access.md holds it."""
    lines = [
        "# Who may do what",
        "",
        "Made from `api/http/access.py` by `make docs`; a test compares the two. A route that is not here",
        "serves nobody. A token (docs/http-reading.md) says the role; ● means that the role is served.",
        "",
        f"| Route | What | without token | {' | '.join(role.value for role in Role)} |",
        f"|---|---|{'---|' * (len(Role) + 1)}",
    ]
    lines += [
        f"| `{row.method} {row.route}` | {row.what} | {_dot(row.roles is None)} | {_dots(row)} |"
        for row in ACCESS.values()
    ]
    lines += [
        "",
        "What an enterprise sees is its own file alone. Anything else is answered as if it were not there:",
        "",
        *(f"- `{row.method} {row.route}`: {row.enterprise}." for row in ACCESS.values() if row.enterprise),
        "",
        "Whoever has no token:",
        "",
        *(f"- {who}: {what}." for who, what in OUTSIDE),
        "",
        "A subject bundle (`quota-ledger export --enterprise USCC`) proves itself with `quota-ledger",
        "verify`, without the operator and without a network; the enterprise decides whom it gives it to.",
        "",
        "Every read of an enterprise's file is written to an append-only access log before it is answered;",
        "the bundles of a whole audit by their place. Auditors list it with `GET /v1/access-log`.",
        "",
        "## Who may sign what",
        "",
        "Made from `domain/catalogue.py`: no token and no role gives the right to append, the officers'",
        "signatures do. † needs two officers of the agency.",
        "",
        f"| Type | {' | '.join(_SIGNERS)} |",
        f"|---|{'---|' * len(_SIGNERS)}",
        *(
            f"| {spec.name}{' †' if spec.four_eyes else ''} | "
            f"{' | '.join(_dot(agency in spec.agencies) for agency in _SIGNERS)} |"
            for spec in CATALOGUE.values()
        ),
    ]
    return "\n".join(lines) + "\n"


def _dots(row: Row) -> str:
    return " | ".join(_dot(row.roles is None or role in row.roles) for role in Role)


def _dot(served: bool) -> str:
    return "●" if served else ""
