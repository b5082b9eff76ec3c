"""The DCB recorder on a ledger store: the library's contract, and bare entries that are chained like all."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from secrets import token_hex

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.tests import DCBRecorderTestCase
from eventsourcing.persistence import DataError, IntegrityError, OperationalError, ProgrammingError

from ledger.entry import Header, Subject, encode_entry, parse_entry
from ledger.merkle import leaf_hash, root, root_from_tiles
from ledger.recorder import MAX_NAME_BYTES, LedgerRecorder
from ledger.store import Batch, Head, NewEntry
from ledger.stores import AnyStore, open_store
from tests.support.stores import rewrite

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Ticks:
    """A clock that gives the instants that it was given, in turn."""

    def __init__(self, *seconds: int) -> None:
        self.seconds = list(seconds)

    def __call__(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds.pop(0) if self.seconds else 0)


@pytest.fixture
def store(url: str) -> Iterator[AnyStore]:
    with closing(open_store(url, create=True)) as store:
        yield store


@pytest.fixture
def recorder(store: AnyStore) -> LedgerRecorder:
    return LedgerRecorder(store, clock=Ticks())


@pytest.fixture
def contract() -> DCBRecorderTestCase:
    """The library's own tests of a DCB recorder."""
    return DCBRecorderTestCase()


def test_append_and_read_as_the_library_has_it(
    contract: DCBRecorderTestCase, recorder: LedgerRecorder
) -> None:
    """Given an empty store, then queries, limits, heads and conditions are as the contract has them."""
    contract._test_append_read(recorder)


def test_append_and_read_from_a_later_position(
    contract: DCBRecorderTestCase, recorder: LedgerRecorder
) -> None:
    """Given a store with an entry, then the contract holds after it."""
    position = recorder.append([DCBEvent("type0", b"data0", ["tag0"])])
    contract._test_append_read(recorder, initial_position=position)


def test_subscribe_as_the_library_has_it(contract: DCBRecorderTestCase, recorder: LedgerRecorder) -> None:
    """Given a subscription, then it gives what is recorded, blocks, and goes on with the next append."""
    contract._test_append_subscribe(recorder)


def events(*data: bytes) -> list[DCBEvent]:
    return [DCBEvent("T", each, ["b", "a", "b"]) for each in data]


def breaks(store: AnyStore) -> list[str]:
    """Say where a store of bare entries does not hold together, each entry hashed and chained anew."""
    found: list[str] = []
    entries = list(store.entries(0, store.head().size))
    prev = bytes(32)
    for index, (data, stored) in enumerate(zip(entries, store.leaf_hashes(0, len(entries)), strict=True)):
        header = parse_entry(data).header
        if (header.index, header.prev) != (index, prev.hex()):
            found.append(f"entry {index}: chain")
        if leaf_hash(data) != stored:
            found.append(f"entry {index}: hash")
        prev = leaf_hash(data)
    head = store.head()
    if not head.tree.root() == root_from_tiles(store, len(entries)) == root([leaf_hash(e) for e in entries]):
        found.append("root")
    if (head.size, head.leaf_hash) != (len(entries), prev):
        found.append("head")
    return found


def test_bare_entries_are_chained_and_hashed(store: AnyStore, recorder: LedgerRecorder) -> None:
    """Given bare entries over more than a tile, then header, chain, hashes, tiles and head hold together."""
    assert recorder.append(events(b"one\ntwo\x00")) == 1
    assert recorder.append(events(*(b"%d" % index for index in range(300)))) == 301
    first = parse_entry(next(store.entries(0, 1)))
    assert first.statement == b"one\ntwo\x00"
    assert first.header == Header(
        envelope=None, index=0, item=None, prev="0" * 64, recorded_at="2026-01-05T12:00:00.000000Z",
        subjects=(), tags=("a", "b"), type="T",
    )  # fmt: skip
    assert len(store.read_tile(0, 0, 256)) == 256 * 32
    assert breaks(store) == []


