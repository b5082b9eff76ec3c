"""What the verifier must know of the catalogue, and the policy parameter that it needs."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol

SHANGHAI_OFFSET: Final = timedelta(hours=8)  # without daylight saving since 1991
DEFAULT_MAX_AGE_HOURS: Final = 72
MAX_MAX_AGE_HOURS: Final = 8_784
POLICY_PUBLISHED: Final = "PolicyVersionPublished"
MAX_AGE_KEY: Final = "envelope.max_age_hours"


class TypeRule(Protocol):
    """Who may make a statement of one type."""

    @property
    def agencies(self) -> Collection[str]:
        """The agencies that may sign it."""
        ...

    @property
    def four_eyes(self) -> bool:
        """Whether two officers must sign it (†)."""
        ...


Types = Mapping[str, TypeRule]


def shanghai_date(instant: datetime) -> date:
    """Return the day in Shanghai of an aware UTC instant."""
    try:
        return (instant + SHANGHAI_OFFSET).date()
    except OverflowError:  # the last hours of the year 9999
        return date.max


class MaxAge:
    """How old a signature may be: ``envelope.max_age_hours`` of the policy version in force."""

    def __init__(self) -> None:
        self._versions: list[tuple[date, int]] = []

    def apply(self, kind: str, body: Mapping[str, Any]) -> None:
        """Fold a statement; only a PolicyVersionPublished changes anything."""
        if kind != POLICY_PUBLISHED:
            return
        params = body.get("params")
        hours = params.get(MAX_AGE_KEY) if isinstance(params, dict) else None
        try:
            begins = date.fromisoformat(str(body.get("from")))
        except ValueError:
            return  # of no day: never in force
        if not isinstance(hours, int) or isinstance(hours, bool) or not 1 <= hours <= MAX_MAX_AGE_HOURS:
            hours = DEFAULT_MAX_AGE_HOURS
        self._versions.append((begins, hours))

    def saved(self) -> list[tuple[date, int]]:
        """Return the versions folded so far: the day on which each begins, and its hours."""
        return list(self._versions)

    def restore(self, saved: Iterable[tuple[date, int]]) -> None:
        """Take up what :meth:`saved` returned."""
        self._versions.extend(saved)

    def at(self, recorded_at: datetime) -> timedelta:
        """Return the age allowed at an instant: by the newest version recorded that has begun by that day."""
        day = shanghai_date(recorded_at)
        for begins, hours in reversed(self._versions):
            if begins <= day:
                return timedelta(hours=hours)
        return timedelta(hours=DEFAULT_MAX_AGE_HOURS)
