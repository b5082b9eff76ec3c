"""``verify --save-state`` and ``--resume``: the auditor's own state, from audit to audit."""

import gzip
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Cli, enterprise_body


@pytest.fixture
def opened(cli: Cli) -> Cli:
    """A ledger with two entries and a checkpoint."""
    cli.init()
    register(cli, "91310115PDY00001XD")
    return cli


def register(cli: Cli, uscc: str) -> None:
    """Have commerce register an enterprise, and release a checkpoint."""
    body = enterprise_body(uscc=uscc, org_code=uscc[8:17])
    assert cli.submit(cli.signed(cli.draft("EnterpriseRegistered", body))) == 0, cli.err
    assert cli("checkpoint", "--release", "--db", cli.db, "--keys", cli.keys) == 0, cli.err


def verified(cli: Cli, *more: str | Path) -> dict[str, Any]:
    """Verify the ledger, which must be intact, and return the answer without the seconds."""
    answer: dict[str, Any] = cli.json("verify", "--db", cli.db, "--anchor", cli.anchor, "--lenient", *more)
    del answer["seconds"]
    return answer


def test_an_audit_goes_on_from_the_state_that_it_keeps(opened: Cli) -> None:
    """Given a state saved, when the ledger has grown, then resuming answers as a whole audit does and keeps the new state."""
    state = opened.directory / "audit.state"
    assert verified(opened, "--save-state", state) == verified(opened)
    register(opened, "91310114PDY000028Y")
    for _ in range(2):
        answer = verified(opened, "--resume", state, "--save-state", state)
        note = answer["notes"].pop()
        assert answer == verified(opened)
    assert note.startswith(f"the first {answer['size']} entries were audited earlier")


def test_the_bundle_goes_on_from_the_state_of_the_ledger(opened: Cli) -> None:
    """Given a state of the database, when the bundle of a later size is verified, then it goes on, but not with a state inside it."""
    state = opened.directory / "audit.state"
    verified(opened, "--save-state", state)
    register(opened, "91310114PDY000028Y")
    assert opened("export", "--out", "bundle", "--db", opened.db) == 0, opened.err
    verify = ("verify", "bundle", "--anchor", opened.anchor, "--lenient")
    assert "were audited earlier" in " ".join(opened.json(*verify, "--resume", state)["notes"])
    shutil.copy(state, "bundle/audit.state")
    assert opened(*verify, "--resume", "bundle/audit.state") == 2
    assert "a state is the auditor's own" in opened.err
    assert opened(*verify, "--save-state", "bundle/new.state") == 2
    assert not Path("bundle/new.state").exists()


def test_another_history_stands_against_the_state(opened: Cli) -> None:
    """Given two ledgers that went apart under one key, when one is resumed from a state of the other, then exit 4."""
    fork = opened.directory / "fork.db"
    for path in opened.directory.glob("ledger.db*"):
        if path.is_file():
            shutil.copy(path, opened.directory / path.name.replace("ledger", "fork"))
    memory = {path: path.read_bytes() for path in opened.keys.glob("*.last")}
    register(opened, "91310114PDY000028Y")
    state = opened.directory / "audit.state"
    verified(opened, "--save-state", state)
    for path, data in memory.items():  # an operator who forgets what he released
        path.write_bytes(data)
    opened.db = f"sqlite:///{fork}"
    register(opened, "91310000PDY000036B")
    assert opened("verify", "--db", opened.db, "--anchor", opened.anchor) in {0, 6}
    before = state.read_bytes()
    resume = ("--resume", state, "--save-state", state)
    assert opened("verify", "--db", opened.db, "--anchor", opened.anchor, *resume) == 4
    assert "the earlier audit: not the root of the first" in " ".join(opened.out.split())
    assert "no state is kept" in opened.err
    assert state.read_bytes() == before


def test_what_a_state_cannot_be_asked(opened: Cli) -> None:
    """Given a state, when something is asked that it does not hold, or that is not a state, then usage, in one line."""
    state, other = opened.directory / "audit.state", opened.directory / "other.json"
    verified(opened, "--save-state", state)
    verify = ("verify", "--db", opened.db, "--anchor", opened.anchor)
    extract = opened.directory / "extract.csv"
    extract.write_text("vin,registered_on\n", encoding="utf-8")
    other.write_bytes(opened.anchor.read_bytes())
    damaged = opened.directory / "damaged.state"
    damaged.write_bytes(
        gzip.compress(gzip.decompress(state.read_bytes()).replace(b"commerce-1", b"commerce-9"))
    )
    refused: list[tuple[str, tuple[str | Path, ...]]] = [
        ("the state has taken in entry 1 already", (*verify, "--resume", state, "--as-known-at", "0")),
        ("the state has taken in entry 1 already", (*verify, "--resume", state, "--as-known-at", "2020-01-01")),
        ("leave --as-known-at out", (*verify, "--save-state", state, "--as-known-at", "1")),
        ("a file in a directory that is there", (*verify, "--save-state", "nowhere/audit.state")),
        ("leave --resume out", (*verify, "--resume", state, "--compare", extract)),
        ("damaged, or no state", (*verify, "--resume", other)),
        ("its digest is not that", (*verify, "--resume", damaged)),
        ("No such file", (*verify, "--resume", "nowhere.state")),
        ("--anchor FILE is missing", ("verify", "--db", opened.db, "--unanchored", "--resume", state)),
        ("ask the whole ledger", ("verify", other, "--statement", other, "--resume", state)),
    ]  # fmt: skip
    for said, command in refused:
        assert opened(*command) == 2, command
        assert said in opened.err
        assert opened.err.count("\n") == 1
    assert verified(opened, "--resume", state, "--as-known-at", "1")["as_known_at"] == 1


def test_a_state_that_cannot_be_written_costs_no_answer(opened: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a disk that becomes full, when the state is to be kept, then the audit answers and one line says that it was not."""

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("projections.proof.state_file.os.fsync", full)
    answer = verified(opened, "--save-state", opened.directory / "audit.state")
    assert answer["integrity"]["verdict"] == "INTACT"
    assert "no state is kept: No space left on device" in opened.err
    assert not (opened.directory / "audit.state").exists()


def test_a_history_of_one_car_has_no_state(opened: Cli) -> None:
    """Given the bundle of one enterprise, when a state is asked for, then usage."""
    asked = ("--enterprise", "91310115PDY00001XD", "--fresh", "--out", "history")
    assert opened("export", *asked, "--db", opened.db, "--keys", opened.keys) == 0, opened.err
    for option in ("--save-state", "--resume"):
        assert opened("verify", "history", "--anchor", opened.anchor, option, "audit.state") == 2
        assert "the bundle of one history" in opened.err
