"""``quota-ledger serve`` as processes: killed under load, with two workers, ended in the middle of its work."""

import hashlib
import json
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from domain.identifiers import uscc_check
from ledger.checkpoint import parse_checkpoint_text
from ledger.clock import system_clock
from ledger.entry import parse_entry
from ledger.envelope import Seen, sign_envelope
from ledger.note import parse_note
from ledger.stores import open_store
from ledger.submission import encode_submission
from tests.support import domain as of
from tests.support.cli import Cli
from tests.support.desk import statement
from tests.support.keys import LEDGER, private_key
from tests.support.postgres import Server as Postgres
from tests.support.server import Server, server
from tests.support.web import JSON

SENDERS = 4


def enterprises(sender: int, count: int) -> Iterator[bytes]:
    """Yield registrations of enterprises that no other sender registers."""
    org_code = of.ORG_CODES[of.EXPORTER]
    for number in range(count):
        first_17 = f"9131{sender}{number:03d}{org_code}"
        uscc = first_17 + uscc_check(first_17)
        yield statement("EnterpriseRegistered", of.enterprise_body(uscc, "EXPORTER", org_code=org_code))


def signed(seen: Seen, sender: int, number: int, statements: Sequence[bytes]) -> tuple[str, bytes]:
    """Return an envelope of a sender's own sequence, and the submission that carries it."""
    envelope = sign_envelope(
        "commerce", LEDGER, seen, sender * 1_000 + number, system_clock().isoformat(), statements,
        [private_key("commerce-1")],
    )  # fmt: skip
    return hashlib.sha256(envelope).hexdigest(), encode_submission(envelope, statements)


def first_seen(url: str) -> Seen:
    store = open_store(url, read_only=True)
    head = store.head()
    store.close()
    return Seen(head.size - 1, head.leaf_hash.hex())


class Sender(threading.Thread):
    """Sends envelopes one after the other; what gets no answer is sent again until it has one."""

    def __init__(self, running: Server, seen: Seen, number: int, count: int) -> None:
        super().__init__()
        self.answers: dict[str, list[tuple[int, Any]]] = {}
        self.unanswered = 0
        self._running, self._number = running, number
        self._made = [
            signed(seen, number, n, [one]) for n, one in enumerate(enterprises(number, count), start=1)
        ]

    def run(self) -> None:
        for digest, body in self._made:
            while not self._answered(digest, body):
                self.unanswered += 1
                time.sleep(0.05)

    def _answered(self, digest: str, body: bytes) -> bool:
        try:
            status, content = self._running.post(body)
        except (OSError, HTTPException):
            return False
        self.answers.setdefault(digest, []).append((status, content))
        return status in {200, 201}


def wait_for(senders: Sequence[Sender], answers: int) -> None:
    """Wait until so many envelopes have been answered: the others are on their way."""
    until = time.monotonic() + 60
    while sum(len(sender.answers) for sender in senders) < answers:
        assert time.monotonic() < until
        time.sleep(0.001)


def entered(url: str) -> dict[str, list[int]]:
    """Return the indexes of the entries of each envelope, as the ledger has them."""
    store = open_store(url, read_only=True)
    found: dict[str, list[int]] = {}
    for data in store.entries(0, store.head().size):
        header = parse_entry(data).header
        assert header.envelope is not None
        found.setdefault(header.envelope, []).append(header.index)
    store.close()
    return found


def check_acknowledged(url: str, senders: Sequence[Sender]) -> None:
    """What a client was told stands where it was told, once; every envelope has its one entry."""
    found = entered(url)
    for sender in senders:
        for digest, answers in sender.answers.items():
            told = {
                json.loads(answer["receipts"][0]["header"])["index"]
                for status, answer in answers
                if status in {200, 201}
            }
            assert list(told) == found[digest], answers
            assert [status for status, _ in answers].count(201) <= 1
            assert {status for status, _ in answers} <= {200, 201, 503}


def verified(cli: Cli, url: str, folder: Path) -> None:
    """The ledger is whole and anchored."""
    code = cli("verify", "--db", url, "--anchor", folder / "anchor.json", "--lenient", "--json")
    assert json.loads(cli.out)["integrity"]["verdict"] == "INTACT", cli.out
    assert json.loads(cli.out)["anchored"] is True
    assert code in {0, 5, 6}


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_under_load(postgres: Postgres, tmp_path: Path, cli: Cli, workers: int) -> None:
    """Given a server that is killed under load, when started again, then every 201 stands and every retry is told."""
    url = postgres.database()
    with server(tmp_path, url, "--workers", str(workers)) as running:
        seen = first_seen(url)
        senders = [Sender(running, seen, number, 25) for number in range(1, SENDERS + 1)]
        for sender in senders:
            sender.start()
        for answers in (10, 50):
            wait_for(senders, answers)
            running.kill()
            running.start()
        for sender in senders:
            sender.join(timeout=120)
            assert not sender.is_alive()
        assert sum(sender.unanswered for sender in senders) > 0
        assert running.end() == 0
    found = entered(url)
    assert len(found) == 1 + SENDERS * 25
    check_acknowledged(url, senders)
    verified(cli, url, tmp_path)


