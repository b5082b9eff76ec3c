"""What a process asks of the store before its first append, and after another process has written."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ledger.append import Entered
from ledger.sequencer import Sequencer
from ledger.sqlite_reader import SqliteReader
from tests.support.desk import desk, enterprise
from tests.support.keys import private_key


def test_what_changed_is_asked_for_from_where_the_process_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given two sequencers in turn, then neither asks for the changes since 0, the one left behind for its own."""
    asked: list[int] = []
    answer = SqliteReader.records_changed_since

    def ask(self: SqliteReader, index: int) -> Sequence[str]:
        asked.append(index)
        return answer(self, index)

    monkeypatch.setattr(SqliteReader, "records_changed_since", ask)
    with desk(tmp_path) as one:
        assert isinstance(one.send([enterprise(1)], "commerce-1"), Entered)
        assert asked == []
        with Sequencer(one.store, private_key("housekeeping"), clock=one.clock) as other:
            statement = enterprise(2)
            assert isinstance(other.append(one.envelope([statement], "commerce-1"), [statement]), Entered)
        assert asked == []
        assert isinstance(one.send([enterprise(3)], "commerce-1"), Entered)
        assert asked == [2]
