"""The doctor on PostgreSQL: a sound ledger passes, and each real damage fails the check that is about it."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.cli.context import files_of
from tests.support import catalog
from tests.support import postgres as support
from tests.support.cli import Cli, enterprise_body
from tests.support.postgres import LocalServer, Server, url_of

CHECKS = [
    "schema", "triggers", "rights", "settings", "head", "checkpoint", "signer", "key files", "views", "space",
]  # fmt: skip
WRITER, READER = "quota_ledger_writer", "quota_ledger_reader"


@pytest.fixture(scope="module")
def durable() -> Iterator[LocalServer]:
    """A server as one is in earnest: what it acknowledges is on disk."""
    with pytest.MonkeyPatch.context() as patch:
        # Left out and not switched on: a setting of the command line could not be altered.
        options = support.OPTIONS.replace(" -c fsync=off -c full_page_writes=off", "")
        assert "off" not in options
        patch.setattr(support, "OPTIONS", options)
        with support.local_server() as server:
            yield server


@pytest.fixture
def opened(cli: Cli, durable: LocalServer) -> Iterator[Cli]:
    """A ledger with entry 0, an enterprise, a view, a checkpoint and its two roles."""
    cli.db = durable.database()
    cli.init()
    draft = cli.draft("EnterpriseRegistered", enterprise_body())
    assert cli.submit(cli.signed(draft)) == 0, cli.err
    assert cli("balance", "--db", cli.db) == 0, cli.err
    assert cli("checkpoint", "--release", "--db", cli.db, "--keys", cli.keys) == 0, cli.err
    assert cli("roles", "--db", cli.db) == 0, cli.err
    yield cli
    with psycopg.connect(durable.dsn, autocommit=True) as raw:  # settings and roles are the whole server's
        raw.execute("ALTER SYSTEM RESET ALL")
        raw.execute(f"ALTER ROLE {WRITER} RESET ALL")
        raw.execute("SELECT pg_reload_conf()")
        raw.execute(f'DROP DATABASE "{files_of(cli.db)}" WITH (FORCE)')


def sql(cli: Cli, *statements: str, options: str = "") -> None:
    """Run statements as the owner, who is a superuser too."""
    settings = f"-c search_path=quota_ledger {options}"
    with psycopg.connect(cli.db, autocommit=True, options=settings) as raw:
        for statement in statements:
            raw.execute(statement.encode())


def past_triggers(cli: Cli, *statements: str) -> None:
    """Run statements in a session in which no trigger fires."""
    sql(cli, *statements, options="-c session_replication_role=replica")


def diagnosis(cli: Cli, *more: str | Path) -> tuple[int, dict[str, dict[str, Any]]]:
    """Run the doctor and return its exit code and its findings by check."""
    code = cli("doctor", "--db", cli.db, "--keys", cli.keys, "--json", *more)
    assert not cli.err
    checks = {finding["check"]: finding for finding in json.loads(cli.out)["checks"]}
    assert list(checks) == CHECKS
    return code, checks


def told(checks: dict[str, dict[str, Any]], status: str) -> dict[str, str]:
    """Return what was found by the checks of one status; each of them advises."""
    found = {name: finding for name, finding in checks.items() if finding["status"] == status}
    assert status == "ok" or all(finding["advice"] for finding in found.values())
    return {name: finding["found"] for name, finding in found.items() if name != "space"}


def test_the_record_is_what_the_sql_makes(postgres: Server) -> None:
    """Given a schema that was just made, then its catalogs say what is recorded beside the SQL.

    After a change of the SQL ``python -m tests.support.catalog`` records it anew.
    """
    for path, text in catalog.made(postgres).items():
        assert path.read_text(encoding="utf-8") == text


def test_a_sound_ledger_has_no_finding(opened: Cli) -> None:
    """Given a sound ledger with its roles, when the doctor looks, then exit 0 and every check is ok."""
    code, checks = diagnosis(opened)

    assert (code, told(checks, "failed"), told(checks, "warning")) == (0, {}, {})
    assert "MiB free" in checks["space"]["found"]
    assert "postgres asks: a superuser" in checks["rights"]["found"]
    assert opened("doctor", "--db", opened.db, "--keys", opened.keys) == 0
    assert "all of them fire" in opened.out


def test_without_roles_and_views_nothing_is_wrong(cli: Cli, durable: LocalServer) -> None:
    """Given a ledger whose roles have other names and no view, then it is said, and no finding."""
    cli.db = durable.database()
    cli.init()

    code, checks = diagnosis(cli, "--writer", "nobody_writes", "--reader", "nobody_reads")

    assert (code, told(checks, "failed")) == (0, {})
    assert checks["rights"]["status"] == "ok"
    assert "no role nobody_writes and no role nobody_reads" in checks["rights"]["found"]
    assert "none is made yet" in checks["views"]["found"]


DAMAGES: list[tuple[str, Sequence[str], str]] = [
    ("schema", ["ALTER TABLE flag ADD COLUMN more text"], "table flag is changed (it has: more text)"),
    ("schema", ["ALTER TABLE balance ADD COLUMN more text"], "table balance is changed (it has: more text)"),
    (
        "schema",
        ["ALTER TABLE entry DROP CONSTRAINT entry_leaf_check"],
        "table entry is changed (it lacks: CONSTRAINT entry_leaf_check CHECK ((length(leaf) = 32)))",
    ),
    ("schema", ["ALTER TABLE flag SET UNLOGGED"], "it has: UNLOGGED"),
    ("schema", ["ALTER TABLE record ENABLE ROW LEVEL SECURITY"], "it has: ROW SECURITY"),
    ("schema", ["DROP INDEX entry_type"], "index entry_type is missing"),
    ("schema", ["CREATE VIEW stray AS SELECT 1 AS a"], "view stray is not of this program"),
    ("schema", ["CREATE RULE keep AS ON UPDATE TO head DO INSTEAD NOTHING"], "rule head.keep is not of this"),
    ("schema", ["CREATE TABLE public.more () INHERITS (entry)"], "child table public.more is not of this"),
    ("triggers", ["DROP TRIGGER entry_no_change ON entry"], "trigger entry.entry_no_change is missing"),
    (
        "triggers",
        ["ALTER TABLE entry DISABLE TRIGGER entry_no_change"],
        "trigger entry_no_change on entry is disabled",
    ),
    (
        "triggers",
        ["ALTER TABLE entry ENABLE REPLICA TRIGGER entry_next"],
        "trigger entry_next on entry is silent but in replication",
    ),
    ("triggers", ["ALTER TABLE tag DISABLE TRIGGER ALL"], "foreign key tag_idx_fkey on tag is disabled"),
    (
        "triggers",
        [
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "CREATE TRIGGER t BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION f()",
        ],
        "trigger entry.t is not of this program; function f() is not of this program",
    ),
    (
        "triggers",
        [
            "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NULL; END'"
        ],
        "function append_only() is changed",
    ),
    (
        "triggers",
        [f"ALTER ROLE {WRITER} SET session_replication_role = replica"],
        f"session_replication_role is replica for role {WRITER}: no trigger fires",
    ),
    ("rights", [f"GRANT UPDATE ON entry TO {WRITER}"], f"{WRITER} may UPDATE entry;"),
    ("rights", [f"GRANT UPDATE (data) ON entry TO {WRITER}"], f"{WRITER} may UPDATE entry;"),
    ("rights", [f"GRANT TRUNCATE ON tile TO {WRITER}"], f"{WRITER} may TRUNCATE tile;"),
    ("rights", [f"GRANT CREATE ON SCHEMA quota_ledger TO {WRITER}"], f"{WRITER} may CREATE in the schema"),
    ("rights", [f"GRANT INSERT ON entry TO {READER}"], f"{READER} may INSERT entry;"),
    ("rights", ["GRANT DELETE ON record TO PUBLIC"], "PUBLIC may DELETE record;"),
    ("rights", ["GRANT SELECT ON entry TO PUBLIC"], "PUBLIC may SELECT entry;"),
    ("rights", ["GRANT INSERT ON entry TO pg_monitor"], "pg_monitor may INSERT entry;"),
    ("rights", ["GRANT UPDATE (size) ON head TO pg_monitor"], "pg_monitor may UPDATE head.size;"),
    ("rights", ["GRANT CREATE ON SCHEMA quota_ledger TO pg_monitor"], "pg_monitor may CREATE in the schema;"),
    (
        "rights",
        ["ALTER TABLE flag OWNER TO pg_monitor"],
        "flag belongs to pg_monitor, the schema to postgres",
    ),
    ("settings", ["ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"], "fsync is off"),
    (
        "settings",
        ["ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()"],
        "full_page_writes is off",
    ),
]


@pytest.mark.parametrize(("check", "statements", "found"), DAMAGES)
def test_damage_fails_its_check_alone(opened: Cli, check: str, statements: Sequence[str], found: str) -> None:
    """Given one real damage, when the doctor looks, then exit 1 and this check alone has failed and says why."""
    sql(opened, *statements)

    code, checks = diagnosis(opened)

    failed = told(checks, "failed")
    assert (code, list(failed)) == (1, [check])
    assert found in failed[check]
    assert opened("doctor", "--db", opened.db, "--keys", opened.keys) == 1
    assert "→" in opened.out


def test_a_member_of_the_owner_is_no_writer(opened: Cli, durable: LocalServer) -> None:
    """Given a writer who is made a superuser or a member of the owner, then that is what is wrong."""
    sql(opened, f"ALTER ROLE {WRITER} SUPERUSER", f"GRANT postgres TO {READER}")
    try:
        _, checks = diagnosis(opened)
    finally:
        sql(opened, f"ALTER ROLE {WRITER} NOSUPERUSER", f"REVOKE postgres FROM {READER}")

    found = told(checks, "failed")["rights"]
    assert f"{WRITER} is a superuser; {READER} is a member of the owner postgres" in found


def test_rights_that_are_missing_are_a_warning(opened: Cli) -> None:
    """Given rights that the roles no longer have, then they are named, and `roles` gives them back."""
    sql(opened, f"REVOKE INSERT ON tile FROM {WRITER}", f"REVOKE USAGE ON SCHEMA quota_ledger FROM {READER}")

    code, checks = diagnosis(opened)

    assert code == 0
    warned = told(checks, "warning")["rights"]
    assert f"{WRITER} may not INSERT tile; {READER} may not use the schema" in warned
    assert opened("roles", "--db", opened.db) == 0
    assert told(diagnosis(opened)[1], "warning") == {}


def test_commits_that_others_lose_are_a_warning(opened: Cli) -> None:
    """Given synchronous_commit off for the database, then the program's sessions are safe and it warns."""
    name = files_of(opened.db)
    sql(opened, f'ALTER DATABASE "{name}" SET synchronous_commit = off')

    code, checks = diagnosis(opened)

    assert code == 0
    assert f"synchronous_commit is off for database {name}" in told(checks, "warning")["settings"]


