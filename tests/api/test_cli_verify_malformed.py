"""What is no bundle: every kind of malformed input ends in an answer of one line, in bounded time and memory.

A target that cannot be opened at all ends in 3; a bundle in which something cannot be read is broken, 1. The
process that verifies has 1 GiB of address space and a minute.
"""

import json
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.alone import run_alone
from tests.support.ledger_builder import history

_ENTRIES = "tile/entries/000.p/8"


def _verify(folder: Path, target: str | Path, *more: str) -> tuple[int, dict[str, Any]]:
    """Return exit code and answer; a traceback, or a word on stderr, fails."""
    (folder / "kept.json").write_bytes(history().anchor())
    done = run_alone("verify", target, "--anchor", "kept.json", "--json", *more, cwd=folder)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def _zip(path: Path, files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def _patched(path: Path, what: bytes, old: bytes, new: bytes) -> None:
    """Replace bytes of the last record that begins with the signature ``what``."""
    data = path.read_bytes()
    at = data.rindex(what)
    path.write_bytes(data[:at] + data[at:].replace(old, new, 1))


def _cut(place: Callable[[int], int]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        _zip(path, history().files())
        data = path.read_bytes()
        path.write_bytes(data[: place(len(data))])

    return make


def _twice(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("checkpoint", b"one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("checkpoint", b"two")


def _loop(path: Path) -> None:
    path.mkdir()
    (path / "again").symlink_to(path)
    (path / "self").symlink_to("self")


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10 << 30)


UNREADABLE: Mapping[str, Callable[[Path], object]] = {
    "nothing there": lambda path: None,
    "an empty folder": lambda path: path.mkdir(),
    "an empty file": lambda path: path.touch(),
    "a folder of something else": lambda path: (path.mkdir(), (path / "letter").write_bytes(b"x")),
    "text in another encoding": lambda path: path.write_text("账本", "utf-16"),
    "ten gigabytes of nothing": _huge,
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a folder that holds itself": _loop,
    "the beginning of a zip": _cut(lambda size: 100),
    "half a zip": _cut(lambda size: size // 2),
    "a zip less one byte": _cut(lambda size: size - 1),
    "a zip with two files of one name": _twice,
    "a zip of nothing": lambda path: _zip(path, {}),
    "the beginning of a database": lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(84)),
}


@pytest.mark.parametrize("kind", ["an empty folder", "a zip of nothing"])
def test_people_are_told_in_one_line_what_is_no_ledger(kind: str, tmp_path: Path) -> None:
    """Given something that is no ledger, when verified without --json, then one line names it, and no table."""
    UNREADABLE[kind](tmp_path / "target")
    (tmp_path / "kept.json").write_bytes(history().anchor())
    done = run_alone("verify", "target", "--anchor", "kept.json", cwd=tmp_path)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (3, "", 1)
    assert done.stdout.startswith("UNREADABLE: ")
    assert "target" in done.stdout


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_is_no_ledger_ends_in_3_and_one_line(kind: str, tmp_path: Path) -> None:
    """Given something that is no ledger, when verified, then exit 3 and one line that names it."""
    UNREADABLE[kind](tmp_path / "target")
    code, answer = _verify(tmp_path, "target")
    assert (code, answer["verdict"]) == (3, "UNREADABLE")
    reason = answer["notes"][0]
    assert reason
    assert "\n" not in reason


def _instead(path: str, put: Callable[[Path], object]) -> Callable[[Path], None]:
    """Write a bundle with something else in the place of one of its files."""

    def make(target: Path) -> None:
        history().write(target)
        (target / path).unlink()
        put(target / path)

    return make


def _zipped(method: int = zipfile.ZIP_DEFLATED, **more: bytes) -> Callable[[Path], None]:
    return lambda path: _zip(path, history().files() | more, method)


def _bomb(name: str, mebibytes: int) -> Callable[[Path], None]:
    """Write a zip of some kilobytes in which one file has so many mebibytes."""

    def make(path: Path) -> None:
        _zip(path, history().files() | {name: bytes(mebibytes << 20)})
        assert path.stat().st_size < mebibytes << 11

    return make


def _declared(path: Path) -> None:
    """Write a zip whose checkpoint says that it has almost 4 GiB, the most that this form can say."""
    _zip(path, history().files(), zipfile.ZIP_STORED)
    size = len(history().files()["envelopes/000.p/8"]).to_bytes(4, "little")
    _patched(path, b"PK\x01\x02", size, b"\xfe\xff\xff\xff")
    _patched(path, b"PK\x01\x02", size, b"\xfe\xff\xff\xff")


def _encrypted(path: Path) -> None:
    _zip(path, history().files())
    _patched(path, b"PK\x01\x02", b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")


def _spoilt(method: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        _zip(path, history().files(), method)
        data = bytearray(path.read_bytes())
        for at in range(60, len(data) // 2, 97):
            data[at] ^= 0x5A
        path.write_bytes(data)

    return make


BROKEN: Mapping[str, Callable[[Path], None]] = {
    "a folder in the place of a file": _instead("checkpoint", lambda path: path.mkdir()),
    "a pipe in the place of a file": _instead("checkpoint", os.mkfifo),
    "a device in the place of a file": _instead(_ENTRIES, lambda path: path.symlink_to("/dev/zero")),
    "a link to nowhere in the place of a file": _instead(_ENTRIES, lambda path: path.symlink_to("nowhere")),
    "ten gigabytes in the place of a file": _instead(_ENTRIES, _huge),
    "a checkpoint in another encoding": _instead(
        "checkpoint", lambda path: path.write_text("账本", "utf-16")
    ),
    "an envelope that declares four gigabytes": _instead(
        "envelopes/000.p/8", lambda path: path.write_bytes(b"\xff\xff\xff\xff{}")
    ),
    "a zip bomb of entries": _bomb(_ENTRIES, 64),
    "a zip bomb of a document": _bomb(f"documents/{'0' * 64}", 64),
    "a zip bomb of heads": _bomb("heads.json", 257),
    "heads of brackets": _zipped(**{"heads.json": b"[" * (20 << 20)}),
    "a zip that declares four gigabytes": _declared,
    "an encrypted zip": _encrypted,
    "a zip with spoilt contents": _spoilt(zipfile.ZIP_DEFLATED),
    "a zip of another method": _zipped(zipfile.ZIP_LZMA),
    "a zip of another method with spoilt contents": _spoilt(zipfile.ZIP_LZMA),
    "a third method": _zipped(zipfile.ZIP_BZIP2),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_bundle_of_which_something_cannot_be_read_is_broken(kind: str, tmp_path: Path) -> None:
    """Given a bundle with something unreadable or beyond bounds in it, when verified, then exit 1 says what."""
    BROKEN[kind](tmp_path / "target")
    code, answer = _verify(tmp_path, "target")
    assert (code, answer["verdict"]) == (1, "BROKEN")
    detail = answer["integrity"]["breaks"][0]["detail"]
    assert "\n" not in detail


def test_paths_that_climb_out_of_an_archive_lead_nowhere(tmp_path: Path) -> None:
    """Given a zip with paths outside of it, when verified, then they are named and nothing is written there."""
    inner = tmp_path / "inner"
    inner.mkdir()
    climbing = {"../outside": b"x", "/etc/quota-ledger": b"x", "..\\outside": b"x", "a/../../b": b"x"}
    _zip(inner / "target", history().files() | climbing)
    code, answer = _verify(inner, "target")
    assert (code, answer["integrity"]["verdict"]) == (5, "INTACT")
    assert all(repr(path) in answer["notes"][0] for path in climbing)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["inner", "kept.json", "target"]


@pytest.mark.parametrize("marker", ["checkpoint", "heads.json"])
def test_names_that_would_write_on_the_screen_are_shown_harmless(marker: str, tmp_path: Path) -> None:
    """Given names that are no UTF-8, or steer a terminal, when verified, then the answer shows them escaped."""
    target = tmp_path / "target"
    for folder in (target, target / "entries", target / "envelopes"):
        folder.mkdir()
        (folder / os.fsdecode(b"\xff\x1b[31mred\n")).touch()
    (target / marker).write_bytes(b"{}")
    (tmp_path / "kept.json").write_bytes(history().anchor())
    done = run_alone("verify", "target", "--anchor", "kept.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "\x1b" not in done.stdout
    assert r"\udcff\x1b[31mred\n" in done.stdout


@pytest.mark.parametrize("text", ["a list of cars\n", "", "three\nlines\nonly\n"])
def test_a_file_that_is_no_checkpoint_is_a_mistake_of_usage(text: str, tmp_path: Path) -> None:
    """Given a file that is no note as trusted checkpoint, when verified, then exit 2, and the file by name."""
    history().write(tmp_path / "target")
    (tmp_path / "kept.json").write_bytes(history().anchor())
    (tmp_path / "some.txt").write_text(text)
    done = run_alone("verify", "target", "--anchor", "kept.json", "--trust", "some.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "--trust some.txt: " in done.stderr


@pytest.mark.parametrize("kind", [Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_a_checkpoint_or_anchor_that_is_no_such_file_is_a_mistake_of_usage(
    kind: Callable[[Path], object], tmp_path: Path
) -> None:
    """Given a folder or device as anchor or trusted checkpoint, when verified, then exit 2 and one line."""
    history().write(tmp_path / "target")
    kind(tmp_path / "odd")
    for option in ("--anchor", "--trust"):
        done = run_alone("verify", "target", option, "odd", cwd=tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), option
        assert "odd" in done.stderr
