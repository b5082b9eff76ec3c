"""One history from the command line: heads committed, exported, verified, and what is taken from it found."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from ledger.store_sqlite import SqliteStore
from ledger.stores import open_store
from tests.support.cli import ORIGIN, Cli, enterprise_body

CODE = "91310115PDY00001XD"


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
    assert (answer["verdict"], answer["complete_to"]) == ("PROVED", told["complete_to"])
    assert {chain["key"] for chain in json.loads(Path("one/heads.json").read_bytes())["chains"]} >= {
        name for name in names if name.startswith("vin:")
    }
    assert played("verify", "car.zip", "--anchor", played.anchor) == 0, played.out
    assert "rests on" in played.out
    assert "0 on track · 0 undetermined · 0 exceptions" in played.out
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


@pytest.fixture
def registered(cli: Cli, url: str) -> Cli:
    """A ledger of either kind with an enterprise and a checkpoint from before it, no heads committed."""
    cli.db, cli.anchor = url, cli.directory / "anchor.json"
    init = ("init", "--origin", ORIGIN, "--db", url, "--keys", cli.keys, "--anchor", cli.anchor)
    assert cli(*init) == 0, cli.err
    assert cli("checkpoint", "--release", "--db", url, "--keys", cli.keys) == 0, cli.err
    (cli.keys / "operator-checkpoint.pem").rename(cli.keys / "aside.pem")
    assert cli.submit(cli.signed(cli.draft("EnterpriseRegistered", enterprise_body()))) == 0, cli.err
    (cli.keys / "aside.pem").rename(cli.keys / "operator-checkpoint.pem")
    return cli


def _export(cli: Cli, out: str, *more: str | Path) -> int:
    """Export the history of the enterprise."""
    request = ("--enterprise", CODE, "--db", cli.db, "--anchor", cli.anchor, "--out", out)
    return cli("export", *request, *more)


def _size(cli: Cli) -> int:
    with closing(open_store(cli.db, read_only=True)) as store:
        return store.head().size


def test_a_fresh_history_is_whole_up_to_the_newest_size(registered: Cli) -> None:
    """Given no heads and an old checkpoint, when exported --fresh, then the bundle is whole up to the last entry."""
    assert _export(registered, "old") == 1
    assert "--fresh" in registered.err

    assert _export(registered, "one", "--fresh", "--keys", registered.keys) == 0, registered.err

    assert f"whole up to size 2 of {ORIGIN}" in registered.out
    assert _size(registered) == 3
    told = registered.json("verify", "one", "--lenient", "--anchor", registered.anchor)
    assert (told["complete_to"], told["subject"]) == (2, f"enterprise:{CODE}")
    assert "EnterpriseRegistered" in {header["type"] for header in _entries(Path("one")).values()}


def test_a_fresh_history_once_more_writes_nothing_new(registered: Cli) -> None:
    """Given heads at the end, when exported --fresh twice, then nothing is appended and the bytes are the same."""
    assert _export(registered, "one.zip", "--fresh", "--keys", registered.keys) == 0, registered.err
    assert _export(registered, "two.zip", "--fresh", "--keys", registered.keys) == 0, registered.err

    assert Path("one.zip").read_bytes() == Path("two.zip").read_bytes()
    assert _size(registered) == 3


@pytest.mark.parametrize("name", ["operator-checkpoint.pem", "operator-housekeeping.pem"])
def test_fresh_needs_both_keys_of_the_operator(registered: Cli, name: str) -> None:
    """Given one of the two keys not there, when exported --fresh, then exit 3 in one line, and nothing is written."""
    (registered.keys / name).unlink()

    assert _export(registered, "one", "--fresh", "--keys", registered.keys) == 3

    assert (registered.err.count("\n"), registered.out) == (1, "")
    assert f"{name}: not there; --keys names" in registered.err
    assert (_size(registered), Path("one").exists()) == (2, False)


@pytest.mark.parametrize("name", ["operator-checkpoint.pem", "operator-housekeeping.pem"])
def test_fresh_takes_no_key_of_another_ledger(registered: Cli, name: str) -> None:
    """Given another key under the name, when exported --fresh, then exit 1: entry 0 names it, nothing is written."""
    shutil.copyfile(registered.keys / "police-1.pem", registered.keys / name)

    assert _export(registered, "one", "--fresh", "--keys", registered.keys) == 1

    assert "entry 0" in registered.err
    assert (_size(registered), Path("one").exists()) == (2, False)


def test_what_cannot_be_exported_commits_no_heads(registered: Cli) -> None:
    """Given a place that is taken, no such subject or none, when exported --fresh, then nothing is appended."""
    Path("taken.zip").touch()
    fresh = ("--fresh", "--keys", registered.keys)

    assert _export(registered, "taken.zip", *fresh) == 1
    assert "is there already" in registered.err
    assert registered("export", "--vin", "short", "--db", registered.db, "--out", "one", *fresh) == 1
    assert "neither an enterprise's code" in registered.err
    assert registered("export", "--db", registered.db, "--out", "one", *fresh) == 2
    assert "--enterprise or --vin" in registered.err
    assert _size(registered) == 2


def _subjects(played: Cli) -> list[str]:
    """Return the subject keys of the ledger, ascending."""
    store = SqliteStore(played.database, read_only=True)
    keys = [key for key, _, _ in store.heads(store.head().size)]
    store.close()
    return keys


def _car_bundle(played: Cli) -> Path:
    vin = next(name for name in _subjects(played) if name.startswith("vin:")).split(":")[1]
    assert played("export", "--db", played.db, "--out", "car", "--vin", vin) == 0, played.err
    return Path("car")


def test_the_page_of_a_car_says_what_its_entries_say(played: Cli) -> None:
    """Given a car's bundle, then its page names car, checkpoint, every entry and what no ledger can show."""
    bundle = _car_bundle(played)
    page = (bundle / "summary.html").read_text("utf-8")
    subject = json.loads((bundle / "heads.json").read_bytes())["subject"]
    assert f"<code>{subject}</code>" in page
    assert (bundle / "checkpoint").read_text().splitlines()[2] in page
    assert "据本账本所载，每次登记的车辆均已证明离境" in page
    assert "As far as this ledger knows, every car registered is exit-proved" in page
    for index in _entries(bundle):
        assert f"<tr><td>{index}</td>" in page
    assert all(f"<li>Z{number:02} " in page for number in range(1, 11))
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page


