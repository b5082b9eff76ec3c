"""The sequencer: what enters, what is refused on record, what is answered without record."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from domain.firm import Enterprise
from ledger.append import Declined, Entered, WrongKey
from ledger.envelope import Seen, parse_envelope, statement_hash
from ledger.merkle import leaf_hash
from ledger.note import VerifierKey
from ledger.proof import parse_proof
from ledger.records import RecordCache
from ledger.sequencer import QueueFull, Sequencer
from ledger.signer import CheckpointSigner
from ledger.store import StoreError
from ledger.stores import open_store
from ledger.submission import NotAccepted
from projections.runner import catch_up
from tests.support import domain as of
from tests.support.desk import Desk, desk, enterprise, policy, statement
from tests.support.keys import LEDGER, keyid, opening_body, private_key, registration_body
from tests.support.stores import stuck

pytestmark = pytest.mark.every_postgres


@pytest.fixture
def at(tmp_path: Path, url: str) -> Iterator[Desk]:
    with desk(tmp_path, url) as opened:
        yield opened


def codes(outcome: Any) -> list[str]:
    assert isinstance(outcome, Declined), outcome
    return [item.code for item in outcome.items]


def test_another_ledgers_keys_are_refused(at: Desk, tmp_path: Path) -> None:
    """Given a key that entry 0 does not name, when a sequencer is to write with it, then it does not begin."""
    with pytest.raises(WrongKey, match="names another housekeeping key in entry 0"):
        Sequencer(at.store, private_key("police-1"), clock=at.clock)
    signer = CheckpointSigner(LEDGER, private_key("police-1"), tmp_path / "other.memory")
    with pytest.raises(WrongKey, match="names another checkpoint key in entry 0"):
        Sequencer(at.store, private_key("housekeeping"), clock=at.clock, signer=signer)


def test_statements_of_one_envelope_become_neighbouring_entries(at: Desk) -> None:
    """Given an opened ledger, when two statements come in one envelope, then they are entries 1 and 2."""
    outcome = at.send([enterprise(1), enterprise(2)], "commerce-1")
    assert outcome == Entered((1, 2), replayed=False)
    assert [body["type"] for body in at.bodies()] == [
        "LedgerOpened",
        "EnterpriseRegistered",
        "EnterpriseRegistered",
    ]


def test_a_receipt_proves_inclusion_under_the_operators_key(at: Desk) -> None:
    """Given an entered statement, when its receipt is checked with the statement alone, then the proof holds."""
    sent = enterprise(1)
    (receipt,) = at.sequencer.receipts(at.send([sent], "commerce-1"))
    assert receipt.statement_sha256 == statement_hash(sent)
    assert receipt.proof is not None
    key = VerifierKey.parse(opening_body()["operator_key"])
    assert parse_proof(receipt.proof).verify(leaf_hash(receipt.header + b"\n" + sent), key).size == 2


def test_without_the_checkpoint_key_receipts_have_no_proof_yet(tmp_path: Path, url: str) -> None:
    """Given a process without the checkpoint key, when it appends, then the receipt's proof is null."""
    with desk(tmp_path, url, signer=False) as at:
        (receipt,) = at.sequencer.receipts(at.send([enterprise(1)], "commerce-1"))
    assert receipt.proof is None


def test_the_same_envelope_again_returns_the_first_receipts(at: Desk) -> None:
    """Given an entered envelope, when the same bytes come again, then nothing is written."""
    envelope = at.envelope([enterprise(1)], "commerce-1")
    first = at.sequencer.append(envelope, [enterprise(1)])
    again = at.sequencer.append(envelope, [enterprise(1)])
    assert (again.indexes, again.replayed) == (first.indexes, True)
    assert at.store.head().size == 2


def test_a_refused_envelope_again_returns_the_first_refusal(at: Desk) -> None:
    """Given a refusal on record, when the same bytes come again, then it is answered and not written twice."""
    envelope = at.envelope([policy()], "commerce-1")
    first = at.sequencer.append(envelope, [policy()])
    size = at.store.head().size
    again = at.sequencer.append(envelope, [policy()])
    assert (codes(again), again.indexes, at.store.head().size) == (codes(first), first.indexes, size)


