"""A client that an agency works with: receipts that verify, answers that were lost, refusals as exceptions."""

import json
import stat
import time
from pathlib import Path

import pytest

from api.cli.keyfiles import CHECKPOINT_MEMORY
from api.client import Conflict, InUse, NotAccepted, Refused, Unanswered, Unproved, Unsettled, add_signatures
from ledger.anchor import read_anchor
from ledger.canonical import Malformed
from ledger.envelope import parse_envelope
from ledger.submission import decode_submission
from ledger.verification import verify_receipt
from tests.support.client import answer_is_lost, between, client_of, made, signer
from tests.support.desk import enterprise, policy, statement
from tests.support.domain import grant_body
from tests.support.keys import keyid
from tests.support.web import Web

COMMERCE = signer("commerce-1")


def test_what_enters_is_proved_and_seen_by_the_next(at: Web, tmp_path: Path) -> None:
    """Given two envelopes, when they are entered, then the second has seen the entry that the first one's receipt proves."""
    with client_of(at, tmp_path / "c") as client:
        client.take_seq(COMMERCE.keyid)  # entry 0 has it
        first = client.enter("commerce", [enterprise(1)], COMMERCE)
        assert (client.state.seen.index, client.state.seqs[COMMERCE.keyid]) == (1, 2)
        second = client.begin("commerce", [enterprise(2)], [COMMERCE])
        seen = parse_envelope(decode_submission(second)[0]).head.seen
        client.send(second)

    (proved,) = first.receipts
    assert seen is not None
    assert seen.leaf_hash == next(iter(at.store.leaf_hashes(1, 2))).hex()
    assert proved.header.index == seen.index
    found = verify_receipt(proved.receipt, proved.statement, read_anchor(at.anchor))
    assert found.exit_code == 0


def test_a_new_process_goes_on_where_the_last_one_ended(at: Web, tmp_path: Path) -> None:
    """Given a client that has entered something, when its folder is opened again, then state and numbers go on."""
    with client_of(at, tmp_path / "c") as client:
        client.take_seq(COMMERCE.keyid)
        client.enter("commerce", [enterprise(1)], COMMERCE)
        before = client.state
    with client_of(at, tmp_path / "c") as client:
        assert client.state == before
        client.enter("commerce", [enterprise(2)], COMMERCE)
        assert client.state.seqs[COMMERCE.keyid] == 3


