"""Entries looked at by other processes: the same answer, in the same order, and nothing is left running."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ledger.anchor import parse_anchor
from ledger.bundle import BundleSource
from ledger.entry import Header, parse_entry, parse_statement
from ledger.verification import Progress, Verification, ahead, verify_source
from ledger.verification.look import Work
from ledger.verification.workers import LEAST_ENTRIES, MOST_PROCESSES, Here, Workers, lookers, processes_for
from tests.support.bundles import RULES, MemoryFiles, verify_built
from tests.support.ledger_builder import EXPORTER, Builder, history

Started = list[Workers]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """Let every verification have two processes, however few its entries, and return who was started."""
    all_of_them: Started = []

    def start(_size: int) -> Workers:
        all_of_them.append(Workers(2))
        return all_of_them[-1]

    monkeypatch.setattr(ahead, "lookers", start)
    return all_of_them


def wide() -> Builder:
    """Return a ledger of more than two tiles, in which a key is registered and used at once."""
    made = history()
    for number in range(5):
        bodies = [{"name": f"示例 {number} {item}", "uscc": EXPORTER} for item in range(120)]
        made.enter([made.statement("EnterpriseRegistered", body) for body in bodies], ["commerce-1"])
        new = f"commerce-{number + 4}"
        made.register_key(new, new, ["commerce-1", "commerce-2"])
        made.enter([made.enterprise()], [new])
    return made


WIDE = wide()
LEAVES = WIDE.leaves


def ended(workers: Workers) -> bool:
    return all(process.running.poll() is not None for process in workers.processes)


def verified(files: dict[str, bytes], progress: Progress | None = None, **more: Any) -> Verification:
    return verify_source(
        BundleSource(MemoryFiles(files)), anchor=parse_anchor(WIDE.anchor()), trusted=[], unanchored=False,
        lenient=True, types=RULES, progress=progress, **more,
    )  # fmt: skip


def intact(_files: dict[str, bytes]) -> None:
    """Change nothing."""


def flip(path: str, at: int) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        data = bytearray(files[path])
        data[at] ^= 1
        files[path] = bytes(data)

    return change


def drop(path: str) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.pop(path) and None


def both(*changes: Callable[[dict[str, bytes]], None]) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        for one in changes:
            one(files)

    return change


@pytest.mark.parametrize(
    "change",
    [
        intact,
        flip("tile/entries/001", 0),  # the length of a record
        flip("tile/entries/001", 60_000),
        flip("tile/entries/000", 400),  # entry 0, whose keys signatures are looked at by
        flip("envelopes/001", 900),
        flip("tile/0/001", 5),
        drop("tile/entries/001"),
        drop("envelopes/000"),
        both(flip("tile/entries/000", 100_000), flip("envelopes/000", 0), flip("tile/entries/001", 0)),
    ],
)
def test_the_answer_is_that_of_one_process(
    started: Started, monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, bytes]], None]
) -> None:
    """Given a ledger, whole or damaged, when processes look ahead, then breaks, order and notes are the same."""
    files = WIDE.files()
    change(files)
    found = verified(files)
    assert len(started) == 1
    assert ended(started[0])
    monkeypatch.setattr(ahead, "lookers", lambda _size: Here())
    alone = verified(files)
    assert (found.breaks, found.notes, found.root) == (alone.breaks, alone.notes, alone.root)
    assert (found.breaks == ()) == (change is intact)


def test_a_signature_by_a_key_that_is_new_is_verified(started: Started) -> None:
    """Given keys that are used right after they are registered, when one signs falsely, then it is found."""
    made = history()
    made.register_key("commerce-4", "commerce-4", ["commerce-1", "commerce-2"])
    statement = made.enterprise()
    raw = made.envelope([statement], ["commerce-4"])
    sound = made.envelope([statement], ["commerce-4"])
    # The signature over seq 1 stands in the envelope of seq 2.
    at = raw.index(b'"sig":"') + len(b'"sig":"')
    made.enter([statement], ["commerce-4"], envelope=sound[:at] + raw[at : at + 88] + sound[at + 88 :])
    assert [(b.class_, b.index) for b in verify_built(made).breaks] == [("signature", len(made.entries) - 1)]
    assert ended(started[0])


def test_an_observer_sees_every_sound_entry_once(started: Started) -> None:
    """Given an entry that was changed, when an observer follows the pass, then it is told of all others in order."""
    files = WIDE.files()
    flip("tile/entries/001", 60_000)(files)
    seen: list[int] = []

    def observe(
        index: int, leaf: bytes, header: Header, statement: dict[str, Any], recorded_at: datetime
    ) -> None:
        entry = parse_entry(WIDE.entries[index])
        assert (leaf, header, statement) == (
            LEAVES[index],
            entry.header,
            parse_statement(entry.statement),
        )
        assert recorded_at == datetime.fromisoformat(entry.header.recorded_at)
        seen.append(index)

    answer = verified(files, observer=observe)
    (changed,) = {b.index for b in answer.breaks}
    assert seen == [index for index in range(answer.size) if index != changed]
    assert started


def test_an_interruption_leaves_no_process(started: Started) -> None:
    """Given Ctrl-C in the middle, when it has passed through, then the processes have ended."""

    def interrupt(_done: int, _size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verified(WIDE.files(), interrupt)
    assert ended(started[0])


def test_a_process_that_is_ended_from_outside_is_told() -> None:
    """Given a process that was killed, when it is to look at something, then every answer is that it is gone."""
    workers = Workers(1)
    workers.processes[0].running.kill()
    for answer in [workers.submit(Work([b"x" * 1_000] * 1_000, [], {})) for _ in range(4)]:
        with pytest.raises(ChildProcessError, match="ended from outside"):
            answer.result(60)
    workers.close()


def test_pipes_are_as_the_system_has_them(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a system that has no room for larger pipes, when a ledger is verified, then the answer is the same."""

    def refused(*_: object) -> None:
        raise PermissionError("no larger pipe")

    monkeypatch.setattr(fcntl, "fcntl", refused)
    assert verified(WIDE.files()).breaks == ()
    assert ended(started[0])


def test_processes_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more cores than the leading process can use, then no more processes are started than stated."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(64), raising=False)
    assert processes_for(1_000_000) == MOST_PROCESSES


def test_a_process_ends_with_its_input() -> None:
    """Given the process that started it is gone, when its input ends, then a worker ends by itself."""
    command = [sys.executable, "-m", "ledger.verification.worker"]
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


def test_few_entries_are_looked_at_here() -> None:
    """Given fewer entries than are worth a process, then none is started."""
    assert isinstance(lookers(LEAST_ENTRIES - 1), Here)
