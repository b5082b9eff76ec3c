"""Records: the folded state of each subject, small enough to load for one decision.

A record is a cache of what the entries say; it is rebuilt from them at any time and never signed. Each
has a key ``<kind>:<id>``. ``dump_record`` and ``load_record`` are exact inverses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Final, Literal

from pydantic import PlainSerializer, TypeAdapter

from domain.acts import OBSERVATIONS, Act, StoredAct
from domain.batch import Batch
from domain.car import Car
from domain.case import Case
from domain.derive import after, derive
from domain.firm import Enterprise, Suspension
from domain.policy import PolicyParams
from domain.postings import ACCOUNTS, CarAccount
from domain.values import value


@value(frozen=True, slots=True)
class Application:
    """An application for total quota, first or additional.

    Attributes:
        index: the entry by which it was received.
        units: applied for.
        complete: by both firms; an incomplete one is recorded and does not count.
        kind: the first total, or more for an active pair.
        eligible: for more: whether use was above the threshold when it was received.
        status: PENDING until it is granted, rejected or withdrawn.
        ended: the entry that did so.
        granted: the units that were granted.
    """

    index: int
    units: int
    complete: bool
    kind: Literal["TOTAL", "TOP_UP"] = "TOTAL"
    eligible: bool = True
    status: Literal["PENDING", "GRANTED", "REJECTED", "WITHDRAWN"] = "PENDING"
    ended: int | None = None
    granted: int = 0


@value(frozen=True, slots=True)
class Pair:
    """``pair:<id>``: an exporter and its upstream; ``balances`` holds every account and the memo UNB.

    ``letters`` are the entries of its complete commitment letters, ``moves`` those that granted or took back
    units or closed the pair.
    """

    letters: tuple[int, ...] = ()
    moves: tuple[int, ...] = ()
    applications: Mapping[str, Application] = field(default_factory=dict)
    balances: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys((*ACCOUNTS, "UNB"), 0))
    status: Literal["NEW", "ACTIVE", "CLOSED"] = "NEW"

    @property
    def issued(self) -> int:
        """G: the units granted so far, less those taken back."""
        return -self.balances["ISS"]


@dataclass(frozen=True)
class Vehicle:
    """``vin:<VIN>``: what the entries say about a car, in recorded order; all else follows from it."""

    acts: tuple[StoredAct, ...] = ()

    @cached_property
    def car(self) -> Car:
        """Where the car's lines and registrations stand."""
        return derive(self.acts)

    @property
    def lines(self) -> Mapping[str, CarAccount]:
        """The account of each line that holds a unit for the car."""
        return self.car.lines

    def with_act(self, act: Act) -> "Vehicle":
        """Return the car after one more act."""
        vehicle = Vehicle((*self.acts, act))
        vehicle.__dict__["car"] = after(self.car, act)  # what deriving all of it again would give
        return vehicle

    def without(self, index: int) -> "Vehicle":
        """Return the car as though the entry ``index`` had said nothing of it."""
        return Vehicle(tuple(act for act in self.acts if act.index != index))

    def stands_on(self, index: int) -> int | None:
        """Return the newest entry that acted on the car after ``index`` did; observations do not count."""
        acts = [act for act in self.acts if not isinstance(act, OBSERVATIONS)]
        places = [place for place, act in enumerate(acts) if act.index == index]
        return acts[-1].index if places and places[-1] + 1 < len(acts) else None


@value(frozen=True, slots=True)
class Submission:
    """``submission:<id>``: the id is used up by the entry ``index``, for this car."""

    vin: str
    index: int


@value(frozen=True, slots=True)
class Target:
    """``entry:<index>``: an entry that may be corrected; read from the ledger, never kept as a record.

    ``leaf_hash`` is lower-case hex, ``statement`` the text that was signed.
    """

    leaf_hash: str
    statement: str


@value(frozen=True, slots=True)
class Corrected:
    """``corrected:<index>``: that entry was taken back by the correction at ``by``."""

    by: int


@value(frozen=True, slots=True)
class Nothing:
    """Under any key: the record is gone, as though nothing had ever been said of it."""


def _params_json(params: PolicyParams) -> dict[str, Any]:
    # The shared day type serialises twice in a nested model and would warn about its own result.
    return params.model_dump(mode="json", by_alias=True, warnings=False)


@value(frozen=True, slots=True)
class PolicyVersion:
    """A published version and the first day on which it is in force."""

    effective_from: date
    params: Annotated[PolicyParams, PlainSerializer(_params_json)]


@value(frozen=True, slots=True)
class Policies:
    """``policy:versions``: version n stands at place n − 1."""

    versions: tuple[PolicyVersion, ...] = ()


@value(frozen=True, slots=True)
class Calendar:
    """``calendar:<year>``: the table in force, of the latest revision."""

    revision: int
    rest_days: tuple[date, ...]
    workdays: tuple[date, ...]


@value(frozen=True, slots=True)
class Evidence:
    """``evidence:<kind>:<value>``: for which car a certificate, scan or invoice was used first, where."""

    vin: str
    index: int


@value(frozen=True, slots=True)
class City:
    """``city:``: registrations that named no line at all, and the units issued to all pairs."""

    unb: int = 0
    issued: int = 0


Record = (
    Enterprise
    | Pair
    | Batch
    | Vehicle
    | Policies
    | Calendar
    | Suspension
    | Case
    | Submission
    | Evidence
    | City
    | Target
    | Corrected
    | Nothing
)

_KINDS: Final[Mapping[str, type[Record]]] = {
    "enterprise": Enterprise,
    "pair": Pair,
    "batch": Batch,
    "vin": Vehicle,
    "policy": Policies,
    "calendar": Calendar,
    "suspension": Suspension,
    "case": Case,
    "submission": Submission,
    "evidence": Evidence,
    "city": City,
    "entry": Target,
    "corrected": Corrected,
}
_ADAPTERS: Final[Mapping[type[Record], TypeAdapter[Record]]] = {
    kind: TypeAdapter(kind) for kind in _KINDS.values()
}
_NOTHING: Final = "null"


def dump_record(record: Record) -> str:
    """Return the record as one line of JSON."""
    if isinstance(record, Nothing):
        return _NOTHING
    return _ADAPTERS[type(record)].dump_json(record).decode()


def load_record(key: str, text: str) -> Record:
    """Return the record that ``dump_record`` wrote; the kind in ``key`` names its type.

    Raises:
        ValueError: the text is not a record of that kind.
        KeyError: there is no such kind.
    """
    adapter = _ADAPTERS[_KINDS[key.partition(":")[0]]]
    return Nothing() if text == _NOTHING else adapter.validate_json(text)
