"""Canonical JSON: one form, held against a second implementation, and every departure refused."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import MAX_INTEGER, Malformed, canonical_bytes, parse_canonical

TEXTS = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), max_size=20)
NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=10)
LEAVES = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def depth(value: Any) -> int:
    """Return how deep objects and lists stand in one another."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth, inner), default=0)
    return 0


OBJECTS = st.dictionaries(NAMES, VALUES, max_size=5).filter(lambda value: depth(value) <= 8)


def parse(text: str | bytes, max_bytes: int = 1000) -> dict[str, Any]:
    """Parse a short text or its bytes."""
    data = text.encode() if isinstance(text, str) else text
    return parse_canonical(data, max_bytes=max_bytes, what="probe")


@given(OBJECTS)
def test_the_form_is_that_of_a_second_implementation(value: dict[str, Any]) -> None:
    """Given any value of the profile, then its form is RFC 8785's, and parsing gives the value back."""
    data = canonical_bytes(value)
    assert data == rfc8785.dumps(value)
    assert parse_canonical(data, max_bytes=len(data), what="probe") == value


@given(OBJECTS, st.randoms(use_true_random=False))
def test_any_other_spelling_of_a_value_is_refused(value: dict[str, Any], random: Any) -> None:
    """Given white space, escapes or another order of members, then the same value is refused."""
    data = canonical_bytes(value)
    names = list(value)
    random.shuffle(names)
    spellings = [
        json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(", ", ":")),
        json.dumps(value, sort_keys=True, separators=(",", ":")),
        json.dumps({name: value[name] for name in names}, ensure_ascii=False, separators=(",", ":")),
        data.decode() + "\n",
        " " + data.decode(),
    ]
    for text in spellings:
        if text.encode() != data:
            with pytest.raises(Malformed, match="probe: "):
                parse(text, 10_000)


@given(st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_either_canonical_or_malformed(data: bytes) -> None:
    """Given arbitrary bytes, then they are their value's own form or refused, and nothing else happens."""
    try:
        value = parse(data)
    except Malformed:
        return
    assert canonical_bytes(value) == data


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a":1.0}', "whole number"),
        ('{"a":1e3}', "whole number"),
        ('{"a":NaN}', "whole number"),
        ('{"a":Infinity}', "whole number"),
        ('{"a":-Infinity}', "whole number"),
        ('{"a":-0}', "at byte 5"),
        ('{"a":01}', "not JSON"),
        ('{"a":+1}', "not JSON"),
        ('{"a":1,"a":1}', "not canonical"),
        ('{"a":1,"a":2}', "not canonical"),
        ('{"b":1,"a":2}', "not canonical"),
        ('{"a": 1}', "not canonical"),
        ('{"a":1}\n', "not canonical"),
        ('{"a":"\\u0041"}', "not canonical"),
        ('{"a":"\\/"}', "not canonical"),
        ('{"a":"\\u4e2d"}', "not canonical"),
        ('{"a":"\\n"}', "control character"),
        ('{"a":"\\u0000"}', "control character"),
        ('{"a":"\\u001f"}', "control character"),
        ('{"a":"x\n"}', "not JSON"),
        ('{"a":"\\ud800"}', "surrogate"),
        ('{"a":"\\udc00\\ud800"}', "surrogate"),
        ('{"é":1}', "member name"),
        ('{"\\u0001":1}', "member name"),
        ('{"\x7f":1}', "member name"),
        ('{"\\ud800":1}', "member name"),
        ('{"a":9007199254740992}', "2\\^53"),
        ('{"a":-9007199254740992}', "2\\^53"),
        ('{"a":' + "9" * 5000 + "}", "not JSON"),
        ('\ufeff{"a":1}', "not JSON"),
        ("[]", "object is wanted, not list"),
        ("1", "object is wanted, not int"),
        ("", "not JSON"),
        ('{"a":1', "not JSON"),
        ('{"a":1}{}', "not JSON"),
        (b'{"a":"\xff"}', "not JSON in UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "not JSON in UTF-8"),
        (b'{"a":"\xc0\x80"}', "not JSON in UTF-8"),
    ],
)
def test_each_departure_is_malformed(text: str | bytes, reason: str) -> None:
    """Given one departure from the profile, then it is refused and the message says which."""
    with pytest.raises(Malformed, match=reason):
        parse(text, 10_000)


@pytest.mark.parametrize(
    "text", ['{"":0}', '{"a":9007199254740991}', '{"a":-9007199254740991}', '{"a":"\x7f€😀"}']
)
def test_the_edges_of_the_profile_are_in_it(text: str) -> None:
    """Given a value at the very edge, then it is accepted and makes the same bytes again."""
    assert canonical_bytes(parse(text)) == text.encode()


@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ("[", "]")])
def test_depth_8_passes_and_9_does_not(opening: str, closing: str) -> None:
    """Given objects or lists in one another, the outer object counted, then eight levels are the most."""
    for levels in (8, 9, 2000):
        text = '{"a":' + opening * (levels - 1) + "1" + closing * (levels - 1) + "}"
        if levels == 8:
            assert depth(parse(text)) == 8
        else:
            with pytest.raises(Malformed, match="nested deeper than 8"):
                parse(text, 100_000)


def test_a_parser_that_gives_up_on_depth_is_malformed_too() -> None:
    """Given more levels than Python's parser follows, then the refusal is the same one."""
    with pytest.raises(Malformed, match="nested deeper than 8"):
        parse("[" * 200_000, 200_000)


def test_length_is_bounded_before_anything_is_parsed() -> None:
    """Given bytes one longer than allowed, then they are refused; at the bound they pass."""
    text = '{"a":1}'
    assert parse(text, len(text)) == {"a": 1}
    with pytest.raises(Malformed, match="probe: 8 bytes, at most 7"):
        parse("x" * 8, 7)


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), b"x", ("a",), {1: 2}, {"é": 1}, {"a": "\x00"}, "\ud800"]
)
def test_what_is_outside_the_profile_is_not_written(value: object) -> None:
    """Given a Python value outside the profile, then it is refused instead of written."""
    with pytest.raises(Malformed):
        canonical_bytes(value)


def test_names_sort_by_code_point_not_by_alphabet() -> None:
    """Given names of digits, capitals, small letters and signs, then their order is that of ASCII."""
    assert canonical_bytes({"a": 1, "B": 2, "_": 3, "1": 4, "10": 5}) == b'{"1":4,"10":5,"B":2,"_":3,"a":1}'
