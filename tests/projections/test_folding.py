"""Entries as the views read them: what cannot be read stops them, and says where."""

import pytest

from ledger.entry import parse_entry
from projections.folding import ViewStopped, read_entry
from tests.support.ledger_builder import Builder


@pytest.mark.parametrize(
    "data",
    [b"", b"not an entry", b"[]\n{}", b'{"index":7}\n{}', b'{"index":"7"}\n{}', b"\xff\n{}"],
    ids=["empty", "no header", "a list", "members missing", "a text", "no UTF-8"],
)
def test_bytes_that_are_no_entry_stop_the_views(data: bytes) -> None:
    """Given bytes that are no entry, when read, then the views stop before it, whatever is wrong."""
    with pytest.raises(ViewStopped, match="before entry 7: not of the form of an entry") as stopped:
        read_entry(7, data)
    assert stopped.value.index == 7


def test_a_header_is_read_as_it_is_parsed() -> None:
    """Given the entries of a ledger, when read, then header, text and instant are those of the strict parser."""
    made = Builder()
    made.open()
    made.register_key("police-9", "police-9", ["police-1", "police-2"])
    made.commit_heads()
    for index, data in enumerate(made.entries):
        read, wanted = read_entry(index, data), parse_entry(data)
        assert (read.header, read.text) == (wanted.header, wanted.statement)
        assert read.recorded_at.isoformat() == wanted.header.recorded_at.replace("Z", "+00:00").replace(
            ".000000", ""
        )


def test_an_entry_in_the_place_of_another_stops_the_views() -> None:
    """Given an entry that says to stand elsewhere, when read, then the views stop."""
    made = Builder()
    made.open()
    with pytest.raises(ViewStopped, match="it says that it is entry 0"):
        read_entry(1, made.entries[0])
