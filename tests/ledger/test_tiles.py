"""ledger.tiles: paths and bundles of tlog-tiles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import Malformed
from ledger.tiles import (
    MAX_ENTRY_BYTES,
    decode_entries,
    decode_envelopes,
    encode_entries,
    encode_envelopes,
    entries_path,
    envelopes_path,
    parse_number,
    tile_path,
)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (tile_path(0, 0), "tile/0/000"),
        (tile_path(0, 0, 8), "tile/0/000.p/8"),
        (tile_path(63, 999, 255), "tile/63/999.p/255"),
        (tile_path(1, 1000, 256), "tile/1/x001/000"),
        (tile_path(0, 1234067, 1), "tile/0/x001/x234/067.p/1"),
        (tile_path(0, 10**9), "tile/0/x001/x000/x000/000"),
        (entries_path(273, 112), "tile/entries/273.p/112"),
        (entries_path(1234067), "tile/entries/x001/x234/067"),
        (envelopes_path(0, 8), "envelopes/000.p/8"),
        (envelopes_path(1000), "envelopes/x001/000"),
    ],
)
def test_paths(path: str, wanted: str) -> None:
    """Given a number and a width, when the path is made, then it is grouped and marked as specified."""
    assert path == wanted


@given(st.integers(0, 10**12))
def test_numbers_come_back_from_their_paths(number: int) -> None:
    """Given any number, when its path is read back, then no other number has that path."""
    groups = entries_path(number).removeprefix("tile/entries/").split("/")
    assert all(group[0] == "x" and len(group) == 4 for group in groups[:-1])
    assert len(groups[-1]) == 3
    assert int("".join(group.removeprefix("x") for group in groups)) == number
    assert len(groups) == 1 or groups[0] != "x000"


@pytest.mark.parametrize(
    ("level", "number", "width"), [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_no_such_tile(level: int, number: int, width: int) -> None:
    """Given a level, number or width that cannot be, when the path is asked, then there is none."""
    with pytest.raises(ValueError, match="tile"):
        tile_path(level, number, width)


def test_worked_example() -> None:
    """Given two records, when they are bundled, then each follows its big-endian length."""
    assert encode_entries([b"one", b"three"]) == b"\x00\x03one\x00\x05three"
    assert decode_entries(b"\x00\x03one\x00\x05three", 0, 2) == [b"one", b"three"]
    assert encode_envelopes([b"one", b"three"]) == b"\x00\x00\x00\x03one\x00\x00\x00\x05three"
    assert decode_envelopes(b"\x00\x00\x00\x03one\x00\x00\x00\x05three", 0, 7) == [b"one", b"three"]


@given(st.lists(st.binary(max_size=600), max_size=256))
def test_any_bundle_comes_back(records: list[bytes]) -> None:
    """Given any records, when they are bundled and read, then they are the same."""
    assert decode_entries(encode_entries(records), 5, len(records)) == records
    assert decode_envelopes(encode_envelopes(records), 5) == records


def test_the_longest_entry() -> None:
    """Given entries of 65,535 bytes and of one more, when they are bundled, then only the first fits."""
    longest = bytes(MAX_ENTRY_BYTES)
    assert decode_entries(encode_entries([longest]), 0, 1) == [longest]
    with pytest.raises(Malformed, match="record 1 has 65536 bytes"):
        encode_entries([b"", bytes(MAX_ENTRY_BYTES + 1)])
    assert decode_envelopes(encode_envelopes([bytes(70_000)]), 0) == [bytes(70_000)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "entry bundle 7: it ends at byte 0 with 0 entries, 2 are wanted"),
        (b"\x00\x01a", "it ends at byte 3 with 1 entries, 2 are wanted"),
        (b"\x00\x01a\x00", "record 1 at byte 3 reaches beyond the end"),
        (b"\x00\x01a\x00\x02b", "record 1 at byte 3 reaches beyond the end"),
        (b"\x00\x01a\x00\x01b\x00", "more than 2 records, the next begins at byte 6"),
        (b"\x00\x01a\x00\x01b\x00\x01c", "more than 2 records, the next begins at byte 6"),
    ],
)
def test_malformed_entry_bundles(data: bytes, said: str) -> None:
    """Given a bundle whose lengths do not add up, when it is read, then number and offset are named."""
    with pytest.raises(Malformed, match=said):
        decode_entries(data, 7, 2)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x00\x00\x00", "envelope bundle 7: record 0 at byte 0"),
        (b"\x00\x00\x00\x02a", "envelope bundle 7: record 0 at byte 0"),
        (b"\xff\xff\xff\xffa", "envelope bundle 7: record 0 at byte 0"),
        (bytes(4 * 257), "more than 256 records, the next begins at byte 1024"),
    ],
)
def test_malformed_envelope_bundles(data: bytes, said: str) -> None:
    """Given a bundle whose lengths do not add up, when it is read, then number and offset are named."""
    with pytest.raises(Malformed, match=said):
        decode_envelopes(data, 7)


@pytest.mark.parametrize("number", [0, 7, 999, 1000, 1_234_067, 2**53])
@pytest.mark.parametrize("width", [1, 99, 255, 256])
def test_numbers_are_read_back(number: int, width: int) -> None:
    """Given a number and a width, when the end of a path is read, then they are the same."""
    assert parse_number(entries_path(number, width).removeprefix("tile/entries/")) == (number, width)


@pytest.mark.parametrize(
    "text",
    ["", "0", "00", "0000", "x000/000", "000/000", "x001/x002", "000.p", "000.p/", "000.p/0", "000.p/256", "000.p/01",
     "000.p/-1", "000.P/1", " 000", "000\n", "٠٠٠", "x1/000", "x999/" * 7 + "999"],
)  # fmt: skip
def test_one_way_to_write_a_number(text: str) -> None:
    """Given another way to write a number, when it is read, then it is malformed."""
    with pytest.raises(Malformed):
        parse_number(text)
