"""The checks of a ledger in PostgreSQL: schema, triggers, settings, space; its rights are beside this.

Whoever may read the ledger may run them: they read the catalogs and the ledger's tables, and write nothing.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import psycopg

from ledger.doctor.finding import AUDIT, Check, Outcome, failed, ok, warning
from ledger.doctor.machine import check_space
from ledger.doctor.objects import Objects, differences, fingerprint, of_kinds
from ledger.doctor.postgres_catalog import GUARDS, objects, recorded
from ledger.doctor.postgres_rights import check_rights
from ledger.store import StoreError
from ledger.store_postgres import PostgresStore

_SHIPPED: Final = Path(__file__).parents[1] / "schema" / "postgres"
_MENDED: Final = "SELECT pg_reload_conf(), as a superuser"
_DURABLE: Final = {
    "fsync": "a machine that stops may lose or spoil what was acknowledged",
    "full_page_writes": "a machine that stops in the middle of a page spoils it",
}
"""Settings of the whole server that must be on, and why."""
_FIRING: Final = ("O", "A")  # tgenabled: in ordinary sessions, always
_MEBIBYTE: Final = 1024 * 1024


class ExaminedDatabase(PostgresStore):
    """A ledger database opened for reading, with its sessions as the program sets them up."""

    def __init__(self, url: str) -> None:
        super().__init__(url, read_only=True)

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self._rows(sql, *parameters)


def postgres_checks(store: ExaminedDatabase, views: Sequence[Path], writer: str, reader: str) -> list[Check]:
    """Return the checks of a ledger database that come before those of every store.

    Args:
        store: the database.
        views: directories with the record of tables that may be there beside the ledger's.
        writer: the role of servers, as ``quota-ledger roles`` names it.
        reader: the role of people.
    """
    return [
        Check("schema", lambda: check_schema(store, views)),
        Check("triggers", lambda: check_triggers(store, views)),
        Check("rights", lambda: check_rights(store, writer, reader)),
        Check("settings", lambda: check_settings(store)),
    ]


def check_schema(store: ExaminedDatabase, views: Sequence[Path]) -> Outcome:
    """Compare tables, columns, constraints and indexes with those that are shipped."""
    required, stored = _unguarded(recorded([_SHIPPED])), _unguarded(objects(store.rows))
    allowed = _unguarded(recorded([_SHIPPED, *views]))
    found = differences(required, allowed, stored)
    print_ = fingerprint({key: text for key, text in stored.items() if key in required or key not in allowed})
    if found:
        return failed(
            f"fingerprint {print_}, {fingerprint(required)} is wanted: {'; '.join(found)}",
            f"{AUDIT}; an index alone is made again from ledger/schema/postgres/0001_ledger.sql",
        )
    return ok(f"fingerprint {print_}, as shipped")


def check_triggers(store: ExaminedDatabase, views: Sequence[Path]) -> Outcome:
    """See that the triggers that keep the tables append-only are there, with their functions, and fire."""
    required, stored = of_kinds(recorded([_SHIPPED]), *GUARDS), of_kinds(objects(store.rows), *GUARDS)
    changed = differences(required, of_kinds(recorded([_SHIPPED, *views]), *GUARDS), stored)
    silent = [
        f"{what} on {table} is {'disabled' if state == 'D' else 'silent but in replication'}"
        for table, what, state in store.rows(
            "SELECT DISTINCT c.relname::text, CASE WHEN t.tgisinternal THEN 'foreign key ' || k.conname"
            " ELSE 'trigger ' || t.tgname END, t.tgenabled::text"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint"
            " WHERE c.relnamespace = 'quota_ledger'::regnamespace ORDER BY 1, 2"
        )
        if state not in _FIRING
    ]
    silenced = [
        f"session_replication_role is {value}{whose}: no trigger fires"
        for value, whose in _settings(store, "session_replication_role")
        if value == "replica"
    ]
    advice = []
    if silent:
        advice.append("ALTER TABLE quota_ledger.TABLE ENABLE TRIGGER ALL, as the owner")
    if silenced:
        advice.append("ALTER SYSTEM, DATABASE or ROLE … RESET session_replication_role, then connect anew")
    if changed:
        advice.append(
            "triggers and functions alone are made again from ledger/schema/postgres/0001_ledger.sql"
        )
    if found := [*changed, *silent, *silenced]:
        return failed("; ".join(found), f"somebody could change entries: {AUDIT}; {'; '.join(advice)}")
    count = len(of_kinds(required, "trigger"))
    return ok(f"{count} triggers keep the tables append-only, all of them fire")


def check_settings(store: ExaminedDatabase) -> Outcome:
    """See that what is acknowledged is on disk: settings of the server, and of the program's sessions."""
    faults, advice = [], []
    for name, risk in _DURABLE.items():
        if store.rows("SELECT current_setting(?)", name) != [("on",)]:
            faults.append(f"{name} is off: {risk}")
            advice.append(f"ALTER SYSTEM SET {name} = on")
    ((session,),) = store.rows("SELECT current_setting('synchronous_commit')")
    if session in ("off", "local"):
        faults.append(f"synchronous_commit is {session} in the program's sessions: commits may be lost")
        advice.append("connect to the server itself, not through a pooler")
    if faults:
        return failed(
            "; ".join(faults),
            f"{'; '.join(advice)}; {_MENDED} (a server started with -c keeps what it was started with);"
            " after a crash in the meantime run `quota-ledger verify --anchor FILE`",
        )
    loose = [
        f"synchronous_commit is {value}{whose}"
        for value, whose in _settings(store, "synchronous_commit")
        if value in ("off", "local")
    ]
    if loose:
        return warning(
            f"{'; '.join(loose)}; this program's sessions set it on for themselves, others lose commits",
            f"ALTER SYSTEM, DATABASE or ROLE … RESET synchronous_commit; {_MENDED}",
        )
    return ok(f"fsync and full_page_writes on, synchronous_commit {session}")


