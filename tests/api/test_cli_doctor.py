"""The doctor: a sound ledger passes, and each real damage fails the check that is about it."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from api.access_log import prepare_access_log
from ledger.stores import open_store
from tests.support.cli import Cli, enterprise_body

CHECKS = ["schema", "triggers", "settings", "head", "checkpoint", "signer", "key files", "views", "space"]
BESIDE = "no-such-directory"

Damage = Callable[[Cli], object]


@pytest.fixture
def opened(cli: Cli) -> Cli:
    """A ledger with entry 0, an enterprise, a view and a checkpoint."""
    cli.init()
    draft = cli.draft("EnterpriseRegistered", enterprise_body())
    assert cli.submit(cli.signed(draft)) == 0, cli.err
    assert cli("balance", "--db", cli.db) == 0, cli.err
    assert cli("checkpoint", "--release", "--db", cli.db, "--keys", cli.keys) == 0, cli.err
    return cli


def diagnosis(cli: Cli, *arguments: str | Path) -> tuple[int, dict[str, dict[str, Any]]]:
    """Run the doctor and return its exit code and its findings by check."""
    code = cli("doctor", "--db", cli.db, *(arguments or ("--keys", cli.keys)), "--json")
    answer = json.loads(cli.out)
    checks = {finding["check"]: finding for finding in answer["checks"]}
    statuses = {finding["status"] for finding in answer["checks"]}
    assert answer["format"] == "quota-ledger-doctor/1"
    assert answer["status"] == next(s for s in ("failed", "warning", "ok") if s in statuses)
    assert list(checks) == CHECKS
    return code, checks


def faults(checks: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return the checks that are not ok, each with what was found; every one of them advises."""
    wrong = {name: finding for name, finding in checks.items() if finding["status"] != "ok"}
    assert all(finding["advice"] for finding in wrong.values())
    return {name: f"{finding['status']}: {finding['found']}" for name, finding in wrong.items()}


