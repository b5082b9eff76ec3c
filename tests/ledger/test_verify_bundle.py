"""Damage to the files of a bundle that nobody signed over: every byte, and whole files."""

from hashlib import sha256
from pathlib import Path

import pytest

from ledger.anchor import parse_anchor
from ledger.bundle import BundleSource, open_bundle
from ledger.source import Unreadable
from ledger.verification import unreadable, verify_source
from tests.support.bundles import RULES, MemoryFiles, found, verify_files
from tests.support.ledger_builder import Builder, history


def _small() -> Builder:
    """Return the smallest ledger with every kind of file: two entries."""
    made = Builder()
    made.open()
    made.commit_heads()
    return made


@pytest.mark.parametrize("part", range(8))
def test_every_byte_counts(part: int) -> None:
    """Given any one byte changed, when verified, then exit 1, or 4 where the checkpoint's signer changed."""
    made = _small()
    files, anchor = made.files(), made.anchor()
    places = [(path, at) for path in sorted(files) for at in range(len(files[path]))]
    signer = files["checkpoint"].index(b"\n\n") + len("\n\n— ".encode())
    for path, at in places[part::8]:
        changed = bytearray(files[path])
        changed[at] ^= 1 << at % 8
        answer = verify_files(files | {path: bytes(changed)}, anchor)
        another_key = path == "checkpoint" and at >= signer and found(answer) == [("inconsistent", None)]
        assert answer.exit_code == (4 if another_key else 1), (path, at, answer.breaks)
        assert len(answer.breaks) == 1, (path, at, answer.breaks)


