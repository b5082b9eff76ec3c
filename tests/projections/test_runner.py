"""The runner: live, rebuilt and replayed are one; positions move with their rows; who stops says where."""

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import chdir, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.cli import run
from ledger.store import StoreError
from ledger.stores import AnyStore, open_store
from projections import runner
from projections.envelopes import stored_envelopes
from projections.folding import ViewStopped
from projections.reading import position
from projections.runner import SHAPE, catch_up, prepare, rebuild
from projections.view import Page, Written
from projections.views.timeline import Timeline
from projections.writing import Connection, Superseded
from tests.support.postgres import FIRST, Server
from tests.support.views import Tables, replayed, stored, whole

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=["sqlite", FIRST])
def season(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    servers: Callable[[str], Server],
) -> str:
    """A season with violations of every kind, on either database."""
    folder = tmp_path_factory.mktemp("season")
    url = f"sqlite:///{folder}/ledger.db" if request.param == "sqlite" else servers(request.param).database()
    with chdir(folder):  # keys and anchor of a database lie where the command runs
        assert run(["demo", "--faults", "--vehicles", "60", "--db", url, "--json"]) == 0
    return url


@pytest.fixture
def store(season: str) -> Iterator[AnyStore]:
    store = open_store(season)
    yield store
    store.close()


@pytest.fixture(scope="module")
def pure(season: str) -> Tables:
    """What a replay of all entries makes."""
    store = open_store(season)
    tables = replayed(whole(store), stored_envelopes(store))
    store.close()
    return tables


def begin_anew(store: AnyStore) -> None:
    """Put the views back to nothing."""
    with store.view_transaction() as connection:
        connection.execute("DROP TABLE view_set")
    prepare(store)


