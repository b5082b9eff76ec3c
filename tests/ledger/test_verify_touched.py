"""Whom a break touches: the enterprises and cars of the entries at which something is broken."""

from collections.abc import Mapping

import pytest

from ledger.source import Break
from ledger.verification.touched import MAX_NAMED, note_touched
from tests.support.bundles import verify_built, verify_files
from tests.support.ledger_builder import EXPORTER, UPSTREAM, Builder, history

ENTRIES = "tile/entries/000.p/8"
MINE, THEIRS = f"enterprise:{EXPORTER}", f"enterprise:{UPSTREAM}"


def _told(files: Mapping[str, bytes]) -> list[str]:
    """Return the notes about whom breaks touch."""
    return [note for note in verify_files(files, history().anchor()).notes if note.startswith("touched")]


@pytest.mark.parametrize(
    ("index", "named"), [(2, MINE), (3, THEIRS), (4, f"{THEIRS}, {MINE}"), (7, "no enterprise and no car")]
)
def test_the_enterprises_of_a_changed_entry_are_named(index: int, named: str) -> None:
    """Given a byte changed in one entry, when verified, then the note names those whom it concerns, no others."""
    made = history()
    files = made.files()
    changed = made.entries[index][:-12] + b"}" * 12
    files[ENTRIES] = files[ENTRIES].replace(made.entries[index], changed)
    assert _told(files) == [f"touched by what is broken at 1 entries: {named}"]


def test_who_stands_in_header_or_statement_alone_is_named() -> None:
    """Given a header that hides an enterprise and names another, when verified, then both are touched."""
    made = Builder()
    made.open()
    lie = {"subjects": [[THEIRS, 1, "0" * 64]]}
    made.enter([made.enterprise(EXPORTER)], ["commerce-1"], lie=lambda header: header.update(lie))
    (note,) = [note for note in verify_built(made).notes if note.startswith("touched")]
    assert note.endswith(f": {THEIRS}, {MINE}")


def test_entries_that_are_lost_may_touch_others() -> None:
    """Given no entries, when verified, then the note says that nobody knows whom they touch."""
    files = history().files()
    del files[ENTRIES]
    (note,) = _told(files)
    assert note.endswith("; 1 of these entries cannot be read and may touch others")


def test_a_sound_ledger_and_one_against_its_anchor_touch_nobody() -> None:
    """Given no break, or one against the anchor, when verified, then nobody is named."""
    assert _told(history().files()) == []
    other = Builder()
    other.now = other.now.replace(hour=1)
    other.open()
    assert _told(other.files()) == []


def test_at_most_fifty_are_named_and_the_others_counted() -> None:
    """Given breaks at entries of 53 cars, then 50 are named and 3 counted."""
    made = Builder()
    made.open()
    cars = [f"vin:LSVAB6189R20{number:05}" for number in range(MAX_NAMED + 3)]
    made.refuse(b"refused", "commerce-1", 1, concerns=cars)
    (note,) = note_touched([Break("leaf", 1, "…")], enumerate(made.entries))
    assert note.endswith(f"{cars[MAX_NAMED - 1]} and 3 more")
    assert note.count("vin:") == MAX_NAMED