@pytest.mark.parametrize(
    ("column", "forged", "signs"),
    [
        ("data", lambda store: next(store.entries(3, 4)) + b"x", ["hash", "chain", "root"]),
        ("data", lambda store: next(store.entries(2, 3)), ["chain", "hash"]),
        ("leaf", lambda store: bytes(32), ["hash"]),
    ],
)
def test_tampering_shows(
    store: AnyStore,
    recorder: LedgerRecorder,
    url: str,
    column: str,
    forged: Callable[[AnyStore], bytes],
    signs: list[str],
) -> None:
    """Given somebody who goes past the triggers and changes an entry, then hashing and chaining anew shows it."""
    recorder.append(events(b"0", b"1", b"2", b"3", b"4"))
    rewrite(url, 3, column, forged(store))
    found = " ".join(breaks(store))
    assert "entry 3" in found
    assert all(sign in found for sign in signs)


def test_recorded_at_never_goes_back(store: AnyStore) -> None:
    """Given a clock that is set back, then an entry takes the instant of the one before."""
    recorder = LedgerRecorder(store, clock=Ticks(5, 3, 6))
    for data in (b"0", b"1", b"2"):
        recorder.append(events(data))
    seconds = [parse_entry(data).header.recorded_at[17:19] for data in store.entries(0, 3)]
    assert seconds == ["05", "05", "06"]


def open_real_ledger(store: AnyStore) -> None:
    """Put in an entry as the sequencer has it: with an envelope, a subject and a tag."""
    header = Header(
        "e" * 64, 0, 1, "0" * 64, "2026-01-05T12:00:00.000000Z",
        (Subject("ledger:keys", 1, "0" * 64),), ("case:c",), "LedgerOpened",
    )  # fmt: skip
    data = encode_entry(header, b"{}")
    entry = NewEntry(0, leaf_hash(data), header.type, data, (("ledger:keys", 1),), header.tags, "s")
    with store.transaction() as transaction:
        tree = transaction.head().tree.copy()
        tree.append([entry.leaf_hash])
        transaction.write(Batch(entries=[entry]), Head(1, entry.leaf_hash, header.recorded_at, tree))


def test_a_real_ledger_is_read_but_not_appended_to(store: AnyStore, recorder: LedgerRecorder) -> None:
    """Given a ledger of signed statements, then subjects and tags find its entries, bare ones are refused."""
    open_real_ledger(store)
    for tag in ("ledger:keys", "case:c"):
        (found,) = recorder.read(DCBQuery([DCBQueryItem(types=["LedgerOpened"], tags=[tag])]))
        assert (found.position, found.event.type, found.event.data) == (1, "LedgerOpened", b"{}")
        assert found.event.tags == ["ledger:keys", "case:c"]
    with pytest.raises(ProgrammingError, match="no bare entries"):
        recorder.append(events(b"bare"))
    assert store.head().size == 1


def test_a_bare_entry_does_not_pose_as_an_opening(store: AnyStore, recorder: LedgerRecorder) -> None:
    """Given a bare event of type LedgerOpened, then it is refused, and nothing with it enters."""
    with pytest.raises(ProgrammingError, match="no bare entries"):
        recorder.append([*events(b"fine"), DCBEvent("LedgerOpened", b"{}")])
    assert store.head().size == 0


