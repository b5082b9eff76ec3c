"""``reconcile``: a list is matched, shown, signed and filed; what is no list, or no key, is one line."""

import hashlib
import json
from pathlib import Path

import pytest

from ledger.receipt import parse_receipt
from ledger.stores import open_store
from tests.support.cli import Cli

PERIOD = ("--from", "2024-01-01", "--to", "2025-12-31")
OFF = "LSVAB6185R2999999,2025-03-03,1\n"


@pytest.fixture
def played(cli: Cli) -> Cli:
    assert cli("demo", "--vehicles", "3", "--exporters", "2", "--db", cli.db) == 0, cli.err
    cli.keys = cli.database.with_name("ledger.db.keys")
    return cli


def bodies(cli: Cli, kind: str) -> list[dict[str, str]]:
    store = open_store(cli.db, read_only=True)
    found = [
        json.loads(data.partition(b"\n")[2])["body"] for _, data in store.matching((kind,), (), 0, 2**40)
    ]
    store.close()
    return found


def police_list(cli: Cli, more: str = "", encoding: str = "utf-8") -> Path:
    """Write what the police would have drawn, and whatever else is to be in it."""
    rows = "".join(
        f"{one['vin']},{one['registered_on']},{one['cert_no']}\n" for one in bodies(cli, "VehicleRegistered")
    )
    path = cli.directory / "police.csv"
    path.write_text(f"车辆识别代码,注册登记日期,登记证书编号\n{rows}{more}", encoding=encoding)
    return path


