"""``quota-ledger explain``: the entries that make up a balance, a flag or a finding, and the rule of each."""

import re
from typing import Annotated, Any, Final

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
from api.cli.story import print_balance_grounds, print_grounds
from domain.identifiers import PAIR_ID_PATTERN, VIN_PATTERN
from domain.postings import ACCOUNTS
from projections.history.articles import ARTICLES
from projections.history.explain import NoFlag, explain_balance, explain_flag
from projections.history.findings import NotAnswered, explain_finding
from projections.history.story import Story, flag_json, posting_json
from projections.proof.statements import STATEMENTS

FORMAT: Final = "quota-ledger-explanation/1"

app = typer.Typer(
    help="Show the entries that make up a balance, a flag or a finding, and the rule of each.",
    no_args_is_help=True,
)


@app.command()
def balance(
    pair: Annotated[str, typer.Argument(help="A pair's id.")],
    account: Annotated[str, typer.Argument(help="ISS, AV, A, C, R, T, X, D, N or UNB.")],
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Show every posting on one account of a pair."""
    if re.match(PAIR_ID_PATTERN, pair) is None:
        raise Stop(USAGE, f"{pair}: a pair id <E uscc>-<U uscc>-<n> is wanted")
    if account not in (*ACCOUNTS, "UNB"):
        raise Stop(USAGE, f"{account}: one of {', '.join(ACCOUNTS)} and UNB is wanted")
    with replaying(), open_store(db, read_only=True) as store:
        story = Story(store, key_ring(store))
        moved = explain_balance(store, pair, account)
        rows = [
            story.entry(one.told)
            | {
                "posting": posting_json(one.posting),
                "units": one.units,
                "balance": one.balance,
                "article": ARTICLES[one.told.header.type],
            }
            for one in moved
        ]
        whole = {"pair_id": pair, "account": account, "balance": moved[-1].balance if moved else 0}
        told = _told(story, "balance", whole | {"entries": rows})
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
        said = flag_json(code)
        whole = {
            **said,
            "source": STATEMENTS[said["control"]].source,
            "flagged": story.entry(found.told),
            "entries": [story.entry(one) for one in found.entries],
        }
        told = _told(story, "flag", whole)
    print_json(told) if as_json else print_grounds(told, [told["flagged"], *told["entries"]])


@app.command()
def finding(
    code: Annotated[str, typer.Argument(help="C05 to C36.")],
    vin: Annotated[str | None, typer.Argument(help="Only the entries about one car.")] = None,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Answer one statement of the verifier and show the entries that it names. Reads all entries."""
    if vin is not None and re.match(VIN_PATTERN, vin) is None:
        raise Stop(USAGE, f"{vin}: a VIN has 17 characters of 0-9, A-H, J-N, P, R-Z")
    with replaying(), open_store(db, read_only=True) as store:
        story = Story(store, key_ring(store))
        try:
            found = explain_finding(store, code, vin)
        except NotAnswered as error:
            raise Stop(USAGE, str(error)) from error
        about = STATEMENTS[code]
        whole = {
            "code": code,
            "zh": about.title.zh,
            "en": about.title.en,
            "control": code,
            "source": about.source,
            "proves": {"zh": about.proves.zh, "en": about.proves.en},
            "verdict": found.result.verdict.value,
            "detail": found.result.detail,
            "missing": list(found.result.missing),
            "vin": vin,
            "entries": [story.entry(one) for one in found.entries],
        }
        told = _told(story, "finding", whole)
    print_json(told) if as_json else print_grounds(told, told["entries"])


def _told(story: Story, kind: str, whole: dict[str, Any]) -> dict[str, Any]:
    return {"format": FORMAT, "origin": story.ring.origin, "kind": kind} | whole
