"""``quota-ledger roles``: who may do what in a PostgreSQL ledger."""

from typing import Annotated

import typer

from api.access_log import prepare_access_log
from api.cli.context import DEFAULT_DB, USAGE, Db, Stop, files_of, shown
from ledger.postgres_roles import READER, WRITER, grant_roles
from ledger.store_postgres import PostgresStore
from ledger.stores import is_postgres
from projections.runner import prepare


def roles(
    db: Db = DEFAULT_DB,
    writer: Annotated[str, typer.Option(help="The role of servers: appends.")] = WRITER,
    reader: Annotated[str, typer.Option(help="The role of people: reads.")] = READER,
) -> None:
    """Make the writer and the reader of a PostgreSQL ledger and give them their rights."""
    if not is_postgres(db):
        raise Stop(USAGE, "--db: only PostgreSQL has roles; a SQLite file has the rights of its directory")
    files_of(db)
    store = PostgresStore(db)
    try:
        prepare(store)
        prepare_access_log(store)
    finally:
        store.close()
    grant_roles(db, writer, reader)
    typer.echo(f"{shown(db)}: {writer} may append, {reader} may read; GRANT them to the accounts that log in")
