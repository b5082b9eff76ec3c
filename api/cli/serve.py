"""``quota-ledger serve``: the HTTP interface."""

import os
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from api.cli.context import DEFAULT_DB, UNAVAILABLE, USAGE, Db, KeysDir, Stop, files_of
from ledger.append import NotOpened
from ledger.clock import system_clock


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one.")] = 8000,
    uds: Annotated[Path | None, typer.Option(help="Listen on this Unix socket instead.")] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes, each with its own sequencer; PostgreSQL.")
    ] = 1,
    db: Db = DEFAULT_DB,
    keys: KeysDir = None,
) -> None:
    """Serve the ledger over HTTP: appending, publication, reading (docs/http.md)."""
    # Imported here: no other command needs a web server, and each would wait for it.
    from api.http.metrics import Metrics
    from api.http.services import open_services
    from api.http.serving import serve as run
    from api.http.settings import PREFIX, Settings
    from api.http.tokens import token_reader

    files_of(db)
    # The processes of the server read what they are told from the environment.
    os.environ[f"{PREFIX}DB"] = db
    if keys is not None:
        os.environ[f"{PREFIX}KEYS"] = str(keys)
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = PREFIX + "_".join(str(step) for step in first["loc"]).upper()
        raise Stop(USAGE, f"{name}: {first['msg']}") from None
    token_reader(settings)  # names what is wrong with its keys
    # What would keep every worker from starting is said in one line, before any is started.
    try:
        open_services(settings, system_clock, Metrics()).close()
    except NotOpened as error:
        raise Stop(UNAVAILABLE, str(error)) from None
    if code := run(settings, host=host, port=port, uds=uds, workers=workers):
        raise Stop(UNAVAILABLE, f"the server ended with {code}; its log says why")
