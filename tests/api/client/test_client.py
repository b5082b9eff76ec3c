"""The client: nothing is lost on the way, nothing enters twice, and nothing counts that does not verify."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import BaseTransport, Client, ReadError, Request, Response

from api.client.client import ATTEMPTS, LedgerClient, NoAnswer, Refused, Untrue
from api.client.outbox import Outbox
from ledger.anchor import Anchor
from ledger.note import NoteSigner
from tests.support.desk import enterprise
from tests.support.keys import LEDGER, private_key
from tests.support.reading import Readers, empty, listening


class Network(BaseTransport):
    """Brings requests to the server and loses, or spoils, as many answers as it is told."""

    def __init__(self, at: Readers) -> None:
        self.at = at
        self.lost = 0
        self.spoilt = False
        self.waits: list[float] = []

    def handle_request(self, request: Request) -> Response:
        answer = self.at.client.request(
            request.method, request.url.path, content=request.read(), headers=dict(request.headers)
        )
        if self.lost:
            self.lost -= 1
            raise ReadError("the line went dead")
        content = answer.content
        if self.spoilt:
            whole = json.loads(content)
            whole["receipts"][0]["header"] = whole["receipts"][0]["header"].replace('"index":1', '"index":2')
            content = json.dumps(whole).encode()
        headers = {
            name: answer.headers[name] for name in ("content-type", "retry-after") if name in answer.headers
        }
        return Response(answer.status_code, content=content, headers=headers)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Readers]:
    with empty(tmp_path) as served:
        yield served


def anchor_of(at: Readers) -> Anchor:
    leaf = next(iter(at.store.leaf_hashes(0, 1))).hex()
    return Anchor(LEDGER, NoteSigner(LEDGER, private_key("operator")).verifier_key, leaf)


def client_of(network: Network, folder: Path) -> tuple[LedgerClient, Outbox]:
    anchor = anchor_of(network.at)
    outbox = Outbox(folder / "outbox", anchor.genesis)
    http = Client(transport=network, base_url="http://ledger")
    return LedgerClient(http, anchor, outbox, sleep=network.waits.append), outbox


def test_a_receipt_becomes_the_next_seen(at: Readers, tmp_path: Path) -> None:
    """Given two envelopes, when each is submitted, then its verified entry is what the next one has seen."""
    client, outbox = client_of(Network(at), tmp_path)
    assert outbox.seen.index == 0
    for number in (1, 2):
        statements = [enterprise(number)]
        (receipt,) = client.submit(at.envelope(statements, "commerce-1", seen=outbox.seen), statements)
        assert receipt.proof is not None
        assert outbox.seen.index == number
        assert outbox.seen.leaf_hash == next(iter(at.store.leaf_hashes(number, number + 1))).hex()
    assert list(outbox.waiting()) == []


def test_a_lost_answer_is_asked_for_again(at: Readers, tmp_path: Path) -> None:
    """Given a line that dies after the commit, twice, when it is back, then the receipts come and one entry stands."""
    network = Network(at)
    client, _ = client_of(network, tmp_path)
    network.lost, statements = 2, [enterprise()]
    assert len(client.submit(at.envelope(statements, "commerce-1"), statements)) == 1
    assert at.store.head().size == 2
    assert network.waits == [1.0, 2.0]


def test_what_has_no_answer_is_kept_and_resumed(at: Readers, tmp_path: Path) -> None:
    """Given a line that stays dead, when another process opens the outbox later, then the same bytes enter once."""
    network = Network(at)
    client, outbox = client_of(network, tmp_path)
    network.lost, statements = ATTEMPTS, [enterprise()]
    envelope = at.envelope(statements, "commerce-1")
    with pytest.raises(NoAnswer):
        client.submit(envelope, statements)
    assert list(outbox.waiting()) == [(envelope, statements)]
    again, outbox = client_of(network, tmp_path)
    assert [len(receipts) for receipts in again.resume()] == [1]
    assert list(outbox.waiting()) == []
    assert at.store.head().size == 2


def test_a_refusal_is_final(at: Readers, tmp_path: Path) -> None:
    """Given an enterprise that is on file, when it is registered again, then Refused, and nothing waits."""
    client, outbox = client_of(Network(at), tmp_path)
    first, second = [enterprise()], [enterprise(id="00000000-0000-4000-8000-000000000001")]
    client.submit(at.envelope(first, "commerce-1"), first)
    with pytest.raises(Refused) as refused:
        client.submit(at.envelope(second, "commerce-1"), second)
    assert refused.value.problem["code"] == "refused"
    assert list(outbox.waiting()) == []
    assert outbox.seen.index == 1


def test_a_receipt_that_does_not_verify_counts_for_nothing(at: Readers, tmp_path: Path) -> None:
    """Given an answer with a receipt for another entry, when it comes, then Untrue, and the envelope is kept."""
    network = Network(at)
    client, outbox = client_of(network, tmp_path)
    network.spoilt, statements = True, [enterprise()]
    with pytest.raises(Untrue):
        client.submit(at.envelope(statements, "commerce-1"), statements)
    assert outbox.seen.index == 0
    assert len(list(outbox.waiting())) == 1


def test_the_ledger_is_followed_over_streams_that_end(at: Readers, tmp_path: Path) -> None:
    """Given streams that last a moment, when the ledger is followed, then every entry comes once, in order."""
    anchor = anchor_of(at)
    with listening(at, poll_seconds=0.02, stream_seconds=0.1) as http:
        http.headers.update(at.bearer("auditor"))
        client = LedgerClient(http, anchor, Outbox(tmp_path / "outbox", anchor.genesis))
        found = client.follow(0)
        for number in (1, 2, 3):
            at.send([enterprise(number)], "commerce-1")
            assert next(found)["index"] == number
        http.headers["authorization"] = "Bearer none"  # the stream at hand ends, the next one is not given
        with pytest.raises(Refused):
            next(found)
