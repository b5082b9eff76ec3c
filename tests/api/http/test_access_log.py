"""The access log: every read of a file is on it before it is answered, and nothing takes it off."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from api.access_log import prepare_access_log, read_access, write_access
from ledger.store import StoreError
from ledger.stores import AnyStore, is_postgres, open_store, sqlite_file
from tests.support.desk import TurnedClock
from tests.support.reading import (
    A_BATCH,
    A_CARS,
    A_EXPORTER,
    A_PAIR,
    A_SCAN,
    A_UPSTREAM,
    B_EXPORTER,
    Readers,
    digest,
    readers,
    sqlite_path,
)
from tests.support.web import lay_ledger, problem

E, U = f"enterprise:{A_EXPORTER}", f"enterprise:{A_UPSTREAM}"


@pytest.fixture
def store(url: str) -> Iterator[AnyStore]:
    lay_ledger(url, TurnedClock())
    opened = open_store(url)
    prepare_access_log(opened)
    prepare_access_log(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with readers(tmp_path_factory.mktemp("log")) as served:
        served.put(A_SCAN)
        yield served


def logged(at: Readers, path: str, role: str = "police") -> list[tuple[str, str, str]]:
    """Return (role, route, subject) of what one request leaves on the log."""
    after, _ = read_access(at.store, None, 0, None, 0)
    at.get(path, role)
    _, rows = read_access(at.store, None, after, None, 1_000)
    assert {row.who for row in rows} <= {"somebody", A_EXPORTER}
    return [(row.role, row.route, row.subject) for row in rows]


def test_reading_a_file_is_on_the_log(at: Readers) -> None:
    """Given each way to a file, when it is read, then the log has role, route and whose file it was."""
    car, letter = f"vin:{A_CARS[0]}", digest(A_SCAN)
    for path, route, subjects in (
        (f"/v1/enterprises/{A_EXPORTER}", "/v1/enterprises/{uscc}", [E]),
        (f"/v1/pairs/{A_PAIR}", "/v1/pairs/{pair_id}", [U, E]),
        (f"/v1/batches/{A_BATCH}?as_known_at=2025-03-01", "/v1/batches/{batch_id}", [U, E]),
        (f"/v1/vehicles/{A_CARS[0]}", "/v1/vehicles/{vin}", [U, E, car]),
        (f"/v1/vehicles/{A_CARS[0]}/eligibility", "/v1/vehicles/{vin}/eligibility", [U, E, car]),
        (f"/v1/balances?pair_id={A_PAIR}", "/v1/balances", [U, E]),
        ("/v1/entries/3", "/v1/entries/{index}", [E]),
        ("/v1/entries/3/receipt", "/v1/entries/{index}/receipt", [E]),
        (f"/v1/entries?subject={E}&type=EnterpriseRegistered", "/v1/entries", [E]),
        (f"/v1/documents/{letter}", "/v1/documents/{sha256}", [U, E]),
    ):
        assert logged(at, path) == [("police", route, subject) for subject in subjects], path


def test_a_bundle_is_on_the_log_by_its_place(at: Readers) -> None:
    """Given bundles that hold everybody's entries, when a witness fetches them, then the log has their place."""
    for kind, path in (("entries", "/tile/entries"), ("envelopes", "/envelopes")):
        assert at.get(f"{path}/000.p/9", "witness").status_code == 200
        assert logged(at, f"{path}/000.p/9", "witness") == [
            ("witness", f"{path}/{{place:path}}", f"{kind}:000.p/9")
        ]
        assert logged(at, f"{path}/000.p/9", "police") == []
        assert logged(at, f"{path}/..%2f", "witness") == []


def test_what_is_not_read_is_not_on_the_log(at: Readers) -> None:
    """Given requests that give nothing of anybody's file, when they are answered, then the log stays as it is."""
    assert logged(at, f"/v1/enterprises/{B_EXPORTER}", "enterprise") == []
    assert logged(at, f"/v1/enterprises/{A_EXPORTER}", "witness") == []
    assert logged(at, "/v1/entries/0") == []
    assert logged(at, "/v1/entries?type=LedgerOpened") == []
    assert logged(at, "/v1/entries?limit=0") == []


