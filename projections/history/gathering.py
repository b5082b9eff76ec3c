"""Reads entries by chain, by tag and by id, each at most once, and checks that every chain hangs together."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from domain.bodies import EventCorrected, TransferProofSubmitted
from domain.calendar import shanghai_date
from domain.records import Submission, load_record
from ledger.canonical import Malformed
from ledger.entry import ZERO_HASH
from ledger.heads import HEADS_COMMITTED
from ledger.records import read_target
from ledger.store import Reader
from projections.history.file import SubjectFile
from projections.history.told import Told, told
from projections.proof.follower import known_at
from projections.replay import ReplayTooLong


class ChainBroken(Exception):
    """A chain does not hang together: what it says proves nothing. ``quota-ledger verify`` says more."""


class Gathering:
    """Reads entries by chain and by tag, each at most once."""

    def __init__(self, reader: Reader, moment: int | date | None, most: int | None = None) -> None:
        """Read as known at a moment (None: all), ``most`` entries at most."""
        self._reader = reader
        self._moment = moment
        self._most = most
        self._until = None if moment is None else known_at(moment)
        head = reader.head()
        self._size = head.size
        self._recorded_at = head.recorded_at
        self._chains: dict[str, int] = {}
        self.held: dict[int, Told] = {}
        self._heads_at = self._last_heads()
        self._ends: dict[str, tuple[int, str] | None] = {}
        self._by_tag: dict[int, Told] = {}

    def chain(self, key: str) -> list[Told]:
        """Read a chain up to the moment and check that every entry hangs on the one before it.

        Raises:
            ChainBroken: one does not.
            ReplayTooLong: more than ``most`` entries.
        """
        found: list[Told] = []
        before = ZERO_HASH
        self._ends[key] = None
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
            self._bound(len(found))
            if self._heads_at is not None and index < self._heads_at:
                self._ends[key] = len(found), one.leaf
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
                self._bound()
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
        return SubjectFile(
            subject,
            entries,
            frozenset(shown),
            tuple(cars),
            self._chains,
            targets,
            self._size,
            self._heads_at,
            self._ends,
            self._day(),
        )

    def _bound(self, more: int = 0) -> None:
        if self._most is not None and len(self.held) + more > self._most:
            raise ReplayTooLong(f"more than {self._most} entries would have to be replayed")

    def _last_heads(self) -> int | None:
        """Return the index of the last HeadsCommitted that is known at the moment."""
        stop = self._size if not isinstance(self._moment, int) else min(self._size, self._moment + 1)
        while (index := self._reader.last_of_type(HEADS_COMMITTED, stop)) is not None:
            if self._until is None or self._until(index, self._entry(index).recorded_at):
                return index
            stop = index
        return None

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


def read_entry(reader: Reader, index: int) -> Told | None:
    """Return one entry, None where there is none.

    Raises:
        ChainBroken: it cannot be read.
    """
    data = next(reader.entries(index, index + 1), None)
    return None if data is None else _told(data, index)


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
