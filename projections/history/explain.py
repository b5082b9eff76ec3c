"""Which entries make up a balance or a flag, and the rule that each applied."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.bodies import TopUpApplicationReceived, TransferProofAccepted
from domain.errors import FLAGS
from domain.fold import fold
from domain.identifiers import PairId
from domain.postings import Posting
from domain.records import Evidence, Record, load_record
from domain.rules.transfer import timing
from domain.state import State
from ledger.canonical import Malformed
from ledger.store import Reader
from projections.history.chains import NoHistory, read_surroundings
from projections.history.counted import moved_before
from projections.history.file import SubjectFile
from projections.history.gathering import ChainBroken, read_entry
from projections.history.grounds import Grounds as Findings
from projections.history.moments import Moment, replay_at
from projections.history.order import advance
from projections.history.targets import Targets
from projections.history.told import Told, told
from projections.replay import ReplayTooLong, size_on


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


def explain_city(
    reader: Reader, account: str, moment: int | date | None = None, most: int | None = None
) -> list[Moved]:
    """Return every posting on an account of any pair or of none, as :func:`explain_balance` does of one.

    Raises:
        ChainBroken: an entry cannot be read.
        ReplayTooLong: more than ``most`` entries.
    """
    size = reader.head().size
    if isinstance(moment, int):
        size = min(size, moment + 1)
    elif moment is not None:
        size = size_on(reader, moment, size)
    if most is not None and size > most:
        raise ReplayTooLong(f"more than {most} entries would have to be replayed")
    state = State(Targets(reader))
    found: list[Moved] = []
    balance = 0
    try:
        for one in map(told, reader.entries(0, size)):
            if one.statement is None:
                continue
            outcome = fold(state, one.statement, one.index, one.recorded_at)
            state.apply(outcome.changes)
            for posting in outcome.postings:
                units = posting.units * ((posting.target == account) - (posting.source == account))
                if units:
                    balance += units
                    found.append(Moved(one, posting, units, balance))
    except Malformed as error:
        raise ChainBroken(f"an entry cannot be read: {error}; `quota-ledger verify` says more") from None
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
        return Grounds(one, tuple(moved_before(reader, one, most=most)))
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
    found = _grounds(before, one, code, read)
    if not found:  # raised by what is missing as well: then the checker knows what the entry differs from
        shown = Findings(reader, index + 1).of(FLAGS[code].control, one)
        found = [each for each in shown.grounds if each.index != index]
    return Grounds(one, tuple(found))


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
