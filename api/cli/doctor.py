"""``quota-ledger doctor``: is this ledger fit to be written to?"""

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from api.access_log import SCHEMA as ACCESS_LOG
from api.cli.context import DEFAULT_DB, REFUSED, Db, Json, KeysDir, Stop, files_of, print_json
from api.cli.keyfiles import checkpoint_signer, keys_directory
from api.cli.report import print_findings
from ledger.clock import Clock, system_clock
from ledger.doctor import Check, Examined, Finding, examine, worst
from ledger.doctor.checkpoints import check_checkpoint
from ledger.doctor.head import check_head
from ledger.doctor.machine import check_key_files, check_space
from ledger.doctor.postgres import ExaminedDatabase, by_role, check_disk, postgres_checks
from ledger.doctor.signer import check_signer
from ledger.doctor.sqlite import ExaminedStore, sqlite_checks
from ledger.postgres_roles import READER, WRITER
from ledger.signer import CheckpointSigner
from ledger.stores import is_postgres
from projections.doctor import POSTGRES_SCHEMA, SQLITE_SCHEMA, check_views

FORMAT: Final = "quota-ledger-doctor/1"


def doctor(
    db: Db = DEFAULT_DB,
    keys: KeysDir = None,
    writer: Annotated[str, typer.Option(help="PostgreSQL: the role of servers.")] = WRITER,
    reader: Annotated[str, typer.Option(help="PostgreSQL: the role of people.")] = READER,
    as_json: Json = False,
) -> None:
    """Check database, signer and machine and say what to repair; writes nothing, exit 1 if a check failed."""
    database = files_of(db)
    directory = keys_directory(database, keys)
    if is_postgres(db):
        findings = examine_database(db, directory, system_clock, writer, reader)
    else:
        findings = examine_file(database, directory, system_clock)
    status = worst(findings)
    if as_json:
        print_json({"format": FORMAT, "status": status, "checks": [asdict(finding) for finding in findings]})
    else:
        print_findings(findings)
    if status == "failed":
        raise typer.Exit(REFUSED)


def examine_file(database: Path, keys: Path, clock: Clock) -> list[Finding]:
    """Run the checks of a ledger file and of the operator's keys.

    Raises:
        StoreError: the file cannot be opened, or is no ledger of this schema version.
    """
    with closing(ExaminedStore(database)) as store:
        checks = [
            *sqlite_checks(store, [SQLITE_SCHEMA, ACCESS_LOG / "sqlite"]),
            *_of_every_store(store, keys, clock),
            Check("space", lambda: check_space(database.absolute().parent)),
        ]
        return examine(checks)


def examine_database(url: str, keys: Path, clock: Clock, writer: str, reader: str) -> list[Finding]:
    """Run the checks of a ledger in PostgreSQL, of its two roles and of the operator's keys.

    Raises:
        StoreError: the database cannot be reached, or holds no ledger of this schema version.
    """
    with closing(ExaminedDatabase(url)) as store:
        checks = [
            *postgres_checks(store, [POSTGRES_SCHEMA, ACCESS_LOG / "postgres"], writer, reader),
            *_of_every_store(store, keys, clock),
            Check("space", lambda: check_disk(store)),
        ]
        return examine(by_role(check) for check in checks)


def _of_every_store(store: Examined, keys: Path, clock: Clock) -> list[Check]:
    return [
        Check("head", lambda: check_head(store)),
        Check("checkpoint", lambda: check_checkpoint(store, clock)),
        Check("signer", lambda: check_signer(store, lambda origin: _signer(origin, keys))),
        Check("key files", lambda: check_key_files(keys)),
        Check("views", lambda: check_views(store)),
    ]


def _signer(origin: str, keys: Path) -> CheckpointSigner | None:
    try:
        return checkpoint_signer(origin, keys)
    except Stop as stop:
        raise ValueError(str(stop)) from None