@pytest.mark.parametrize(("old", "new"), [("已证明", "未证明"), ("</html>", "</html> ")])
def test_an_altered_page_is_found(played: Cli, old: str, new: str) -> None:
    """Given a word or a space of the page changed, when verified, then exit 1: the page is not that one."""
    page = _car_bundle(played) / "summary.html"
    page.write_text(page.read_text("utf-8").replace(old, new), "utf-8")
    assert played("verify", "car", "--anchor", played.anchor, "--json") == 1
    answer = json.loads(played.out)
    assert [one["class"] for one in answer["integrity"]["breaks"]] == ["malformed"]
    assert "summary.html" in answer["integrity"]["breaks"][0]["detail"]


def test_a_bundle_without_its_page(played: Cli) -> None:
    """Given the page taken out, when verified, then the history stands and the answer says so."""
    (_car_bundle(played) / "summary.html").unlink()
    answer = played.json("verify", "car", "--anchor", played.anchor)
    assert answer["verdict"] == "PROVED"
    assert "summary.html is not there" in answer["notes"]


def test_what_asks_the_whole_ledger_is_not_asked_of_one_history(played: Cli) -> None:
    """Given a car's bundle, when asked as of a day, then one line says that this asks the whole ledger."""
    _car_bundle(played)
    assert played("verify", "car", "--anchor", played.anchor, "--as-of", "2025-05-01") == 2
    assert "the whole ledger" in played.err


def test_a_customs_reversal_left_out_of_a_cars_bundle_is_found(cli: Cli) -> None:
    """Given a car whose release was taken back, when that entry is left out of its bundle, then it is missed."""
    assert cli("demo", "--vehicles", "60", "--db", cli.db) == 0, cli.err
    with closing(SqliteStore(cli.database, read_only=True)) as store:
        (index, data), *_ = store.matching(("CustomsExportReversed",), (), 0, store.head().size)
    vin = json.loads(data.partition(b"\n")[2])["body"]["vin"]
    export = (
        "export",
        "--db",
        cli.db,
        "--out",
        "car",
        "--vin",
        vin,
        "--fresh",
        "--keys",
        f"{cli.database}.keys",
    )
    assert cli(*export) == 0, cli.err
    assert cli("verify", "car", "--anchor", cli.anchor) == 0, cli.out
    (Path("car") / "entries" / str(index)).unlink()
    assert cli("verify", "car", "--anchor", cli.anchor, "--json") == 1
    assert [one["class"] for one in json.loads(cli.out)["integrity"]["breaks"]] == ["missing"]
