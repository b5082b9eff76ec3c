"""``quota-ledger reconcile``: an agency's own list against the ledger, and the statement of account on it.

Differences are an answer, not a failure: the exit code is 0 when they are shown or filed, 1 when the ledger
refuses the statement, 2 for a list or a question that is none, 3 where there is no ledger.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape
from rich.table import Table

from api.cli.context import (
    DEFAULT_DB,
    REFUSED,
    UNAVAILABLE,
    USAGE,
    Db,
    Json,
    KeysDir,
    Stop,
    console,
    json_text,
    key_ring,
    open_store,
    print_json,
    read_file,
    write_out,
)
from api.cli.keyfiles import read_key
from api.cli.moments import day_of
from api.cli.sign import finish, view_of
from api.cli.submit import Handed, enter
from domain.calendar import shanghai_date
from ledger.clock import format_instant, system_clock
from ledger.envelope import Head
from ledger.signing import KeySigner, begin_submission
from ledger.submission import decode_submission
from projections.extracts import MAX_EXTRACT_BYTES, BadExtract
from projections.history.gathering import ChainBroken
from projections.reconciliation import KINDS, Filed, Reconciliation, plain, reconcile

_SIDES: Final = {"extract": "仅清单 list only", "ledger": "仅账本 ledger only", "both": "不一致 different"}


def reconcile_list(
    agency: Annotated[str, typer.Option(help="Whose list it is: police, customs or transport.")],
    list_file: Annotated[
        Path, typer.Option("--list", metavar="CSV", help="The list, as `verify --compare`.")
    ],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day of the period.")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="Its last day.")],
    key: Annotated[
        list[Path] | None, typer.Option("--key", help="An officer's key (repeatable): sign and file it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the unsigned statement here.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="File although a statement of this period stands already.")
    ] = False,
    receipts: Annotated[Path | None, typer.Option(help="Write the receipt here as <index>.json.")] = None,
    db: Db = DEFAULT_DB,
    keys: KeysDir = None,
    as_json: Json = False,
) -> None:
    """Match an agency's list with the ledger, show every difference, and file the statement of account."""
    if agency not in KINDS:
        raise Stop(USAGE, f"--agency {agency}: one of {', '.join(KINDS)} is wanted")
    period = day_of("--from", first), day_of("--to", last)
    if receipts is not None and not key:
        raise Stop(USAGE, "--receipts: nothing is filed without --key")
    data = read_file(list_file, "--list", MAX_EXTRACT_BYTES)
    try:
        with open_store(db, read_only=True) as store:
            ring = key_ring(store)
            found = reconcile(store, agency, data, *period)
    except BadExtract as error:
        raise Stop(USAGE, f"--list {list_file}: {error}") from None
    except ChainBroken as error:
        raise Stop(UNAVAILABLE, str(error)) from error
    if key or out is not None:
        _must_be_true(found, shanghai_date(system_clock()), again=again)
    submission = _sign(found, key, db) if key else None
    if out is not None:
        write_out(json_text(found.statement()).encode(), out)
    filed = None if submission is None else enter(db, keys, *decode_submission(submission))
    if filed is not None and receipts is not None:
        filed.keep(receipts)
    if as_json:
        whole = {"origin": ring.origin, "list": list_file.name}
        print_json(whole | found.to_object() | {"filed": filed and filed.to_object()})
    else:
        _print(found, filed)
    if filed is not None:
        filed.refused(f"{list_file}: the statement")


def _must_be_true(found: Reconciliation, today: date, *, again: bool) -> None:
    """Refuse a statement that cannot be true yet, or that stands already.

    Raises:
        Stop: refused.
    """
    if found.last >= today:
        raise Stop(REFUSED, f"--to {found.last}: the period has not ended; nobody can state its counts yet")
    if found.filed and not again:
        told = ", ".join(f"entry {one.index} (on {_list_of(found, one)})" for one in found.filed)
        raise Stop(
            REFUSED,
            f"{told}: a statement of this period stands already; correct it, or --again files another",
        )


def _list_of(found: Reconciliation, one: Filed) -> str:
    return "the same list" if one.list_sha256 == found.list_sha256 else "another list"


def _sign(found: Reconciliation, paths: list[Path], db: str) -> bytes:
    """Return the signed submission of the statement.

    Raises:
        Stop: a key is none, or one of another agency.
    """
    own = [KeySigner(read_key(path)) for path in paths]
    with open_store(db, read_only=True) as store:
        ring = key_ring(store)
    for path, signer in zip(paths, own, strict=True):
        known = ring.keys.get(signer.keyid)
        if known is None or known.agency != found.agency:
            whose = "not registered" if known is None else f"a key of {known.agency}"
            raise Stop(REFUSED, f"--key {path}: {whose} in {ring.origin}; the list is of {found.agency}")
    signers = tuple(signer.keyid for signer in own)
    agency, origin, seq, seen = view_of(db, signers[0], found.agency, None, None, None)
    now = format_instant(system_clock())
    exact = finish("of account", found.statement(), agency, origin, now)
    return begin_submission(Head(agency, origin, seen, seq, now, signers), [exact], own)


def _print(found: Reconciliation, filed: Handed | None) -> None:
    out = console()
    out.width = max(out.width, 120)
    table = Table("line", "entry", "where", "what", title=_title(found))
    for one in found.differences:
        line, index = ("–" if place is None else str(place) for place in (one.line, one.index))
        table.add_row(line, index, _SIDES[one.side], escape(plain(one.what)))
    out.print(table)
    counts: dict[str, Any] = dict(found.counts)
    told = ", ".join(f"{name} {units}" for name, units in counts.items())
    out.print(f"· {found.rows} rows of the list count: {told}; SHA-256 {found.list_sha256}", soft_wrap=True)
    if found.unread:
        unread = ", ".join(map(str, found.unread))
        out.print(f"· entries of a type or version that this program cannot read: {unread}", soft_wrap=True)
    for each in found.filed:
        stated = ", ".join(f"{name} {units}" for name, units in each.counts.items())
        out.print(
            f"· entry {each.index} states this period already, on {_list_of(found, each)}: {stated}",
            soft_wrap=True,
        )
    if filed is None:
        out.print("· not filed: --key FILE signs and files it, --out FILE writes it unsigned", soft_wrap=True)
    elif filed.receipts:
        out.print(filed.table())


def _title(found: Reconciliation) -> str:
    many = len(found.differences)
    differ = "no difference" if not many else "1 difference" if many == 1 else f"{many} differences"
    return f"{found.agency}, {found.first} to {found.last}, at size {found.size}: {differ}"
