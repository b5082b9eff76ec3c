"""Signing and submitting from the command line."""

import json
from pathlib import Path

import pytest

from ledger.canonical import canonical_bytes
from ledger.envelope import parse_envelope
from ledger.receipt import parse_receipt
from ledger.submission import decode_submission
from tests.support.cli import ORIGIN, Cli, enterprise_body


@pytest.fixture(autouse=True)
def ledger(cli: Cli) -> None:
    cli.init()


def test_what_is_missing_is_filled_in(cli: Cli) -> None:
    """Given a statement file with type and body alone, when signed, then the canonical whole is signed."""
    signed = cli.signed(cli.draft("EnterpriseRegistered", enterprise_body()))

    envelope, (statement,) = decode_submission(signed.read_bytes())
    whole = json.loads(statement)
    assert statement == canonical_bytes(whole)
    assert (whole["agency"], whole["ledger"], whole["version"]) == ("commerce", ORIGIN, 1)
    assert whole["attachments"] == []
    head = parse_envelope(envelope).head
    assert (head.seq, head.seen and head.seen.index) == (2, 0), "commerce-1 signed entry 0 with seq 1"


def test_submitted_statement_gets_a_receipt(cli: Cli) -> None:
    """Given a signed statement, when submitted twice, then one entry and the same receipt each time."""
    signed = cli.signed(cli.draft("EnterpriseRegistered", enterprise_body()))

    assert cli.submit(signed, "--receipts", cli.directory / "receipts") == 0, cli.err
    receipt = parse_receipt((cli.directory / "receipts" / "1.json").read_bytes())
    assert receipt.proof is not None
    first = cli.json("submit", signed, "--db", cli.db, "--keys", cli.keys)
    assert first["replayed"] is True
    assert [r["header"].encode() for r in first["receipts"]] == [receipt.header]
    again = cli.json("receipt", "1", "--db", cli.db)
    assert parse_receipt(json.dumps(again).encode()).header == receipt.header


def test_refusal_is_one_line_with_its_code_and_place(cli: Cli) -> None:
    """Given a statement of another agency's type, when submitted, then exit 1, the code and the index."""
    grant = {"app_id": "91310115PDY00001XD-91310114PDY000028Y-1-q1", "units": 5, "document_no": "1"}
    signed = cli.signed(cli.draft("QuotaGranted", grant, agency="police"), officers=("police-1", "police-2"))

    assert cli.submit(signed) == 1
    assert cli.err.count("\n") == 1
    assert "wrong-agency" in cli.err
    assert "on record at index 1" in cli.err


def test_malformed_statement_is_not_signed(cli: Cli) -> None:
    """Given a body with an unknown member, when signed, then it is refused before any signature."""
    draft = cli.draft("EnterpriseRegistered", enterprise_body(colour="red"))

    assert cli("sign", draft, "--key", cli.keys / "commerce-1.pem", "--db", cli.db) == 1
    assert "colour" in cli.err
    assert cli.out == ""


def test_second_officer_adds_a_signature(cli: Cli) -> None:
    """Given a submission that names two signers, when one is missing it is not taken; with both it is."""
    keys = {key["officer"]: key["keyid"] for key in cli.json("keys", "list", "--db", cli.db)["keys"]}
    assert cli("keys", "new", cli.directory / "third.pem") == 0
    registration = cli.directory / "registration.json"
    new = ("--officer", "police-3", "--key", cli.directory / "third.pem", "--db", cli.db)
    assert cli("keys", "statement", "--agency", "police", *new, "--out", registration) == 0, cli.err
    half, whole = cli.directory / "half.json", cli.directory / "whole.json"
    first = ("--key", cli.keys / "police-1.pem", "--with", keys["police-2"])
    assert cli("sign", registration, *first, "--db", cli.db, "--out", half) == 0, cli.err

    assert cli.submit(half) == 1
    assert "malformed" in cli.err
    assert cli("sign", "--add", half, "--key", cli.keys / "police-2.pem", "--out", whole) == 0, cli.err
    assert cli.submit(whole) == 0, cli.err

    officers = {key["officer"]: key for key in cli.json("keys", "list", "--db", cli.db)["keys"]}
    assert officers["police-3"]["registered_index"] == 1
    revocation = cli.directory / "revocation.json"
    keyid = officers["police-3"]["keyid"]
    assert cli("keys", "revoke", keyid[:12], "--reason", "示例", "--db", cli.db, "--out", revocation) == 0
    assert cli.submit(cli.signed(revocation, officers=("police-1",))) == 0, cli.err
    keys_after = cli.json("keys", "list", "--db", cli.db)["keys"]
    assert [key["revoked_index"] for key in keys_after if key["officer"] == "police-3"] == [2]


