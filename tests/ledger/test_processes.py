"""Eight processes on one ledger, some of them killed: nothing acknowledged is lost, nothing enters twice."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ledger.clock import system_clock
from ledger.entry import parse_entry
from ledger.merkle import leaf_hash, root
from ledger.sequencer import Sequencer
from ledger.stores import open_store
from tests.support import domain as of
from tests.support.desk import Desk, TurnedClock, open_desk_ledger, statement
from tests.support.keys import private_key
from tests.support.postgres import local_server
from tests.support.writer import ENVELOPES, GRANTED, WRITERS

Played = tuple[str, list[tuple[str, str, str]]]
KILLED_AFTER = {3: 2, 5: 9, 7: 17}
"""Writer → acknowledgements after which it is killed in the middle of its work."""


def set_up(url: str) -> None:
    """Grant five units, and file a use application of one car for each writer."""
    store, clock = open_store(url, create=True), TurnedClock(system_clock())
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


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Run the writers, kill three, and return the URL with all acknowledgements (digest, index or code, type)."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('ledger')}/ledger.db"
        yield url, play(url)
        return
    with local_server() as server:
        url = server.database()
        yield url, play(url)


def play(url: str) -> list[tuple[str, str, str]]:
    """Run the writers and kill three."""
    set_up(url)
    more = 30 * ENVELOPES  # so that none of those that are killed is done before
    writers = {
        number: subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.support.writer",
                url,
                str(number),
                str(more if number in KILLED_AFTER else ENVELOPES),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(1, WRITERS + 1)
    }
    for process in writers.values():
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
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
    return [tuple(line.split()) for line in said]  # type: ignore[misc]


def test_no_gap_no_fork(played: Played) -> None:
    """Given eight writers and three kills, when the entries are read, then they are one chain under one root."""
    store = open_store(played[0], read_only=True)
    head = store.head()
    entries = list(store.entries(0, head.size))
    hashes = [leaf_hash(data) for data in entries]
    headers = [parse_entry(data).header for data in entries]
    assert [header.index for header in headers] == list(range(head.size))
    assert [header.prev for header in headers[1:]] == [value.hex() for value in hashes[:-1]]
    assert head.tree.root() == root(hashes)
    store.close()


def test_acknowledged_entries_are_there_once(played: Played) -> None:
    """Given what was acknowledged before the kills, when the ledger is read, then each stands there once."""
    url, said = played
    store = open_store(url, read_only=True)
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
    played: Played,
) -> None:
    """Given five units, eight approvals at once and one car in two of them, then five are approved at most, each car once."""
    store = open_store(played[0], read_only=True)
    approved = [
        json.loads(parse_entry(data).statement)["body"]["lines"][0]["vin"]
        for data in store.entries(0, store.head().size)
        if parse_entry(data).header.type == "UseApplicationApproved"
    ]
    assert len(approved) == len(set(approved)) == GRANTED
    refused = {code for _, code, kind in played[1] if kind == "UseApplicationApproved" and not code.isdigit()}
    assert refused
    store.close()
