"""Verifying from the command line: a store, a bundle without its ledger, receipts; and the exit codes."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.submission import decode_submission
from tests.support.cli import Cli, enterprise_body

DEMO = ("demo", "--vehicles", "3", "--exporters", "1")


@pytest.fixture
def played(cli: Cli) -> Cli:
    """A small demonstration in the ledger of ``cli``."""
    assert cli(*DEMO, "--db", cli.db) == 0, cli.err
    return cli


def test_sound_ledger_leaves_the_headline_open(played: Cli) -> None:
    """Given a sound ledger, when verified, then exit 6, C36 undetermined; with --lenient exit 0."""
    verify = ("verify", "--db", played.db, "--anchor", played.anchor)

    assert played(*verify) == 6
    assert "INTACT" in played.out
    assert "not checked" in played.out
    answer = played.json(*verify, "--lenient")
    assert (answer["integrity"]["verdict"], answer["verdict"]) == ("INTACT", "UNDETERMINED")
    assert answer["format"] == "quota-ledger-verification/1"


def test_exit_codes_without_anchor_and_without_ledger(played: Cli) -> None:
    """Given no anchor, or no ledger, when verified, then 4, 6 with --unanchored, 3, and 2 for usage."""
    assert played("verify", "--db", played.db) == 4
    assert played("verify", "--db", played.db, "--unanchored") == 6
    assert "self-consistent only" in played.out
    assert played("verify", "nowhere") == 3
    assert played("verify", "--db", played.db, "--anchor", "nowhere.json") == 2
    assert "nowhere.json" in played.err


def test_another_ledger_of_the_same_name_fails_against_the_anchor(played: Cli) -> None:
    """Given a ledger made anew under the same name, when verified against the old anchor, then exit 4."""
    other = f"sqlite:///{played.directory}/other.db"
    assert played(*DEMO, "--db", other, "--seed", "9") == 0, played.err

    assert played("verify", "--db", other, "--anchor", played.anchor) == 4


def test_changed_byte_in_the_database_is_found(played: Cli) -> None:
    """Given a byte of an entry changed behind the triggers, when verified, then exit 1 with its index."""
    connection = sqlite3.connect(played.database)
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    (data,) = connection.execute("SELECT data FROM entry WHERE idx = 9").fetchone()
    connection.execute(
        "UPDATE entry SET data = ? WHERE idx = 9", (data[:-3] + bytes([data[-3] ^ 1]) + data[-2:],)
    )
    connection.commit()
    connection.close()

    assert played("verify", "--db", played.db, "--anchor", played.anchor, "--json") == 1
    breaks = json.loads(played.out)["integrity"]["breaks"]
    assert breaks[0]["index"] == 9


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_bundle_verifies_without_network_and_without_the_ledger(played: Cli, name: str) -> None:
    """Given an exported bundle and nothing else, when verified in an empty network namespace, then intact."""
    assert played("export", "--out", name, "--db", played.db) == 0, played.err
    anchor = played.directory / "kept.json"
    played.anchor.rename(anchor)
    shutil.rmtree(f"{played.database}.keys")
    for path in played.directory.glob("ledger.db*"):
        path.unlink()

    assert _alone("verify", name, "--anchor", anchor, directory=played.directory).returncode == 6
    done = _alone("verify", name, "--anchor", anchor, "--lenient", "--json", directory=played.directory)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["integrity"] == {"verdict": "INTACT", "breaks": []}


def test_export_overwrites_nothing(played: Cli) -> None:
    """Given a bundle, when exported to its place again, then it is refused."""
    assert played("export", "--out", "bundle.zip", "--db", played.db) == 0, played.err
    assert played("export", "--out", "bundle.zip", "--db", played.db) == 1
    assert "bundle.zip" in played.err


def test_trusted_checkpoint_takes_the_place_of_an_anchor(played: Cli) -> None:
    """Given an earlier checkpoint, when the ledger has grown, then it anchors; one cut back does not pass."""
    assert played("checkpoint", "--db", played.db, "--out", "earlier.note") == 0, played.err
    released = played.json("checkpoint", "--db", played.db)

    assert released["note"] == Path("earlier.note").read_text(encoding="utf-8")
    assert played("verify", "--db", played.db, "--trust", "earlier.note") == 6
    other = f"sqlite:///{played.directory}/other.db"
    assert played("demo", "--vehicles", "1", "--exporters", "1", "--db", other) == 0, played.err
    assert played("verify", "--db", other, "--trust", "earlier.note") == 4


def test_receipt_verifies_offline(cli: Cli) -> None:
    """Given a receipt and its statement, when verified, then 0; with another statement 1, without anchor 4."""
    cli.init()
    signed = cli.signed(cli.draft("EnterpriseRegistered", enterprise_body()))
    assert cli.submit(signed, "--receipts", cli.directory) == 0, cli.err
    _, (statement,) = decode_submission(signed.read_bytes())
    exact, other = cli.directory / "statement", cli.directory / "other"
    exact.write_bytes(statement)
    other.write_bytes(statement.replace("示例".encode(), "样例".encode()))

    assert cli("verify", "1.json", "--statement", exact, "--anchor", cli.anchor) == 0, cli.out
    assert cli("verify", "1.json", "--statement", other, "--anchor", cli.anchor) == 1
    assert cli("verify", "1.json", "--statement", exact) == 4
    assert cli("verify", "1.json", "--anchor", cli.anchor) == 2
    assert "--statement" in cli.err


def _alone(*arguments: str | Path, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a process and a network namespace of its own, where not even loopback is up."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", "from api.cli import main; main()", *map(str, arguments)]
    isolated = ["unshare", "--net", *(() if os.geteuid() == 0 else ("--map-root-user",)), *command]
    return subprocess.run(
        isolated,
        cwd=directory,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
