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


def test_a_sound_ledger_whose_cars_all_left_is_proved(played: Cli) -> None:
    """Given a sound ledger, when verified, then exit 0: intact, balanced, every car proved to be exported."""
    verify = ("verify", "--db", played.db, "--anchor", played.anchor)

    assert played(*verify) == 0
    assert "INTACT" in played.out
    assert "BALANCED" in played.out
    assert "3 exit-proved" in played.out
    (left,) = [line for line in played.out.splitlines() if line.startswith("what no ledger shows")]
    assert all(f"Z{number:02} " in left for number in range(1, 11))
    answer = played.json(*verify)
    assert (answer["integrity"]["verdict"], answer["verdict"]) == ("INTACT", "PROVED")
    assert answer["format"] == "quota-ledger-verification/1"
    assert next(one["verdict"] for one in answer["statements"] if one["code"] == "C07") == "PROVED"


def test_as_known_earlier_the_headline_is_open(played: Cli) -> None:
    """Given the entries up to a registration, by index or by day, then exit 6; with --lenient 0."""
    verify = ("verify", "--db", played.db, "--anchor", played.anchor)
    (index, day) = sqlite3.connect(played.database).execute(
        "SELECT idx, substr(json_extract(substr(data, 1, instr(data, char(10)) - 1), '$.recorded_at'), 1, 10)"
        " FROM entry WHERE type = 'VehicleRegistered' ORDER BY idx LIMIT 1"
    ).fetchone()  # fmt: skip
    assert played(*verify, "--as-known-at", str(index)) == 6, played.out
    answer = played.json(*verify, "--as-known-at", str(index), "--lenient")
    assert (answer["as_known_at"], answer["headline"]["on_track"]) == (index, 1)
    assert played.json(*verify, "--as-known-at", day, "--lenient")["as_known_at"] >= index


@pytest.mark.parametrize(
    ("moment", "told"),
    [("2020-01-01", "no entry was recorded by then"), ("99999", "the ledger has entries 0 to ")],
)
def test_a_moment_at_which_nothing_is_known_is_a_mistake_of_usage(
    played: Cli, moment: str, told: str
) -> None:
    """Given a day before the first entry or an index behind the last, when verified, then exit 2 in one line."""
    assert played("verify", "--db", played.db, "--anchor", played.anchor, "--as-known-at", moment) == 2
    assert f"--as-known-at {moment}: {told}" in played.err
    assert (played.err.count("\n"), played.out) == (1, "")


def test_a_broken_ledger_is_broken_at_whatever_moment(played: Cli) -> None:
    """Given a bundle cut short, when asked as known at what is lost, then exit 1 and not a mistake of usage."""
    assert played("export", "--out", "bundle", "--db", played.db) == 0, played.err
    for path in sorted(Path("bundle/tile/entries").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert played("verify", "bundle", "--anchor", played.anchor, "--as-known-at", "50") == 1


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--as-of", "yesterday", "a day YYYY-MM-DD is wanted"),
        ("--as-known-at", "-1", "an index or a day YYYY-MM-DD is wanted"),
        ("--documents", "nowhere", "not a directory"),
        ("--compare", "nowhere.csv", "No such file"),
    ],
)
def test_a_wrong_option_is_one_line(played: Cli, option: str, value: str, told: str) -> None:
    """Given a moment, folder or extract that is none, then exit 2 and what would be right."""
    assert played("verify", "--db", played.db, "--anchor", played.anchor, option, value) == 2
    assert told in played.err
    assert played.err.count("\n") == 1


def test_an_extract_with_a_car_that_the_ledger_has_not(played: Cli) -> None:
    """Given the police's list with one more car, when compared, then exit 5 and the car by name."""
    listed = Path("police.csv")
    listed.write_text("车辆识别代码,注册登记日期\nLSVAB6189R2012345,2024-11-20\n", "gb18030")
    verify = ("verify", "--db", played.db, "--anchor", played.anchor, "--compare", listed)
    assert played(*verify) == 5
    assert "LSVAB6189R2012345" in played.out
    listed.write_text("vin\nLSVAB6189R2012345\n")
    assert played(*verify) == 2
    assert "police.csv: line 1" in played.err


def test_documents_are_held_against_the_entries(played: Cli) -> None:
    """Given a document under a name that an entry states and with other bytes, then exit 1: attachment."""
    Path("documents").mkdir()
    verify = ("verify", "--db", played.db, "--anchor", played.anchor, "--documents", "documents")
    answer = played.json(*verify)
    assert next(one["verdict"] for one in answer["statements"] if one["code"] == "C08") == "UNDETERMINED"
    (statement,) = sqlite3.connect(played.database).execute(
        "SELECT substr(data, instr(data, char(10)) + 1) FROM entry WHERE type = 'CommitmentLetterSigned' LIMIT 1"
    ).fetchone()  # fmt: skip
    (Path("documents") / json.loads(statement)["attachments"][0]["sha256"]).write_bytes(b"another")
    assert played(*verify, "--json") == 1
    assert {one["class"] for one in json.loads(played.out)["integrity"]["breaks"]} == {"attachment"}


def test_exit_codes_without_anchor_and_without_ledger(played: Cli) -> None:
    """Given no anchor, or no ledger, when verified, then 4, 0 with --unanchored, 3, and 2 for usage."""
    assert played("verify", "--db", played.db) == 4
    assert played("verify", "--db", played.db, "--unanchored") == 0
    (row,) = [line for line in played.out.splitlines() if "in all" in line]
    assert "PROVED, self-consistent only" in row
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

    assert _alone("verify", name, "--anchor", anchor, directory=played.directory).returncode == 0
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
    assert played("verify", "--db", played.db, "--trust", "earlier.note") == 0
    other = f"sqlite:///{played.directory}/other.db"
    assert played("demo", "--vehicles", "1", "--exporters", "1", "--db", other) == 0, played.err
    assert played("verify", "--db", other, "--trust", "earlier.note", "--json") == 4
    (found,) = json.loads(played.out)["integrity"]["breaks"]
    assert (found["class"], "trusted checkpoint earlier.note" in found["detail"]) == ("inconsistent", True)


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
