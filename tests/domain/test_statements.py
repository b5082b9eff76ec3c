"""Statements are parsed strictly: what is not of the form is refused, with place, fault and remedy."""

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import CATALOGUE, Kind
from domain.statements import (
    MalformedStatement,
    Statement,
    UnknownType,
    parse_statement,
    read_members,
    read_statement,
)
from tests.support.domain import (
    BATCH,
    Season,
    Step,
    attachment,
    registered_body,
    statement,
    statement_object,
    use_body,
    vin,
)


def example() -> dict[str, Any]:
    """Return a well-formed registration."""
    body = registered_body(vin(1), f"{BATCH}-1")
    return statement_object("VehicleRegistered", body, attachments=[attachment("登记证书")])


def test_a_registration_is_read() -> None:
    """Given a well-formed statement, when parsed, then its parts have their types."""
    read = parse_statement(example())
    assert read.agency == "police"
    assert read.attachments[0].kind == "登记证书"
    assert read.spec.kind is Kind.FACT
    assert read.effective_date == date(2025, 3, 3)


def test_effective_date_without_an_own_field_is_that_of_occurrence() -> None:
    """A type without a date of its own takes effect on the Shanghai day on which it occurred."""
    body = use_body([vin(1)])
    read = statement("UseApplicationReceived", body, occurred_at="2026-01-05T16:00:00Z")
    assert read.effective_date == date(2026, 1, 6)


def with_change(*path: object, to: object) -> dict[str, Any]:
    """Return the example with one place changed; the place may be new."""
    changed: Any = copy.deepcopy(example())
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return changed  # type: ignore[no-any-return]


MALFORMED = [
    (("agency",), "court", "agency: 'court'"),
    (("agency",), None, "agency: None"),
    (("version",), True, "version: True"),
    (("version",), "1", "version: '1'"),
    (("type",), 7, "type: 7"),
    (("id",), "00000000-0000-4000-8000-00000000000A", "a lower-case UUID"),
    (("id",), "00000000-0000-4000-8000-000000000001\n", "a lower-case UUID"),
    (("ledger",), "", "ledger: ''"),
    (("extra",), 1, "extra: unknown member"),
    (("body", "extra"), None, "body.extra: unknown member"),
    (("body",), [], "body: a list of 0"),
    (("body", "vin"), "LSVAB6189R201234O", "body.vin: 'LSVAB6189R201234O' is not 17 characters"),
    (("body", "vin"), "LSVAB6189R2012340", None),
    (
        ("body", "owner_uscc"),
        "91310115PDY00001X",
        "body.owner_uscc: '91310115PDY00001X' is not 18 characters",
    ),
    (("body", "line_id"), f"{BATCH}-0", "is not a line id"),
    (("body", "line_id"), None, None),
    (("body", "physical_plate_issued"), 0, "body.physical_plate_issued: 0"),
    (("body", "physical_plate_issued"), "false", "body.physical_plate_issued: 'false'"),
    (("body", "registered_on"), "2025-02-30", "body.registered_on: '2025-02-30'"),
    (("body", "registered_on"), "20250203", "a day YYYY-MM-DD"),
    (("body", "registered_on"), "2025-02-03T00:00:00Z", "a day YYYY-MM-DD"),
    (("body", "registered_on"), 20250203, "a day YYYY-MM-DD"),
    (("body", "registered_on"), "1969-12-31", "between the years 1970 and 9000"),
    (("body", "registered_on"), "２０２５-02-03", "a day YYYY-MM-DD"),
    (("body", "brand_model"), "", "body.brand_model: ''"),
    (("body", "brand_model"), "x" * 201, "200 characters"),
    (("occurred_at",), "2026-01-05T10:00:00", "an instant"),
    (("occurred_at",), "2026-01-05 10:00:00Z", "an instant"),
    (("occurred_at",), "2026-01-05T10:00:00z", "an instant"),
    (("occurred_at",), "2026-01-05T10:00:00+0800", "an instant"),
    (("occurred_at",), "2026-01-05T10:00:00.1234567Z", "an instant"),
    (("occurred_at",), "2026-01-05T24:00:00Z", "an instant"),
    (("occurred_at",), "2026-01-05T10:00:00+05:75", "an instant"),
    (("occurred_at",), "2026-01-05T23:59:60Z", "an instant"),
    (("occurred_at",), "2026-01-05T10:00:00.1+08:00", None),
    (("occurred_at",), "2026-01-05T10:00:00.123456Z", None),
    (("attachments",), {}, "attachments: a dict of 0"),
    (("attachments",), None, "attachments: None"),
    (("attachments", 0, "kind"), "照片", "attachments[0].kind: '照片'"),
    (("attachments", 0, "bytes"), -1, "attachments[0].bytes: -1"),
    (("attachments", 0, "bytes"), True, "attachments[0].bytes: True"),
    (("attachments", 0, "bytes"), 1.0, "attachments[0].bytes: 1.0"),
    (("attachments", 0, "sha256"), "AB" * 32, "64 lower-case hex digits"),
    (("attachments", 0, "media_type"), "pdf", "attachments[0].media_type: 'pdf'"),
]


@pytest.mark.parametrize(
    ("path", "value", "detail"), MALFORMED, ids=[f"{row[0][-1]}={row[1]!r}"[:40] for row in MALFORMED]
)
def test_one_place_changed(path: tuple[object, ...], value: object, detail: str | None) -> None:
    """Given the example with one value changed, it is refused in one line, or still allowed."""
    changed = with_change(*path, to=value)
    if detail is None:
        assert parse_statement(changed).type == "VehicleRegistered"
        return
    with pytest.raises(MalformedStatement) as caught:
        parse_statement(changed)
    assert detail in caught.value.detail
    assert "\n" not in caught.value.detail


