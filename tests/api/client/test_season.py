"""A whole season over HTTP: four agencies, two workers, PostgreSQL, and the same end as in one process."""

import json
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from httpx2 import BaseTransport, HTTPTransport, Limits, Request, Response
from typing_extensions import override

from api.cli.init import open_database, sign_opening, write_keys
from api.cli.keyfiles import checkpoint_signer
from api.cli.verify import verify_target
from api.client import Client, KeySigner
from api.demo.acts import moment
from api.demo.keys import OFFICERS, ORIGIN, season_keys
from api.demo.pace import FIRST_DAY
from api.demo.play import SimulatedClock, play
from api.demo.season import POLICY_DOCUMENT_SHA256, season
from api.demo.stream import Writer
from ledger.anchor import read_anchor
from ledger.keys import OFFICER_AGENCIES
from ledger.sequencer import Sequencer
from ledger.stores import is_postgres, open_store, sqlite_file
from projections.runner import catch_up
from projections.views.balances import read_balances
from tests.support.lot_season import LOT, Agencies, WithLot
from tests.support.postgres import Server as Postgres
from tests.support.season_server import WORKER, FileClock, SeasonServer

SEED = 1
CARS = 60
KEYS = season_keys(SEED)
START = moment(FIRST_DAY, 8)


class NewConnections(BaseTransport):
    """A connection for each request, and who answered them."""

    def __init__(self, socket: Path, workers: set[str]) -> None:
        self._inner = HTTPTransport(uds=str(socket), limits=Limits(max_keepalive_connections=0))
        self._workers = workers

    @override
    def handle_request(self, request: Request) -> Response:
        answer = self._inner.handle_request(request)
        self._workers.add(answer.headers[WORKER])
        return answer

    @override
    def close(self) -> None:
        self._inner.close()


def _open(url: str, folder: Path, clock: SimulatedClock) -> None:
    folder.mkdir(exist_ok=True)
    envelope, statement = sign_opening(
        ORIGIN, KEYS, POLICY_DOCUMENT_SHA256, "00000000-0000-4000-8000-000000000001", clock, OFFICERS
    )
    clock.now += timedelta(minutes=1)
    open_database(url, envelope, statement, folder / "anchor.json", clock)
    write_keys(folder / "keys", KEYS)


def _in_process(url: str, folder: Path) -> None:
    clock = SimulatedClock(START)
    _open(url, folder, clock)
    signer = checkpoint_signer(ORIGIN, folder / "keys")
    store = open_store(url)
    try:
        with Sequencer(store, KEYS["housekeeping"], clock=clock, signer=signer) as sequencer:
            play(season(3, CARS + LOT, SEED, WithLot), store, sequencer, clock, KEYS, SEED, lambda _: None)
    finally:
        store.close()


def _over_http(url: str, folder: Path) -> tuple[Agencies, set[str]]:
    here, there = SimulatedClock(START), FileClock(folder / "clock")
    _open(url, folder, here)
    there.set(here())
    served = SeasonServer(folder, url, there)
    workers: set[str] = set()
    with ExitStack() as stack:
        served.start()
        stack.callback(served.kill)
        clients = {
            agency: stack.enter_context(
                Client(
                    "http://ledger",
                    folder / agency,
                    read_anchor(folder / "anchor.json"),
                    clock=here,
                    transport=NewConnections(served.socket, workers),
                )
            )
            for agency in OFFICER_AGENCIES
        }
        keys = {name: KeySigner(key) for name, key in KEYS.items()}
        clients["commerce"].take_seq(keys["commerce-1"].keyid)  # entry 0 has it
        agencies = Agencies(clients, keys, here, there, Writer(SEED))
        agencies.play(season(3, CARS + LOT, SEED, WithLot))
        assert served.end() == 0
        stack.pop_all()
        for client in clients.values():
            client.close()
    return agencies, workers


def _what_is_there(url: str, folder: Path) -> tuple[list[Any], dict[str, Any], list[Any]]:
    """Return balances, answer and statements (corrections without what names their target's hash)."""
    store = open_store(url)
    try:
        catch_up(store)
        book = read_balances(store)
        statements = [json.loads(data.partition(b"\n")[2]) for data in store.entries(1, book.size)]
    finally:
        store.close()
    for statement in statements:
        if statement["type"] == "EventCorrected":
            del statement["body"]["target_leaf"]
    path = sqlite_file(url)
    answer = verify_target(
        url if path is None else Path(path), read_anchor(folder / "anchor.json"), []
    ).to_json()
    return [(row.pair_id, dict(row.balances)) for row in book.pairs], answer, statements


def test_a_season_over_http_ends_as_in_process(postgres: Postgres, tmp_path: Path) -> None:
    """Given a season of 60 cars and a lot of 300, when four agencies play it over HTTP, then balances and verdict are those of one process, and the lot went in one envelope a step."""
    alone = f"sqlite:///{tmp_path}/alone.db"
    _in_process(alone, tmp_path / "alone")
    with postgres.lent_database() as url:
        assert is_postgres(url)
        agencies, workers = _over_http(url, tmp_path / "http")
        balances, answer, statements = _what_is_there(url, tmp_path / "http")

    assert len(workers) == 2
    assert agencies.sizes["UseApplicationReceived", 2] == 1
    for kind in (
        "VehicleRegistered",
        "VehicleInfoCopied",
        "PendingExportTransferRecorded",
        "TransferProofAccepted",
    ):
        assert agencies.sizes[kind, LOT] == 1
    balances_alone, answer_alone, statements_alone = _what_is_there(alone, tmp_path / "alone")
    assert balances == balances_alone
    assert sum(one["D"] for _, one in balances) == CARS + LOT
    assert statements == statements_alone
    for part in ("verdict", "headline", "books", "integrity", "statements", "size", "as_of"):
        assert answer[part] == answer_alone[part], part
    assert (answer["verdict"], answer["integrity"]["verdict"]) == ("PROVED", "INTACT")
