"""The process that writes a rebuild: its rows are those of one process, and whatever happens, none is left."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from ledger.append import Entered
from ledger.store import StoreError
from ledger.stores import AnyStore
from projections import runner, writer
from projections.envelopes import stored_envelopes
from projections.folding import ViewStopped
from projections.runner import catch_up, rebuild
from projections.view import Page, Written
from projections.views.timeline import Timeline
from projections.writing import Superseded
from tests.support.desk import Desk, desk, enterprise, statement
from tests.support.views import replayed, stored, whole

ROOT = Path(__file__).parents[2]
PAGE = 7
Process = subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def patient() -> float:
    """How long a process may take to end, in seconds."""
    return 20


@pytest.fixture
def at(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A ledger of several pages whose live views are current, on a machine with two cores."""
    monkeypatch.setattr(runner, "REBUILD_PAGE", PAGE)
    monkeypatch.setattr(runner, "cores", lambda: 2)
    with desk(tmp_path, url) as opened:
        assert isinstance(opened.send([enterprise(1), enterprise(2)], "commerce-1"), Entered)
        for number in range(30):
            usccs = ("91310115PDY00001XD", "91310114PDY000028Y", "91310115PDY00009XX")
            body = {
                "filing_no": f"F-{number}",
                "uscc": usccs[number % 3],  # the third is not on file, and its code is wrong: flags
                "valid_from": "2025-01-01",
                "valid_to": "2025-12-31",
            }
            filed = statement("ExportQualificationFiled", body)
            assert isinstance(opened.send([filed], "commerce-1"), Entered)
        catch_up(opened.store)
        yield opened


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    """The processes that were started to write."""
    found: list[Process] = []
    start = subprocess.Popen

    def noted(*arguments: object, **named: object) -> Process:
        found.append(start(*arguments, **named))  # type: ignore[call-overload]
        return found[-1]

    monkeypatch.setattr(writer.subprocess, "Popen", noted)
    return found


def pure(store: AnyStore) -> dict[str, list[tuple[object, ...]]]:
    return replayed(whole(store), stored_envelopes(store))


@pytest.mark.parametrize(("cores", "processes"), [(1, 0), (2, 1)])
def test_rows_are_the_same_whoever_writes_them(
    at: Desk, started: list[Process], monkeypatch: pytest.MonkeyPatch, cores: int, processes: int
) -> None:
    """Given one core or two, when the views are made anew, then each row is the replay's, and so is the position."""
    monkeypatch.setattr(runner, "cores", lambda: cores)
    told: list[tuple[int, int]] = []
    size = at.store.head().size

    assert rebuild(at.store, lambda done, total: told.append((done, total))) == size

    assert stored(at.store) == pure(at.store)
    assert told == [(min(done, size), size) for done in range(PAGE, size + PAGE, PAGE)]
    assert [process.poll() for process in started] == [0] * processes


