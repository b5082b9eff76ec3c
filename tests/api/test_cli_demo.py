"""The demonstration from the command line."""

import json
from contextlib import closing
from typing import Any

import psycopg
import pytest

from ledger.stores import open_store
from tests.support.cli import ORIGIN, Cli
from tests.support.postgres import Server

SMALL = ("demo", "--vehicles", "4", "--exporters", "2")


def test_demo_plays_and_verifies_a_season(cli: Cli) -> None:
    """Given nothing, when the demonstration runs, then every car is deregistered and the ledger is intact."""
    played = cli.json(*SMALL)

    assert played["verification"]["integrity"] == {"verdict": "INTACT", "breaks": []}
    assert played["verification"]["anchored"] is True
    assert [pair["balances"]["D"] for pair in played["pairs"]] == [2, 2]
    assert all(sum(pair["balances"].values()) == 0 for pair in played["pairs"])
    flagged = [receipt for index in range(played["size"]) if (receipt := _flags(cli, index))]
    assert flagged == [], "every term is kept"


def test_demo_runs_again_and_again(cli: Cli) -> None:
    """Given the ledger of a demonstration, when run again, then it is replaced and the statements are the same."""
    first, second = cli.json(*SMALL), cli.json(*SMALL)
    other = cli.json(*SMALL, "--seed", "2")

    assert first["verification"]["root"] == second["verification"]["root"]
    assert other["verification"]["root"] != first["verification"]["root"]


def test_demo_is_the_same_on_postgresql(cli: Cli, postgres: Server) -> None:
    """Given either store, when the same seed plays, then balances, entries and root are the same; once alone."""
    db = postgres.database()
    there, here = cli.json(*SMALL, "--db", db), cli.json(*SMALL)

    assert there["pairs"] == here["pairs"]
    assert there["verification"]["integrity"] == {"verdict": "INTACT", "breaks": []}
    for same in ("origin", "size", "root", "anchored", "verdict"):
        assert there["verification"][same] == here["verification"][same]
    with closing(open_store(db)) as one, closing(open_store(here["db"])) as other:
        size = here["size"]
        assert list(one.entries(0, size)) == list(other.entries(0, size))

    anchor = there["anchor"]
    assert cli("rebuild", "--db", db) == 0, cli.err
    assert cli.json("balance", "--db", db)["pairs"] == here["pairs"]
    assert cli("verify", "--db", there["db"], "--anchor", anchor, "--lenient") == 0, cli.err
    assert cli("verify", "--db", db, "--anchor", anchor, "--lenient") == 0, cli.err
    assert cli("export", "--db", db, "--out", "bundle") == 0, cli.err
    assert cli("verify", "bundle", "--anchor", anchor, "--lenient") == 0, cli.err
    assert cli(*SMALL, "--db", db, "--anchor", "other.json") == 1
    assert "already" in cli.err


@pytest.mark.parametrize(
    ("sql", "class_", "index"),
    [
        ("UPDATE entry SET data = set_byte(data, length(data) - 3, 48) WHERE idx = 9", "leaf", 9),
        ("DELETE FROM entry WHERE idx = 9", "missing", 9),
        ("INSERT INTO entry SELECT (SELECT size FROM head), leaf, type, data FROM entry WHERE idx = 9", "missing", None),
        ("UPDATE entry SET idx = -idx WHERE idx IN (9, 10); UPDATE entry SET idx = 19 + idx WHERE idx < 0", "missing", 9),
        ("UPDATE subject SET idx = 8 WHERE idx = 9", "subject_chain", 9),
        ("DELETE FROM head", "tree", 0),
    ],
)  # fmt: skip
def test_what_a_superuser_changes_is_named(
    cli: Cli, postgres: Server, sql: str, class_: str, index: int | None
) -> None:
    """Given a superuser with triggers off, when rows are edited, deleted, inserted or renumbered, then verify says so."""
    db = postgres.database()
    anchor = cli.json("demo", "--vehicles", "1", "--exporters", "1", "--db", db)["anchor"]
    with psycopg.connect(db, options="-c search_path=quota_ledger") as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("ALTER TABLE entry DROP CONSTRAINT entry_idx_check")
        superuser.execute(sql)
    assert cli("verify", "--db", db, "--anchor", anchor, "--json") == 1, cli.err
    breaks = json.loads(cli.out)["integrity"]["breaks"]
    assert any(found["class"] == class_ and index in (None, found["index"]) for found in breaks), breaks