def test_a_head_that_was_altered_is_named(opened: Cli) -> None:
    """Given a head row that was altered past the triggers, then the check of the head says how it differs."""
    past_triggers(opened, "UPDATE head SET leaf = decode(repeat('ab', 32), 'hex')")

    code, checks = diagnosis(opened)

    assert (code, list(told(checks, "failed"))) == (1, ["head"])
    assert "the head's leaf hash is not that of entry 1" in checks["head"]["found"]


def test_a_head_that_was_put_back(opened: Cli) -> None:
    """Given a head put back by one entry, then head, checkpoint, signer and views each say so."""
    past_triggers(opened, "UPDATE head SET size = 1")

    code, checks = diagnosis(opened)

    assert code == 1
    assert {"head", "checkpoint", "signer", "views"} <= set(told(checks, "failed"))
    assert "the head says 1 entries, and there is an entry 1" in checks["head"]["found"]
    assert "at 2 of 1: ahead of the ledger" in checks["views"]["found"]


def test_a_reader_may_ask_and_is_told_what_it_cannot_see(opened: Cli) -> None:
    """Given a reader's account, when the doctor looks, then all is ok but the free space, which it cannot see."""
    sql(opened, "DROP ROLE IF EXISTS asker", f"CREATE ROLE asker LOGIN IN ROLE {READER}")
    owner = opened.db
    opened.db = url_of(owner, user="asker")

    code, checks = diagnosis(opened)

    opened.db = owner
    assert (code, told(checks, "failed")) == (0, {})
    assert "asker asks: it may read" in checks["rights"]["found"]
    assert (checks["space"]["status"], checks["space"]["advice"]) == ("ok", "")
    assert "cannot be seen from here" in checks["space"]["found"]


