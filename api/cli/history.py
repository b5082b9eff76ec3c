"""``quota-ledger history``, ``deadlines``: an enterprise's or a car's story, and what is due."""

from collections.abc import Iterator, Sequence
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
from projections.history.scope import WHOLE
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
    start: Annotated[
        int | None,
        typer.Option("--from", metavar="INDEX", min=0, help="Begin with the first entry from this one on."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="So many entries; 1 is a step, and what stands is that after the last."),
    ] = None,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Tell the story of an enterprise or a car: who signed what, balances, flags, clocks, cases.

    `--limit 1` goes through it step by step, `--from` back and forth; `--as-known-at N` looks at it as it
    stood after entry N.
    """
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
            replay = replay_at(store, key, moment)
            page = _Page(
                [one.index for one in replay.entries if story.shows(replay, one, WHOLE)], start, limit
            )
            if not page.whole:
                raise NoHistory(f"{key}: nothing of it had taken effect by {moment.as_of}")
            told = story.tell(replay, moment, start=page.start, limit=page.limit) | page.neighbours
            print_json(told) if as_json else print_history(told)
        else:
            learnt = difference(store, key, earlier, moment)
            page = _Page([one.index for one in learnt.learnt], start, limit)
            found = story.difference(learnt, earlier, moment, page.start, page.limit) | page.neighbours
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


class _Page:
    """Which of a story's entries are shown."""

    def __init__(self, indexes: Sequence[int], first: int | None, limit: int | None) -> None:
        """Begin with the first of ``indexes``, in their order, that is ``first`` or later."""
        places = (place for place, index in enumerate(indexes) if first is None or index >= first)
        self.whole = len(indexes)
        self.start = next(places, len(indexes))
        self.limit = len(indexes) if limit is None else limit
        after, before = self.start + self.limit, max(0, self.start - self.limit)
        self.neighbours = {
            "next": indexes[after] if after < len(indexes) else None,
            "previous": indexes[before] if self.start and indexes else None,
        }
        """The entries with which the page after and the page before begin; None where there is none."""


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