def test_killed_on_sqlite(tmp_path: Path, cli: Cli) -> None:
    """Given a ledger in a file, when its server is killed under load and started again, then nothing is lost."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    with server(tmp_path, url) as running:
        seen = first_seen(url)
        senders = [Sender(running, seen, number, 25) for number in (1, 2)]
        for sender in senders:
            sender.start()
        wait_for(senders, 10)
        running.kill()
        running.start()
        for sender in senders:
            sender.join(timeout=120)
        assert running.end() == 0
    assert len(entered(url)) == 1 + 2 * 25
    check_acknowledged(url, senders)
    verified(cli, url, tmp_path)


def test_two_workers(postgres: Postgres, tmp_path: Path) -> None:
    """Given two workers, when clients append and read, then one chain, one checkpoint, and the metrics of both."""
    url = postgres.database()
    with server(tmp_path, url, "--workers", "2") as running:
        seen = first_seen(url)
        senders = [Sender(running, seen, number, 25) for number in range(1, SENDERS + 1)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(timeout=120)
        check_acknowledged(url, senders)
        assert all(answers[-1][0] == 201 for sender in senders for answers in sender.answers.values())
        with running.client() as client:
            size = parse_checkpoint_text(parse_note(client.get("/checkpoint").content).text).size
            assert size == 1 + SENDERS * 25
            metrics = dict(
                line.rsplit(" ", 1)
                for line in client.get("/metrics").text.splitlines()
                if not line.startswith("#")
            )
        assert float(metrics['quota_ledger_envelopes_total{outcome="entered"}']) == SENDERS * 25
        assert float(metrics["quota_ledger_group_statements_sum"]) == SENDERS * 25
        assert float(metrics["quota_ledger_head_entries"]) == size
        assert running.end() == 0


def test_graceful_end(tmp_path: Path) -> None:
    """Given envelopes that wait for the lock, when the server is asked to end, then they enter and are answered."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    with server(tmp_path, url) as running:
        seen = first_seen(url)
        senders = [Sender(running, seen, number, 1) for number in range(1, SENDERS + 1)]
        other = open_store(url)
        with other.transaction():
            for sender in senders:
                sender.start()
            time.sleep(0.7)  # they wait: for the lock, or behind the one that does
            assert running.process is not None
            running.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
        other.close()
        for sender in senders:
            sender.join(timeout=60)
        assert running.process.wait(timeout=60) == 0
    assert [next(iter(s.answers.values()))[0][0] for s in senders] == [201] * SENDERS
    assert sum(sender.unanswered for sender in senders) == 0
    check_acknowledged(url, senders)


def test_lost_answer(tmp_path: Path) -> None:
    """Given a client that goes away before the answer, when it sends again, then it has the receipt of the entry."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    with server(tmp_path, url) as running:
        one = list(enterprises(1, 1))
        digest, body = signed(first_seen(url), 1, 1, one)
        with running.raw() as connection:
            connection.sendall(
                b"POST /v1/envelopes HTTP/1.1\r\nHost: l\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            until = time.monotonic() + 20
            while digest not in entered(url):
                assert time.monotonic() < until
                time.sleep(0.05)
        status, again = running.post(body)
        assert status == 200
        assert json.loads(again["receipts"][0]["header"])["index"] == 1


def test_log_says_nothing_of_anybody(tmp_path: Path) -> None:
    """Given requests with codes and names in every place, when the log is read, then none of them is in it."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    with server(tmp_path, url, QUOTA_LEDGER_LOG_LEVEL="debug") as running:
        one = list(enterprises(1, 1))
        _, body = signed(first_seen(url), 1, 1, one)
        given = "0123456789abcdef" * 2
        assert running.post(body)[0] == 201
        with running.client() as client:
            client.get("/v1/proof/subject?key=enterprise:91310115PDY00001XD", headers={"x-request-id": given})
            client.get("/vin/LSVAB6189R2012345", headers={"x-request-id": "LSVAB6189R2012345"})
            client.request("91310115PDY00001XD", "/checkpoint")
            client.post("/v1/envelopes", content=b'{"name":"LSVAB6189R2012345"}', headers=JSON)
        assert running.end() == 0
    log = running.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["route"], line["status"]) for line in requests][1:] == [
        ("/v1/envelopes", 201),
        ("/v1/proof/subject", 401),
        ("unknown", 404),
        ("/checkpoint", 405),
        ("/v1/envelopes", 400),
    ]
    assert requests[2]["request_id"] == given
    assert all(len(line["request_id"]) == 32 for line in requests)
    for secret in ("91310115", "LSVAB", "示例", "PRIVATE KEY", "envelope:", "127.0.0.1"):
        assert secret not in log
