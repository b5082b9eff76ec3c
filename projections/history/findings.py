"""Which entries show a finding of the verifier, and the rule behind it.

A finding is about the whole ledger: a document may have served another enterprise's car before. So this reads
every entry, unlike the rest of the replay. What makes up each of them, ``projections.history.grounds`` says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ledger.canonical import Malformed
from ledger.store import Reader
from projections.history.gathering import ChainBroken
from projections.history.grounds import OF_CARS, Grounds
from projections.history.told import Told, event_of, told
from projections.proof.follower import Follower
from projections.proof.statements import STATEMENTS
from projections.proof.types import StatementResult, Verdict
from projections.replay import ReplayTooLong


class NotAnswered(Exception):
    """The entries alone do not answer this statement; the message says what does."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one statement, and the entries that it names: all, or those about one car.

    Where one car is asked about, a statement that judges cars is answered for this car alone.
    """

    result: StatementResult
    entries: tuple[Told, ...]


def explain_finding(reader: Reader, code: str, vin: str | None = None) -> Finding:
    """Answer one statement of the verifier over the whole ledger, and read the entries that it names.

    Raises:
        NotAnswered: there is no such statement, or it is one of the integrity pass.
        ChainBroken: an entry cannot be read.
    """
    check_code(code)
    size = reader.head().size
    return finding_of(reader, size, answers(reader, size), code, vin)


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
    reader: Reader, size: int, answered: Iterable[StatementResult], code: str, vin: str | None = None
) -> Finding:
    """Return one of the answers with the entries that it names, or those about one car.

    Raises:
        NotAnswered: it is a statement of the integrity pass.
        ChainBroken: an entry cannot be read.
    """
    result = next((one for one in answered if one.code == code), None)
    if result is None:
        raise NotAnswered(f"{code} is about integrity and views: `quota-ledger verify` answers it")
    shown = tuple(_entries(reader, result.entries))
    if vin is None:
        return Finding(result, shown)
    shown = tuple(one for one in shown if vin in one.tagged("vin"))
    return Finding(_of_car(Grounds(reader, size), result, vin, shown), shown)


def _of_car(grounds: Grounds, whole: StatementResult, vin: str, shown: Sequence[Told]) -> StatementResult:
    """Return the answer for one car."""
    if whole.code not in OF_CARS:
        detail = f"in the whole ledger {whole.verdict.value}; it judges no car by itself"
        return replace(whole, entries=tuple(one.index for one in shown), detail=detail, missing=())
    own = grounds.answer(whole.code, vin)
    if own is None:
        return StatementResult(whole.code, Verdict.UNDETERMINED, (), f"nothing is recorded of {vin}", (vin,))
    if own.verdict is Verdict.REFUTED or shown:
        # Which of several cars with one document is named depends on all of them: the whole ledger knows.
        verdict = Verdict.REFUTED if shown else Verdict.PROVED
        return replace(own, verdict=verdict, entries=tuple(one.index for one in shown))
    return own


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
