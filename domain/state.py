"""State: the records that a decision sees, and the changes of those before it in the same batch."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final, Protocol, TypeVar

from domain.batch import Batch
from domain.calendar import YearTable
from domain.case import Case
from domain.firm import Enterprise, Suspension
from domain.policy import PolicyParams, policy_in_force
from domain.records import (
    Calendar,
    City,
    Corrected,
    Evidence,
    Nothing,
    Pair,
    Policies,
    Record,
    Submission,
    Target,
    Vehicle,
)

_R = TypeVar("_R", bound=Record)

POLICIES_KEY: Final = "policy:versions"
CITY_KEY: Final = "city:"


class Records(Protocol):
    """Where records come from: a store, or a mapping in tests."""

    def fetch(self, keys: Collection[str]) -> Mapping[str, Record]:
        """Return the records that exist among ``keys``."""


class State:
    """Records read once, and changes laid over them. A fork sees both and changes neither."""

    def __init__(self, records: Records, below: "State | None" = None) -> None:
        """Start from ``records``, or from ``below``, whose reads are shared and whose changes are seen."""
        self._records = records
        self._cache: dict[str, Record | None] = {} if below is None else below._cache
        self._changes: dict[str, Record] = {}
        self._below: Mapping[str, Record] = {}
        if below is not None:
            self._below = {**below._below, **below._changes} if below._below else below._changes

    @property
    def records(self) -> Records:
        """Where this state reads from."""
        return self._records

    @property
    def changes(self) -> Mapping[str, Record]:
        """Every record changed since this state was made, by key."""
        return self._changes

    def get(self, key: str) -> Record | None:
        """Return the record under ``key`` as of the last change, None where there is none."""
        record = self._changes.get(key) or self._below.get(key)
        if record is None:
            if key not in self._cache:
                self.prefetch((key,))
            record = self._cache[key]
        return None if isinstance(record, Nothing) else record

    def prefetch(self, keys: Collection[str]) -> None:
        """Read those of ``keys`` not yet read, in one request."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self._cache]
        if wanted:
            found = self._records.fetch(wanted)
            self._cache.update((key, found.get(key)) for key in wanted)

    def apply(self, changes: Mapping[str, Record]) -> None:
        """Lay the changes of an outcome over what is there."""
        self._changes.update(changes)

    def fork(self) -> "State":
        """Return a state that starts from this one; what is applied to it does not come back."""
        other = State(self._records)
        other._cache = self._cache  # what was read is the same for both
        other._changes = {**self._below, **self._changes}
        return other

    def _typed(self, key: str, kind: type[_R]) -> _R | None:
        record = self.get(key)
        if record is not None and not isinstance(record, kind):
            raise TypeError(f"{key} holds a {type(record).__name__}, not a {kind.__name__}")
        return record

    def enterprise(self, uscc: str) -> Enterprise:
        """Return an enterprise; one that nothing named yet is empty."""
        return self._typed(f"enterprise:{uscc}", Enterprise) or Enterprise()

    def pair(self, pair_id: str) -> Pair:
        """Return a pair; one that nothing named yet is empty."""
        return self._typed(f"pair:{pair_id}", Pair) or Pair()

    def batch(self, batch_id: str) -> Batch | None:
        """Return a use application."""
        return self._typed(f"batch:{batch_id}", Batch)

    def vehicle(self, vin: str) -> Vehicle:
        """Return a car; one that nothing named yet is empty."""
        return self._typed(f"vin:{vin}", Vehicle) or Vehicle()

    def policies(self) -> Policies:
        """Return the published policy versions."""
        return self._typed(POLICIES_KEY, Policies) or Policies()

    def calendar(self, year: int) -> Calendar | None:
        """Return the holiday table of a year as recorded."""
        return self._typed(f"calendar:{year}", Calendar)

    def suspension(self, suspension_id: str) -> Suspension | None:
        """Return a suspension."""
        return self._typed(f"suspension:{suspension_id}", Suspension)

    def case(self, case_id: str) -> Case | None:
        """Return a violation case."""
        return self._typed(f"case:{case_id}", Case)

    def submission(self, submission_id: str) -> Submission | None:
        """Return which car a submission id was used for."""
        return self._typed(f"submission:{submission_id}", Submission)

    def evidence(self, kind: str, value: str) -> Evidence | None:
        """Return for which car a document was used first."""
        return self._typed(f"evidence:{kind}:{value}", Evidence)

    def target(self, index: int) -> Target | None:
        """Return the entry at an index as a correction sees it."""
        return self._typed(f"entry:{index}", Target)

    def corrected(self, index: int) -> Corrected | None:
        """Return by what an entry was corrected."""
        return self._typed(f"corrected:{index}", Corrected)

    def city(self) -> City:
        """Return the city's own memo."""
        return self._typed(CITY_KEY, City) or City()

    def year_table(self, year: int) -> YearTable | None:
        """Return the holiday table of a year as the calendar arithmetic wants it."""
        found = self.calendar(year)
        return YearTable(frozenset(found.rest_days), frozenset(found.workdays)) if found else None

    def policy_on(self, day: date) -> PolicyParams | None:
        """Return the policy parameters in force on a day (Shanghai)."""
        return policy_in_force(self.policies().versions, day)