def sql(cli: Cli, *statements: str) -> None:
    """Change the database as somebody with its file can: the triggers are dropped and made again."""
    with closing(sqlite3.connect(cli.database)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, text in triggers:
            connection.execute(text)
        connection.commit()


def plain(cli: Cli, statement: str) -> None:
    """Run one statement as it stands."""
    with closing(sqlite3.connect(cli.database, isolation_level=None)) as connection:
        connection.execute(statement)


def digests(cli: Cli) -> dict[Path, str]:
    """Return the hash of every file but the two helpers that SQLite makes for any reader."""
    return {
        path: sha256(path.read_bytes()).hexdigest()
        for path in cli.directory.rglob("*")
        if path.is_file() and path.name not in ("ledger.db-wal", "ledger.db-shm")
    }


def test_sound_ledger_passes_and_stays_as_it_is(opened: Cli) -> None:
    """Given a sound ledger, when the doctor looks, then exit 0, all is ok, and no file has changed."""
    before = digests(opened)

    code, checks = diagnosis(opened)

    assert (code, {n: f for n, f in faults(checks).items() if n != "space"}) == (0, {})
    assert digests(opened) == before
    assert opened("doctor", "--db", opened.db, "--keys", opened.keys) == 0
    assert "append-only" in opened.out


def test_keys_elsewhere_are_a_warning(opened: Cli) -> None:
    """Given a machine without the operator's keys, when the doctor looks, then it warns and exits 0."""
    code, checks = diagnosis(opened, "--keys", BESIDE)

    assert code == 0
    assert {"signer", "key files"} <= set(faults(checks))
    assert all(found.startswith("warning") for found in faults(checks).values())


def lose_memory(cli: Cli) -> None:
    (cli.keys / "checkpoint.last").unlink()


def lose_log_trigger(cli: Cli) -> None:
    with closing(open_store(cli.db)) as store:
        prepare_access_log(store)
    plain(cli, "DROP TRIGGER access_log_no_delete")


def break_memory(cli: Cli) -> None:
    note = cli.keys / "checkpoint.last"
    note.write_bytes(note.read_bytes().replace(b"\n2\n", b"\n1\n"))


def older_memory(cli: Cli) -> None:
    """Put back what the signer remembered one entry ago."""
    note = (cli.keys / "checkpoint.last").read_bytes()
    draft = cli.draft(
        "EnterpriseRegistered", enterprise_body(uscc="91310114PDY000028Y", org_code="PDY000028")
    )
    assert cli.submit(cli.signed(draft)) == 0, cli.err
    (cli.keys / "checkpoint.last").write_bytes(note)


def older_database(cli: Cli) -> None:
    """Put back the database of one entry ago; the signer remembers more."""
    kept = cli.directory / "kept.db"
    with closing(sqlite3.connect(cli.database)) as source, closing(sqlite3.connect(kept)) as target:
        source.backup(target)
    draft = cli.draft(
        "EnterpriseRegistered", enterprise_body(uscc="91310114PDY000028Y", org_code="PDY000028")
    )
    assert cli.submit(cli.signed(draft)) == 0, cli.err
    for name in ("ledger.db-wal", "ledger.db-shm"):
        (cli.directory / name).unlink(missing_ok=True)
    kept.replace(cli.database)


def other_key(cli: Cli) -> None:
    shutil.copyfile(cli.keys / "police-1.pem", cli.keys / "operator-checkpoint.pem")


def other_memory(cli: Cli) -> None:
    """Put another ledger's last checkpoint in the place of this one's."""
    other = cli.directory / "other"
    name = ("--origin", "other.example/export-quota", "--db", f"sqlite:///{other}.db", "--keys", other)
    assert cli("init", *name) == 0, cli.err
    assert cli("checkpoint", "--release", *name[2:]) == 0, cli.err
    shutil.copyfile(other / "checkpoint.last", cli.keys / "checkpoint.last")


def no_key_in_file(cli: Cli) -> None:
    (cli.keys / "operator-checkpoint.pem").write_text("nothing")


DAMAGES: list[tuple[str, Damage, str]] = [
    ("schema", lambda c: plain(c, "DROP INDEX entry_type"), "index entry_type is missing"),
    ("schema", lambda c: plain(c, "CREATE TABLE stray (a)"), "table stray is not of this program"),
    ("schema", lambda c: plain(c, "ALTER TABLE flag ADD COLUMN a TEXT"), "table flag is changed"),
    ("schema", lambda c: plain(c, "ALTER TABLE balance ADD COLUMN more TEXT"), "table balance is changed"),
    ("triggers", lambda c: plain(c, "DROP TRIGGER entry_no_update"), "entry_no_update is missing"),
    ("triggers", lambda c: lose_log_trigger(c), "access_log_no_delete is missing"),
    (
        "triggers",
        lambda c: plain(c, "CREATE TRIGGER t BEFORE INSERT ON entry BEGIN SELECT RAISE(IGNORE); END"),
        "trigger t is not of this program",
    ),
    ("settings", lambda c: plain(c, "PRAGMA journal_mode = DELETE"), "not WAL"),
    ("head", lambda c: sql(c, "UPDATE head SET recorded_at = '2020-01-01T00:00:00.000000Z'"), "recorded at"),
    ("head", lambda c: sql(c, "UPDATE head SET leaf = zeroblob(32)"), "leaf hash is not that of entry 1"),
    ("head", lambda c: sql(c, "UPDATE entry SET leaf = zeroblob(32) WHERE idx = 1"), "stored with entry 1"),
    ("signer", lose_memory, "no memory"),
    ("signer", break_memory, "checkpoint.last: not a checkpoint"),
    ("signer", other_memory, "checkpoint.last: not a checkpoint"),
    ("signer", older_memory, "the memory is at size 2, a checkpoint of size 3 was released"),
    ("signer", older_database, "a checkpoint of size 3 was released, the store has 2 entries"),
    ("signer", other_key, "entry 0 names"),
    ("signer", no_key_in_file, "operator-checkpoint.pem: an Ed25519 private key"),
    ("key files", lambda c: (c.keys / "police-1.pem").chmod(0o644), "police-1.pem is 0644"),
    ("key files", lambda c: c.keys.chmod(0o777), "others may replace"),
    ("views", lambda c: plain(c, "UPDATE view_set SET size = 3"), "at 3 of 2: ahead"),
]


@pytest.mark.parametrize(("check", "damage", "told"), DAMAGES)
def test_damage_fails_its_check_alone(opened: Cli, check: str, damage: Damage, told: str) -> None:
    """Given one real damage, when the doctor looks, then exit 1 and this check alone has failed and says why."""
    damage(opened)

    code, checks = diagnosis(opened)

    failed = {name: found for name, found in faults(checks).items() if found.startswith("failed")}
    assert (code, list(failed)) == (1, [check])
    assert told in failed[check]
    assert opened("doctor", "--db", opened.db, "--keys", opened.keys) == 1
    assert "→" in opened.out


def test_head_cut_back(opened: Cli) -> None:
    """Given a head put back by one entry, then head, checkpoint, signer and views each say so."""
    sql(opened, "UPDATE head SET size = 1")

    code, checks = diagnosis(opened)

    assert code == 1
    assert {"head", "checkpoint", "signer", "views"} <= set(faults(checks))
    assert "the head says 1 entries, and there is an entry 1" in checks["head"]["found"]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM entry WHERE idx = 1", "entry 1 is not there"),
        ("DELETE FROM head", "the head says 0 entries, and there is an entry 0"),
        ("UPDATE head SET tree = zeroblob(8)", "its tree has 0"),
        ("UPDATE head SET tree = x'00'", "cannot be read"),
        ("DROP TABLE head", "cannot be read"),
    ],
)
def test_head_and_entries_apart(opened: Cli, statement: str, told: str) -> None:
    """Given rows taken away, then the check of the head says what is missing and the others go on."""
    sql(opened, *([statement] if "TABLE" not in statement else []))
    if "TABLE" in statement:
        with closing(sqlite3.connect(opened.database)) as connection:
            connection.execute(statement)

    code, checks = diagnosis(opened)

    assert code == 1
    assert told in checks["head"]["found"]
    assert checks["settings"]["status"] == "ok"


