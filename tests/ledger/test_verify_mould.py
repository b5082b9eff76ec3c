"""Moulds: what is cast in one is what the careful road reads, or it is left to it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import Malformed, canonical_bytes
from ledger.entry import MAX_STATEMENT_BYTES, Entry, derive
from ledger.verification import mould
from ledger.verification.lines import LinePattern
from ledger.verification.mould import (
    LONGEST,
    MOST_MOULDS,
    MOST_PLACES,
    MOST_TYPES,
    Cast,
    Mould,
    Moulds,
)
from ledger.verification.statements import checked_statement
from tests.ledger.test_verify_quick import HEADER
from tests.support.ledger_builder import EXPORTER, UPSTREAM, history

PAIR = f"{EXPORTER}-{UPSTREAM}-1"
TEXTS = st.sampled_from(
    [EXPORTER, UPSTREAM, PAIR, f"{PAIR}-2", f"{PAIR}-2-3", f"{PAIR}-q4", "LB3A33H67RB002910", "vin:x",
     "enterprise:x y", "c.1", "", "额度", "\x7f", 'a"b', "a\\b", "\n"]
)  # fmt: skip
SCALARS = TEXTS | st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.just(1.5)
NAMES = st.sampled_from(
    ["vin", "vins", "uscc", "to_uscc", "usccs", "seals", "concerns", "case_id", "pair_id", "batch_id", "line_id",
     "app_id", "reason", "rows"]
)  # fmt: skip
BODIES = st.dictionaries(
    NAMES,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)
MADE = history()


def written(body: Any, **outer: Any) -> bytes:
    """Return a statement as sorted JSON, of what the profile leaves out too."""
    whole = json.loads(MADE.statement("QuotaGranted", {})) | {"body": body} | outer
    return written_value(whole)


def written_value(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def carefully(data: bytes, kind: str) -> dict[str, Any] | None:
    try:
        return checked_statement(Entry(HEADER._replace(type=kind), data))
    except Malformed:
        return None


def agrees(moulds: Moulds | Mould, data: bytes, kind: str = "QuotaGranted") -> bool:
    """Say whether something is cast; fail if the careful road reads anything else."""
    [cast] = moulds.casts([data]) if isinstance(moulds, Mould) else moulds.casts(kind, [data])
    return agree(cast, data, kind)


def agree(cast: Cast | None, data: bytes, kind: str = "QuotaGranted") -> bool:
    if cast is None:
        return False
    careful = carefully(data, kind)
    assert careful is not None
    assert (cast.type, cast.version, cast.agency) == (kind, careful["version"], careful["agency"])
    assert (cast.ledger, cast.id, cast.derived) == (careful["ledger"], careful["id"], derive(careful))
    assert cast.occurred_at == careful["occurred_at"]
    assert cast.attachments.encode() == written_value(careful["attachments"])
    assert cast.body.encode() == written_value(careful["body"])
    assert canonical_bytes(careful) == data
    return True


def other_values(value: Any, draw: st.DrawFn) -> Any:
    """Return the same members with other texts, numbers, nulls and truth values in them."""
    if isinstance(value, dict):
        return {name: other_values(inner, draw) for name, inner in value.items()}
    if isinstance(value, list):
        return [other_values(inner, draw) for inner in value]
    return draw(SCALARS)


@st.composite
def alike(draw: st.DrawFn) -> tuple[Any, Any]:
    body = draw(BODIES)
    return body, other_values(body, draw)


@given(alike(), st.sampled_from(["QuotaGranted", "HolidayCalendarPublished"]))
def test_what_fills_a_mould_is_read_alike(bodies: tuple[Any, Any], kind: str) -> None:
    """Given two statements with the same members, when one is the mould, then the other fills it only if it is well-formed, and says the same."""
    moulds, (first, second) = Moulds(), (written(body, type=kind) for body in bodies)
    agrees(moulds, first, kind)
    agrees(moulds, second, kind)


@given(st.data())
def test_any_other_byte_is_read_alike(data: st.DataObject) -> None:
    """Given a statement with bytes replaced, left out or put in, then what still fills its mould the careful road takes too."""
    moulds = Moulds()
    model = written({"pair_id": PAIR, "units": 3, "rows": [{"vin": "LB3A33H67RB002910", "note": "额度"}]})
    assert agrees(moulds, model)
    line = bytearray(model)
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(line) - 1))
        stop = at + data.draw(st.integers(0, 1))
        line[at:stop] = bytes([data.draw(st.sampled_from(b'0129afAZ:,"\\[]{} -+.T\n\x00\x7f\xff'))])
    agrees(moulds, bytes(line))


def test_moulds_and_places_are_bounded() -> None:
    """Given lists of ever another length, or longer than a statement may be, then no more moulds are made than stated."""
    moulds = Moulds()
    for length in range(3 * MOST_MOULDS):
        data = written({"vins": ["LB3A33H67RB002910"] * length})
        assert agrees(moulds, data)
    assert len(moulds._known["QuotaGranted"]) == MOST_MOULDS
    assert not agrees(Moulds(), written({"reason": "x" * MAX_STATEMENT_BYTES}))


@pytest.mark.parametrize(
    "body",
    [{"vins": ["x"] * (MOST_PLACES + 1)}, {"x" * LONGEST: 1}, {"vin": "\U0001f697" * (LONGEST // 4)}],
    ids=["places", "names", "texts"],
)
def test_a_large_statement_is_no_mould(body: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Given statements with more places, or longer, than a mould has, when they are looked at, then no pattern is compiled for them, and none is held against them."""
    moulds, data = Moulds(), written(body)
    monkeypatch.setattr(mould, "LinePattern", lambda _: pytest.fail("a pattern was compiled"))
    for _ in range(2):
        assert agrees(moulds, data)
    assert not moulds._known
    monkeypatch.undo()
    small = written({name: None for name in body})
    assert agrees(moulds, small)
    monkeypatch.setattr(LinePattern, "groups", lambda _, texts: pytest.fail(str(texts)) if texts else [])
    assert len(data) <= LONGEST or agrees(moulds, data)