def test_a_list_is_shown_against_the_ledger(played: Cli) -> None:
    """Given the police's list with a car too many, when reconciled, then exit 0, its line is named, nothing written."""
    path = police_list(played, OFF, "gb18030")
    before = played.json("balance", "--db", played.db)["size"]
    found = played.json("reconcile", "--agency", "police", "--list", path, *PERIOD, "--db", played.db)

    rows = len(path.read_bytes().splitlines())
    assert found["differences"] == [
        {"side": "extract", "what": f"{OFF[:17]}, registered 2025-03-03", "line": rows, "index": None}
    ]
    assert found["list_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (found["rows"], found["counts"], found["filed"]) == (rows - 1, {"registered": rows - 1}, None)
    assert played.json("balance", "--db", played.db)["size"] == before == found["size"]
    assert played("reconcile", "--agency", "police", "--list", path, *PERIOD, "--db", played.db) == 0
    for told in ("仅清单", "LSVAB6185R2999999", "not filed", found["list_sha256"]):
        assert told in played.out


def test_a_statement_is_signed_and_filed(played: Cli) -> None:
    """Given an officer's key, when reconciled, then the statement is an entry with its receipt, and C35 judges it."""
    path, receipts = police_list(played, OFF), played.directory / "receipts"
    draft = played.directory / "draft.json"
    asked = (
        "reconcile",
        "--agency",
        "police",
        "--list",
        path,
        *PERIOD,
        "--db",
        played.db,
        "--keys",
        played.keys,
    )
    found = played.json(*asked, "--key", played.keys / "police-1.pem", "--receipts", receipts, "--out", draft)

    filed = bodies(played, "ReconciliationStatementFiled")[-1]
    assert filed == found["statement"]["body"] == json.loads(draft.read_bytes())["body"]
    assert filed["list_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    (kept,) = receipts.iterdir()
    assert parse_receipt(kept.read_bytes()).proof is not None
    assert found["filed"]["entered"] is True
    verdict = played("explain", "finding", "C35", "--db", played.db, "--json")
    assert (verdict, json.loads(played.out)["verdict"]) == (0, "REFUTED")


def test_a_period_is_stated_once_and_after_its_end(played: Cli) -> None:
    """Given a statement that stands, or a period to come, when filed or written, then refused in one line, unless asked."""
    path, draft = police_list(played), played.directory / "draft.json"
    asked = ("reconcile", "--agency", "police", "--list", path, "--db", played.db, "--keys", played.keys)
    filing = (*asked, *PERIOD, "--key", played.keys / "police-1.pem")
    receipt = played.json(*filing)["filed"]["receipts"][0]
    index = json.loads(receipt["header"])["index"]
    before = bodies(played, "ReconciliationStatementFiled")

    for arguments in ((*filing,), (*asked, *PERIOD, "--out", draft)):
        assert played(*arguments) == 1
        assert f"entry {index} (on the same list): a statement of this period stands already" in played.err
    future = ("--from", "2099-01-01", "--to", "2099-01-31", "--key", played.keys / "police-1.pem")
    assert played(*asked, *future) == 1
    assert "the period has not ended" in played.err
    assert not draft.exists()
    assert bodies(played, "ReconciliationStatementFiled") == before
    shown = played.json(*asked, *PERIOD)
    assert [one["index"] for one in shown["standing"]] == [index]
    assert played(*asked, *PERIOD) == 0
    assert f"entry {index} states this period already, on the same list" in played.out
    again = played.json(*filing, "--again")
    assert again["filed"]["entered"] is True
    assert [one["index"] for one in again["standing"]] == [index]


def test_an_unsigned_statement_is_signed_elsewhere(played: Cli) -> None:
    """Given the statement written without a key, when signed and submitted as any other, then it enters."""
    path, draft = police_list(played), played.directory / "draft.json"
    asked = ("reconcile", "--agency", "police", "--list", path, *PERIOD, "--db", played.db)
    assert played.json(*asked, "--out", draft)["differences"] == []
    assert played.submit(played.signed(draft, officers=("police-2",))) == 0, played.err
    assert bodies(played, "ReconciliationStatementFiled")[-1]["differences"] is None
    assert played.json("explain", "finding", "C35", "--db", played.db)["verdict"] == "PROVED"


def test_what_cannot_be_reconciled_is_one_line(played: Cli) -> None:
    """Given lists, periods, keys and places that are none, when asked, then one line and the stated exit code."""
    good, before = police_list(played), bodies(played, "ReconciliationStatementFiled")
    wrong = played.directory / "wrong.csv"
    wrong.write_text("vin,registered_on\nLSVAB6185R2999999,yesterday\n", encoding="utf-8")
    foreign = played.directory / "foreign.csv"
    foreign.write_text("vin,declaration_no,released_on\n", encoding="utf-8")
    key = ("--key", played.keys / "customs-1.pem")
    for code, message, path, arguments in (
        (2, "line 2, registered_on: 'yesterday'", wrong, ("--agency", "police", *PERIOD)),
        (2, "those of customs, not of police", foreign, ("--agency", "police", *PERIOD)),
        (2, "nowhere.csv", played.directory / "nowhere.csv", ("--agency", "police", *PERIOD)),
        (2, "one of police, customs, transport", good, ("--agency", "commerce", *PERIOD)),
        (2, "before it begins", good, ("--agency", "police", "--from", "2025-02-01", "--to", "2025-01-01")),
        (2, "a day YYYY-MM-DD", good, ("--agency", "police", "--from", "2025", "--to", "2025-01-01")),
        (2, "nothing is filed", good, ("--agency", "police", *PERIOD, "--receipts", "r")),
        (1, "a key of customs", good, ("--agency", "police", *PERIOD, *key)),
        (3, "none.db", good, ("--agency", "police", *PERIOD, "--db", "sqlite:///none.db")),
    ):
        assert played("reconcile", "--list", path, "--db", played.db, *arguments) == code, played.err
        assert message in played.err
        assert len(played.err.splitlines()) == 1
    assert bodies(played, "ReconciliationStatementFiled") == before


def test_what_the_ledger_refuses_is_exit_1(played: Cli) -> None:
    """Given an officer whose key was revoked, when the statement is filed, then exit 1 with code and place."""
    keyid = next(
        one["keyid"]
        for one in played.json("keys", "list", "--db", played.db)["keys"]
        if one["officer"] == "police-1"
    )
    revoked = played.draft("AgencyKeyRevoked", {"keyid": keyid, "reason": "lost"}, agency="police")
    assert played.submit(played.signed(revoked, officers=("police-2",))) == 0, played.err
    asked = ("reconcile", "--agency", "police", "--list", police_list(played), *PERIOD)
    keys = ("--db", played.db, "--keys", played.keys, "--key", played.keys / "police-1.pem")
    assert played(*asked, *keys) == 1
    assert "key-revoked" in played.err
    assert "on record at index" in played.err
