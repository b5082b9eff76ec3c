"""Eight processes on one SQLite file, some of them killed: nothing acknowledged is lost, nothing enters twice."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.clock import system_clock
from ledger.entry import parse_entry
from ledger.merkle import leaf_hash, root
from ledger.sequencer import Sequencer
from ledger.store_sqlite import SqliteStore
from tests.support import domain as of
from tests.support.desk import Desk, TurnedClock, open_desk_ledger, statement
from tests.support.keys import private_key
from tests.support.writer import ENVELOPES, GRANTED, WRITERS

KILLED_AFTER = {3: 2, 5: 9, 7: 17}
"""Writer → acknowledgements after which it is killed in the middle of its work."""


def set_up(path: Path) -> None:
    """Grant five units, and file a use application of one car for each writer."""
    store, clock = SqliteStore(path, create=True), TurnedClock(system_clock())
    open_desk_ledger(store, clock)
    with Sequencer(store, private_key("housekeeping"), clock=clock) as sequencer:
        at = Desk(store, clock, sequencer)
        pairs = [
            ("PolicyVersionPublished", of.policy_body(), ()),
            ("EnterpriseRegistered", of.enterprise_body(of.EXPORTER, "EXPORTER"), ()),
            ("EnterpriseRegistered", of.enterprise_body(of.UPSTREAM, "UPSTREAM"), ()),
            ("ExportQualificationFiled", of.qualification_body(), ()),
            ("CommitmentLetterSigned", of.letter_body(), of.LETTER_ATTACHMENTS),
            ("TotalQuotaApplicationReceived", of.application_body(units=GRANTED), ()),
            ("QuotaGranted", of.grant_body(units=GRANTED), ()),
            *(
                (
                    "UseApplicationReceived",
                    of.use_body([of.vin(max(n, 2))], f"{of.PAIR}-{n}"),
                    (of.attachment("申请表"),),
                )
                for n in range(1, WRITERS + 1)
            ),
        ]
        made = [statement(kind, body, attachments=list(files)) for kind, body, files in pairs]
        outcome = at.send(made, "commerce-1", "commerce-2")
        assert len(outcome.indexes) == len(made), outcome
    store.close()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str, str]]]:
    """Run the writers, kill three, and return the file with all acknowledgements (digest, index or code, type)."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    set_up(path)
    writers = {
        number: subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.support.writer",
                str(path),
                str(number),
                # Those that are killed have more to do than they can before.
                str(30 * ENVELOPES if number in KILLED_AFTER else ENVELOPES),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(1, WRITERS + 1)
    }
    said: list[str] = []
    for number, after in KILLED_AFTER.items():
        process = writers[number]
        assert process.stdout is not None
        said += [process.stdout.readline() for _ in range(after)]
        process.send_signal(signal.SIGKILL)
    for number, process in writers.items():
        assert process.stdout is not None
        with process.stdout:  # not communicate(), which passes over what readline() has buffered
            rest = process.stdout.read()
        process.wait(timeout=120)
        # A line cut off by the kill was not an acknowledgement that anybody could read.
        said += [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
        assert process.returncode == (-signal.SIGKILL if number in KILLED_AFTER else 0)
    return path, [tuple(line.split()) for line in said]  # type: ignore[misc]


def test_no_gap_no_fork(played: tuple[Path, list[tuple[str, str, str]]]) -> None:
    """Given eight writers and three kills, when the entries are read, then they are one chain under one root."""
    store = SqliteStore(played[0], read_only=True)
    head = store.head()
    entries = list(store.entries(0, head.size))
    hashes = [leaf_hash(data) for data in entries]
    headers = [parse_entry(data).header for data in entries]
    assert [header.index for header in headers] == list(range(head.size))
    assert [header.prev for header in headers[1:]] == [value.hex() for value in hashes[:-1]]
    assert head.tree.root() == root(hashes)
    store.close()


def test_acknowledged_entries_are_there_once(played: tuple[Path, list[tuple[str, str, str]]]) -> None:
    """Given what was acknowledged before the kills, when the ledger is read, then each stands there once."""
    path, said = played
    store = SqliteStore(path, read_only=True)
    headers = [parse_entry(data).header for data in store.entries(0, store.head().size)]
    by_envelope: dict[str, list[int]] = {}
    for header in headers:
        assert header.envelope is not None
        by_envelope.setdefault(header.envelope, []).append(header.index)
    entered = [(digest, int(index)) for digest, index, _ in said if index.isdigit()]
    assert len(entered) >= (WRITERS - len(KILLED_AFTER)) * ENVELOPES
    assert all(by_envelope[digest] == [index] for digest, index in entered)
    store.close()


def test_the_last_unit_is_spent_once_and_a_car_consumes_one_unit(
    played: tuple[Path, list[tuple[str, str, str]]],
) -> None:
    """Given five units, eight approvals at once and one car in two of them, then five are approved at most, each car once."""
    store = SqliteStore(played[0], read_only=True)
    approved = [
        json.loads(parse_entry(data).statement)["body"]["lines"][0]["vin"]
        for data in store.entries(0, store.head().size)
        if parse_entry(data).header.type == "UseApplicationApproved"
    ]
    assert len(approved) == len(set(approved)) == GRANTED
    refused = {code for _, code, kind in played[1] if kind == "UseApplicationApproved" and not code.isdigit()}
    assert refused
    store.close()
