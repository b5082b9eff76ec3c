"""The short road says of a statement and a header what the careful one says, or nothing."""

import itertools
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.canonical import MAX_INTEGER, Malformed, canonical_bytes
from ledger.entry import MAX_STATEMENT_BYTES, Derived, Entry, parse_statement
from ledger.header import Header, Subject, parse_header
from ledger.verification.quick import plain_headers, plain_statement
from ledger.verification.statements import checked_statement, has_plain_members
from tests.support.ledger_builder import EXPORTER, Builder, history

TEXTS = st.text(alphabet='ab"\\/\x00\x1f\x7f\x80额\U0001f697 :[],1.5e', max_size=8)
NUMBERS = st.integers(-3, 3) | st.sampled_from([MAX_INTEGER, MAX_INTEGER + 1, -MAX_INTEGER - 1, 2**64, 2**63])
NAMES = st.text(alphabet="abé\x7f:", min_size=1, max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


def dumped(value: object) -> bytes:
    """Return sorted JSON without white space, of what the profile leaves out too."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def carefully(data: bytes) -> dict[str, Any] | None:
    try:
        return parse_statement(data)
    except Malformed:
        return None


@given(st.dictionaries(NAMES, VALUES, max_size=4).map(dumped))
@example(b'{"a":1.5}')
@example(b'{"a":[1,-2.0]}')
@example(b'{"a":1e300}')
@example(b'{"a":-0}')
@example(b'{"a":1,"a":1}')
@example(b'{"b":1,"a":1}')
@example(b'{"a":1} ')
@example(b'{"a":"\xff"}')
@example(b'\xef\xbb\xbf{"a":1}')
@example(b'{"a":NaN}')
@example(b'{"a":9007199254740992}')
@example(b'{"a":18446744073709551616}')
@example('{"é":1}'.encode())
@example(b'{"\x7f":1}')
@example(b'{"a":"\x7f"}')
@example(b'{"a":"\x1f"}')
@example(rb'{"a":"\u001f"}')
@example(rb'{"a":"\ud800"}')
@example(nested(8))
@example(nested(9))
@example(nested(500))
@example(b"[1]")
@example(b'"a"')
@example(b"")
@example(dumped({"a": "x" * MAX_STATEMENT_BYTES}))
def test_a_statement_is_read_alike(data: bytes) -> None:
    """Given any bytes, when the short road takes them, then the careful one reads the very same in them."""
    quick = plain_statement(data)
    if quick is not None:
        careful = carefully(data)
        assert (quick, dumped(quick)) == (careful, dumped(careful))  # 1 and True are equal, and not the same


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(-9, 9) | st.text("ab额", max_size=4)))
def test_what_is_plain_is_taken(value: dict[str, Any]) -> None:
    """Given canonical bytes without an escape, then the short road takes them."""
    assert plain_statement(canonical_bytes(value)) == value


HASH = "ab" * 32
KEYS = ("enterprise:91310000PDY000271B", "vin:LB3A33H67RB002910")
HEADER = Header(
    HASH, 7, 2, HASH, "2026-01-05T02:00:00.000000Z",
    tuple(Subject(key, number, HASH) for number, key in enumerate(KEYS, start=9)),
    ("batch:x-1", "pair:x"), "VehicleRegistered",
)  # fmt: skip
DERIVED = Derived(KEYS, HEADER.tags)


def same(line: bytes) -> bool:
    """Say whether the short road takes a line; fail if it reads in it what the careful one does not."""
    [quick] = plain_headers([line])
    if quick is None or not quick.follows(DERIVED):
        return False
    header = parse_header(line)
    assert (header.tags, header.type) == (HEADER.tags, quick.type)
    assert (quick.envelope, int(quick.index), int(quick.item)) == (header.envelope, header.index, header.item)
    assert (quick.prev, quick.recorded_at) == (header.prev, header.recorded_at)
    assert tuple(Subject(*link) for link in quick.links) == header.subjects
    return True


def test_the_header_of_a_statement_is_taken() -> None:
    """Given the header that follows from a statement, then the short road takes it."""
    assert same(HEADER.line())
    none = HEADER._replace(subjects=(), tags=())
    [quick] = plain_headers([none.line()])
    assert quick is not None
    assert quick.follows(Derived((), ()))


@pytest.mark.parametrize("links", ['["', '["a:b",5', f'["a:b",5,"{HASH}"'])
def test_half_a_link_is_none(links: str) -> None:
    """Given a header in which a link lacks its end, then it is not taken."""
    none = HEADER._replace(subjects=(), tags=()).line()
    assert plain_headers([none.replace(b'"subjects":[]', f'"subjects":[{links}]'.encode())]) == [None]


def test_each_of_many_headers_is_read_as_by_itself() -> None:
    """Given headers among lines that are none, of no text and of two lines, when they are read together, then each is what it is by itself."""
    good = [HEADER._replace(index=index).line() for index in range(3)]
    odd = [b"", b"{}", b"\xff", good[0] + b"\n" + good[1], b"\n", good[0].replace(b"pair:x", b"\xe9\xa2\x9d")]
    for lines in (good, odd, good + odd, odd[:2] + good, []):
        assert plain_headers(lines) == [one for line in lines for one in plain_headers([line])]
        assert [one is not None for one in plain_headers(lines)] == [line in good for line in lines]


@given(st.data())
def test_a_header_is_read_alike(data: st.DataObject) -> None:
    """Given a header with bytes replaced, left out or put in, then what the short road takes the careful one takes too."""
    line = bytearray(HEADER.line())
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(line) - 1))
        stop = at + data.draw(st.integers(0, 1))
        line[at:stop] = bytes([data.draw(st.sampled_from(b'0129afAZ:,"\\[]{} -+.T\n\x00\x7f\xff'))])
    same(bytes(line))


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Vehicle registered"}, {"tags": ()}, {"tags": ("pair:x",)}, {"subjects": HEADER.subjects[:1]},
        {"subjects": HEADER.subjects[::-1]}, {"envelope": None, "item": None}, {"recorded_at": "2026-02-30T02:00:00.000000Z"},
    ],
)  # fmt: skip
def test_another_header_is_not_taken(change: dict[str, Any]) -> None:
    """Given a header that does not follow from the statement, is unsigned or of no day, then it is left to the careful road."""
    assert not same(HEADER._replace(**change).line())


def test_days_are_asked_alike() -> None:
    """Given every month and day from 00 to 39, then those that any year has are plain, and no other."""
    made = json.loads(history().statement("VehicleInfoCopied", {}))
    for month, day in itertools.product(range(14), range(40)):
        try:
            is_one = bool(date(2025, month, day))
        except ValueError:
            is_one = False
        statement = made | {"occurred_at": f"2025-{month:02}-{day:02}T10:00:00+08:00"}
        assert has_plain_members(statement) == is_one


@pytest.mark.parametrize(
    "change",
    [
        {}, {"id": "x"}, {"id": 1}, {"agency": "nobody"}, {"agency": []}, {"version": 0}, {"version": True},
        {"version": "1"}, {"attachments": {}}, {"body": []}, {"ledger": None}, {"type": 5}, {"more": 1},
        {"occurred_at": "2026-02-30T10:00:00+08:00"}, {"occurred_at": "2026-01-05T10:00:00"},
        {"occurred_at": "2026-01-05T24:00:00Z"}, {"occurred_at": "0001-01-01T00:00:00+08:00"}, {"occurred_at": None},
        {"occurred_at": "2026-01-05T10:00:00.1234567Z"}, {"occurred_at": "２026-01-05T10:00:00Z"},
    ],
)  # fmt: skip
def test_outer_members_are_asked_alike(change: dict[str, Any]) -> None:
    """Given a statement with a member changed, when it is plainly well-formed, then it is so."""
    made: Builder = history()
    statement = (
        json.loads(made.statement("EnterpriseRegistered", {"name": "示例", "uscc": EXPORTER})) | change
    )
    plain = has_plain_members(statement)
    header = HEADER._replace(type=str(statement["type"]))
    try:
        checked_statement(Entry(header, canonical_bytes(statement)))
    except Malformed:
        assert not plain
    else:
        assert plain == (change == {})
