"""``quota-ledger doctor``: is this ledger fit to be written to?"""

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Final

import typer

from api.access_log import SCHEMA as ACCESS_LOG
from api.cli.context import DEFAULT_DB, REFUSED, USAGE, Db, Json, KeysDir, Stop, files_of, print_json
from api.cli.keyfiles import checkpoint_signer, keys_directory
from api.cli.report import print_findings
from ledger.clock import Clock, system_clock
from ledger.doctor import Check, ExaminedStore, Finding, examine, worst
from ledger.doctor.checkpoints import check_checkpoint
from ledger.doctor.head import check_head
from ledger.doctor.machine import check_key_files, check_space
from ledger.doctor.signer import check_signer
from ledger.doctor.sqlite import sqlite_checks
from ledger.signer import CheckpointSigner
from ledger.stores import is_postgres
from projections.doctor import SCHEMA, check_views

FORMAT: Final = "quota-ledger-doctor/1"


def doctor(db: Db = DEFAULT_DB, keys: KeysDir = None, as_json: Json = False) -> None:
    """Check database, signer and machine and say what to repair; writes nothing, exit 1 if a check failed."""
    if is_postgres(db):
        raise Stop(USAGE, "--db: the doctor examines sqlite:///PATH; of PostgreSQL it knows nothing yet")
    database = files_of(db)
    findings = examine_file(database, keys_directory(database, keys), system_clock)
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
            *sqlite_checks(store, [SCHEMA, ACCESS_LOG / "sqlite"]),
            Check("head", lambda: check_head(store)),
            Check("checkpoint", lambda: check_checkpoint(store, clock)),
            Check("signer", lambda: check_signer(store, lambda origin: _signer(origin, keys))),
            Check("key files", lambda: check_key_files(keys)),
            Check("views", lambda: check_views(store)),
            Check("space", lambda: check_space(database.absolute().parent)),
        ]
        return examine(checks)


def _signer(origin: str, keys: Path) -> CheckpointSigner | None:
    try:
        return checkpoint_signer(origin, keys)
    except Stop as stop:
        raise ValueError(str(stop)) from None