def test_stored_checkpoint_of_another_root(opened: Cli) -> None:
    """Given a stored checkpoint that somebody changed, then its signature no longer holds."""
    note = (opened.keys / "checkpoint.last").read_bytes()
    changed = re.sub(rb"\n2\n", b"\n1\n", note)
    sql(opened, f"UPDATE checkpoint SET note = x'{changed.hex()}'")

    code, checks = diagnosis(opened)

    assert code == 1
    assert "signature" in faults(checks)["checkpoint"]


def test_nothing_to_examine(cli: Cli) -> None:
    """Given no ledger, another file or a wrong --db, then exit 3, 3 and 2, in one line on stderr."""
    (cli.directory / "text.db").write_text("no database")
    with closing(sqlite3.connect(cli.directory / "foreign.db")) as connection:
        connection.execute("CREATE TABLE a (b)")

    assert cli("doctor", "--db", cli.db) == 3
    assert cli("doctor", "--db", "sqlite:///text.db") == 3
    assert cli("doctor", "--db", "sqlite:///foreign.db") == 3
    assert "no ledger" in cli.err
    assert cli("doctor", "--db", "ledger.db") == 2
    assert cli.out == ""


def test_the_operators_guide_lists_every_check() -> None:
    """Given the table of checks in the guide, then it names those of both stores, in their order."""
    guide = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")

    listed = re.findall(r"^\| ([a-z ]+) \|", guide.partition("## Doctor")[2], re.MULTILINE)
    assert [check for check in listed if check != "rights"] == CHECKS
    assert listed.index("rights") == listed.index("settings") - 1
