"""The anchor file: canonical, strict, and not overwritten."""

import json
from pathlib import Path

import pytest

from ledger.anchor import parse_anchor, read_anchor, write_anchor
from ledger.canonical import Malformed
from tests.support.ledger_builder import ORIGIN, canonical, history, vkey


def _members(**changes: object) -> bytes:
    return canonical(json.loads(history().anchor()) | changes)


def test_an_anchor_is_written_and_read(tmp_path: Path) -> None:
    """Given an anchor, when written and read, then it is the same; and it is not written over."""
    anchor = parse_anchor(history().anchor())
    write_anchor(tmp_path / "anchor.json", anchor)
    assert read_anchor(tmp_path / "anchor.json") == anchor
    assert (tmp_path / "anchor.json").read_bytes() == history().anchor() + b"\n"
    with pytest.raises(FileExistsError):
        write_anchor(tmp_path / "anchor.json", anchor)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{}", b"[]", history().anchor() + b"\n\n", b" " + history().anchor(), b"x" * 10_000,
        _members(format="quota-ledger-anchor/2"), _members(more=1), _members(genesis="AB" * 32),
        _members(genesis=None), _members(origin="other.example/x"), _members(operator_key=f"{ORIGIN}+00000000+AQ=="),
        _members(operator_key=vkey("other.example/x", "operator")), _members(origin="https://a.example/b"),
    ],
)  # fmt: skip
def test_what_is_no_anchor_is_malformed(data: bytes) -> None:
    """Given bytes that are not a canonical anchor of one origin, when parsed, then they are malformed."""
    with pytest.raises(Malformed):
        parse_anchor(data)
