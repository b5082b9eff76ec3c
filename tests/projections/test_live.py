"""The projector: told or not it takes in what is appended, and says what keeps it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ledger.append import Entered
from ledger.stores import AnyStore
from projections import runner
from projections.envelopes import stored_envelopes
from projections.live import Projector
from projections.reading import position
from projections.runner import prepare
from projections.view import Page, Written
from projections.views.timeline import Timeline
from tests.support.desk import Desk, desk, enterprise, statement
from tests.support.postgres import LocalServer, local_server
from tests.support.troubles import Cutter
from tests.support.views import replayed, stored, whole

NEVER = 3_600.0
SOON = 0.02
PATIENCE = 60.0


@pytest.fixture
def at(tmp_path: Path, url: str) -> Iterator[Desk]:
    with desk(tmp_path, url) as opened:
        prepare(opened.store)
        yield opened


class Troubles:
    """What a projector has told, and a way to wait for the next one."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._told = threading.Semaphore(0)

    def __call__(self, reason: str) -> None:
        self.all.append(reason)
        self._told.release()

    def next(self) -> str:
        assert self._told.acquire(timeout=PATIENCE)
        return self.all[-1]


@contextmanager
def projecting(store: AnyStore, pause: float) -> Iterator[tuple[Projector, Troubles]]:
    troubles = Troubles()
    projector = Projector(store, troubles, pause)
    try:
        yield projector, troubles
    finally:
        projector.close()


def reached(store: AnyStore, size: int) -> bool:
    """Wait until the views have taken in so many entries."""
    end = threading.Event()
    for _ in range(int(PATIENCE / SOON)):
        here = position(store)
        if here is not None and here.size == size:
            return True
        end.wait(SOON)
    return False


def test_told_it_takes_in_what_was_appended(at: Desk) -> None:
    """Given a projector that never looks by itself, when told of an entry, then the views have it."""
    with projecting(at.store, NEVER) as (projector, troubles):
        assert reached(at.store, 1)
        assert isinstance(at.send([enterprise(1)], "commerce-1"), Entered)
        projector.tell()
        assert reached(at.store, 2)
    assert troubles.all == []


def test_untold_it_looks_after_a_pause(at: Desk) -> None:
    """Given entries of another process, when nobody tells, then the views have them after a pause."""
    with projecting(at.store, SOON):
        assert isinstance(at.send([enterprise(1)], "commerce-1"), Entered)
        assert reached(at.store, 2)


def test_a_restart_goes_on_where_it_stood(at: Desk) -> None:
    """Given a projector that ended, when another begins after further entries, then it goes on from there."""
    with projecting(at.store, NEVER):
        assert reached(at.store, 1)
    assert isinstance(at.send([enterprise(1)], "commerce-1"), Entered)
    assert reached(at.store, 1)
    with projecting(at.store, NEVER):
        assert reached(at.store, 2)


def test_it_says_once_at_which_entry_it_stopped(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an entry that a view cannot take, when it is met again and again, then it is told once, and gone past later."""
    with monkeypatch.context() as broken:
        broken.setattr(Timeline, "rows", _unable)
        with projecting(at.store, SOON) as (_, troubles):
            assert "before entry 0: timeline: ValueError: unable" in troubles.next()
            for _ in range(3):
                at.store.head()
        assert len(troubles.all) == 1
    with projecting(at.store, SOON):
        assert reached(at.store, 1)


@pytest.fixture(scope="module")
def own() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server


def test_a_lost_database_is_asked_again(own: LocalServer, tmp_path: Path) -> None:
    """Given a server that is stopped without warning, when it is back, then the projector goes on by itself."""
    with desk(tmp_path, own.database()) as at, projecting(at.store, SOON):
        assert reached(at.store, 1)
        own.stop("immediate")
        own.start()
        assert isinstance(at.send([enterprise(1)], "commerce-1"), Entered)
        assert reached(at.store, 2)


def test_cut_connections_cost_no_row(
    own: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given connections cut at random while a projector works, when it has caught up, then each row is the replay's."""
    monkeypatch.setattr(runner, "PAGE", 1)
    url = own.database()
    with desk(tmp_path, url) as at:
        assert isinstance(at.send([enterprise(1)], "commerce-1"), Entered)
        assert isinstance(at.send([filing(number) for number in range(300)], "commerce-1"), Entered)
        with Cutter(url, 2, 7) as cutter, projecting(at.store, SOON):
            assert reached(at.store, 302)
        assert cutter.cuts
        assert stored(at.store) == replayed(whole(at.store), stored_envelopes(at.store))


def filing(number: int) -> bytes:
    body = {
        "filing_no": f"F-{number}",
        "uscc": "91310115PDY00001XD",
        "valid_from": "2025-01-01",
        "valid_to": "2025-12-31",
    }
    return statement("ExportQualificationFiled", body)


def _unable(_self: Timeline, _page: Page) -> Written:
    raise ValueError("unable")
