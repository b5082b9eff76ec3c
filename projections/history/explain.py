"""Which entries make up a balance or a flag, and the rule that each applied."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.bodies import TopUpApplicationReceived, TransferProofAccepted
from domain.fold import fold
from domain.identifiers import PairId, pair_of
from domain.postings import USED, Posting
from domain.records import Evidence, Record, load_record
from domain.rules.transfer import timing
from domain.state import State
from ledger.store import Reader
from projections.history.chains import NoHistory, read_surroundings
from projections.history.file import SubjectFile
from projections.history.gathering import read_entry
from projections.history.moments import Moment, replay_at
from projections.history.order import advance
from projections.history.told import Told
from projections.replay import ReplayTooLong


@dataclass(frozen=True, slots=True)
class Moved:
    """One posting on the account: the entry, the change in units, and the balance after it."""

    told: Told
    posting: Posting
    units: int
    balance: int


def explain_balance(
    reader: Reader,
    pair_id: str,
    account: str,
    moment: int | date | None = None,
    most: int | None = None,
) -> list[Moved]:
    """Return every posting on an account of a pair, in the order of the ledger; their sum is the balance.

    Args:
        reader: the store.
        pair_id: of a well-formed shape.
        account: one of ``domain.postings.ACCOUNTS``, or UNB.
        moment: the last entry taken in, or the last day; None: all.
        most: how many entries the exporter's file may have.

    Raises:
        NoHistory: the ledger has no such pair.
        ChainBroken, ReplayTooLong: see :func:`projections.history.chains.read_file`.
    """
    subject = f"enterprise:{PairId.parse(pair_id).exporter}"
    replay = replay_at(reader, subject, Moment(moment), most)
    if not any(pair_id in one.tagged("pair") for one in replay.entries):
        raise NoHistory(f"pair {pair_id}: nothing is recorded of it")
    found: list[Moved] = []
    balance = 0
    for step in replay.steps():
        for posting in step.postings:
            units = posting.units * ((posting.target == account) - (posting.source == account))
            if posting.pair_id == pair_id and units:
                balance += units
                found.append(Moved(step.told, posting, units, balance))
    return found


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a flag rests on.

    Attributes:
        told: the flagged entry.
        entries: the earlier entries without which it would not be flagged so, by index.
    """

    told: Told
    entries: tuple[Told, ...]


class NoFlag(Exception):
    """The entry does not carry the flag; the message says which it carries."""


def explain_flag(
    reader: Reader, index: int, code: str, most: int | None = None, tried: int | None = None
) -> Grounds:
    """Return the earlier entries on which a flag rests: without one of them it would not have been raised.

    The entry is folded again after what is recorded of its cars, firms and batches before it; then once more
    without each of these entries. A top-up application is judged by the use of its pair: there the entries
    that moved units into use or changed the total are its grounds.

    Raises:
        NoHistory: there is no such entry.
        NoFlag: it does not carry this flag.
        ReplayTooLong: more entries than ``most`` or ``tried``.
        ChainBroken: see :func:`projections.history.chains.read_file`.
    """
    one = read_entry(reader, index)
    if one is None:
        raise NoHistory(f"entry {index}: not in the ledger, its size is {reader.head().size}")
    flags: list[str] = json.loads(reader.flags(index))
    if code not in flags:
        raise NoFlag(f"entry {index} carries {', '.join(flags) or 'no flag'}, not {code}")
    body = None if one.statement is None else one.statement.body
    if isinstance(body, TopUpApplicationReceived) and code in {"below-threshold", "use-misstated"}:
        return Grounds(one, tuple(_of_use(reader, pair_of(body.app_id), index, most)))
    around = read_surroundings(reader, one, most)
    before = [each for each in around.entries if each.index < index]
    if tried is not None and len(before) > tried:
        raise ReplayTooLong(f"{len(before)} entries would have to be left out in turn, {tried} at most are")
    read = _Read(around, reader, index)
    if not _is_raised(before, one, code, read):
        # Raised by a document of a car that this entry does not name.
        known = {each.index for each in before}
        before += [each for each in read.first_uses() if each.index not in known]
        before.sort(key=lambda each: each.index)
    return Grounds(one, tuple(_grounds(before, one, code, read)))


def _grounds(before: list[Told], one: Told, code: str, records: "_Read") -> list[Told]:
    """Return the entries without any one of which the flag falls.

    Where several would each do alone, none of them is such an entry: then the least that is enough, the
    earliest of several that would do.
    """

    def less(without: Told, among: list[Told]) -> list[Told]:
        return [each for each in among if each is not without]

    if not _is_raised(before, one, code, records):
        return []
    found = [each for each in before if not _is_raised(less(each, before), one, code, records)]
    if found or _is_raised([], one, code, records):
        return found
    for each in reversed(before):
        if _is_raised(less(each, before), one, code, records):
            before = less(each, before)
    return before


def _is_raised(before: Sequence[Told], one: Told, code: str, records: "_Read") -> bool:
    """Say whether an entry is flagged so after others; that a proof was late is computed, not believed."""
    state = State(records)
    for each in before:
        advance(state, each)
    assert one.statement is not None
    if isinstance(body := one.statement.body, TransferProofAccepted) and code == "late-proof":
        car = state.vehicle(body.vin).car
        submission = car.submissions.get(body.submission_id)
        if submission is None:
            return False
        registration, transfer = car.registration(submission.cert_no), car.transfer(submission.cert_no)
        if registration is None or transfer is None:
            return False
        return timing(state, registration.registered_on, transfer.transferred_on, submission).late is True
    return code in fold(state, one.statement, one.index, one.recorded_at).flags


def _of_use(reader: Reader, pair_id: str, index: int, most: int | None) -> Iterator[Told]:
    """Yield the entries before ``index`` that moved units into use, out of it, or in and out of the total."""
    counted = {*USED, "ISS"}
    subject = f"enterprise:{PairId.parse(pair_id).exporter}"
    for step in replay_at(reader, subject, Moment(index - 1), most).steps():
        moved = (each for each in step.postings if each.pair_id == pair_id)
        if any((each.source in counted) != (each.target in counted) for each in moved):
            yield step.told


class _Read:
    """The entries that corrections name; it remembers which documents were asked for."""

    def __init__(self, file: SubjectFile, reader: Reader, index: int) -> None:
        self._file = file
        self._reader = reader
        self._index = index
        self._documents: set[str] = set()

    def fetch(self, keys: Collection[str]) -> Mapping[str, Record]:
        """Return the entries that corrections name."""
        self._documents.update(key for key in keys if key.startswith("evidence:"))
        return self._file.fetch(keys)

    def first_uses(self) -> Iterator[Told]:
        """Yield the entries that used a document first, as the decision records say."""
        for key, text in self._reader.records(sorted(self._documents)).items():
            record = load_record(key, text)
            if isinstance(record, Evidence) and record.index < self._index:
                found = read_entry(self._reader, record.index)
                if found is not None:
                    yield found
