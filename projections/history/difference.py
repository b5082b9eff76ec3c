"""What is known of a day at one moment and otherwise at a later one.

Both moments look at the same day: what had taken effect by then. So the difference is what was learnt since:
entries recorded later about things that had happened already, statements taken back or said anew, and what
stands differently because of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.store import Reader
from projections.history.chains import NoHistory
from projections.history.gathering import read_entry
from projections.history.moments import Moment, deadlines_of, replay_at
from projections.history.replay import Replay
from projections.history.scope import WHOLE, Scope
from projections.history.standing import standing
from projections.history.told import Told
from projections.proof.follower import known_at
from projections.replay import size_on


class NotEarlier(Exception):
    """The moment that is called the earlier one knows more than the later one."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs; None where it is not there.

    ``path`` leads to it in ``projections.history.standing``; under ``deadlines`` to status and last day of a
    clock, by subject, kind and the day since which it runs.
    """

    path: str
    then: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """Two replays of one subject as of one day.

    Attributes:
        then: the earlier; None where nothing was recorded yet.
        now: the later.
        as_of: the day.
        learnt: the entries recorded since that count now, in the later order.
        unsaid: the indexes of those that counted then and that a correction takes back since.
        changes: by path ascending.
    """

    then: Replay | None
    now: Replay
    as_of: date
    learnt: tuple[Told, ...]
    unsaid: tuple[int, ...]
    changes: tuple[Change, ...]


def difference(
    reader: Reader,
    subject: str,
    since: int | date,
    now: Moment,
    scope: Scope = WHOLE,
    most: int | None = None,
) -> Difference:
    """Return what is known at ``now`` and was not at ``since``.

    Args:
        reader: the store.
        subject: ``enterprise:<USCC>`` or ``vin:<VIN>``.
        since: the earlier moment.
        now: the later; its ``as_of`` is the day looked at, by default that of the earlier moment.
        scope: what of it is shown.
        most: how many entries the file may have.

    Raises:
        NotEarlier: ``since`` takes in more entries than ``now``.
        ValueError, NoHistory, ChainBroken, ReplayTooLong: see :func:`projections.history.chains.read_file`.
    """
    if _taken_in(reader, since) > _taken_in(reader, now.as_known_at):
        raise NotEarlier(f"{since} is after {now.as_known_at}: the earlier moment of the two is wanted")
    then: Replay | None
    try:
        then = replay_at(reader, subject, Moment(since), most)
    except NoHistory:
        then = None
    day = now.as_of or (since if isinstance(since, date) or then is None else then.day)
    if isinstance(day, int):  # an index at which nothing was recorded of the subject
        found = read_entry(reader, day)
        day = date.min if found is None else found.recorded_on
    later = replay_at(reader, subject, Moment(now.as_known_at, day), most)
    then = None if then is None else Replay(then.file, day)
    was_there = known_at(since)
    # A car that came to the subject since brings entries of its own that were in the ledger all the while.
    told = [
        one
        for one in later.entries
        if one.index in later.file.shown
        and scope.entry(one.header)
        and not was_there(one.index, one.recorded_at)
    ]
    left = {one.index for one in later.entries}
    corrected = later.file.targets.keys()
    shown = (
        {one.index for one in then.entries if one.index in then.file.shown and scope.entry(one.header)}
        if then
        else set[int]()
    )
    before = {} if then is None else _known(then, scope)
    after = _known(later, scope)
    return Difference(
        then,
        later,
        day,
        tuple(told),
        tuple(sorted((shown - left) & corrected)),
        tuple(_changes(before, after)),
    )


def _known(replay: Replay, scope: Scope) -> dict[str, Any]:
    """Return by their paths the values of all that stands at the end of a replay, and of the clocks."""
    state = replay.end()
    found = _flat(standing(state, replay.file, replay.day, scope))
    for one in deadlines_of(state, replay.file, replay.day):
        if scope.shows_clock(one):
            path = f"deadlines/{one.subject}/{one.kind}/{'' if one.since is None else one.since}".rstrip("/")
            found[f"{path}/status"] = one.status
            found[f"{path}/due"] = None if one.due is None else one.due.isoformat()
    return found


def _taken_in(reader: Reader, moment: int | date | None) -> int:
    """Return how many entries a moment takes in."""
    size = reader.head().size
    if isinstance(moment, int):
        return min(moment + 1, size)
    return size if moment is None else size_on(reader, moment, size)


def _flat(value: object, path: str = "") -> dict[str, Any]:
    """Return the leaves of nested objects by their path; lists of plain values are leaves."""
    items: Sequence[tuple[object, object]]
    if isinstance(value, Mapping):
        items = list(value.items())
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        items = list(enumerate(value, 1))
    else:
        return {path: value}
    found: dict[str, Any] = {}
    for name, inner in items:
        found |= _flat(inner, f"{path}/{name}" if path else str(name))
    return found


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            yield Change(path, before.get(path), after.get(path))