def test_a_refusal_stands_in_the_ledger_with_items_and_concerns(at: Desk) -> None:
    """Given one good and one bad statement, when they come together, then both are on record as not entered."""
    bad = enterprise(2, body={"org_code": "PDY00001X"})
    outcome = at.send([enterprise(1), bad], "commerce-1", seq=77)
    assert codes(outcome)[0] == "not-entered"
    assert at.store.head().size == 2
    body = at.bodies()[1]["body"]
    assert body["seq"] == 77
    assert body["signer"] == keyid("commerce-1")
    assert [item["sha256"] for item in body["items"]] == [statement_hash(enterprise(1)), statement_hash(bad)]
    assert body["concerns"] == ["enterprise:91310114PDY000028Y", "enterprise:91310115PDY00001XD"]


REFUSED_ON_RECORD = [
    ("four-eyes", lambda at: at.send([policy()], "commerce-1")),
    ("wrong-agency", lambda at: at.send([policy()], "police-1", "police-2", agency="police")),
    ("wrong-agency", lambda at: at.send([enterprise(1, agency="police")], "police-1")),
    ("wrong-ledger", lambda at: at.send([enterprise(1, ledger="other.example/quota")], "commerce-1")),
    ("stale", lambda at: at.send([enterprise(1)], "commerce-1", signed_at="2026-01-02T01:59:59.999999Z")),
    ("stale", lambda at: at.send([enterprise(1)], "commerce-1", signed_at="2026-01-05T02:05:00.000001Z")),
    ("forked-view", lambda at: at.send([enterprise(1)], "commerce-1", seen=Seen(0, "ab" * 32))),
    ("forked-view", lambda at: at.send([enterprise(1)], "commerce-1", seen=Seen(9, at.seen().leaf_hash))),
    ("malformed", lambda at: at.send([enterprise(1, body={"uscc": "91310115PDY0000OXD"})], "commerce-1")),
    ("malformed", lambda at: at.send([enterprise(1).replace(b"true", b"1.5")], "commerce-1")),
    ("malformed", lambda at: at.send([enterprise(1).replace(b'{"agency"', b'{ "agency"')], "commerce-1")),
    ("malformed", lambda at: at.send([enterprise(1).replace(b"{", b'{"agency":"commerce",', 1)], "commerce-1")),
    ("too-long", lambda at: at.send([enterprise(1, body={"name": "长" * 16_000})], "commerce-1")),
    ("unknown-type", lambda at: at.send([statement("QuotaUpdated", {})], "commerce-1")),
    ("wrong-agency", lambda at: at.send([statement("AgencyKeyRegistered", registration_body("new"), "police")], "commerce-1", "commerce-2")),
    ("type-not-allowed", lambda at: at.send([statement("AgencyKeyRegistered", registration_body("new"), "police")], "housekeeping", agency="operator")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "send"), REFUSED_ON_RECORD, ids=lambda value: value if isinstance(value, str) else ""
)
def test_refusals_are_precise_and_on_record(at: Desk, code: str, send: Any) -> None:
    """Given a rightly signed envelope that breaks a rule, when it comes, then its code is on record."""
    assert codes(send(at)) == [code]
    assert [body["type"] for body in at.bodies()] == ["LedgerOpened", "SubmissionRefused"]
    assert at.bodies()[1]["body"]["items"][0]["code"] == code


def test_one_officer_with_two_keys_is_one_officer(at: Desk) -> None:
    """Given a second key of commerce-1, when both keys sign a † statement, then it is refused."""
    body = registration_body(
        "second", "commerce", officer="commerce-1", event_types=("PolicyVersionPublished",)
    )
    assert isinstance(at.send([statement("AgencyKeyRegistered", body)], "commerce-1", "commerce-2"), Entered)
    assert codes(at.send([policy()], "commerce-1", "second", agency="commerce")) == ["four-eyes"]
    assert isinstance(at.send([policy()], "commerce-1", "commerce-2"), Entered)


def test_a_sequence_number_is_used_up_by_entry_and_by_refusal(at: Desk) -> None:
    """Given seq 5 entered and seq 6 refused, when either is used again, then it is refused as used."""
    at.send([enterprise(1)], "commerce-1", seq=5)
    at.send([policy()], "commerce-1", seq=6)
    assert codes(at.send([enterprise(2)], "commerce-1", seq=5)) == ["seq-used"]
    assert codes(at.send([enterprise(2)], "commerce-1", seq=6)) == ["seq-used"]


def test_a_known_id_is_a_repetition_or_a_conflict(at: Desk) -> None:
    """Given an entered id, when it comes in a new envelope, then same bytes repeat and others conflict."""
    at.send([enterprise(1)], "commerce-1")
    repeated = at.send([enterprise(1)], "commerce-1")
    assert (codes(repeated), repeated.repeated) == (["repeated"], (1,))
    known = json.loads(enterprise(1))["id"]
    assert codes(at.send([enterprise(2, id=known)], "commerce-1")) == ["id-conflict"]


