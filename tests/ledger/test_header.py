"""The pattern of a header and the parser that goes step by step take the same lines and read the same in them."""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from ledger.canonical import MAX_INTEGER, Malformed
from ledger.entry import ZERO_HASH
from ledger.header import Header, Subject, _at_once, _step_by_step, parse_header

HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
# What is escaped or nearly so, what sorts around it, and what has more than one byte.
TEXTS = st.text(alphabet='ab"\\/\x7f\x80额\U0001f697 :[],', max_size=6)
KEYS = st.from_regex(r"\A[a-c]{1,2}:[!-~]{1,150}\Z")
NUMBERS = st.integers(1, 12) | st.integers(MAX_INTEGER - 1, MAX_INTEGER)
INSTANTS = st.datetimes().map(
    lambda moment: moment.strftime("%Y").zfill(4) + moment.strftime("-%m-%dT%H:%M:%S.%fZ")
)


@st.composite
def headers(draw: st.DrawFn) -> Header:
    keys = sorted(draw(st.sets(KEYS, max_size=3)))
    signed = draw(st.booleans())
    return Header(
        draw(HASHES) if signed else None,
        draw(st.just(0) | NUMBERS),
        draw(NUMBERS) if signed else None,
        draw(HASHES),
        draw(INSTANTS),
        tuple(Subject(key, draw(NUMBERS), draw(HASHES)) for key in keys),
        tuple(sorted(draw(st.sets(TEXTS, max_size=3)))),
        draw(TEXTS),
    )


@st.composite
def nearly(draw: st.DrawFn) -> bytes:
    """A header's line with a byte or two replaced, left out or put in."""
    line = bytearray(draw(headers()).line())
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(line) - 1))
        stop = at + draw(st.integers(0, 1))
        line[at:stop] = draw(st.sampled_from([*b'09afAZ:,"\\[]{} -+.T\n\x00\x1f\x7f\xff'])).to_bytes(
            1, "big"
        ) * draw(st.integers(0, 2))
    return bytes(line)


def dumped(**change: Any) -> bytes:
    """Return the canonical line of a header with members that no ``Header`` would have."""
    whole: dict[str, Any] = {
        "envelope": None, "index": 0, "item": None, "prev": ZERO_HASH, "recorded_at": "2026-01-05T02:00:00.000000Z",
        "subjects": [], "tags": [], "type": "T", "v": 1,
    }  # fmt: skip
    return json.dumps(whole | change, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@given(headers())
def test_every_header_is_taken_at_once(header: Header) -> None:
    """Given any header, texts with escapes too, when its line is parsed, then the pattern takes it and reads it."""
    line = header.line()
    assert _at_once(line) == header == _step_by_step(line)


@given(nearly())
@example(dumped(index=MAX_INTEGER + 1))
@example(dumped(envelope=ZERO_HASH, item=MAX_INTEGER + 1))
@example(dumped(envelope=ZERO_HASH))
@example(dumped(item=1))
@example(dumped(recorded_at="2026-02-29T02:00:00.000000Z"))
@example(dumped(recorded_at="2026-02-28T24:00:00.000000Z"))
@example(dumped(recorded_at="2026-02-28T02:00:00.00000٣Z"))
@example(dumped(index=True))
@example(dumped(v=True))
@example(dumped(subjects=[["a:b", MAX_INTEGER + 1, ZERO_HASH]]))
@example(dumped(subjects=[["a:b", 1, ZERO_HASH]] * 2))
@example(dumped(subjects=[[f"a:{n:03}", 1, ZERO_HASH] for n in range(251)]))
@example(dumped(subjects=[["a:" + '"' * 151, 1, ZERO_HASH]]))
@example(dumped(subjects=[]).replace(b'"subjects":[]', b'"subjects":[["]'))
@example(dumped(subjects=[]).replace(b'"subjects":[]', b'"subjects":[["a:b",5]'))
@example(dumped(subjects=[["a:b", 5, ZERO_HASH]]).replace(b'"]],', b'"],'))
@example(dumped(tags=["b", "a"]))
@example(dumped(tags=["x" * 65_000] * 2))
def test_what_is_no_header_is_not_taken_at_once(line: bytes) -> None:
    """Given a line that is nearly a header, when parsed, then both parsers say the same of it."""
    try:
        wanted = _step_by_step(line)
    except Malformed:
        assert _at_once(line) is None
    else:
        assert _at_once(line) == wanted == parse_header(line)
