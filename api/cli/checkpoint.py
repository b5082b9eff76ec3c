"""``quota-ledger checkpoint``: the latest signed checkpoint, releasing one, and committing heads."""

import sys
from pathlib import Path
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
    files_of,
    key_ring,
    open_store,
    origin_of,
    print_json,
)
from api.cli.keyfiles import checkpoint_signer, housekeeping_key, keys_directory, releasing_signer
from ledger.checkpoint import parse_checkpoint_text
from ledger.note import parse_note
from ledger.sequencer import Sequencer, release_checkpoint
from ledger.stores import AnyStore


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
    directory = keys_directory(files_of(db), keys)
    with open_store(db, read_only=not (release or heads)) as store:
        if heads:
            key, signing = housekeeping_key(directory), checkpoint_signer(origin_of(store), directory)
            with Sequencer(store, key, signer=signing) as sequencer:
                sequencer.commit_heads()
        if release:
            note: bytes | None = release_checkpoint(store, releasing_signer(key_ring(store), directory))
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


def commit_heads_and_release(store: AnyStore, directory: Path) -> bytes:
    """Commit the heads of all histories, release a checkpoint that covers them and return it.

    Raises:
        Stop: one of the operator's two keys is not there, or not this ledger's; nothing was written.
        WrongKey: the housekeeping key is another ledger's; nothing was written.
        ReleaseRefused, StoreError: the heads may be committed; no checkpoint was released.
    """
    key, signer = housekeeping_key(directory), releasing_signer(key_ring(store), directory)
    with Sequencer(store, key) as sequencer:
        sequencer.commit_heads()
    return release_checkpoint(store, signer)
