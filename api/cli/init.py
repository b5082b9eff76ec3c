"""``quota-ledger init``: entry 0, the operator's keys and the anchor.

Two ways. On one machine, for trials, it makes the keys of eight officers too and signs entry 0 with them. In
a real opening each agency makes its own keys elsewhere, the officers sign a LedgerOpened one after the other
(``sign --with``, ``sign --add``), and ``--opening FILE`` takes the result.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.cli.context import (
    DEFAULT_DB,
    REFUSED,
    Db,
    KeysDir,
    Stop,
    beside,
    files_of,
    open_store,
    read_file,
    shown,
)
from api.cli.keyfiles import CHECKPOINT_KEY, HOUSEKEEPING_KEY, keys_directory, write_key
from api.demo.season import POLICY_DOCUMENT_SHA256
from ledger import stores
from ledger.anchor import Anchor, write_anchor
from ledger.canonical import canonical_bytes
from ledger.checkpoint import NoteSigner, VerifierKey, check_origin
from ledger.clock import Clock, format_instant, system_clock
from ledger.ed25519 import raw_public_key
from ledger.entry import parse_statement
from ledger.envelope import sign_envelope
from ledger.keys import OFFICER_AGENCIES
from ledger.opening import open_ledger
from ledger.store import SchemaMismatch
from ledger.stores import is_postgres
from ledger.submission import decode_submission

OFFICERS: Final = tuple(f"{agency}-{number}" for agency in OFFICER_AGENCIES for number in (1, 2))


def init(
    origin: Annotated[str, typer.Option(help="The ledger's name, such as shanghai.example/export-quota.")],
    db: Db = DEFAULT_DB,
    keys: KeysDir = None,
    anchor: Annotated[Path | None, typer.Option(help="Default <db file>.anchor.json.")] = None,
    opening: Annotated[
        Path | None,
        typer.Option(help="A LedgerOpened that the officers signed; else keys for a trial are made."),
    ] = None,
    policy_document: Annotated[Path | None, typer.Option(help="The policy's text, for its hash.")] = None,
) -> None:
    """Open a ledger: keys, entry 0 and the anchor."""
    database = files_of(db)
    directory = keys_directory(database, keys)
    anchor_file = anchor or beside(database, ".anchor.json")
    check_origin(origin)
    for path in (database, anchor_file):
        if path.exists():
            raise Stop(REFUSED, f"{path}: exists already; name a new file")
    refuse_used(db)
    if opening is None:
        private = {name: Ed25519PrivateKey.generate() for name in (*OFFICERS, "checkpoint", "housekeeping")}
        write_keys(directory, private)
        document = POLICY_DOCUMENT_SHA256
        if policy_document is not None:
            document = hashlib.sha256(read_file(policy_document, "policy document")).hexdigest()
        envelope, statement = sign_opening(origin, private, document, str(uuid.uuid4()), system_clock)
    else:
        envelope, statements = decode_submission(read_file(opening, "opening"))
        if len(statements) != 1:
            raise Stop(
                REFUSED, f"opening {opening}: one LedgerOpened is wanted, not {len(statements)} statements"
            )
        statement = statements[0]
        if (named := parse_statement(statement).get("ledger")) != origin:
            raise Stop(REFUSED, f"opening {opening}: it opens {named!r}, --origin says {origin!r}")
    open_database(db, envelope, statement, anchor_file, system_clock)
    typer.echo(
        f"{origin} is open in {shown(db)}; keys in {directory}; anchor in {anchor_file}: keep it elsewhere."
    )


def write_keys(directory: Path, private: dict[str, Ed25519PrivateKey]) -> None:
    """Write every officer's key as ``<officer>.pem`` and the operator's two under their names."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = {"checkpoint": CHECKPOINT_KEY, "housekeeping": HOUSEKEEPING_KEY}
    for name, key in private.items():
        write_key(directory / names.get(name, f"{name}.pem"), key)


def sign_opening(
    origin: str,
    private: Mapping[str, Ed25519PrivateKey],
    document_sha256: str,
    statement_id: str,
    clock: Clock,
    officers: Sequence[str] = OFFICERS,
) -> tuple[bytes, bytes]:
    """Return the envelope and the statement of entry 0, signed by all ``officers``."""
    now = format_instant(clock())
    statement = canonical_bytes(
        {
            "agency": "operator",
            "attachments": [],
            "body": {
                "format": "quota-ledger/1",
                "housekeeping_key": raw_public_key(private["housekeeping"]).hex(),
                "officers": [
                    {
                        "agency": name.partition("-")[0],
                        "officer": name,
                        "public_key": raw_public_key(private[name]).hex(),
                    }
                    for name in officers
                ],
                "operator_key": str(NoteSigner(origin, private["checkpoint"]).verifier_key),
                "policy_document_sha256": document_sha256,
                "predecessor": None,
            },
            "id": statement_id,
            "ledger": origin,
            "occurred_at": now,
            "type": "LedgerOpened",
            "version": 1,
        }
    )
    signers: Sequence[Ed25519PrivateKey] = [private[name] for name in officers]
    return sign_envelope("operator", origin, None, 1, now, [statement], signers), statement


def refuse_used(db: str) -> None:
    """Raise unless a PostgreSQL database has no entries yet; a SQLite file is known by being there."""
    if is_postgres(db):
        with suppress(SchemaMismatch), open_store(db, read_only=True) as store:
            if store.head().size:
                raise Stop(REFUSED, f"{shown(db)}: a ledger is open there already; name a new database")


def open_database(db: str, envelope: bytes, statement: bytes, anchor_file: Path, clock: Clock) -> None:
    """Make the database with entry 0, then the anchor; a refused opening leaves no file behind."""
    store = stores.open_store(db, create=True)
    try:
        genesis = open_ledger(store, envelope, statement, clock=clock)
    except BaseException:
        store.close()
        if not is_postgres(db):
            for suffix in ("", "-wal", "-shm"):
                beside(files_of(db), suffix).unlink(missing_ok=True)
        raise
    store.close()
    content = json.loads(statement)
    write_anchor(
        anchor_file,
        Anchor(content["ledger"], VerifierKey.parse(content["body"]["operator_key"]), genesis.hex()),
    )
