"""``quota-ledger explain``: the entries that make up a balance, a flag or a finding, and the rule of each."""

import re
from typing import Annotated, Final

import typer

from api.cli.context import (
    DEFAULT_DB,
    REFUSED,
    USAGE,
    Db,
    Json,
    Stop,
    key_ring,
    open_store,
    print_json,
)
from api.cli.history import replaying
from api.cli.story import print_balance_grounds, print_finding, print_grounds
from domain.identifiers import PAIR_ID_PATTERN, VIN_PATTERN
from domain.postings import ACCOUNTS
from projections.history.explain import NoFlag, explain_balance, explain_city, explain_flag
from projections.history.explained import balance_json, finding_json, grounds_json
from projections.history.findings import NotAnswered, explain_finding
from projections.history.grounds import Grounds
from projections.history.story import Story

CITY: Final = "city"

app = typer.Typer(
    help="Show the entries that make up a balance, a flag or a finding, and the rule of each.",
    no_args_is_help=True,
)


@app.command()
def balance(
    pair: Annotated[str, typer.Argument(help="A pair's id, or city: all pairs, and what belongs to none.")],
    account: Annotated[str, typer.Argument(help="ISS, AV, A, C, R, T, X, D, N or UNB.")],
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Show every posting on one account of a pair, or of the city."""
    if pair != CITY and re.match(PAIR_ID_PATTERN, pair) is None:
        raise Stop(USAGE, f"{pair}: a pair id <E uscc>-<U uscc>-<n> or {CITY} is wanted")
    if account not in (*ACCOUNTS, "UNB"):
        raise Stop(USAGE, f"{account}: one of {', '.join(ACCOUNTS)} and UNB is wanted")
    with replaying(), open_store(db, read_only=True) as store:
        story = Story(store, key_ring(store))
        if pair == CITY:
            told = balance_json(story, None, account, explain_city(store, account))
        else:
            told = balance_json(story, pair, account, explain_balance(store, pair, account))
    print_json(told) if as_json else print_balance_grounds(told)


@app.command()
def flag(
    index: Annotated[int, typer.Argument(min=0, max=2**53 - 1, help="The entry's index.")],
    code: Annotated[str, typer.Argument(help="The flag's code, as its receipt has it.")],
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Show a flagged entry and the earlier entries without which it would not be flagged so."""
    with replaying(), open_store(db, read_only=True) as store:
        story = Story(store, key_ring(store))
        try:
            found = explain_flag(store, index, code)
        except NoFlag as error:
            raise Stop(REFUSED, str(error)) from error
        told = grounds_json(story, code, found)
    print_json(told) if as_json else print_grounds(told, [told["flagged"], *told["entries"]])


@app.command()
def finding(
    code: Annotated[str, typer.Argument(help="C05 to C36.")],
    vin: Annotated[str | None, typer.Argument(help="Only what is about one car.")] = None,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Answer one statement of the verifier and show the entries that make it up. Reads all entries."""
    if vin is not None and re.match(VIN_PATTERN, vin) is None:
        raise Stop(USAGE, f"{vin}: a VIN has 17 characters of 0-9, A-H, J-N, P, R-Z")
    with replaying(), open_store(db, read_only=True) as store:
        story = Story(store, key_ring(store))
        try:
            found = explain_finding(store, code, vin)
        except NotAnswered as error:
            raise Stop(USAGE, str(error)) from error
        grounds = Grounds(store, store.head().size)
        told = finding_json(story, code, vin, found, (grounds.of(code, one, vin) for one in found.entries))
    print_json(told) if as_json else print_finding(told)