def test_only_named_signers_add_signatures(cli: Cli) -> None:
    """Given an envelope that names its signers, when another officer adds a signature, it is refused."""
    signed = cli.signed(cli.draft("EnterpriseRegistered", enterprise_body()))

    assert cli("sign", "--add", signed, "--key", cli.keys / "police-1.pem") == 1
    assert "not among the signers" in cli.err


def test_signing_without_the_database(cli: Cli) -> None:
    """Given a receipt, seq, agency and ledger, when the database is elsewhere, then signing works."""
    first = cli.signed(cli.draft("EnterpriseRegistered", enterprise_body()))
    assert cli.submit(first, "--receipts", cli.directory) == 0, cli.err
    upstream = cli.draft(
        "EnterpriseRegistered",
        enterprise_body(uscc="91310114PDY000028Y", org_code="PDY000028", roles=["UPSTREAM"]),
    )
    out = cli.directory / "elsewhere.json"
    away = ("--db", "sqlite:///nowhere.db", "--key", cli.keys / "commerce-1.pem")

    assert cli("sign", upstream, *away) == 3
    assert "--seen" in cli.err
    known = ("--seen", cli.directory / "1.json", "--seq", "7", "--agency", "commerce", "--ledger", ORIGIN)
    assert cli("sign", upstream, *away, *known, "--out", out) == 0, cli.err
    assert cli.submit(out) == 0, cli.err


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["receipt", "9"], 3, "entry 9"),
        (["receipt", "x"], 2, "x"),
        (["receipt", str(2**63)], 2, "9007199254740991"),
        (["no-such-command"], 2, "no-such-command"),
        (["keys", "list", "--db", "sqlite:///nowhere.db"], 3, "nowhere.db"),
        (["keys", "list", "--db", "mysql://x"], 2, "sqlite:///PATH"),
        (["submit", "nowhere.json"], 2, "nowhere.json"),
        (["keys", "revoke", "zz", "--reason", "r"], 1, "zz"),
    ],
)
def test_errors_are_one_line(cli: Cli, arguments: list[str], code: int, told: str) -> None:
    """Given a command that cannot be done, when run, then its code and one line that names the place."""
    if "--db" not in arguments and arguments != ["no-such-command"]:
        arguments = [*arguments, "--db", cli.db]

    assert cli(*arguments) == code
    assert cli.err.count("\n") == 1
    assert told in cli.err


@pytest.mark.parametrize("arguments", [[], ["keys"]])
def test_no_command_prints_the_help(cli: Cli, arguments: list[str]) -> None:
    """Given no command, when run, then exit 2 and the help."""
    assert cli(*arguments) == 2
    assert cli.err.startswith("Usage: quota-ledger")


def test_new_key_is_private_and_never_overwritten(cli: Cli) -> None:
    """Given a key file, when a key is made under its name again, then it is refused and stays."""
    path = Path("fresh.pem")
    made = cli.json("keys", "new", path)
    before = path.read_bytes()

    assert len(made["keyid"]) == 64
    assert path.stat().st_mode & 0o077 == 0
    assert cli("keys", "new", path) == 1
    assert path.read_bytes() == before
