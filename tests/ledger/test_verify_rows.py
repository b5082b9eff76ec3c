"""Entries that are looked at in rows: the answer is that of looking at each, whatever is wrong."""

import random
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.entry import parse_entry
from ledger.merkle import leaf_hash
from ledger.verification import Verification, look
from ledger.verification.ids import ID_BYTES, KnownBytes, StatementIds
from ledger.verification.look import Work
from ledger.verification.plain import APART, Plain, rows_of
from tests.support.bundles import found, verify_files
from tests.support.ledger_builder import EXPORTER, UPSTREAM, ZEROS, Builder, history


def one_by_one(
    _start: int, entries: Sequence[bytes], _stored: Sequence[bytes | None], _reader: object
) -> Iterator[bytes]:
    """Let every entry stand outside of rows."""
    return iter(entries)


def both(files: dict[str, bytes], anchor: bytes) -> Verification:
    """Verify in rows and entry by entry; return the answer, which is the same."""
    rows = verify_files(files, anchor, keep=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(look, "rows_of", one_by_one)
        alone = verify_files(files, anchor, keep=True)
    told = rows.to_json() | {"seconds": 0}
    assert told == alone.to_json() | {"seconds": 0}
    assert rows.state == alone.state
    return rows


def lot(made: Builder, count: int, uscc: str = EXPORTER) -> list[bytes]:
    return [
        made.statement("EnterpriseRegistered", {"name": f"示例 {len(made.entries)} {item}", "uscc": uscc})
        for item in range(count)
    ]


def long() -> Builder:
    """Return a ledger of three tiles in which nearly everything stands in rows."""
    made = history()
    for _ in range(5):
        made.enter(lot(made, 120), ["commerce-1"])
        made.enter(lot(made, 3, UPSTREAM), ["commerce-1"])
        made.commit_heads()
    return made


LONG = long()
FILES = LONG.files()


def test_nearly_everything_stands_in_rows() -> None:
    """Given a sound ledger, then only entries about keys, policy and the operator's own stand outside of rows."""
    leaves = [leaf_hash(data) for data in LONG.entries]
    outside = [one for one in rows_of(0, LONG.entries, leaves, None) if not isinstance(one, Plain)]
    kinds = {data.partition(b'"type":"')[2].partition(b'"')[0].decode() for data in outside}
    assert kinds <= APART
    rows = [one for one in rows_of(0, LONG.entries, leaves, None) if isinstance(one, Plain)]
    assert sum(row.entries for row in rows) + len(outside) == len(LONG.entries)
    assert len(outside) < 30
    assert both(dict(FILES), LONG.anchor()).breaks == ()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_any_flips_are_told_alike(seed: int) -> None:
    """Given bits flipped anywhere in the files of a ledger, then each is found, and told as without rows."""
    chance, files = random.Random(seed), dict(FILES)
    for _ in range(chance.randint(1, 3)):
        path = chance.choice(sorted(set(files) - {"anchor.json"}))
        data = bytearray(files[path])
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        files[path] = bytes(data)
    answer = both(files, LONG.anchor())
    assert (answer.breaks == ()) == (files == FILES)


def lying(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda header: header.update(members)


def links(change: Callable[[list[Any]], Any]) -> Callable[[dict[str, Any]], None]:
    def lie(header: dict[str, Any]) -> None:
        for link in header["subjects"]:
            change(link)

    return lie


LIES: dict[str, Callable[[dict[str, Any]], None]] = {
    "index": lambda header: header.update(index=header["index"] + 1),
    "prev": lying(prev=ZEROS),
    "time": lying(recorded_at="2026-01-05T00:00:00.000000Z"),
    "no day": lying(recorded_at="2026-02-30T00:00:00.000000Z"),
    "unsigned": lying(envelope=None, item=None),
    "another envelope": lying(envelope="ab" * 32),
    "item": lambda header: header.update(item=header["item"] + 1),
    "item beyond": lambda header: header.update(item=header["item"] + 900),
    "number": links(lambda link: link.__setitem__(1, link[1] + 1)),
    "link": links(lambda link: link.__setitem__(2, ZEROS)),
    "no subject": lying(subjects=[]),
    "a tag": lying(tags=["pair:x"]),
    "type": lying(type="QuotaReduced"),
}


@pytest.mark.parametrize("lie", list(LIES))
@pytest.mark.parametrize("at", [0, 1, 60, 119])
def test_a_lie_in_the_midst_of_a_row_is_told_alike(lie: str, at: int) -> None:
    """Given one entry of a lot whose header lies, rightly hashed, then it is found, and told as without rows."""
    made = history()
    statements = lot(made, 120)
    raw = made.envelope(statements, ["commerce-1"])
    turn = iter(range(120))
    made.enter(
        statements, ["commerce-1"], envelope=raw,
        lie=lambda header: LIES[lie](header) if next(turn) == at else None,
    )  # fmt: skip
    made.enter(lot(made, 50), ["commerce-1"])
    assert both(made.files(), made.anchor()).breaks != ()


def test_a_statement_that_comes_again_is_told_alike() -> None:
    """Given a statement entered twice, within a row or beyond a tile, then the second is replayed, told as without rows."""
    made = history()
    first, *others = lot(made, 300)
    start = len(made.entries)
    made.enter([first, *others[:3], first], ["commerce-1"])
    made.enter(others[3:], ["commerce-1"])
    made.enter([first], ["commerce-1"])
    answer = both(made.files(), made.anchor())
    assert found(answer) == [("replayed", start + 4), ("replayed", len(made.entries) - 1)]
    assert f"is that of entry {start}" in answer.breaks[0].detail


def test_a_signer_without_authority_is_told_alike() -> None:
    """Given lots signed by whom the type is not given, too late, or by an unknown key, then it is told as without rows."""
    made = history()
    made.enter(lot(made, 40), ["police-1"])
    made.enter(lot(made, 40), ["commerce-1"], signed_at="2025-01-01T00:00:00Z")
    made.enter(lot(made, 40), ["nobody-1"])
    made.enter([made.statement("Unheard", {}) for _ in range(1)], ["commerce-1"])
    assert len(both(made.files(), made.anchor()).breaks) >= 3


def test_lines_that_were_left_out_are_told_alike() -> None:
    """Given an envelope of which only the first lines were entered, then it is told as without rows."""
    made = history()
    statements = lot(made, 40)
    raw = made.envelope(statements, ["commerce-1"])
    start = len(made.entries)
    made.enter(statements[:30], ["commerce-1"], envelope=raw)
    made.enter(lot(made, 20), ["commerce-1"])
    assert found(both(made.files(), made.anchor())) == [("envelope", start)]


def test_a_reader_is_asked_once_of_each_row() -> None:
    """Given a reader, when entries are looked at, then it is asked of every row once, with its entries in order."""
    work = Work(LONG.entries, [], {}, 0, [], rows=True, reader=lambda start, told: (start, list(told)))
    rows = [one for one in look.look(work)[0] if isinstance(one, Plain)]
    for row in rows:
        start, told = row.said
        assert (start, len(told)) == (row.start, row.entries)
        for data, one in zip(LONG.entries[start : start + row.entries], told, strict=True):
            entry = parse_entry(data)
            assert one.statement == entry.statement
            assert (one.type, one.recorded_at) == (entry.header.type, entry.header.recorded_at)
            assert one.subjects == tuple(link.key for link in entry.header.subjects)


@given(st.lists(st.integers(0, 5), max_size=30))
def test_the_first_entry_with_an_id_is_known(numbers: list[int]) -> None:
    """Given ids some of which come again, of entries not all in a row, then each finds the first that had it."""
    ids, first = StatementIds(), dict[int, int]()
    for place, number in enumerate(numbers):
        index = place + 10 * (place // 4)
        wanted = first.setdefault(number, index)
        assert ids.enter(number.to_bytes(ID_BYTES, "big"), index) == wanted
    assert ids.saved() == b"".join(number.to_bytes(ID_BYTES, "big") for number in first)


def test_the_bytes_of_two_neighbours_are_no_value() -> None:
    """Given values of which a third lies across two, when it is looked for, then it is not there."""
    known, halves = KnownBytes(), [bytes([number]) * 8 for number in range(1, 40)]
    values = [one + two for one in halves for two in halves]
    assert all(known.add(value) for value in values)
    assert not any(known.add(value) for value in values)
    across = [value[1:] + value[:1] for value in values if value[:8] != value[8:]]
    assert [known.place(value) for value in across] == [None] * len(across)
    assert [known.place(value) for value in values] == list(range(len(values)))
    assert len(known) == len(values)


@given(st.lists(st.lists(st.integers(0, 30), max_size=6), max_size=12))
def test_values_are_entered_together_or_not_at_all(groups: list[list[int]]) -> None:
    """Given groups of values, when one has a value that is known or comes twice, then none of it is entered."""
    known, entered = KnownBytes(), list[bytes]()
    for group in groups:
        values = [sha256(bytes([number])).digest() for number in group]
        new = len({*entered, *values}) == len(entered) + len(values)
        assert known.add_new(values) == new
        entered += values if new else []
        assert bytes(known) == b"".join(entered)
        assert [known.place(value) for value in entered] == list(range(len(entered)))