def test_the_auditor_lists_it(at: Readers) -> None:
    """Given reads of two files, when the auditor lists by subject and page by page, then each is there once."""
    at.get(f"/v1/enterprises/{A_EXPORTER}", "enterprise")
    pages = at.pages("/v1/access-log", limit=3)
    rows = [row for page in pages for row in page["reads"]]
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1] == {
        "number": len(rows), "at": "2025-06-02T02:00:00.000000Z", "role": "enterprise", "who": A_EXPORTER,
        "route": "/v1/enterprises/{uscc}", "subject": E,
    }  # fmt: skip
    own = [row for page in at.pages("/v1/access-log", subject=E, limit=1) for row in page["reads"]]
    assert own == [row for row in rows if row["subject"] == E]


def test_no_token_is_on_it(at: Readers) -> None:
    """Given a read with a token, when the database file is searched, then no part of the token is in it."""
    token = at.token("police")
    at.client.get(f"/v1/enterprises/{A_EXPORTER}", headers={"authorization": f"Bearer {token}"})
    folder = Path(sqlite_path(at)).parent
    written = b"".join(path.read_bytes() for path in folder.glob("ledger.db*") if path.is_file())
    assert all(part.encode() not in written for part in token.split("."))


def test_what_cannot_be_logged_is_not_answered(tmp_path: Path) -> None:
    """Given a log that takes no rows, when a file is asked for, then 503 and nothing of the file."""
    with readers(tmp_path) as at:
        with closing(sqlite3.connect(sqlite_path(at))) as file:
            file.execute(
                "CREATE TRIGGER stuck BEFORE INSERT ON access_log BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        for path in (
            f"enterprises/{A_EXPORTER}",
            f"vehicles/{A_CARS[0]}",
            "entries/3",
            "entries",
            "balances",
        ):
            answer = at.get(f"/v1/{path}", "auditor")
            problem(answer, 503, "unavailable")
            assert A_EXPORTER not in answer.text


def test_numbers_have_no_gap_whoever_writes(store: AnyStore, url: str) -> None:
    """Given four writers on two connections, when each logs, then numbers run without gap and rows are whole."""
    other = open_store(url)

    def write(one: AnyStore, who: str) -> None:
        for _ in range(10):
            write_access(one, TurnedClock(), "police", who, "/v1/x", ["vin:A", "vin:B"])

    threads = [Thread(target=write, args=(one, f"w{place}")) for place, one in enumerate((store, other) * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    until, rows = read_access(store, None, 0, None, 1_000)
    assert [row.number for row in rows] == list(range(1, 81))
    assert until == 80
    assert all(
        (a.who, a.subject, b.subject) == (b.who, "vin:A", "vin:B")
        for a, b in zip(rows[::2], rows[1::2], strict=True)
    )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE access_log SET who = 'nobody'",
        "UPDATE access_log SET subject = subject WHERE number = 1",
        "DELETE FROM access_log",
        "DELETE FROM access_log WHERE number = 2",
        "INSERT INTO access_log VALUES (9, 't', 'r', 'w', 'x', 's')",
        "INSERT INTO access_log VALUES (1, 't', 'r', 'w', 'x', 's')",
        "INSERT OR REPLACE INTO access_log VALUES (1, 't', 'r', 'w', 'x', 's')",
        "INSERT INTO access_log VALUES (1, 't', 'r', 'w', 'x', 's') ON CONFLICT (number) DO UPDATE SET who = 'w'",
        "TRUNCATE access_log",
    ],
)
def test_the_database_refuses_to_change_it(store: AnyStore, url: str, sql: str) -> None:
    """Given rows on the log, when somebody updates, deletes, replaces or inserts out of turn, then it stays."""
    write_access(store, TurnedClock(), "police", "somebody", "/v1/x", ["vin:A", "vin:B"])
    before = read_access(store, None, 0, None, 10)
    if is_postgres(url):
        with pytest.raises(psycopg.Error), psycopg.connect(url, options="-c search_path=quota_ledger") as raw:
            raw.execute(sql.encode())
    else:
        with pytest.raises(sqlite3.Error), closing(sqlite3.connect(sqlite_file(url) or "")) as file:
            file.execute(sql)
    assert read_access(store, None, 0, None, 10) == before


def test_a_store_that_is_read_only_logs_nothing(store: AnyStore, url: str) -> None:
    """Given a store opened for reading, when a read is to be logged, then it says that it cannot be."""
    with closing(open_store(url, read_only=True)) as reading, pytest.raises(StoreError):
        write_access(reading, TurnedClock(), "police", "somebody", "/v1/x", ["vin:A"])
