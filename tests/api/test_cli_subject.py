"""One history from the command line: heads committed, exported, verified, and what is taken from it found."""

import json
import shutil
from pathlib import Path

import pytest

from ledger.store_sqlite import SqliteStore
from tests.support.cli import Cli


@pytest.fixture
def played(cli: Cli) -> Cli:
    """A small demonstration in the ledger of ``cli``, its heads committed."""
    assert cli("demo", "--vehicles", "2", "--exporters", "1", "--db", cli.db) == 0, cli.err
    assert cli("export", "--db", cli.db, "--out", "early", "--vin", "LSVAB6189R2012345") == 1
    assert "checkpoint --heads" in cli.err
    assert cli("checkpoint", "--heads", "--db", cli.db, "--keys", f"{cli.database}.keys") == 0, cli.err
    return cli


def _entries(bundle: Path) -> dict[int, dict[str, object]]:
    """Return the headers of a bundle's entries, by index."""
    return {
        int(path.name): json.loads(path.read_bytes().partition(b"\n")[0])
        for path in (bundle / "entries").iterdir()
    }


def test_an_enterprise_with_its_cars_and_one_car_are_exported_and_verified(played: Cli) -> None:
    """Given a season, when an enterprise and a car are exported, then each bundle is whole and verifies."""
    names = _subjects(played)
    code = next(name for name in names if name.startswith("enterprise:")).split(":")[1]
    vin = next(name for name in names if name.startswith("vin:")).split(":")[1]

    told = played.json("export", "--db", played.db, "--out", "one", "--enterprise", code)
    assert told["subject"] == f"enterprise:{code}"
    assert played("export", "--db", played.db, "--out", "car.zip", "--vin", vin) == 0, played.err
    assert f"vin:{vin}, whole up to size {told['complete_to']}" in played.out

    answer = played.json("verify", "one", "--lenient", "--anchor", played.anchor)
    assert (answer["verdict"], answer["complete_to"]) == ("UNDETERMINED", told["complete_to"])
    assert {chain["key"] for chain in json.loads(Path("one/heads.json").read_bytes())["chains"]} >= {
        name for name in names if name.startswith("vin:")
    }
    assert played("verify", "car.zip", "--anchor", played.anchor) == 6, played.out
    assert "rests on" in played.out
    assert played("verify", "car.zip") == 4


def test_the_customs_release_of_one_car_taken_from_its_enterprise_is_found(played: Cli) -> None:
    """Given an enterprise's bundle without a customs release, when verified, then exit 1: it is missed."""
    code = next(name for name in _subjects(played) if name.startswith("enterprise:")).split(":")[1]
    assert played("export", "--db", played.db, "--out", "one", "--enterprise", code) == 0, played.err
    released = [
        i for i, header in _entries(Path("one")).items() if header["type"] == "CustomsExportConfirmed"
    ]
    assert released
    for index in released:
        shutil.copytree("one", f"without-{index}")
        Path(f"without-{index}/entries/{index}").unlink()
        assert played("verify", f"without-{index}", "--anchor", played.anchor) == 1
        assert "missing" in played.out


def test_an_enterprise_and_a_car_at_once_is_a_mistake_of_usage(played: Cli) -> None:
    """Given both options, when exported, then exit 2 and nothing is written."""
    assert played("export", "--db", played.db, "--out", "both", "--enterprise", "A", "--vin", "B") == 2
    assert not Path("both").exists()


def _subjects(played: Cli) -> list[str]:
    """Return the subject keys of the ledger, ascending."""
    store = SqliteStore(played.database, read_only=True)
    keys = [key for key, _, _ in store.heads(store.head().size)]
    store.close()
    return keys
