"""Lost connections and commits of unknown outcome: the sequencer asks again, within limits, and never guesses."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.append import Entered
from ledger.sequencer import ATTEMPTS, LOST_ATTEMPTS
from ledger.store import CommitUnknown, ConnectionLost, StoreError, Transaction, Unreachable
from ledger.store_sqlite import SqliteStore
from tests.support.desk import Desk, desk, enterprise


class UncertainStore(SqliteStore):
    """Loses the connection during the next COMMIT, which happened or did not; then ``fails`` that often."""

    lost: bool | None = None
    fails: Iterator[StoreError] = iter(())

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        happened, self.lost = self.lost, None
        if happened is None:
            for error in self.fails:
                raise error
            with super().transaction() as transaction:
                yield transaction
            return
        with contextlib.suppress(ZeroDivisionError), super().transaction() as transaction:
            yield transaction
            if not happened:
                raise ZeroDivisionError
        raise CommitUnknown("the connection was lost during COMMIT")


@pytest.fixture
def store(at: Desk) -> UncertainStore:
    assert isinstance(at.store, UncertainStore)
    return at.store


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk(tmp_path, kind=UncertainStore) as opened:
        monkeypatch.setattr(time, "sleep", lambda _: None)
        yield opened


@pytest.mark.parametrize("happened", [True, False])
@pytest.mark.parametrize("lost", [0, LOST_ATTEMPTS - 2])
def test_a_commit_of_unknown_outcome_is_resolved_by_asking(
    at: Desk, store: UncertainStore, happened: bool, lost: int
) -> None:
    """Given a connection lost during COMMIT, and those that ask lost too, then the statement stands once and has its receipt."""
    store.lost, store.fails = happened, (ConnectionLost("gone") for _ in range(lost))
    outcome = at.send([enterprise(1)], "commerce-1")
    assert (outcome.indexes, outcome.replayed, at.store.head().size) == ((1,), happened, 2)
    assert isinstance(at.send([enterprise(2)], "commerce-1"), Entered)


@pytest.mark.parametrize("happened", [True, False])
@pytest.mark.parametrize(
    ("error", "times"), [(Unreachable, 1), (ConnectionLost, LOST_ATTEMPTS - 1), (StoreError, ATTEMPTS - 1)]
)
def test_what_cannot_be_asked_stays_unknown_until_it_is_sent_again(
    at: Desk, store: UncertainStore, happened: bool, error: type[StoreError], times: int
) -> None:
    """Given a commit of unknown outcome, when nobody can be asked, then that is said; sent again, the statement stands once."""
    store.lost, store.fails = happened, (error("gone for good") for _ in range(times))
    envelope = at.envelope([enterprise(1)], "commerce-1")
    with pytest.raises(CommitUnknown, match="during COMMIT; asked what became of it: gone for good"):
        at.sequencer.append(envelope, [enterprise(1)])
    assert list(store.fails) == []
    assert at.sequencer.append(envelope, [enterprise(1)]) == Entered((1,), replayed=happened)


@pytest.mark.parametrize(
    ("error", "times"), [(Unreachable, 1), (ConnectionLost, LOST_ATTEMPTS), (StoreError, ATTEMPTS)]
)
def test_what_was_never_committed_is_not_called_unknown(
    at: Desk, store: UncertainStore, error: type[StoreError], times: int
) -> None:
    """Given failures before any COMMIT, when they are as many as are borne, then the last is the answer and nothing is there."""
    store.fails = (error(f"failure {number}") for number in range(1, times + 9))
    with pytest.raises(error, match=f"failure {times}$") as raised:
        at.send([enterprise(1)], "commerce-1")
    assert not isinstance(raised.value, CommitUnknown)
    store.fails = iter(())
    assert store.head().size == 1
