"""Decision records made anew: what was wrong with them is told, and no process goes on with what it remembers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.records import Enterprise, dump_record
from ledger.append import Entered
from ledger.records import REBUILT
from ledger.sequencer import Sequencer
from projections import runner
from projections.decision_records import Replaced, replace_decision_records
from projections.envelopes import stored_envelopes
from projections.runner import rebuild
from projections.writing import Connection
from tests.support.desk import Desk, desk, enterprise, statement
from tests.support.keys import private_key
from tests.support.views import replayed, stored, whole

FIRST, SECOND = "91310115PDY00001XD", "91310114PDY000028Y"
STRAY = dump_record(Enterprise(registered=True))


@pytest.fixture
def at(tmp_path: Path, url: str) -> Iterator[Desk]:
    """A ledger with one enterprise on file."""
    with desk(tmp_path, url) as opened:
        assert isinstance(opened.send([enterprise(1)], "commerce-1"), Entered)
        yield opened


@pytest.fixture
def other(at: Desk) -> Iterator[Sequencer]:
    """Another process on the same ledger, as far as its memory goes."""
    with Sequencer(at.store, private_key("housekeeping"), clock=at.clock) as sequencer:
        yield sequencer


def damage(at: Desk, sql: str, *values: str) -> None:
    with at.store.view_transaction() as connection:
        connection.execute(sql, values)


def made_anew(at: Desk) -> Replaced:
    found: list[Replaced] = []

    def finish(connection: Connection, generation: int) -> None:
        found.append(replace_decision_records(connection, generation))

    rebuild(at.store, None, finish)
    return found[0]


def flags_of_a_filing(at: Desk, sequencer: Sequencer, number: int) -> str:
    """Let a process record a qualification of the first enterprise; return how it judged it."""
    body = {"filing_no": f"F-{number}", "uscc": FIRST, "valid_from": "2025-01-01", "valid_to": "2025-12-31"}
    filing = statement("ExportQualificationFiled", body)
    outcome = sequencer.append(at.envelope([filing], "commerce-1"), [filing])
    assert isinstance(outcome, Entered)
    return at.store.flags(outcome.indexes[0])


@pytest.mark.parametrize(
    "sql", ["DELETE FROM record WHERE key = ?", "UPDATE record SET text = '{}' WHERE key = ?"]
)
def test_no_process_keeps_a_record_that_was_replaced(at: Desk, other: Sequencer, sql: str) -> None:
    """Given a damaged record that a process remembers, when it is rebuilt by another one, then it is forgotten."""
    damage(at, sql.replace("'{}'", f"'{dump_record(Enterprise())}'"), f"enterprise:{FIRST}")
    assert "unknown-enterprise" in flags_of_a_filing(at, other, 1)

    found = made_anew(at)

    assert (found.changed, found.missing, found.unknown, found.first) == (1, 0, 0, f"enterprise:{FIRST}")
    assert flags_of_a_filing(at, other, 2) == "[]"
    assert made_anew(at) == Replaced(0, 0, 0, None)


def test_no_process_keeps_a_record_that_no_entry_accounts_for(at: Desk, other: Sequencer) -> None:
    """Given a record that is made up and remembered, when it is gone by a rebuild, then it refuses nothing more."""
    damage(at, "INSERT INTO record (key, idx, text) VALUES (?, 0, ?)", f"enterprise:{SECOND}", STRAY)
    again = enterprise(2)
    assert not isinstance(other.append(at.envelope([again], "commerce-1"), [again]), Entered)

    assert made_anew(at) == Replaced(0, 0, 1, f"enterprise:{SECOND}")

    assert isinstance(other.append(at.envelope([again], "commerce-1"), [again]), Entered)


def test_a_later_rebuild_does_not_hide_an_earlier_one(at: Desk, other: Sequencer) -> None:
    """Given a process that decides nothing between two rebuilds, the second of sound records, then it forgets."""
    damage(at, "DELETE FROM record WHERE key = ?", f"enterprise:{FIRST}")
    assert "unknown-enterprise" in flags_of_a_filing(at, other, 1)

    made_anew(at)
    assert made_anew(at) == Replaced(0, 0, 0, None)

    assert flags_of_a_filing(at, other, 2) == "[]"


def test_what_differed_is_counted_by_kind(at: Desk) -> None:
    """Given a record changed, one missing and two made up, then each is counted and the first key named."""
    at.send([enterprise(2)], "commerce-1")
    damage(at, "UPDATE record SET text = ? WHERE key = ?", STRAY, f"enterprise:{FIRST}")
    damage(at, "DELETE FROM record WHERE key = ?", f"enterprise:{SECOND}")
    for name in ("pair:none", "aaa:none"):
        damage(at, "INSERT INTO record (key, idx, text) VALUES (?, 0, '{}')", name)

    assert made_anew(at) == Replaced(1, 1, 2, "aaa:none")


def test_sound_records_leave_no_trace(at: Desk) -> None:
    """Given sound records, when they are made anew, then nothing differed and no process has to forget."""
    assert made_anew(at) == Replaced(0, 0, 0, None)
    assert at.store.records([REBUILT]) == {}


def test_appending_goes_on_while_the_views_are_made_anew(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a clerk who goes on filing, when the views are made anew meanwhile, then they hold every entry once."""
    monkeypatch.setattr(runner, "REBUILD_PAGE", 3)
    filed: list[int] = []

    def file(_done: int = 0, _size: int = 0) -> None:
        """File more than a page takes in, so that there is always something left."""
        for _ in range(5 if len(filed) < 30 else 0):
            body = {
                "filing_no": f"F-{len(filed)}",
                "uscc": FIRST,
                "valid_from": "2025-01-01",
                "valid_to": "2025-12-31",
            }
            outcome = at.send([statement("ExportQualificationFiled", body)], "commerce-1")
            assert isinstance(outcome, Entered)
            filed.extend(outcome.indexes)

    file()
    size = rebuild(at.store, file)

    assert len(filed) == 30
    assert size == at.store.head().size == filed[-1] + 1
    assert stored(at.store) == replayed(whole(at.store), stored_envelopes(at.store))
