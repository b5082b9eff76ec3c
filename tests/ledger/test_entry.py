"""Entries: whom a statement concerns, the header line, and a worked example computed a second time."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import Malformed, canonical_bytes
from ledger.entry import (
    MAX_ENTRY_BYTES,
    MAX_STATEMENT_BYTES,
    ZERO_HASH,
    Header,
    Subject,
    derive,
    encode_entry,
    parse_entry,
    parse_header,
    parse_statement,
)
from ledger.merkle import leaf_hash

E = "91310115PDY00001XD"
U = "91310114PDY000028Y"
PAIR = f"{E}-{U}-1"
VIN = "LSVAB6189R2012345"

HEADER = Header(
    envelope="ab" * 32,
    index=17,
    item=1,
    prev="cd" * 32,
    recorded_at="2026-01-05T02:00:00.123456Z",
    subjects=(
        Subject(f"enterprise:{U}", 9, "01" * 32),
        Subject(f"enterprise:{E}", 5, "02" * 32),
        Subject(f"vin:{VIN}", 1, ZERO_HASH),
    ),
    tags=(f"batch:{PAIR}-2", f"pair:{PAIR}"),
    type="VehicleRegistered",
)


def keys_of(body: object, kind: str = "Any") -> tuple[list[str], list[str]]:
    """Return the subjects and the tags of a body."""
    derived = derive({"type": kind, "body": body})
    return list(derived.subjects), list(derived.tags)


# --- subjects and tags ---


@pytest.mark.parametrize("name", ["uscc", "owner_uscc", "from_uscc", "to_uscc", "exporter_uscc"])
def test_an_enterprise_code_is_a_subject(name: str) -> None:
    """Given a member uscc or *_uscc, then its enterprise is a subject and there is no tag."""
    assert keys_of({name: E}) == ([f"enterprise:{E}"], [])


@pytest.mark.parametrize("name", ["usccs", "applicants", "seals"])
def test_a_list_of_enterprise_codes_is_subjects(name: str) -> None:
    """Given a list of codes, then each is a subject once, in byte order."""
    assert keys_of({name: [E, U, E]}) == ([f"enterprise:{U}", f"enterprise:{E}"], [])


@pytest.mark.parametrize(
    ("name", "value", "tags"),
    [
        ("pair_id", PAIR, [f"pair:{PAIR}"]),
        ("batch_id", f"{PAIR}-2", [f"batch:{PAIR}-2", f"pair:{PAIR}"]),
        ("line_id", f"{PAIR}-2-30", [f"batch:{PAIR}-2", f"pair:{PAIR}"]),
        ("app_id", f"{PAIR}-q4", [f"pair:{PAIR}"]),
    ],
)
def test_an_identifier_names_its_enterprises_pair_and_batch(name: str, value: str, tags: list[str]) -> None:
    """Given a pair, batch, line or app id, then it says by itself whom and what it concerns."""
    assert keys_of({name: value}) == ([f"enterprise:{U}", f"enterprise:{E}"], tags)


def test_vins_are_subjects() -> None:
    """Given vin and vins, then each car is a subject."""
    other = VIN[:-1] + "6"
    assert keys_of({"vin": VIN, "vins": [other, VIN]}) == ([f"vin:{VIN}", f"vin:{other}"], [])


def test_concerns_are_taken_whole() -> None:
    """Given the keys in a concerns, then they are the subjects, reserved ones too."""
    concerns = [f"vin:{VIN}", "ledger:policy", f"enterprise:{E}"]
    assert keys_of({"concerns": concerns}) == (sorted(concerns), [])


def test_a_case_is_a_tag_alone() -> None:
    """Given a case id, then it is a tag and concerns nobody by itself."""
    assert keys_of({"case_id": "C.2026_1-a", "usccs": [E]}) == ([f"enterprise:{E}"], ["case:C.2026_1-a"])


@pytest.mark.parametrize("place", ["lines", "vehicles", "replacement"])
def test_keys_are_found_at_any_depth(place: str) -> None:
    """Given lines, vehicles or a replacement, then what stands inside counts like what stands above."""
    inner = {"vin": VIN, "line_id": f"{PAIR}-2-1", "case_id": "c"}
    for body in ({place: [inner]}, {place: inner}, {place: {"lines": [{"x": [[inner]]}]}}):
        assert keys_of(body) == (
            [f"enterprise:{U}", f"enterprise:{E}", f"vin:{VIN}"],
            [f"batch:{PAIR}-2", "case:c", f"pair:{PAIR}"],
        )


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("LedgerOpened", "ledger:keys"),
        ("AgencyKeyRegistered", "ledger:keys"),
        ("AgencyKeyRevoked", "ledger:keys"),
        ("PolicyVersionPublished", "ledger:policy"),
        ("HolidayCalendarPublished", "ledger:policy"),
        ("HeadsCommitted", None),
        ("SubmissionRefused", None),
    ],
)
def test_keys_and_policy_have_their_own_history(kind: str, subject: str | None) -> None:
    """Given each type about keys or policy, then its reserved subject stands beside what the body names."""
    assert keys_of({}, kind) == ([subject] if subject else [], [])
    assert keys_of({"uscc": E}, kind) == ([f"enterprise:{E}", *([subject] if subject else [])], [])


@pytest.mark.parametrize(
    "body",
    [
        {"uscc": E.lower()},
        {"uscc": E[:-1]},
        {"uscc": E + "1"},
        {"uscc": E + "\n"},
        {"uscc": E.replace("P", "I")},
        {"uscc": 5},
        {"uscc": None},
        {"vin": VIN.replace("L", "O")},
        {"vin": VIN[:-1]},
        {"vin": VIN.lower()},
        {"vin": VIN.replace("L", "Ｌ")},
        {"pair_id": f"{PAIR}-1"},
        {"pair_id": f"{E}-{U}-0"},
        {"pair_id": f"{E}-{U}-01"},
        {"pair_id": f"{E}-{U}"},
        {"batch_id": PAIR},
        {"line_id": f"{PAIR}-1"},
        {"app_id": PAIR},
        {"app_id": f"{PAIR}-q0"},
        {"case_id": "a b"},
        {"case_id": ""},
        {"case_id": "x" * 65},
        {"concerns": ["nokey", "Vin:x", "vin:", "vin:a b", "vin:" + "x" * 151]},
        {"name": E, "vin_list_sha256": VIN, "xuscc": E, "uscc_": E, "my_vin": VIN},
        {E: VIN},
        None,
        [],
    ],
)
def test_what_is_not_of_the_form_is_no_key(body: object) -> None:
    """Given other members, or values that are no code, then nobody is concerned."""
    assert keys_of(body) == ([], [])


def test_only_the_body_is_looked_at() -> None:
    """Given codes outside the body, then they concern nobody; a type that is no text neither."""
    statement = {"type": 5, "uscc": E, "attachments": [{"vin": VIN}], "body": {}}
    assert derive(statement) == derive({"body": {}}) == derive({})


# --- the header line ---


def test_a_worked_example_computed_with_hashlib_and_json_alone() -> None:
    """Given a statement and its place, then entry and leaf hash are what a few lines of Python make of them."""
    body = {"line_id": f"{PAIR}-2-1", "owner_uscc": U, "service_point": "外高桥口岸", "vin": VIN}
    whole = {"agency": "police", "attachments": [], "body": body, "type": "VehicleRegistered", "version": 1}
    header = {
        "v": 1,
        "type": "VehicleRegistered",
        "envelope": "ab" * 32,
        "item": 1,
        "index": 17,
        "prev": "cd" * 32,
        "recorded_at": "2026-01-05T02:00:00.123456Z",
        "subjects": [[f"enterprise:{U}", 9, "01" * 32], [f"enterprise:{E}", 5, "02" * 32], [f"vin:{VIN}", 1, "0" * 64]],
        "tags": [f"batch:{PAIR}-2", f"pair:{PAIR}"],
    }  # fmt: skip
    lines = [
        json.dumps(x, sort_keys=True, ensure_ascii=False, separators=(",", ":")) for x in (header, whole)
    ]
    expected = "\n".join(lines).encode()

    entry = encode_entry(HEADER, canonical_bytes(whole))

    assert entry == expected
    assert leaf_hash(entry) == hashlib.sha256(b"\0" + expected).digest()
    assert derive(whole).subjects == tuple(subject.key for subject in HEADER.subjects)
    assert derive(whole).tags == HEADER.tags


def test_the_header_line_is_this_text() -> None:
    """Given the smallest header, then its line is written out here to the byte."""
    header = Header(None, 0, None, ZERO_HASH, "2026-01-05T02:00:00.000000Z", (), (), "T")
    assert header.line().decode() == (
        '{"envelope":null,"index":0,"item":null,"prev":"' + "0" * 64 + '",'
        '"recorded_at":"2026-01-05T02:00:00.000000Z","subjects":[],"tags":[],"type":"T","v":1}'
    )
    assert parse_header(header.line()) == header


@given(
    index=st.integers(0, 2**53 - 1),
    item=st.none() | st.integers(1, 1000),
    numbers=st.dictionaries(st.from_regex(r"[a-z]{1,9}:[!-~]{1,20}", fullmatch=True), st.integers(1, 10**6)),
    tags=st.sets(st.text("abc:-1", max_size=9)),
    instant=st.datetimes(),
    statement=st.binary(max_size=50),
)
def test_what_is_encoded_is_parsed_back(
    index: int, item: int | None, numbers: dict[str, int], tags: set[str], instant: Any, statement: bytes
) -> None:
    """Given any header and any bytes after it, newlines too, then the entry gives both back."""
    header = Header(
        envelope=None if item is None else "ef" * 32,
        index=index,
        item=item,
        prev="ab" * 32,
        recorded_at=instant.isoformat(timespec="microseconds") + "Z",
        subjects=tuple(Subject(key, numbers[key], "cd" * 32) for key in sorted(numbers)),
        tags=tuple(sorted(tags)),
        type="T",
    )
    entry = parse_entry(encode_entry(header, statement))
    assert (entry.header, entry.statement) == (header, statement)


def changed(**members: Any) -> bytes:
    """Return the header line with some members replaced; ``...`` leaves one out."""
    whole = json.loads(HEADER.line()) | members
    return canonical_bytes({name: value for name, value in whole.items() if value is not ...})


SUBJECT = ["vin:" + VIN, 1, ZERO_HASH]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"v": 2}, "version"),
        ({"v": True}, "version"),
        ({"v": "1"}, "version"),
        ({"v": ...}, "'v'"),
        ({"flags": []}, "'flags'"),
        ({"tags": ..., "tag": []}, "'tag', 'tags'"),
        ({"envelope": None}, "null together"),
        ({"item": None}, "null together"),
        ({"envelope": "AB" * 32}, "envelope"),
        ({"envelope": "ab" * 31}, "envelope"),
        ({"envelope": 5}, "envelope"),
        ({"item": 0}, "item"),
        ({"item": True}, "item"),
        ({"item": "1"}, "item"),
        ({"index": -1}, "index"),
        ({"index": False}, "index"),
        ({"index": None}, "index"),
        ({"prev": None}, "prev"),
        ({"prev": "0" * 65}, "prev"),
        ({"recorded_at": 5}, "recorded_at"),
        ({"recorded_at": "2026-01-05T02:00:00Z"}, "recorded_at"),
        ({"recorded_at": "2026-01-05T02:00:00.12345Z"}, "recorded_at"),
        ({"recorded_at": "2026-01-05T02:00:00.1234567Z"}, "recorded_at"),
        ({"recorded_at": "2026-01-05T02:00:00.123456+00:00"}, "recorded_at"),
        ({"recorded_at": "2026-01-05 02:00:00.123456Z"}, "recorded_at"),
        ({"recorded_at": "2026-01-05T02:00:00.123456z"}, "recorded_at"),
        ({"recorded_at": "２026-01-05T02:00:00.123456Z"}, "recorded_at"),
        ({"recorded_at": "2026-02-30T02:00:00.123456Z"}, "no instant"),
        ({"recorded_at": "2026-01-05T24:00:00.000000Z"}, "recorded_at"),
        ({"recorded_at": "2026-01-05T23:59:60.000000Z"}, "no instant"),
        ({"type": None}, "type"),
        ({"subjects": None}, "subjects"),
        ({"subjects": ["vin:" + VIN]}, "not \\[key"),
        ({"subjects": [SUBJECT[:2]]}, "not \\[key"),
        ({"subjects": [[*SUBJECT, 1]]}, "not \\[key"),
        ({"subjects": [["VIN:x", 1, ZERO_HASH]]}, "subject key"),
        ({"subjects": [["vin:", 1, ZERO_HASH]]}, "subject key"),
        ({"subjects": [["vin:" + "x" * 151, 1, ZERO_HASH]]}, "subject key"),
        ({"subjects": [[5, 1, ZERO_HASH]]}, "subject key"),
        ({"subjects": [["vin:x", 0, ZERO_HASH]]}, "subject number"),
        ({"subjects": [["vin:x", 1, "0"]]}, "subject leaf hash"),
        ({"subjects": [SUBJECT, SUBJECT]}, "twice"),
        ({"subjects": [["vin:b", 1, ZERO_HASH], ["vin:a", 1, ZERO_HASH]]}, "out of order"),
        ({"subjects": [[f"vin:{n:03}", 1, ZERO_HASH] for n in range(251)]}, "250"),
        ({"tags": None}, "tags"),
        ({"tags": [1]}, "tags"),
        ({"tags": ["b", "a"]}, "tags"),
        ({"tags": ["a", "a"]}, "tags"),
    ],
)
def test_a_header_out_of_form_is_malformed(change: dict[str, Any], reason: str) -> None:
    """Given a header with one thing wrong, then it is refused and the message says what."""
    with pytest.raises(Malformed, match=reason):
        parse_header(changed(**change))


def test_the_bounds_of_a_header_are_in_it() -> None:
    """Given 250 subjects and keys of 150 characters, then the header is parsed."""
    keys = [f"vin:{n:03}" for n in range(249)] + ["vin:x" + "y" * 149]
    assert len(parse_header(changed(subjects=[[key, 1, ZERO_HASH] for key in keys])).subjects) == 250


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", HEADER.line() + b" ", b" " + HEADER.line(), b"\xff"])
def test_a_line_that_is_no_header_is_malformed(line: bytes) -> None:
    """Given other bytes, white space too, then they are no header, alone and before a statement."""
    with pytest.raises(Malformed):
        parse_header(line)
    with pytest.raises(Malformed):
        parse_entry(line + b"\n{}")


def test_an_entry_needs_its_newline() -> None:
    """Given a header without a newline, then it is no entry."""
    with pytest.raises(Malformed, match="newline"):
        parse_entry(HEADER.line())


def test_an_entry_has_65535_bytes_at_most() -> None:
    """Given a statement that fills the entry, then it passes; one byte more is refused both ways."""
    room = MAX_ENTRY_BYTES - len(HEADER.line()) - 1
    assert len(parse_entry(encode_entry(HEADER, b"x" * room)).statement) == room
    with pytest.raises(Malformed, match="65536 bytes"):
        encode_entry(HEADER, b"x" * (room + 1))
    with pytest.raises(Malformed, match="65536 bytes"):
        parse_entry(HEADER.line() + b"\n" + b"x" * (room + 1))


def test_a_statement_has_44_kib_at_most_and_is_canonical() -> None:
    """Given a statement of 44 KiB, then it is parsed; longer or in another form it is malformed."""
    filler = MAX_STATEMENT_BYTES - len('{"a":""}')
    assert parse_statement(b'{"a":"%b"}' % (b"x" * filler))["a"] == "x" * filler
    with pytest.raises(Malformed, match="statement: 45057 bytes"):
        parse_statement(b'{"a":"%b"}' % (b"x" * (filler + 1)))
    with pytest.raises(Malformed, match="statement: not canonical"):
        parse_statement(b'{"a": 1}')


def test_a_header_line_differs_when_any_member_does() -> None:
    """Given a header, when one member changes, then the line and so the leaf hash changes."""
    others = [
        HEADER._replace(index=18), HEADER._replace(item=2), HEADER._replace(prev=ZERO_HASH),
        HEADER._replace(envelope=ZERO_HASH), HEADER._replace(tags=()), HEADER._replace(type="T"),
        HEADER._replace(subjects=HEADER.subjects[1:]), HEADER._replace(recorded_at="2026-01-05T02:00:00.123457Z"),
    ]  # fmt: skip
    assert len({leaf_hash(encode_entry(header, b"{}")) for header in [HEADER, *others]}) == 9
