"""``quota-ledger submit`` and ``receipt``: hand a submission to the sequencer; fetch receipts later."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.context import (
    DEFAULT_DB,
    REFUSED,
    UNAVAILABLE,
    Db,
    Json,
    KeysDir,
    Out,
    Stop,
    console,
    files_of,
    json_text,
    open_store,
    origin_of,
    print_json,
    read_file,
    write_out,
)
from api.cli.keyfiles import checkpoint_signer, housekeeping_key, keys_directory
from ledger.append import Declined, Outcome
from ledger.entry import parse_header
from ledger.receipt import Receipt, make_receipt
from ledger.sequencer import Sequencer
from ledger.submission import decode_submission


def submit(
    file: Annotated[Path, typer.Argument(help="What `quota-ledger sign` wrote.")],
    receipts: Annotated[Path | None, typer.Option(help="Write each receipt here as <index>.json.")] = None,
    db: Db = DEFAULT_DB,
    keys: KeysDir = None,
    as_json: Json = False,
) -> None:
    """Enter a signed submission in the ledger."""
    envelope, statements = decode_submission(read_file(file, "submission"))
    entered = enter(db, keys, envelope, statements)
    if receipts is not None:
        entered.keep(receipts)
    if as_json:
        print_json(entered.to_object())
    entered.refused(str(file))
    if not as_json:
        console().print(entered.table())


@dataclass(frozen=True, slots=True)
class Handed:
    """What the ledger made of an envelope, with the receipts of its entries."""

    outcome: Outcome
    receipts: tuple[Receipt, ...]

    def keep(self, folder: Path) -> None:
        """Write each receipt as ``<index>.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        for receipt in self.receipts:
            (folder / f"{parse_header(receipt.header).index}.json").write_bytes(
                json_text(receipt.to_object()).encode()
            )

    def to_object(self) -> dict[str, Any]:
        """Return the object of ``submit --json``."""
        receipts = [receipt.to_object() for receipt in self.receipts]
        if isinstance(self.outcome, Declined):
            refused = [{"item": i.item, "code": i.code, "detail": i.detail} for i in self.outcome.items]
            return {
                "entered": False,
                "replayed": self.outcome.replayed,
                "refused": refused,
                "indexes": list(self.outcome.indexes),
                "receipts": receipts,
            }
        return {"entered": True, "replayed": self.outcome.replayed, "receipts": receipts}

    def refused(self, what: str) -> None:
        """Stop where the ledger refused it.

        Raises:
            Stop: refused.
        """
        if isinstance(self.outcome, Declined):
            told = "; ".join(
                f"statement {i.item}: {i.code}{f': {i.detail}' if i.detail else ''}"
                for i in self.outcome.items
            )
            raise Stop(REFUSED, f"{what}: refused, on record at index {self.outcome.indexes[0]}: {told}")

    def table(self) -> Table:
        """Return the receipts for people."""
        return _table(self.receipts, "entered before" if self.outcome.replayed else "entered")


def enter(db: str, keys: Path | None, envelope: bytes, statements: list[bytes]) -> Handed:
    """Hand an envelope to the sequencer of the ledger at ``db``; ``keys`` is the operator's directory."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    directory = keys_directory(files_of(db), keys)
    with open_store(db) as store:
        signer = checkpoint_signer(origin_of(store), directory)
        with Sequencer(store, housekeeping_key(directory), signer=signer) as sequencer:
            outcome = sequencer.append(envelope, statements)
            return Handed(outcome, sequencer.receipts(outcome))


def receipt(
    index: Annotated[int, typer.Argument(min=0, max=2**53 - 1, help="The entry's index.")],
    db: Db = DEFAULT_DB,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Fetch the receipt of an entry, under the latest checkpoint."""
    with open_store(db, read_only=True) as store:
        try:
            found = make_receipt(store, index, store.checkpoint())
        except KeyError:
            raise Stop(
                UNAVAILABLE, f"entry {index}: not in the ledger, its size is {store.head().size}"
            ) from None
    if out is not None or as_json:
        write_out(json_text(found.to_object()).encode(), out)
        return
    console().print(_table([found], "receipt"))


def _table(receipts: list[Receipt] | tuple[Receipt, ...], title: str) -> Table:
    table = Table("index", "type", "recorded at", "flags", "proof", title=title)
    for receipt in receipts:
        header: dict[str, Any] = json.loads(receipt.header)
        proof = "no checkpoint released yet" if receipt.proof is None else "with checkpoint"
        table.add_row(
            str(header["index"]), header["type"], header["recorded_at"], ", ".join(receipt.flags), proof
        )
    return table
