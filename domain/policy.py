"""Policy parameters: every question that the policy leaves open, with the answer in force.

The policy (沪商规〔2024〕19号) is short; what it does not say is a parameter of a published version, never a
constant in code. A version must state every key. ``PARAMETERS`` gives for each the default and its source.
Where the code understands a single reading, that is the only value accepted: a version that promised
another one would promise what nobody computes.

Keys are ASCII, as all member names of the ledger's JSON: ``in_city`` is the question 本市,
``title_document`` the question 产证.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final, Literal, Protocol

from pydantic import Field

from domain.shapes import BodyModel, Code, Day, Units

DeadlineAct = Literal["PURCHASE", "TRANSFER", "SUBMISSION"]
DeadlineUnit = Literal["CALENDAR_DAYS", "WORKING_DAYS"]
OutsideExport = Literal["NOT_TRANSFERRED", "DOMESTIC_USE", "DEREGISTERED_OTHER", "UNBACKED"]
TopUpBasis = Literal["REGISTERED", "PROVED"]
Count = Annotated[int, Field(ge=0, le=10_000)]


class PolicyParams(BodyModel):
    """The answers of one policy version; the alias of a field is its key in ``params``."""

    topup_cmp: Literal["STRICT"] = Field(alias="topup.cmp")
    topup_basis: TopUpBasis = Field(alias="topup.basis")
    topup_denominator: Literal["ISSUED"] = Field(alias="topup.denominator")
    topup_subject: Literal["PAIR"] = Field(alias="topup.subject")
    deadline_days: Annotated[int, Field(ge=1, le=366)] = Field(alias="deadline.days")
    deadline_unit: DeadlineUnit = Field(alias="deadline.unit")
    deadline_roll: bool = Field(alias="deadline.roll")
    deadline_acts: Annotated[tuple[DeadlineAct, ...], Field(strict=False, min_length=1, max_length=3)] = (
        Field(alias="deadline.acts")
    )
    pair_max_active: Annotated[int, Field(ge=1, le=100)] = Field(alias="pair.max_active")
    suspension_scope: Literal["EXPORTER"] = Field(alias="suspension.scope")
    suspension_inflight: Literal["MUST_EXPORT"] = Field(alias="suspension.inflight")
    suspension_term: Literal["OPEN_ENDED"] = Field(alias="suspension.term")
    suspension_mandatory: Literal["SUSPEND_OR_REASONS"] = Field(alias="suspension.mandatory")
    unused: Literal["STAYS"]
    outside_export: Annotated[tuple[OutsideExport, ...], Field(strict=False, max_length=4)]
    export_watch_days: Count
    quota_attribute: Annotated[tuple[Code, ...], Field(strict=False, max_length=100)]
    temp_plate: Literal["REVIEW_WHILE_VALID"]
    purchase_order: Literal["CONTRACT_THEN_INVOICE"]
    window_from: Day = Field(alias="window.from")
    sunset: Day
    sunset_registration: Literal["ACCEPTED_FLAGGED"] = Field(alias="sunset.registration")
    in_city: Literal["LICENCE_ADDRESS"]
    title_document: Literal["REGISTRATION_CERTIFICATE"]
    case_open_within_days: Count = Field(alias="case.open_within_days")
    proof_pending: Literal["NOT_OVERDUE_UNTIL_REJECTED"] = Field(alias="proof.pending")
    renunciation_trigger: Literal["BY_ACT"] = Field(alias="renunciation.trigger")
    vin_reuse_after_end: bool = Field(alias="vin.reuse_after_end")
    correction_max_depth: Literal[1] = Field(alias="correction.max_depth")
    backdating_days: Count
    envelope_max_age_hours: Annotated[int, Field(ge=1, le=8_784)] = Field(alias="envelope.max_age_hours")
    city_cap: Units | None = None
    """The one key that may be absent: a cap on the whole city's units is no question of the policy's text."""

    def window_holds(self, day: date) -> bool:
        """Say whether ``day`` lies in the policy window, first and last day included."""
        return self.window_from <= day <= self.sunset


@dataclass(frozen=True, slots=True)
class Parameter:
    """One key of ``params``: its default (as JSON), the question it answers and the source of the answer."""

    key: str
    default: object
    question: str
    source: str


_PROPOSED: Final = "proposal: the policy is silent"

PARAMETERS: Final = tuple(
    Parameter(*row)
    for row in (
        (
            "topup.cmp",
            "STRICT",
            "超过80%: strictly more?",
            "民法典 art. 1259: 超过 excludes the number itself",
        ),
        (
            "topup.basis",
            "REGISTERED",
            "使用: approved or registered?",
            "measure 5; K: fraud counts, clerical not. Strictest alternative PROVED: T + X + D",
        ),
        ("topup.denominator", "ISSUED", "80% of what?", "measure 5; all units granted so far, per pair"),
        ("topup.subject", "PAIR", "whose use counts?", "measure 5: 上游关联企业额度使用, of the pair"),
        ("deadline.days", 15, "how long?", "measure 5: 车辆登记后15天内; day 0 is the registration date"),
        ("deadline.unit", "CALENDAR_DAYS", "calendar or working days?", "民法典 art. 200–201, by analogy"),
        ("deadline.roll", True, "does a rest day extend it?", "民法典 art. 203, by analogy"),
        ("deadline.acts", ("PURCHASE", "TRANSFER", "SUBMISSION"), "which acts?", "measure 5 and annex 1"),
        ("pair.max_active", 1, "how many active pairs of one exporter?", "measure 5: 1家本市上游关联企业"),
        ("suspension.scope", "EXPORTER", "who is suspended?", "measure 5: 该企业, across all its pairs"),
        ("suspension.inflight", "MUST_EXPORT", "registered cars?", _PROPOSED),
        ("suspension.term", "OPEN_ENDED", "how long?", _PROPOSED),
        ("suspension.mandatory", "SUSPEND_OR_REASONS", "must a named ground suspend?", _PROPOSED),
        ("unused", "STAYS", "does unused quota lapse?", _PROPOSED),
        (
            "outside_export",
            ("NOT_TRANSFERRED", "DOMESTIC_USE", "DEREGISTERED_OTHER", "UNBACKED"),
            "未实际用于出口: what counts?",
            _PROPOSED,
        ),
        ("export_watch_days", 180, "when is missing export evidence listed?", _PROPOSED),
        ("quota_attribute", (), "额度属性: which codes? an empty list admits any", _PROPOSED),
        ("temp_plate", "REVIEW_WHILE_VALID", "road use under a temporary plate?", "公安部令164 art. 28"),
        ("purchase_order", "CONTRACT_THEN_INVOICE", "实际购入 before or after?", "measure 5 against annex 1"),
        ("window.from", "2024-11-01", "自印发之日起: which day?", "the date of the document"),
        ("sunset", "2029-10-18", "有效期至: which day is the last?", "the policy's last sentence; inclusive"),
        ("sunset.registration", "ACCEPTED_FLAGGED", "registration after the window?", _PROPOSED),
        ("in_city", "LICENCE_ADDRESS", "本市: by which test?", _PROPOSED),
        ("title_document", "REGISTRATION_CERTIFICATE", "产证: which document?", "annex 1; 机动车登记证书"),
        ("case.open_within_days", 5, "when must a case be opened?", _PROPOSED),
        ("proof.pending", "NOT_OVERDUE_UNTIL_REJECTED", "a proof not yet judged?", _PROPOSED),
        ("renunciation.trigger", "BY_ACT", "自愿放弃: when?", "annex 1; by an act of the enterprise"),
        ("vin.reuse_after_end", False, "may a car use quota twice?", _PROPOSED),
        ("correction.max_depth", 1, "may a correction be corrected?", _PROPOSED),
        ("backdating_days", 30, "from when on is backdating listed?", _PROPOSED),
        ("envelope.max_age_hours", 72, "how old may a signature be?", _PROPOSED),
        ("city_cap", None, "how many units may the whole city have? null: no cap", _PROPOSED),
    )
)

DEFAULT_PARAMS: Final[Mapping[str, object]] = MappingProxyType(
    {row.key: list(row.default) if isinstance(row.default, tuple) else row.default for row in PARAMETERS}
)
"""Every key with its default, in the form that stands in a statement."""


TOP_UP_PERCENT: Final = 80
"""超过80%: the threshold stands in the policy's text itself (measure 5)."""


def is_above_threshold(used: int, total: int) -> bool:
    """Say whether use is strictly more than 80 % of the total: 81 of 100 is, 80 of 100 and 4 of 5 are not."""
    return used * 100 > TOP_UP_PERCENT * total


class Version(Protocol):
    """What a policy version shows of itself here."""

    @property
    def effective_from(self) -> date:
        """The first day on which the version is in force."""

    @property
    def params(self) -> PolicyParams:
        """Its answers."""


def version_in_force(versions: Sequence[Version], on: date) -> int | None:
    """Return the number of the policy version in force on a day (Shanghai): the newest that has begun.

    Args:
        versions: in order of their number.
        on: the day.

    Returns:
        None before the first version begins. The end of the policy window is a parameter, not an end of
        the version: running clocks go on after it.
    """
    for number in range(len(versions), 0, -1):
        if versions[number - 1].effective_from <= on:
            return number
    return None


def policy_in_force(versions: Sequence[Version], on: date) -> PolicyParams | None:
    """Return the parameters in force on a day; None before the first version begins."""
    number = version_in_force(versions, on)
    return versions[number - 1].params if number else None