def test_a_ledger_of_one_page_needs_no_second_process(
    at: Desk, started: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a ledger that one page holds, when the views are made anew, then no process is started for it."""
    monkeypatch.setattr(runner, "REBUILD_PAGE", at.store.head().size)
    rebuild(at.store)
    assert started == []


def test_a_killed_writer_is_an_error_and_costs_nothing(at: Desk, started: list[Process]) -> None:
    """Given a writer that is killed, when the rebuild goes on, then it fails, says why, and the next one succeeds."""
    before = stored(at.store)

    with pytest.raises(StoreError, match="the process that writes the views ended by signal SIGKILL"):
        rebuild(at.store, lambda _done, _size: started[0].kill())

    assert stored(at.store) == before
    rebuild(at.store)
    assert stored(at.store) == pure(at.store)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_no_process_is_left_when_a_rebuild_is_broken_off(
    at: Desk, started: list[Process], error: type[BaseException]
) -> None:
    """Given a rebuild under way, when it is broken off, then its writer has ended and the live views stand."""
    before = stored(at.store)

    def break_off(_done: int, _size: int) -> None:
        raise error

    with pytest.raises(error):
        rebuild(at.store, break_off)

    assert [process.returncode is not None for process in started] == [True]
    assert stored(at.store) == before


@pytest.mark.parametrize("index", [0, PAGE, 17])
def test_an_entry_that_a_view_cannot_take_stops_a_rebuild_there(
    at: Desk, started: list[Process], monkeypatch: pytest.MonkeyPatch, index: int
) -> None:
    """Given a view that fails at an entry, when rebuilt by two processes, then it is told which, and none is left."""
    before, rows = stored(at.store), Timeline.rows

    def fail(self: Timeline, page: Page) -> Written:
        if page.entries[0].index <= index <= page.entries[-1].index:
            raise KeyError("lost")
        return rows(self, page)

    with monkeypatch.context() as broken:
        broken.setattr(Timeline, "rows", fail)
        with pytest.raises(ViewStopped, match=f"before entry {index}: timeline: KeyError: 'lost'"):
            rebuild(at.store)

    assert [process.returncode is not None for process in started] == [True]
    assert stored(at.store) == before


def test_rows_that_the_database_refuses_are_an_error(
    at: Desk, started: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a view that says a row twice, when the writer enters it, then the database's reason is told."""
    before, rows = stored(at.store), Timeline.rows

    def twice(self: Timeline, page: Page) -> Written:
        change = rows(self, page)
        return Written(change.gone, [*change.rows, *change.rows])

    with monkeypatch.context() as broken:
        broken.setattr(Timeline, "rows", twice)
        with pytest.raises(StoreError, match="timeline"):
            rebuild(at.store)

    assert [process.returncode is not None for process in started] == [True]
    assert stored(at.store) == before


def test_a_writer_hears_that_another_rebuild_has_begun(at: Desk, started: list[Process]) -> None:
    """Given a rebuild by two processes, when another one begins, then the first one ends and the second stands."""

    def begin_another(_done: int, _size: int) -> None:
        if len(started) == 1:
            rebuild(at.store)

    with pytest.raises(Superseded, match="another rebuild has begun"):
        rebuild(at.store, begin_another)

    assert [process.returncode is not None for process in started] == [True, True]
    assert stored(at.store) == pure(at.store)


def test_records_are_read_when_they_are_written(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given no room to remember records, when a page needs those of the page before, then it waits for them."""
    monkeypatch.setattr("projections.folding.CAPACITY", 1)
    rebuild(at.store)
    assert stored(at.store) == pure(at.store)


def test_a_writer_ends_with_the_process_that_started_it(at: Desk, patient: float) -> None:
    """Given a rebuild that is killed, when its writer finds nobody to answer to, then it ends by itself."""
    before = stored(at.store)
    command = [sys.executable, "-m", "tests.support.projecting", at.url, str(PAGE), "rebuild"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        children = eventually(lambda: _children(process.pid), patient)
        process.kill()
    eventually(lambda: not any(Path(f"/proc/{child}").exists() for child in children), patient)
    assert stored(at.store) == before


def test_half_a_page_is_not_written(at: Desk) -> None:
    """Given who started a writer dies in the middle of a word, when the writer hears no more, then it writes nothing."""
    first = orjson.dumps({"url": at.url, "generation": 1})
    half = b'{"start":0,"size":5,"changes":[]}'  # whole but for the end of its line
    command = [sys.executable, "-m", "projections.writer"]
    ran = subprocess.run(command, input=first + b"\n" + half, capture_output=True, check=True)
    assert (ran.stdout, ran.stderr) == (b"", b"")


def eventually(found: Callable[[], object], patient: float) -> list[int]:
    """Ask until there is an answer that is not empty, and return it."""
    until = time.monotonic() + patient
    while not (answer := found()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return answer if isinstance(answer, list) else []


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
