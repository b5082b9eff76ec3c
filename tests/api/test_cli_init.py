"""Opening a ledger from the command line."""

import json
import stat
from pathlib import Path

import pytest

from ledger.anchor import read_anchor
from tests.support.cli import ORIGIN, Cli


def test_init_makes_ledger_keys_and_anchor(cli: Cli) -> None:
    """Given nothing, when a ledger is opened, then entry 0, ten private keys and the anchor are there."""
    cli.init()

    files = sorted(path.name for path in cli.keys.glob("*.pem"))
    assert len(files) == 10
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in cli.keys.glob("*.pem"))
    assert read_anchor(cli.anchor).origin == ORIGIN
    listed = cli.json("keys", "list", "--db", cli.db)
    assert sorted(key["agency"] for key in listed["keys"]) == sorted(
        ["commerce", "customs", "police", "transport"] * 2 + ["operator"]
    )


def test_init_overwrites_nothing(cli: Cli) -> None:
    """Given a ledger, when it is opened again, then it is refused and every file stays as it was."""
    cli.init()
    before = {path: path.read_bytes() for path in cli.keys.iterdir()}

    assert cli("init", "--origin", ORIGIN, "--db", cli.db, "--keys", cli.keys) == 1
    assert cli.err.count("\n") == 1
    assert "exists already" in cli.err
    assert cli("init", "--origin", ORIGIN, "--db", f"sqlite:///{cli.directory}/b.db", "--keys", cli.keys) == 1
    assert "never overwritten" in cli.err
    assert before == {path: path.read_bytes() for path in cli.keys.iterdir()}


@pytest.mark.parametrize("origin", ["https://a.example/x", "a b", "a+b", ""])
def test_init_wants_an_origin_of_the_form(cli: Cli, origin: str) -> None:
    """Given a name that is no origin, when a ledger is opened, then it is refused and nothing is made."""
    assert cli("init", "--origin", origin, "--db", cli.db) == 1
    assert "malformed" in cli.err
    assert list(cli.directory.iterdir()) == []


def test_opening_signed_elsewhere(cli: Cli) -> None:
    """Given officers who sign LedgerOpened one after the other, when init takes it, then it opens."""
    cli.init()  # gives the keys; another database is opened with them
    listed = cli.json("keys", "list", "--db", cli.db)
    officers = [key for key in listed["keys"] if key["agency"] != "operator"]
    statement = _opening_statement(cli.database)
    first, *others = [officer["officer"] for officer in officers]
    co_signers = [word for officer in officers[1:] for word in ("--with", officer["keyid"])]
    path = cli.directory / "opening-0"
    assert cli("sign", statement, "--key", cli.keys / f"{first}.pem", *co_signers, "--out", path) == 0, (
        cli.err
    )
    new = ("init", "--origin", ORIGIN, "--db", f"sqlite:///{cli.directory}/new.db", "--opening")
    assert cli(*new, path) == 1, "an unfinished envelope opens nothing"
    for number, name in enumerate(others, 1):
        added = cli.directory / f"opening-{number}"
        assert cli("sign", "--add", path, "--key", cli.keys / f"{name}.pem", "--out", added) == 0, cli.err
        path = added

    assert cli(*new, path) == 0, cli.err
    assert cli.json("keys", "list", "--db", f"sqlite:///{cli.directory}/new.db") == listed


@pytest.mark.parametrize("statement", ["no JSON", "[]", "1", '{"body":[]}'])
def test_an_opening_of_another_form_is_refused_in_one_line(cli: Cli, statement: str) -> None:
    """Given a submission whose statement is no LedgerOpened, when init takes it, then it is refused in a line."""
    path = cli.directory / "opening.json"
    path.write_text(json.dumps({"envelope": "{}", "statements": [statement]}), encoding="utf-8")
    assert cli("init", "--origin", ORIGIN, "--db", cli.db, "--opening", path) == 1
    assert cli.err.count("\n") == 1
    assert not cli.database.exists()


def _opening_statement(database: Path) -> Path:
    from ledger.entry import parse_entry
    from ledger.store_sqlite import SqliteStore

    store = SqliteStore(database, read_only=True)
    statement = parse_entry(next(iter(store.entries(0, 1)))).statement
    store.close()
    path = database.with_name("opening.json")
    path.write_text(json.dumps(json.loads(statement), indent=2), encoding="utf-8")
    return path