def test_roles_are_given_by_one_command(cli: Cli, postgres: Server) -> None:
    """Given a ledger on PostgreSQL, when roles are asked for, then a reader and a writer have their rights."""
    db = postgres.database()
    assert cli("init", "--origin", ORIGIN, "--db", db) == 0, cli.err
    assert cli("roles", "--db", db, "--writer", "demo_writer", "--reader", "demo_reader") == 0, cli.err
    with psycopg.connect(db) as connection:
        rights = {
            (role, table, right)
            for role in ("demo_writer", "demo_reader")
            for table in ("entry", "head", "balance")
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
            if connection.execute(
                "SELECT has_table_privilege(%s, %s, %s)", (role, f"quota_ledger.{table}", right)
            ).fetchone()
            == (True,)
        }
    assert {(table, right) for role, table, right in rights if role == "demo_reader"} == {
        ("entry", "SELECT"), ("head", "SELECT"), ("balance", "SELECT"),
    }  # fmt: skip
    assert {(table, right) for role, table, right in rights if role == "demo_writer"} == {
        ("entry", "SELECT"), ("entry", "INSERT"), ("head", "SELECT"), ("head", "UPDATE"),
        ("balance", "SELECT"), ("balance", "INSERT"), ("balance", "UPDATE"), ("balance", "DELETE"),
    }  # fmt: skip
    assert cli("roles", "--db", cli.db) == 2


@pytest.mark.parametrize(
    "db", ["oracle://secret@host/x", "sqlite:///", "postgresql://host", "postgresql://h/a%2Fb"]
)
def test_another_url_is_a_usage_error(cli: Cli, db: str) -> None:
    """Given a URL of another form, then the command says which forms there are and repeats no password."""
    assert cli("balance", "--db", db) == 2
    assert "postgresql://HOST/DATABASE" in cli.err
    assert "secret" not in cli.err


def test_demo_replaces_no_other_ledger(cli: Cli) -> None:
    """Given a ledger that is no demonstration under the default name, when run, then it stays."""
    db = "sqlite:///demo-ledger.db"
    assert cli("init", "--origin", ORIGIN, "--db", db) == 0, cli.err

    assert cli(*SMALL) == 1
    assert ORIGIN in cli.err
    assert cli.json("keys", "list", "--db", db)["origin"] == ORIGIN


def test_demo_wants_a_new_database_where_one_is_named(cli: Cli) -> None:
    """Given a demonstration in a named database, when run there again, then it is refused."""
    assert cli(*SMALL, "--db", cli.db) == 0, cli.err
    before = cli.database.read_bytes()

    assert cli(*SMALL, "--db", cli.db) == 1
    assert "exists already" in cli.err
    assert cli.database.read_bytes() == before


def test_demo_prints_balances_and_where_the_anchor_lies(cli: Cli) -> None:
    """Given a terminal of people, when the demonstration runs, then it says what was found and where."""
    assert cli(*SMALL) == 0, cli.err
    for told in ("demo-ledger.db.anchor.json", "INTACT", "91310115PDY00001XD-91310114PDY000028Y-1", "C36"):
        assert told in cli.out


def _flags(cli: Cli, index: int) -> Any:
    assert cli("receipt", str(index), "--db", "sqlite:///demo-ledger.db", "--json") == 0, cli.err
    return json.loads(cli.out)["flags"]
