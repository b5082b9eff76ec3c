"""HeadsCommitted, written by the sequencer: on request and when due, in the append transaction."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from domain.catalogue import CATALOGUE
from ledger import heads
from ledger.append import Entered
from ledger.store_audit import StoreSource
from ledger.verification import Verification, verify_source
from tests.support.desk import Desk, desk, enterprise


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as opened:
        yield opened


def _verified(at: Desk) -> Verification:
    assert at.path is not None
    source = StoreSource(at.path)
    try:
        return verify_source(
            source, anchor=None, trusted=[], unanchored=True, lenient=True, types=CATALOGUE
        )  # fmt: skip
    finally:
        source.close()


def test_heads_on_request_are_what_a_full_audit_computes(at: Desk) -> None:
    """Given histories, when heads are committed, then size is their own index and the audit agrees."""
    at.send([enterprise(1), enterprise(2)], "commerce-1")
    assert at.sequencer.commit_heads() == 3
    assert at.bodies()[-1]["type"] == "HeadsCommitted"
    body = at.bodies()[-1]["body"]
    assert (body["size"], body["count"]) == (3, 3)
    assert body["root"] == heads.heads_root(at.store.heads(3))[1].hex()
    assert _verified(at).breaks == ()


def test_heads_twice_without_an_entry_between_are_one(at: Desk) -> None:
    """Given heads as the last entry, when asked again, then nothing is written and the index is the same."""
    first = at.sequencer.commit_heads()
    assert at.sequencer.commit_heads() == first == at.store.head().size - 1
    at.send([enterprise(1)], "commerce-1")
    assert at.sequencer.commit_heads() == first + 2
    assert _verified(at).breaks == ()


def test_heads_come_when_due_behind_the_group_that_makes_them_due(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given heads due every three entries, when entries come, then heads stand behind every third."""
    monkeypatch.setattr(heads, "HEADS_DUE_ENTRIES", 3)
    at.send([enterprise(1)], "commerce-1")
    outcome = at.send([enterprise(2)], "commerce-1")
    assert outcome == Entered((2,), replayed=False)  # the heads are the operator's, not the sender's
    at.send([enterprise(3)], "commerce-1")
    kinds = [body["type"] for body in at.bodies()]
    assert kinds == ["LedgerOpened", *["EnterpriseRegistered"] * 2, "HeadsCommitted", "EnterpriseRegistered"]
    assert _verified(at).breaks == ()


def test_many_keys_put_heads_off(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more keys than the least number of entries, when entries come, then heads wait for as many."""

    def counted() -> list[int]:
        return [body["body"]["count"] for body in at.bodies() if body["type"] == "HeadsCommitted"]

    monkeypatch.setattr(heads, "HEADS_DUE_ENTRIES", 1)
    for number in (1, 2, 3):
        at.send([enterprise(number)], "commerce-1")
    assert counted() == [2]  # behind two entries of two keys; now two more, of four keys
    for number in (1, 2):  # known codes are refused: entries without a new key
        at.send([enterprise(number, id=f"00000000-0000-4000-8000-00000000000{number}")], "commerce-1")
    assert counted() == [2, 4]


def test_heads_asked_for_by_many_at_once_are_sound(at: Desk) -> None:
    """Given envelopes and requests for heads in one queue, then each is answered and the audit agrees."""
    raw = [at.envelope([enterprise(number)], "commerce-1") for number in (1, 2, 3)]
    futures = [at.sequencer.submit(raw[number - 1], [enterprise(number)]) for number in (1, 2, 3)]
    with ThreadPoolExecutor(4) as pool:
        indexes = list(pool.map(lambda _: at.sequencer.commit_heads(), range(4)))
    assert all(isinstance(future.result(), Entered) for future in futures)
    assert all(
        json.loads(next(at.store.entries(i, i + 1)).split(b"\n")[1])["body"]["size"] == i for i in indexes
    )
    assert _verified(at).breaks == ()


def test_the_store_gives_heads_of_an_earlier_size(at: Desk) -> None:
    """Given a longer ledger, when heads below a size are read, then they are those of that size."""
    at.send([enterprise(1)], "commerce-1")
    before = list(at.store.heads(2))
    at.send([enterprise(2)], "commerce-1")
    assert list(at.store.heads(2)) == before
    assert [key for key, _, _ in at.store.heads(3)] == sorted(
        ["ledger:keys", "enterprise:91310115PDY00001XD", "enterprise:91310114PDY000028Y"]
    )
    assert (at.store.key_count(), at.store.last_of_type("HeadsCommitted", 3)) == (3, None)