def test_who_may_not_read_is_told_so(opened: Cli) -> None:
    """Given an account without the right to read a table, then that is what is found, not damage."""
    sql(
        opened,
        "DROP ROLE IF EXISTS guest",
        "CREATE ROLE guest LOGIN",
        "GRANT USAGE ON SCHEMA quota_ledger TO guest",
        "GRANT SELECT ON schema_version TO guest",
    )
    owner = opened.db
    opened.db = url_of(owner, user="guest")

    code, checks = diagnosis(opened)

    opened.db = owner
    sql(opened, "DROP OWNED BY guest")
    assert code == 1
    assert "this role may not read it" in checks["head"]["found"]
    assert checks["head"]["advice"] == "run the doctor as owner or reader"
    assert "guest asks: it may neither read nor append" in checks["rights"]["found"]
    assert checks["schema"]["status"] == checks["triggers"]["status"] == "ok"


@pytest.mark.parametrize("damage", ["no ledger", "no server"])
def test_nothing_to_examine(cli: Cli, durable: LocalServer, damage: str) -> None:
    """Given no ledger in the database, or no server, then exit 3 in one line on stderr."""
    db = durable.database() if damage == "no ledger" else "postgresql:///ledger?host=/nowhere"

    assert cli("doctor", "--db", db) == 3
    assert (cli.out, cli.err.count("\n")) == ("", 1)
