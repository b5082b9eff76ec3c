"""Records: the folded state of each subject, small enough to load for one decision.

A record is a cache of what the entries say; it is rebuilt from them at any time and never signed. Each
has a key ``<kind>:<id>``. ``dump_record`` and ``load_record`` are exact inverses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
class Filing:
    """A period of export qualification (备案), first and last day included, from the entry ``index``."""

    index: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends qualification from a day on: its withdrawal, or the scope of a renunciation."""

    index: int
    on: date
    scope: Literal["WITHDRAWN", "QUALIFICATION", "QUOTA", "BOTH"]


@dataclass(frozen=True, slots=True)
class Change:
    """A new value of one member of an enterprise's file, from a day on."""

    index: int
    on: date
    field: str
    value: str


Standing = Literal["VALID", "LAPSED", "WITHDRAWN", "RENOUNCED"]


@dataclass(frozen=True, slots=True)
class Enterprise:
    """``enterprise:<USCC>``: an exporter or upstream; ``registered`` is False while only facts name it.

    Attributes:
        registered: whether its file was opened.
        name: as in its file when it was opened; so are the four that follow.
        roles: EXPORTER, UPSTREAM.
        org_code: 组织机构代码.
        in_city: whether its licence address is in the city.
        changes: of the file, in recorded order; each counts from its own day on.
        filings: of its export qualification, in recorded order.
        endings: withdrawals and renunciations, in recorded order.
        halts: every suspension, ended ones too: facts are judged at their own date.
        active_pairs: the active pairs in which it is the exporter.
        upstream_of: the active pairs in which it is the upstream.
    """

    registered: bool = False
    name: str = ""
    roles: tuple[str, ...] = ()
    org_code: str = ""
    in_city: bool = False
    changes: tuple[Change, ...] = ()
    filings: tuple[Filing, ...] = ()
    endings: tuple[Ending, ...] = ()
    halts: tuple[Halt, ...] = ()
    active_pairs: tuple[str, ...] = ()
    upstream_of: tuple[str, ...] = ()

    def value_on(self, field: str, day: date) -> str | None:
        """Return what the last change of a member by then says; None where the opened file stands."""
        changed = [one for one in self.changes if one.field == field and one.on <= day]
        return max(changed, key=lambda one: (one.on, one.index)).value if changed else None

    def roles_on(self, day: date) -> tuple[str, ...]:
        """Return the roles on a day."""
        value = self.value_on("roles", day)
        return self.roles if value is None else tuple(value.split(","))

    def in_city_on(self, day: date) -> bool:
        """Say whether the licence address is in the city on a day."""
        value = self.value_on("in_city", day)
        return self.in_city if value is None else value == "true"

    def standing_on(self, day: date) -> Standing:
        """Return the state of the qualification on a day, as filings and endings stand by their dates.

        An ending holds until a filing whose period begins later, or on that day by a later entry. So
        who gave up its qualification comes back by a fresh filing; the right to apply for quota given
        up alone (QUOTA) does not come back by the renewal of a qualification that was kept.
        """
        ended = [one for one in self.endings if one.on <= day]
        begun = max(((one.first, one.index) for one in self.filings if one.first <= day), default=None)
        scopes = {
            one.scope for one in ended if one.scope == "QUOTA" or begun is None or begun < (one.on, one.index)
        }
        if scopes - {"WITHDRAWN"}:
            return "RENOUNCED"
        ends = [(one.on, one.index) for one in ended if one.scope != "QUOTA"]
        last = max(ends, default=None)
        if any(
            one.first <= day <= one.last and (last is None or (one.first, one.index) > last)
            for one in self.filings
        ):
            return "VALID"
        return "WITHDRAWN" if scopes else "LAPSED"

    def renounced_on(self, day: date) -> bool:
        """Say whether it has given up qualification or quota (annex 1); this binds an upstream too."""
        return self.standing_on(day) == "RENOUNCED"


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Line:
    """A line of annex 2: its car."""

    vin: str
    brand_model: str


BatchStatus = Literal["RECEIVED", "APPROVED", "SENT", "CLASSIFIED", "REJECTED", "WITHDRAWN", "ENDED"]


@dataclass(frozen=True, slots=True)
class BatchStep:
    """The state of a batch after an entry that acted on it."""

    index: int
    status: BatchStatus