@pytest.mark.parametrize("name", sorted(example()))
def test_no_member_may_be_left_out(name: str) -> None:
    """Given the example without one member, it is malformed and the message names the member."""
    changed = example()
    del changed[name]
    with pytest.raises(MalformedStatement, match=name):
        parse_statement(changed)


@pytest.mark.parametrize("name", sorted(example()["body"]))
def test_no_member_of_the_body_may_be_left_out(name: str) -> None:
    """A member that does not apply is null, never absent."""
    changed = example()
    del changed["body"][name]
    with pytest.raises(MalformedStatement, match=f"body.{name}: missing"):
        parse_statement(changed)


@pytest.mark.parametrize(
    ("path", "value"),
    [(("type",), "QuotaUpdated"), (("type",), "os:system"), (("version",), 2), (("version",), 0)],
)
def test_unknown_type_or_version(path: tuple[object, ...], value: object) -> None:
    """A type or version outside the catalogue has an error of its own, which is malformed too."""
    with pytest.raises(UnknownType):
        parse_statement(with_change(*path, to=value))


@pytest.mark.parametrize("count", [0, 201])
def test_a_statement_holds_1_to_200_vehicles(count: int) -> None:
    """An application for use names at least one car and at most 200."""
    with pytest.raises(MalformedStatement, match=r"body\.lines"):
        statement("UseApplicationReceived", use_body([vin(number) for number in range(count)]))


def test_200_vehicles_are_allowed() -> None:
    """The bound itself is allowed."""
    assert statement("UseApplicationReceived", use_body([vin(number) for number in range(200)])).body


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_only_an_object_is_a_statement(value: object) -> None:
    """Any other JSON value is malformed."""
    with pytest.raises(MalformedStatement, match="a JSON object is wanted"):
        parse_statement(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(CATALOGUE)), JSON, JSON)
def test_nothing_but_malformed_is_raised(type_name: str, body: Any, attachments: Any) -> None:
    """Whatever JSON stands in a statement, parsing ends in a statement or in the one malformed error."""
    candidate = {**example(), "type": type_name, "body": body, "attachments": attachments}
    with pytest.raises(MalformedStatement):
        parse_statement(candidate)


def test_every_type_of_the_season_is_parsed() -> None:
    """The builders yield well-formed statements of every type on the main road, in its order."""
    seen = dict.fromkeys(step.statement.type for step in Season(2).steps())
    assert list(seen) == [
        "PolicyVersionPublished",
        "HolidayCalendarPublished",
        "EnterpriseRegistered",
        "ExportQualificationFiled",
        "CommitmentLetterSigned",
        "TotalQuotaApplicationReceived",
        "QuotaGranted",
        "UseApplicationReceived",
        "UseApplicationApproved",
        "UsageNumberSent",
        "QuotaAttributeClassified",
        "VehicleRegistered",
        "VehicleInfoCopied",
        "PendingExportTransferRecorded",
        "TransferProofSubmitted",
        "TransferProofAccepted",
        "CustomsExportConfirmed",
        "VehicleDeregistered",
    ]


@pytest.mark.parametrize("step", Season(1).steps(), ids=lambda step: step.statement.type)
def test_a_body_is_written_and_read_back(step: Step) -> None:
    """A body written as JSON (without a warning) is the same body when read again."""
    body = step.statement.body
    assert type(body).model_validate(json.loads(body.model_dump_json(by_alias=True))) == body


@pytest.mark.parametrize(
    "change", [{}, {"version": 2}, {"type": "Nothing"}, {"id": "x"}, {"body": {}}, {"attachments": [1]}]
)
def test_a_statement_is_read_as_it_is_parsed(change: dict[str, Any]) -> None:
    """Given a statement, sound or not, when read from its text, then the answer is that of its parsed object."""
    content = example() | change
    read = _answer(lambda: read_statement("VehicleRegistered", json.dumps(content).encode()))
    assert read == _answer(lambda: parse_statement(content))


_DOCUMENT = {"bytes": 5, "kind": "其他", "media_type": "application/pdf", "sha256": "ab" * 32}


@pytest.mark.parametrize(
    "change",
    [
        {}, {"version": 2}, {"type": "Nothing"}, {"type": "VehicleInfoCopied"}, {"body": {}}, {"ledger": ""}, {"ledger": "x" * 200},
        {"ledger": "x" * 201}, {"attachments": [1]}, {"attachments": [_DOCUMENT]}, {"attachments": [_DOCUMENT] * 101},
        {"attachments": [_DOCUMENT | {"bytes": -1}]}, {"occurred_at": "9001-01-05T10:00:00Z"},
        {"occurred_at": "2026-01-05T10:00:00.5Z"}, {"agency": "transport"},
    ],
)  # fmt: skip
def test_a_statement_is_read_from_its_members(change: dict[str, Any]) -> None:
    """Given the outer members of a statement, sound or not, when it is read from them, then it is what its text says, or malformed as that is."""
    content = example() | change
    members = [content[name] for name in ("type", "version", "agency", "ledger", "id", "occurred_at")]
    written = [json.dumps(content[name]) for name in ("attachments", "body")]
    read = _answer(lambda: read_members(*members, *written))
    whole = _answer(lambda: read_statement(content["type"], json.dumps(content).encode()))
    assert read == whole if isinstance(whole, Statement) else isinstance(read, tuple)


def test_what_is_no_json_is_malformed() -> None:
    """Given a text that is no JSON, when read, then it is malformed."""
    with pytest.raises(MalformedStatement, match="no JSON"):
        read_statement("VehicleRegistered", b"{")


def _answer(ask: Callable[[], Statement]) -> Statement | tuple[type, str]:
    try:
        return ask()
    except MalformedStatement as error:
        return type(error), error.detail
