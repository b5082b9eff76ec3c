"""Which entries show a finding of the verifier, and the rule behind it.

A finding is about the whole ledger: a document may have served another enterprise's car before. So this reads
every entry, unlike the rest of the replay.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.canonical import Malformed
from ledger.store import Reader
from projections.history.gathering import ChainBroken
from projections.history.told import Told, told
from projections.proof.follower import Follower
from projections.proof.statements import STATEMENTS
from projections.proof.types import Event, StatementResult, Unread
from projections.replay import ReplayTooLong


class NotAnswered(Exception):
    """The entries alone do not answer this statement; the message says what does."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one statement, and the entries that show it: all, or those about one car."""

    result: StatementResult
    entries: tuple[Told, ...]


def explain_finding(reader: Reader, code: str, vin: str | None = None) -> Finding:
    """Answer one statement of the verifier over the whole ledger, and read the entries that it names.

    Raises:
        NotAnswered: there is no such statement, or it is one of the integrity pass.
        ChainBroken: an entry cannot be read.
    """
    check_code(code)
    return finding_of(reader, answers(reader, reader.head().size), code, vin)


def check_code(code: str) -> None:
    """Raise NotAnswered where there is no such statement of the verifier."""
    if code not in STATEMENTS:
        raise NotAnswered(f"{code}: no statement of the verifier; C01 to C36 are")


def answers(reader: Reader, size: int, most: int | None = None) -> tuple[StatementResult, ...]:
    """Answer every statement that the entries alone answer, over the first ``size`` of them.

    Raises:
        ChainBroken: an entry cannot be read.
        ReplayTooLong: more than ``most`` entries.
    """
    if most is not None and size > most:
        raise ReplayTooLong(f"more than {most} entries would have to be read")
    follower = Follower()
    for one in _entries(reader, range(size)):
        follower.take(event_of(one))
    return (*follower.results(), *follower.checker.report().statements)


def finding_of(
    reader: Reader, answered: Iterable[StatementResult], code: str, vin: str | None = None
) -> Finding:
    """Return one of the answers with the entries that it names, or those about one car.

    Raises:
        NotAnswered: it is a statement of the integrity pass.
        ChainBroken: an entry cannot be read.
    """
    result = next((one for one in answered if one.code == code), None)
    if result is None:
        raise NotAnswered(f"{code} is about integrity and views: `quota-ledger verify` answers it")
    shown = _entries(reader, result.entries)
    return Finding(result, tuple(one for one in shown if vin is None or vin in one.tagged("vin")))


def _entries(reader: Reader, indexes: Iterable[int]) -> Iterable[Told]:
    if isinstance(indexes, range):
        found = reader.entries(indexes.start, indexes.stop)
    else:
        found = (data for index in indexes for data in reader.entries(index, index + 1))
    try:
        for data in found:
            yield told(data)
    except Malformed as error:
        raise ChainBroken(f"an entry cannot be read: {error}; `quota-ledger verify` says more") from None


def event_of(one: Told) -> Event | Unread:
    """Return an entry as the checker reads it."""
    if one.statement is None:
        return Unread(one.index, one.recorded_at, tuple(subject.key for subject in one.header.subjects))
    return Event.of(one.index, one.leaf, one.statement, one.recorded_at)