def test_a_refusal_cites_the_article_and_the_policy_version_in_force(at: Desk) -> None:
    """Given no policy, then version 1, when a decision is refused, then article and version stand in its words."""
    pair = f"{of.EXPORTER}-{of.UPSTREAM}-1"
    outcome = at.send([statement("PairClosed", {"pair_id": pair})], "commerce-1")
    assert codes(outcome) == ["no-policy"]
    assert outcome.items[0].detail.startswith("no policy version is in force on ")
    assert "[台账规则]" in outcome.items[0].detail
    at.send([policy()], "commerce-1", "commerce-2")
    outcome = at.send([statement("PairClosed", {"pair_id": pair})], "commerce-1")
    assert codes(outcome) == ["wrong-state"]
    assert "[沪商规〔2024〕19号 措施5, policy version 1]" in outcome.items[0].detail


def test_the_same_id_twice_in_an_envelope_is_malformed(at: Desk) -> None:
    """Given one id on two lines, when they come together, then the second is malformed and none enters."""
    twice = enterprise(2, id=json.loads(enterprise(1))["id"])
    assert codes(at.send([enterprise(1), twice], "commerce-1")) == ["not-entered", "malformed"]


def test_a_key_revoked_while_the_envelope_waited_signs_nothing(at: Desk) -> None:
    """Given a signed envelope that waits, when its key is revoked first, then it is refused."""
    waiting = at.envelope([enterprise(1)], "commerce-2")
    revocation = statement("AgencyKeyRevoked", {"keyid": keyid("commerce-2"), "reason": "lost"})
    assert isinstance(at.send([revocation], "commerce-1"), Entered)
    assert codes(at.sequencer.append(waiting, [enterprise(1)])) == ["key-revoked"]


ANSWERED_WITHOUT_RECORD = [
    ("malformed", lambda at: at.sequencer.append(b"{}", [enterprise(1)])),
    ("wrong-ledger", lambda at: at.send([enterprise(1)], "commerce-1", ledger="other.example/quota")),
    ("unknown-key", lambda at: at.send([enterprise(1)], "stranger", agency="commerce")),
    ("digest-mismatch", lambda at: at.sequencer.append(at.envelope([enterprise(1)], "commerce-1"), [enterprise(2)])),
    ("bad-signature", lambda at: at.sequencer.append(forged(at), [enterprise(1)])),
]  # fmt: skip


def forged(at: Desk) -> bytes:
    other = parse_envelope(at.envelope([enterprise(2)], "commerce-1"))
    envelope = json.loads(at.envelope([enterprise(1)], "commerce-1"))
    envelope["signatures"] = json.loads(other.raw)["signatures"]
    return json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("code", "send"), ANSWERED_WITHOUT_RECORD, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_nobody_known_signed_is_answered_without_record(at: Desk, code: str, send: Any) -> None:
    """Given an envelope that is not rightly signed here, when it comes, then nothing is recorded."""
    with pytest.raises(NotAccepted) as refused:
        send(at)
    assert refused.value.code == code
    assert at.store.head().size == 1


def test_a_long_refusal_is_cut_into_parts(at: Desk) -> None:
    """Given 301 statements and one fault, when they are refused, then three entries list all of them in order."""
    many = [enterprise(1, id=f"00000000-0000-4000-8000-{n:012}") for n in range(301)]
    outcome = at.send(many, "commerce-1")
    parts = [body["body"] for body in at.bodies() if body["type"] == "SubmissionRefused"]
    assert [(part["part"], part["parts"], len(part["items"])) for part in parts] == [
        (1, 3, 150),
        (2, 3, 150),
        (3, 3, 1),
    ]
    assert [item["item"] for part in parts for item in part["items"]] == list(range(1, 302))
    assert len(codes(outcome)) == 301


def test_a_refusal_of_long_keys_is_cut_by_their_length(at: Desk) -> None:
    """Given 150 refused statements that name 750 of the longest keys, then every part fits and each key stands once."""
    keys = [f"a:{number:03}" + '"' * 147 for number in range(750)]
    many = [
        statement(
            "QuotaUpdated",
            {"concerns": keys[n % 15 * 50 : n % 15 * 50 + 50]},
            id=f"00000000-0000-4000-8000-{n:012}",
        )
        for n in range(150)
    ]
    assert set(codes(at.send(many, "commerce-1"))) == {"unknown-type"}
    parts = [body["body"] for body in at.bodies()[1:]]
    assert [key for part in parts for key in part["concerns"]] == keys
    assert {len(part["items"]) for part in parts} == {150, 0}


