"""``quota-ledger checkpoint``: the latest signed checkpoint, releasing one, and committing heads."""

import sys
from typing import Annotated

import typer

from api.cli.context import (
    DEFAULT_DB,
    UNAVAILABLE,
    Db,
    Json,
    KeysDir,
    Out,
    Stop,
    open_store,
    origin_of,
    print_json,
    sqlite_path,
)
from api.cli.keyfiles import CHECKPOINT_KEY, checkpoint_signer, housekeeping_key, keys_directory
from ledger.checkpoint import parse_checkpoint_text
from ledger.note import parse_note
from ledger.sequencer import Sequencer, release_checkpoint


def checkpoint(
    release: Annotated[bool, typer.Option("--release", help="Sign the ledger as it stands first.")] = False,
    heads: Annotated[
        bool,
        typer.Option("--heads", help="Commit the heads of all histories, and release where the key is."),
    ] = False,
    db: Db = DEFAULT_DB,
    keys: KeysDir = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Print the latest checkpoint as a signed note."""
    directory = keys_directory(sqlite_path(db), keys)
    with open_store(db, read_only=not (release or heads)) as store:
        if heads:
            key, signing = housekeeping_key(directory), checkpoint_signer(origin_of(store), directory)
            with Sequencer(store, key, signer=signing) as sequencer:
                sequencer.commit_heads()
        if release:
            signer = checkpoint_signer(origin_of(store), directory)
            if signer is None:
                raise Stop(
                    UNAVAILABLE, f"key {directory / CHECKPOINT_KEY}: not there; --keys names its directory"
                )
            note: bytes | None = release_checkpoint(store, signer)
        else:
            note = store.checkpoint()
    if note is None:
        raise Stop(UNAVAILABLE, "no checkpoint is released yet; --release makes one where the key is")
    if as_json:
        parsed = parse_checkpoint_text(parse_note(note).text)
        print_json(
            {
                "origin": parsed.origin,
                "size": parsed.size,
                "root": parsed.text().splitlines()[2],
                "note": note.decode(),
            }
        )
    elif out is not None:
        # A note is published again and again under one name, so this file is replaced.
        out.write_bytes(note)
    else:
        sys.stdout.write(note.decode())
