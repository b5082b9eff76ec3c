"""Reading from the command line: balances, checkpoints; and rebuilding what is read."""

import sqlite3
from contextlib import closing

import pytest

from ledger.note import parse_note
from tests.support.cli import Cli

PAIR = "91310115PDY00001XD-91310114PDY000028Y-1"


@pytest.fixture
def played(cli: Cli) -> Cli:
    """A small demonstration in the ledger of ``cli``."""
    assert cli("demo", "--vehicles", "3", "--exporters", "2", "--db", cli.db) == 0, cli.err
    return cli


def test_balance_lists_pairs(played: Cli) -> None:
    """Given two pairs, when balances are asked for, then both are listed, one by its id, none by another."""
    both = played.json("balance", "--db", played.db)
    one = played.json("balance", PAIR, "--db", played.db)

    assert len(both["pairs"]) == 2
    assert [pair["pair_id"] for pair in one["pairs"]] == [PAIR]
    assert one["pairs"][0]["balances"]["D"] == 2
    assert played("balance", "no-pair", "--db", played.db) == 1
    assert "no-pair" in played.err


def test_rebuild_changes_nothing_that_is_sound(played: Cli) -> None:
    """Given a sound ledger, when rebuilt, then balances stay and it goes on accepting statements."""
    before = played.json("balance", "--db", played.db)

    rebuilt = played.json("rebuild", "--db", played.db)
    assert rebuilt["size"] == before["size"]
    assert rebuilt["records"] == {"changed": 0, "missing": 0, "unknown": 0, "first": None}
    assert played.json("balance", "--db", played.db) == before
    played.keys = played.directory / "ledger.db.keys"
    draft = played.draft("EnterpriseSuspended", _suspension())
    signed = played.signed(draft, officers=("commerce-1", "commerce-2"))
    assert played.submit(signed) == 0, played.err
    assert played.json("balance", "--db", played.db)["size"] == before["size"] + 1


def test_rebuild_says_what_it_replaced(played: Cli) -> None:
    """Given decision records that somebody changed, when rebuilt, then their number and the first key are told."""
    with closing(sqlite3.connect(played.database)) as connection:
        connection.execute("UPDATE record SET text = text || ' ' WHERE key LIKE 'vin:%'")
        connection.execute("DELETE FROM record WHERE key LIKE 'pair:%'")
        connection.commit()

    assert played("rebuild", "--db", played.db) == 0, played.err
    assert "of the records 3 were changed, 2 missing, 0 unknown" in played.out
    assert "the first pair:91310000PDY000036B-" in played.out
    assert played("rebuild", "--db", played.db) == 0, played.err
    assert "they were as they should be" in played.out


def test_rebuild_says_which_rows_of_the_views_were_wrong(played: Cli) -> None:
    """Given a row of a view taken away, or views set back, when rebuilt, then it is told, and not that all was well."""
    with closing(sqlite3.connect(played.database)) as connection:
        connection.execute("DELETE FROM effect WHERE idx = 5")
        connection.commit()

    assert played("rebuild", "--db", played.db) == 0, played.err
    assert played.out.endswith("entries: view effect: 0 rows changed, 1 missing, 0 unknown, the first 5\n")
    with closing(sqlite3.connect(played.database)) as connection:
        connection.execute("UPDATE view_set SET size = 3")
        connection.commit()
    assert played("rebuild", "--db", played.db) == 0, played.err
    assert "the rows of the views were not compared, the live views stood at 3 of" in played.out
    assert played.out.endswith("; the decision records were as they should be\n")


def test_database_named_by_the_environment(played: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given QUOTA_LEDGER_DB, when a command names no database, then it reads that one."""
    monkeypatch.setenv("QUOTA_LEDGER_DB", played.db)

    assert played.json("balance")["origin"] == "demo.example/export-quota"


def test_checkpoint_is_a_signed_note(played: Cli) -> None:
    """Given a ledger, when its checkpoint is printed or released again, then it is the same signed note."""
    assert played("checkpoint", "--db", played.db) == 0
    printed = played.out
    size = played.json("balance", "--db", played.db)["size"]

    assert parse_note(printed.encode()).text.splitlines()[1] == str(size)
    assert played("checkpoint", "--release", "--db", played.db) == 0, played.err
    assert played.out == printed


def test_checkpoint_is_released_only_with_the_key(cli: Cli) -> None:
    """Given a new ledger, when no checkpoint is there, then exit 3; with the key one is released."""
    cli.init()

    assert cli("checkpoint", "--db", cli.db) == 3
    assert "--release" in cli.err
    assert cli("checkpoint", "--release", "--db", cli.db, "--keys", "elsewhere") == 3
    assert cli("checkpoint", "--release", "--db", cli.db, "--keys", cli.keys) == 0, cli.err
    assert cli.out.splitlines()[1] == "1"


def _suspension() -> dict[str, object]:
    return {
        "basis": "INTERIM",
        "case_id": None,
        "effective_at": "2026-11-23T00:00:00+08:00",
        "scope": ["APPLY", "USE"],
        "suspension_id": "s-1",
        "uscc": "91310115PDY00001XD",
    }