def test_types_are_bounded() -> None:
    """Given statements of ever another type, then no more types have moulds than stated, and those that have gain more."""
    moulds = Moulds()
    for number in range(2 * MOST_TYPES):
        kind = f"Type{number}"
        data = written({"reason": "x"}, type=kind)
        assert agrees(moulds, data, kind)
    assert len(moulds._known) == MOST_TYPES
    data = written({"reason": ["x"]}, type="Type0")
    assert agrees(moulds, data, "Type0")
    assert len(moulds._known["Type0"]) == 2


def test_another_type_or_text_is_left_to_the_careful_road() -> None:
    """Given a mould, when the header says another type, or the bytes are no UTF-8, then nothing is cast."""
    moulds = Moulds()
    data = written({"reason": "x"})
    assert not agrees(moulds, data, "QuotaReduced")
    assert agrees(moulds, data)
    assert not agrees(moulds, data, "QuotaReduced")
    assert not agrees(moulds, data.replace(b'"x"', b'"\xff"'))


def test_each_of_many_is_cast_as_by_itself() -> None:
    """Given statements of several moulds, one of no text, one of two lines and one that is none, when they are cast together, then each is what it is by itself."""
    plain = [written({name: value}) for value in ("x", None, ["x"], [1, "x"]) for name in ("reason", "vin")]
    odd = [
        b"",
        b"{}",
        plain[0].replace(b'"x"', b'"\xff"'),
        plain[0] + b"\n" + plain[0],
        b"\n",
        plain[1] + b"\n",
    ]
    for statements in (plain, plain + odd, odd + plain, odd):
        moulds = Moulds()
        for _ in range(2):
            casts = moulds.casts("QuotaGranted", statements)
            assert [agree(cast, data) for cast, data in zip(casts, statements, strict=True)] == [
                data in plain for data in statements
            ]
    assert Moulds().casts("QuotaGranted", []) == []


@pytest.mark.parametrize(
    "value",
    [
        b"01", b"-0", b"+1", b"1.5", b"1e3", b"1 ", b" 1", b"9007199254740992", b"-9007199254740992", b"NaN", b"True",
        rb'"\u0041"', rb'"\""', b'"\x1f"', b'"\xc3"', b'"a""b"', b"[]", b"{}", b"", b"1,2", b'1,"units":1',
    ],
)  # fmt: skip
def test_what_is_not_canonical_fills_no_mould(value: bytes) -> None:
    """Given a mould, when a place holds what the profile of JSON leaves out, or more than one value, then nothing is cast of it."""
    moulds, model = Moulds(), written({"units": 3})
    assert agrees(moulds, model)
    data = model.replace(b'"units":3', b'"units":' + value)
    assert agrees(moulds, data) == (value in {b"[]", b"{}"})


@pytest.mark.parametrize(
    "value", [b"0", b"-1", b"999999999999999", b"null", b"true", '"额度\x7f"'.encode(), b'""']
)
def test_any_plain_value_fills_a_place(value: bytes) -> None:
    """Given a mould, when a place holds any plain text, number, truth value or null, then it is cast without being looked at as a whole."""
    model = written({"units": 3})
    data = model.replace(b'"units":3', b'"units":' + value)
    assert agrees(Mould(json.loads(model)), data)
