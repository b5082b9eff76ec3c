"""Records: the folded state of each subject, small enough to load for one decision.

A record is a cache of what the entries say; it is rebuilt from them at any time and never signed. Each
has a key ``<kind>:<id>``. ``dump_record`` and ``load_record`` are exact inverses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any, Final, Literal

from pydantic import PlainSerializer, TypeAdapter

from domain.acts import OBSERVATIONS, Act, StoredAct
from domain.car import Car
from domain.derive import after, derive
from domain.policy import PolicyParams
from domain.postings import ACCOUNTS, CarAccount


@dataclass(frozen=True, slots=True)
class Halt:
    """One suspension as an enterprise bears it; open while ``ended_at`` is None."""

    suspension_id: str
    scope: tuple[str, ...]
    effective_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Enterprise:
    """``enterprise:<USCC>``: an exporter or upstream; ``registered`` is False while only facts name it.

    Attributes:
        registered: whether its file was opened.
        name: as in its file.
        roles: EXPORTER, UPSTREAM.
        org_code: 组织机构代码.
        in_city: whether its licence address is in the city.
        qualified: the periods of its export qualification, first and last day included.
        halts: every suspension, ended ones too: facts are judged at their own date.
        active_pairs: the active pairs in which it is the exporter.
        upstream_of: the active pairs in which it is the upstream.
    """

    registered: bool = False
    name: str = ""
    roles: tuple[str, ...] = ()
    org_code: str = ""
    in_city: bool = False
    qualified: tuple[tuple[date, date], ...] = ()
    halts: tuple[Halt, ...] = ()
    active_pairs: tuple[str, ...] = ()
    upstream_of: tuple[str, ...] = ()

    def qualified_on(self, day: date) -> bool:
        """Say whether the export qualification holds on a day."""
        return any(first <= day <= last for first, last in self.qualified)


@dataclass(frozen=True, slots=True)
class Application:
    """A total-quota application; an incomplete one is recorded and does not count."""

    units: int
    complete: bool
    status: Literal["PENDING", "GRANTED"] = "PENDING"


@dataclass(frozen=True, slots=True)
class Pair:
    """``pair:<id>``: an exporter and its upstream; ``balances`` holds every account and the memo UNB."""

    letter_complete: bool = False
    applications: Mapping[str, Application] = field(default_factory=dict)
    balances: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys((*ACCOUNTS, "UNB"), 0))
    status: Literal["NEW", "ACTIVE"] = "NEW"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of annex 2: its car."""

    vin: str
    brand_model: str


@dataclass(frozen=True, slots=True)
class Batch:
    """``batch:<id>``: a use application. ``approved`` are its live lines, ``sent`` the last number sent."""

    status: Literal["RECEIVED", "APPROVED", "SENT", "CLASSIFIED"]
    org_code: str
    lines: Mapping[str, Line]
    approved: tuple[str, ...] = ()
    revision: int = 0
    units_sent: int = 0
    hash_sent: str = ""


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


@dataclass(frozen=True, slots=True)
class Submission:
    """``submission:<id>``: the id is used up by the entry ``index``, for this car."""

    vin: str
    index: int


@dataclass(frozen=True, slots=True)
class Target:
    """``entry:<index>``: an entry that may be corrected; read from the ledger, never kept as a record.

    ``leaf_hash`` is lower-case hex, ``statement`` the text that was signed.
    """

    leaf_hash: str
    statement: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """``corrected:<index>``: that entry was taken back by the correction at ``by``."""

    by: int


@dataclass(frozen=True, slots=True)
class Nothing:
    """Under any key: the record is gone, as though nothing had ever been said of it."""


def _params_json(params: PolicyParams) -> dict[str, Any]:
    # The shared day type serialises twice in a nested model and would warn about its own result.
    return params.model_dump(mode="json", by_alias=True, warnings=False)


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A published version and the first day on which it is in force."""

    effective_from: date
    params: Annotated[PolicyParams, PlainSerializer(_params_json)]


@dataclass(frozen=True, slots=True)
class Policies:
    """``policy:versions``: version n stands at place n − 1."""

    versions: tuple[PolicyVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """``calendar:<year>``: the table in force, of the latest revision."""

    revision: int
    rest_days: tuple[date, ...]
    workdays: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Suspension:
    """``suspension:<id>``: its id is used up; whether it was ended."""

    uscc: str
    basis: str
    case_id: str | None
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """``evidence:<kind>:<value>``: the car for which a certificate, scan or invoice was used first, and where."""

    vin: str
    index: int


@dataclass(frozen=True, slots=True)
class City:
    """``city:``: registrations that named no line at all."""

    unb: int = 0


Record = (
    Enterprise
    | Pair
    | Batch
    | Vehicle
    | Policies
    | Calendar
    | Suspension
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