def test_nobody_else_reads_what_is_kept(at: Web, tmp_path: Path) -> None:
    """Given an envelope that was entered, when its folder is looked at, then each file is of mode 0600."""
    with client_of(at, tmp_path / "c") as client:
        client.take_seq(COMMERCE.keyid)
        client.enter("commerce", [enterprise(1)], COMMERCE)
    kept = [path for path in (tmp_path / "c").rglob("*") if path.is_file()]
    assert {path.name.partition("-")[2] for path in kept} >= {f"{2:016d}.json", f"{2:016d}.answer.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert stat.S_IMODE((tmp_path / "c" / "outbox").stat().st_mode) == 0o700


def test_an_answer_that_was_lost_comes_with_the_same_envelope(at: Web, tmp_path: Path) -> None:
    """Given an answer that does not arrive, when the client tries again, then it enters once and has its receipt."""
    line = between(at)
    line.happenings = [answer_is_lost]
    with client_of(at, tmp_path / "c", line) as client:
        client.take_seq(COMMERCE.keyid)
        entered = client.enter("commerce", [enterprise(1)], COMMERCE)
    assert entered.replayed
    assert at.store.head().size == 2
    posted = [request.read() for request in line.sent if request.method == "POST"]
    assert len(posted) == 2
    assert posted[0] == posted[1]


def test_what_has_no_answer_waits_and_goes_first(at: Web, tmp_path: Path) -> None:
    """Given no patience and a lost answer, when the folder is opened again, then nothing new is sent before resume."""
    line = between(at)
    line.happenings = [answer_is_lost]
    with client_of(at, tmp_path / "c", line, patience_seconds=0) as client:
        client.take_seq(COMMERCE.keyid)
        with pytest.raises(Unanswered, match="POST /v1/envelopes: ReadError"):
            client.enter("commerce", [enterprise(1)], COMMERCE)
    with client_of(at, tmp_path / "c") as client:
        with pytest.raises(Unsettled, match=r"1 in the outbox.*resume"):
            client.enter("commerce", [enterprise(2)], COMMERCE)
        (told,) = client.resume()
        assert not isinstance(told, Exception)
        assert told.receipts[0].statement == enterprise(1)
        assert client.resume() == []
        client.enter("commerce", [enterprise(2)], COMMERCE)
    assert at.store.head().size == 3


def test_waits_as_long_as_the_server_asks(at: Web, tmp_path: Path) -> None:
    """Given a server that is away for a second, when an envelope is sent, then it is sent again after that second."""
    line = between(at)
    line.happenings = [lambda _request, _send: made(503, **{"retry-after": "1"})]
    with client_of(at, tmp_path / "c", line) as client:
        client.take_seq(COMMERCE.keyid)
        began = time.monotonic()
        client.enter("commerce", [enterprise(1)], COMMERCE)
    assert time.monotonic() - began >= 1
    assert at.store.head().size == 2


def test_a_refusal_says_code_article_and_figures(at: Web, tmp_path: Path) -> None:
    """Given a grant beyond what was applied for, when it is refused, then the exception has each line, and it is settled."""
    at.enter([policy()], "commerce-1", "commerce-2")
    refused = [statement("QuotaGranted", grant_body()), enterprise(1)]
    with client_of(at, tmp_path / "c") as client:
        client.take_seq(COMMERCE.keyid, 3)
        with pytest.raises(Refused) as caught:
            client.enter("commerce", refused, COMMERCE, signer("commerce-2"))
        first, second = caught.value.lines
        assert (first.item, first.code, second.code) == (1, "unknown-application", "not-entered")
        assert first.article.startswith("沪商规〔2024〕19号")
        assert "app_id" in first.figures
        assert caught.value.indexes == (2,)
        assert client.state.seqs[COMMERCE.keyid] == 4
        assert client.resume() == []
        client.enter("commerce", [enterprise(2)], COMMERCE)


def test_a_number_that_is_used_up_is_a_conflict(at: Web, tmp_path: Path) -> None:
    """Given the first signer of entry 0, when its client begins with number 1, then that is a conflict on record."""
    with client_of(at, tmp_path / "c") as client, pytest.raises(Conflict) as caught:
        client.enter("commerce", [enterprise(1)], COMMERCE)
    assert [line.code for line in caught.value.lines] == ["seq-used"]


def test_what_is_not_accepted_is_settled_without_record(at: Web, tmp_path: Path) -> None:
    """Given a key that nobody registered, when it signs, then the envelope is not accepted, and nothing waits."""
    with client_of(at, tmp_path / "c") as client:
        with pytest.raises(NotAccepted) as caught:
            client.enter("commerce", [enterprise(1)], signer("nobody"))
        assert (caught.value.status, caught.value.code) == (403, "unknown-key")
        assert client.resume() == []
    assert at.store.head().size == 1


def test_an_answer_that_settles_nothing_stays(at: Web, tmp_path: Path) -> None:
    """Given a page of something between, when it answers, then the problem is unexpected, and the envelope waits."""
    line = between(at)
    line.happenings = [lambda _request, _send: made(404, "<html>no such host</html>")]
    with client_of(at, tmp_path / "c", line) as client:
        client.take_seq(COMMERCE.keyid)
        with pytest.raises(Exception, match="unexpected: status 404") as caught:
            client.enter("commerce", [enterprise(1)], COMMERCE)
        assert not isinstance(caught.value, (Refused, NotAccepted))
        assert len(client.resume()) == 1


def test_the_second_officer_signs_elsewhere(at: Web, tmp_path: Path) -> None:
    """Given a statement for two officers, when one begins it and another adds a signature, then it can be sent."""
    with client_of(at, tmp_path / "c") as client:
        client.take_seq(COMMERCE.keyid)
        half = client.begin("commerce", [policy()], [COMMERCE], [keyid("commerce-2")])
        with pytest.raises(Malformed, match="2 signers, 1 signatures"):
            client.send(half)
        with pytest.raises(Malformed, match="not among the signers"):
            add_signatures(half, [signer("commerce-3")])
        client.send(add_signatures(half, [signer("commerce-2")]))
    assert at.bodies()[-1]["type"] == "PolicyVersionPublished"


def test_an_entry_without_proof_waits_for_it(at: Web, tmp_path: Path) -> None:
    """Given a server that can release no checkpoint, when it can again, then resume has the receipt."""
    memory = tmp_path / "keys" / CHECKPOINT_MEMORY
    good = memory.read_bytes()
    memory.write_bytes(b"spoilt")
    with client_of(at, tmp_path / "c") as client:
        client.take_seq(COMMERCE.keyid)
        with pytest.raises(Unproved, match="no checkpoint covers it yet"):
            client.enter("commerce", [enterprise(1)], COMMERCE)
        assert client.state.seen.index == 0
        memory.write_bytes(good)
        (told,) = client.resume()
        assert not isinstance(told, Exception)
        assert client.state.seen.index == 1
    assert at.store.head().size == 2


def test_a_statement_is_checked_before_it_is_signed(at: Web, tmp_path: Path) -> None:
    """Given a body with a wrong member, when a statement is made of it, then the error names the place."""
    body = json.loads(enterprise())["body"]
    with client_of(at, tmp_path / "c") as client:
        client.take_seq(COMMERCE.keyid)
        client.enter("commerce", [client.statement("commerce", "EnterpriseRegistered", body)], COMMERCE)
        with pytest.raises(ValueError, match="in_city"):
            client.statement("commerce", "EnterpriseRegistered", body | {"in_city": "yes"})


def test_one_process_at_a_time(at: Web, tmp_path: Path) -> None:
    """Given a folder that a client works with, when another one opens it, then it is in use."""
    with client_of(at, tmp_path / "c"), pytest.raises(InUse):
        client_of(at, tmp_path / "c")


def test_a_folder_belongs_to_one_ledger(at: Web, tmp_path: Path) -> None:
    """Given the folder of a client of another ledger, when it is opened, then the error says whose state it is."""
    with client_of(at, tmp_path / "c") as client:
        client.take_seq(COMMERCE.keyid)
    state = tmp_path / "c" / "state.json"
    state.write_text(state.read_text().replace("test.example", "else.example"))
    with pytest.raises(
        Malformed, match=r"state\.json: not a state of quota-ledger-client/1 for test\.example"
    ):
        client_of(at, tmp_path / "c")