def test_keys_that_no_entry_could_hold_do_not_stop_a_refusal(at: Desk) -> None:
    """Given keys of 44,000 characters and 280,000 short ones, when they are refused, then it is on record, cut."""
    long = statement("QuotaUpdated", {"concerns": ["a" * 44_000 + ":x", "b" * 500 + ":x", "vin:1"]})
    assert codes(at.send([long], "commerce-1")) == ["unknown-type"]
    assert at.bodies()[1]["body"]["concerns"] == ["vin:1"]
    many = [
        statement("QuotaUpdated", {"concerns": [f"a:{n:x}" for n in range(first, first + 4_000)]})
        for first in range(0, 280_000, 4_000)
    ]
    assert set(codes(at.send(many, "commerce-1"))) == {"unknown-type"}
    assert sum(len(body["body"]["concerns"]) for body in at.bodies()[2:]) == 70 * 250


def test_a_refusal_with_the_highest_seq_is_on_record_and_views_go_on(at: Desk) -> None:
    """Given a refused envelope with the highest seq there is, when the balances are read, then they go on."""
    assert codes(at.send([policy()], "commerce-1", seq=2**53 - 1)) == ["four-eyes"]
    assert catch_up(at.store).size == 2


def test_nobody_can_take_the_id_of_a_refusal_beforehand(at: Desk) -> None:
    """Given a statement under the id that a refusal had, when such a refusal is made anew, then it is on record."""
    refused = at.envelope([policy()], "commerce-1")
    digest = parse_envelope(refused).digest
    taken = [
        str(uuid5(NAMESPACE_URL, f"{LEDGER}/refused/{digest}/{rest}"))
        for rest in ("1", f"{at.seen().leaf_hash}/1")
    ]
    at.send([enterprise(n, id=one) for n, one in enumerate(taken, start=1)], "commerce-1")
    assert codes(at.sequencer.append(refused, [policy()])) == ["four-eyes"]


def test_numbers_of_the_housekeeping_key_do_not_collide_within_a_group(at: Desk) -> None:
    """Given a group with refusals and envelopes of the housekeeping key, when written, then all are on record."""
    sent = [([policy()], "commerce-1", {})]
    sent += [
        ([enterprise(1)], "housekeeping", {"agency": "operator", "seq": seq}) for seq in (1, 2, 3, 9, 10)
    ]
    envelopes = [at.envelope(one, officer, **head) for one, officer, head in sent]
    with at.store.transaction():  # so that they wait for one another
        waiting = [at.sequencer.submit(raw, one[0]) for raw, one in zip(envelopes, sent, strict=True)]
    found = [codes(future.result()) for future in waiting]
    assert found[0] == ["four-eyes"]
    assert {code for one in found[1:] for code in one} == {"type-not-allowed"}


def test_a_signer_that_fails_does_not_stop_the_sequencer(tmp_path: Path) -> None:
    """Given a signer that fails unexpectedly, when statements come, then each enters, without a proof."""

    class Failing(CheckpointSigner):
        def release(self, *_: object) -> bytes:
            raise ZeroDivisionError

    with desk(tmp_path, signer=False) as at:
        signer = Failing(LEDGER, private_key("operator"), tmp_path / "memory")
        with Sequencer(at.store, private_key("housekeeping"), clock=at.clock, signer=signer) as failing:
            sender = Desk(at.store, at.clock, failing)
            raw = sender.envelope([enterprise(1)], "commerce-1")
            assert isinstance(failing.submit(raw, [enterprise(1)]).result(10), Entered)
            assert isinstance(sender.send([enterprise(2)], "commerce-1"), Entered)


def test_what_is_queued_cannot_be_cancelled(at: Desk) -> None:
    """Given a queued envelope, when its future is cancelled, then it enters all the same, and so does the next."""
    envelope = at.envelope([enterprise(1)], "commerce-1")
    with at.store.transaction():  # so that it still waits
        waiting = at.sequencer.submit(envelope, [enterprise(1)])
        assert not waiting.cancel()
    assert isinstance(waiting.result(), Entered)
    assert isinstance(at.send([enterprise(2)], "commerce-1"), Entered)


