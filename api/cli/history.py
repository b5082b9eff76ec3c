"""``quota-ledger history``, ``deadlines``: an enterprise's or a car's story, and what is due."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Final

import typer

from api.cli.context import (
    DEFAULT_DB,
    REFUSED,
    UNAVAILABLE,
    USAGE,
    Db,
    Json,
    Stop,
    key_ring,
    open_store,
    print_json,
)
from api.cli.moments import AsKnownAt, AsOf, day_of, moment_of
from api.cli.story import print_deadlines, print_difference, print_history
from ledger.store import Reader
from ledger.stores import AnyStore
from ledger.subject_bundle import SUBJECT
from projections.due import city_clocks
from projections.history.chains import NoHistory
from projections.history.deadlines import Deadline
from projections.history.difference import NotEarlier, difference
from projections.history.gathering import ChainBroken
from projections.history.moments import Moment, deadlines_of, replay_at
from projections.history.story import Story, deadline_json

DEADLINES_FORMAT: Final = "quota-ledger-deadlines/1"
_USCC_LENGTH: Final = 18


def history(
    subject: Annotated[str, typer.Argument(metavar="USCC|VIN", help="An enterprise's code, or a VIN.")],
    as_known_at: AsKnownAt = None,
    as_of: AsOf = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="INDEX|DATE", help="What is known now of that day and was not then."),
    ] = None,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Tell the story of an enterprise or a car: who signed what, balances, flags, clocks, cases."""
    key = subject_of(subject)
    moment = Moment(
        None if as_known_at is None else moment_of("--as-known-at", as_known_at),
        None if as_of is None else day_of("--as-of", as_of),
    )
    earlier = None if since is None else moment_of("--since", since)
    with replaying(), open_store(db, read_only=True) as store:
        story = Story(store, key_ring(store))
        for option, asked in (("--as-known-at", moment.as_known_at), ("--since", earlier)):
            _within(store, option, asked)
        if earlier is None:
            told = story.tell(replay_at(store, key, moment), moment)
            print_json(told) if as_json else print_history(told)
        else:
            found = story.difference(difference(store, key, earlier, moment), earlier, moment)
            print_json(found) if as_json else print_difference(found)


def deadlines(
    uscc: Annotated[str | None, typer.Argument(metavar="USCC", help="One enterprise; default all.")] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Default: the day of the last entry.")
    ] = None,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """List what is due, at risk or overdue, as known at the end of a day."""
    key = None if uscc is None else subject_of(uscc)
    asked = None if on is None else day_of("--on", on)
    with replaying(), open_store(db, read_only=True) as store:
        origin = key_ring(store).origin
        day, found = _of_all(store, asked) if key is None else _of_one(store, key, asked)
    rows = [deadline_json(one) for one in found]
    if as_json:
        whole = {"format": DEADLINES_FORMAT, "origin": origin, "subject": key, "on": day.isoformat()}
        print_json(whole | {"deadlines": rows})
    else:
        print_deadlines(rows, f"clocks on {day}{'' if key is None else f', {key}'}")


def subject_of(text: str) -> str:
    """Return the subject key of a USCC or VIN.

    Raises:
        Stop: usage: it is neither.
    """
    key = f"{'enterprise' if len(text) == _USCC_LENGTH else 'vin'}:{text}"
    if not SUBJECT.match(key):
        raise Stop(USAGE, f"{text}: neither an enterprise's code (18 characters) nor a VIN (17)")
    return key


@contextmanager
def replaying() -> Iterator[None]:
    """Turn what a replay raises into one line and an exit code."""
    try:
        yield
    except NoHistory as error:
        raise Stop(REFUSED, str(error)) from error
    except NotEarlier as error:
        raise Stop(USAGE, f"--since {error}") from error
    except ChainBroken as error:
        raise Stop(UNAVAILABLE, str(error)) from error


def _within(store: Reader, option: str, moment: int | date | None) -> None:
    size = store.head().size
    if isinstance(moment, int) and moment >= size:
        raise Stop(REFUSED, f"{option} {moment}: the ledger has the entries 0 to {size - 1}")


def _of_all(store: AnyStore, asked: date | None) -> tuple[date, list[Deadline]]:
    _, day, found = city_clocks(store, asked)
    return day, found


def _of_one(store: Reader, key: str, asked: date | None) -> tuple[date, list[Deadline]]:
    replay = replay_at(store, key, Moment(asked))
    day = asked or replay.day
    return day, deadlines_of(replay.end(), replay.file, day)
