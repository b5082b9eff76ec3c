"""Export: the bundle of a store, whole or not at all, the same bytes each time."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.catalogue import CATALOGUE
from ledger.anchor import Anchor, parse_anchor
from ledger.bundle import open_bundle
from ledger.checkpoint import UnknownKeys
from ledger.export import ExportRefused, export_bundle
from ledger.verification import verify_source
from tests.support.ledger_builder import Builder, history


class _Store:
    """What an export reads, from a builder."""

    def __init__(self, made: Builder) -> None:
        self._made = made
        self.envelopes = {
            json.loads(made.entries[first].partition(b"\n")[0])["envelope"]: raw for first, raw in made.envelopes
        }  # fmt: skip

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        return iter(self._made.entries[start:stop])

    def envelope(self, digest: str) -> bytes | None:
        return self.envelopes.get(digest)


def _wide() -> Builder:
    """Return a ledger of 301 entries: a lot runs from the first bundle into the second."""
    made = Builder()
    made.open()
    made.enter([made.enterprise(id=f"00000000-0000-4000-8000-{n:012}") for n in range(300)], ["commerce-1"])
    return made


def _anchor(made: Builder) -> Anchor:
    return parse_anchor(made.anchor())


@pytest.mark.parametrize("made", [history(), _wide()], ids=["one bundle", "two bundles"])
def test_a_bundle_is_the_published_form_to_the_byte(made: Builder, tmp_path: Path) -> None:
    """Given a store, when exported, then each file is what a second program writes for the same ledger."""
    size = export_bundle(_Store(made), made.checkpoint(), _anchor(made), tmp_path / "out")
    wanted = made.files() | {"anchor.json": made.anchor() + b"\n"}
    written = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert size == len(made.entries)
    assert written == wanted


def test_an_archive_is_the_same_bytes_each_time_and_verifies(tmp_path: Path) -> None:
    """Given one ledger, when exported twice as zip, then the bytes agree and the bundle is intact."""
    made = _wide()
    told: list[tuple[int, int]] = []
    for name in ("one.zip", "two.zip"):
        export_bundle(
            _Store(made), made.checkpoint(), _anchor(made), tmp_path / name, lambda *step: told.append(step)
        )
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert told == [(256, 301), (301, 301)] * 2
    answer = verify_source(
        open_bundle(tmp_path / "one.zip"), anchor=_anchor(made), trusted=[], unanchored=False, lenient=True,
        types=CATALOGUE,
    )  # fmt: skip
    assert (answer.breaks, answer.exit_code) == ((), 0)


def test_an_earlier_checkpoint_exports_the_ledger_of_its_size(tmp_path: Path) -> None:
    """Given a checkpoint below the store's size, when exported, then the bundle ends there."""
    made = history()
    assert export_bundle(_Store(made), made.checkpoint(4), _anchor(made), tmp_path / "out") == 4
    answer = verify_source(
        open_bundle(tmp_path / "out"), anchor=_anchor(made), trusted=[], unanchored=False, lenient=True,
        types=CATALOGUE,
    )  # fmt: skip
    assert (answer.size, answer.exit_code) == (4, 0)


@pytest.mark.parametrize("name", ["full", "file", "there.zip", "file/below"])
def test_a_place_that_is_taken_is_refused(tmp_path: Path, name: str) -> None:
    """Given something at the place, when exported there, then it is refused and left as it is."""
    (tmp_path / "full").mkdir()
    for file in (tmp_path / "full" / "x", tmp_path / "file", tmp_path / "there.zip"):
        file.write_bytes(b"kept")
    before = sorted(tmp_path.rglob("*"))
    made = history()
    with pytest.raises(ExportRefused):
        export_bundle(_Store(made), made.checkpoint(), _anchor(made), tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_is_a_place(tmp_path: Path) -> None:
    """Given an empty folder, when exported there, then the bundle stands in it."""
    made = history()
    (tmp_path / "out").mkdir()
    export_bundle(_Store(made), made.checkpoint(), _anchor(made), tmp_path / "out")
    assert (tmp_path / "out" / "checkpoint").read_bytes() == made.checkpoint()


@pytest.mark.parametrize("out", ["out", "out.zip"])
def test_what_fails_leaves_nothing_behind(tmp_path: Path, out: str) -> None:
    """Given a store without an entry or envelope, or with others, when exported, then nothing is written."""
    made, cut, other, torn = history(), history(), history(), history()
    stores = [_Store(made), _Store(cut), _Store(other), _Store(torn)]
    stores[0].envelopes.popitem()
    cut.entries.pop()
    other.entries[7] += b" "
    torn.entries[7] = b"no entry"
    for store in stores:
        with pytest.raises(ExportRefused):
            export_bundle(store, made.checkpoint(), _anchor(made), tmp_path / out)
    with pytest.raises(UnknownKeys):
        export_bundle(_Store(made), made.checkpoint(seed="someone"), _anchor(made), tmp_path / out)
    assert list(tmp_path.iterdir()) == []