@pytest.mark.parametrize(
    "event",
    [
        DCBEvent("T", bytes(65_535)),
        DCBEvent("T\n", b""),
        DCBEvent("T", b"", ["\x00"]),
        DCBEvent("T", b"", [7]),  # type: ignore[list-item]
        DCBEvent("T" * (MAX_NAME_BYTES + 1), b""),
        DCBEvent("T", b"", ["额" * (MAX_NAME_BYTES // 3 + 1)]),
        DCBEvent("T", b"", ["\ud800"]),
    ],
)
def test_what_no_entry_can_hold_is_refused(
    store: AnyStore, recorder: LedgerRecorder, event: DCBEvent
) -> None:
    """Given an event too long or with a name that no header can hold, then nothing of its append enters."""
    with pytest.raises(DataError):
        recorder.append([*events(b"fine"), event])
    assert store.head().size == 0


def test_names_may_be_of_the_stated_length(recorder: LedgerRecorder) -> None:
    """Given a type and a tag of the longest length, hard to compress, then both stores hold and find them."""
    type_, tag = (token_hex(MAX_NAME_BYTES // 2) for _ in range(2))
    recorder.append([DCBEvent(type_, b"", [tag])])
    assert [found.position for found in recorder.read(DCBQuery([DCBQueryItem([type_], [tag])]))] == [1]


def test_an_append_needs_events(recorder: LedgerRecorder) -> None:
    """Given no events, then the append is refused as the library's own recorders refuse it."""
    with pytest.raises(ProgrammingError, match="no events"):
        recorder.append([])


def test_a_failing_store_is_an_operational_error(store: AnyStore, recorder: LedgerRecorder) -> None:
    """Given a store that fails, then the library's own error comes, in reading and in appending."""
    store.close()
    with pytest.raises(OperationalError, match="closed"):
        recorder.read()
    with pytest.raises(OperationalError, match="closed"):
        recorder.append(events(b"x"))


def test_an_entry_that_is_none_is_a_data_error(recorder: LedgerRecorder, url: str) -> None:
    """Given an entry whose header somebody has broken, when it is read, then a data error comes."""
    recorder.append(events(b"0"))
    rewrite(url, 0, "data", b"{}\n")
    with pytest.raises(DataError, match="header"):
        list(recorder.read())


def test_a_response_does_not_grow_while_it_is_read(recorder: LedgerRecorder) -> None:
    """Given a response of several pages, when entries are appended meanwhile, then they do not show in it."""
    recorder.append(events(*(b"%d" % index for index in range(1_500))))
    response = recorder.read()
    next(response)
    recorder.append(events(b"later"))
    assert len(list(response)) == 1_499
    assert response.head == 1_500


def test_an_event_that_matches_twice_comes_once(recorder: LedgerRecorder) -> None:
    """Given a query whose items overlap, then each event comes once, in order."""
    recorder.append(events(b"0", b"1"))
    query = DCBQuery([DCBQueryItem(tags=["b"]), DCBQueryItem(types=["T"]), DCBQueryItem(tags=["a", "b"])])
    assert [event.position for event in recorder.read(query)] == [1, 2]


def test_of_rivals_with_one_condition_one_wins(url: str, store: AnyStore) -> None:
    """Given threads with stores of their own and the same condition, then exactly one append enters."""
    condition = DCBAppendCondition(DCBQuery([DCBQueryItem(tags=["a"])]), after=0)
    start = threading.Barrier(4)
    outcomes: list[str] = []

    def race() -> None:
        with closing(open_store(url)) as own:
            start.wait()
            try:
                LedgerRecorder(own, clock=Ticks()).append(events(b"mine"), condition)
                outcomes.append("entered")
            except IntegrityError:
                outcomes.append("refused")

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["entered", "refused", "refused", "refused"]
    assert breaks(store) == []


def received(recorder: LedgerRecorder, query: DCBQuery | None, append: Sequence[LedgerRecorder]) -> list[int]:
    """Follow a recorder while others append one event each; return the positions that came."""
    with recorder.subscribe(query) as subscription:
        positions = []
        for other in append:
            other.append(events(b"x"))
            positions.append(next(subscription).position)
    return positions


def test_a_subscription_sees_what_another_store_appends(url: str, recorder: LedgerRecorder) -> None:
    """Given a subscription, when another store on the same database appends, then the event comes too."""
    with closing(open_store(url)) as other_store:
        other = LedgerRecorder(other_store, clock=Ticks())
        query = DCBQuery([DCBQueryItem(tags=["a"])])
        assert received(recorder, query, [other, recorder, other]) == [1, 2, 3]
    assert recorder._listeners == set()


def test_a_subscription_ends_with_the_error_that_ended_it(store: AnyStore, recorder: LedgerRecorder) -> None:
    """Given a subscription whose store fails, then whoever waits for the next event gets the error."""
    with recorder.subscribe() as subscription:
        store.close()
        with pytest.raises(OperationalError):
            next(subscription)
