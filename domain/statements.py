"""Statements: what an agency signs, parsed strictly. The accepted statement is the event.

``{"agency", "attachments", "body", "id", "ledger", "occurred_at", "type", "version"}``, each present and no
other. ``type`` and ``version`` name a row of the catalogue, which gives the shape of ``body``. Nothing is
coerced. An attachment is ``{"bytes", "kind", "media_type", "sha256"}``; at most 100 of them.

The bytes are the ledger's concern; here stands what the object must say to be well-formed.
"""

import json
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Final, Literal, cast

from pydantic import Field, StrictInt, TypeAdapter, ValidationError, create_model
from pydantic_core import ErrorDetails, PydanticCustomError

from domain import identifiers
from domain.bodies import Body
from domain.calendar import shanghai_date
from domain.catalogue import CATALOGUE, TypeSpec
from domain.shapes import Agency, BodyModel, Instant, Sha256, parse_instant
from domain.values import value

AttachmentKind = Literal[
    "承诺书", "营业执照", "申请书", "申请表", "登记证书", "发票", "合同", "放弃声明", "其他"
]
VERSION: Final = 1
MAX_ATTACHMENTS: Final = 100
MAX_LEDGER: Final = 200
"""Characters."""
_SHOWN_INPUT: Final = 60


class MalformedStatement(ValueError):
    """A statement that is not of the form it claims; ``detail`` says where, what and what would be right."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class UnknownType(MalformedStatement):
    """A statement of a type or version that the catalogue does not have."""


class Attachment(BodyModel):
    """A document named by its digest; the bytes themselves stay outside the ledger."""

    bytes: Annotated[int, Field(ge=0, le=2**40)]
    kind: AttachmentKind
    media_type: Annotated[str, Field(pattern="^[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}$")]
    sha256: Sha256


Attachments = Annotated[tuple[Attachment, ...], Field(strict=False, max_length=MAX_ATTACHMENTS)]


class _Form(BodyModel):
    """The outer object; ``body`` is read by the model that ``type`` names."""

    agency: Agency
    attachments: Attachments
    body: dict[str, Any]
    id: Annotated[str, Field(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
    ledger: Annotated[str, Field(min_length=1, max_length=MAX_LEDGER)]
    occurred_at: Instant
    type: str
    version: StrictInt


@value(frozen=True, slots=True)
class Statement:
    """A well-formed statement."""

    agency: str
    attachments: tuple[Attachment, ...]
    body: Body
    id: str
    ledger: str
    occurred_at: datetime
    type: str
    version: int

    @property
    def spec(self) -> TypeSpec:
        """The row of the catalogue."""
        return CATALOGUE[self.type]

    @property
    def effective_date(self) -> date:
        """The day on which the statement takes effect: its own date field, else that of ``occurred_at``."""
        field = CATALOGUE[self.type].effective_field
        if field is None:
            return shanghai_date(self.occurred_at)
        own = cast("date | datetime", getattr(self.body, field))
        return shanghai_date(own) if isinstance(own, datetime) else own


_FORM: Final = TypeAdapter(_Form).validator
_ATTACHMENTS: Final = TypeAdapter(Attachments).validator


@cache
def _whole(name: str) -> TypeAdapter[Any]:
    """Return what reads a statement of one type, its body too, from JSON at once."""
    return TypeAdapter(create_model(name, __base__=_Form, body=(CATALOGUE[name].body, ...)))


_BODIES: Final = {name: TypeAdapter(spec.body).validator for name, spec in CATALOGUE.items()}


def parse_statement(statement: object) -> Statement:
    """Return the statement that a JSON object (as ``json.loads`` gives it) states.

    Raises:
        UnknownType: the catalogue has no such type or version.
        MalformedStatement: anything else that is not of the form.
    """
    if not isinstance(statement, dict):
        raise MalformedStatement(f"statement: a JSON object is wanted, not {type(statement).__name__}")
    name = statement.get("type")
    version = statement.get("version")
    if isinstance(name, str) and name not in CATALOGUE:
        raise UnknownType(f"type: {_shown(name)} is not in the catalogue of {len(CATALOGUE)} types")
    if isinstance(version, int) and not isinstance(version, bool) and version != VERSION:
        raise UnknownType(f"version: {version} of {_shown(name)} is not known; {VERSION} is")
    try:
        form: _Form = _FORM.validate_python(statement)
    except ValidationError as error:
        raise MalformedStatement(_describe(error, "")) from None
    try:
        body: Body = _BODIES[form.type].validate_python(form.body)
    except ValidationError as error:
        raise MalformedStatement(_describe(error, "body")) from None
    return Statement(
        form.agency, form.attachments, body, form.id, form.ledger, form.occurred_at, form.type, form.version
    )


def read_statement(kind: str, text: bytes) -> Statement:
    """Return the statement in a text whose header says ``kind``: as ``parse_statement``, in half the time.

    Raises:
        UnknownType: the catalogue has no such type or version.
        MalformedStatement: anything else that is not of the form.
    """
    if kind in CATALOGUE:
        try:
            form = _whole(kind).validator.validate_json(text)
        except ValidationError:
            pass  # below it is said why
        else:
            if (form.type, form.version) == (kind, VERSION):
                return Statement(
                    form.agency,
                    form.attachments,
                    form.body,
                    form.id,
                    form.ledger,
                    form.occurred_at,
                    kind,
                    VERSION,
                )
    try:
        statement = json.loads(text)
    except ValueError as error:
        raise MalformedStatement(f"statement: no JSON: {error}") from None
    return parse_statement(statement)


def read_members(
    kind: str,
    version: int,
    agency: str,
    ledger: str,
    number: str,
    occurred_at: str,
    attachments: str,
    body: str,
) -> Statement:
    """Return the statement with these outer members, of which attachments and body are JSON.

    As ``read_statement`` of them together, where agency and id are known to be of the form; in half the time.

    Raises:
        MalformedStatement: one is not of the form; ``read_statement`` says which, and what would be right.
    """
    if kind not in CATALOGUE or version != VERSION or not 1 <= len(ledger) <= MAX_LEDGER:
        raise MalformedStatement("type, version or ledger: not of the form")
    try:
        documents = () if attachments == "[]" else _ATTACHMENTS.validate_json(attachments)
        said: Body = _BODIES[kind].validate_json(body)
        instant = parse_instant(occurred_at)
    except (ValidationError, PydanticCustomError):
        raise MalformedStatement("attachments, body or occurred_at: not of the form") from None
    return Statement(agency, documents, said, number, ledger, instant, kind, VERSION)


_WANTED: Final = {
    identifiers.USCC_PATTERN: "18 characters of 0-9, A-H, J-N, P-R, T, U, W-Y (GB 32100)",
    identifiers.ORGANISATION_CODE_PATTERN: "8 of 0-9, A-Z and a check character 0-9 or X (GB 11714)",
    identifiers.VIN_PATTERN: "17 characters of 0-9, A-H, J-N, P, R-Z (ISO 3779: no I, O, Q)",
    identifiers.PAIR_ID_PATTERN: "a pair id <E uscc>-<U uscc>-<n>, n from 1",
    identifiers.BATCH_ID_PATTERN: "a batch id <E uscc>-<U uscc>-<n>-<n>, n from 1",
    identifiers.LINE_ID_PATTERN: "a line id <E uscc>-<U uscc>-<n>-<n>-<n>, n from 1",
    identifiers.APPLICATION_ID_PATTERN: "an application id <E uscc>-<U uscc>-<n>-q<n>, n from 1",
    identifiers.REFERENCE_PATTERN: "1 to 64 characters of A-Z, a-z, 0-9, point, underscore, hyphen",
    "^[0-9a-f]{64}$": "64 lower-case hex digits",
    "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$": "a lower-case UUID",
}


def _describe(error: ValidationError, root: str) -> str:
    """Return one line about the first thing wrong, and how many more there are."""
    errors = error.errors(include_url=False)
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{_line(errors[0], root)}{more}"


def _line(error: ErrorDetails, root: str) -> str:
    place = root
    for step in error["loc"]:
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else str(step)
    place = ascii(place)[1:-1] if not place.isprintable() else place[:200]
    match error["type"]:
        case "missing":
            return f"{place}: missing; every member is stated, null or [] where it does not apply"
        case "extra_forbidden":
            return f"{place}: unknown member; only those of the catalogue are allowed"
        case "string_pattern_mismatch":
            pattern = error["ctx"]["pattern"]
            wanted = _WANTED.get(pattern, f"a text of the form {pattern}")
            return f"{place}: {_shown(error['input'])} is not {wanted}"
        case _:
            return f"{place}: {_shown(error['input'])}: {error['msg']}"


def _shown(value: object) -> str:
    """Return a value as it may stand in a message: bounded, on one line."""
    if isinstance(value, dict | list):
        return f"a {type(value).__name__} of {len(value)}"
    text = repr(value[:_SHOWN_INPUT] if isinstance(value, str) else value)
    return text if len(text) <= _SHOWN_INPUT + 2 else f"{text[:_SHOWN_INPUT]}…"
