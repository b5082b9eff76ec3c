"""Eight processes on one ledger: nothing acknowledged is lost, nothing enters twice.

Three of them are killed. On PostgreSQL connections are cut all the while, and the server dies in the middle.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from domain.catalogue import CATALOGUE
from ledger.clock import format_instant, system_clock
from ledger.entry import Header, parse_entry
from ledger.merkle import leaf_hash, root
from ledger.sequencer import Sequencer
from ledger.stores import open_store
from ledger.verification import verify_source
from projections.runner import catch_up
from projections.views.balances import read_balances
from tests.support import domain as of
from tests.support.desk import Desk, TurnedClock, open_desk_ledger, rows_of, statement
from tests.support.keys import private_key
from tests.support.postgres import FIRST, LocalServer, local_server, older
from tests.support.troubles import Cutter
from tests.support.waiting import within_a_minute
from tests.support.writer import ENVELOPES, GRANTED, WRITERS

KILLED_AFTER = {3: 2, 5: 9, 7: 17}
"""Writer → acknowledgements after which it is killed in the middle of its work."""
SURVIVORS = [number for number in range(1, WRITERS + 1) if number not in KILLED_AFTER]
LAST_BEFORE_RESTART = 5
WAITS, AGAIN = "waiting up to 90 s for the server", "the server answers again"
"""In the log of a writer that finds the server gone, and back."""


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


@dataclass(frozen=True)
class Played:
    """What eight writers have done to a ledger."""

    url: str
    said: list[tuple[str, str, str]]
    """All acknowledgements: envelope digest, index or code, type."""
    cuts: int
    """How many connections were cut."""
    back_at: str | None
    """When the server had been started again, None for a database without one."""


@pytest.fixture(scope="module", params=["sqlite", FIRST, *older()])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Run the writers and kill three; PostgreSQL also cuts connections and dies once itself."""
    folder = tmp_path_factory.mktemp("ledger")
    if request.param == "sqlite":
        url = f"sqlite:///{folder}/ledger.db"
        set_up(url)
        yield play(url, folder)
        return
    with local_server(request.param) as server:
        url = server.database()
        set_up(url)
        yield play(url, folder, server)


