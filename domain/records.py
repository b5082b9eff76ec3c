"""Records: the folded state of each subject, small enough to load for one decision.

A record is a cache of what the entries say; it is rebuilt from them at any time and never signed. Each
has a key ``<kind>:<id>``. ``dump_record`` and ``load_record`` are exact inverses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import PlainSerializer, TypeAdapter

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


@dataclass(frozen=True, slots=True)
class Registration:
    """One registration episode of a car; ``backed`` when it consumed a unit of its line."""

    line_id: str | None
    cert_no: str
    registered_on: date
    backed: bool
    proved: bool = False
    copied_on: date | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """转让待出口 of the registration ``cert_no``."""

    cert_no: str
    line_id: str | None
    from_uscc: str
    to_uscc: str
    transferred_on: date
    temp_plate_to: date | None


@dataclass(frozen=True, slots=True)
class Declaration:
    """A customs declaration on the car, as last confirmed; ``cert_no`` is the registration it concerns."""

    declaration_no: str
    cert_no: str | None
    released_on: date
    status: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Deregistration:
    """注销登记 of the registration ``cert_no``."""

    cert_no: str
    deregistered_on: date
    reason: str


def _latest(registrations: tuple[Registration, ...]) -> Registration | None:
    backed = tuple(one for one in registrations if one.backed) or registrations
    return backed[-1] if backed else None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """``vin:<VIN>``: where each of the car's lines stands, and the facts about the car in recorded order."""

    lines: Mapping[str, CarAccount] = field(default_factory=dict)
    registrations: tuple[Registration, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    proofs: tuple[str, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    deregistered: tuple[Deregistration, ...] = ()

    def current(self) -> Registration | None:
        """Return the latest backed registration, else the latest unbacked one."""
        return _latest(self.registrations)

    def registration(self, cert_no: str) -> Registration | None:
        """Return the latest backed registration under a certificate number, else the latest unbacked one."""
        return _latest(tuple(one for one in self.registrations if one.cert_no == cert_no))

    def transfer(self, cert_no: str) -> Transfer | None:
        """Return the latest transfer of the registration under a certificate number."""
        return next((one for one in reversed(self.transfers) if one.cert_no == cert_no), None)


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
class Submission:
    """``submission:<id>``: a transfer proof as submitted."""

    vin: str
    line_id: str | None
    cert_no: str
    submitted_at: datetime
    invoice_on: date | None
    status: Literal["PENDING", "ACCEPTED"] = "PENDING"


@dataclass(frozen=True, slots=True)
class Evidence:
    """``evidence:<kind>:<value>``: the car for which a certificate, scan or invoice was used first."""

    vin: str


@dataclass(frozen=True, slots=True)
class City:
    """``city:``: registrations that named no line at all."""

    unb: int = 0


Record = Enterprise | Pair | Batch | Vehicle | Policies | Calendar | Suspension | Submission | Evidence | City

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
}
_ADAPTERS: Final[Mapping[type[Record], TypeAdapter[Record]]] = {
    kind: TypeAdapter(kind) for kind in _KINDS.values()
}


def dump_record(record: Record) -> str:
    """Return the record as one line of JSON."""
    return _ADAPTERS[type(record)].dump_json(record).decode()


def load_record(key: str, text: str) -> Record:
    """Return the record that ``dump_record`` wrote; the kind in ``key`` names its type.

    Raises:
        ValueError: the text is not a record of that kind.
        KeyError: there is no such kind.
    """
    return _ADAPTERS[_KINDS[key.partition(":")[0]]].validate_json(text)