@pytest.mark.parametrize("index", range(8))
def test_damage_is_listed_once_with_class_and_index(index: int) -> None:
    """Given one entry, hash or envelope changed in a longer ledger, then that place is named and no other."""
    made = history()
    files, anchor = made.files(), made.anchor()
    entries = "tile/entries/000.p/8"
    at = sum(len(data) + 2 for data in made.entries[:index]) + 2 + len(made.entries[index]) // 2
    assert found(verify_files(files | {entries: _flip(files[entries], at)}, anchor)) == [("leaf", index)]
    lengths = files | {entries: _flip(files[entries], at - len(made.entries[index]) // 2 - 1)}
    assert found(verify_files(lengths, anchor)) == [("malformed", index)]
    tile = "tile/0/000.p/8"
    assert found(verify_files(files | {tile: _flip(files[tile], 32 * index + 7)}, anchor)) == [
        ("tree", index)
    ]
    numbers = [first for first, _ in made.envelopes]
    if index in numbers:
        before = made.envelopes[: numbers.index(index)]
        at = sum(len(raw) + 4 for _, raw in before) + 100
        envelopes = files | {"envelopes/000.p/8": _flip(files["envelopes/000.p/8"], at)}
        assert found(verify_files(envelopes, anchor)) == [("envelope", index)]


def test_a_lost_entry_and_its_hash_leave_the_rest_verified() -> None:
    """Given the first entry changed with its hash, when verified, then what its successor says counts."""
    made = history()
    files = made.files()
    made.entries[2] = made.entries[2].replace("示例".encode(), "别名".encode())
    remade = made.files()
    answer = verify_files(files | {p: remade[p] for p in remade if p != "checkpoint"}, history().anchor())
    assert answer.exit_code == 1
    assert found(answer) == [("envelope", 2), ("prev", 3)]


@pytest.mark.parametrize("path", ["tile/0/000.p/8", "tile/entries/000.p/8", "envelopes/000.p/8"])
def test_a_file_cut_lengthened_or_removed_is_a_break(path: str) -> None:
    """Given a file with a byte less or more, or no file, when verified, then exit 1."""
    made = history()
    files, anchor = made.files(), made.anchor()
    for data in (files[path][:-1], files[path] + b"\0", b"", bytes(1 << 26)):
        assert verify_files(files | {path: data}, anchor).exit_code == 1, len(data)
    del files[path]
    answer = verify_files(files, anchor)
    assert answer.exit_code == 1
    assert len(answer.breaks) == 1


def test_what_lies_behind_the_entries_is_told_once() -> None:
    """Given an entry bundle with bytes behind its entries, when verified, then that is one break and all."""
    made = history()
    (path,) = (name for name in made.files() if name.startswith("tile/entries/"))
    answer = verify_files(made.files() | {path: made.files()[path] + b"\0"}, made.anchor())
    assert found(answer) == [("malformed", 7)]
    assert not [note for note in answer.notes if "further" in note]


@pytest.mark.parametrize(
    ("path", "class_"),
    [
        ("tile/0/000.p/7", "tree"), ("tile/1/000.p/1", "tree"), ("tile/0/0.p/8", "tree"), ("tile/x", "tree"),
        ("tile/entries/000.p/7", "malformed"), ("tile/entries/001.p/1", "malformed"),
        ("envelopes/000.p/9", "envelope"), ("envelopes/notes.txt", "envelope"),
    ],
)  # fmt: skip
def test_a_file_that_the_bundle_does_not_have_is_a_break(path: str, class_: str) -> None:
    """Given a further file among tiles, entries or envelopes, when verified, then it is a break."""
    made = history()
    assert found(verify_files(made.files() | {path: b"x"}, made.anchor())) == [(class_, None)]


def test_other_files_are_noted() -> None:
    """Given a file elsewhere in the bundle, when verified, then it is named and not looked at."""
    made = history()
    answer = verify_files(made.files() | {"README": b""}, made.anchor())
    assert found(answer) == []
    assert "README" in answer.notes[0]


def test_envelopes_stand_once_and_in_order() -> None:
    """Given envelopes swapped, twice or of no entry, when verified, then envelope breaks."""
    made = history()
    swapped, twice = history(), history()
    swapped.envelopes[1], swapped.envelopes[2] = (1, made.envelopes[2][1]), (2, made.envelopes[1][1])
    twice.envelopes.append(twice.envelopes[-1])
    for other in (swapped, twice):
        assert found(verify_files(other.files(), made.anchor())) == [("envelope", 0)]


def test_an_envelope_that_is_not_there_is_named_by_its_first_entry() -> None:
    """Given a bundle without one envelope, when verified, then envelope breaks at its first entry."""
    made = history()
    del made.envelopes[2]
    assert found(verify_files(made.files(), made.anchor())) == [("envelope", 2)]


def test_documents_hash_to_their_names(tmp_path: Path) -> None:
    """Given a document under its hash and one under another, when verified, then attachment breaks."""
    made = history()
    folder = made.write(tmp_path / "bundle")
    (folder / "documents").mkdir()
    (folder / "documents" / sha256(b"scan").hexdigest()).write_bytes(b"scan")
    (folder / "documents" / sha256(b"other").hexdigest()).write_bytes(b"scan")
    answer = verify_source(
        open_bundle(folder), anchor=parse_anchor(made.anchor()), trusted=[], unanchored=False, lenient=False,
        types=RULES,
    )  # fmt: skip
    assert found(answer) == [("attachment", None)]


def test_nothing_verifiable_is_unreadable(tmp_path: Path) -> None:
    """Given no path, an empty folder, a folder of something else or no archive, then nothing is opened."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").write_bytes(b"x")
    (tmp_path / "no.zip").write_bytes(b"PK no archive")
    for name in ("nowhere", "empty", "other", "no.zip"):
        with pytest.raises(Unreadable):
            open_bundle(tmp_path / name)
    answer = unreadable("nothing there")
    assert (answer.integrity, answer.verdict, answer.exit_code) == ("UNREADABLE", "UNREADABLE", 3)


def test_progress_is_told() -> None:
    """Given a progress callback, when verified, then it hears the end."""
    heard: list[tuple[int, int]] = []
    made = history()
    verify_source(
        BundleSource(MemoryFiles(made.files())), anchor=None, trusted=[], unanchored=True, lenient=True,
        types=RULES, progress=lambda done, size: heard.append((done, size)),
    )  # fmt: skip
    assert heard[-1] == (8, 8)


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
