"""The live rows of all views against a replay: at the views' own position, in pages of any length, or said why not."""

from collections.abc import Callable, Iterator
from contextlib import chdir, closing
from itertools import islice
from pathlib import Path

import pytest

from api.cli import run
from ledger.store_audit import PostgresSource, StoreSource
from ledger.stores import AnyStore, is_postgres, open_store, sqlite_file
from projections import comparing, runner
from projections.comparing import compare_views
from projections.differing import Compared, TableDiffers
from projections.reading import position
from projections.replaced_rows import compare_generations
from projections.runner import SHAPE, catch_up, prepare, rebuild
from tests.support.postgres import FIRST, Server
from tests.support.views import stored


@pytest.fixture(scope="module", params=["sqlite", FIRST])
def played(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    servers: Callable[[str], Server],
) -> str:
    """A small season on either database."""
    folder = tmp_path_factory.mktemp("season")
    url = f"sqlite:///{folder}/ledger.db" if request.param == "sqlite" else servers(request.param).database()
    with chdir(folder):  # keys and anchor of a database lie where the command runs
        assert run(["demo", "--vehicles", "3", "--exporters", "2", "--db", url, "--json"]) == 0
    return url


@pytest.fixture
def store(played: str) -> Iterator[AnyStore]:
    """The season with views that are as they should be."""
    with closing(open_store(played)) as store:
        anew(store)
        catch_up(store)
        yield store


def anew(store: AnyStore) -> None:
    """Put the views back to nothing."""
    with store.view_transaction() as connection:
        connection.execute("DROP TABLE IF EXISTS view_set")
    prepare(store)


def compared(url: str) -> Compared:
    """Compare as ``verify`` does."""
    with closing(source_of(url)) as source:
        return compare_views(source)


def source_of(url: str) -> StoreSource | PostgresSource:
    return PostgresSource(url) if is_postgres(url) else StoreSource(Path(sqlite_file(url) or ""))


def damage(store: AnyStore, sql: str) -> None:
    with store.view_transaction() as connection:
        connection.execute(sql)


def replaced(store: AnyStore) -> Compared:
    """Rebuild; return what was wrong."""
    found: list[Compared] = []
    rebuild(
        store, finish=lambda connection, generation: found.append(compare_generations(connection, generation))
    )
    return found[0]


def stand_at(store: AnyStore, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the views take in the first entries only."""

    def enough(done: int, _size: int) -> None:
        raise InterruptedError(done)

    anew(store)
    with monkeypatch.context() as patched:
        patched.setattr(runner, "PAGE", size)
        with pytest.raises(InterruptedError):
            catch_up(store, enough)


def test_every_row_is_compared(played: str, store: AnyStore) -> None:
    """Given sound views, then every row equals the replay's, and a rebuild says the same."""
    assert compared(played) == Compared(())
    assert replaced(store) == Compared(())


@pytest.mark.parametrize("page", [1, 7])
def test_pages_of_any_length_find_the_same(
    played: str, store: AnyStore, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """Given rows gone and made up at both ends of a table, when read in short pages, then they are counted once."""
    size = store.head().size
    damage(store, f"DELETE FROM effect WHERE idx IN (0, 7, {size - 1})")
    damage(store, "UPDATE effect SET idx = 1000000 WHERE idx = 8")
    monkeypatch.setattr(comparing, "_PAGE", page)
    (found,) = compared(played).differing
    assert found == TableDiffers("effect", 0, 4, 1, "0")


def test_views_behind_are_compared_where_they_stand(
    played: str, store: AnyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given views behind the head, then their rows equal the replay up to there, and a change of one is found."""
    stand_at(store, 20, monkeypatch)
    assert compared(played).differing == ()
    damage(store, "UPDATE effect SET agency = NULL WHERE idx = 3")
    assert compared(played).differing == (TableDiffers("effect", 1, 0, 0, "3"),)


def test_a_position_set_back_is_found(played: str, store: AnyStore) -> None:
    """Given a position that says less than the rows hold, then the rows of later entries are unknown."""
    damage(store, "UPDATE view_set SET size = size - 1")
    found = {one.table: one for one in compared(played).differing}
    assert found["effect"] == TableDiffers("effect", 0, 0, 1, str(store.head().size - 1))


def test_a_rebuild_says_where_the_views_stood_that_it_does_not_compare(
    store: AnyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given live views behind the head or stopped there, when rebuilt, then nothing is claimed of their rows."""
    size = store.head().size
    stand_at(store, 20, monkeypatch)
    assert replaced(store).uncompared == f"the live views stood at 20 of {size} entries"
    stand_at(store, 20, monkeypatch)
    damage(store, "UPDATE view_set SET reason = 'of a later version'")
    stopped = f"the live views stood at 20 of {size} entries and had stopped there: of a later version"
    assert replaced(store).uncompared == stopped
    here = position(store)
    assert here is not None
    assert (here.size, here.reason) == (size, None)


def test_the_rows_of_a_table_that_is_not_there_are_missing(played: str, store: AnyStore) -> None:
    """Given a view's table dropped, then each row that the entries give is missing."""
    rows = sorted(stored(store)["clock"])
    damage(store, "DROP TABLE clock")
    try:
        (found,) = compared(played).differing
    finally:
        anew(store)
    assert found == TableDiffers("clock", 0, len(rows), 0, rows[0][0])


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (f"UPDATE view_set SET shape = {SHAPE + 1}", f"of shape {SHAPE + 1}, this program knows {SHAPE}"),
        ("UPDATE view_set SET live = 0", "0 generations of the views are live, one is wanted"),
        ("ALTER TABLE clock RENAME COLUMN owner TO whose", "owner"),
    ],
)
def test_other_views_than_this_program_makes_are_left_open(
    played: str, store: AnyStore, sql: str, why: str
) -> None:
    """Given views of another shape, none that is live or a table of another form, then it is said; no row is accused."""
    damage(store, sql)
    try:
        found = compared(played)
    finally:
        with store.view_transaction() as connection:
            connection.execute("UPDATE view_set SET shape = 1")  # so that all tables are made anew
        prepare(store)
    assert found.uncompared is not None
    assert why in found.uncompared
    assert found.differing == ()


def test_entries_that_end_too_soon_leave_it_open(
    played: str, store: AnyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given entries missing or damaged below the views' position, then it is said where the replay stops."""
    whole = store.entries
    with closing(source_of(played)) as source:
        monkeypatch.setattr(source, "entries", lambda start, stop: islice(whole(start, stop), 12))
        assert compare_views(source).uncompared == "the replay stops before entry 12: it is not there"
        monkeypatch.setattr(source, "entries", lambda start, stop: islice(whole(start, stop), 1, None))
        told = compare_views(source).uncompared
    assert told is not None
    assert told.startswith("the replay stops before entry 0: not of the form of an entry")


def test_comparing_writes_nothing(played: str, store: AnyStore) -> None:
    """Given a store, when its views are compared, then no view moves and no file comes beside a ledger file."""
    path = Path(sqlite_file(played) or "") if not is_postgres(played) else None
    before = stored(store), path and (path.read_bytes(), sorted(path.parent.iterdir()))
    compared(played)
    assert (stored(store), path and (path.read_bytes(), sorted(path.parent.iterdir()))) == before
