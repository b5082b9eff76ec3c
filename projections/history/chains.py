"""What is read of a ledger for one enterprise or car, and whether it hangs together.

A subject's file is its own chain, for an enterprise also the chains of the cars named there, and
``ledger:policy``. Three kinds of entries that its cars hang on stand in none of these and are found by tag or
id: the steps of a batch that another firm or, for a car, its exporter applied for (a classification names its
batch alone), the acts in a violation case, and the submission that used up an id before. So the balances of
an exporter's own pairs, and the account of each car, are those of a replay of the whole ledger; the cost
follows the file alone.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from domain.bodies import EventCorrected, TransferProofSubmitted
from domain.calendar import shanghai_date
from domain.records import Record, Submission, Target, load_record
from ledger.canonical import Malformed
from ledger.entry import KEYS_SUBJECT, POLICY_SUBJECT, ZERO_HASH
from ledger.heads import HEADS_COMMITTED
from ledger.records import ENTRY, read_target
from ledger.store import Reader
from ledger.subject_bundle import SUBJECT, required_chains
from projections.history.told import Told, told
from projections.proof.follower import known_at


class ChainBroken(Exception):
    """A chain does not hang together: what it says proves nothing. ``quota-ledger verify`` says more."""


class NoHistory(Exception):
    """The ledger has no entry about the subject, or none yet at the moment asked for."""


@dataclass(frozen=True, slots=True)
class SubjectFile:
    """The entries of one subject, as known at a moment.

    Attributes:
        subject: ``enterprise:<USCC>`` or ``vin:<VIN>``.
        entries: every entry that is folded, by index ascending.
        shown: the indexes of those that belong to the story; the others only move what its cars stand on.
        cars: the VINs named in its chain, or the one car.
        chains: the number of entries of each chain that was read whole.
        targets: entries that corrections name, by index.
        size: of the ledger when it was read.
        heads_at: the entry of the last HeadsCommitted in it; None before the first.
        day: the Shanghai day of the moment: that on which the last entry known then was recorded.
    """

    subject: str
    entries: tuple[Told, ...]
    shown: frozenset[int]
    cars: tuple[str, ...]
    chains: Mapping[str, int]
    targets: Mapping[int, Target]
    size: int
    heads_at: int | None
    day: date

    @property
    def code(self) -> str:
        """The USCC or VIN."""
        return self.subject.partition(":")[2]

    @property
    def is_enterprise(self) -> bool:
        """Whether the subject is an enterprise."""
        return self.subject.startswith("enterprise:")

    def owns(self, pair_id: str) -> bool:
        """Say whether a pair is one of the enterprise; a car has none."""
        return self.is_enterprise and self.code in pair_id.split("-")[:2]

    def recorded_on(self, index: int) -> date:
        """Return the Shanghai day on which an entry of the file was recorded."""
        return self.entries[bisect_left(self.entries, index, key=lambda one: one.index)].recorded_on

    def fetch(self, keys: Collection[str]) -> Mapping[str, Record]:
        """Return the entries that corrections name; all other records come from the fold itself."""
        indexes = (int(key.removeprefix(ENTRY)) for key in keys if key.startswith(ENTRY))
        return {f"{ENTRY}{index}": self.targets[index] for index in indexes if index in self.targets}


def read_file(reader: Reader, subject: str, moment: int | date | None = None) -> SubjectFile:
    """Read the file of a subject.

    Args:
        reader: the store.
        subject: ``enterprise:<USCC>`` or ``vin:<VIN>``.
        moment: the last entry that is taken in, or the last day on which one was recorded; None: all.

    Raises:
        ValueError: no such subject can be.
        NoHistory: nothing is recorded of it.
        ChainBroken: an entry is missing, changed, or linked to another than the one before it.
    """
    if not SUBJECT.match(subject):
        raise ValueError(f"{subject}: neither enterprise:<USCC> nor vin:<VIN>")
    gathering = Gathering(reader, moment)
    own = gathering.chain(subject)
    if not own:
        raise NoHistory(f"{subject}: nothing is recorded of it{'' if moment is None else ' yet'}")
    keys = required_chains(subject, (one.header for one in own)).keys() - {subject, KEYS_SUBJECT}
    cars = sorted(key for key in keys | {subject} if key.startswith("vin:"))
    shown = {one.index for one in own}
    of_cars = list(own) if subject in cars else []
    for key in cars:
        of_cars += gathering.chain(key)
    shown.update(one.index for one in of_cars)
    gathering.chain(POLICY_SUBJECT)
    code = subject.partition(":")[2]
    batches = {one for entry in of_cars for one in entry.tagged("batch") if code not in one.split("-")}
    in_batches = gathering.by_tags(f"batch:{one}" for one in sorted(batches))
    cases = {one for entry in gathering.held.values() for one in entry.tagged("case")}
    shown.update(one.index for one in gathering.by_tags(f"case:{one}" for one in sorted(cases)))
    if subject in cars:
        shown.update(one.index for one in in_batches)
    shown.update(gathering.corrections(shown))
    gathering.used_ids()
    return gathering.file(subject, shown, [key.partition(":")[2] for key in cars])


def read_entry(reader: Reader, index: int) -> Told | None:
    """Return one entry, None where there is none.

    Raises:
        ChainBroken: it cannot be read.
    """
    data = next(reader.entries(index, index + 1), None)
    return None if data is None else _told(data, index)


def read_surroundings(reader: Reader, one: Told) -> SubjectFile:
    """Read what a statement was judged by: the chains of its cars, their batches and cases, the policy.

    Of the enterprises that it names, what is recorded of them and of no car, and of no other batch.

    Raises:
        ChainBroken: see :func:`read_file`.
    """
    gathering = Gathering(reader, one.index)
    near = [one]
    for vin in one.tagged("vin"):
        near += gathering.chain(f"vin:{vin}")
    gathering.chain(POLICY_SUBJECT)
    batches = {batch for each in near for batch in each.tagged("batch")}
    gathering.by_tags(f"batch:{batch}" for batch in sorted(batches))
    cases = {case for each in near for case in each.tagged("case")}
    gathering.by_tags(f"case:{case}" for case in sorted(cases))
    gathering.corrections(())
    gathering.used_ids()
    cars = one.tagged("vin")
    held = dict(gathering.held)
    for uscc in one.tagged("enterprise"):
        for each in gathering.chain(f"enterprise:{uscc}"):
            if not each.tagged("vin") and not each.tagged("batch"):
                held[each.index] = each
    gathering.held = held
    return gathering.file(next((s.key for s in one.header.subjects), ""), held, cars)


class Gathering:
    """Reads entries by chain and by tag, each at most once."""

    def __init__(self, reader: Reader, moment: int | date | None) -> None:
        """Read as known at a moment; None: all."""
        self._reader = reader
        self._moment = moment
        self._until = None if moment is None else known_at(moment)
        head = reader.head()
        self._size = head.size
        self._recorded_at = head.recorded_at
        self._chains: dict[str, int] = {}
        self._by_tag: dict[int, Told] = {}
        self.held: dict[int, Told] = {}

    def chain(self, key: str) -> list[Told]:
        """Read a chain up to the moment and check that every entry hangs on the one before it."""
        found: list[Told] = []
        before = ZERO_HASH
        for index in self._reader.subject_indexes(key):
            one = self._entry(index)
            if self._until is not None and not self._until(index, one.recorded_at):
                break
            link = next((link for link in one.header.subjects if link.key == key), None)
            if link is None or (link.number, link.prev) != (len(found) + 1, before):
                raise ChainBroken(
                    f"{key}: entry {index} does not hang on the one before; `quota-ledger verify` says more"
                )
            before = one.leaf
            found.append(one)
        self._chains[key] = len(found)
        self.held.update((one.index, one) for one in found)
        return found

    def by_tags(self, tags: Iterable[str]) -> list[Told]:
        """Read the entries under each tag, as far as no chain has brought them."""
        return [one for tag in tags for one in self._tagged(tag)]

    def _tagged(self, tag: str) -> Iterator[Told]:
        for index, data in self._reader.matching((), (tag,), 0, self._size):
            one = self.held.get(index) or _told(data, index)
            if self._until is not None and not self._until(index, one.recorded_at):
                return
            if index not in self.held:
                self.held[index] = self._by_tag[index] = one
            yield one

    def corrections(self, shown: Collection[int]) -> set[int]:
        """Read the corrections of entries that were found by tag, and return those of entries ``shown``.

        They need not carry the tag, but concern whom the entry concerns.
        """
        found = set()
        first = {
            one.header.subjects[0].key: one.index
            for one in reversed(list(self._by_tag.values()))
            if one.header.subjects
        }
        for key, index in first.items():
            for at, data in self._reader.matching(("EventCorrected",), (key,), index + 1, self._size):
                one = self.held.get(at) or _told(data, at)
                if self._until is not None and not self._until(at, one.recorded_at):
                    break
                if isinstance(body := _body(one), EventCorrected) and body.target_index in self._by_tag:
                    self.held[at] = one
                    found |= {at} if body.target_index in shown else set()
        return found

    def used_ids(self) -> None:
        """Read the submissions of other cars that used up an id first: the same id again counts for nothing.

        The decision records say where; what stands there is read from the entry itself.
        """
        ids = {
            body.submission_id: one.index
            for one in reversed(self.held.values())
            if isinstance(body := _body(one), TransferProofSubmitted)
        }
        texts = self._reader.records([f"submission:{one}" for one in ids])
        for key, text in texts.items():
            record = load_record(key, text)
            if isinstance(record, Submission) and record.index < ids[key.partition(":")[2]]:
                self.held[record.index] = self._entry(record.index)

    def file(self, subject: str, shown: Collection[int], cars: Iterable[str]) -> SubjectFile:
        """Return what was read."""
        entries = tuple(self.held[index] for index in sorted(self.held))
        wanted = {body.target_index for one in entries if isinstance(body := _body(one), EventCorrected)}
        targets = {
            index: read_target(data) for index in wanted for data in self._reader.entries(index, index + 1)
        }
        heads_at = self._reader.last_of_type(HEADS_COMMITTED, self._size)
        return SubjectFile(
            subject,
            entries,
            frozenset(shown),
            tuple(cars),
            self._chains,
            targets,
            self._size,
            heads_at,
            self._day(),
        )

    def _day(self) -> date:
        last = shanghai_date(datetime.fromisoformat(self._recorded_at))
        if isinstance(self._moment, int) and self._moment < self._size:
            return self._entry(self._moment).recorded_on
        return min(self._moment, last) if isinstance(self._moment, date) else last

    def _entry(self, index: int) -> Told:
        known = self.held.get(index)
        if known is not None:
            return known
        data = next(self._reader.entries(index, index + 1), None)
        if data is None:
            raise ChainBroken(f"entry {index} is not there; `quota-ledger verify` says more")
        return _told(data, index)


def _told(data: bytes, index: int) -> Told:
    try:
        one = told(data)
    except Malformed as error:
        raise ChainBroken(f"entry {index}: {error}") from None
    if one.index != index:
        raise ChainBroken(f"entry {index} says that it is entry {one.index}")
    return one


def _body(one: Told) -> object:
    return None if one.statement is None else one.statement.body