@dataclass(frozen=True, slots=True)
class Sent:
    """提交使用数量: a number of cars, bound to their list of VINs."""

    index: int
    revision: int
    units: int
    vin_list_sha256: str


@dataclass(frozen=True, slots=True)
class Unattributed:
    """Cars whose quota attribute transport withdrew."""

    index: int
    vins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """``batch:<id>``: a use application.

    Attributes:
        org_code: as stated in the application.
        lines: those applied for, by id.
        steps: its states in recorded order, the first by its application; ENDED when it was withdrawn
            after approval, so that its registered lines stay.
        approved: the lines approved and since neither cancelled nor withdrawn.
        sent: the numbers sent, in recorded order.
        unattributed: the withdrawals of quota attributes.
    """

    org_code: str
    lines: Mapping[str, Line]
    steps: tuple[BatchStep, ...]
    approved: tuple[str, ...] = ()
    sent: tuple[Sent, ...] = ()
    unattributed: tuple[Unattributed, ...] = ()

    @property
    def status(self) -> BatchStatus:
        """Where the batch stands."""
        return self.steps[-1].status

    @property
    def revision(self) -> int:
        """The revision of the last number sent, 0 before the first."""
        return self.sent[-1].revision if self.sent else 0

    def stepped(self, index: int, status: BatchStatus) -> "Batch":
        """Return the batch after an entry."""
        return replace(self, steps=(*self.steps, BatchStep(index, status)))

    def open_items(self) -> tuple[str, ...]:
        """Return the cars without their quota attribute whose line is not cancelled yet."""
        live = {self.lines[line_id].vin for line_id in self.approved}
        named = (vin for one in self.unattributed for vin in one.vins)
        return tuple(vin for vin in dict.fromkeys(named) if vin in live)


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
class Notice:
    """送达: one notice of a suspension or of its end."""

    index: int
    kind: Literal["SUSPEND", "REINSTATE"]
    to: str
    served_at: datetime


@dataclass(frozen=True, slots=True)
class Suspension:
    """``suspension:<id>``: its id is used up by the entry ``index``; the entry that ended it, and the notices of both."""

    index: int
    uscc: str
    basis: str
    case_id: str | None
    ended: int | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def is_open(self) -> bool:
        """Say whether nothing ended it yet; its end may still lie ahead."""
        return self.ended is None

    @property
    def noticed_at(self) -> datetime | None:
        """When the suspension itself was first made known, by the earliest notice served."""
        return min((one.served_at for one in self.notices if one.kind == "SUSPEND"), default=None)


@dataclass(frozen=True, slots=True)
class Remedy:
    """Cars of a decided case that were put right."""

    index: int
    vins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """``case:<id>``: a violation case.

    Attributes:
        index: the entry by which it was opened.
        ground: FORGERY, NOT_EXPORTED, ROAD_USE, LATE_PROOF or OTHER.
        usccs: the enterprises that it was opened against.
        vins: the cars that it is about.
        opened_on: the Shanghai date of its opening.
        hearings: the entries of hearings held or waived.
        evidence: the entries of evidence added.
        escalated: the entries by which it went to the coordination of measure 13.
        decision: None while it is open.
        decided: the enterprises that the decision names.
        decided_by: the entry of the decision; ``overturned_by`` that of its fall.
        remedies: the cars that were put right.
        relied_on: the entries that rest on the case: suspensions, determinations, revocations.
    """

    index: int
    ground: str
    usccs: tuple[str, ...]
    vins: tuple[str, ...]
    opened_on: date
    hearings: tuple[int, ...] = ()
    evidence: tuple[int, ...] = ()
    escalated: tuple[int, ...] = ()
    decision: str | None = None
    decided: tuple[str, ...] = ()
    decided_by: int | None = None
    overturned_by: int | None = None
    remedies: tuple[Remedy, ...] = ()
    relied_on: tuple[int, ...] = ()

    @property
    def status(self) -> Literal["OPEN", "DECIDED", "OVERTURNED"]:
        """Where the case stands."""
        if self.overturned_by is not None:
            return "OVERTURNED"
        return "OPEN" if self.decided_by is None else "DECIDED"


@dataclass(frozen=True, slots=True)
class Evidence:
    """``evidence:<kind>:<value>``: for which car a certificate, scan or invoice was used first, where."""

    vin: str
    index: int


@dataclass(frozen=True, slots=True)
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