def play(url: str, folder: Path, server: LocalServer | None = None) -> Played:
    """Run the writers, kill three; after the second the server dies, and is back when all others wait for it."""
    logs = {number: folder / f"{number}.log" for number in range(1, WRITERS + 1)}
    with ExitStack() as stack:
        writers = {number: stack.enter_context(running(url, number, log)) for number, log in logs.items()}
        assert all(output.readline() == "ready\n" for _, output in writers.values())
        cutter = None  # opening does not outlive a cut, so it begins when all have opened
        if server is not None:
            cutter = stack.enter_context(Cutter(url, sessions=2 * WRITERS, seed=19))
        said: list[str] = []
        back_at = None
        for number, after in KILLED_AFTER.items():
            process, output = writers[number]
            said += [output.readline() for _ in range(after)]
            process.send_signal(signal.SIGKILL)
            if server is not None and number == LAST_BEFORE_RESTART:
                die_and_come_back(server, [logs[survivor] for survivor in SURVIVORS])
                back_at = format_instant(system_clock())
        for process, _ in writers.values():
            assert process.stdin is not None
            process.stdin.close()  # until now none has stopped working
        for number, (process, output) in writers.items():
            rest = output.read()  # not communicate(), which passes over what readline() has buffered
            # A line cut off by the kill was not an acknowledgement that anybody could read.
            said += [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
            expected = -signal.SIGKILL if number in KILLED_AFTER else 0
            assert process.wait(timeout=120) == expected, logs[number].read_text()
    return Played(
        url,
        [tuple(line.split()) for line in said],  # type: ignore[misc]
        cutter.cuts if cutter else 0,
        back_at,
    )


def die_and_come_back(server: LocalServer, logs: Sequence[Path]) -> None:
    """Stop the server without warning, and start it when each of the logs says that its writer waits."""

    def waits(log: Path) -> bool:
        text = log.read_text()
        return text.rfind(WAITS) > text.rfind(AGAIN)  # it may have begun before, at a connection that was cut

    server.stop("immediate")
    assert within_a_minute(lambda: all(map(waits, logs)))
    server.start()


@contextmanager
def running(url: str, number: int, log: Path) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """Run a writer and give it with its output; at the end of the block it does not run any more."""
    command = [sys.executable, "-m", "tests.support.writer", url, str(number)]
    pipe = subprocess.PIPE
    with (
        log.open("w") as stderr,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=stderr, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            yield process, process.stdout
        finally:
            process.kill()


def headers_of(url: str) -> list[Header]:
    with closing(open_store(url, read_only=True)) as store:
        return [parse_entry(data).header for data in store.entries(0, store.head().size)]


def test_no_gap_no_fork(played: Played) -> None:
    """Given eight writers and three kills, when the entries are read, then they are one chain under one root."""
    with closing(open_store(played.url, read_only=True)) as store:
        head = store.head()
        entries = list(store.entries(0, head.size))
    hashes = [leaf_hash(data) for data in entries]
    headers = [parse_entry(data).header for data in entries]
    assert [header.index for header in headers] == list(range(head.size))
    assert [header.prev for header in headers[1:]] == [value.hex() for value in hashes[:-1]]
    assert head.tree.root() == root(hashes)


def test_the_verifier_finds_nothing_wrong(played: Played) -> None:
    """Given eight writers and three kills, when the ledger is verified row by row, then it is intact."""
    with closing(rows_of(played.url)) as source:
        found = verify_source(
            source, anchor=None, trusted=[], unanchored=True, lenient=False, types=CATALOGUE
        )  # fmt: skip
    assert (found.breaks, found.unreadable, found.size) == ((), False, len(headers_of(played.url)))


def test_acknowledged_entries_are_there_once(played: Played) -> None:
    """Given what was acknowledged before the kills, when the ledger is read, then each stands there once."""
    by_envelope: dict[str, list[int]] = {}
    for header in headers_of(played.url):
        assert header.envelope is not None
        by_envelope.setdefault(header.envelope, []).append(header.index)
    entered = [(digest, int(index)) for digest, index, _ in played.said if index.isdigit()]
    assert len(entered) >= len(SURVIVORS) * (ENVELOPES - 1)
    assert all(by_envelope[digest] == [index] for digest, index in entered)


def test_nothing_is_acknowledged_twice(played: Played) -> None:
    """Given all acknowledgements, then no envelope and no entry is in two of them."""
    digests = [digest for digest, _, _ in played.said]
    indexes = [index for _, index, _ in played.said if index.isdigit()]
    assert (len(set(digests)), len(set(indexes))) == (len(digests), len(indexes))


def test_each_writer_that_lives_gets_an_answer_to_everything(played: Played) -> None:
    """Given five writers that nobody kills, then what they sent is acknowledged to the last, and each registration entered."""
    registered = [index for _, index, kind in played.said if kind == "EnterpriseRegistered"]
    assert all(index.isdigit() for index in registered)
    assert len(played.said) >= len(SURVIVORS) * ENVELOPES + sum(KILLED_AFTER.values())


def test_the_last_unit_is_spent_once_and_a_car_consumes_one_unit(played: Played) -> None:
    """Given five units, eight approvals at once and one car in two of them, then five are approved, each car once, and none is left."""
    with closing(open_store(played.url)) as store:
        catch_up(store)
        (balance,) = read_balances(store).pairs
        approved = [
            json.loads(parse_entry(data).statement)["body"]["lines"][0]["vin"]
            for data in store.entries(0, store.head().size)
            if parse_entry(data).header.type == "UseApplicationApproved"
        ]
    assert len(approved) == len(set(approved)) == GRANTED
    assert (balance.balances["AV"], balance.balances["A"]) == (0, GRANTED)
    refused = {
        code for _, code, kind in played.said if kind == "UseApplicationApproved" and not code.isdigit()
    }
    assert refused


def test_the_writers_have_met_what_they_are_said_to_survive(played: Played) -> None:
    """Given PostgreSQL, then connections were cut, and after the server's death, for whose end all waited, the writing went on."""
    if played.back_at is None:
        assert played.cuts == 0
        return
    assert played.cuts > 0
    assert any(header.recorded_at > played.back_at for header in headers_of(played.url))
