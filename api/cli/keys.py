"""``quota-ledger keys``: an officer's key pair, and the statements by which an agency's keys come and go.

The statements are printed for ``sign``: a registration wants the signatures of two officers of the agency, a
revocation that of one. A registration carries a proof of possession by the new key.
"""

import base64
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.table import Table

from api.cli.context import (
    DEFAULT_DB,
    REFUSED,
    Db,
    Json,
    Out,
    Stop,
    console,
    key_ring,
    open_store,
    print_json,
    write_out,
)
from api.cli.keyfiles import read_key, write_key
from domain.catalogue import CATALOGUE
from ledger.clock import format_instant, system_clock
from ledger.ed25519 import key_id, raw_public_key
from ledger.envelope import parse_instant
from ledger.keys import possession_message

app = typer.Typer(no_args_is_help=True, help="Make keys; list them; state their registration or revocation.")


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="A new PEM file, readable by its owner alone.")],
    as_json: Json = False,
) -> None:
    """Make an Ed25519 key pair."""
    key = Ed25519PrivateKey.generate()
    write_key(file, key)
    public = raw_public_key(key)
    if as_json:
        print_json({"file": str(file), "keyid": key_id(public), "public_key": public.hex()})
    else:
        typer.echo(f"{file}: keyid {key_id(public)}, public key {public.hex()}")


@app.command("list")
def list_keys(db: Db = DEFAULT_DB, as_json: Json = False) -> None:
    """List the keys that the ledger knows, revoked ones too."""
    with open_store(db, read_only=True) as store:
        ring = key_ring(store)
    rows: list[dict[str, Any]] = [
        {
            "agency": key.agency,
            "officer": key.officer,
            "keyid": keyid,
            "event_types": None if key.event_types is None else sorted(key.event_types),
            "valid_from": key.valid_from and format_instant(key.valid_from),
            "valid_to": key.valid_to and format_instant(key.valid_to),
            "registered_index": key.registered_index,
            "revoked_index": key.revoked_index,
        }
        for keyid, key in ring.keys.items()
    ]
    if as_json:
        print_json({"origin": ring.origin, "operator_key": ring.operator_key, "keys": rows})
        return
    table = Table("agency", "officer", "keyid", "types", "registered", "revoked", title=ring.origin)
    for row in rows:
        types = "all of its agency" if row["event_types"] is None else ", ".join(row["event_types"])
        revoked = "" if row["revoked_index"] is None else str(row["revoked_index"])
        table.add_row(
            row["agency"], row["officer"], row["keyid"][:16], types, str(row["registered_index"]), revoked
        )
    console().print(table)


@app.command()
def statement(
    agency: Annotated[str, typer.Option(help="The agency that registers the key.")],
    officer: Annotated[str, typer.Option(help="The pseudonym of the officer who will hold it.")],
    key: Annotated[Path, typer.Option("--key", help="The new private key, for the proof of possession.")],
    event_type: Annotated[
        list[str] | None, typer.Option(help="A type it may sign (repeatable); default all.")
    ] = None,
    valid_from: Annotated[str | None, typer.Option(help="RFC 3339 instant; default now.")] = None,
    valid_to: Annotated[str | None, typer.Option(help="RFC 3339 instant; default without end.")] = None,
    db: Db = DEFAULT_DB,
    out: Out = None,
) -> None:
    """State the registration of a key (AgencyKeyRegistered), for two officers to sign."""
    private = read_key(key)
    public = raw_public_key(private)
    types = event_type or sorted(name for name, row in CATALOGUE.items() if agency in row.agencies)
    if not types or agency == "operator":
        raise Stop(REFUSED, f"--agency {agency}: commerce, transport, police or customs is wanted")
    if unknown := [name for name in types if name not in CATALOGUE or agency not in CATALOGUE[name].agencies]:
        raise Stop(REFUSED, f"--event-type {unknown[0]}: no type that {agency} signs")
    with open_store(db, read_only=True) as store:
        ledger = key_ring(store).origin or ""
    message = possession_message(ledger, agency, officer, key_id(public))
    for instant in filter(None, (valid_from, valid_to)):
        parse_instant(instant)
    _write(
        agency,
        "AgencyKeyRegistered",
        {
            "event_types": types,
            "officer": officer,
            "possession": base64.b64encode(private.sign(message)).decode(),
            "public_key": public.hex(),
            "valid_from": valid_from or format_instant(system_clock()),
            "valid_to": valid_to,
        },
        out,
    )


@app.command()
def revoke(
    keyid: Annotated[str, typer.Argument(help="The keyid, or as many of its first digits as are unique.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    db: Db = DEFAULT_DB,
    out: Out = None,
) -> None:
    """State the revocation of a key (AgencyKeyRevoked), for an officer of its agency to sign."""
    with open_store(db, read_only=True) as store:
        ring = key_ring(store)
    found = [known for known in ring.keys if known.startswith(keyid)]
    if len(found) != 1:
        raise Stop(REFUSED, f"keyid {keyid}: {len(found)} keys of {ring.origin} begin so, one is wanted")
    _write(ring.keys[found[0]].agency, "AgencyKeyRevoked", {"keyid": found[0], "reason": reason}, out)


def _write(agency: str, kind: str, body: dict[str, Any], out: Path | None) -> None:
    draft = {"agency": agency, "type": kind, "occurred_at": format_instant(system_clock()), "body": body}
    write_out(json.dumps(draft, ensure_ascii=False, indent=2).encode(), out)
