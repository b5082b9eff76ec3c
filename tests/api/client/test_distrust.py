"""What does not verify: the client keeps the evidence and sends nothing more."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.client import Distrust
from api.http.app import create_app
from api.http.settings import Settings
from tests.support.client import Between, altered, answer_is_lost, between, client_of, made, signer
from tests.support.desk import enterprise
from tests.support.web import Web, lay_keys

COMMERCE = signer("commerce-1")


def _other_index(content: Any) -> None:
    header = json.loads(content["receipts"][0]["header"])
    content["receipts"][0]["header"] = json.dumps(
        header | {"index": 7}, sort_keys=True, separators=(",", ":")
    )


def _other_item(content: Any) -> None:
    content["receipts"].reverse()


def _other_checkpoint(content: Any) -> None:
    proof = content["receipts"][0]["proof"]
    content["receipts"][0]["proof"] = proof[:-6] + ("AAAA=\n" if proof[-6:] != "AAAA=\n" else "BBBB=\n")


def _fewer(content: Any) -> None:
    del content["receipts"][1]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_other_index, "receipt of statement 1: the proof is of entry 1"),
        (_other_item, "receipt of statement 1: the statement hashes to"),
        (_other_checkpoint, "receipt of statement 1: .*signature: does not fit"),
        (_fewer, "1 receipts for 2 statements"),
    ],
)
def test_a_receipt_that_does_not_verify_halts(
    at: Web, tmp_path: Path, change: Callable[[Any], None], why: str
) -> None:
    """Given an altered receipt, when it arrives, then the client halts with evidence, and the next one does too."""
    line = between(at)
    line.happenings = [altered(change)]
    with client_of(at, tmp_path / "c", line) as client:
        client.take_seq(COMMERCE.keyid)
        with pytest.raises(Distrust, match=why) as caught:
            client.enter("commerce", [enterprise(1), enterprise(2)], COMMERCE)
    evidence = json.loads(caught.value.evidence.read_text())
    assert evidence["known"]["seen"][0] == 0
    asked = len(line.sent)
    with pytest.raises(Distrust, match="halted"):
        client_of(at, tmp_path / "c", line)
    assert len(line.sent) == asked


def test_a_receipt_of_another_envelope_halts(at: Web, tmp_path: Path) -> None:
    """Given a statement that another envelope entered, when its receipt comes for this one, then the client halts."""
    first = at.enter([enterprise(1)], "commerce-1")
    line = between(at)
    line.happenings = [lambda _request, _send: made(201, json.dumps(first))]
    with client_of(at, tmp_path / "c", line) as client:
        client.take_seq(COMMERCE.keyid, 3)
        with pytest.raises(Distrust, match="of another envelope"):
            client.enter("commerce", [enterprise(1)], COMMERCE)


def test_a_ledger_that_lost_what_was_seen_halts(at: Web, tmp_path: Path) -> None:
    """Given a ledger put back to an earlier day, when the next envelope names what was seen, then the client halts."""
    copied = _copy(at, tmp_path / "fork")
    with client_of(at, tmp_path / "c") as client:
        client.take_seq(COMMERCE.keyid)
        client.enter("commerce", [enterprise(1)], COMMERCE)
    with TestClient(copied) as other, client_of(at, tmp_path / "c", Between(other._transport)) as client:
        with pytest.raises(Distrust, match="forked-view") as caught:
            client.enter("commerce", [enterprise(2)], COMMERCE)
        assert json.loads(caught.value.evidence.read_text())["known"]["seen"][0] == 1


def test_a_checkpoint_that_does_not_continue_the_last_one_halts(at: Web, tmp_path: Path) -> None:
    """Given two ledgers that part behind what a client has seen, when it is shown both, then it halts with both checkpoints."""
    line = between(at)
    line.happenings = [answer_is_lost]
    with client_of(at, tmp_path / "c", line, patience_seconds=0) as client:
        client.take_seq(COMMERCE.keyid)
        with pytest.raises(Exception, match="ReadError"):
            client.enter("commerce", [enterprise(1)], COMMERCE)
    copied = _copy(at, tmp_path / "fork")
    at.enter([enterprise(2)], "commerce-2")
    with client_of(at, tmp_path / "c") as client:
        client.resume()
        assert client.state.seen.index == 1
        known = client.state.checkpoint
    with (
        TestClient(copied) as other,
        client_of(at, tmp_path / "c", Between(other._transport)) as client,
        pytest.raises(Distrust, match="does not agree with what was verified before") as caught,
    ):
        client.enter("commerce", [enterprise(3)], COMMERCE)
    evidence = json.loads(caught.value.evidence.read_text())
    assert evidence["known"]["checkpoint"] == known
    assert evidence["received"]["checkpoint"] != known


def test_a_first_checkpoint_without_the_anchors_entry_halts(at: Web, tmp_path: Path) -> None:
    """Given an anchor with another entry 0, when the first receipt comes, then the client halts."""
    anchor = json.loads(at.anchor.read_text())
    at.anchor.write_text(at.anchor.read_text().replace(anchor["genesis"], "0" * 64))
    # What it would have seen is not in this ledger either, so the envelope is signed by a client that knows it.
    with client_of(at, tmp_path / "c") as client:
        client.take_seq(COMMERCE.keyid)
        submission = at.envelope([enterprise(1)], "commerce-1")
        with pytest.raises(Distrust, match="does not agree with what was verified before"):
            client.send(
                json.dumps({"envelope": submission.decode(), "statements": [enterprise(1).decode()]}).encode()
            )


def _copy(at: Web, folder: Path) -> Any:
    """Return the application of a copy of the ledger as it is now, with the same keys and no memory."""
    folder.mkdir()
    path = folder / "ledger.db"
    with (
        closing(sqlite3.connect(at.services.settings.db.removeprefix("sqlite:///"))) as source,
        closing(sqlite3.connect(path)) as target,
    ):
        source.backup(target)
    return create_app(Settings(db=f"sqlite:///{path}", keys=lay_keys(folder)), clock=at.clock)
