"""The standing of enterprises: qualified, suspended, renounced; by the days and instants that the facts name.

All facts that are known count, whenever they were recorded: a suspension recorded late reaches back to the
instant from which it says that it holds. On one and the same day the order of the ledger decides.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

from domain import bodies as b
from domain.calendar import shanghai_date
from projections.proof.types import Event

Moment = tuple[date, int]
"""A day, and the place in the ledger that orders what happened on it."""


@dataclass(frozen=True, slots=True)
class Filing:
    """备案: qualified from a day to a day, both included."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a qualification or of the right to quota; ``scope`` WITHDRAWN or that of a renunciation."""

    on: date
    scope: str


@dataclass(frozen=True, slots=True)
class Suspension:
    """暂停: from an instant on, for APPLY, USE or both."""

    suspension_id: str
    scope: tuple[str, ...]
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Sign:
    """恢复 (``reinstates``) or 送达 of a suspension, at an instant."""

    at: datetime
    reinstates: bool


@dataclass(slots=True)
class Standing:
    """What was said about the standing of enterprises.

    Attributes:
        filings: by enterprise, then by place; so are endings and suspensions.
        signs: by suspension id, then by place.
    """

    filings: dict[str, dict[int, Filing]] = field(default_factory=dict)
    endings: dict[str, dict[int, Ending]] = field(default_factory=dict)
    suspensions: dict[str, dict[int, Suspension]] = field(default_factory=dict)
    signs: dict[str, dict[int, Sign]] = field(default_factory=dict)

    def fold(self, event: Event) -> None:
        """Take in a statement about an enterprise's standing; all else passes by."""
        place = event.place
        match event.statement.body:
            case b.ExportQualificationFiled() as body:
                self.file([(place, body.uscc, body.valid_from, body.valid_to)])
            case b.QualificationWithdrawn() as body:
                self.endings.setdefault(body.uscc, {})[place] = Ending(body.on, "WITHDRAWN")
            case b.QualificationRenounced() as body:
                self.endings.setdefault(body.uscc, {})[place] = Ending(body.on, body.scope)
            case b.EnterpriseSuspended() as body:
                suspension = Suspension(body.suspension_id, tuple(body.scope), body.effective_at)
                self.suspensions.setdefault(body.uscc, {})[place] = suspension
            case b.EnterpriseReinstated() as body:
                sign = Sign(body.effective_at, reinstates=True)
                self.signs.setdefault(body.suspension_id, {})[place] = sign
            case b.SuspensionNoticeServed() as body if body.kind == "SUSPEND":
                sign = Sign(body.served_at, reinstates=False)
                self.signs.setdefault(body.suspension_id, {})[place] = sign
            case _:
                pass

    def file(self, filings: Iterable[tuple[int, str, date, date]]) -> None:
        """Take in filings: place, enterprise, first and last day."""
        known = self.filings
        for place, uscc, since, until in filings:
            own = known.get(uscc)
            if own is None:
                own = known[uscc] = {}
            own[place] = _filing(since, until)

    def take(self, place: int) -> None:
        """Take out what stands at a place that was corrected."""
        for known in (self.filings, self.endings, self.suspensions, self.signs):
            for said in known.values():
                said.pop(place, None)

    def qualified(self, uscc: str, at: Moment) -> bool:
        """Say whether an exporter's qualification is valid: a filing covers the day, and nothing ended it.

        An ending holds until a fresh filing; giving up quota alone leaves the qualification.
        """
        endings = self.endings.get(uscc, {}).items()
        ended = [(one.on, place) for place, one in endings if one.scope != "QUOTA"]
        last = max((end for end in ended if end <= at), default=None)
        return any(
            one.since <= at[0] <= one.until and (last is None or last < (one.since, place))
            for place, one in self.filings.get(uscc, {}).items()
        )

    def renounced(self, uscc: str, at: Moment) -> bool:
        """Say whether an enterprise has given up qualification or quota by a moment.

        A fresh filing takes back a renounced qualification, not the right to quota given up alone.
        """
        return any(
            one.scope == "QUOTA" or not self._filed_between(uscc, (one.on, place), at)
            for place, one in self.endings.get(uscc, {}).items()
            if one.scope != "WITHDRAWN" and (one.on, place) <= at
        )

    def _filed_between(self, uscc: str, after: Moment, at: Moment) -> bool:
        filings = self.filings.get(uscc, {}).items()
        return any(after < (one.since, place) and one.since <= at[0] for place, one in filings)

    def suspended(self, uscc: str, scope: str, at: datetime) -> bool:
        """Say whether an enterprise is suspended for a scope at an instant."""
        return any(
            scope in one.scope and one.effective_at <= at < self._ends(one)
            for one in self.suspensions.get(uscc, {}).values()
        )

    def suspended_on(self, uscc: str, scope: str, day: date) -> Iterator[date | None]:
        """Yield, for each suspension that holds on a day, the day of its first notice; None without one.

        The day on which it begins is suspended, the day on which it ends is free again.
        """
        for one in self.suspensions.get(uscc, {}).values():
            if scope in one.scope and shanghai_date(one.effective_at) <= day < shanghai_date(self._ends(one)):
                yield self._noticed(one)

    def _noticed(self, suspension: Suspension) -> date | None:
        signs = self.signs.get(suspension.suspension_id, {}).values()
        served = [sign.at for sign in signs if not sign.reinstates]
        return shanghai_date(min(served)) if served else None

    def _ends(self, suspension: Suspension) -> datetime:
        signs = self.signs.get(suspension.suspension_id, {}).values()
        return min((sign.at for sign in signs if sign.reinstates), default=_NEVER)


_filing: Final = lru_cache(maxsize=4_096)(Filing)  # most qualifications are of the same few periods
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
