"""What is read ahead of the checker: it keeps and answers the same as when each entry is read in its turn."""

import json
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

import pytest

from domain.statements import parse_statement
from ledger.anchor import read_anchor
from ledger.bundle import open_bundle
from ledger.entry import parse_entry
from ledger.entry import parse_statement as parse_object
from ledger.store_sqlite import SqliteStore
from ledger.verification import Told, look
from ledger.verification.mould import Moulds
from projections.proof.answer import answered
from projections.proof.audit import Audit
from projections.proof.check import Checker
from projections.proof.follower import known_at
from projections.proof.reading import QUIET, Quiet, Whole, quiet, read_row, read_whole
from projections.proof.state import write
from projections.proof.types import Event, Unread
from tests.support.audits import Demonstration
from tests.support.proof import exported
from tests.support.proof_bodies import judged_proof, transfer_reversed


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """A season with violations of every kind, corrections and refusals among them."""
    return Demonstration(tmp_path_factory.mktemp("faulty"), 60, "--faults")


def events(played: Demonstration) -> list[Event]:
    store = SqliteStore(played.database, read_only=True)
    try:
        entries = [parse_entry(data) for data in store.entries(0, played.size)]
    finally:
        store.close()
    return [
        Event.of(index, f"{index:064x}", parse_statement(parse_object(one.statement)), datetime.fromisoformat(one.header.recorded_at))
        for index, one in enumerate(entries)
    ]  # fmt: skip


def compared(said: Sequence[Event | Unread]) -> set[str]:
    """Fold entries as they are, and the quiet ones as read in another process; return which types were quiet."""
    told, read = Checker(), Checker()
    seen = set()
    for event in said:
        told.fold(event)
    for is_quiet, some in groupby(said, _is_quiet):
        if is_quiet:
            events = [one for one in some if isinstance(one, Event)]
            read.take(pickle.loads(pickle.dumps(quiet(events), pickle.HIGHEST_PROTOCOL)))
            seen |= {one.statement.type for one in events}
        else:
            for one in some:
                read.fold(one)
    assert json.dumps(write(Checker, read)) == json.dumps(write(Checker, told))
    assert read.report() == told.report()
    return seen


def _is_quiet(event: Event | Unread) -> bool:
    return isinstance(event, Event) and event.statement.type in QUIET


RARE = {"TransferReversed": transfer_reversed(), "TransferProofRevoked": judged_proof(case_id=None)}


def test_the_checker_keeps_the_same(faulty: Demonstration) -> None:
    """Given entries of every quiet type, when they come read and from another process, then state and report are the same."""
    entries = exported()
    for kind, body in RARE.items():
        entries.say("2025-06-02", kind, body)
    assert compared(events(faulty)) | compared(entries.events) == QUIET


def one_by_one(
    _start: int, entries: Sequence[bytes], _stored: Sequence[bytes | None], _reader: object
) -> Iterator[bytes]:
    """Let every entry stand outside of rows."""
    return iter(entries)


@pytest.mark.parametrize("known", [None, 0, 300, 701])
def test_an_audit_answers_the_same(
    faulty: Demonstration, monkeypatch: pytest.MonkeyPatch, known: int | None
) -> None:
    """Given a season with every fault, when its entries are audited in rows, then answer and state are those of one by one."""

    def audited() -> tuple[dict[str, Any], Any]:
        bundle = faulty.bundle(faulty.size)
        until = None if known is None else known_at(known)
        audit = Audit(open_bundle(bundle), read_anchor(bundle / "anchor.json"), until=until, keep=True)
        found, follower = audit.run()
        answer = answered(found, follower, follower.checker.report())
        return answer.to_json() | {"seconds": 0}, (found.state, write(Checker, follower.checker))

    rows = audited()
    monkeypatch.setattr(look, "rows_of", one_by_one)
    assert rows == audited()
    assert rows[0]["integrity"]["verdict"] == "INTACT"


def test_what_is_not_quiet_or_not_well_formed_waits_for_its_turn(faulty: Demonstration) -> None:
    """Given a statement of another type, or with a body that is none, then it is handed on as it is."""
    store = SqliteStore(faulty.database, read_only=True)
    try:
        entries = [parse_entry(data) for data in store.entries(0, faulty.size)]
    finally:
        store.close()
    at = "2025-06-02T02:00:00.000000Z"
    said = [(Moulds().casts(one.header.type, [one.statement])[0], one.statement) for one in entries]
    plain = [(cast, statement, at) for cast, statement in said if cast is not None]
    assert len(plain) > len(entries) - 10
    casts, statements, recorded_at = zip(*plain, strict=True)
    told = Told(5, casts, statements, recorded_at)
    read = read_row(told)
    kinds = [cast.type for cast in told.casts]
    assert [one.type for one in read if isinstance(one, Whole)] == [
        kind for kind in kinds if kind not in QUIET
    ]
    assert [index for one in read for index in indexes(one)] == list(range(5, 5 + len(plain)))
    changed = told._replace(casts=[cast._replace(body='{"a":1}') for cast in told.casts])
    whole = [
        Whole(index, cast.type, cast.derived.subjects, statement, datetime.fromisoformat(at))
        for index, (cast, statement) in enumerate(zip(changed.casts, changed.statements, strict=True), 5)
    ]
    assert read_row(changed) == read_whole(changed) == whole


def indexes(one: Quiet | Whole) -> Sequence[int]:
    return range(one.start, one.stop) if isinstance(one, Quiet) else [one.start]


def test_what_is_kept_of_the_first_entries_is_what_they_say(faulty: Demonstration) -> None:
    """Given what is kept of entries, when it is cut before one of them, then it is what is kept of those before."""
    said = [list(some) for is_quiet, some in groupby(events(faulty), _is_quiet) if is_quiet]
    for some in said:
        for count in {1, len(some) // 2, len(some) - 1} - {0}:
            cut = quiet(some).upto(some[0].index + count)
            assert pickle.dumps(cut) == pickle.dumps(quiet(some[:count]))


def test_every_code_is_counted_behind_a_wrong_one(faulty: Demonstration) -> None:
    """Given a transfer whose seller's code does not hold, when it comes read, then the buyer's is counted alike."""
    said = next(one for one in events(faulty) if one.statement.type == "PendingExportTransferRecorded")
    body = said.statement.body.model_copy(update={"from_uscc": "91310000MA1FL00000"})
    statement = replace(said.statement, body=body)
    assert compared([Event.of(0, "00" * 32, statement, said.recorded_at)])