def test_recorded_at_never_goes_back(at: Desk) -> None:
    """Given a clock that falls behind, when entries follow, then their recorded_at stays where it was."""
    at.send([enterprise(1)], "commerce-1")
    at.clock.turn(minutes=-3)
    at.send([enterprise(2)], "commerce-1")
    times = [json.loads(data.partition(b"\n")[0])["recorded_at"] for data in at.store.entries(0, 3)]
    assert times == sorted(times) == ["2026-01-05T02:00:00.000000Z"] * 3


def test_another_process_sees_every_earlier_entry(at: Desk) -> None:
    """Given two sequencers on one database, when one registers an enterprise, then the other refuses it again."""
    with (
        contextlib.closing(open_store(at.url)) as second,
        Sequencer(second, private_key("housekeeping"), clock=at.clock) as other,
    ):
        twin = Desk(at.store, at.clock, other)
        twin._seqs["commerce-1"] = 50
        twin.send([enterprise(2)], "commerce-1")
        assert isinstance(at.send([enterprise(1)], "commerce-1"), Entered)
        again = enterprise(1, id="00000000-0000-4000-8000-000000000009")
        assert isinstance(twin.send([again], "commerce-1"), Declined)


def test_a_fact_that_breaks_a_rule_is_accepted_and_flagged(at: Desk) -> None:
    """Given a registration that no line backs, when it comes, then it enters and its receipt says what is wrong."""
    fact = statement(
        "VehicleRegistered", of.registered_body(of.wrong_vin(1), None, on="2026-01-04"), "police"
    )
    (receipt,) = at.sequencer.receipts(at.send([fact], "police-1"))
    assert {"unbacked", "bad-vin"} <= set(receipt.flags)


def test_a_full_queue_refuses_and_records_nothing(at: Desk) -> None:
    """Given a head that another process holds, when more comes than the queue takes, then QueueFull is raised."""
    with contextlib.closing(open_store(at.url)) as other:
        key = private_key("housekeeping")
        with Sequencer(at.store, key, clock=at.clock, max_queue=1) as small:
            sent = [(at.envelope([one], "commerce-1"), [one]) for one in map(enterprise, (1, 2, 3))]
            with other.transaction():
                waiting = [small.submit(*sent[0])]
                with pytest.raises(QueueFull):  # one is being written, one waits, the third has no place
                    waiting.extend(small.submit(*one) for one in sent[1:] + sent[1:])
            assert all(isinstance(future.result(), Entered) for future in waiting)


def test_what_fails_for_good_is_said_and_leaves_nothing(at: Desk) -> None:
    """Given a store that refuses to write, when a statement comes, then the error arrives and the next one enters."""
    fact = statement("VehicleRegistered", of.registered_body(of.vin(1), None, on="2026-01-04"), "police")
    with stuck(at.url), pytest.raises(StoreError, match="the disk is full"):
        at.send([fact], "police-1")
    assert at.store.head().size == 1
    assert isinstance(at.send([fact], "police-1"), Entered)


def test_the_cache_of_records_is_bounded(at: Desk) -> None:
    """Given a cache of three, when four records are asked for and four absorbed, then three stay at most."""
    cache = RecordCache(capacity=3)
    assert cache.fetch(at.store, [f"enterprise:{n}" for n in range(4)]) == {}
    cache.absorb({f"enterprise:{n}": Enterprise(name=str(n)) for n in range(4)})
    assert len(cache) == 3
    assert cache.fetch(at.store, ["enterprise:3"]) == {"enterprise:3": Enterprise(name="3")}


def test_envelopes_enter_together_in_their_order_and_at_one_moment(at: Desk) -> None:
    """Given three envelopes, one of them refused, when they enter together, then the others stand in order."""
    lots = [[enterprise(1)], [b"{}"], [enterprise(2), enterprise(3)]]
    sent = [(at.envelope(lot, "commerce-1"), lot) for lot in lots]
    first, refused, last = at.sequencer.append_together(sent)

    assert first == Entered((1,), replayed=False)
    assert codes(refused) == ["malformed"]
    assert last == Entered((3, 4), replayed=False)
    headers = [json.loads(data.partition(b"\n")[0]) for data in at.store.entries(1, 5)]
    assert len({header["recorded_at"] for header in headers}) == 1


def test_together_has_bounds(at: Desk) -> None:
    """Given more envelopes than a group holds, or none, when they should enter together, then nothing does."""
    sent = (at.envelope([enterprise(1)], "commerce-1"), [enterprise(1)])
    with pytest.raises(ValueError, match="513 envelopes, at most 512"):
        at.sequencer.append_together([sent] * 513)

    assert at.sequencer.append_together([]) == []
    assert at.store.head().size == 1
