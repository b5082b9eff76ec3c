"""The server, or the client, is killed at work: nothing is lost, nothing is entered twice."""

import json
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from pathlib import Path

from api.client import Client, Entered
from ledger.anchor import read_anchor
from ledger.stores import open_store
from tests.support.client import signer
from tests.support.desk import statement
from tests.support.server import Server, free_port, server

ENVELOPES = 30

# An agency's system that enters the same statements again whenever it is started, until all are entered.
_SYSTEM = """
import sys
from pathlib import Path
from api.client import Client
from ledger.anchor import read_anchor
from tests.api.client.test_killed import statements
from tests.support.client import signer

url, folder, anchor = sys.argv[1:]
with Client(url, Path(folder), read_anchor(anchor)) as client:
    client.resume()
    officer = signer("police-1")
    # Not the last seq: one that was taken when the process died may have no envelope, which is allowed.
    done = len(list((Path(folder) / "settled").glob("*.answer.json")))
    for one in statements()[done:]:
        client.enter("police", [one], officer)
"""


def statements() -> list[bytes]:
    """Return facts that a ledger always takes, each with an id of its own."""
    return [
        statement(
            "VehicleEvidenceFiled",
            {"kind": "PHOTO", "on": "2026-01-05", "source": f"{number}", "vin": "LSVAB6189R2012345"},
            "police",
            id=str(uuid.UUID(int=number + 1, version=4)),
        )
        for number in range(ENVELOPES)
    ]


class OnPort:
    """A server that listens on a port, so that whoever finds it gone leaves no socket open."""

    def __init__(self, served: Server) -> None:
        self.served = served
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        served.end()
        self._start()

    def _start(self) -> None:
        self.served.process = self.served.run("--port", str(self.port))

    def kill_and_start(self) -> None:
        """Kill the server with its workers, and start it again."""
        self.served.kill()
        self._start()


def _ids(url: str) -> Counter[str]:
    store = open_store(url, read_only=True)
    try:
        entries = [json.loads(data.partition(b"\n")[2]) for data in store.entries(1, store.head().size)]
    finally:
        store.close()
    assert {one["type"] for one in entries} <= {"VehicleEvidenceFiled", "HeadsCommitted"}
    return Counter(one["id"] for one in entries if one["type"] == "VehicleEvidenceFiled")


def test_a_killed_server_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Given a client that sends on, when the server is killed twice, then every envelope enters once, with its receipt."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    with server(tmp_path, url) as served:
        at = OnPort(served)
        entered: list[Entered] = []
        over = threading.Event()

        def kill() -> None:
            for mark in (6, 18):
                while len(entered) < mark and not over.is_set():
                    time.sleep(0.005)
                at.kill_and_start()

        killer = threading.Thread(target=kill)
        with Client(at.url, tmp_path / "c", read_anchor(tmp_path / "anchor.json")) as client:
            killer.start()
            try:
                for one in statements():
                    entered.append(client.enter("police", [one], signer("police-1")))  # noqa: PERF401  the killer counts
            finally:
                over.set()
                killer.join()
            assert client.resume() == []
            last = client.state.seen.index
        assert _ids(url) == {json.loads(one)["id"]: 1 for one in statements()}
        assert [one.receipts[0].statement for one in entered] == statements()
        assert last == entered[-1].receipts[0].header.index


def test_a_killed_client_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Given an agency's system that is killed at work, when it is started again, then its envelopes enter once each."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    with server(tmp_path, url) as served:
        at = OnPort(served)
        command = [sys.executable, "-c", _SYSTEM, at.url, tmp_path / "c", tmp_path / "anchor.json"]
        settled = tmp_path / "c" / "settled"
        for mark in (4, 14):
            with subprocess.Popen(command) as system:
                until = time.monotonic() + 60
                while len(list(settled.glob("*.answer.json"))) < mark:
                    assert system.poll() is None
                    assert time.monotonic() < until
                    time.sleep(0.002)
                system.kill()
        subprocess.run(command, check=True, timeout=120)
        assert _ids(url) == {json.loads(one)["id"]: 1 for one in statements()}
        assert not list((tmp_path / "c" / "outbox").glob("*-*.json"))