def check_disk(store: ExaminedDatabase) -> Outcome:
    """Look at the free space where the server's files are on this machine and may be asked for."""
    ((size,),) = store.rows("SELECT pg_database_size(current_database())")
    database = f"the database has {size // _MEBIBYTE} MiB"
    directory = _data_directory(store)
    if directory is None:
        return ok(f"{database}; the free space of the server's disk cannot be seen from here")
    outcome = check_space(directory)
    return Outcome(outcome.status, f"{database}, {outcome.found}", outcome.advice)


def by_role(check: Check) -> Check:
    """Return the check, which tells a right or a server that is missing from damage."""

    def run() -> Outcome:
        try:
            return check.run()
        except StoreError as error:
            cause = error.__cause__
            if isinstance(cause, psycopg.errors.InsufficientPrivilege):
                return failed(f"this role may not read it: {error}", "run the doctor as owner or reader")
            if isinstance(cause, psycopg.OperationalError):
                return failed(f"the server does not answer: {error}", "see its log, and run the doctor again")
            raise

    return Check(check.name, run)


def _unguarded(made: Objects) -> Objects:
    return {key: text for key, text in made.items() if key[0] not in GUARDS}


def _settings(store: ExaminedDatabase, name: str) -> list[tuple[str, str]]:
    """Return what sessions here begin with, and what databases and roles have of their own: value, whose."""
    found = [(value, "") for (value,) in store.rows("SELECT reset_val FROM pg_settings WHERE name = ?", name)]
    for role, database, settings in store.rows(
        "SELECT r.rolname::text, d.datname::text, s.setconfig FROM pg_db_role_setting s"
        " LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase"
        " WHERE s.setdatabase = 0 OR d.datname = current_database() ORDER BY 1, 2"
    ):
        whose = "".join(
            f" for {kind} {name_}" for kind, name_ in (("role", role), ("database", database)) if name_
        )
        found += [
            (value, whose)
            for key, _, value in (setting.partition("=") for setting in settings)
            if key == name
        ]
    return found


def _data_directory(store: ExaminedDatabase) -> Path | None:
    """Return where the server keeps its files, None unless it is this machine and the role may know."""
    known = store.rows(
        "SELECT setting FROM pg_settings WHERE name = 'data_directory' AND inet_server_addr() IS NULL"
    )
    directory = Path(known[0][0]) if known else None
    return directory if directory is not None and os.path.lexists(directory) else None
