"""Appending over HTTP: receipts after the commit, replays, refusals with their words, conflicts, a full queue."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.append import Declined
from ledger.entry import parse_entry
from ledger.envelope import Seen
from ledger.stores import open_store
from tests.support.cli import Cli
from tests.support.desk import enterprise, policy, statement
from tests.support.domain import APPLICATION, EXPORTER, grant_body
from tests.support.web import Web, problem, web

SUSPENSION = {
    "basis": "FINAL",
    "case_id": None,
    "effective_at": "2026-01-05T10:00:00+08:00",
    "scope": [],
    "suspension_id": "S-1",
    "uscc": EXPORTER,
}


def test_entered_with_receipts(at: Web) -> None:
    """Given an envelope rightly signed, when it is sent, then 201 and a receipt with proof for each statement."""
    statements = [enterprise(1), enterprise(2)]
    answer = at.post(at.envelope(statements, "commerce-1"), statements)
    assert answer.status_code == 201
    content = answer.json()
    assert content["replayed"] is False
    headers = [json.loads(receipt["header"]) for receipt in content["receipts"]]
    assert [header["index"] for header in headers] == [1, 2]
    assert all(receipt["proof"].startswith("c2sp.org/tlog-proof@v1\n") for receipt in content["receipts"])
    assert [parse_entry(data).statement for data in at.store.entries(1, 3)] == statements


def test_receipt_verifies_offline(at: Web, cli: Cli) -> None:
    """Given a receipt from the server, when it is verified without it, then the statement is included."""
    one = enterprise(1)
    receipt = at.enter([one], "commerce-1")["receipts"][0]
    (cli.directory / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
    (cli.directory / "statement.json").write_bytes(one)
    assert cli("verify", "receipt.json", "--statement", "statement.json", "--anchor", at.anchor) == 0, cli.err
    (cli.directory / "statement.json").write_bytes(enterprise(2))
    assert cli("verify", "receipt.json", "--statement", "statement.json", "--anchor", at.anchor) == 1


def test_replay(at: Web) -> None:
    """Given an envelope that entered, when it is sent again, then 200, the same headers, and nothing is written."""
    envelope = at.envelope([enterprise()], "commerce-1")
    first = at.post(envelope, [enterprise()])
    size = at.store.head().size
    again = at.post(envelope, [enterprise()])
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["replayed"] is True
    assert [r["header"] for r in again.json()["receipts"]] == [r["header"] for r in first.json()["receipts"]]
    assert at.store.head().size == size


@pytest.mark.parametrize(
    ("tongue", "title"), [("zh-CN,en;q=0.5", "没有总量申请"), ("en", "there is no application")]
)
def test_refused_with_words(at: Web, tongue: str, title: str) -> None:
    """Given a grant for no application, when it is sent, then 422 with article and figures, and it is on record."""
    at.enter([policy()], "commerce-1", "commerce-2")
    refused = [statement("QuotaGranted", grant_body()), enterprise(1)]
    envelope = at.envelope(refused, "commerce-1", "commerce-2")
    answer = at.post(envelope, refused, **{"accept-language": tongue})
    content = problem(answer, 422, "refused")
    size = at.store.head().size
    assert content["indexes"] == [size - 1]
    assert at.bodies()[-1]["type"] == "SubmissionRefused"
    first, second = content["refused"]
    assert (first["item"], first["code"]) == (1, "unknown-application")
    assert title in first["title"]
    assert APPLICATION in first["title"]
    assert first["figures"] == {"app_id": APPLICATION}
    assert "措施5" in first["article"]
    assert (second["item"], second["code"], second["figures"]) == (2, "not-entered", {})
    again = problem(at.post(envelope, refused), 422, "refused")
    assert (again["replayed"], again["indexes"]) == (True, content["indexes"])
    assert [line["code"] for line in again["refused"]] == ["unknown-application", "not-entered"]
    assert again["refused"][0]["article"] == first["article"]
    assert at.store.head().size == size


def test_conflicts(at: Web) -> None:
    """Given an id with other bytes, a used seq, a repeated statement, when sent, then 409 names each."""
    one = enterprise(1)
    first = at.enter([one], "commerce-1")
    other = enterprise(2, id=json.loads(one)["id"])
    content = problem(at.post(at.envelope([other], "commerce-1"), [other]), 409, "conflict")
    assert content["refused"][0]["code"] == "id-conflict"
    content = problem(
        at.post(at.envelope([enterprise(2)], "commerce-1", seq=2), [enterprise(2)]), 409, "conflict"
    )
    assert content["refused"][0]["code"] == "seq-used"
    content = problem(at.post(at.envelope([one], "commerce-1"), [one]), 409, "conflict")
    assert content["refused"][0]["code"] == "repeated"
    assert [r["header"] for r in content["receipts"]] == [r["header"] for r in first["receipts"]]


def test_forked_view(at: Web) -> None:
    """Given a signer who has seen another history, when sent, then 409 forked-view, on record."""
    envelope = at.envelope([enterprise()], "commerce-1", seen=Seen(0, "ab" * 32))
    content = problem(at.post(envelope, [enterprise()]), 409, "forked-view")
    assert content["refused"][0]["title"] == "what the signer has seen is not in this ledger"
    assert at.bodies()[-1]["body"]["items"][0]["code"] == "forked-view"


def test_stale_signature(at: Web) -> None:
    """Given a signature of four days ago, when sent, then 422 with the hours that are allowed."""
    envelope = at.envelope([enterprise()], "commerce-1")
    at.clock.turn(hours=73)
    content = problem(at.post(envelope, [enterprise()]), 422, "refused")
    assert content["refused"][0]["code"] == "stale"
    assert "72 hours" in content["refused"][0]["detail"]


@contextmanager
def locked(at: Web) -> Iterator[None]:
    """Hold the head lock, as another process may."""
    other = open_store(at.url)
    with other.transaction():
        yield
    other.close()


def test_queue_full(tmp_path: Path) -> None:
    """Given a queue of one that is full, when one more comes, then 503 at once; what waited enters afterwards."""
    with web(tmp_path, queue=1) as at:
        envelopes = [at.envelope([enterprise(n)], "commerce-1") for n in (1, 2, 3)]
        with locked(at):
            futures = [at.sequencer.submit(envelopes[0], [enterprise(1)])]
            until(lambda: at.sequencer.waiting == 0)  # the writer has taken it, and stands before the lock
            futures.append(at.sequencer.submit(envelopes[1], [enterprise(2)]))
            full = at.post(envelopes[2], [enterprise(3)])
            problem(full, 503, "queue-full")
            assert full.headers["retry-after"] == "1"
        assert [future.result(timeout=60).indexes for future in futures] == [(1,), (2,)]
        assert at.post(envelopes[2], [enterprise(3)]).status_code == 201


def test_not_yet(tmp_path: Path) -> None:
    """Given a commit that takes too long, when waited for, then 503; the same envelope sent again tells the rest."""
    with web(tmp_path, answer_seconds=0.2) as at:
        envelope = at.envelope([enterprise()], "commerce-1")
        with locked(at):
            slow = at.post(envelope, [enterprise()])
            problem(slow, 503, "not-yet")
            assert slow.headers["retry-after"] == "5"
        until(lambda: at.store.head().size == 2)
        assert at.post(envelope, [enterprise()]).status_code == 200


def until(holds: Any) -> None:
    """Wait until something holds, ten seconds at most."""
    pause = threading.Event()
    for _ in range(500):
        if holds():
            return
        pause.wait(0.02)
    raise AssertionError("it did not come to hold within ten seconds")


def test_declined_carries_the_domains_reasons(at: Web) -> None:
    """Given a suspension of nobody with no case, when judged, then the outcome has every reason of the domain."""
    at.enter([policy()], "commerce-1", "commerce-2")
    outcome = at.send([statement("EnterpriseSuspended", SUSPENSION)], "commerce-1", "commerce-2")
    assert isinstance(outcome, Declined)
    codes = [reason.code for reason in outcome.items[0].reasons]
    assert codes[0] == outcome.items[0].code
    assert {"empty-scope", "case-missing"} <= set(codes)
