"""Replays of chains: what they take in, and their bounds."""

from collections.abc import Iterator
from datetime import date

import pytest

from domain.state import State
from ledger.records import RecordCache, StoredRecords
from projections import replay as module
from projections.replay import ReplayTooLong, replay, size_on
from tests.support import domain as d
from tests.support.domain import at as instant
from tests.support.reading import A_EXPORTER, A_PAIR, B_EXPORTER, B_PAIR, Readers, readers


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with readers(tmp_path_factory.mktemp("replay")) as served:
        yield served


def test_a_replay_takes_in_one_pair_and_not_the_other(at: Readers) -> None:
    """Given two pairs with nothing in common, when the chain of one exporter is replayed, then the other is absent."""
    done = replay(at.store, [f"enterprise:{A_EXPORTER}"], at.store.head().size)
    present = State(StoredRecords(RecordCache(), at.store))
    assert done.state.get(f"pair:{A_PAIR}") == present.get(f"pair:{A_PAIR}")
    assert done.state.get(f"pair:{B_PAIR}") is None
    assert done.entries < at.store.head().size


def test_every_record_follows_from_the_entries(at: Readers) -> None:
    """Given no roots, when everything is replayed, then each record is the one that decides."""
    done = replay(at.store, [], at.store.head().size)
    present = State(StoredRecords(RecordCache(), at.store))
    assert {key: present.get(key) for key in done.state.changes} == dict(done.state.changes)


def test_a_replay_is_bounded(at: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given chains of more entries than a replay takes, when it is asked for, then it is refused."""
    monkeypatch.setattr(module, "MAX_ENTRIES", 5)
    with pytest.raises(ReplayTooLong, match="more than 5"):
        replay(at.store, [f"enterprise:{B_EXPORTER}"], at.store.head().size)


def test_a_decision_dated_before_its_ground_is_named(at: Readers) -> None:
    """Given approvals on 12 February, when one dated before its application is ordered by date, then it is named."""
    batch = f"{A_PAIR}-2"
    cars = [d.vin(50)]
    at.clock.now = instant("2025-06-03")
    at.say("2025-06-03", "UseApplicationReceived", d.use_body(cars, batch), [d.attachment("申请表", batch)])
    index = at.say("2025-06-02", "UseApplicationApproved", d.approval_body(cars, batch))
    done = replay(at.store, [f"enterprise:{A_EXPORTER}"], at.store.head().size, date(2025, 6, 3))
    assert done.unplaced == (index,)
    assert done.state.get(f"batch:{batch}") is not None
    assert replay(at.store, [f"enterprise:{A_EXPORTER}"], at.store.head().size).unplaced == ()


def test_what_was_corrected_away_was_never_said(at: Readers) -> None:
    """Given a filing corrected away, when replayed as known then, now, and as of a day, then it counts but once."""
    index = at.say("2025-06-03", "ExportQualificationFiled", d.qualification_body(B_EXPORTER, "2025-06-01"))
    before = at.store.head().size
    leaf = next(iter(at.store.leaf_hashes(index, index + 1))).hex()
    key = f"enterprise:{B_EXPORTER}"
    body = {
        "concerns": [key],
        "reason": "误录",
        "replacement": None,
        "target_index": index,
        "target_leaf": leaf,
    }
    at.say("2025-06-03", "EventCorrected", body)
    present = State(StoredRecords(RecordCache(), at.store)).enterprise(B_EXPORTER)
    size = at.store.head().size
    assert replay(at.store, [key], size).state.enterprise(B_EXPORTER) == present
    assert replay(at.store, [key], size, date(2025, 6, 3)).state.enterprise(B_EXPORTER) == present
    known_then = replay(at.store, [key], before).state.enterprise(B_EXPORTER)
    assert [one.index for one in known_then.filings if one not in present.filings] == [index]


def test_a_day_is_a_size(at: Readers) -> None:
    """Given entries recorded on several days, when a day is asked for, then it is the last entry of that day."""
    size = at.store.head().size
    assert size_on(at.store, date(2024, 10, 31), size) == 0
    assert size_on(at.store, date(2024, 11, 1), size) == 3
    assert size_on(at.store, date(2024, 11, 30), size) == 3
    assert size_on(at.store, date(2030, 1, 1), size) == size
