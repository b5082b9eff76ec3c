"""What is due in the city: the views and a replay of every entry say the same, on any day."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from api.cli import run
from ledger.store_sqlite import SqliteStore
from projections import due
from projections.due import city_clocks
from projections.history.city import city_deadlines
from projections.replay import ReplayTooLong, recorded_on, size_on
from projections.runner import catch_up


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """A season with violations of every kind, its views current."""
    path = tmp_path_factory.mktemp("due") / "ledger.db"
    assert run(["demo", "--faults", "--vehicles", "60", "--db", f"sqlite:///{path}", "--json"]) == 0
    store = SqliteStore(path)
    catch_up(store)
    yield store
    store.close()


def test_views_say_what_a_replay_says(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given the last day and days after it, when the views are asked, then each clock is that of a replay of all."""
    size = store.head().size
    last = recorded_on(store, size - 1)
    for day in (None, last, last + timedelta(days=20), last + timedelta(days=400)):
        wanted = city_deadlines(store, day or last, size)
        assert wanted
        with monkeypatch.context() as without:
            without.setattr(due, "city_deadlines", None)  # the views alone
            assert city_clocks(store, day) == (size, day or last, wanted)


def test_a_past_day_is_answered_as_known_at_its_end(store: SqliteStore) -> None:
    """Given a day in the middle, when asked, then what was recorded by its end counts, and no entry after it."""
    day = recorded_on(store, store.head().size // 2)
    size, on, clocks = city_clocks(store, day)
    assert (size, on) == (size_on(store, day, store.head().size), day)
    assert size < store.head().size
    assert clocks == city_deadlines(store, day, size)


def test_a_replay_is_bounded(store: SqliteStore) -> None:
    """Given a past day and a bound on replays, when more would be replayed, then it is refused."""
    day = recorded_on(store, store.head().size // 2)
    with pytest.raises(ReplayTooLong, match="more than 100 entries"):
        city_clocks(store, day, most=100)


def test_views_that_lag_are_not_asked(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given views that stand elsewhere, when asked of the present, then a replay answers, the same."""
    wanted = city_clocks(store, date(2027, 1, 1))
    monkeypatch.setattr(due, "position", lambda _store: None)
    assert city_clocks(store, date(2027, 1, 1)) == wanted
