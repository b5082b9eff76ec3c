"""``quota-ledger export``: the ledger, or one history, as a bundle that verifies without its operator."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.checkpoint import commit_heads_and_release
from api.cli.context import (
    DEFAULT_DB,
    UNAVAILABLE,
    USAGE,
    Db,
    Json,
    KeysDir,
    Stop,
    beside,
    files_of,
    key_ring,
    open_store,
    print_json,
)
from api.cli.keyfiles import keys_directory
from api.cli.report import progress_bar
from api.cli.verify import read_anchor_file
from ledger.export import export_bundle
from ledger.export_subject import check_request, export_subject
from ledger.opening import anchor_of
from projections.proof.summary import summary_of


def export(
    out: Annotated[Path, typer.Option("--out", "-o", help="A new directory, or a new FILE.zip.")],
    anchor: Annotated[
        Path | None, typer.Option(help="Default: <db file>.anchor.json, else made anew.")
    ] = None,
    enterprise: Annotated[
        str | None, typer.Option(metavar="USCC", help="Only the history of this enterprise and its cars.")
    ] = None,
    vin: Annotated[str | None, typer.Option(metavar="VIN", help="Only the history of this car.")] = None,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Commit heads and release a checkpoint first, for a history up to now."),
    ] = False,
    documents: Annotated[
        Path | None,
        typer.Option(help="A folder: what is there of the documents that the entries name goes along."),
    ] = None,
    db: Db = DEFAULT_DB,
    keys: KeysDir = None,
    as_json: Json = False,
) -> None:
    """Write checkpoint, tiles, entries, envelopes and anchor, up to the latest checkpoint."""
    if enterprise is not None and vin is not None:
        raise Stop(USAGE, "--enterprise or --vin: a bundle is of one of them")
    if documents is not None and not documents.is_dir():
        raise Stop(USAGE, f"--documents {documents}: not a directory")
    subject = f"enterprise:{enterprise}" if enterprise is not None else vin and f"vin:{vin}"
    if subject is not None:
        check_request(subject, out)
    elif fresh:
        raise Stop(
            USAGE, "--fresh: goes with --enterprise or --vin; `quota-ledger checkpoint --release` else"
        )
    kept = anchor or beside(files_of(db), ".anchor.json")
    with open_store(db, read_only=not fresh) as store:
        ring = key_ring(store)
        given = anchor is not None or kept.is_file()
        meant = read_anchor_file(kept) if given else anchor_of(store, ring)
        if fresh:
            note: bytes | None = commit_heads_and_release(store, keys_directory(files_of(db), keys))
        else:
            note = store.checkpoint()
        if note is None:
            raise Stop(
                UNAVAILABLE, "no checkpoint is released yet: `quota-ledger checkpoint --release` makes one"
            )
        if subject is not None:
            size = export_subject(store, subject, note, meant, out, summary=summary_of, documents=documents)
        else:
            with progress_bar("exporting") as bar:
                size = export_bundle(store, note, meant, out, bar, documents)
    if as_json:
        whole = {"out": str(out), "origin": ring.origin}
        print_json(whole | ({"size": size} if subject is None else {"subject": subject, "complete_to": size}))
    elif subject is not None:
        typer.echo(
            f"{out}: {subject}, whole up to size {size} of {ring.origin}; "
            f"next: quota-ledger verify {out} --anchor FILE"
        )
    else:
        typer.echo(f"{out}: {size} entries of {ring.origin}; next: quota-ledger verify {out} --anchor FILE")