def test_live_rebuilt_and_replayed_are_one(store: AnyStore, pure: Tables) -> None:
    """Given a season, when its views were kept live and when they are made anew, then each row is the replay's."""
    assert stored(store) == pure
    size = rebuild(store)
    assert size == store.head().size
    assert stored(store) == pure
    assert all(pure[table] for table in pure)  # no view is empty: the comparison says something


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(page=st.integers(1, 700))
def test_pages_leave_no_trace(
    store: AnyStore, pure: Tables, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """Given pages of any length, when the views are made of them, then each row is the replay's."""
    monkeypatch.setattr(runner, "PAGE", page)
    begin_anew(store)
    catch_up(store)
    assert stored(store) == pure


@pytest.mark.parametrize("how", [(), ("rebuild",)])
def test_a_killed_projector_loses_and_doubles_nothing(
    season: str, store: AnyStore, pure: Tables, how: tuple[str, ...]
) -> None:
    """Given projectors killed at random moments, when another one goes on, then each row is the replay's."""
    dice = random.Random(7)
    if not how:
        begin_anew(store)
    for _ in range(3):
        command = [sys.executable, "-m", "tests.support.projecting", season, "40", *how]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(dice.randrange(1, 8)):
                process.stdout.readline()
            process.kill()
    if how:
        assert stored(store) == pure  # the live views were never touched
        rebuild(store)
    else:
        here = position(store)
        assert here is not None
        assert here.size > 0  # on a busy machine it may have come further than it was heard to
        catch_up(store)
    assert stored(store) == pure


@pytest.fixture
def other(season: str, store: AnyStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[AnyStore]:
    """The same ledger once more, its views put back to nothing and to be filled by small pages."""
    monkeypatch.setattr(runner, "PAGE", 50)
    begin_anew(store)
    other = open_store(season)
    yield other
    other.close()


def test_two_projectors_do_the_work_once(store: AnyStore, other: AnyStore, pure: Tables) -> None:
    """Given two projectors at the same ledger, when both catch up, then each row is the replay's."""
    second = threading.Thread(target=catch_up, args=(other,))
    second.start()
    catch_up(store)
    second.join()
    assert stored(store) == pure


def test_projectors_that_take_turns_do_the_work_once(store: AnyStore, other: AnyStore, pure: Tables) -> None:
    """Given a projector, when between its pages another one takes in one, then each row is the replay's."""

    class OnePage(Exception):
        pass

    def stop(_done: int, _size: int) -> None:
        raise OnePage

    def another_page(_done: int, _size: int) -> None:
        with suppress(OnePage):
            catch_up(other, stop)

    catch_up(store, another_page)
    assert stored(store) == pure


def test_a_rebuild_runs_beside_live_reads_and_changes_over_at_the_end(
    store: AnyStore, pure: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given readers during a rebuild, when they ask at any page, then they see the live rows, whole."""
    monkeypatch.setattr(runner, "REBUILD_PAGE", 300)
    before = position(store)
    seen = []

    def look(done: int, _size: int) -> None:
        seen.append((done, position(store) == before, stored(store) == pure))

    rebuild(store, look)
    after = position(store)
    assert len(seen) > 2
    assert all(same and rows for _, same, rows in seen)
    assert before is not None
    assert after is not None
    assert after.generation == before.generation + 1
    (left,) = store.view_rows("SELECT count(DISTINCT generation) FROM timeline")
    assert left == (1,)


def test_the_later_of_two_rebuilds_wins(
    store: AnyStore, pure: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a rebuild under way, when another one begins, then the first one ends and says so."""
    monkeypatch.setattr(runner, "REBUILD_PAGE", 300)
    begun = False

    def begin_another(_done: int, _size: int) -> None:
        nonlocal begun
        if not begun:
            begun = True
            rebuild(store)

    with pytest.raises(Superseded, match="another rebuild has begun"):
        rebuild(store, begin_another)
    assert stored(store) == pure


@pytest.mark.parametrize("at", [0, 25, 40])
def test_views_stop_before_an_entry_that_one_cannot_take(
    store: AnyStore, pure: Tables, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Given a view that fails at an entry, when they catch up, then all stand before it and the reason is kept."""
    with monkeypatch.context() as broken:
        broken.setattr(Timeline, "rows", _failing_at(at))
        begin_anew(store)
        with pytest.raises(
            ViewStopped, match=f"the views stop before entry {at}: timeline: KeyError: 'lost'"
        ):
            catch_up(store)
        here = position(store)
        assert here is not None
        assert (here.size, here.reason) == (at, "timeline: KeyError: 'lost'")
    assert stored(store) == replayed(whole(store)[:at], stored_envelopes(store))
    after = catch_up(store)  # a program that can take it
    assert after.reason is None
    assert stored(store) == pure


def test_a_rebuild_that_stops_leaves_the_live_views(
    store: AnyStore, pure: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a view that fails at an entry, when they are made anew, then the live ones stay as they were."""
    catch_up(store)
    before = position(store)
    with monkeypatch.context() as broken:
        broken.setattr(Timeline, "rows", _failing_at(25))
        with pytest.raises(ViewStopped, match="before entry 25"):
            rebuild(store)
    assert position(store) == before
    assert stored(store) == pure


def test_views_of_an_earlier_shape_are_made_anew(store: AnyStore, pure: Tables) -> None:
    """Given the tables of the first shape, or one shape before, when prepared, then they go and are made anew."""
    with store.view_transaction() as connection:
        _drop_all(connection)
        connection.execute("CREATE TABLE balance (pair TEXT)")
        connection.execute("CREATE TABLE view_position (view TEXT)")
    catch_up(store)
    assert stored(store) == pure
    with store.view_transaction() as connection:
        connection.execute("UPDATE view_set SET shape = ?", [SHAPE - 1])
        connection.execute("DELETE FROM balance")
    catch_up(store)
    assert stored(store) == pure


def test_views_of_a_later_program_are_left_alone(store: AnyStore, pure: Tables) -> None:
    """Given views of a later shape, when this program would use them, then it refuses and changes nothing."""
    with store.view_transaction() as connection:
        connection.execute("UPDATE view_set SET shape = ?", [SHAPE + 1])
    with pytest.raises(StoreError, match=f"of shape {SHAPE + 1}, made by a later program"):
        catch_up(store)
    assert stored(store) == pure
    with store.view_transaction() as connection:
        connection.execute("UPDATE view_set SET shape = ?", [SHAPE])


def _failing_at(index: int) -> Callable[[Timeline, Page], Written]:
    kept = Timeline.rows

    def rows(self: Timeline, page: Page) -> Written:
        if page.entries[0].index <= index <= page.entries[-1].index:
            raise KeyError("lost")
        return kept(self, page)

    return rows


def _drop_all(connection: Connection) -> None:
    for table in ("view_set", *(view.table for view in runner.VIEWS)):
        connection.execute(f"DROP TABLE {table}")
