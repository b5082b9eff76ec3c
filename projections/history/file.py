"""The file of a subject: the entries that were read for it."""

from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from domain.records import Record, Target
from ledger.records import ENTRY
from projections.history.told import Told


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
        heads_at: the entry of the last HeadsCommitted known at the moment; None before the first.
        ends: of each of ``chains`` number and leaf hash (hex) of its last entry below ``heads_at``, None
            where it has none there.
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
    ends: Mapping[str, tuple[int, str] | None]
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
