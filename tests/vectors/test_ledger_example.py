"""The published example of a whole bundle: intact under its anchor, and any changed byte breaks it."""

import os
from pathlib import Path

import pytest

from domain.catalogue import CATALOGUE
from ledger.anchor import read_anchor
from ledger.bundle import BundleSource, open_bundle
from ledger.verification import Verification, verify_source
from tests.support.bundles import MemoryFiles, found

pytestmark = pytest.mark.vectors

_PARTS = 16


@pytest.fixture(scope="module")
def folder() -> Path:
    return Path(os.environ["QUOTA_LEDGER_VECTORS"]) / "ledger-example"


@pytest.fixture(scope="module")
def files(folder: Path) -> dict[str, bytes]:
    """The four files; the anchor is the verifier's own."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != "anchor.json"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _verify(source: BundleSource, folder: Path) -> Verification:
    return verify_source(
        source, anchor=read_anchor(folder / "anchor.json"), trusted=[], unanchored=False, lenient=False,
        types=CATALOGUE,
    )  # fmt: skip


def test_the_example_is_intact(folder: Path) -> None:
    """Given the example as it is published, when verified under its anchor, then integrity is INTACT."""
    answer = _verify(open_bundle(folder), folder)
    assert (answer.integrity, answer.size, answer.exit_code) == ("INTACT", 8, 6)
    assert answer.to_json()["root"] == "zX4XDq/cyVliNiXxOTjsES12cBTWsQXodRRK+VeS6oA="


@pytest.mark.parametrize("part", range(_PARTS))
def test_any_changed_byte_breaks_it(folder: Path, files: dict[str, bytes], part: int) -> None:
    """Given one bit of any byte changed, then one break with its place, or a checkpoint of another key."""
    assert len(files) == 4
    places = [(path, at) for path in sorted(files) for at in range(len(files[path]))]
    for path, at in places[part::_PARTS]:
        changed = bytearray(files[path])
        changed[at] ^= 1 << at % 8
        answer = _verify(BundleSource(MemoryFiles(files | {path: bytes(changed)})), folder)
        assert len(answer.breaks) == 1, (path, at, answer.breaks)
        if answer.exit_code == 4:
            assert path == "checkpoint"
            assert found(answer) == [("inconsistent", None)]
        else:
            assert answer.exit_code == 1
            assert (answer.breaks[0].index is None) == (path == "checkpoint")
