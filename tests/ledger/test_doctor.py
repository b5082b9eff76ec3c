"""Checks that need a longer ledger, another clock or another machine."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typing_extensions import override

from ledger.doctor import examine
from ledger.doctor.checkpoints import check_checkpoint
from ledger.doctor.finding import Check, Outcome, ok, worst
from ledger.doctor.head import check_head
from ledger.doctor.machine import LEAST_FREE_BYTES, LITTLE_FREE_BYTES, check_key_files, check_space
from ledger.doctor.objects import normalised
from ledger.doctor.sqlite import ExaminedStore, check_settings, sqlite_checks
from ledger.signer import CheckpointSigner
from ledger.sqlite_reader import Connection
from ledger.store_sqlite import SqliteStore
from tests.support.desk import TurnedClock, desk, enterprise, open_desk_ledger
from tests.support.keys import LEDGER, private_key

SIZE = 256 + 44


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger file with one full tile: entry 0, then refusals."""
    folder = tmp_path_factory.mktemp("doctor")
    with desk(folder, signer=False) as officers:
        for number in range(SIZE - 1):
            officers.send([enterprise(1, body={"name": f"示例 {number}", "roles": []})], "police-1")
    return folder / "ledger.db"


@pytest.fixture
def copy(long: Path, tmp_path: Path) -> Path:
    """A copy of it with every trigger dropped."""
    path = tmp_path / "copy.db"
    with closing(sqlite3.connect(long)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
        for (name,) in target.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            target.execute(f"DROP TRIGGER {name}")
        target.commit()
    return path


def head_of(path: Path, *statements: str) -> tuple[str, str]:
    """Change rows, check the head, and return status and what was found."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount == 1, statement
        connection.commit()
    with closing(ExaminedStore(path)) as store:
        (finding,) = examine([Check("head", lambda: check_head(store))])
    return finding.status, finding.found


def test_head_of_a_long_ledger(copy: Path) -> None:
    """Given 300 entries, then the head, its edge and the full tile follow from their bytes."""
    status, found = head_of(copy)

    assert (status, found.split(",")[0]) == ("ok", f"{SIZE} entries")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE tile SET data = zeroblob(8192)", "tile 0/0 does not hold the entries from 0 on"),
        ("DELETE FROM tile", "cannot be read"),
        (
            "UPDATE entry SET data = cast(data || ' ' AS BLOB) WHERE idx = 280",
            "does not hold the entries from 256 on",
        ),
        (
            "UPDATE entry SET data = cast(data || ' ' AS BLOB) WHERE idx = 17",
            "tile 0/0 does not hold the entries from 0 on",
        ),
        (
            "UPDATE head SET tree = cast(substr(tree, 1, length(tree) - 32) || zeroblob(32) AS BLOB)",
            "level 1 of the tree does not follow from tile 0/0",
        ),
        (
            f"UPDATE entry SET data = (SELECT data FROM entry WHERE idx = 5) WHERE idx = {SIZE - 1}",
            f"entry {SIZE - 1} calls itself 5",
        ),
    ],
)
def test_edge_of_a_long_ledger(copy: Path, statement: str, told: str) -> None:
    """Given one changed row near the end or in the tree, then the check of the head says which."""
    status, found = head_of(copy, statement)

    assert status == "failed"
    assert told in found


def test_head_of_no_entries(tmp_path: Path) -> None:
    """Given a file without entries, then it is a warning that says what opens a ledger."""
    SqliteStore(tmp_path / "empty.db", create=True).close()

    assert head_of(tmp_path / "empty.db") == ("warning", "the ledger has no entries")


@pytest.fixture
def one(tmp_path: Path) -> Iterator[tuple[SqliteStore, TurnedClock]]:
    """A ledger with entry 0 and no checkpoint, and its clock."""
    clock = TurnedClock()
    with closing(SqliteStore(tmp_path / "ledger.db", create=True)) as store:
        open_desk_ledger(store, clock)
        yield store, clock


def test_entries_may_wait_an_hour(tmp_path: Path) -> None:
    """Given an entry beyond the last checkpoint, then it is named, and a warning when an hour has gone by."""
    with desk(tmp_path, signer=False) as officers:
        signer = CheckpointSigner(LEDGER, private_key("operator"), tmp_path / "memory")
        officers.store.save_checkpoint(1, signer.release(1, officers.store, officers.store))
        officers.send([enterprise()], "commerce-1")
        officers.clock.turn(hours=1)
        young = check_checkpoint(officers.store, officers.clock)
        officers.clock.turn(seconds=1)
        old = check_checkpoint(officers.store, officers.clock)

    assert (young.status, old.status) == ("ok", "warning")
    assert old.found == "it covers 1 of 2 entries, 1 wait, the first for 1:00:01"
    assert "--release" in old.advice


def test_no_checkpoint_and_one_of_another_tree(one: tuple[SqliteStore, TurnedClock], tmp_path: Path) -> None:
    """Given no checkpoint, then it is a warning; given the operator's own of another tree, it has failed."""
    store, clock = one
    none = check_checkpoint(store, clock)
    (tmp_path / "other").mkdir()
    with desk(tmp_path / "other", signer=False) as other:
        other.send([enterprise()], "commerce-1")
        signer = CheckpointSigner(LEDGER, private_key("operator"), tmp_path / "memory")
        note = signer.release(2, other.store, other.store)
    store.save_checkpoint(2, note)
    larger = check_checkpoint(store, clock)

    assert (none.status, none.found) == ("warning", "none is released, 1 entries wait")
    assert (larger.status, larger.found) == ("failed", "it covers 2 entries, the head says 1")


def test_checkpoint_of_another_root(copy: Path, tmp_path: Path) -> None:
    """Given a checkpoint of the operator whose root the tiles do not have, then its check has failed."""
    with closing(SqliteStore(copy)) as store:
        signer = CheckpointSigner(LEDGER, private_key("operator"), tmp_path / "memory")
        store.save_checkpoint(SIZE, signer.release(SIZE, store, store))
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(
            "UPDATE head SET tree = cast(substr(tree, 1, length(tree) - 32) || zeroblob(32) AS BLOB)"
        )
        connection.commit()
    with closing(ExaminedStore(copy)) as store:
        outcome = check_checkpoint(store, TurnedClock())

    assert outcome.status == "failed"
    assert "its root at size 300 is not that of the store's tree" in outcome.found


class Careless(ExaminedStore):
    """A store whose connections give durability and references away."""

    @override
    def _connected(self) -> Connection:
        connection = super()._connected()
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = OFF")
        return connection


def test_settings_of_the_connections(long: Path) -> None:
    """Given connections without synchronous FULL and foreign keys, then both are named."""
    with closing(Careless(long)) as store:
        outcome = check_settings(store)

    assert outcome.status == "failed"
    assert "synchronous is 1" in outcome.found
    assert "foreign keys" in outcome.found


def test_triggers_all_gone(copy: Path) -> None:
    """Given a copy without triggers, then they are missing, and tables and settings are another matter."""
    with closing(ExaminedStore(copy)) as store:
        findings = {finding.check: finding for finding in examine(sqlite_checks(store, []))}

    assert findings["schema"].status == "ok"
    assert findings["triggers"].status == "failed"
    assert "head_forward is missing" in findings["triggers"].found


def test_comments_and_spaces_are_no_difference() -> None:
    """Given SQL with other comments and spaces, then it is the same; with another literal it is not."""
    assert normalised("CREATE  TABLE a (b -- c\n, d /* e */)") == normalised("CREATE TABLE a(b,d)")
    assert normalised("SELECT 'a  -- b'") == "SELECT 'a  -- b'"
    assert normalised("SELECT 'a b'") != normalised("SELECT 'a  b'")


@pytest.mark.parametrize(
    ("free", "status"),
    [
        (LEAST_FREE_BYTES - 4096, "failed"),
        (LEAST_FREE_BYTES, "warning"),
        (LITTLE_FREE_BYTES - 4096, "warning"),
        (LITTLE_FREE_BYTES, "ok"),
    ],
)
def test_free_space(tmp_path: Path, free: int, status: str) -> None:
    """Given little room, then it is a warning; given nearly none, it has failed."""
    system = os.statvfs_result((4096, 4096, 10**9, 10**9, free // 4096, 1, 1, 1, 0, 255))

    assert check_space(tmp_path, lambda _: system).status == status


def test_read_only_medium_needs_no_space(tmp_path: Path) -> None:
    """Given a medium that cannot be written to, then no room is nothing to mend."""
    system = os.statvfs_result((4096, 4096, 1, 0, 0, 1, 0, 0, os.ST_RDONLY, 255))

    assert check_space(tmp_path, lambda _: system).status == "ok"


def test_many_open_key_files(tmp_path: Path) -> None:
    """Given no keys, then a warning; given seven that others may read, five are named and two counted."""
    none = check_key_files(tmp_path)
    for number in range(7):
        (tmp_path / f"{number}.pem").touch(mode=0o600)
        (tmp_path / f"{number}.pem").chmod(0o640)
    outcome = check_key_files(tmp_path)

    assert (none.status, outcome.status) == ("warning", "failed")
    assert outcome.found.endswith("4.pem is 0640 and 2 more")


def test_a_check_that_cannot_read_has_failed_and_the_next_runs() -> None:
    """Given a check that raises, then it has failed, in one line, and the following one still counts."""

    def broken() -> Outcome:
        raise KeyError("two\nlines")

    def unreadable() -> Outcome:
        raise PermissionError(13, "Permission denied", "/keys")

    findings = examine([Check("a", broken), Check("b", unreadable), Check("c", lambda: ok("fine"))])

    assert [(f.check, f.status) for f in findings] == [("a", "failed"), ("b", "failed"), ("c", "ok")]
    assert "\n" not in findings[0].found
    assert findings[1].found == "/keys: Permission denied"
    assert "as the user" in findings[1].advice
    assert worst(findings) == "failed"
    assert worst([]) == "ok"
