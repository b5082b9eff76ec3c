"""``quota-ledger export``: the whole ledger as an evidence bundle, for verification without its operator."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import (
    DEFAULT_DB,
    UNAVAILABLE,
    Db,
    Json,
    Stop,
    beside,
    files_of,
    key_ring,
    open_store,
    print_json,
)
from api.cli.report import progress_bar
from api.cli.verify import read_anchor_file
from ledger.anchor import Anchor
from ledger.export import export_bundle
from ledger.note import VerifierKey


def export(
    out: Annotated[Path, typer.Option("--out", "-o", help="A new directory, or a new FILE.zip.")],
    anchor: Annotated[
        Path | None, typer.Option(help="Default: <db file>.anchor.json, else made anew.")
    ] = None,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Write checkpoint, tiles, entries, envelopes and anchor, up to the latest checkpoint."""
    kept = anchor or beside(files_of(db), ".anchor.json")
    with open_store(db, read_only=True) as store:
        ring = key_ring(store)
        note = store.checkpoint()
        if note is None:
            raise Stop(
                UNAVAILABLE, "no checkpoint is released yet: `quota-ledger checkpoint --release` makes one"
            )
        if anchor is not None or kept.is_file():
            meant = read_anchor_file(kept)
        else:
            genesis = next(iter(store.leaf_hashes(0, 1))).hex()
            meant = Anchor(ring.origin or "", VerifierKey.parse(ring.operator_key or ""), genesis)
        with progress_bar("exporting") as bar:
            size = export_bundle(store, note, meant, out, bar)
    if as_json:
        print_json({"out": str(out), "origin": ring.origin, "size": size})
    else:
        typer.echo(f"{out}: {size} entries of {ring.origin}; next: quota-ledger verify {out} --anchor FILE")
