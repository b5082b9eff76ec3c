"""How far a history is proved whole: up to the last heads known at the moment, and no further."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from projections.history.chains import read_file
from projections.history.gathering import ChainBroken
from projections.history.wholeness import Wholeness
from projections.replay import ReplayTooLong
from tests.support.desk import Desk, desk, enterprise
from tests.support.domain import EXPORTER

SUBJECT = f"enterprise:{EXPORTER}"


@pytest.fixture
def at(tmp_path: Path, url: str) -> Iterator[Desk]:
    """A firm, the same one again (refused, which is an entry too), heads at 3; again, and heads at 5."""
    with desk(tmp_path, url) as opened:
        for number in (1, 2):
            opened.send([enterprise(number, body={"uscc": EXPORTER})], "commerce-1")
        assert opened.sequencer.commit_heads() == 3
        opened.send([enterprise(3, body={"uscc": EXPORTER})], "commerce-1")
        assert opened.sequencer.commit_heads() == 5
        yield opened


class Without:
    """A reader whose index of subjects, or whose heads, lack something."""

    def __init__(self, store: Any, *, entry: int | None = None, head: str | None = None) -> None:
        self._store, self._entry, self._head = store, entry, head

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def subject_indexes(self, key: str, after: int = 0) -> Iterator[int]:
        return (index for index in self._store.subject_indexes(key, after) if index != self._entry)

    def heads(self, size: int) -> Iterator[tuple[str, int, bytes]]:
        return (head for head in self._store.heads(size) if head[0] != self._head)


def test_a_history_is_whole_up_to_the_last_heads(at: Desk) -> None:
    """Given heads at 3 and 5, when a history is read as known then and now, then each is proved up to its own."""
    wholeness = Wholeness()
    for moment, proved in ((None, 5), (5, 5), (4, 3), (3, 3), (2, None)):
        file = read_file(at.store, SUBJECT, moment)
        assert wholeness.proved_up_to(at.store, file) == proved == file.heads_at
    at.send([enterprise(1, body={"name": "另一有限公司"})], "commerce-1")
    assert wholeness.proved_up_to(at.store, read_file(at.store, SUBJECT)) == 5


def test_an_entry_left_out_at_the_end_is_missed(at: Desk) -> None:
    """Given a store that hides a firm's newest entry, when read, then it hangs together and is not proved whole."""
    reader = Without(at.store, entry=4)
    file = read_file(reader, SUBJECT)
    assert len(file.entries) == 2
    with pytest.raises(ChainBroken, match="was read to"):
        Wholeness().proved_up_to(reader, file)


def test_heads_that_were_not_committed_prove_nothing(at: Desk) -> None:
    """Given a store that hides a subject, when a history is read, then its heads are not those committed."""
    reader = Without(at.store, head="ledger:keys")
    with pytest.raises(ChainBroken, match="not those that entry 5 commits to"):
        Wholeness().proved_up_to(reader, read_file(reader, SUBJECT))


def test_what_was_proved_is_remembered_with_its_ends_alone(at: Desk) -> None:
    """Given a file proved once, when asked again, then no head is read; for other ends they are."""
    wholeness = Wholeness()
    assert wholeness.proved_up_to(at.store, read_file(at.store, SUBJECT)) == 5
    blind = Without(at.store, head="ledger:keys")
    assert wholeness.proved_up_to(blind, read_file(blind, SUBJECT)) == 5
    less = Without(at.store, entry=4)
    with pytest.raises(ChainBroken):
        wholeness.proved_up_to(less, read_file(less, SUBJECT))


def test_too_many_subjects_are_left_to_the_bundle(at: Desk) -> None:
    """Given more subjects than a proof is made for, when asked, then none is claimed; at the limit one is."""
    file = read_file(at.store, SUBJECT)
    subjects = at.store.key_count()
    assert Wholeness(subjects - 1).proved_up_to(at.store, file) is None
    assert Wholeness(subjects).proved_up_to(at.store, file) == 5


def test_a_file_is_read_up_to_its_limit(at: Desk) -> None:
    """Given a file of three entries, when two may be read, then it is refused; three are read."""
    with pytest.raises(ReplayTooLong, match="more than 2 entries"):
        read_file(at.store, SUBJECT, most=2)
    assert len(read_file(at.store, SUBJECT, most=3).entries) == 3
