"""The standing of enterprises: qualified, suspended, renounced; by the days and instants that the facts name.

All facts that are known count, whenever they were recorded: a suspension recorded late reaches back to the
instant from which it says that it holds. On one and the same day the order of the ledger decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from sys import intern

from domain import bodies as b
from domain.calendar import shanghai_date
from projections.proof.types import Event

Moment = tuple[date, int]
"""A day, and the place in the ledger that orders what happened on it."""


@dataclass(frozen=True, slots=True)
class Filing:
    """备案: qualified from a day to a day, both included."""

    uscc: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a qualification or of the right to quota; ``scope`` WITHDRAWN or that of a renunciation."""

    uscc: str
    on: date
    scope: str


@dataclass(frozen=True, slots=True)
class Suspension:
    """暂停: from an instant on, for APPLY, USE or both."""

    uscc: str
    suspension_id: str
    scope: tuple[str, ...]
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Sign:
    """恢复 (``reinstates``) or 送达 of a suspension, at an instant."""

    suspension_id: str
    at: datetime
    reinstates: bool


@dataclass(slots=True)
class Standing:
    """What was said about the standing of enterprises, by place."""

    filings: dict[int, Filing] = field(default_factory=dict)
    endings: dict[int, Ending] = field(default_factory=dict)
    suspensions: dict[int, Suspension] = field(default_factory=dict)
    signs: dict[int, Sign] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Take in a statement about an enterprise's standing; all else passes by."""
        place = event.place
        match event.statement.body:
            case b.ExportQualificationFiled() as body:
                self.filings[place] = Filing(intern(body.uscc), body.valid_from, body.valid_to)
            case b.QualificationWithdrawn() as body:
                self.endings[place] = Ending(intern(body.uscc), body.on, "WITHDRAWN")
            case b.QualificationRenounced() as body:
                self.endings[place] = Ending(intern(body.uscc), body.on, body.scope)
            case b.EnterpriseSuspended() as body:
                self.suspensions[place] = Suspension(
                    intern(body.uscc), body.suspension_id, tuple(body.scope), body.effective_at
                )
            case b.EnterpriseReinstated() as body:
                self.signs[place] = Sign(body.suspension_id, body.effective_at, reinstates=True)
            case b.SuspensionNoticeServed() as body if body.kind == "SUSPEND":
                self.signs[place] = Sign(body.suspension_id, body.served_at, reinstates=False)
            case _:
                pass

    def take(self, place: int) -> None:
        """Take out what stands at a place that was corrected."""
        for known in (self.filings, self.endings, self.suspensions, self.signs):
            known.pop(place, None)

    def qualified(self, uscc: str, at: Moment) -> bool:
        """Say whether an exporter's qualification is valid: a filing covers the day, and nothing ended it.

        An ending holds until a fresh filing; giving up quota alone leaves the qualification.
        """
        last = max(
            (
                (one.on, place)
                for place, one in self.endings.items()
                if one.uscc == uscc and one.scope != "QUOTA" and (one.on, place) <= at
            ),
            default=None,
        )
        return any(
            one.uscc == uscc
            and one.since <= at[0] <= one.until
            and (last is None or last < (one.since, place))
            for place, one in self.filings.items()
        )

    def renounced(self, uscc: str, at: Moment) -> bool:
        """Say whether an enterprise has given up qualification or quota by a moment.

        A fresh filing takes back a renounced qualification, not the right to quota given up alone.
        """
        for place, one in self.endings.items():
            if one.uscc != uscc or one.scope == "WITHDRAWN" or (one.on, place) > at:
                continue
            if one.scope == "QUOTA" or not self._filed_between(uscc, (one.on, place), at):
                return True
        return False

    def _filed_between(self, uscc: str, after: Moment, at: Moment) -> bool:
        return any(
            one.uscc == uscc and after < (one.since, place) and one.since <= at[0]
            for place, one in self.filings.items()
        )

    def suspended(self, uscc: str, scope: str, at: datetime) -> bool:
        """Say whether an enterprise is suspended for a scope at an instant."""
        return any(
            one.uscc == uscc and scope in one.scope and one.effective_at <= at < self._ends(one)
            for one in self.suspensions.values()
        )

    def suspended_on(self, uscc: str, scope: str, day: date) -> Iterator[date | None]:
        """Yield, for each suspension that holds on a day, the day of its first notice; None without one.

        The day on which it begins is suspended, the day on which it ends is free again.
        """
        for one in self.suspensions.values():
            if one.uscc == uscc and scope in one.scope:
                ends = self._ends(one)
                until = date.max if ends == _NEVER else shanghai_date(ends)
                if shanghai_date(one.effective_at) <= day < until:
                    yield self._noticed(one)

    def _noticed(self, suspension: Suspension) -> date | None:
        served = [
            sign.at
            for sign in self.signs.values()
            if sign.suspension_id == suspension.suspension_id and not sign.reinstates
        ]
        return shanghai_date(min(served)) if served else None

    def _ends(self, suspension: Suspension) -> datetime:
        return min(
            (
                sign.at
                for sign in self.signs.values()
                if sign.suspension_id == suspension.suspension_id and sign.reinstates
            ),
            default=_NEVER,
        )


_NEVER = datetime.fromisoformat("9999-12-30T00:00:00+00:00")
