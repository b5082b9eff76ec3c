"""Who may do what in a PostgreSQL ledger: the owner makes tables, a writer appends, a reader reads.

The two roles are groups without a login; the database's administrator grants them to the accounts of
servers and of people. Roles belong to the whole database server, so their names are the caller's.
"""

from typing import Final

import psycopg
from psycopg import sql

from ledger.postgres_reader import postgres_errors
from ledger.store_postgres import PostgresStore

WRITER: Final = "quota_ledger_writer"
READER: Final = "quota_ledger_reader"
"""The names of the two roles unless the caller has others."""
LEDGER_TABLES: Final = (
    "entry", "subject", "tag", "statement", "envelope", "refused", "sequence", "tile", "checkpoint", "flag",
    "access_log",
)  # fmt: skip
"""To these a writer adds rows, and can do nothing else."""
READER_RIGHTS: Final = ("SELECT",)


def writer_rights(table: str) -> tuple[str, ...]:
    """Return what a writer may do with a table."""
    if table in LEDGER_TABLES:
        return "SELECT", "INSERT"
    if table == "head":
        return "SELECT", "UPDATE"
    if table == "schema_version":
        return ("SELECT",)
    # Decision records and views: made anew from the entries at any time.
    return "SELECT", "INSERT", "UPDATE", "DELETE"


def grant_roles(url: str, writer: str, reader: str) -> None:
    """Make the two roles where they are missing, and give each its rights anew.

    ``url`` connects as the owner, who also needs the right to make roles. Tables of views must be there.

    Raises:
        StoreError: the database refused; nothing has changed.
        SchemaMismatch: it holds no ledger, or one of another schema version.
    """
    PostgresStore(url, read_only=True).close()  # says what is wrong with the schema
    with postgres_errors(), psycopg.connect(url) as connection:
        for role in (writer, reader):
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
        tables = {
            name
            for (name,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'quota_ledger'"
            )
        }
        for table in sorted(tables):
            _grant(connection, table, reader, READER_RIGHTS)
            _grant(connection, table, writer, writer_rights(table))
        for role in (writer, reader):
            connection.execute(
                sql.SQL("GRANT USAGE ON SCHEMA quota_ledger TO {}").format(sql.Identifier(role))
            )


def _grant(connection: psycopg.Connection, table: str, role: str, rights: tuple[str, ...]) -> None:
    names = {"table": sql.Identifier("quota_ledger", table), "role": sql.Identifier(role)}
    connection.execute(sql.SQL("REVOKE ALL ON {table} FROM {role}, PUBLIC").format(**names))
    connection.execute(sql.SQL(f"GRANT {', '.join(rights)} ON {{table}} TO {{role}}").format(**names))
