"""An enterprise: its file, export qualification and suspensions, each by its own date."""

from datetime import date, datetime
from typing import Literal

from domain.values import value


@value(frozen=True, slots=True)
class Halt:
    """One suspension as an enterprise bears it; open while ``ended_at`` is None."""

    suspension_id: str
    scope: tuple[str, ...]
    effective_at: datetime
    ended_at: datetime | None = None


@value(frozen=True, slots=True)
class Filing:
    """A period of export qualification (备案), first and last day included, from the entry ``index``."""

    index: int
    first: date
    last: date


@value(frozen=True, slots=True)
class Ending:
    """What ends qualification from a day on: its withdrawal, or the scope of a renunciation."""

    index: int
    on: date
    scope: Literal["WITHDRAWN", "QUALIFICATION", "QUOTA", "BOTH"]


@value(frozen=True, slots=True)
class Change:
    """A new value of one member of an enterprise's file, from a day on."""

    index: int
    on: date
    field: str
    value: str


Standing = Literal["VALID", "LAPSED", "WITHDRAWN", "RENOUNCED"]


@value(frozen=True, slots=True)
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


@value(frozen=True, slots=True)
class Notice:
    """送达: one notice of a suspension or of its end."""

    index: int
    kind: Literal["SUSPEND", "REINSTATE"]
    to: str
    served_at: datetime


@value(frozen=True, slots=True)
class Suspension:
    """``suspension:<id>``: its id is used up by the entry ``index``.

    ``ended`` is the entry that ended it; the notices are those of the suspension and of its end.
    """

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
