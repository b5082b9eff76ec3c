"""``quota-ledger verify``: a ledger, an evidence bundle or a receipt, against an anchor.

Exit codes: 0 all is proved (a receipt: included; one history: whole), 1 integrity broken, 2 usage, 3 nothing
verifiable could be opened, 4 not anchored or against the anchor, 6 the headline is open (``--lenient``
makes it 0).
"""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import (
    DEFAULT_DB,
    USAGE,
    Db,
    Json,
    Stop,
    files_of,
    print_json,
    read_file,
)
from api.cli.report import print_verification, progress_bar
from domain.catalogue import CATALOGUE
from ledger.anchor import Anchor, read_anchor
from ledger.bundle import BundleSource
from ledger.bundle_files import open_files
from ledger.canonical import Malformed
from ledger.source import Source, Unreadable
from ledger.store import StoreError
from ledger.store_audit import PostgresSource, StoreSource
from ledger.stores import is_postgres
from ledger.subject_bundle import HEADS_PATH
from ledger.verification import (
    SubjectVerification,
    Verification,
    unreadable,
    verify_receipt,
    verify_source,
    verify_subject,
)

_SQLITE = b"SQLite format 3\x00"


def verify(
    target: Annotated[
        Path | None,
        typer.Argument(help="A bundle (directory or zip), a receipt or a database; default --db."),
    ] = None,
    anchor: Annotated[Path | None, typer.Option(help="anchor.json, from elsewhere than the target.")] = None,
    trust: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint that you trust (repeatable).")
    ] = None,
    statement: Annotated[Path | None, typer.Option(help="The statement that a receipt is about.")] = None,
    unanchored: Annotated[bool, typer.Option("--unanchored", help="Answer without an anchor too.")] = False,
    lenient: Annotated[bool, typer.Option("--lenient", help="An open headline is exit code 0.")] = False,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Verify a ledger, a bundle or a receipt."""
    meant = None if anchor is None else read_anchor_file(anchor)
    trusted = [read_file(path, "--trust") for path in trust or ()]
    if statement is not None:
        if target is None:
            raise Stop(USAGE, "RECEIPT is missing: --statement FILE belongs to a receipt")
        exact = read_file(statement, "--statement")
        receipt = verify_receipt(read_file(target, "receipt"), exact, meant, trusted)
        print_json(receipt.to_json()) if as_json else print_verification(receipt.to_json())
        raise typer.Exit(receipt.exit_code)
    answer = verify_target(
        target or (db if is_postgres(db) else files_of(db)),
        meant,
        trusted,
        unanchored=unanchored,
        lenient=lenient,
        quiet=as_json,
    )
    print_json(answer.to_json()) if as_json else print_verification(answer.to_json())
    raise typer.Exit(answer.exit_code)


def verify_target(
    target: Path | str,
    anchor: Anchor | None,
    trusted: list[bytes],
    *,
    unanchored: bool = False,
    lenient: bool = False,
    quiet: bool = False,
) -> Verification | SubjectVerification:
    """Verify a bundle (of a ledger or one history) or a database; what cannot be opened is an answer too.

    On a terminal a bar shows how far it is, unless it is to be ``quiet``.
    """
    store: StoreSource | PostgresSource | None = None
    try:
        source: Source
        if isinstance(target, str):
            source = store = PostgresSource(target)
        elif target.is_file() and _begins(target, _SQLITE):
            source = store = StoreSource(target)
        elif target.is_file() and _begins(target, b"{"):
            raise Stop(USAGE, f"{target}: to verify a receipt, --statement FILE names its statement")
        else:
            files = open_files(target)
            if HEADS_PATH in files.paths:
                return verify_subject(
                    files,
                    anchor=anchor,
                    trusted=trusted,
                    unanchored=unanchored,
                    lenient=lenient,
                    types=CATALOGUE,
                )
            source = BundleSource(files)
        with progress_bar("verifying", hidden=quiet) as bar:
            return verify_source(
                source,
                anchor=anchor,
                trusted=trusted,
                unanchored=unanchored,
                lenient=lenient,
                types=CATALOGUE,
                progress=bar,
            )
    except (Unreadable, StoreError) as error:
        return unreadable(str(error), unanchored=unanchored, lenient=lenient)
    finally:
        if store is not None:
            store.close()


def read_anchor_file(path: Path) -> Anchor:
    """Return the anchor that a person names.

    Raises:
        Stop: usage: it cannot be read, or is none.
    """
    try:
        return read_anchor(path)
    except OSError as error:
        raise Stop(USAGE, f"--anchor {path}: {error.strerror}") from None
    except Malformed as error:
        raise Stop(USAGE, f"--anchor {path}: {error}") from None


def _begins(path: Path, magic: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(magic)) == magic
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None
