"""Following the ledger with the client: every entry once, through ended streams, and nothing unverified."""

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest
from httpx2 import Client as Http
from httpx2 import HTTPTransport, Request, Response

from api.client import Client, Distrust, Problem, Unanswered
from api.client.stream import MAX_EVENT_BYTES, events
from api.client.trust import DoesNotVerify
from ledger.anchor import Anchor, read_anchor
from ledger.merkle import leaf_hash
from tests.support.client import made
from tests.support.reading import Readers, listening, readers
from tests.support.server import free_port
from tests.support.web import lay_anchor


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with readers(tmp_path_factory.mktemp("stream")) as served:
        yield served


@pytest.fixture(scope="module")
def live(at: Readers) -> Iterator[Http]:
    with listening(at, poll_seconds=0.02, stream_seconds=0.3) as http:
        yield http


@pytest.fixture
def anchor(at: Readers, tmp_path: Path) -> Anchor:
    return read_anchor(lay_anchor(tmp_path, next(iter(at.store.leaf_hashes(0, 1)))))


class Altering(HTTPTransport):
    """A connection on which one text of every answer becomes another."""

    def __init__(self, old: bytes, new: bytes) -> None:
        super().__init__()
        self._change = old, new

    def handle_request(self, request: Request) -> Response:
        with closing(super().handle_request(request)) as answer:
            body = answer.read().replace(*self._change)
        return made(answer.status_code, body.decode())


def test_every_entry_comes_once_through_streams_that_end(
    at: Readers, live: Http, anchor: Anchor, tmp_path: Path
) -> None:
    """Given a server that ends each stream after a moment, when a client follows, then what is there and what comes later comes once, in order, as it is hashed."""
    size = at.store.head().size
    with Client(str(live.base_url), tmp_path / "c", anchor, token=at.token("police")) as client:
        following = client.follow(0)
        found = list(islice(following, size - 1))
        at.say("2025-06-02", "VehicleEvidenceFiled", _photo(1))
        found += islice(following, 1)
        at.say("2025-06-02", "VehicleEvidenceFiled", _photo(2))
        found += islice(following, 1)
        following.close()
    assert [one.header.index for one in found] == list(range(1, size + 2))
    hashes = [leaf.hex() for leaf in at.store.leaf_hashes(1, size + 2)]
    assert [one.leaf_hash for one in found] == hashes
    assert [leaf_hash(one.header.line() + b"\n" + one.statement).hex() for one in found] == hashes


def test_begins_behind_the_index_that_is_given(
    at: Readers, live: Http, anchor: Anchor, tmp_path: Path
) -> None:
    """Given the last index of an earlier day, when a client follows behind it, then the next entry comes first."""
    with (
        Client(str(live.base_url), tmp_path / "c", anchor, token=at.token("police")) as client,
        closing(client.follow(7)) as following,
    ):
        assert next(following).header.index == 8


def test_without_a_token_it_is_a_problem(live: Http, anchor: Anchor, tmp_path: Path) -> None:
    """Given no token, when a client follows, then that is the server's problem, and it is not tried again."""
    with Client(str(live.base_url), tmp_path / "c", anchor) as client:
        with pytest.raises(Problem) as caught:
            next(client.follow(0))
        assert (caught.value.status, caught.value.code) == (401, "unauthenticated")


def test_a_server_that_is_gone_wears_patience_out(anchor: Anchor, tmp_path: Path) -> None:
    """Given nobody at the address, when a client follows for a second, then it says that nobody answered."""
    address = f"http://127.0.0.1:{free_port()}"
    with (
        Client(address, tmp_path / "c", anchor, patience_seconds=1) as client,
        pytest.raises(Unanswered, match="ConnectError"),
    ):
        next(client.follow(0))


def test_an_entry_that_is_not_what_it_hashes_to_halts(
    at: Readers, live: Http, anchor: Anchor, tmp_path: Path
) -> None:
    """Given an entry with another word in its statement, when it comes, then the client halts with evidence."""
    line = Altering("示例".encode(), "另一".encode())
    told = {"token": at.token("police"), "transport": line}
    with Client(str(live.base_url), tmp_path / "c", anchor, **told) as client:
        with pytest.raises(Distrust, match="does not hash to its leaf hash") as caught:
            list(islice(client.follow(0), 12))
        assert json.loads(caught.value.evidence.read_text())["received"]["header"]


def test_events_are_bounded_and_numbered() -> None:
    """Given server-sent events in any cut, when they are read, then ids and data come; no bound or no number is not taken."""
    whole = b"retry: 2000\n\nid: 3\nevent: entry\ndata: {}\n\nid: 9\n: heartbeat\n\n"
    for cut in range(len(whole)):
        assert list(events([whole[:cut], whole[cut:]])) == [(3, b"{}"), (9, None)]
    with pytest.raises(DoesNotVerify, match="no index"):
        list(events([b"id: x\n\n"]))
    with pytest.raises(DoesNotVerify, match="a line of more than"):
        list(events([b"data: " + b"a" * MAX_EVENT_BYTES]))


def _photo(number: int) -> dict[str, str]:
    return {"kind": "PHOTO", "on": "2025-06-02", "source": f"照片 {number}", "vin": "LSVAB6189R2012345"}
