"""Policy versions and holiday calendars."""

from collections.abc import Iterator

from domain.bodies import HolidayCalendarPublished, PolicyVersionPublished
from domain.errors import Refusal, refuse
from domain.records import Calendar, Policies, PolicyVersion
from domain.rules.draft import Draft
from domain.state import POLICIES_KEY


def guard_policy(draft: Draft, body: PolicyVersionPublished) -> Iterator[Refusal]:
    """Versions are numbered without a gap."""
    wanted = len(draft.policies().versions) + 1
    if body.policy_version != wanted:
        yield refuse("policy-version-gap", wanted=wanted, stated=body.policy_version)


def fold_policy(draft: Draft, body: PolicyVersionPublished) -> None:
    """Add the version."""
    version = PolicyVersion(body.effective_from, body.params)
    draft.put(POLICIES_KEY, Policies((*draft.policies().versions, version)))


def guard_calendar(draft: Draft, body: HolidayCalendarPublished) -> Iterator[Refusal]:
    """Revisions are numbered without a gap; every day is of the year and in one list only."""
    known = draft.calendar(body.year)
    wanted = known.revision + 1 if known else 1
    if body.revision != wanted:
        yield refuse("calendar-revision-gap", year=body.year, wanted=wanted, stated=body.revision)
    for day in (*body.rest_days, *body.workdays):
        if day.year != body.year or (day in body.rest_days and day in body.workdays):
            yield refuse("bad-calendar", year=body.year, day=day)
            return


def fold_calendar(draft: Draft, body: HolidayCalendarPublished) -> None:
    """Replace the table of the year."""
    draft.put(f"calendar:{body.year}", Calendar(body.revision, body.rest_days, body.workdays))
