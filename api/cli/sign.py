"""``quota-ledger sign``: statements become a submission that an agency's officers have signed.

A statement file holds ``type``, ``body`` and what else the author wants to say; what is missing is filled in:
``id`` (a fresh UUID), ``ledger``, ``version`` 1, ``attachments`` none, ``agency`` that of the first key,
``occurred_at`` now. Then it is brought into its canonical form, and that is what is signed.

When another officer's key lies elsewhere, ``--with KEYID`` names it as a signer, and that officer adds the
signature with ``sign --add FILE --key FILE``. The unfinished file has the form of a submission; the ledger
does not take it before the last signature is there.
"""

import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.context import (
    DEFAULT_DB,
    REFUSED,
    UNAVAILABLE,
    USAGE,
    Db,
    Out,
    Stop,
    key_ring,
    open_store,
    read_file,
    read_object,
    write_out,
)
from api.cli.keyfiles import read_key
from domain.statements import MalformedStatement, parse_statement
from ledger.canonical import Malformed, canonical_bytes
from ledger.clock import format_instant, system_clock
from ledger.entry import parse_header
from ledger.envelope import Head, Seen
from ledger.receipt import parse_receipt
from ledger.signing import KeySigner, add_signatures, begin_submission
from ledger.store import StoreError


def sign(
    statements: Annotated[list[Path] | None, typer.Argument(help="Statement files, in order.")] = None,
    key: Annotated[
        list[Path] | None, typer.Option("--key", help="A signer's private key (repeatable).")
    ] = None,
    co_signer: Annotated[
        list[str] | None, typer.Option("--with", help="KEYID of an officer who signs later.")
    ] = None,
    add: Annotated[
        Path | None, typer.Option("--add", help="An unfinished file to add a signature to.")
    ] = None,
    seen: Annotated[
        Path | None, typer.Option("--seen", help="A receipt that you verified; default: the head of --db.")
    ] = None,
    seq: Annotated[int | None, typer.Option("--seq", min=1, help="Default: the next of --db.")] = None,
    agency: Annotated[str | None, typer.Option(help="Default: that of the first key in --db.")] = None,
    ledger: Annotated[str | None, typer.Option(help="Default: the origin of --db.")] = None,
    db: Db = DEFAULT_DB,
    out: Out = None,
) -> None:
    """Sign statements, or add a second officer's signature."""
    own = [KeySigner(read_key(path)) for path in key or ()]
    if not own:
        raise Stop(USAGE, "--key FILE is missing: whose signature?")
    if add is not None:
        if statements:
            raise Stop(USAGE, "--add FILE holds its statements: name no others")
        write_out(add_signatures(read_file(add, "submission"), own), out)
        return
    if not statements:
        raise Stop(USAGE, "STATEMENTS are missing: which statements are to be signed?")
    drafts = [(path, read_object(path, "statement")) for path in statements]
    signers = [signer.keyid for signer in own] + (co_signer or [])
    first = drafts[0][1]
    view: Seen | None
    if first.get("type") == "LedgerOpened":
        origin = ledger or first.get("ledger")
        if not isinstance(origin, str):
            raise Stop(USAGE, "--ledger ORIGIN is missing: which ledger does LedgerOpened open?")
        signing, number, view = "operator", seq or 1, None
    elif agency and ledger and seq and seen:
        signing, origin, number, view = agency, ledger, seq, _seen_in(seen)
    else:
        view = None if seen is None else _seen_in(seen)
        signing, origin, number, view = view_of(db, signers[0], agency, ledger, seq, view)
    now = format_instant(system_clock())
    exact = [finish(path, draft, signing, origin, now) for path, draft in drafts]
    head = Head(signing, origin, view, number, now, tuple(signers))
    write_out(begin_submission(head, exact, own), out)


def finish(path: Path | str, draft: dict[str, Any], agency: str, ledger: str, now: str) -> bytes:
    """Return the canonical statement, whole and well-formed; ``path`` is how it is called.

    Raises:
        Stop: refused: it is malformed.
    """
    whole = {
        "agency": agency,
        "attachments": [],
        "id": str(uuid.uuid4()),
        "ledger": ledger,
        "occurred_at": now,
        "version": 1,
    } | draft
    try:
        parse_statement(whole)
        return canonical_bytes(whole)
    except (MalformedStatement, Malformed) as error:
        raise Stop(REFUSED, f"statement {path}: malformed: {error}") from None


def _seen_in(path: Path) -> Seen:
    """Return the entry before the receipt's own, whose leaf hash the receipt's header commits to."""
    header = parse_header(parse_receipt(read_file(path, "receipt")).header)
    if header.index == 0:
        raise Stop(REFUSED, f"receipt {path}: that of entry 0 names no entry before it; take a later one")
    return Seen(header.index - 1, header.prev)


def view_of(
    db: str, signer: str, agency: str | None, ledger: str | None, seq: int | None, view: Seen | None
) -> tuple[str, str, int, Seen]:
    """Return (agency, ledger, seq, seen) for an envelope of this first signer: what is not told, from --db.

    Raises:
        Stop: unavailable: no database; refused: nobody's key, and no agency is told.
    """
    try:
        with open_store(db, read_only=True) as store:
            ring, head, last = key_ring(store), store.head(), store.last_sequence(signer)
    except StoreError as error:
        raise Stop(
            UNAVAILABLE, f"{error}; without the database: --seen, --seq, --agency and --ledger"
        ) from None
    known = ring.keys.get(signer)
    if agency is None and known is None:
        raise Stop(REFUSED, f"key {signer}: not registered in {ring.origin}; --agency names whose it is")
    return (
        agency or (known.agency if known else ""),
        ledger or ring.origin or "",
        seq or last + 1,
        view or Seen(head.size - 1, head.leaf_hash.hex()),
    )
