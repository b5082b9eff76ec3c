"""``quota-ledger demo``: a season of fictional cars through the real path, then verified.

The ledger is a new file. Without ``--db`` it is ./demo-ledger.db, and one of an earlier demonstration (its
name begins with ``demo.``) is replaced; nothing else ever is.
"""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from api.cli.context import (
    REFUSED,
    USAGE,
    Json,
    Stop,
    beside,
    files_of,
    open_store,
    origin_of,
    print_json,
    shown,
)
from api.cli.init import open_database, refuse_used, sign_opening, write_keys
from api.cli.keyfiles import checkpoint_signer
from api.cli.report import balances_json, print_balances, print_verification, progress_bar
from api.cli.verify import verify_target
from api.demo.acts import moment
from api.demo.faults.kinds import planter_of
from api.demo.faults.planter import FEWEST_VEHICLES, Planter
from api.demo.keys import OFFICERS, ORIGIN, season_keys
from api.demo.lawful import Lawful
from api.demo.pace import FIRST_DAY
from api.demo.play import DemoDeclined, SimulatedClock, play, types_of
from api.demo.season import (
    MAX_EXPORTERS,
    MAX_VEHICLES,
    POLICY_DOCUMENT_SHA256,
    default_exporters,
    season,
)
from api.demo.world import Oddities
from ledger.anchor import read_anchor
from ledger.canonical import Malformed
from ledger.sequencer import Sequencer, release_checkpoint
from ledger.store import StoreError
from ledger.stores import is_postgres
from projections.runner import catch_up
from projections.views.balances import read_balances

DEFAULT_DEMO_DB: Final = "sqlite:///./demo-ledger.db"


def demo(
    exporters: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_EXPORTERS,
            help="Exporters, each with an upstream; default one for 250 cars, 3 at least.",
        ),
    ] = None,
    vehicles: Annotated[int, typer.Option(min=0, max=MAX_VEHICLES, help="Cars in all.")] = 60,
    seed: Annotated[int, typer.Option(help="The same seed gives the same statements.")] = 1,
    db: Annotated[
        str | None, typer.Option("--db", help=f"A new database; default {DEFAULT_DEMO_DB}.")
    ] = None,
    faults: Annotated[
        bool,
        typer.Option(
            "--faults", help=f"Plant violations of every kind; {FEWEST_VEHICLES} vehicles at least."
        ),
    ] = False,
    key: Annotated[
        Path | None,
        typer.Option(help="Where the answer key of --faults goes; default <db file>.answers.json."),
    ] = None,
    anchor: Annotated[Path | None, typer.Option(help="Default <db file>.anchor.json.")] = None,
    as_json: Json = False,
) -> None:
    """Play a season on a simulated clock, then verify it."""
    url = db or DEFAULT_DEMO_DB
    database = files_of(url)
    anchor_file = anchor or beside(database, ".anchor.json")
    directory = beside(database, ".keys")
    key_file = key or beside(database, ".answers.json")
    if key is not None and not faults:
        raise Stop(USAGE, "--key belongs to --faults")
    if faults and vehicles < FEWEST_VEHICLES:
        raise Stop(
            USAGE, f"--faults wants {FEWEST_VEHICLES} vehicles at least to show every kind, not {vehicles}"
        )
    if db is None:
        _clear(database)
    for path in (database, anchor_file, directory, *([key_file] if faults else [])):
        if path.exists():
            raise Stop(REFUSED, f"{path}: exists already; --db names a new ledger")
    refuse_used(url)
    exporters = default_exporters(vehicles) if exporters is None else exporters
    keys = season_keys(seed)
    clock = SimulatedClock(moment(FIRST_DAY, 8))
    envelope, statement = sign_opening(
        ORIGIN, keys, POLICY_DOCUMENT_SHA256, str(UUID(int=seed % 2**122, version=4)), clock, OFFICERS
    )
    clock.now += timedelta(minutes=1)
    open_database(url, envelope, statement, anchor_file, clock)
    write_keys(directory, keys)
    planters: list[Planter] = []
    with open_store(url) as store:
        signer = checkpoint_signer(ORIGIN, directory)
        assert signer is not None, "its key is among those just written"
        with (
            # Nobody waits for a receipt: a checkpoint a month will do.
            Sequencer(store, keys["housekeeping"], clock=clock) as sequencer,
            progress_bar("playing") as bar,
        ):
            try:
                acts = season(
                    exporters, vehicles, seed, _planting(seed, vehicles, planters) if faults else None
                )
                played = play(
                    acts, store, sequencer, clock, keys, seed,
                    progress=lambda cars: bar(cars, vehicles),
                    release=lambda: release_checkpoint(store, signer),
                )  # fmt: skip
            except DemoDeclined as error:
                raise Stop(REFUSED, f"the season broke a rule: {error}") from error
        for planter in planters:
            content = planter.answers(lambda ids: {**played.refused, **store.find_statements(ids)})
            key_file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
        catch_up(store)
        book = read_balances(store)
    size = book.size
    counts = types_of(played, size)
    answer = verify_target(url if is_postgres(url) else database, read_anchor(anchor_file), [])
    named = shown(url) if is_postgres(url) else f"sqlite:///{database}"
    if as_json:
        print_json(
            {
                "origin": ORIGIN,
                "db": named,
                "anchor": str(anchor_file),
                "exporters": exporters,
                "vehicles": vehicles,
                "seed": seed,
                "answers": str(key_file) if faults else None,
                "envelopes": played.envelopes,
                "types": counts,
                **balances_json(book),
                "verification": answer.to_json(),
            }
        )
        return
    typer.echo(
        f"{vehicles} fictional cars of {exporters} exporters travelled from quota grant to deregistration"
        f"{', some of them not as they should' if faults else ''}: "
        f"{size} entries in {played.envelopes} signed envelopes."
    )
    typer.echo("  ".join(f"{name} {count}" for name, count in counts.items()))
    print_balances(book)
    print_verification(answer.to_json())
    typer.echo(
        f"ledger {shown(url)} · anchor {anchor_file} · keys {directory} "
        f"(of no secret: seed {seed} makes them)"
    )
    if faults:
        typer.echo(f"what was planted, and what it refutes: {key_file}")
    typer.echo(f"again: quota-ledger verify --db {named} --anchor {anchor_file}")


def _planting(seed: int, vehicles: int, planters: list[Planter]) -> Callable[[Lawful], Oddities]:
    """Return what makes the planter of a season, and puts it into ``planters``."""

    def plant(lawful: Lawful) -> Oddities:
        planters.append(planter_of(seed, vehicles, lawful))
        return planters[0]

    return plant


def _clear(database: Path) -> None:
    """Delete the ledger of an earlier demonstration.

    Raises:
        Stop: what lies there is something else.
    """
    kept = beside(database, ".anchor.json")
    try:
        if database.exists():
            with open_store(f"sqlite:///{database}", read_only=True) as store:
                origin = origin_of(store)
        elif kept.exists():
            origin = read_anchor(kept).origin  # somebody deleted the database alone
        else:
            return
    except (StoreError, Malformed) as error:
        raise Stop(REFUSED, f"{database}: not replaced: {error}; --db names a new ledger") from error
    if not origin.startswith("demo."):
        raise Stop(
            REFUSED, f"{database}: not replaced: it is {origin}, no demonstration; --db names a new ledger"
        )
    for suffix in ("", "-wal", "-shm", ".anchor.json", ".answers.json"):
        beside(database, suffix).unlink(missing_ok=True)
    shutil.rmtree(beside(database, ".keys"), ignore_errors=True)
