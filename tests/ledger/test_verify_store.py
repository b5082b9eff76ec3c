"""A store under verification: its rows are compared with its entries, and none of them is trusted."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from domain.catalogue import CATALOGUE
from ledger.source import Unreadable
from ledger.store_audit import StoreSource
from ledger.verification import Verification, verify_source
from tests.support.bundles import found
from tests.support.desk import desk, enterprise, policy
from tests.support.keys import LEDGER


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger file: 0 opened, 1 policy, 2 and 3 a lot, 4 a refusal, 5 entered, 6 to 260 refused."""
    folder = tmp_path_factory.mktemp("store")
    with desk(folder) as officers:
        officers.send([policy()], "commerce-1", "commerce-2")
        officers.send([enterprise(1), enterprise(2)], "commerce-1")
        officers.send([policy(2)], "commerce-1")
        names = [{"name": f"示例 {number}"} for number in range(256)]
        for name in names:
            officers.send([enterprise(3, body=name)], "commerce-1")
    return folder / "ledger.db"


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    """A copy of the ledger file with every trigger dropped."""
    path = tmp_path / "copy.db"
    with closing(sqlite3.connect(whole)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
        names = [name for (name,) in target.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
        for name in names:
            target.execute(f"DROP TRIGGER {name}")
        target.commit()
    return path


def _verify(path: Path) -> Verification:
    with closing(StoreSource(path)) as source:
        return verify_source(
            source, anchor=None, trusted=[], unanchored=True, lenient=False, types=CATALOGUE
        )  # fmt: skip


def _damaged(path: Path, *statements: str) -> Verification:
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("flip", 1, _flip)
        for statement in statements:
            assert connection.execute(statement).rowcount == 1, statement
        connection.commit()
    return _verify(path)


def _flip(value: bytes | str) -> bytes | str:
    """Change the last byte of a value."""
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return value[:-1] + bytes([value[-1] ^ 1])


def test_a_store_is_verified_as_it_is(copy: Path) -> None:
    """Given a store that the sequencer wrote, when verified, then nothing is broken."""
    answer = _verify(copy)
    assert (found(answer), answer.exit_code, answer.size) == ([], 6, 261)
    assert answer.checkpoint is None or answer.checkpoint.startswith(LEDGER)


@pytest.mark.parametrize(
    ("statement", "breaks"),
    [
        ("UPDATE entry SET data = flip(data) WHERE idx = 2", [("leaf", 2)]),
        ("UPDATE entry SET data = flip(data) WHERE idx = 260", [("leaf", 260)]),
        ("UPDATE entry SET leaf = flip(leaf) WHERE idx = 2", [("leaf", 2)]),
        ("UPDATE entry SET type = flip(type) WHERE idx = 2", [("keys", 2)]),
        ("UPDATE subject SET key = flip(key) WHERE idx = 2", [("subject_chain", 2)]),
        ("UPDATE subject SET number = 9 WHERE idx = 3", [("subject_chain", 3)]),
        ("UPDATE subject SET idx = 3 WHERE idx = 2", [("subject_chain", 2)]),
        ("DELETE FROM subject WHERE idx = 7", [("subject_chain", 7)]),
        ("INSERT INTO subject VALUES ('vin:X', 1, 3)", [("subject_chain", None)]),
        ("INSERT INTO tag VALUES ('case:1', 3)", [("keys", None)]),
        ("UPDATE statement SET id = flip(id) WHERE idx = 2", [("replayed", 2)]),
        ("UPDATE statement SET idx = 5 WHERE idx = 2", [("replayed", 2)]),
        ("INSERT INTO statement VALUES ('x', 3)", [("replayed", None)]),
        ("UPDATE envelope SET data = flip(data) WHERE idx = 2", [("envelope", 2)]),
        ("UPDATE envelope SET idx = 3 WHERE idx = 2", [("envelope", 2)]),
        ("DELETE FROM envelope WHERE idx = 2", [("envelope", 2)]),
        ("INSERT INTO envelope VALUES ('x', 3, x'00')", [("envelope", None)]),
        ("UPDATE refused SET data = flip(data) WHERE idx = 4", [("envelope", 4)]),
        ("UPDATE refused SET digest = flip(digest) WHERE idx = 4", [("envelope", 4)]),
        ("DELETE FROM refused WHERE idx = 4", [("envelope", 4)]),
        ("INSERT INTO sequence VALUES ('x', 3, 'y')", [("replayed", None)]),
        ("UPDATE tile SET data = flip(data)", [("tree", 255)]),
        ("DELETE FROM tile", [("tree", 0)]),
        ("INSERT INTO tile VALUES (0, 1, zeroblob(8192))", [("tree", None)]),
        ("UPDATE head SET tree = flip(tree)", [("tree", 0)]),
        ("UPDATE head SET leaf = flip(leaf)", [("leaf", 260)]),
        ("UPDATE head SET recorded_at = flip(recorded_at)", [("time", 260)]),
        ("UPDATE head SET size = 300", [("missing", 261)]),
        ("UPDATE head SET size = 200", [("missing", 200)]),
        ("DELETE FROM head", None),
        ("DELETE FROM entry WHERE idx = 9", [("missing", 9)]),
    ],
)
def test_every_row_is_borne_out_by_the_entries(
    copy: Path, statement: str, breaks: list[tuple[str, int | None]] | None
) -> None:
    """Given one row changed, removed or added with the triggers dropped, then its class and index are named."""
    answer = _damaged(copy, statement)
    assert answer.exit_code == 1
    assert breaks is None or found(answer) == breaks


def test_a_sequence_row_that_names_another_envelope_is_a_replay(copy: Path) -> None:
    """Given a changed digest beside a used seq, when verified, then replayed breaks."""
    answer = _damaged(copy, "UPDATE sequence SET digest = flip(digest) WHERE seq = 2 AND signer = "
                            "(SELECT signer FROM sequence WHERE seq = 2 LIMIT 1)")  # fmt: skip
    assert [class_ for class_, _ in found(answer)] == ["replayed"]


def test_a_store_emptied_of_its_entries_is_broken(copy: Path) -> None:
    """Given no entry left, when verified, then they are missing by what head or checkpoint say."""
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("DELETE FROM entry")
        connection.commit()
    assert found(_verify(copy))[0] == ("missing", 0)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("DELETE FROM head")
        connection.commit()
    assert found(_verify(copy))[0] == ("missing", 0)


def test_entries_cut_off_behind_the_head_are_missing(copy: Path) -> None:
    """Given the last entry removed, when verified, then it is missing by what the head says."""
    answer = _damaged(copy, "DELETE FROM entry WHERE idx = 260")
    assert answer.breaks[0].class_ == "missing" or ("missing", 260) in found(answer)
    assert answer.exit_code == 1


def test_a_changed_checkpoint_row_is_a_break(copy: Path) -> None:
    """Given a stored checkpoint with a changed signature or size, when verified, then checkpoint breaks."""
    with closing(sqlite3.connect(copy)) as connection:
        note = connection.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()[0]
        text, blank, signature = note.partition(b"\n\n")
        changed = (
            text + blank + signature[:-8] + (b"A" if signature[-8:-7] != b"A" else b"B") + signature[-7:]
        )
        connection.execute("UPDATE checkpoint SET note = ? WHERE note = ?", (changed, note))
        connection.commit()
    assert found(_verify(copy)) == [("checkpoint", None)]
    assert found(
        _damaged(copy, "UPDATE checkpoint SET size = 777 WHERE size = (SELECT max(size) FROM checkpoint)")
    )


def test_a_file_that_cannot_be_read_on_is_broken(copy: Path) -> None:
    """Given a page of the file overwritten, when verified, then it is broken and nothing raises."""
    data = bytearray(copy.read_bytes())
    for start in range(len(data) // 2, len(data) // 2 + 3 * 4096):
        data[start] = 0xFF
    copy.write_bytes(data)
    assert _verify(copy).exit_code == 1


def test_what_is_no_ledger_is_unreadable(tmp_path: Path) -> None:
    """Given no file or another one, when opened for verification, then nothing is opened."""
    (tmp_path / "text.db").write_text("no database")
    for name in ("nowhere.db", "text.db"):
        with pytest.raises(Unreadable):
            StoreSource(tmp_path / name)


def test_writers_go_on_while_a_store_is_verified(tmp_path: Path) -> None:
    """Given entries appended after it was opened, when verified, then the answer is of the first moment."""
    with desk(tmp_path) as officers, closing(StoreSource(tmp_path / "ledger.db")) as source:
        officers.send([policy()], "commerce-1", "commerce-2")
        answer = verify_source(
            source, anchor=None, trusted=[], unanchored=True, lenient=True, types=CATALOGUE
        )  # fmt: skip
    assert (found(answer), answer.size, answer.exit_code) == ([], 1, 0)


@pytest.mark.parametrize("value", ["NULL", "7", "1.5", "'text'"])
@pytest.mark.parametrize(
    "column",
    [
        "entry.leaf", "entry.type", "entry.data", "subject.idx", "statement.idx", "envelope.data",
        "refused.data", "sequence.digest", "tile.data", "checkpoint.note",
        "head.size", "head.leaf", "head.recorded_at", "head.tree",
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_a_break(copy: Path, column: str, value: str) -> None:
    """Given a file that holds a value of another type, when verified, then it is broken and nothing else fails."""
    table, name = column.split(".")
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA writable_schema = 1")
        for word in (" STRICT,", " STRICT", " NOT NULL"):
            connection.execute(
                "UPDATE sqlite_schema SET sql = replace(sql, ?, '') WHERE name = ?", (word, table)
            )
        connection.commit()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        assert connection.execute(f"UPDATE {table} SET {name} = {value}").rowcount > 0
        connection.commit()
    answer = _verify(copy)
    assert (answer.integrity, answer.exit_code) == ("BROKEN", 1)
